//! The shipped query files are sound, and the library says what is wrong with parameters.

use std::collections::BTreeMap;

use chalandise::query::{Library, Value};

use super::lake;

#[tokio::test]
async fn the_shipped_queries_have_no_fault() {
    let library = Library::read(&lake::queries());
    let ctx = lake::session(&library).await;
    let faults = library.check(&ctx).await;
    assert!(faults.is_empty(), "{faults}");
}

#[tokio::test]
async fn a_stored_roll_up_takes_the_place_of_its_view() {
    let library = Library::load(&lake::queries()).unwrap();
    let ctx = lake::bare();
    lake::execute(
        &ctx,
        "create table order_sources as select 'erp' as source, 7 as orders, \
         cast(1 as decimal(18, 2)) as net_revenue, 0 as located, 0 as with_margin, date '2025-01-01' as first_on, date '2025-02-01' as last_on",
    )
    .await;
    let faults = chalandise::query::register_views(&ctx, &library).await;
    assert!(faults.is_empty(), "{faults}");
    let query = library.get("overview/sources").unwrap();
    let bound = query.bind(&BTreeMap::new()).unwrap();
    let rows = chalandise::query::run(&ctx, query, &bound).await.unwrap();
    assert_eq!(rows.len(), 1);
}

#[test]
fn parameters_are_typed_and_defaults_filled_in() {
    let library = Library::load(&lake::queries()).unwrap();
    let query = library.get("network/cells").unwrap();
    let given = BTreeMap::from([
        ("from_on".to_owned(), "2025-01-01".to_owned()),
        ("to_on".to_owned(), "2025-12-31".to_owned()),
        ("region".to_owned(), String::new()),
    ]);
    let bound = query.bind(&given).unwrap();
    assert_eq!(bound.get("region"), Some(&Value::Null));
    assert_eq!(bound.get("min_group_size"), Some(&Value::Int(11)));
    assert_eq!(
        bound.key(),
        "east=null&from_on=2025-01-01&min_group_size=11&north=null&region=null&resolution=7&sales_channel=null&\
         south=null&to_on=2025-12-31&west=null"
    );
}

#[test]
fn every_fault_of_given_parameters_is_named_without_its_value() {
    let library = Library::load(&lake::queries()).unwrap();
    let query = library.get("overview/by_month").unwrap();
    let given = BTreeMap::from([
        ("from_on".to_owned(), "anne.dubois@example.org".to_owned()),
        ("sales_chanel".to_owned(), "web".to_owned()),
    ]);
    let error = query.bind(&given).unwrap_err();
    assert_eq!(
        error.to_string(),
        "query `overview/by_month`: there is no parameter `sales_chanel`; did you mean `sales_channel`?; \
         parameter `from_on` cannot be read: give a day as YYYY-MM-DD; \
         parameter `to_on` is missing: give a day as YYYY-MM-DD"
    );
    assert!(query.bind_known(&given).is_err());
}

#[tokio::test]
async fn a_value_is_never_read_as_sql() {
    let library = Library::load(&lake::queries()).unwrap();
    let ctx = lake::session(&library).await;
    let query = library.get("overview/by_region").unwrap();
    let given = BTreeMap::from([
        ("from_on".to_owned(), "2025-01-01".to_owned()),
        ("to_on".to_owned(), "2025-12-31".to_owned()),
        ("region".to_owned(), "' or '1'='1'; drop table orders; --".to_owned()),
    ]);
    let bound = query.bind(&given).unwrap();
    let rows = chalandise::query::run(&ctx, query, &bound).await.unwrap();
    assert!(rows.is_empty());
    assert!(ctx.table_exist("orders").unwrap());
}

#[tokio::test]
async fn engine_text_never_reaches_the_message() {
    let library = {
        let mut library = Library::default();
        library.add(
            "test/cast",
            "test/cast.sql".as_ref(),
            "-- A cast that fails on a row.\n-- @column number: count -- number\n\
             select cast(email as bigint) as number from customer_identity",
        );
        library
    };
    let ctx = lake::bare();
    lake::execute(
        &ctx,
        "insert into customer_identity (customer_id, email) values ('1', 'anne.dubois@example.org')",
    )
    .await;
    let query = library.get("test/cast").unwrap();
    let bound = query.bind(&BTreeMap::new()).unwrap();
    let error = chalandise::query::run(&ctx, query, &bound).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "query `test/cast` failed while running; the log says why"
    );
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert!(source.contains("anne.dubois"), "kept for the log: {source}");
}
