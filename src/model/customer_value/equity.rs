//! Customer equity: present customers, customers to come, and what winning, keeping and serving them costs.
//!
//! Rules, in the order of use. Months are whole ones up to the as-of day. Customers won are those whose history is whole, so that
//! nobody's hundredth purchase counts as his first. New customers of the coming 36 months follow [`acquisition_forecast`]; the first
//! year of the data is left out where two more follow, since old customers may look new in it all the same. A customer to come is
//! worth the margin of his first purchase, as large as those of the last 12 months, and of the purchases expected within 36 months
//! after it. He costs what acquisition cost in the last 12 months for each customer won. Keeping and serving cost as much for each
//! purchase to come as in the last 12 months for each purchase. By sales channel of the first purchase the purchase model has that
//! channel as its covariate, and costs that work for all channels are shared out by customers won.

use std::collections::BTreeMap;

use chalandise_analytics::customer_equity::{
    AcquisitionForecast, acquisition_forecast, new_customer_value, payback_month, value_to_come,
};
use chalandise_analytics::numeric::Status as Search;
use chalandise_analytics::purchase_fit::{Fittable, Group, fit_with_covariates};
use chalandise_analytics::rfm::{Weighted, distinct};
use chrono::{Datelike, Days, Months, NaiveDate};

use super::Fitted;
use super::bridge::cohort;
use super::choice::fitted_on;
use super::histories::{Day, days_since_epoch};
use super::quality::Window;
use super::status::{Status, Statuses};
use super::value::{ANNUAL_DISCOUNT, Basis, CLV_MONTHS, Estimate, MONTH_DAYS, Valued};

const YEAR_MONTHS: usize = 12;
const CHANNELS: [&str; 4] = ["store", "web", "post", "phone"];
/// A channel with fewer new customers says nothing of its own.
const FEWEST_NEW: f64 = 11.0;

/// What marketing and service cost in the last twelve whole months.
#[derive(Debug, Default)]
pub(super) struct Costs {
    /// By the sales channel of those whom they win; an empty name for all.
    pub(super) acquisition: BTreeMap<String, f64>,
    pub(super) retention: f64,
    pub(super) service: f64,
}

impl Costs {
    fn of_acquisition(&self) -> f64 {
        self.acquisition.values().sum()
    }
}

/// A part of the equity; costs are negative.
pub(super) struct Part {
    pub(super) name: &'static str,
    pub(super) amount: f64,
    pub(super) bounds: Option<(f64, f64)>,
}

/// The customers of a month to come.
pub(super) struct Coming {
    /// First day of the month.
    pub(super) month: NaiveDate,
    pub(super) customers: Estimate,
    /// Their margin and the cost of winning them, discounted to the as-of day.
    pub(super) value: f64,
    pub(super) cost: Option<f64>,
}

/// What a customer won through a sales channel is worth, and what he costs.
pub(super) struct ChannelValue {
    pub(super) channel: &'static str,
    pub(super) new_customers: f64,
    pub(super) cost: Option<f64>,
    pub(super) value: Estimate,
    pub(super) first_margin: f64,
    pub(super) payback_month: Option<usize>,
}

/// The equity and what it rests on.
#[derive(Default)]
pub(super) struct Equity {
    pub(super) parts: Vec<Part>,
    pub(super) coming: Vec<Coming>,
    pub(super) channels: Vec<ChannelValue>,
    /// Fits by first sales channel.
    pub(super) fits: Vec<Fitted>,
}

/// First and last day of the last twelve whole months.
pub(super) fn last_year(as_of: NaiveDate) -> Option<(NaiveDate, NaiveDate)> {
    let after = as_of.checked_add_days(Days::new(1))?.with_day(1)?;
    let from = after.checked_sub_months(Months::new(YEAR_MONTHS as u32))?;
    Some((from, after.checked_sub_days(Days::new(1))?))
}

/// Values the base and its parts.
pub(super) fn equity<M: Fittable + Sync>(
    basis: &Basis<M>,
    window: &Window<'_>,
    valued: &Valued,
    days: &[Day],
    costs: Option<&Costs>,
    statuses: &mut Statuses,
) -> Equity {
    statuses.note("costs", if costs.is_some() { Status::Ok } else { Status::NoData });
    let mut equity = Equity::default();
    if let Some(total) = valued.total {
        equity.parts.push(Part {
            name: "present_customers",
            amount: total.value,
            bounds: Some((total.low, total.high)),
        });
    }
    let Some((from, to)) = last_year(window.known.as_of) else {
        return equity;
    };
    let won = Won::within(window, days_since_epoch(from), days_since_epoch(to));
    let Some(mean) = basis.spend.as_ref().and_then(|spend| spend.model.mean()) else {
        statuses.note("customers_to_come", Status::NoMean);
        return equity;
    };
    let Some(forecast) = forecast(&fitted_on(window.known, days), to).filter(|_| won.customers > 0.0) else {
        statuses.note("customers_to_come", Status::TooFew);
        return equity;
    };
    statuses.note("customers_to_come", Status::Ok);
    let rate = basis.margin_rate.unwrap_or(1.0);
    let purchases = purchases_of_new(&basis.fit.model);
    let repeats = purchases.last().map_or(0.0, |all| all - 1.0);
    let worth = rate * (won.first_values / won.customers + repeats * mean);
    let spread = |channel_repeats: f64, value: f64| {
        let slopes = basis.log_slopes(|model| repeats_of(model).max(f64::MIN_POSITIVE));
        let share = rate * channel_repeats * mean / value;
        basis.deviation(&slopes.map(|slope| share * slope), &[0.0; 3])
    };
    let coming = coming(
        &forecast,
        to,
        worth,
        costs.map(|costs| costs.of_acquisition() / won.customers),
    );
    let value: f64 = coming.iter().map(|month| month.value).sum();
    let of_number = forecast
        .interval_factors
        .map_or(0.0, |factors| factors.ninety_five.1.ln());
    let half = (1.96 * spread(repeats, worth)).hypot(of_number);
    equity.parts.push(Part {
        name: "customers_to_come",
        amount: value,
        bounds: Some((value * (-half).exp(), value * half.exp())),
    });
    if let Some(costs) = costs {
        let acquisition: f64 = coming.iter().filter_map(|month| month.cost).sum();
        let begin = days_since_epoch(from);
        let in_year = days
            .iter()
            .filter(|day| day.day >= begin && day.day <= days_since_epoch(to));
        let bought: f64 = in_year.map(|day| day.new_customers + day.repeats).sum();
        let to_come = valued.purchases + value_to_come(&forecast.expected, 1.0 + repeats, 0.0, ANNUAL_DISCOUNT);
        for (name, amount) in [
            ("acquisition_cost", acquisition),
            ("retention_cost", costs.retention / bought * to_come),
            ("service_cost", costs.service / bought * to_come),
        ] {
            equity.parts.push(Part {
                name,
                amount: -amount,
                bounds: None,
            });
        }
    }
    equity.coming = coming;
    (equity.channels, equity.fits) = channels(basis, window, &won, costs, rate, mean, &spread);
    equity
}

/// Customers won within the last year.
struct Won {
    customers: f64,
    first_values: f64,
    /// By sales channel: customers, first values.
    by_channel: [(f64, f64); CHANNELS.len()],
}

impl Won {
    fn within(window: &Window<'_>, from: i32, to: i32) -> Won {
        let known = window.known;
        let mut won = Won {
            customers: 0.0,
            first_values: 0.0,
            by_channel: [(0.0, 0.0); CHANNELS.len()],
        };
        let whole_only = known.whole_only();
        for index in 0..known.len() {
            let is_new = known.whole[index] || !whole_only;
            if is_new && (from..=to).contains(&known.first_on[index]) {
                won.customers += 1.0;
                won.first_values += known.first_values[index];
                if let Some(channel) = channel_of(window, index) {
                    let (customers, values) = &mut won.by_channel[channel];
                    *customers += 1.0;
                    *values += known.first_values[index];
                }
            }
        }
        won
    }
}

fn channel_of(window: &Window<'_>, index: usize) -> Option<usize> {
    let first = window.known.group_at(index).first_channel.as_deref()?;
    CHANNELS.iter().position(|channel| *channel == first)
}

fn forecast(days: &[Day], to: NaiveDate) -> Option<AcquisitionForecast> {
    let first = cohort(days.first()?.day);
    let end = days_since_epoch(to);
    let mut by_month: BTreeMap<i32, f64> = BTreeMap::new();
    for day in days.iter().filter(|day| day.day <= end) {
        *by_month.entry(cohort(day.day)).or_default() += day.new_customers;
    }
    // Months without anybody stand between the others.
    let mut months = Vec::new();
    let mut month = arrow::datatypes::Date32Type::to_naive_date_opt(first)?;
    while month <= to {
        months.push(by_month.get(&days_since_epoch(month)).copied().unwrap_or(0.0));
        month = month.checked_add_months(Months::new(1))?;
    }
    let skipped = if months.len() >= 3 * YEAR_MONTHS {
        YEAR_MONTHS
    } else {
        0
    };
    acquisition_forecast(&months[skipped..], CLV_MONTHS as usize)
}

fn purchases_of_new(model: &impl chalandise_analytics::purchase::PurchaseModel) -> Vec<f64> {
    new_customer_value(model, CLV_MONTHS as usize, MONTH_DAYS, ANNUAL_DISCOUNT)
}

fn repeats_of(model: &impl chalandise_analytics::purchase::PurchaseModel) -> f64 {
    purchases_of_new(model).last().map_or(0.0, |all| all - 1.0)
}

fn coming(forecast: &AcquisitionForecast, to: NaiveDate, worth: f64, cost: Option<f64>) -> Vec<Coming> {
    let first = to.checked_add_days(Days::new(1)).unwrap_or(to);
    let factors = forecast
        .interval_factors
        .map_or((1.0, 1.0), |factors| factors.ninety_five);
    let months = forecast.expected.iter().zip(0_u32..);
    months
        .map(|(customers, number)| {
            let mut until_then = vec![0.0; number as usize];
            until_then.push(*customers);
            let of = |value: f64| value_to_come(&until_then, value, 0.0, ANNUAL_DISCOUNT);
            Coming {
                month: first.checked_add_months(Months::new(number)).unwrap_or(first),
                customers: Estimate {
                    value: *customers,
                    low: customers * factors.0,
                    high: customers * factors.1,
                },
                value: of(worth),
                cost: cost.map(of),
            }
        })
        .collect()
}

fn channels<M: Fittable + Sync>(
    basis: &Basis<M>,
    window: &Window<'_>,
    won: &Won,
    costs: Option<&Costs>,
    rate: f64,
    mean: f64,
    spread: &dyn Fn(f64, f64) -> f64,
) -> (Vec<ChannelValue>, Vec<Fitted>) {
    let models = by_first_channel::<M>(basis.name, window);
    let values = mean_values(basis, window, mean);
    let mut found = Vec::new();
    for (place, channel) in CHANNELS.iter().enumerate() {
        let (customers, first_values) = won.by_channel[place];
        if customers < FEWEST_NEW {
            continue;
        }
        let model = models.get(&place).map_or(&basis.fit.model, |(model, _)| model);
        let first_margin = rate * first_values / customers;
        let of_repeat = rate * values[place];
        let purchases = purchases_of_new(model);
        let cumulative: Vec<f64> = purchases
            .iter()
            .map(|purchases| first_margin + (purchases - 1.0) * of_repeat)
            .collect();
        let value = cumulative.last().copied().unwrap_or(first_margin);
        let half = 1.96
            * spread(
                purchases.last().map_or(0.0, |all| all - 1.0) * values[place] / mean,
                value,
            );
        let cost = costs.map(|costs| {
            let own = costs.acquisition.get(*channel).copied().unwrap_or(0.0);
            let for_all = costs.acquisition.get("").copied().unwrap_or(0.0);
            own / customers + for_all / won.customers
        });
        found.push(ChannelValue {
            channel,
            new_customers: customers,
            cost,
            value: Estimate {
                value,
                low: value * (-half).exp(),
                high: value * half.exp(),
            },
            first_margin,
            payback_month: cost.and_then(|cost| payback_month(&cumulative, cost)),
        });
    }
    (found, models.into_values().map(|(_, fitted)| fitted).collect())
}

/// Mean expected value of a repeat purchase of the customers of each first channel.
fn mean_values<M: Fittable + Sync>(basis: &Basis<M>, window: &Window<'_>, mean: f64) -> [f64; CHANNELS.len()] {
    let mut sums = [(0.0, 0.0); CHANNELS.len()];
    for index in 0..window.known.len() {
        if let Some((channel, value)) = channel_of(window, index).zip(basis.expected_value(window, index)) {
            sums[channel].0 += 1.0;
            sums[channel].1 += value;
        }
    }
    sums.map(|(customers, values)| if customers > 0.0 { values / customers } else { mean })
}

/// The purchase model with the first channel as its covariate, by channel; empty where it cannot be fitted.
fn by_first_channel<M: Fittable>(name: &'static str, window: &Window<'_>) -> BTreeMap<usize, (M, Fitted)> {
    let whole_only = window.known.whole_only();
    let mut rows: BTreeMap<usize, Vec<Weighted>> = BTreeMap::new();
    for (index, history) in window.histories.iter().enumerate() {
        if let Some(channel) = channel_of(window, index).filter(|_| window.known.whole[index] || !whole_only) {
            rows.entry(channel).or_default().push(Weighted {
                history: *history,
                weight: 1.0,
            });
        }
    }
    rows.retain(|_, rows| rows.len() as f64 >= FEWEST_NEW && rows.iter().any(|row| row.history.x > 0));
    if rows.len() < 2 {
        return BTreeMap::new();
    }
    let channels: Vec<usize> = rows.keys().copied().collect();
    let customers: Vec<usize> = rows.values().map(Vec::len).collect();
    let groups: Vec<Group> = rows
        .into_values()
        .enumerate()
        .map(|(group, rows)| Group {
            rows: distinct(rows),
            // Each channel against the first one.
            covariates: (1..channels.len())
                .map(|other| f64::from(u8::from(other == group)))
                .collect(),
        })
        .collect();
    let fit = match fit_with_covariates::<M>(&groups) {
        Ok(fit) if fit.status == Search::Converged => fit,
        _ => return BTreeMap::new(),
    };
    let models = fit.models.into_iter().zip(fit.group_parameters);
    models
        .enumerate()
        .map(|(group, (model, parameters))| {
            let fitted = Fitted {
                fit: format!("current-{}", CHANNELS[channels[group]]),
                model: name,
                names: &M::NAMES,
                parameters: parameters.to_vec(),
                standard_errors: None,
                log_likelihood: fit.log_likelihood,
                customers: customers[group] as f64,
                distinct_rows: groups[group].rows.len(),
                converged: true,
                observed_until: window.known.as_of,
            };
            (channels[group], (model, fitted))
        })
        .collect()
}
