//! Rows that cannot be taken: each is kept aside with its place, the class of its value and the reason, and every cent is
//! accounted for.

use chalandise::import::{Mapping, Staged};

use super::support::{Bench, project, rejects, rows};

pub const HEADER: &str = "number;day;amount;channel;pieces;customer;member;size\n";

pub fn till() -> Mapping {
    let path = project("tests/fixtures/import/till.toml");
    Mapping::find(&path.display().to_string(), &path).unwrap_or_else(|error| panic!("{error}"))
}

/// The till's mapping with a piece of its text replaced.
pub fn till_with(from: &str, to: &str) -> Mapping {
    let path = project("tests/fixtures/import/till.toml");
    let text = std::fs::read_to_string(path).expect("the fixture");
    assert!(text.contains(from), "the fixture holds {from}");
    Mapping::parse(&text.replace(from, to), "till.toml").unwrap_or_else(|error| panic!("{error}"))
}

async fn staged(mapping: &Mapping, text: &str) -> Staged {
    let bench = Bench::new().file("receipts.csv", text);
    let staged = bench.stage(mapping).await.unwrap_or_else(|error| panic!("{error}"));
    staged.account.check().expect("a balanced account");
    // The rows are read before the folder goes away.
    let _ = rows(&staged, "orders", &["order_id"]);
    std::mem::forget(bench);
    staged
}

/// The one rejected row of a file with one good and one bad row, without file and line.
async fn refused(row: &str) -> String {
    let text = format!("{HEADER}1;01/02/2024;10,00;M;1;;;\n{row}\n");
    let staged = staged(&till(), &text).await;
    assert_eq!(staged.tables[0].rows, 1, "the good row stays");
    let rejects = rejects(&staged);
    assert_eq!(rejects.len(), 1, "{rejects:?}");
    let place = "receipts.csv | 3 | ";
    assert!(rejects[0].starts_with(place), "{}", rejects[0]);
    rejects[0][place.len()..].to_owned()
}

macro_rules! refused {
    ($($name:ident: $row:literal => $reject:literal;)*) => {$(
        #[tokio::test(flavor = "multi_thread")]
        async fn $name() {
            assert_eq!(refused($row).await, $reject);
        }
    )*};
}

refused! {
    a_row_with_too_few_fields: "2;01/02/2024;10,00" =>
        " | 3 fields where 8 are expected | the row is ragged: a separator in a text without quotes, a line cut in two, or an open quote";
    a_row_with_too_many_fields: "2;01/02/2024;10,00;M;1;;;;" =>
        " | 9 fields where 8 are expected | the row is ragged: a separator in a text without quotes, a line cut in two, or an open quote";
    an_iso_date_where_french_ones_are_expected: "2;2024-02-01;10,00;M;1;;;" =>
        "day | a date in another format | the mapping allows %d/%m/%Y";
    an_american_date: "2;02/13/2024;10,00;M;1;;;" =>
        "day | an impossible date | the calendar has no such day";
    the_thirty_first_of_february: "2;31/02/2024;10,00;M;1;;;" =>
        "day | an impossible date | the calendar has no such day";
    a_date_of_zeros: "2;00/00/0000;10,00;M;1;;;" =>
        "day | a date of zeros | it names no day";
    a_spreadsheet_date: "2;45358;10,00;M;1;;;" =>
        "day | a spreadsheet's serial number where a date is expected | the mapping does not allow spreadsheet_date";
    a_date_in_the_future: "2;01/01/2026;10,00;M;1;;;" =>
        "day | a date in the future | the last plausible day of this import is 2025-12-31";
    a_date_of_the_third_century: "2;01/02/0224;10,00;M;1;;;" =>
        "day | a date before 1900 | no export reaches so far back";
    words_for_a_date: "2;hier;10,00;M;1;;;" =>
        "day | text where a date is expected | the mapping allows %d/%m/%Y";
    no_date: "2;;10,00;M;1;;;" =>
        "day | no value | a value is required";
    a_decimal_point: "2;01/02/2024;10.00;M;1;;;" =>
        "amount | decimal point where a decimal comma is expected | the mapping says decimal comma";
    a_negative_price: "2;01/02/2024;-10,00;M;1;;;" =>
        "amount | a negative amount | the mapping does not allow amounts below 0";
    an_absurd_price: "2;01/02/2024;10000000,01;M;1;;;" =>
        "amount | an absurd amount | it lies beyond 10 million, the limit where the mapping sets none";
    a_number_without_end: "2;01/02/2024;1111111111111111111111111111111;M;1;;;" =>
        "amount | a number of more than 30 digits | money has fewer digits";
    words_for_money: "2;01/02/2024;gratuit;M;1;;;" =>
        "amount | text where money is expected | it cannot be read as a number";
    a_date_for_money: "2;01/02/2024;01/02/2024;M;1;;;" =>
        "amount | a date where money is expected | the columns may have moved";
    tenths_of_a_cent: "2;01/02/2024;10,005;M;1;;;" =>
        "amount | an amount with more than two decimals | the mapping does not allow round_to_cent";
    a_minus_behind: "2;01/02/2024;10,00-;M;1;;;" =>
        "amount | a minus sign behind the number | the mapping does not allow trailing_minus";
    blanks_round_a_number: "2;01/02/2024; 10,00;M;1;;;" =>
        "amount | text where money is expected | it cannot be read as a number";
    a_code_without_meaning: "2;01/02/2024;10,00;X;1;;;" =>
        "channel | a code that is not in the mapping | the code has no meaning here; add it to `values` of the mapping";
    half_a_piece: "2;01/02/2024;10,00;M;1,5;;;" =>
        "pieces | a broken number where a whole number is expected | it has decimals or is too large";
    control_characters: "2;01/02/2024;10,00;M;1;a\u{7}b;;" =>
        "customer | text with control characters | control characters stand in the text";
    neither_yes_nor_no: "2;01/02/2024;10,00;M;1;;perhaps;" =>
        "member | text where yes or no is expected | allowed are 1, 0, true, false, yes, no, oui, non";
    a_word_that_is_not_allowed: "2;01/02/2024;10,00;M;1;;;XXL" =>
        "size | a word that is not allowed | only these are allowed: S, M, L";
}

#[tokio::test(flavor = "multi_thread")]
async fn no_rejected_value_stands_in_a_message() {
    let text = format!("{HEADER}1;01/02/2024;10,00;M;1;;;\n2;01/02/2024;anne.dubois@orange.fr;M;1;;;\n");
    let staged = staged(&till(), &text).await;
    let shown = format!("{}{}", staged.account, staged.reject_samples.join("\n"));
    assert!(!shown.contains("dubois"), "{shown}");
    assert!(shown.contains("receipts.csv, line 3, column `amount`"), "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn money_of_rejected_rows_is_counted_where_it_can_be_read() {
    let text = format!(
        "{HEADER}1;01/02/2024;10,00;M;1;;;\n2;31/02/2024;2,50;M;1;;;\n3;01/02/2024;deux;M;1;;;\n4;01/02/2024;-1,00;M;1;;;\n"
    );
    let staged = staged(&till(), &text).await;
    let file = &staged.account.files[0];
    assert_eq!((file.flow.came_in.rows, file.flow.came_in.money), (4, 1_250));
    assert_eq!((file.flow.rejected.rows, file.flow.rejected.money), (3, 250));
    assert_eq!(file.rows_without_readable_money, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn stated_repairs_are_made_and_counted() {
    let mapping = till_with(
        "unique = [\"number\"]",
        "unique = [\"number\"]\nrepairs = [\"trim\", \"plain_spaces\", \"drop_control_characters\", \"other_decimal_mark\", \"trailing_minus\", \"round_to_cent\", \"spreadsheet_date\"]",
    );
    let text = format!(
        "{HEADER}1;01/02/2024;10,00;M;1;;;\n2; 01/02/2024 ;10.50;M;1;a\u{7}b;;\n3;45358;1,005;M;1;\u{a0}x;;\n4;01/02/2024;0,00-;M;1;;;\n"
    );
    let staged = staged(&mapping, &text).await;
    assert!(rejects(&staged).is_empty());
    assert_eq!(
        rows(
            &staged,
            "orders",
            &["order_id", "ordered_on", "net_revenue", "_line", "_repaired"]
        ),
        vec![
            "till:1 | 2024-02-01 | 10.00 | 2 | false",
            "till:2 | 2024-02-01 | 10.50 | 3 | true",
            "till:3 | 2024-03-07 | 1.01 | 4 | true",
            "till:4 | 2024-02-01 | 0.00 | 5 | true",
        ]
    );
    let file = &staged.account.files[0];
    assert_eq!((file.flow.kept.rows, file.flow.repaired.rows), (1, 3));
    let counted: Vec<String> = file
        .repairs
        .iter()
        .map(|(rule, count)| format!("{rule} {count}"))
        .collect();
    assert_eq!(
        counted,
        [
            "drop_control_characters 1",
            "other_decimal_mark 1",
            "plain_spaces 1",
            "round_to_cent 1",
            "spreadsheet_date 1",
            "trailing_minus 1",
            "trim 2",
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn four_date_formats_are_read_when_the_mapping_names_them() {
    let mapping = till_with(
        "dates = [\"%d/%m/%Y\"]\nunique",
        "dates = [\"%d/%m/%Y\", \"%Y-%m-%d\", \"%Y%m%d\", \"%d%m%y\"]\nunique",
    );
    let text = format!(
        "{HEADER}1;07/03/2024;1,00;M;1;;;\n2;2024-03-07;1,00;M;1;;;\n3;20240307;1,00;M;1;;;\n4;070324;1,00;M;1;;;\n"
    );
    let staged = staged(&mapping, &text).await;
    let days = rows(&staged, "orders", &["ordered_on"]);
    assert_eq!(days, ["2024-03-07"; 4]);
}

#[tokio::test(flavor = "multi_thread")]
async fn coordinates_are_swapped_back_or_dropped() {
    let people = "customer;lat;lon\na;48.85;2.35\nb;2.35;48.85\nc;0;0\nd;488566;2.35\ne;48.85;\nf;;\n";
    let bench = Bench::new()
        .file("people.csv", people)
        .file("receipts.csv", format!("{HEADER}1;01/02/2024;1,00;M;1;b;;\n"));
    let staged = bench.stage(&till()).await.unwrap_or_else(|error| panic!("{error}"));
    let cells = rows(&staged, "customers", &["customer_id", "h3_cell", "_repaired"]);
    let paris = cells[0].split(" | ").nth(1).expect("a cell");
    assert_ne!(paris, "-");
    assert_eq!(cells[1], format!("till:b | {paris} | true"));
    assert_eq!(
        cells[2..5],
        ["till:c | - | true", "till:d | - | true", "till:e | - | true"]
    );
    assert_eq!(cells[5], "till:f | - | false");
    assert_eq!(rows(&staged, "orders", &["h3_cell"]), vec![paris]);
    let repairs = &staged.account.file("people.csv").expect("people").repairs;
    assert_eq!((repairs["swapped_coordinates"], repairs["place_dropped"]), (1, 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_breaks_the_lakes_contract_is_kept_aside() {
    let mapping = till_with("coalesce(r.channel, 'store')", "coalesce(r.size, 'store')");
    let text = format!("{HEADER}1;01/02/2024;10,00;M;1;;;\n2;01/02/2024;5,00;M;1;;;S\n");
    let staged = staged(&mapping, &text).await;
    assert_eq!(
        rejects(&staged),
        vec![
            "receipts.csv | 3 | sales_channel | a word that is not allowed | only these are allowed: web, store, post, phone"
        ]
    );
    let orders = staged.account.table("orders").expect("orders");
    assert_eq!((orders.flow.kept.money, orders.flow.rejected.money), (1_000, 500));
}
