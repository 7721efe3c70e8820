//! Law "marketing-costs": what the controller books each month to win customers, to keep them and to serve them.
//!
//! A line of the books takes a share of the revenue of the sales channels that it works for, so that the money moves
//! to search and social as orders move to the web. How closely it follows the month differs: clicks are bought when
//! people buy, whereas staff is paid in August too. Leaflets and catalogues have a calendar of their own. The costs are
//! booked after the sales are known and nobody buys because of them: the law moves no order.

use chrono::{Datelike, Months, NaiveDate};
use serde_json::{Map, Value, json};

use crate::laws::sales_channel::Channel;
use crate::population::Population;
use crate::record::{Origin, Record};
use crate::stream::{Stream, key};
use crate::world::World;
use crate::write::text::money;

const NOISE: u64 = key("marketing costs");

/// What the money is spent for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    /// Winning customers.
    Acquisition,
    /// Keeping them.
    Retention,
    /// Serving them.
    Service,
}

impl Purpose {
    const ALL: [Self; 3] = [Self::Acquisition, Self::Retention, Self::Service];

    /// The lake's word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Acquisition => "acquisition",
            Self::Retention => "retention",
            Self::Service => "service",
        }
    }

    /// Deviation of a month's logarithm: clicks are auctioned, salaries are not.
    fn noise(self) -> f64 {
        match self {
            Self::Acquisition => 0.08,
            Self::Retention => 0.05,
            Self::Service => 0.03,
        }
    }
}

/// A line of the controller's books.
#[derive(Debug)]
pub struct Line {
    /// What it is spent for.
    pub purpose: Purpose,
    /// Marketing channel, in the controller's words.
    pub channel: &'static str,
    /// Sales channels that it works for.
    works_for: &'static [Channel],
    /// Share of their revenue.
    share: f64,
    /// Share of it that follows the month's own sales; the rest is spread over all days alike.
    follows_month: f64,
    /// Cost of a month against an average month, January first.
    calendar: [f64; 12],
}

const ALL_CHANNELS: &[Channel] = &[Channel::Store, Channel::Web, Channel::Post, Channel::Phone];
const NOT_THE_WEB: &[Channel] = &[Channel::Store, Channel::Post, Channel::Phone];
const EVERY_MONTH_ALIKE: [f64; 12] = [1.0; 12];
/// Leaflets: the sales of January and June, the autumn and Christmas.
const LEAFLETS: [f64; 12] = [1.5, 0.6, 0.9, 0.9, 0.8, 1.3, 0.9, 0.5, 1.3, 1.0, 1.4, 0.9];
/// Catalogues to prospects: spring and autumn editions.
const PROSPECTS: [f64; 12] = [0.6, 0.8, 2.3, 1.0, 0.6, 0.6, 0.5, 0.8, 2.3, 1.1, 0.8, 0.6];
/// Catalogues and letters to customers: the months of the campaigns, with paper and creation before them.
const CUSTOMERS: [f64; 12] = [1.2, 0.5, 2.4, 0.6, 0.5, 1.2, 0.5, 0.4, 2.4, 0.6, 1.2, 0.5];

const fn line(
    purpose: Purpose,
    channel: &'static str,
    works_for: &'static [Channel],
    share: f64,
    follows_month: f64,
    calendar: [f64; 12],
) -> Line {
    Line {
        purpose,
        channel,
        works_for,
        share,
        follows_month,
        calendar,
    }
}

/// The lines, in the order of the file. Shares add up to some 5 % of revenue for acquisition while a third of it is
/// made on the web, 1.5 % for retention and 1 % for service.
///
/// The retention catalogue holds the pieces of `campaigns.csv` (at the demo's size it is the larger in every month of a
/// campaign) beside creation and paper: the two tell the same money from two sides and are not to be added.
pub const LINES: [Line; 10] = [
    line(
        Purpose::Acquisition,
        "search",
        &[Channel::Web],
        0.058,
        1.0,
        EVERY_MONTH_ALIKE,
    ),
    line(
        Purpose::Acquisition,
        "social",
        &[Channel::Web],
        0.030,
        0.8,
        EVERY_MONTH_ALIKE,
    ),
    line(
        Purpose::Acquisition,
        "prospectus",
        &[Channel::Store],
        0.022,
        0.5,
        LEAFLETS,
    ),
    line(Purpose::Acquisition, "catalogue", NOT_THE_WEB, 0.010, 0.3, PROSPECTS),
    line(
        Purpose::Retention,
        "e-mail",
        ALL_CHANNELS,
        0.0030,
        0.7,
        EVERY_MONTH_ALIKE,
    ),
    line(Purpose::Retention, "catalogue", ALL_CHANNELS, 0.0072, 0.3, CUSTOMERS),
    line(
        Purpose::Retention,
        "fidélité",
        ALL_CHANNELS,
        0.0040,
        1.0,
        EVERY_MONTH_ALIKE,
    ),
    line(Purpose::Retention, "sms", ALL_CHANNELS, 0.0008, 0.7, EVERY_MONTH_ALIKE),
    line(
        Purpose::Service,
        "téléphone",
        ALL_CHANNELS,
        0.0060,
        0.4,
        EVERY_MONTH_ALIKE,
    ),
    line(Purpose::Service, "sav", ALL_CHANNELS, 0.0040, 0.4, EVERY_MONTH_ALIKE),
];

/// What a line cost in a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// First day of the month.
    pub month: NaiveDate,
    /// Index in [`LINES`].
    pub line: usize,
    /// Cost without VAT, in cents.
    pub cents: i64,
}

impl Cost {
    /// Its line.
    pub fn line(&self) -> &'static Line {
        &LINES[self.line]
    }

    /// What tells it apart in the streams: the calendar month and the line, so that a longer window keeps the draws.
    pub fn entity(&self) -> u64 {
        entity(self.month, self.line)
    }
}

fn entity(month: NaiveDate, line: usize) -> u64 {
    u64::from(month.year().unsigned_abs() * 12 + month.month0()) << 8 | line as u64
}

/// A calendar month of the window.
#[derive(Debug)]
struct Month {
    first_day: NaiveDate,
    /// Its days inside the window.
    days: f64,
    /// Revenue by sales channel, in cents; refunds and failed attempts left out.
    sold: [i64; 4],
}

impl Month {
    fn sold_by(&self, channels: &[Channel]) -> f64 {
        let cents: i64 = channels
            .iter()
            .map(|channel| self.sold[usize::from(channel.code())])
            .sum();
        cents as f64
    }
}

/// The costs of the window: one for each month and line, by month. Empty when the law is off.
pub fn book(world: &World, population: &Population) -> Vec<Cost> {
    if !world.plan.laws.marketing_costs {
        return Vec::new();
    }
    let months = months(world, &population.records);
    let days: f64 = months.iter().map(|month| month.days).sum();
    let sold: Vec<f64> = LINES
        .iter()
        .map(|line| months.iter().map(|month| month.sold_by(line.works_for)).sum())
        .collect();
    let mut costs = Vec::with_capacity(months.len() * LINES.len());
    for month in &months {
        for (number, line) in LINES.iter().enumerate() {
            let evenly = sold[number] * month.days / days;
            let base = line.follows_month * month.sold_by(line.works_for) + (1.0 - line.follows_month) * evenly;
            let calendar = line.calendar[month.first_day.month0() as usize];
            let noise = noise(world.plan.seed, line.purpose, entity(month.first_day, number));
            costs.push(Cost {
                month: month.first_day,
                line: number,
                cents: (line.share * base * calendar * noise).round() as i64,
            });
        }
    }
    costs
}

/// A factor of mean 1.
fn noise(seed: u64, purpose: Purpose, entity: u64) -> f64 {
    let deviation = purpose.noise();
    let normal = Stream::new(seed, NOISE, entity).normal();
    (deviation * normal - deviation * deviation / 2.0).exp()
}

/// The months that the window touches, with what was sold in them.
fn months(world: &World, records: &[Record]) -> Vec<Month> {
    let mut months: Vec<Month> = Vec::new();
    let mut month_of_day = Vec::new();
    let (start, end) = (world.plan.starts_on(), world.plan.ends_on);
    for day in start.iter_days().take_while(|day| *day <= end) {
        match months.last_mut() {
            Some(month) if day < month.first_day + Months::new(1) => month.days += 1.0,
            _ => months.push(Month {
                first_day: day.with_day(1).unwrap_or(day),
                days: 1.0,
                sold: [0; 4],
            }),
        }
        month_of_day.push(months.len() - 1);
    }
    for record in records {
        if !record.is_refund() && record.origin() != Origin::Failed {
            let month = &mut months[month_of_day[record.day() as usize]];
            month.sold[usize::from(record.channel().code())] += i64::from(record.cents);
        }
    }
    months
}

/// Parameters and totals, for truth.json.
pub fn parameters(on: bool, costs: &[Cost]) -> Value {
    let line = |line: &Line| {
        json!({
            "purpose": line.purpose.word(),
            "channel": line.channel,
            "share_of_revenue": line.share,
            "of_the_revenue_by": line.works_for.iter().map(|channel| channel.word()).collect::<Vec<_>>(),
            "share_that_follows_the_month": line.follows_month,
            "month_factors": line.calendar,
        })
    };
    let deviations: Map<String, Value> = Purpose::ALL
        .into_iter()
        .map(|purpose| (purpose.word().to_owned(), json!(purpose.noise())))
        .collect();
    let totals: Map<String, Value> = Purpose::ALL
        .into_iter()
        .map(|purpose| (purpose.word().to_owned(), json!(money(total(costs, purpose)))))
        .collect();
    json!({
        "on": on,
        "revenue": "orders and receipts of the month, before refunds",
        "cost": "share x (what follows the month's revenue + the rest, spread over the window's days) x month factor x noise",
        "noise": "log-normal of mean 1, by month and line",
        "noise_deviation_of_the_logarithm": deviations,
        "lines": LINES.iter().map(line).collect::<Vec<_>>(),
        "total_cost": totals,
    })
}

/// What a purpose cost in all, in cents.
pub fn total(costs: &[Cost], purpose: Purpose) -> i64 {
    costs
        .iter()
        .filter(|cost| cost.line().purpose == purpose)
        .map(|cost| cost.cents)
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_calendar_moves_cost_between_months_and_makes_none() {
        for line in &LINES {
            let sum: f64 = line.calendar.iter().sum();
            assert!((sum - 12.0).abs() < 1e-9, "{}: {sum}", line.channel);
            assert!((0.0..=1.0).contains(&line.follows_month));
        }
    }

    #[test]
    fn a_line_is_known_by_purpose_and_channel() {
        let names: std::collections::BTreeSet<_> = LINES.iter().map(|line| (line.purpose, line.channel)).collect();
        assert_eq!(names.len(), LINES.len());
        assert!(
            LINES.is_sorted_by_key(|line| line.purpose),
            "the file lists purpose by purpose"
        );
    }

    #[test]
    fn noise_has_mean_one() {
        let n = 20_000_u64;
        let mean = (0..n).map(|entity| noise(3, Purpose::Acquisition, entity)).sum::<f64>() / n as f64;
        assert!((mean - 1.0).abs() < 4.0 * 0.08 / (n as f64).sqrt(), "{mean}");
    }
}
