//! Roll-ups are exact: on random lakes, under random filters, every way to cut the revenue adds up to the same cents, and
//! every distinct count equals a plain recount in Rust.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow::array::{
    ArrayRef, AsArray, Date32Array, Decimal128Array, Int64Array, RecordBatch, StringViewArray, new_null_array,
};
use arrow::datatypes::{Decimal128Type, Int64Type};
use chalandise::lake::contract;
use chalandise::query::{Library, Rows, register_views, rollups_in_order, run};
use chrono::{Datelike, Days, Months, NaiveDate};
use datafusion::datasource::MemTable;
use datafusion::prelude::SessionContext;
use h3o::{CellIndex, LatLng, Resolution};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::lake;

const CHANNELS: [&str; 4] = ["store", "web", "post", "phone"];
const REGIONS: [&str; 3] = ["Bretagne", "Occitanie", "Île-de-France"];

/// An order of the random lake.
#[derive(Clone)]
struct Order {
    refund: bool,
    customer: Option<usize>,
    day: NaiveDate,
    channel: &'static str,
    store: Option<usize>,
    region: Option<&'static str>,
    /// Cell of resolution 9 and whether it is known by address.
    place: Option<(CellIndex, bool)>,
    cents: i128,
}

/// A filter of the pages.
#[derive(Clone, Debug)]
struct Filter {
    from_on: NaiveDate,
    to_on: NaiveDate,
    channel: Option<&'static str>,
    region: Option<&'static str>,
}

impl Filter {
    fn random(random: &mut ChaCha8Rng) -> Filter {
        let from_on = first_day() + Days::new(random.random_range(0..900));
        Filter {
            from_on,
            to_on: from_on + Days::new(random.random_range(0..500)),
            channel: random
                .random_bool(0.5)
                .then(|| CHANNELS[random.random_range(0..CHANNELS.len())]),
            region: random
                .random_bool(0.5)
                .then(|| REGIONS[random.random_range(0..REGIONS.len())]),
        }
    }

    fn fits(&self, order: &Order) -> bool {
        self.channel.is_none_or(|channel| channel == order.channel)
            && self.region.is_none_or(|region| Some(region) == order.region)
    }

    fn holds(&self, order: &Order) -> bool {
        (self.from_on..=self.to_on).contains(&order.day) && self.fits(order)
    }

    fn given(&self, more: &[(&str, String)]) -> BTreeMap<String, String> {
        let mut given = BTreeMap::from([
            ("from_on".to_owned(), self.from_on.to_string()),
            ("to_on".to_owned(), self.to_on.to_string()),
            ("sales_channel".to_owned(), self.channel.unwrap_or_default().to_owned()),
            ("region".to_owned(), self.region.unwrap_or_default().to_owned()),
        ]);
        given.extend(more.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        given
    }
}

fn first_day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2023, 1, 1).unwrap()
}

/// Orders of 80 customers over three years, a leap day among them: some move, some buy in several channels and regions,
/// some orders are anonymous, unlocated, located by commune only, or refunds.
fn random_orders(random: &mut ChaCha8Rng) -> Vec<Order> {
    let place = |random: &mut ChaCha8Rng| {
        let (latitude, longitude) = [(48.85, 2.35), (43.60, 1.44), (48.11, -1.68)][random.random_range(0..3)];
        let point = LatLng::new(
            latitude + random.random_range(-0.4..0.4),
            longitude + random.random_range(-0.4..0.4),
        );
        point.unwrap().to_cell(Resolution::Nine)
    };
    let mut homes: Vec<(CellIndex, &'static str)> = (0..80)
        .map(|_| (place(random), REGIONS[random.random_range(0..REGIONS.len())]))
        .collect();
    let mut orders = Vec::new();
    for _ in 0..1500 {
        let customer = random.random_bool(0.9).then(|| random.random_range(0..homes.len()));
        if let Some(customer) = customer
            && random.random_bool(0.05)
        {
            homes[customer] = (place(random), REGIONS[random.random_range(0..REGIONS.len())]);
        }
        let home = customer
            .map(|customer| homes[customer])
            .filter(|_| random.random_bool(0.9));
        let refund = random.random_bool(0.08);
        let cents = random.random_range(1..200_000);
        let channel = CHANNELS[random.random_range(0..CHANNELS.len())];
        orders.push(Order {
            refund,
            customer,
            day: first_day() + Days::new(random.random_range(0..1096)),
            channel,
            store: (channel == "store").then(|| random.random_range(0..9)),
            region: home.map(|(_, region)| region),
            place: home.map(|(cell, _)| (cell, random.random_bool(0.8))),
            cents: if refund { -cents } else { cents },
        });
    }
    // Leap days decide how long a customer stays active, if he does not come back.
    for (index, order) in orders.iter_mut().enumerate().take(40) {
        let day = [(2024, 2, 28), (2024, 2, 29), (2024, 3, 1), (2025, 2, 28)][index % 4];
        order.day = NaiveDate::from_ymd_opt(day.0, day.1, day.2).unwrap();
        order.customer = Some(1000 + index);
        order.refund = false;
    }
    orders
}

fn table(orders: &[Order]) -> MemTable {
    let schema = contract::table("orders").unwrap().schema();
    let text = |of: &dyn Fn(usize, &Order) -> Option<String>| -> ArrayRef {
        let values = orders.iter().enumerate().map(|(index, order)| of(index, order));
        Arc::new(values.collect::<StringViewArray>())
    };
    let columns = schema.fields().iter().map(|field| -> ArrayRef {
        match field.name().as_str() {
            "order_id" => text(&|index, _| Some(format!("x:{index}"))),
            "kind" => text(&|_, order| Some(if order.refund { "refund" } else { "order" }.to_owned())),
            "source" => text(&|_, _| Some("x".to_owned())),
            "customer_id" => text(&|_, order| order.customer.map(|customer| format!("x:c{customer}"))),
            "ordered_on" => {
                let epoch = NaiveDate::from_ymd_opt(1970, 1, 1).unwrap().num_days_from_ce();
                let days = orders.iter().map(|order| order.day.num_days_from_ce() - epoch);
                Arc::new(Date32Array::from_iter_values(days))
            }
            "sales_channel" => text(&|_, order| Some(order.channel.to_owned())),
            "store_id" => text(&|_, order| order.store.map(|store| format!("s{store}"))),
            "net_revenue" => {
                let cents = Decimal128Array::from_iter_values(orders.iter().map(|order| order.cents));
                Arc::new(cents.with_precision_and_scale(18, 2).unwrap())
            }
            "h3_cell" => {
                let cells = orders
                    .iter()
                    .map(|order| order.place.map(|(cell, _)| u64::from(cell) as i64));
                Arc::new(cells.collect::<Int64Array>())
            }
            "location_precision" => text(&|_, order| {
                let (_, address) = order.place?;
                Some(if address { "address" } else { "commune" }.to_owned())
            }),
            "region" => text(&|_, order| order.region.map(str::to_owned)),
            _ => new_null_array(field.data_type(), orders.len()),
        }
    });
    // Halves, so that the engine has several parts to merge.
    let batch = RecordBatch::try_new(Arc::clone(&schema), columns.collect()).unwrap();
    let half = batch.num_rows() / 2;
    let halves = vec![
        vec![batch.slice(0, half)],
        vec![batch.slice(half, batch.num_rows() - half)],
    ];
    MemTable::try_new(schema, halves).unwrap()
}

async fn session(library: &Library, orders: &[Order]) -> SessionContext {
    let ctx = lake::bare();
    ctx.deregister_table("orders").unwrap();
    ctx.register_table("orders", Arc::new(table(orders))).unwrap();
    let faults = register_views(&ctx, library).await;
    assert!(faults.is_empty(), "{faults}");
    ctx
}

/// The same lake with every roll-up stored, as a build leaves it.
async fn built_session(library: &Library, orders: &[Order]) -> SessionContext {
    let views = session(library, orders).await;
    let built = lake::bare();
    built.deregister_table("orders").unwrap();
    built.register_table("orders", Arc::new(table(orders))).unwrap();
    for query in rollups_in_order(library) {
        let bound = query.bind(&BTreeMap::new()).unwrap();
        let rows = run(&views, query, &bound).await.unwrap();
        let stored = MemTable::try_new(rows.schema, vec![rows.batches]).unwrap();
        built.register_table(query.stem(), Arc::new(stored)).unwrap();
    }
    let faults = register_views(&built, library).await;
    assert!(faults.is_empty(), "{faults}");
    built
}

async fn ask(ctx: &SessionContext, library: &Library, name: &str, given: &BTreeMap<String, String>) -> Rows {
    let query = library.get(name).unwrap();
    run(ctx, query, &query.bind_known(given).unwrap()).await.unwrap()
}

async fn select(ctx: &SessionContext, sql: &str) -> Rows {
    let frame = ctx.sql(sql).await.unwrap();
    let schema = frame.schema().inner().clone();
    let batches = frame.collect().await.unwrap();
    Rows { schema, batches }
}

/// The values of a money column, in cents; none for null.
fn cents(rows: &Rows, column: &str) -> Vec<Option<i128>> {
    let mut values = Vec::new();
    for batch in &rows.batches {
        let column = batch.column_by_name(column).unwrap();
        values.extend(column.as_primitive::<Decimal128Type>().iter());
    }
    values
}

fn integers(rows: &Rows, column: &str) -> Vec<Option<i64>> {
    let mut values = Vec::new();
    for batch in &rows.batches {
        let column = batch.column_by_name(column).unwrap();
        values.extend(column.as_primitive::<Int64Type>().iter());
    }
    values
}

fn sum(values: &[Option<i128>]) -> i128 {
    values.iter().flatten().sum()
}

/// What a cell should show.
#[derive(Clone, Debug, Default, PartialEq)]
struct Cell {
    cents: i128,
    orders: i64,
    customers: BTreeSet<usize>,
}

fn expected_cells(orders: &[Order], filter: &Filter, resolution: Resolution) -> BTreeMap<i64, Cell> {
    let mut cells: BTreeMap<i64, Cell> = BTreeMap::new();
    for order in orders.iter().filter(|order| filter.holds(order)) {
        let Some((cell, address)) = order.place else { continue };
        if resolution > Resolution::Seven && !address {
            continue;
        }
        let parent = u64::from(cell.parent(resolution).unwrap()) as i64;
        let cell = cells.entry(parent).or_default();
        cell.cents += order.cents;
        if !order.refund {
            cell.orders += 1;
            cell.customers.extend(order.customer);
        }
    }
    cells
}

fn total(orders: &[Order], holds: impl Fn(&Order) -> bool) -> i128 {
    orders
        .iter()
        .filter(|order| holds(order))
        .map(|order| order.cents)
        .sum()
}

const RESOLUTIONS: [Resolution; 5] = [
    Resolution::Nine,
    Resolution::Eight,
    Resolution::Seven,
    Resolution::Six,
    Resolution::Five,
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cells_of_every_resolution_and_the_unlocated_add_up_to_the_overview() {
    let library = Library::load(&lake::queries()).unwrap();
    for seed in 0..3 {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let orders = random_orders(&mut random);
        let ctx = built_session(&library, &orders).await;
        for _ in 0..6 {
            let filter = Filter::random(&mut random);
            let whole = total(&orders, |order| filter.holds(order));
            let overview = ask(&ctx, &library, "overview/indicators", &filter.given(&[])).await;
            assert_eq!(cents(&overview, "net_revenue"), [Some(whole)], "{filter:?}");
            for resolution in RESOLUTIONS {
                let minimum = random.random_range(0..4);
                let given = filter.given(&[
                    ("resolution", u8::from(resolution).to_string()),
                    ("min_group_size", minimum.to_string()),
                ]);
                let cells = ask(&ctx, &library, "network/cells", &given).await;
                let summary = ask(&ctx, &library, "network/located_summary", &given).await;
                let one = |column| cents(&summary, column)[0];
                assert_eq!(one("net_revenue"), Some(whole));
                assert_eq!(Some(sum(&cents(&cells, "net_revenue"))), one("shown_revenue"));
                // What is not told has too few customers, or is told by what they have together.
                let parts = ["shown_revenue", "hidden_revenue", "coarse_revenue", "unlocated_revenue"].map(one);
                let told = parts.iter().flatten().count();
                let held = orders.iter().filter(|order| !order.refund && filter.holds(order));
                let all: BTreeSet<usize> = held.filter_map(|order| order.customer).collect();
                assert!(
                    told == parts.len()
                        || (minimum > 0 && told < 3)
                        || (all.len() as i64) < minimum
                        // What is left is the whole itself, a total of sales.
                        || sum(&parts) == 0,
                    "{filter:?} {resolution}: {parts:?}"
                );
                if told == parts.len() {
                    assert_eq!(sum(&parts), whole, "{filter:?} {resolution}");
                    assert_eq!(sum(&["located_revenue", "unlocated_revenue"].map(one)), whole);
                }

                let expected = expected_cells(&orders, &filter, resolution);
                let carries = |cell: &Cell| cell.customers.len() as i64 >= minimum;
                let told = integers(&cells, "orders");
                let shown = expected.values().zip(&told).map(|(cell, orders)| orders.map(|_| cell));
                let shown: Vec<Option<&Cell>> = shown.collect();
                assert!(
                    shown.iter().flatten().all(|cell| carries(cell)),
                    "{filter:?} {resolution}"
                );
                // Beside a small cell a larger one may be hidden.
                let partners = expected.values().zip(&shown);
                let partners = partners
                    .filter(|(cell, shown)| carries(cell) && shown.is_none())
                    .count();
                let small = expected.values().filter(|cell| !carries(cell)).count();
                let parted = filter.channel.is_some() || filter.region.is_some();
                assert!(
                    partners <= usize::from(minimum > 0) || (parted && minimum > 0),
                    "{filter:?}: {partners} beside {small}"
                );
                assert_eq!(
                    integers(&cells, "h3_cell"),
                    expected.keys().map(|cell| Some(*cell)).collect::<Vec<_>>()
                );
                let of = |value: &dyn Fn(&Cell) -> i128| -> Vec<Option<i128>> {
                    shown.iter().map(|cell| cell.map(value)).collect()
                };
                assert_eq!(cents(&cells, "net_revenue"), of(&|cell| cell.cents));
                let wide = |values: Vec<Option<i64>>| -> Vec<Option<i128>> {
                    values.into_iter().map(|value| value.map(i128::from)).collect()
                };
                assert_eq!(wide(integers(&cells, "orders")), of(&|cell| i128::from(cell.orders)));
                assert_eq!(
                    wide(integers(&cells, "customers")),
                    of(&|cell| cell.customers.len() as i128)
                );
                let hidden = shown.iter().filter(|cell| cell.is_none()).count() as i64;
                assert_eq!(integers(&summary, "hidden_cells"), [Some(hidden)]);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn months_channels_and_regions_add_up_to_the_overview() {
    let library = Library::load(&lake::queries()).unwrap();
    let mut random = ChaCha8Rng::seed_from_u64(7);
    let orders = random_orders(&mut random);
    let ctx = built_session(&library, &orders).await;
    for _ in 0..12 {
        let filter = Filter::random(&mut random);
        let given = filter.given(&[]);
        let whole = total(&orders, |order| filter.holds(order));
        for part in [
            "overview/by_month",
            "overview/by_channel",
            "overview/by_region",
            "overview/indicators_by_month",
        ] {
            let rows = ask(&ctx, &library, part, &given).await;
            assert_eq!(sum(&cents(&rows, "net_revenue")), whole, "{part} {filter:?}");
        }
        let year = Days::new(364);
        let shifted = Filter {
            from_on: filter.from_on - year,
            to_on: filter.to_on - year,
            ..filter.clone()
        };
        let first = orders.iter().map(|order| order.day).min().unwrap();
        if first <= shifted.from_on {
            let last_year = total(&orders, |order| shifted.holds(order));
            for part in ["overview/by_month", "overview/by_channel", "overview/by_region"] {
                let rows = ask(&ctx, &library, part, &given).await;
                assert_eq!(sum(&cents(&rows, "last_year")), last_year, "{part} {filter:?}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn active_customers_equal_a_plain_recount_on_any_day() {
    let library = Library::load(&lake::queries()).unwrap();
    let mut random = ChaCha8Rng::seed_from_u64(11);
    let orders = random_orders(&mut random);
    let ctx = built_session(&library, &orders).await;
    let leap = [(2025, 2, 27), (2025, 2, 28), (2025, 3, 1), (2024, 2, 29)];
    let days = leap.map(|(year, month, day)| NaiveDate::from_ymd_opt(year, month, day).unwrap());
    for round in 0..24 {
        let mut filter = Filter::random(&mut random);
        if let Some(day) = days.get(round) {
            filter = Filter {
                from_on: *day,
                to_on: *day,
                channel: None,
                region: None,
            };
        }
        let after = filter.to_on - Months::new(12);
        let active: BTreeSet<usize> = orders
            .iter()
            .filter(|order| !order.refund && filter.fits(order))
            .filter(|order| after < order.day && order.day <= filter.to_on)
            .filter_map(|order| order.customer)
            .collect();
        let given = filter.given(&[("min_group_size", "0".to_owned())]);
        let rows = ask(&ctx, &library, "overview/indicators", &given).await;
        assert_eq!(
            integers(&rows, "active_customers"),
            [Some(active.len() as i64)],
            "{filter:?}"
        );
    }
}

/// The cohorts of random orders as counts by (sales channel of the first purchase, months since): active customers, those
/// active for the first time in their quarter since, second purchases, orders and cents.
type Cohorts = BTreeMap<(i64, i64), [i64; 5]>;

/// Adds one customer's orders to his cohort.
fn follow(orders: &[&Order], cohorts: &mut Cohorts) {
    let month = |day: NaiveDate| i64::from(12 * day.year()) + i64::from(day.month0());
    let days: BTreeSet<NaiveDate> = orders.iter().map(|order| order.day).collect();
    let Some(first) = days.first() else { return };
    let channel = CHANNELS.iter().position(|channel| {
        orders
            .iter()
            .any(|order| order.day == *first && order.channel == *channel)
    });
    let since = |day: NaiveDate| month(day) - month(*first);
    let mut row = |day: NaiveDate, column: usize, by: i64| {
        cohorts.entry((channel.unwrap() as i64, since(day))).or_default()[column] += by;
    };
    let mut months = BTreeSet::new();
    let mut quarters = BTreeSet::new();
    for day in &days {
        if months.insert(since(*day)) {
            row(*day, 0, 1);
        }
        if quarters.insert((since(*day) + 2) / 3) {
            row(*day, 1, 1);
        }
    }
    if let Some(second) = days.iter().nth(1) {
        row(*second, 2, 1);
    }
    for order in orders {
        row(order.day, 3, 1);
        row(order.day, 4, i64::try_from(order.cents).unwrap());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cohorts_equal_a_plain_recount() {
    let library = Library::load(&lake::queries()).unwrap();
    let mut random = ChaCha8Rng::seed_from_u64(19);
    let orders = random_orders(&mut random);
    let ctx = built_session(&library, &orders).await;

    let mut of_customer: BTreeMap<usize, Vec<&Order>> = BTreeMap::new();
    for order in orders.iter().filter(|order| !order.refund) {
        if let Some(customer) = order.customer {
            of_customer.entry(customer).or_default().push(order);
        }
    }
    let mut expected = Cohorts::new();
    of_customer.values().for_each(|orders| follow(orders, &mut expected));

    let sql = "select case first_channel when 'store' then 0 when 'web' then 1 when 'post' then 2 else 3 end as channel, \
               cast(months_since as bigint) as months_since, sum(active_customers) as active_customers, \
               sum(active_in_quarter) as active_in_quarter, sum(second_purchases) as second_purchases, \
               sum(orders) as orders, cast(100 * sum(net_revenue) as bigint) as cents \
               from cohorts where active_customers > 0 group by 1, 2";
    let rows = select(&ctx, sql).await;
    let column = |name: &str| integers(&rows, name).into_iter().flatten().collect::<Vec<i64>>();
    let keys = column("channel").into_iter().zip(column("months_since"));
    let counts = [
        "active_customers",
        "active_in_quarter",
        "second_purchases",
        "orders",
        "cents",
    ]
    .map(column);
    let found: Cohorts = keys
        .enumerate()
        .map(|(row, key)| (key, [0, 1, 2, 3, 4].map(|count: usize| counts[count][row])))
        .collect();
    assert_eq!(found, expected);

    // Every month since has a row, up to the month of the newest order.
    let sql = "select count(*) as gaps from (select count(*) as months, max(months_since) + 1 as expected from cohorts \
               group by cohort_on, first_channel, region) where months <> expected";
    assert_eq!(integers(&select(&ctx, sql).await, "gaps"), [Some(0)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stored_roll_ups_and_views_give_the_same_rows() {
    let library = Library::load(&lake::queries()).unwrap();
    let mut random = ChaCha8Rng::seed_from_u64(13);
    let orders = random_orders(&mut random);
    let views = session(&library, &orders).await;
    let built = built_session(&library, &orders).await;
    let filter = Filter::random(&mut random);
    let cell = orders
        .iter()
        .find_map(|order| order.place)
        .unwrap()
        .0
        .parent(Resolution::Five)
        .unwrap();
    let given = filter.given(&[("cell", cell.to_string()), ("min_group_size", "1".to_owned())]);
    for folder in ["overview", "network", "customers"] {
        for query in library.folder(folder) {
            let text = |rows: &Rows| {
                arrow::util::pretty::pretty_format_batches(&rows.batches)
                    .unwrap()
                    .to_string()
            };
            let left = ask(&views, &library, &query.name, &given).await;
            let right = ask(&built, &library, &query.name, &given).await;
            assert_eq!(text(&left), text(&right), "{} {filter:?}", query.name);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_box_holds_exactly_the_cells_with_their_centre_in_it() {
    let library = Library::load(&lake::queries()).unwrap();
    let mut random = ChaCha8Rng::seed_from_u64(17);
    let orders = random_orders(&mut random);
    let ctx = built_session(&library, &orders).await;
    let filter = Filter {
        from_on: first_day(),
        to_on: first_day() + Days::new(1095),
        channel: None,
        region: None,
    };
    for (south, north, west, east) in [
        (48.6, 49.0, 2.0, 2.6),
        (43.0, 44.0, 1.0, 2.0),
        (41.0, 51.5, -5.5, 9.8),
        (0.0, 1.0, 0.0, 1.0),
    ] {
        for resolution in [Resolution::Five, Resolution::Eight] {
            let given = filter.given(&[
                ("resolution", u8::from(resolution).to_string()),
                ("south", south.to_string()),
                ("north", north.to_string()),
                ("west", west.to_string()),
                ("east", east.to_string()),
            ]);
            let rows = ask(&ctx, &library, "network/cells", &given).await;
            let inside = |cell: &i64| {
                let centre = LatLng::from(CellIndex::try_from(*cell as u64).unwrap());
                (south..=north).contains(&centre.lat()) && (west..=east).contains(&centre.lng())
            };
            let expected = expected_cells(&orders, &filter, resolution);
            let expected: Vec<_> = expected.keys().copied().filter(inside).map(Some).collect();
            assert_eq!(integers(&rows, "h3_cell"), expected, "{south} {west} {resolution}");
        }
    }
}
