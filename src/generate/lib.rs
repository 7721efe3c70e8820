//! The demo retailer: one file per law.
//!
//! [`generate`] writes the *source files* of an invented French furniture chain (stores, web shop, catalogue) as its
//! ERP, its shop, its mailing house and its controller would export them. Communes and populations are real; stores, customers and
//! orders are not. Each law draws from streams of its own (see `stream`), so that a law can be added or switched off
//! without moving another's draws; parameters and counts go to `truth.json`.
//!
//! The order of things: `world` (calendar, stores, market, how many customers arrive where), `population` and `household`
//! (households buy, are mailed, return things), `ledger` (systems give numbers), `marketing_costs` (what the sales
//! that happened let the controller spend), `write` (files).

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::str::FromStr;

use chrono::{Days, Months, NaiveDate};

mod error;
mod laws;
mod ledger;
mod outline;
mod population;
mod record;
mod stream;
mod workers;
mod world;
mod write;

#[cfg(test)]
mod tests;

pub use error::GenerateError;

use laws::{mailings, marketing_costs, products};
use write::truth;

/// A law of the demo. The list in which a law is added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Law {
    /// BG/NBD purchases with Gamma-Gamma values. Off: no customers and no orders.
    Purchasing,
    /// Customers won before the window, of whom the files show a part. Off: all are won inside it.
    History,
    /// Orders of one customer on one day. Off: one at most.
    SameDay,
    /// Months, sales and days of the week. Off: every day alike.
    Seasonality,
    /// Huff with an outside option. Off: customers follow households, orders any store within reach.
    StoreChoice,
    /// Store, web, post, phone. Off: everything in stores.
    SalesChannel,
    /// Points of sale that open and close. Off: the same ones throughout where customers choose among them, else none.
    Stores,
    /// Campaigns with holdouts and lift. Off: none.
    Mailings,
    /// What marketing and service cost each month, in proportion to what is sold. Off: no costs.
    MarketingCosts,
    /// Refunds, duplicates, moves, errors. Off: clean files.
    Dirt,
}

impl Law {
    /// All laws.
    pub const ALL: [Self; 10] = [
        Self::Purchasing,
        Self::History,
        Self::SameDay,
        Self::Seasonality,
        Self::StoreChoice,
        Self::SalesChannel,
        Self::Stores,
        Self::Mailings,
        Self::MarketingCosts,
        Self::Dirt,
    ];

    /// Name used by `--only`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Purchasing => "purchasing",
            Self::History => "history",
            Self::SameDay => "same-day",
            Self::Seasonality => "seasonality",
            Self::StoreChoice => "store-choice",
            Self::SalesChannel => "sales-channel",
            Self::Stores => "stores",
            Self::Mailings => "mailings",
            Self::MarketingCosts => "marketing-costs",
            Self::Dirt => "dirt",
        }
    }

    /// All names, for messages.
    pub fn names() -> String {
        Self::ALL.map(Self::name).join(", ")
    }
}

impl FromStr for Law {
    type Err = GenerateError;

    fn from_str(text: &str) -> Result<Self, GenerateError> {
        Self::ALL
            .into_iter()
            .find(|law| law.name() == text)
            .ok_or_else(|| GenerateError::UnknownLaw { given: text.to_owned() })
    }
}

/// What to generate.
#[derive(Debug, Clone)]
pub struct Options {
    /// Folder for the files; made when absent.
    pub out: PathBuf,
    /// Customers who order inside the window (expected number; lapsed ones come on top).
    pub customers: u64,
    /// Length of the window in months, up to and including the month of `ends_on`.
    pub months: u32,
    /// Last day of the window.
    pub ends_on: NaiveDate,
    /// Seed of all streams.
    pub seed: u64,
    /// Stores, those that open or close inside the window included.
    pub stores: u32,
    /// Multiplies every customer's purchase rate: 1 gives about 5 orders a customer in 36 months, 4.5 about 10.
    pub pace: f64,
    /// Laws to keep; all when absent.
    pub only: Option<Vec<Law>>,
}

impl Options {
    /// The default demo in a folder: 230,000 customers with more than a million orders in 36 months.
    pub fn demo(out: PathBuf) -> Self {
        Self {
            out,
            customers: 230_000,
            months: 36,
            ends_on: NaiveDate::from_ymd_opt(2026, 10, 31).unwrap_or_default(),
            seed: 20_261_031,
            stores: 340,
            pace: 1.0,
            only: None,
        }
    }
}

/// How far the work is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What is being done.
    pub step: &'static str,
    /// Pieces done.
    pub done: u64,
    /// Pieces in all.
    pub total: u64,
}

/// Rows and money of one file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FileSummary {
    /// Rows without the header, rows written twice counted twice.
    pub rows: u64,
    /// Net revenue of its orders in cents, rows written twice counted once, failed attempts left out.
    pub order_cents: i64,
    /// Net revenue of its refunds in cents (negative), counted once.
    pub refund_cents: i64,
}

/// What was written.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Summary {
    /// Customers with an order inside the window.
    pub customers: u64,
    /// Orders and receipts, failed attempts left out.
    pub orders: u64,
    /// Their net revenue in cents.
    pub order_cents: i64,
    /// Refunds.
    pub refunds: u64,
    /// Their net revenue in cents (negative).
    pub refund_cents: i64,
    /// Spend potential of a household a year, in euro, with which expected revenue = potential x inside share.
    pub spend_potential_per_household: f64,
    /// By file name relative to the folder.
    pub files: BTreeMap<String, FileSummary>,
    /// Counts by kind of dirt.
    pub dirt: BTreeMap<&'static str, u64>,
}

/// Options after checking.
#[derive(Debug, Clone)]
struct Plan {
    customers: u64,
    months: u32,
    ends_on: NaiveDate,
    seed: u64,
    stores: u32,
    pace: f64,
    laws: Laws,
}

/// Which laws hold.
#[derive(Debug, Clone, Copy)]
struct Laws {
    purchasing: bool,
    history: bool,
    same_day: bool,
    seasonality: bool,
    store_choice: bool,
    sales_channel: bool,
    stores: bool,
    mailings: bool,
    marketing_costs: bool,
    dirt: bool,
}

impl Plan {
    fn check(options: &Options) -> Result<Self, GenerateError> {
        let fault = |name, remedy| Err(GenerateError::Option { name, remedy });
        if !(1..=5_000_000).contains(&options.customers) {
            return fault("customers", "give a number from 1 to 5000000");
        }
        if !(1..=120).contains(&options.months) {
            return fault("months", "give a number from 1 to 120");
        }
        if options.stores > 5_000 {
            return fault("stores", "give a number from 0 to 5000");
        }
        if !(options.pace > 0.0 && options.pace <= 50.0) {
            return fault("pace", "give a positive number, at most 50");
        }
        let first = NaiveDate::from_ymd_opt(2015, 1, 1).unwrap_or_default();
        let last = NaiveDate::from_ymd_opt(2099, 12, 31).unwrap_or_default();
        if !(first..=last).contains(&options.ends_on) {
            return fault("ends_on", "give a day from 2015-01-01 to 2099-12-31");
        }
        let kept: BTreeSet<Law> = match &options.only {
            Some(laws) => laws.iter().copied().collect(),
            None => Law::ALL.into(),
        };
        let on = |law| kept.contains(&law);
        Ok(Self {
            customers: options.customers,
            months: options.months,
            ends_on: options.ends_on,
            seed: options.seed,
            stores: options.stores,
            pace: options.pace,
            laws: Laws {
                purchasing: on(Law::Purchasing),
                history: on(Law::History),
                same_day: on(Law::SameDay),
                seasonality: on(Law::Seasonality),
                store_choice: on(Law::StoreChoice),
                sales_channel: on(Law::SalesChannel),
                stores: on(Law::Stores) && options.stores > 0,
                mailings: on(Law::Mailings),
                marketing_costs: on(Law::MarketingCosts),
                dirt: on(Law::Dirt),
            },
        })
    }

    /// First day of the window.
    fn starts_on(&self) -> NaiveDate {
        self.ends_on + Days::new(1) - Months::new(self.months)
    }
}

/// Writes the source files and truth.json.
///
/// The bytes depend on the options only, never on the machine's cores or the clock. Orders are held in memory at 20
/// bytes each until all are known, since systems number them in the order of time; a million customers with ten
/// million orders need less than 1 GB.
///
/// # Errors
/// When an option makes no sense, a shipped data file is damaged or the folder cannot be written.
pub fn generate(options: &Options, progress: &mut dyn FnMut(Progress)) -> Result<Summary, GenerateError> {
    let plan = Plan::check(options)?;
    progress(Progress {
        step: "market and stores",
        done: 0,
        total: 1,
    });
    let world = world::World::build(plan)?;
    let campaigns = if world.plan.laws.mailings {
        mailings::campaigns(world.plan.seed, world.plan.starts_on(), world.plan.ends_on)
    } else {
        Vec::new()
    };
    let range = products::Range::load()?;
    let population = population::play(&world, &campaigns, progress)?;
    let ledger = ledger::Ledger::new(&world, &population);
    let costs = marketing_costs::book(&world, &population);
    let writer = write::Writer::new(&options.out, &world, &population, &ledger, &campaigns, &costs, &range);
    let tally = writer.write_all(progress)?;
    let summary = summarise(&world, &population, tally);
    truth::write(&options.out, &world, &population, &campaigns, &costs, &summary)?;
    Ok(summary)
}

fn summarise(world: &world::World, population: &population::Population, tally: write::Tally) -> Summary {
    let mut summary = Summary {
        customers: population.active,
        spend_potential_per_household: world.spend_potential_per_household_eur,
        files: tally.files,
        dirt: tally.dirt,
        ..Summary::default()
    };
    for (kind, count) in &population.dirt {
        *summary.dirt.entry(kind).or_default() += count;
    }
    for record in &population.records {
        if record.is_refund() {
            summary.refunds += 1;
            summary.refund_cents -= i64::from(record.cents);
        } else if record.origin() != record::Origin::Failed {
            summary.orders += 1;
            summary.order_cents += i64::from(record.cents);
        }
    }
    summary
}
