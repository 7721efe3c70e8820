//! Whatever stands in a file: no panic, no row without an account.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::bad_rows::{HEADER, till};
use super::support::Bench;

/// Rows that are nearly right, so that every branch behind the header is met.
fn near_miss() -> impl Strategy<Value = String> {
    let field = prop_oneof![
        Just("1".to_owned()),
        Just("01/02/2024".to_owned()),
        Just("12,50".to_owned()),
        Just("-0,005".to_owned()),
        Just("\"a;b\nc\"".to_owned()),
        Just("\"".to_owned()),
        Just(String::new()),
        "[0-9,./ -]{0,12}",
        "\\PC{0,8}",
    ];
    let row = prop::collection::vec(field, 6..10).prop_map(|fields| fields.join(";"));
    prop::collection::vec(row, 0..12).prop_map(|rows| rows.join("\n"))
}

fn run(strategy: impl Strategy<Value = Vec<u8>>, cases: u32) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let mut runner = TestRunner::new(Config {
        cases,
        ..Config::default()
    });
    let mapping = till();
    runner
        .run(&strategy, |bytes| {
            let bench = Bench::new().file("receipts.csv", &bytes);
            match runtime.block_on(bench.stage(&mapping)) {
                Ok(staged) => {
                    staged.account.check().expect("a balanced account");
                    let read = &staged.account.files[0].flow;
                    let shaped = &staged.account.table("orders").expect("orders").flow;
                    prop_assert_eq!(read.kept.rows + read.repaired.rows, shaped.came_in.rows);
                    prop_assert_eq!(read.kept.money + read.repaired.money, shaped.came_in.money);
                }
                Err(error) => prop_assert!(!error.to_string().is_empty()),
            }
            Ok(())
        })
        .unwrap_or_else(|failure| panic!("{failure}"));
}

#[test]
fn rows_that_are_nearly_right_balance() {
    run(near_miss().prop_map(|rows| format!("{HEADER}{rows}").into_bytes()), 96);
}

#[test]
fn any_bytes_end_in_an_account_or_a_message() {
    run(prop::collection::vec(any::<u8>(), 1..400), 48);
    let after_header = prop::collection::vec(any::<u8>(), 0..400);
    run(after_header.prop_map(|bytes| [HEADER.as_bytes(), &bytes].concat()), 48);
}
