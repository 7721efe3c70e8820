//! Bad input through the program itself: the message names file, place and remedy, the exit code says whether anything
//! was kept, and the lake is as before or complete.
//!
//! What the reader says of each kind in detail is tested in `import/`; here it is what becomes of the lake.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Float64Array};

use super::{contents, root};
use crate::import::bad_files::{good_parquet, parquet, transactions};
use crate::import::bad_rows::HEADER;

const GOOD: &str = "7;05/02/2024;70,00;M;1;zoe;;\n";
const BEFORE: &str = "till:1,2024-02-01,10.00\ntill:2,2024-02-02,20.50\ntill:3,2024-02-03,0.00\n";

/// A lake with three receipts in it.
struct Standing {
    folder: tempfile::TempDir,
}

impl Standing {
    fn new() -> Standing {
        let standing = Standing {
            folder: tempfile::tempdir().expect("a folder"),
        };
        let text =
            format!("{HEADER}1;01/02/2024;10,00;M;1;anne;;\n2;02/02/2024;20,50;W;1;zoe;;\n3;03/02/2024;0,00;M;;;;\n");
        let first = standing.file("receipts_1.csv", text);
        let output = standing.import(&[first]);
        assert!(output.status.success(), "{}", message(&output));
        assert_eq!(standing.orders(), BEFORE);
        standing
    }

    fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, bytes).expect("a source file");
        path
    }

    fn lake(&self) -> PathBuf {
        self.folder.path().join("lake")
    }

    fn program(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_chalandise"));
        command.current_dir(root()).arg("--lake").arg(self.lake());
        command
    }

    fn import(&self, files: &[PathBuf]) -> Output {
        self.import_by("tests/fixtures/import/till.toml", files)
    }

    fn import_by(&self, mapping: &str, files: &[PathBuf]) -> Output {
        self.program()
            .args(["import", "--not-after", "2025-12-31", "--mapping", mapping])
            .args(files)
            .output()
            .expect("the program runs")
    }

    /// The receipts as a reader of the lake sees them.
    fn orders(&self) -> String {
        let sql = "select order_id, ordered_on, net_revenue from orders order by order_id";
        let output = self
            .program()
            .args(["query", "--format", "csv", sql])
            .output()
            .expect("the program runs");
        assert!(output.status.success(), "{}", message(&output));
        let text = String::from_utf8(output.stdout).expect("CSV is UTF-8");
        text.strip_prefix("order_id,ordered_on,net_revenue\n")
            .expect("the header line")
            .to_owned()
    }

    /// All that readers can see: tables, records, rejected rows.
    fn visible(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut files = contents(&self.lake());
        files.retain(|(path, _)| !path.starts_with("_chalandise/locks"));
        files
    }

    /// The message with which an import stops and leaves the lake as it was, to the byte; a good file is taken after it.
    fn refuses_by(&self, mapping: &str, files: &[PathBuf]) -> String {
        let before = self.visible();
        let output = self.import_by(mapping, files);
        assert_eq!(output.status.code(), Some(1), "{}", message(&output));
        assert!(output.stdout.is_empty(), "no account of what was not done");
        assert!(self.visible() == before, "the lake changed");
        assert_eq!(self.orders(), BEFORE);
        let next = self.file("receipts_next.csv", format!("{HEADER}{GOOD}"));
        assert!(self.import(&[next]).status.success(), "the next import succeeds");
        assert_eq!(self.orders(), format!("{BEFORE}till:7,2024-02-05,70.00\n"));
        self.shown(&output)
    }

    fn refuses(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let file = self.file(name, bytes);
        self.refuses_by("tests/fixtures/import/till.toml", &[file])
    }

    /// What the program says of a file of which the good row is kept and the others are put aside.
    fn keeps_the_good_row(&self, rows: &str) -> String {
        let file = self.file("receipts_2.csv", format!("{HEADER}{GOOD}{rows}"));
        let output = self.import(&[file]);
        assert!(output.status.success(), "{}", message(&output));
        assert_eq!(self.orders(), format!("{BEFORE}till:7,2024-02-05,70.00\n"));
        let kept = std::fs::read_dir(self.lake().join("_chalandise/rejects")).expect("rejected rows");
        assert_eq!(kept.count(), 1, "rejected rows are kept");
        self.shown(&output)
    }

    fn shown(&self, output: &Output) -> String {
        let folder = format!("{}/", self.folder.path().display());
        let shown = message(output).replace(&folder, "");
        let last = |line: &&str| line.starts_with("chalandise: ") || line.starts_with("  receipts");
        shown
            .lines()
            .rfind(last)
            .unwrap_or_else(|| panic!("no message in:\n{shown}"))
            .trim()
            .to_owned()
    }
}

fn message(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

macro_rules! stops {
    ($($name:ident: $bytes:expr => $message:literal;)*) => {$(
        #[test]
        fn $name() {
            assert_eq!(Standing::new().refuses("receipts_2.csv", $bytes), $message);
        }
    )*};
}

macro_rules! sets_aside {
    ($($name:ident: $row:expr => $message:literal;)*) => {$(
        #[test]
        fn $name() {
            assert_eq!(Standing::new().keeps_the_good_row($row), $message);
        }
    )*};
}

stops! {
    an_empty_file: "" => "chalandise: receipts_2.csv: the file is empty (0 bytes). Export it again: even an export without rows has a header line";
    blank_lines_only: "\r\n\n \n" => "chalandise: receipts_2.csv: the file holds blank lines only. Export it again: even an export without rows has a header line";
    another_encoding: [HEADER.as_bytes(), GOOD.as_bytes(), b"8;01/02/2024;10,00;M;1;Andr\xe9;;\n"].concat() => "chalandise: receipts_2.csv, line 3, column `customer`: the text is not utf-8. Write the file's real encoding in the mapping (perhaps windows-1252), or export it again";
    text_in_utf_16: utf_16() => "chalandise: receipts_2.csv: the text is UTF-16. Export it as UTF-8 or Windows-1252 and name that as encoding in the mapping";
    nul_bytes: format!("{HEADER}{GOOD}8;01/02/2024;10,00;M;1;a\0b;;\n") => "chalandise: receipts_2.csv, line 3: a NUL byte stands in the text. The file is damaged, binary or UTF-16: export it again as UTF-8 or Windows-1252";
    a_column_named_twice: format!("number;day;amount;day\n{GOOD}") => "chalandise: receipts_2.csv, line 1: the header names the column `day` twice. Rename or remove one of the two columns in the export";
    a_missing_column: format!("{}{GOOD}", HEADER.replace("amount", "amont")) => "chalandise: receipts_2.csv, line 1: the column is missing: `amount` (is `amont` meant?). Export the missing columns, or name the file's own headers as `from` in the mapping";
    another_delimiter: format!("{HEADER}{GOOD}").replace(',', ".").replace(';', ",") => "chalandise: receipts_2.csv, line 1: the header has one column where the mapping expects several. The delimiter seems to be ,: name it in the mapping";
    an_endless_line: format!("{HEADER}{GOOD}{}", "x".repeat(3 << 20)) => "chalandise: receipts_2.csv, line 3: the row that begins here is longer than 1 MiB. Look for a quote that is never closed, or name the right delimiter and quote in the mapping";
    a_quote_that_is_never_closed: format!("{HEADER}{GOOD}8;01/02/2024;1,00;M;1;\"a;;\n{}", GOOD.repeat(60_000)) => "chalandise: receipts_2.csv, line 3: the row that begins here is longer than 1 MiB. Look for a quote that is never closed, or name the right delimiter and quote in the mapping";
    a_spreadsheet: "PK\x03\x04 the rest of it" => "chalandise: receipts_2.csv: this is a ZIP archive or a spreadsheet file. Save the sheet as CSV, or unpack the archive, and import that";
    rows_of_which_none_can_be_kept: format!("{HEADER}8;31/02/2024;1,00;M;1;;;\n9;31/04/2024;1,00;M;1;;;\n") => "chalandise: receipts_2.csv: no row could be kept: all 2 rows were rejected, most often because: the calendar has no such day (an impossible date). Check that the mapping is the right one for these files";
    compressed_data_cut_short: cut_short() => "chalandise: receipts_2.csv, line 4421: the compressed file is cut short. Copy or export it again: the end of the data is missing";
}

sets_aside! {
    a_ragged_row: "8;01/02/2024;10,00\n" => "receipts_2.csv, line 3: the row is ragged: a separator in a text without quotes, a line cut in two, or an open quote (3 fields where 8 are expected)";
    an_impossible_date: "8;31/02/2024;10,00;M;1;;;\n" => "receipts_2.csv, line 3, column `day`: the calendar has no such day (an impossible date)";
    an_iso_date: "8;2024-02-01;10,00;M;1;;;\n" => "receipts_2.csv, line 3, column `day`: the mapping allows %d/%m/%Y (a date in another format)";
    an_american_date: "8;02/13/2024;10,00;M;1;;;\n" => "receipts_2.csv, line 3, column `day`: the calendar has no such day (an impossible date)";
    a_spreadsheet_date: "8;45358;10,00;M;1;;;\n" => "receipts_2.csv, line 3, column `day`: the mapping does not allow spreadsheet_date (a spreadsheet's serial number where a date is expected)";
    a_date_of_zeros: "8;00/00/0000;10,00;M;1;;;\n" => "receipts_2.csv, line 3, column `day`: it names no day (a date of zeros)";
    a_date_in_the_future: "8;01/01/2026;10,00;M;1;;;\n" => "receipts_2.csv, line 3, column `day`: the last plausible day of this import is 2025-12-31 (a date in the future)";
    a_decimal_point: "8;01/02/2024;10.00;M;1;;;\n" => "receipts_2.csv, line 3, column `amount`: the mapping says decimal comma (decimal point where a decimal comma is expected)";
    a_negative_price: "8;01/02/2024;-10,00;M;1;;;\n" => "receipts_2.csv, line 3, column `amount`: the mapping does not allow amounts below 0 (a negative amount)";
    an_absurd_price: "8;01/02/2024;99999999,00;M;1;;;\n" => "receipts_2.csv, line 3, column `amount`: it lies beyond 10 million, the limit where the mapping sets none (an absurd amount)";
    a_missing_value: "8;;10,00;M;1;;;\n" => "receipts_2.csv, line 3, column `day`: a value is required (no value)";
    an_unknown_code: "8;01/02/2024;10,00;X;1;;;\n" => "receipts_2.csv, line 3, column `channel`: the code has no meaning here; add it to `values` of the mapping (a code that is not in the mapping)";
    an_order_id_twice_in_a_file: "8;01/02/2024;10,00;M;1;;;\n8;01/02/2024;11,00;M;1;;;\n" => "receipts_2.csv, line 4: the key stands twice in this file with different content";
}

fn utf_16() -> Vec<u8> {
    let text = format!("{HEADER}{GOOD}");
    [0xff, 0xfe]
        .into_iter()
        .chain(text.encode_utf16().flat_map(u16::to_le_bytes))
        .collect()
}

fn cut_short() -> Vec<u8> {
    let mut rows = HEADER.to_owned();
    for number in 10..20_000 {
        rows.push_str(&format!(
            "{number};01/02/2024;{},{:02};M;1;;;\n",
            number * 7 % 1000,
            number % 100
        ));
    }
    let mut zst = zstd::encode_all(rows.as_bytes(), 1).expect("in memory");
    zst.truncate(zst.len() / 2);
    zst
}

#[test]
fn a_file_that_does_not_exist() {
    let standing = Standing::new();
    let message = standing.refuses_by("tests/fixtures/import/till.toml", &["nowhere/receipts.csv".into()]);
    assert_eq!(
        message,
        "chalandise: nowhere/receipts.csv: the file cannot be read: there is no such file. Check the path and the rights"
    );
}

#[test]
fn a_folder_in_place_of_a_file() {
    let standing = Standing::new();
    let folder = standing.folder.path().join("receipts");
    std::fs::create_dir(&folder).expect("a folder");
    assert_eq!(
        standing.refuses_by("tests/fixtures/import/till.toml", &[folder]),
        "chalandise: receipts: this is a folder, not a file. Name the files in it, for example with folder/*"
    );
}

#[test]
fn one_bad_file_among_good_ones_stops_them_all() {
    let standing = Standing::new();
    let good = standing.file("receipts_2.csv", format!("{HEADER}{GOOD}"));
    let bad = standing.file("receipts_3.csv", "");
    assert_eq!(
        standing.refuses_by("tests/fixtures/import/till.toml", &[good, bad]),
        "chalandise: receipts_3.csv: the file is empty (0 bytes). Export it again: even an export without rows has a header line"
    );
}

#[test]
fn an_order_id_that_the_lake_has_with_another_content_is_replaced_and_counted() {
    let standing = Standing::new();
    let later = standing.file(
        "receipts_2.csv",
        format!("{HEADER}2;02/02/2024;25,50;W;1;zoe;;\n1;01/02/2024;10,00;M;1;anne;;\n"),
    );
    let output = standing.import(&[later]);
    assert!(output.status.success(), "{}", message(&output));
    assert_eq!(standing.orders(), BEFORE.replace("20.50", "25.50"));
    let account = String::from_utf8(output.stdout).expect("UTF-8");
    let orders = account
        .lines()
        .find(|line| line.starts_with("orders "))
        .expect("a line of orders");
    let counts: Vec<&str> = orders.split_whitespace().collect();
    // table, in, kept, repaired, replaced, skipped, rejected, left out
    assert_eq!(counts[..7], ["orders", "2", "0", "0", "1", "1", "0"], "{account}");
}

#[test]
fn coordinates_swapped_at_zero_or_out_of_range_cost_the_place_and_not_the_order() {
    let standing = Standing::new();
    let receipts = standing.file(
        "receipts_2.csv",
        format!("{HEADER}4;05/02/2024;1,00;M;1;a;;\n5;05/02/2024;1,00;M;1;b;;\n6;05/02/2024;1,00;M;1;c;;\n7;05/02/2024;1,00;M;1;d;;\n"),
    );
    let people = standing.file(
        "people.csv",
        "customer;lat;lon\na;48.85;2.35\nb;2.35;48.85\nc;0;0\nd;488566;2.35\n",
    );
    let output = standing.import(&[receipts, people]);
    assert!(output.status.success(), "{}", message(&output));
    let sql = "select count(*) as orders, count(h3_cell) as located, count(distinct h3_cell) as cells \
               from orders where order_id >= 'till:4'";
    let output = standing
        .program()
        .args(["query", "--format", "csv", sql])
        .output()
        .expect("the program runs");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "orders,located,cells\n4,2,1\n");
}

fn refuses_parquet(bytes: impl AsRef<[u8]>) -> String {
    let standing = Standing::new();
    let text = std::fs::read_to_string(root().join("data/mappings/complete-journey.toml")).expect("a shipped mapping");
    // In the currency of the lake, so that the file itself is what is wrong.
    let mapping = standing.file("journey.toml", text.replace("currency = \"USD\"", "currency = \"EUR\""));
    let file = standing.file("transactions.parquet", bytes);
    standing.refuses_by(&mapping.display().to_string(), &[file])
}

#[test]
fn a_parquet_file_cut_short() {
    let good = good_parquet();
    assert_eq!(
        refuses_parquet(&good[..good.len() - 20]),
        "chalandise: transactions.parquet: the Parquet file is damaged or cut short. Write or copy it again"
    );
}

#[test]
fn an_empty_parquet_file() {
    assert_eq!(
        refuses_parquet(""),
        "chalandise: transactions.parquet: the file is empty (0 bytes). Export it again: even an export without rows has a header line"
    );
}

#[test]
fn a_parquet_file_whose_footer_lies() {
    let mut lying = good_parquet();
    let footer = lying.len() - 8;
    lying[footer..footer + 4].copy_from_slice(&u32::MAX.to_le_bytes());
    assert_eq!(
        refuses_parquet(lying),
        "chalandise: transactions.parquet: the Parquet file is damaged or cut short. Write or copy it again"
    );
}

#[test]
fn a_parquet_page_that_was_changed() {
    let mut changed = good_parquet();
    for byte in &mut changed[40..60] {
        *byte ^= 0x5a;
    }
    assert_eq!(
        refuses_parquet(changed),
        "chalandise: transactions.parquet: the Parquet file is damaged or cut short. Write or copy it again"
    );
}

#[test]
fn a_parquet_column_of_another_type() {
    let money: ArrayRef = Arc::new(BooleanArray::from(vec![true, false, true]));
    assert_eq!(
        refuses_parquet(parquet(transactions(money))),
        "chalandise: transactions.parquet, column `sales_value`: the column holds true and false, and the mapping expects money. The file's schema has changed: correct the export or the type in the mapping"
    );
}

#[test]
fn a_parquet_column_that_was_renamed() {
    let money: ArrayRef = Arc::new(Float64Array::from(vec![0.1, 2.3, 4.56]));
    let mut renamed = transactions(money);
    renamed[5].0 = "sales_values";
    assert_eq!(
        refuses_parquet(parquet(renamed)),
        "chalandise: transactions.parquet, line 1: the column is missing: `sales_value` (is `sales_values` meant?). Export the missing columns, or name the file's own headers as `from` in the mapping"
    );
}

#[test]
fn a_lake_of_another_currency() {
    let standing = Standing::new();
    let file = standing.file("transactions.parquet", good_parquet());
    let message = standing.refuses_by("complete-journey", &[file]);
    assert_eq!(
        message,
        "chalandise: the lake holds EUR, the mapping states USD; one lake holds one currency: import into another lake"
    );
}

/// The shell's limit on file sizes, in blocks of 512 bytes or 1 KiB: a disk that is full.
fn import_under_limit(standing: &Standing, blocks: u32, file: &Path) -> Output {
    Command::new("sh")
        .current_dir(root())
        .args(["-c", "ulimit -f \"$1\"; shift; exec \"$@\"", "sh"])
        .arg(blocks.to_string())
        .arg(env!("CARGO_BIN_EXE_chalandise"))
        .arg("--lake")
        .arg(standing.lake())
        .args(["import", "--mapping", "tests/fixtures/import/till.toml"])
        .arg(file)
        .output()
        .expect("a shell")
}

#[test]
fn a_disk_that_is_full() {
    let mut rows = HEADER.to_owned();
    for number in 10..60_000_u64 {
        // Amounts without pattern, so that the files do not compress to nothing.
        let cents = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 44;
        rows.push_str(&format!(
            "{number};01/02/2024;{},{:02};M;1;{cents:x};;\n",
            cents / 100,
            cents % 100
        ));
    }
    let (mut refused, mut taken) = (0, 0);
    for blocks in [0, 1, 8, 64, 128, 256, 512, 1024, 100_000] {
        let standing = Standing::new();
        let file = standing.file("receipts_2.csv", &rows);
        let output = import_under_limit(&standing, blocks, &file);
        if output.status.success() {
            taken += 1;
            assert_eq!(standing.orders().lines().count(), 3 + 59_990, "complete");
            continue;
        }
        refused += 1;
        let shown = standing.shown(&output);
        assert_eq!(output.status.code(), Some(1), "{shown}");
        assert!(shown.contains("ree space"), "{blocks}: {shown}");
        assert_eq!(standing.orders(), BEFORE);
        assert!(standing.import(&[file]).status.success(), "the next import succeeds");
        assert_eq!(standing.orders().lines().count(), 3 + 59_990);
    }
    assert!(refused >= 4 && taken >= 1, "{refused} refused, {taken} taken");
}
