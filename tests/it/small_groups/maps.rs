//! Customers by cell: the map, what it leaves out, and the panel of a cell.

use std::collections::{BTreeMap, BTreeSet};

use chalandise::serving::Table;
use chrono::{Days, NaiveDate};
use h3o::{CellIndex, Resolution};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::Judged;
use super::lake::{Asker, CHANNELS, LEAST, Order};

type Given = BTreeMap<String, String>;

/// A filter of the map.
#[derive(Clone, Debug)]
struct Filter {
    from_on: NaiveDate,
    to_on: NaiveDate,
    channel: Option<String>,
    region: Option<String>,
    resolution: u8,
}

impl Filter {
    fn given(&self) -> Given {
        let mut given = Given::from([
            ("from_on".to_owned(), self.from_on.to_string()),
            ("to_on".to_owned(), self.to_on.to_string()),
            ("resolution".to_owned(), self.resolution.to_string()),
        ]);
        given.extend(
            self.channel
                .clone()
                .map(|channel| ("sales_channel".to_owned(), channel)),
        );
        given.extend(self.region.clone().map(|region| ("region".to_owned(), region)));
        given
    }

    fn fits(&self, order: &Order) -> bool {
        self.channel.as_ref().is_none_or(|channel| *channel == order.channel)
            && self
                .region
                .as_ref()
                .is_none_or(|region| Some(region) == order.region.as_ref())
    }

    fn holds(&self, order: &Order) -> bool {
        (self.from_on..=self.to_on).contains(&order.day) && self.fits(order)
    }

    /// The same days a year before.
    fn held(&self, order: &Order) -> bool {
        order
            .day
            .checked_add_days(Days::new(364))
            .is_some_and(|day| (self.from_on..=self.to_on).contains(&day))
            && self.fits(order)
    }

    fn cell(&self, order: &Order) -> Option<u64> {
        cell_at(order, self.resolution)
    }
}

/// The cell in which an order is drawn.
fn cell_at(order: &Order, resolution: u8) -> Option<u64> {
    let drawn = resolution <= 7 || order.by_address;
    let cell = CellIndex::try_from(order.cell.filter(|_| drawn)?).ok()?;
    Some(cell.parent(Resolution::try_from(resolution).ok()?)?.into())
}

fn customers<'a>(orders: impl IntoIterator<Item = &'a Order>) -> BTreeSet<&'a str> {
    orders
        .into_iter()
        .filter_map(|order| order.customer.as_deref())
        .collect()
}

fn ordering<'a>(orders: &[&'a Order]) -> BTreeSet<&'a str> {
    customers(orders.iter().copied().filter(|order| order.is_order))
}

fn told(table: &Table) -> BTreeSet<u64> {
    let rows = (0..table.len()).filter(|row| !table.cell(*row, "net_revenue").exact().is_empty());
    rows.filter_map(|row| table.cell(row, "h3_cell").as_i64())
        .map(i64::cast_unsigned)
        .collect()
}

async fn cells(asker: &Asker, filter: &Filter) -> BTreeSet<u64> {
    told(&*asker.rows("network/cells", &filter.given()).await)
}

/// A random map under random filters, and a cell of it.
pub(super) async fn judge(asker: &Asker, random: &mut ChaCha8Rng, judged: &mut Judged) {
    let back = random.random_range(0..700);
    let to_on = asker.last - Days::new(if random.random_bool(0.5) { 0 } else { back });
    let days = [364, 364, 180, 90, 30][random.random_range(0..5)];
    let filter = Filter {
        from_on: to_on - Days::new(days),
        to_on,
        channel: random
            .random_bool(0.6)
            .then(|| CHANNELS[random.random_range(0..4)].to_owned()),
        region: random
            .random_bool(0.5)
            .then(|| asker.regions[random.random_range(0..asker.regions.len())].clone()),
        resolution: random.random_range(5..9),
    };
    let shown = cells(asker, &filter).await;
    let mut groups: BTreeMap<u64, Vec<&Order>> = BTreeMap::new();
    for order in asker.orders.iter().filter(|order| filter.holds(order)) {
        if let Some(cell) = filter.cell(order) {
            groups.entry(cell).or_default().push(order);
        }
    }
    for (cell, orders) in &groups {
        judged.group(shown.contains(cell), ordering(orders).len(), || {
            format!("network/cells {filter:?} {cell:x}")
        });
    }
    left_out(asker, &filter, &shown, judged).await;
    if filter.channel.is_some() || random.random_bool(0.2) {
        let channels = CHANNELS.iter().map(|channel| (*channel).to_owned()).collect();
        across(asker, &filter, Which::Channel, channels, judged).await;
    }
    if filter.region.is_some() && random.random_bool(0.3) {
        across(asker, &filter, Which::Region, asker.regions.clone(), judged).await;
    }
    let all: Vec<u64> = groups.keys().copied().collect();
    if !all.is_empty() {
        panel(asker, &filter, all[random.random_range(0..all.len())], judged).await;
    }
}

#[derive(Clone, Copy, Debug)]
enum Which {
    Channel,
    Region,
}

impl Which {
    fn of(self, order: &Order) -> Option<&String> {
        match self {
            Which::Channel => Some(&order.channel),
            Which::Region => order.region.as_ref(),
        }
    }

    fn set(self, filter: &Filter, value: Option<String>) -> Filter {
        let mut filter = filter.clone();
        match self {
            Which::Channel => filter.channel = value,
            Which::Region => filter.region = value,
        }
        filter
    }
}

/// What the map of all values has in a cell, less what the map of each value tells.
async fn across(asker: &Asker, filter: &Filter, which: Which, values: Vec<String>, judged: &mut Judged) {
    let all = which.set(filter, None);
    let whole = cells(asker, &all).await;
    let mut by_value: BTreeMap<String, BTreeSet<u64>> = BTreeMap::new();
    for value in values {
        let shown = cells(asker, &which.set(filter, Some(value.clone()))).await;
        by_value.insert(value, shown);
    }
    let mut rest: BTreeMap<u64, Vec<&Order>> = BTreeMap::new();
    for order in asker.orders.iter().filter(|order| all.holds(order)) {
        let Some(cell) = all.cell(order).filter(|cell| whole.contains(cell)) else {
            continue;
        };
        let value = which.of(order);
        if !value.is_some_and(|value| by_value.get(value).is_some_and(|shown| shown.contains(&cell))) {
            rest.entry(cell).or_default().push(order);
        }
    }
    for (cell, orders) in rest {
        judged.rest(customers(orders).len(), || {
            format!("network/cells {all:?} {cell:x}, each {which:?} told taken off,")
        });
    }
}

/// What is told of the map's totals.
async fn left_out(asker: &Asker, filter: &Filter, shown: &BTreeSet<u64>, judged: &mut Judged) {
    let summary = asker.rows("network/located_summary", &filter.given()).await;
    let mut parts: BTreeMap<&str, Vec<&Order>> = BTreeMap::new();
    for order in asker.orders.iter().filter(|order| filter.holds(order)) {
        let part = match (order.cell, filter.cell(order)) {
            (None, _) => "unlocated_revenue",
            (Some(_), None) => "coarse_revenue",
            (_, Some(cell)) if shown.contains(&cell) => continue,
            _ => "hidden_revenue",
        };
        parts.entry(part).or_default().push(order);
    }
    // Of so few customers in all, the total is sales, which are told whoever bought.
    let whole = asker.orders.iter().filter(|order| filter.holds(order));
    if customers(whole).len() < LEAST {
        return;
    }
    let mut rest = Vec::new();
    for (part, orders) in parts {
        let count = customers(orders.iter().copied()).len();
        if summary.cell(0, part).exact().is_empty() {
            rest.extend(orders);
        } else {
            judged.group(true, count, || format!("network/located_summary {filter:?} {part}"));
        }
    }
    judged.rest(customers(rest).len(), || {
        format!("network/located_summary {filter:?}, what is told taken off,")
    });
}

/// The panel of a cell: its figures, its months, its stores and channels.
async fn panel(asker: &Asker, filter: &Filter, cell: u64, judged: &mut Judged) {
    let mut given = filter.given();
    given.insert("cell".to_owned(), format!("{cell:x}"));
    let in_cell = |order: &&Order| filter.cell(order) == Some(cell);
    let now: Vec<&Order> = asker
        .orders
        .iter()
        .filter(|order| filter.holds(order))
        .filter(in_cell)
        .collect();
    let before: Vec<&Order> = asker
        .orders
        .iter()
        .filter(|order| filter.held(order))
        .filter(in_cell)
        .collect();
    let words = |query: &str| format!("{query} {filter:?} {cell:x}");

    let figures = asker.rows("network/cell", &given).await;
    let is_told = |table: &Table, row: usize, column: &str| !table.cell(row, column).exact().is_empty();
    let whole = is_told(&figures, 0, "net_revenue");
    judged.group(whole, ordering(&now).len(), || words("network/cell"));
    if is_told(&figures, 0, "net_revenue_last_year") {
        judged.group(true, ordering(&before).len(), || words("network/cell, last year"));
    }
    let channels = CHANNELS.iter().map(|channel| (*channel).to_owned());
    let all = Filter {
        channel: None,
        ..filter.clone()
    };
    let mut given_all = given.clone();
    given_all.remove("sales_channel");
    if is_told(&*asker.rows("network/cell", &given_all).await, 0, "net_revenue") {
        let mut hidden = BTreeSet::new();
        for channel in channels {
            given_all.insert("sales_channel".to_owned(), channel.clone());
            if !is_told(&*asker.rows("network/cell", &given_all).await, 0, "net_revenue") {
                hidden.insert(channel);
            }
        }
        let rest = asker.orders.iter().filter(|order| all.holds(order)).filter(in_cell);
        let rest = customers(rest.filter(|order| hidden.contains(&order.channel)));
        judged.rest(rest.len(), || {
            format!("{}, each channel told taken off,", words("network/cell"))
        });
    }

    let months = asker.rows("network/cell_by_month", &given).await;
    let mut rest = now.clone();
    for row in (0..months.len()).filter(|row| is_told(&months, *row, "net_revenue")) {
        let month = months.cell(row, "month").exact();
        let (own, others): (Vec<&Order>, Vec<&Order>) = rest
            .into_iter()
            .partition(|order| order.day.to_string()[..7] == month[..7]);
        rest = others;
        judged.group(true, ordering(&own).len(), || {
            format!("{} {month}", words("network/cell_by_month"))
        });
    }
    if whole {
        judged.rest(customers(rest).len(), || {
            format!("{}, the months told taken off,", words("network/cell_by_month"))
        });
    }

    let stores = asker.rows("network/cell_stores", &given).await;
    let mut rest = now;
    let named: Vec<(usize, String, String)> = (0..stores.len())
        .map(|row| {
            (
                row,
                stores.cell(row, "sales_channel").exact(),
                stores.cell(row, "store_id").exact(),
            )
        })
        .collect();
    for (row, channel, store) in named.iter().filter(|(_, channel, _)| !channel.is_empty()) {
        let (own, others): (Vec<&Order>, Vec<&Order>) = rest
            .into_iter()
            .partition(|order| order.channel == *channel && order.store.as_deref().unwrap_or_default() == store);
        rest = others;
        let is_told = is_told(&stores, *row, "net_revenue");
        judged.group(is_told, ordering(&own).len(), || {
            format!("{} {channel} {store}", words("network/cell_stores"))
        });
    }
    if whole {
        judged.rest(customers(rest).len(), || {
            format!("{}, the rows told taken off,", words("network/cell_stores"))
        });
    }
}
