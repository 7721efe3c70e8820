//! Files that are not what they should be: one clear message, and nothing is imported.

use std::io::Write;
use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Float64Array, Int64Array, RecordBatch, TimestampMicrosecondArray};
use chalandise::import::Mapping;
use parquet::arrow::ArrowWriter;

use super::bad_rows::{HEADER, till, till_with};
use super::support::{Bench, shipped};

fn good() -> String {
    format!("{HEADER}1;01/02/2024;10,00;M;1;;;\n")
}

/// The message with which a till's file stops the import.
async fn stops(name: &str, bytes: impl AsRef<[u8]>) -> String {
    Bench::new().file(name, bytes).stops(&till()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_does_not_exist() {
    let message = Bench::new().path("nowhere/receipts.csv".into()).stops(&till()).await;
    assert_eq!(
        message,
        "nowhere/receipts.csv: the file cannot be read: there is no such file. Check the path and the rights"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_in_place_of_a_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let message = Bench::new().path(folder.path().to_path_buf()).stops(&till()).await;
    assert!(message.ends_with(": this is a folder, not a file. Name the files in it, for example with folder/*"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_file() {
    assert_eq!(
        stops("receipts.csv", "").await,
        "receipts.csv: the file is empty (0 bytes). Export it again: even an export without rows has a header line"
    );
    assert_eq!(
        stops("receipts.csv", "\r\n\n \n").await,
        "receipts.csv: the file holds blank lines only. Export it again: even an export without rows has a header line"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn compressed_files_cut_short_or_damaged() {
    let mut rows = good();
    for number in 2..20_000 {
        rows.push_str(&format!(
            "{number};01/02/2024;{},{:02};M;1;;;\n",
            number * 7 % 1000,
            number % 100
        ));
    }
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gz.write_all(rows.as_bytes()).expect("in memory");
    let gz = gz.finish().expect("in memory");
    let message = stops("receipts.csv.gz", &gz[..gz.len() / 2]).await;
    assert!(message.starts_with("receipts.csv.gz, line "), "{message}");
    assert!(
        message
            .ends_with(": the compressed file is cut short. Copy or export it again: the end of the data is missing"),
        "{message}"
    );
    let message = stops("receipts.csv.gz", &gz[..gz.len() - 4]).await;
    assert!(message.contains("the compressed file is cut short"), "{message}");
    let mut damaged = gz.clone();
    for byte in &mut damaged[gz.len() / 2..gz.len() / 2 + 64] {
        *byte ^= 0x5a;
    }
    let message = stops("receipts.csv.gz", damaged).await;
    assert!(
        message.contains("the compressed data is damaged") || message.contains("cut short"),
        "{message}"
    );
    let zst = zstd::encode_all(rows.as_bytes(), 1).expect("in memory");
    let message = stops("receipts.csv.zst", &zst[..zst.len() / 2]).await;
    assert!(message.contains("the compressed file is cut short"), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn compressed_files_are_known_by_their_bytes_not_their_names() {
    let zst = zstd::encode_all(good().as_bytes(), 1).expect("in memory");
    let staged = Bench::new()
        .file("receipts.csv", zst)
        .stage(&till())
        .await
        .expect("good data");
    assert_eq!(staged.tables[0].rows, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn text_in_another_encoding_than_the_mapping_says() {
    let latin = [HEADER.as_bytes(), b"1;01/02/2024;10,00;M;1;Andr\xe9;;\n"].concat();
    assert_eq!(
        stops("receipts.csv", &latin).await,
        "receipts.csv, line 2, column `customer`: the text is not utf-8. Write the file's real encoding in the mapping (perhaps windows-1252), or export it again"
    );
    let windows = till_with(
        "delimiter = \";\"\ndecimal_mark",
        "encoding = \"windows-1252\"\ndelimiter = \";\"\ndecimal_mark",
    );
    assert!(Bench::new().file("receipts.csv", latin).stage(&windows).await.is_ok());
    let utf8 = format!("{HEADER}1;01/02/2024;10,00;M;1;;;\n2;01/02/2024;10,00;M;1;André;;\n");
    assert_eq!(
        Bench::new().file("receipts.csv", &utf8).stops(&windows).await,
        "receipts.csv, line 3: the text is UTF-8, and the mapping says windows-1252. Write encoding = \"utf-8\" for this file in the mapping, or export it as the mapping says"
    );
    let message = Bench::new()
        .file("receipts.csv", format!("\u{feff}{}", good()))
        .stops(&windows)
        .await;
    assert!(
        message.starts_with("receipts.csv, line 1: the text is UTF-8"),
        "{message}"
    );
    let utf16: Vec<u8> = [0xff_u8, 0xfe]
        .into_iter()
        .chain(good().encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    assert_eq!(
        stops("receipts.csv", utf16).await,
        "receipts.csv: the text is UTF-16. Export it as UTF-8 or Windows-1252 and name that as encoding in the mapping"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn files_of_another_kind() {
    assert_eq!(
        stops("receipts.csv", b"PK\x03\x04 the rest of a spreadsheet").await,
        "receipts.csv: this is a ZIP archive or a spreadsheet file. Save the sheet as CSV, or unpack the archive, and import that"
    );
    assert_eq!(
        stops("receipts.csv", b"PAR1 the rest of a Parquet file").await,
        "receipts.csv: this is a Parquet file where the mapping expects text. Use a mapping with format = \"parquet\""
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nul_bytes() {
    assert_eq!(
        stops("receipts.csv", format!("{}2;01/02/2024;10,00;M;1;a\0b;;\n", good())).await,
        "receipts.csv, line 3: a NUL byte stands in the text. The file is damaged, binary or UTF-16: export it again as UTF-8 or Windows-1252"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_that_cannot_be_used() {
    assert_eq!(
        stops("receipts.csv", "number;day;amount;day\n1;2;3;4\n").await,
        "receipts.csv, line 1: the header names the column `day` twice. Rename or remove one of the two columns in the export"
    );
    assert_eq!(
        stops(
            "receipts.csv",
            good().replace("amount", "amont").replace(";size", ";tall")
        )
        .await,
        "receipts.csv, line 1: the columns are missing: `amount` (is `amont` meant?), `size`. Export the missing columns, or name the file's own headers as `from` in the mapping"
    );
    assert_eq!(
        stops("receipts.csv", good().replace(';', ",")).await,
        "receipts.csv, line 1: the header has one column where the mapping expects several. The delimiter seems to be ,: name it in the mapping"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_without_end() {
    let endless = format!("{}{}", good(), "x".repeat(3 * 1024 * 1024));
    let expected = "receipts.csv, line 3: the row that begins here is longer than 1 MiB. Look for a quote that is never closed, or name the right delimiter and quote in the mapping";
    assert_eq!(stops("receipts.csv", endless).await, expected);
    let open_quote = format!(
        "{}2;01/02/2024;10,00;M;1;\"open;;\n{}",
        good(),
        "3;01/02/2024;10,00;M;1;;;\n".repeat(60_000)
    );
    assert_eq!(stops("receipts.csv", open_quote).await, expected);
    let many = format!("{}{}\n", good(), ";".repeat(5_000));
    assert_eq!(
        stops("receipts.csv", many).await,
        "receipts.csv, line 3: the row that begins here has more than 4,096 fields. Look for missing line ends, or name the right delimiter in the mapping"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_the_mapping_does_not_know_or_needs() {
    assert_eq!(
        stops("other.csv", "a;b\n1;2\n").await,
        "mapping till does not know what these are: other.csv. It reads receipts (receipts*), people (people*)"
    );
    assert_eq!(
        stops("people.csv", "customer;lat;lon\na;48.85;2.35\n").await,
        "mapping till needs files that are not given: receipts (receipts*). Name them on the command line too; shell patterns such as folder/*.csv work"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_with_another_name_is_known_by_its_header() {
    let staged = Bench::new()
        .file("export (3).csv", good())
        .stage(&till())
        .await
        .unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(staged.account.files[0].id, "receipts");
    assert_eq!(staged.account.notes, ["people was not given"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_can_be_kept() {
    let message = stops(
        "receipts.csv",
        format!("{HEADER}1;31/02/2024;1,00;M;1;;;\n2;31/04/2024;1,00;M;1;;;\n"),
    )
    .await;
    assert_eq!(
        message,
        "receipts.csv: no row could be kept: all 2 rows were rejected, most often because: the calendar has no such day (an impossible date). Check that the mapping is the right one for these files"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_header_without_rows_is_an_empty_import_not_a_fault() {
    let staged = Bench::new()
        .file("receipts.csv", HEADER)
        .stage(&till())
        .await
        .expect("an empty export");
    assert_eq!(staged.tables[0].rows, 0);
}

pub(crate) fn parquet(columns: Vec<(&str, ArrayRef)>) -> Vec<u8> {
    let batch = RecordBatch::try_from_iter(columns).expect("columns of one length");
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), None).expect("in memory");
    writer.write(&batch).expect("in memory");
    writer.close().expect("in memory");
    bytes
}

fn whole(numbers: &[i64]) -> ArrayRef {
    Arc::new(Int64Array::from(numbers.to_vec()))
}

pub(crate) fn transactions(money: ArrayRef) -> Vec<(&'static str, ArrayRef)> {
    let moments: Vec<i64> = (0..3).map(|day| 1_500_000_000_000_000 + day * 86_400_000_000).collect();
    vec![
        ("household_id", whole(&[1, 1, 2])),
        ("store_id", whole(&[9, 9, 9])),
        ("basket_id", whole(&[100, 100, 101])),
        ("product_id", whole(&[5, 6, 5])),
        ("quantity", whole(&[1, 2, 1])),
        ("sales_value", money),
        (
            "transaction_timestamp",
            Arc::new(TimestampMicrosecondArray::from(moments)),
        ),
    ]
}

pub(crate) fn good_parquet() -> Vec<u8> {
    parquet(transactions(Arc::new(Float64Array::from(vec![0.1, 2.3, 4.56]))))
}

async fn parquet_stops(bytes: impl AsRef<[u8]>) -> String {
    Bench::new().file("transactions.parquet", bytes).stops(&journey()).await
}

fn journey() -> Mapping {
    shipped("complete-journey")
}

#[tokio::test(flavor = "multi_thread")]
async fn floats_in_parquet_are_exact_cents_or_rejected() {
    let staged = Bench::new()
        .file("transactions.parquet", good_parquet())
        .stage(&journey())
        .await
        .unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(
        staged.account.table("order_lines").map(|it| it.flow.kept.money),
        Some(696)
    );
    let odd = parquet(transactions(Arc::new(Float64Array::from(vec![0.1, 2.345, f64::NAN]))));
    let staged = Bench::new()
        .file("transactions.parquet", odd)
        .stage(&journey())
        .await
        .unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(staged.account.files[0].flow.rejected.rows, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn parquet_files_cut_short_lying_or_changed() {
    let good = good_parquet();
    let damaged = "transactions.parquet: the Parquet file is damaged or cut short. Write or copy it again";
    assert_eq!(parquet_stops(&good[..good.len() - 20]).await, damaged);
    assert_eq!(parquet_stops(&good[..good.len() / 2]).await, damaged);
    assert_eq!(
        parquet_stops("basket_id;product_id\n1;2\n").await,
        "transactions.parquet: this is not a Parquet file: its first bytes are not PAR1. Give the Parquet file itself, or a mapping for text files"
    );
    let changed = parquet(transactions(Arc::new(BooleanArray::from(vec![true, false, true]))));
    assert_eq!(
        parquet_stops(changed).await,
        "transactions.parquet, column `sales_value`: the column holds true and false, and the mapping expects money. The file's schema has changed: correct the export or the type in the mapping"
    );
    let mut fewer = transactions(whole(&[1, 2, 3]));
    fewer[5].0 = "sales_values";
    assert_eq!(
        parquet_stops(parquet(fewer)).await,
        "transactions.parquet, line 1: the column is missing: `sales_value` (is `sales_values` meant?). Export the missing columns, or name the file's own headers as `from` in the mapping"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parquet_file_with_any_byte_changed_never_panics_or_loses_rows() {
    let good = good_parquet();
    for at in (4..good.len()).step_by(7) {
        let mut bytes = good.clone();
        bytes[at] ^= 0xff;
        let bench = Bench::new().file("transactions.parquet", bytes);
        if let Ok(staged) = bench.stage(&journey()).await {
            let file = &staged.account.files[0];
            assert_eq!(file.flow.came_in.rows, 3, "byte {at}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn work_files_that_cannot_be_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let taken = folder.path().join("scratch");
    std::fs::write(&taken, "not a folder").expect("a file");
    let source = folder.path().join("receipts.csv");
    std::fs::write(&source, good()).expect("a file");
    let failure = chalandise::import::stage(
        &till(),
        &[source],
        &taken,
        &Arc::new(chalandise::import::Gazetteer::empty()),
        &chalandise::import::Options::default(),
        Arc::new(()),
    )
    .await
    .expect_err("there is no place for work files");
    let message = failure.to_string();
    assert!(message.starts_with("cannot make "), "{message}");
    assert!(
        message.ends_with("Free space or choose another place for work files"),
        "{message}"
    );
}
