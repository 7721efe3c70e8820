//! What a later export does to rows that stand: orders cancelled since, lines that are gone, files that it comes without.

use std::path::PathBuf;

use chalandise::import::Account;
use chalandise::import::Imported;
use chalandise::lake::verify;

use super::TestLake;

const CUSTOMERS: &str = "\
id_customer;firstname;lastname;email;birthday;newsletter;optin;is_guest;date_add
1;Anne;Le Goff;anne@example.org;1970-05-02;1;1;0;2023-01-05 10:00:00
2;Paul;Martin;paul@example.org;1980-05-02;1;1;0;2023-01-05 10:00:00
";
const ADDRESSES: &str = "\
id_address;id_customer;address1;address2;postcode;city;phone;phone_mobile;deleted;latitude;longitude
10;1;3 rue Vieille;;75002;Paris;;0612345678;0;48.8686;2.3411
12;2;3 quai Perrache;;69002;Lyon;;;0;45.7485;4.8271
";
const ORDERS_HEAD: &str = "\
id_order;id_customer;id_address_delivery;id_address_invoice;conversion_rate;total_paid_tax_excl;total_shipping_tax_excl;valid;date_add;date_upd
";
const ORDER_1: &str = "1;1;10;10;1;100;0;1;2024-07-01 10:00:00;2024-07-01 10:00:00\n";
const ORDER_2: &str = "2;2;12;12;1;50;0;1;2024-07-02 10:00:00;2024-07-02 10:00:00\n";
const DETAILS_HEAD: &str = "\
id_order_detail;id_order;product_id;product_category;product_quantity;total_price_tax_excl;purchase_supplier_price
";
const DETAILS: &str = "\
1;1;A;Tables;1;60;30
2;1;B;Chairs;2;40;10
3;2;C;Lamps;1;50;20
";

struct Shop {
    test: TestLake,
}

impl Shop {
    /// A lake with the two orders and their three lines, from a full export.
    async fn standing() -> Shop {
        let shop = Shop { test: TestLake::new() };
        let first = shop
            .import(
                "first",
                &[
                    ("ps_customer", CUSTOMERS.to_owned()),
                    ("ps_address", ADDRESSES.to_owned()),
                    ("ps_orders", format!("{ORDERS_HEAD}{ORDER_1}{ORDER_2}")),
                    ("ps_order_detail", format!("{DETAILS_HEAD}{DETAILS}")),
                ],
            )
            .await;
        assert_eq!(first.table("orders").map(|table| table.flow.kept.rows), Some(2));
        shop
    }

    async fn import(&self, name: &str, files: &[(&str, String)]) -> Account {
        let paths: Vec<PathBuf> = files
            .iter()
            .map(|(id, text)| self.test.write(&format!("{id}_{name}.csv"), text))
            .collect();
        match self.test.import("prestashop", &paths).await {
            Ok(Imported::Done { report, .. }) => report.account,
            other => panic!("it should be imported: {other:?}"),
        }
    }

    async fn orders(&self) -> String {
        let sql =
            "select order_id, net_revenue, gross_margin, items, region, location_precision from orders order by 1";
        self.test.csv(sql).await
    }

    async fn lines(&self) -> String {
        self.test
            .csv("select order_id, line, net_revenue from order_lines order by 1, 2")
            .await
    }
}

const PARIS: &str = "shop:1,100.00,50.00,3,Île-de-France,address";
const LYON: &str = "shop:2,50.00,30.00,1,Auvergne-Rhône-Alpes,address";

#[tokio::test(flavor = "multi_thread")]
async fn an_order_cancelled_since_is_withdrawn_with_its_lines() {
    let shop = Shop::standing().await;
    assert_eq!(shop.orders().await, format!("{PARIS}\n{LYON}"));
    let cancelled = ORDER_1.replace(
        ";1;2024-07-01 10:00:00;2024-07-01 10:00:00",
        ";0;2024-07-01 10:00:00;2024-07-05 10:00:00",
    );
    // Only the file of orders comes: the lines go all the same.
    let account = shop
        .import("second", &[("ps_orders", format!("{ORDERS_HEAD}{cancelled}"))])
        .await;
    let orders = account.table("orders").expect("orders");
    assert_eq!((orders.withdrawn.rows, orders.withdrawn.money), (1, 10_000));
    assert_eq!((orders.flow.left_out.rows, orders.flow.kept.rows), (1, 0));
    let lines = account.table("order_lines").expect("lines of the withdrawn order");
    assert_eq!((lines.withdrawn.rows, lines.withdrawn.money), (2, 10_000));
    let printed = account.to_string();
    assert!(
        printed.contains("orders: withdrawn from the lake 1 (100.00): the source no longer counts them"),
        "{printed}"
    );
    assert_eq!(shop.orders().await, LYON);
    assert_eq!(shop.lines().await, "shop:2,3,50.00");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_word_on_an_order_does_not_withdraw_it() {
    let shop = Shop::standing().await;
    let unpaid_yet = ORDER_1.replace(
        ";1;2024-07-01 10:00:00;2024-07-01 10:00:00",
        ";0;2024-07-01 10:00:00;2024-06-30 10:00:00",
    );
    let account = shop
        .import("second", &[("ps_orders", format!("{ORDERS_HEAD}{unpaid_yet}"))])
        .await;
    assert_eq!(account.table("orders").map(|table| table.withdrawn.rows), Some(0));
    assert_eq!(shop.orders().await, format!("{PARIS}\n{LYON}"));
    assert_eq!(shop.lines().await.lines().count(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_an_order_no_longer_has_is_withdrawn() {
    let shop = Shop::standing().await;
    let changed = ORDER_1.replace(
        ";100;0;1;2024-07-01 10:00:00;2024-07-01 10:00:00",
        ";60;0;1;2024-07-01 10:00:00;2024-07-03 10:00:00",
    );
    let account = shop
        .import(
            "second",
            &[
                ("ps_orders", format!("{ORDERS_HEAD}{changed}")),
                ("ps_order_detail", format!("{DETAILS_HEAD}1;1;A;Tables;1;60;30\n")),
            ],
        )
        .await;
    let lines = account.table("order_lines").expect("lines");
    assert_eq!(
        (lines.withdrawn.rows, lines.withdrawn.money, lines.flow.skipped.rows),
        (1, 4_000, 1)
    );
    assert_eq!(shop.lines().await, "shop:1,1,60.00\nshop:2,3,50.00");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_is_rejected_is_not_taken_for_gone() {
    let shop = Shop::standing().await;
    for (name, bad) in [
        ("unreadable", "2;1;B;Chairs;2;forty;10\n"),
        ("twice", "2;1;B;Chairs;2;41;10\n2;1;B;Chairs;2;42;10\n"),
    ] {
        let account = shop
            .import(
                name,
                &[
                    ("ps_orders", format!("{ORDERS_HEAD}{ORDER_1}")),
                    ("ps_order_detail", format!("{DETAILS_HEAD}1;1;A;Tables;1;60;30\n{bad}")),
                ],
            )
            .await;
        assert_eq!(
            account.table("order_lines").map(|table| table.withdrawn.rows),
            Some(0),
            "{name}"
        );
        assert_eq!(
            shop.lines().await,
            "shop:1,1,60.00\nshop:1,2,40.00\nshop:2,3,50.00",
            "{name}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_without_its_other_files_keeps_what_they_told() {
    let shop = Shop::standing().await;
    // The same order again, alone: nothing is new about it.
    let account = shop
        .import("second", &[("ps_orders", format!("{ORDERS_HEAD}{ORDER_1}"))])
        .await;
    assert_eq!(account.table("orders").map(|table| table.flow.skipped.rows), Some(1));
    assert_eq!(shop.orders().await, format!("{PARIS}\n{LYON}"));
    // Changed at the source, and still without customers and lines: the new amount, the place and margin that stand.
    let changed = ORDER_2.replace(
        ";50;0;1;2024-07-02 10:00:00;2024-07-02 10:00:00",
        ";45;0;1;2024-07-02 10:00:00;2024-07-09 10:00:00",
    );
    let account = shop
        .import("third", &[("ps_orders", format!("{ORDERS_HEAD}{changed}"))])
        .await;
    assert_eq!(account.table("orders").map(|table| table.flow.replaced.rows), Some(1));
    let lyon = LYON.replace("50.00,30.00", "45.00,30.00");
    assert_eq!(shop.orders().await, format!("{PARIS}\n{lyon}"));
    // The customers again without their addresses.
    shop.import(
        "fourth",
        &[
            ("ps_customer", CUSTOMERS.replace("Anne;", "Anna;")),
            ("ps_orders", ORDERS_HEAD.to_owned()),
        ],
    )
    .await;
    assert_eq!(
        shop.test
            .csv("select first_name, postcode, mobile from source_customers where source_customer_id = '1'")
            .await,
        "ANNA,75002,612345678"
    );
    assert_eq!(
        shop.test
            .csv("select city, region from customers where customer_id = 'shop:1'")
            .await,
        "Paris,Île-de-France"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_of_an_earlier_exports_order_takes_its_place_and_the_rate_of_its_margin() {
    let shop = Shop::standing().await;
    let slips = "id_order_slip;id_order;id_customer;total_products_tax_excl;date_add;date_upd\n\
                 5;1;1;40;2024-08-01 10:00:00;2024-08-01 10:00:00\n";
    let files = [
        ("ps_orders", ORDERS_HEAD.to_owned()),
        ("ps_order_slip", slips.to_owned()),
    ];
    shop.import("second", &files).await;
    let refund = "shop:slip-5,-40.00,-20.00,,Île-de-France,address";
    assert_eq!(shop.orders().await, format!("{PARIS}\n{LYON}\n{refund}"));
    // Again under another file of orders: equal as far as it tells, so nothing changes.
    let again = [
        ("ps_orders", format!("{ORDERS_HEAD}{ORDER_2}")),
        ("ps_order_slip", slips.to_owned()),
    ];
    let account = shop.import("third", &again).await;
    assert_eq!(account.table("orders").map(|table| table.flow.skipped.rows), Some(2));
    assert_eq!(shop.orders().await, format!("{PARIS}\n{LYON}\n{refund}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_whose_order_was_rejected_are_told() {
    let shop = Shop::standing().await;
    shop.import(
        "second",
        &[
            (
                "ps_orders",
                format!("{ORDERS_HEAD}9;1;10;10;1;-5;0;1;2024-07-01 10:00:00;2024-07-01 10:00:00\n"),
            ),
            ("ps_order_detail", format!("{DETAILS_HEAD}9;9;A;Tables;1;60;30\n")),
        ],
    )
    .await;
    let snapshot = shop.test.lake.snapshot().await.expect("a lake version");
    let found = verify::dangling(&shop.test.session().await, &snapshot)
        .await
        .expect("a sound lake");
    let found: Vec<_> = found.iter().map(|it| (it.table, it.rule.as_str(), it.rows)).collect();
    assert_eq!(found, [("order_lines", "order_id names no row of orders", 1)]);
}
