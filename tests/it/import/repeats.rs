//! Keys that stand twice, overlapping exports, and SQL that would lose or double rows.

use super::bad_rows::{HEADER, till, till_with};
use super::support::{Bench, rejects, rows};

const CHANGED: &str = "number;day;amount;channel;pieces;customer;member;size;changed\n";

#[tokio::test(flavor = "multi_thread")]
async fn equal_rows_are_skipped_and_different_ones_of_a_key_refused() {
    let text = format!(
        "{HEADER}1;01/02/2024;10,00;M;1;;;\n2;01/02/2024;5,00;M;1;;;\n1;01/02/2024;10,00;M;1;;;\n3;01/02/2024;7,00;M;1;;;\n3;01/02/2024;8,00;M;1;;;\n"
    );
    let staged = Bench::new().file("receipts.csv", text);
    let staged_rows = staged.stage(&till()).await.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(
        rows(&staged_rows, "orders", &["order_id", "_line"]),
        ["till:1 | 2", "till:2 | 3"]
    );
    let flow = &staged_rows.account.files[0].flow;
    assert_eq!((flow.skipped.rows, flow.skipped.money), (1, 1_000));
    assert_eq!((flow.rejected.rows, flow.rejected.money), (2, 1_500));
    assert_eq!(
        rejects(&staged_rows),
        [
            "receipts.csv | 5 |  |  | the key stands twice in this file with different content",
            "receipts.csv | 6 |  |  | the key stands twice in this file with different content",
        ]
    );
    staged_rows.account.check().expect("a balanced account");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_newer_row_of_overlapping_exports_stands() {
    let january = format!(
        "{CHANGED}1;01/01/2024;10,00;M;1;;;;02/01/2024 10:00:00\n2;02/01/2024;20,00;M;1;;;;09/01/2024 10:00:00\n3;03/01/2024;30,00;M;1;;;;03/01/2024 10:00:00\n"
    );
    let february = format!(
        "{CHANGED}1;01/01/2024;11,00;M;1;;;;03/01/2024 10:00:00\n2;02/01/2024;21,00;M;1;;;;08/01/2024 10:00:00\n3;03/01/2024;30,00;M;1;;;;03/01/2024 10:00:00\n4;04/02/2024;40,00;M;1;;;;04/02/2024 10:00:00\n"
    );
    let bench = Bench::new()
        .file("receipts-01.csv", january)
        .file("receipts-02.csv", february);
    let staged = bench.stage(&till()).await.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(
        rows(&staged, "orders", &["order_id", "net_revenue", "_file"]),
        [
            "till:1 | 11.00 | 1",
            "till:2 | 20.00 | 0",
            "till:3 | 30.00 | 0",
            "till:4 | 40.00 | 1"
        ]
    );
    let [first, second] = &staged.account.files[..] else {
        panic!("two files")
    };
    assert_eq!(first.flow.replaced.rows, 1);
    assert_eq!((second.flow.replaced.rows, second.flow.skipped.rows), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_given_twice_is_read_once() {
    let text = format!("{HEADER}1;01/02/2024;10,00;M;1;;;\n");
    let bench = Bench::new().file("receipts-a.csv", &text).file("receipts-b.csv", &text);
    let staged = bench.stage(&till()).await.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(staged.inputs.len(), 1);
    assert!(
        staged
            .account
            .notes
            .iter()
            .any(|note| note.contains("receipts-b.csv has the same content as"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn sql_that_doubles_rows_is_stopped() {
    let mapping = till_with("unique = [\"customer\"]\n", "");
    let bench = Bench::new()
        .file("receipts.csv", format!("{HEADER}1;01/02/2024;10,00;M;1;a;;\n"))
        .file("people.csv", "customer;lat;lon\na;48.85;2.35\na;48.86;2.36\n");
    assert_eq!(
        bench.stops(&mapping).await,
        "mapping till, [[table]] into `orders`: line 2 of receipts.csv came out twice. A join finds two rows for one: group the other table by the joined key, or name what makes its rows unique"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn sql_that_loses_rows_is_stopped() {
    let mapping = till_with("left join people p on", "join people p on");
    let bench = Bench::new().file(
        "receipts.csv",
        format!("{HEADER}1;01/02/2024;10,00;M;1;a;;\n2;01/02/2024;10,00;M;1;a;;\n"),
    );
    assert_eq!(
        bench.stops(&mapping).await,
        "mapping till, [[table]] into `orders`: 2 rows of receipts.csv did not come out, the first in line 2. Use left joins, and give a reason as _reject instead of filtering rows away"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn groups_that_lose_money_are_stopped() {
    let mapping = till_with(
        "from receipts r\nleft join people p on p.customer = r.customer\n",
        "from (select min(number) as number, min(day) as day, min(channel) as channel, max(amount) as amount, sum(pieces) as pieces, customer, min(_file) as _file, min(_line) as _line from receipts group by customer) r\nleft join people p on p.customer = r.customer\n",
    );
    let mut mapping = mapping;
    mapping.tables[0].grouped = true;
    let bench = Bench::new().file(
        "receipts.csv",
        format!("{HEADER}1;01/02/2024;10,00;M;1;a;;\n2;01/02/2024;2,00;M;1;a;;\n"),
    );
    assert_eq!(
        bench.stops(&mapping).await,
        "mapping till, [[table]] into `orders`: 12.00 of money went into the groups and 10.00 came out. Group without filtering, and sum the column that the file names as money"
    );
}
