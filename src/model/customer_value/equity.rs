//! Customer equity: present customers, customers to come, and what winning, keeping and serving them costs.
//!
//! Rules, in the order of use. Months are whole ones up to the as-of day. Customers won are those whose history is whole, so that
//! nobody's hundredth purchase counts as his first. New customers of the coming 36 months follow [`acquisition_forecast`]; the first
//! year of the data is left out where two more follow, since old customers may look new in it all the same; so are the months that
//! [`months_of_first_sight`] takes for those in which old customers were first seen. Where that leaves less than a year to go by, nothing
//! says how many are won, and customers to come are not known rather than a number. A customer to come is
//! worth the margin of his first purchase, as large as those of the last 12 months, and of the purchases expected within 36 months
//! after it. He costs what acquisition cost in the last 12 months for each customer won. Keeping and serving cost as much for each
//! purchase to come as in the last 12 months for each purchase. By sales channel of the first purchase the purchase model has that
//! channel as its covariate, and costs that work for all channels are shared out by customers won. Customers to come are valued
//! without the calibration of present ones, which knows what a customer has done.

use std::collections::BTreeMap;

use arrow::datatypes::Date32Type;
use chalandise_analytics::customers::customer_equity::{
    AcquisitionForecast, acquisition_forecast, months_of_first_sight, new_customer_value, payback_month, value_to_come,
};
use chalandise_analytics::numeric::Status as Search;
use chalandise_analytics::purchase::fittable::{self, Fittable};
use chalandise_analytics::purchase::limit::ModelOrLimit;
use chalandise_analytics::purchase::rfm::{Weighted, distinct};
use chrono::{Datelike, Days, Months, NaiveDate};

use super::Fitted;
use super::bridge::cohort;
use super::choice::fitted_on;
use super::histories::{Day, days_since_epoch};
use super::interval::Estimate;
use super::quality::Window;
use super::value::{ANNUAL_DISCOUNT, Basis, CLV_MONTHS, MONTH_DAYS, Valued};
use crate::status::{Status, Statuses};

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
    pub(super) customers: f64,
    /// Ends of the 95 % interval; none where no forecast could be tried.
    pub(super) bounds: Option<(f64, f64)>,
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

/// The last twelve whole months of orders, or as many as there are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct LastYear {
    pub(super) from_on: NaiveDate,
    pub(super) to_on: NaiveDate,
    pub(super) months: f64,
    /// Share of the month after it that lies before the day of the forecast already.
    elapsed: f64,
}

/// The last year before the end of `as_of`; none without a whole month of orders.
pub(super) fn last_year(first_on: NaiveDate, as_of: NaiveDate) -> Option<LastYear> {
    let tomorrow = as_of.checked_add_days(Days::new(1))?;
    let after = tomorrow.with_day(1)?;
    let first_whole = if first_on.day() == 1 {
        first_on
    } else {
        first_on.with_day(1)?.checked_add_months(Months::new(1))?
    };
    let from_on = first_whole.max(after.checked_sub_months(Months::new(YEAR_MONTHS as u32))?);
    let months = (after.year() - from_on.year()) * 12 + after.month() as i32 - from_on.month() as i32;
    let in_month = (after.checked_add_months(Months::new(1))? - after).num_days();
    (months > 0).then_some(LastYear {
        from_on,
        to_on: after.checked_sub_days(Days::new(1))?,
        months: f64::from(months),
        elapsed: (tomorrow - after).num_days() as f64 / in_month as f64,
    })
}

/// Values the base and its parts.
pub(super) fn equity<M: Fittable + Sync + Send>(
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
            bounds: total.bounds,
        });
    }
    let first_on = days.first().and_then(|day| Date32Type::to_naive_date_opt(day.day));
    let Some(year) = first_on.and_then(|first_on| last_year(first_on, window.known.as_of)) else {
        statuses.note("customers_to_come", Status::TooFew);
        return equity;
    };
    let (from, to) = (days_since_epoch(year.from_on), days_since_epoch(year.to_on));
    let in_year = days.iter().filter(|day| (from..=to).contains(&day.day));
    let bought: f64 = in_year.map(|day| day.new_customers + day.repeats).sum();
    let won = Won::within(window, from, to);
    let to_come = to_come(
        basis,
        window,
        &won,
        &fitted_on(window.known, days),
        year,
        costs,
        statuses,
    );
    let purchases = valued.purchases + to_come.as_ref().map_or(0.0, |to_come| to_come.purchases);
    if let Some(to_come) = to_come {
        equity.parts.extend(to_come.parts);
        equity.coming = to_come.coming;
        (equity.channels, equity.fits) = (to_come.channels, to_come.fits);
    }
    if let Some(costs) = costs.filter(|_| bought > 0.0) {
        for (name, amount) in [("retention_cost", costs.retention), ("service_cost", costs.service)] {
            equity.parts.push(Part {
                name,
                amount: -amount / bought * purchases,
                bounds: None,
            });
        }
    }
    equity
}

/// What customers to come add.
struct ToCome {
    parts: Vec<Part>,
    coming: Vec<Coming>,
    channels: Vec<ChannelValue>,
    fits: Vec<Fitted>,
    /// Their purchases, discounted.
    purchases: f64,
}

/// Values customers to come; none where they cannot be forecast.
fn to_come<M: Fittable + Sync + Send>(
    basis: &Basis<M>,
    window: &Window<'_>,
    won: &Won,
    days: &[Day],
    year: LastYear,
    costs: Option<&Costs>,
    statuses: &mut Statuses,
) -> Option<ToCome> {
    let Some(mean) = basis.spend.as_ref().and_then(|spend| spend.model.mean()) else {
        statuses.note("customers_to_come", Status::NoMean);
        return None;
    };
    let forecast = match forecast(days, year) {
        Ok(forecast) if won.all.customers > 0.0 => forecast,
        refused => {
            let status = refused.err().unwrap_or(Status::TooFew);
            statuses.note("customers_to_come", status);
            return None;
        }
    };
    statuses.note("customers_to_come", Status::Ok);
    let value = NewValue {
        rate: basis.margin_rate.unwrap_or(1.0),
        deviation: basis
            .uncertainty
            .log_deviation(&basis.fit.model, |model| repeats_of(model).max(f64::MIN_POSITIVE)),
    };
    let repeats = repeats_of(&basis.fit.model);
    let worth = value.worth(&won.all, repeats, mean, 1.0);
    let cost = costs.map(|costs| costs.of_acquisition() / won.all.customers);
    let coming = coming(&forecast, year, worth.value, cost);
    let amount: f64 = coming.iter().map(|month| month.value).sum();
    let bounds = forecast.interval_factors.zip(worth.bounds).map(|(factors, (_, high))| {
        let half = (high / worth.value).ln().hypot(factors.ninety_five.1.ln());
        (amount * (-half).exp(), amount * half.exp())
    });
    let mut parts = vec![Part {
        name: "customers_to_come",
        amount,
        bounds,
    }];
    if costs.is_some() {
        parts.push(Part {
            name: "acquisition_cost",
            amount: -coming.iter().filter_map(|month| month.cost).sum::<f64>(),
            bounds: None,
        });
    }
    let (channels, fits) = channels(basis, window, won, costs, &value, mean);
    Some(ToCome {
        parts,
        purchases: amount / worth.value * (1.0 + repeats),
        coming,
        channels,
        fits,
    })
}

/// How the value of a new customer comes about.
struct NewValue {
    /// Margin of a unit of net revenue.
    rate: f64,
    /// Standard deviation of the logarithm of the repeats; none where it is not determined.
    deviation: Option<f64>,
}

impl NewValue {
    /// The first purchase as it was among those won, and so many repeats of a mean value; with its 95 % interval from the purchase
    /// model, whose variance is `variance` times that of the fit of all, and from the spread of the first values.
    fn worth(&self, won: &Group, repeats: f64, mean: f64, variance: f64) -> Estimate {
        let of_repeats = self.rate * repeats * mean;
        let value = self.rate * won.first_value() + of_repeats;
        let by_first = self.rate * won.error_of_first_value() / value;
        let deviation = self
            .deviation
            .map(|deviation| (of_repeats / value * deviation * variance.sqrt()).hypot(by_first));
        Estimate::log_normal(value, deviation)
    }
}

/// Customers won within the last year.
#[derive(Default)]
struct Won {
    all: Group,
    by_channel: [Group; CHANNELS.len()],
}

/// Some of them, with the values of their first purchases.
#[derive(Clone, Copy, Default)]
struct Group {
    customers: f64,
    values: f64,
    squares: f64,
}

impl Group {
    fn add(&mut self, value: f64) {
        self.customers += 1.0;
        self.values += value;
        self.squares += value * value;
    }

    /// Mean of the first values.
    fn first_value(&self) -> f64 {
        self.values / self.customers
    }

    /// Its standard error.
    fn error_of_first_value(&self) -> f64 {
        let mean = self.first_value();
        ((self.squares / self.customers - mean * mean).max(0.0) / self.customers).sqrt()
    }
}

impl Won {
    fn within(window: &Window<'_>, from: i32, to: i32) -> Won {
        let known = window.known;
        let mut won = Won::default();
        let whole_only = known.whole_only();
        for index in 0..known.len() {
            let is_new = known.whole[index] || !whole_only;
            if is_new && (from..=to).contains(&known.first_on[index]) {
                won.all.add(known.first_values[index]);
                if let Some(channel) = channel_of(window, index) {
                    won.by_channel[channel].add(known.first_values[index]);
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

fn forecast(days: &[Day], year: LastYear) -> Result<AcquisitionForecast, Status> {
    let months = months(days, year).ok_or(Status::TooFew)?;
    acquisition(&months)
}

/// New customers by whole month, up to the last one.
fn months(days: &[Day], year: LastYear) -> Option<Vec<f64>> {
    let (first, end) = (days.first()?.day, days_since_epoch(year.to_on));
    let mut by_month: BTreeMap<i32, f64> = BTreeMap::new();
    for day in days.iter().filter(|day| day.day <= end) {
        *by_month.entry(cohort(day.day)).or_default() += day.new_customers;
    }
    // Months without anybody stand between the others; a first month that the data have in part is none.
    let mut months = Vec::new();
    let mut month = Date32Type::to_naive_date_opt(cohort(first))?;
    if days_since_epoch(month) < first && month < year.from_on {
        month = month.checked_add_months(Months::new(1))?;
    }
    while month <= year.to_on {
        months.push(by_month.get(&days_since_epoch(month)).copied().unwrap_or(0.0));
        month = month.checked_add_months(Months::new(1))?;
    }
    Some(months)
}

/// The forecast from the months that tell how many are won.
fn acquisition(months: &[f64]) -> Result<AcquisitionForecast, Status> {
    let first_year = if months.len() >= 3 * YEAR_MONTHS {
        YEAR_MONTHS
    } else {
        0
    };
    let first_sight = months_of_first_sight(months);
    if first_sight > 0 && months.len() - first_sight < YEAR_MONTHS {
        return Err(Status::LeftCensored);
    }
    acquisition_forecast(&months[first_year.max(first_sight)..], CLV_MONTHS as usize).ok_or(Status::TooFew)
}

fn purchases_of_new(model: &impl chalandise_analytics::purchase::PurchaseModel) -> Vec<f64> {
    new_customer_value(model, CLV_MONTHS as usize, MONTH_DAYS, ANNUAL_DISCOUNT)
}

fn repeats_of(model: &impl chalandise_analytics::purchase::PurchaseModel) -> f64 {
    purchases_of_new(model).last().map_or(0.0, |all| all - 1.0)
}

fn coming(forecast: &AcquisitionForecast, year: LastYear, worth: f64, cost: Option<f64>) -> Vec<Coming> {
    let first = year.to_on.checked_add_days(Days::new(1)).unwrap_or(year.to_on);
    let factors = forecast.interval_factors.map(|factors| factors.ninety_five);
    // The forecast is made so far within the first month.
    let since = (1.0 + ANNUAL_DISCOUNT).powf(year.elapsed / YEAR_MONTHS as f64);
    let months = forecast.expected.iter().zip(0_u32..);
    months
        .map(|(expected, number)| {
            let customers = if number == 0 {
                expected * (1.0 - year.elapsed)
            } else {
                *expected
            };
            let mut until_then = vec![0.0; number as usize];
            until_then.push(customers);
            let of = |value: f64| since * value_to_come(&until_then, value, 0.0, ANNUAL_DISCOUNT);
            Coming {
                month: first.checked_add_months(Months::new(number)).unwrap_or(first),
                customers,
                bounds: factors.map(|(low, high)| (customers * low, customers * high)),
                value: of(worth),
                cost: cost.map(of),
            }
        })
        .collect()
}

fn channels<M: Fittable + Sync + Send>(
    basis: &Basis<M>,
    window: &Window<'_>,
    won: &Won,
    costs: Option<&Costs>,
    value: &NewValue,
    mean: f64,
) -> (Vec<ChannelValue>, Vec<Fitted>) {
    let models = by_first_channel(&basis.fit.model, window);
    let values = mean_values(basis, window, mean);
    let mut found = Vec::new();
    for (place, channel) in CHANNELS.iter().enumerate() {
        let of_channel = &won.by_channel[place];
        if of_channel.customers < FEWEST_NEW {
            continue;
        }
        let own = models.get(&place);
        let model = own.map_or(&basis.fit.model, |(model, _)| model);
        // A fit of fewer customers is as much less certain.
        let variance = own.map_or(1.0, |(_, fitted)| (basis.fit.customers / fitted.customers).max(1.0));
        let purchases = purchases_of_new(model);
        let worth = value.worth(of_channel, repeats_of(model), values[place], variance);
        let first_margin = value.rate * of_channel.first_value();
        let cumulative: Vec<f64> = purchases
            .iter()
            .map(|purchases| first_margin + (purchases - 1.0) * value.rate * values[place])
            .collect();
        let cost = costs.map(|costs| {
            let own = costs.acquisition.get(*channel).copied().unwrap_or(0.0);
            let for_all = costs.acquisition.get("").copied().unwrap_or(0.0);
            own / of_channel.customers + for_all / won.all.customers
        });
        found.push(ChannelValue {
            channel,
            new_customers: of_channel.customers,
            cost,
            value: worth,
            first_margin,
            payback_month: cost.and_then(|cost| payback_month(&cumulative, cost)),
        });
    }
    (found, models.into_values().map(|(_, fitted)| fitted).collect())
}

/// Mean expected value of a repeat purchase of the customers of each first channel.
fn mean_values<M: Fittable + Sync + Send>(basis: &Basis<M>, window: &Window<'_>, mean: f64) -> [f64; CHANNELS.len()] {
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
fn by_first_channel<M: Fittable>(
    model: &ModelOrLimit<M>,
    window: &Window<'_>,
) -> BTreeMap<usize, (ModelOrLimit<M>, Fitted)> {
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
    let groups: Vec<fittable::Group> = rows
        .into_values()
        .enumerate()
        .map(|(group, rows)| fittable::Group {
            rows: distinct(rows),
            // Each channel against the first one.
            covariates: (1..channels.len())
                .map(|other| f64::from(u8::from(other == group)))
                .collect(),
        })
        .collect();
    let fit = match model.fit_with_covariates(&groups) {
        Ok(fit) if fit.status == Search::Converged => fit,
        _ => return BTreeMap::new(),
    };
    let models = fit.models.into_iter().zip(fit.group_parameters);
    models
        .enumerate()
        .map(|(group, (model, parameters))| {
            let fitted = Fitted {
                fit: format!("current-{}", CHANNELS[channels[group]]),
                model: model.name(),
                names: model.names(),
                parameters,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_of_first_sight_are_no_acquisition() {
        let expected = |months: &[f64]| acquisition(months).map(|forecast| forecast.expected);
        // A panel: all were there from the beginning, and a year later nothing says whether anybody is won at all.
        let panel = [1982.0, 185.0, 113.0, 47.0, 45.0, 21.0, 21.0, 16.0, 16.0, 6.0, 11.0, 6.0];
        assert_eq!(expected(&panel), Err(Status::LeftCensored));
        // With a year after it in which 10 are won each month, these are what is expected.
        let longer = [&panel[..5], &[10.0; 12]].concat();
        assert_eq!(expected(&longer), Ok(vec![10.0; 36]));
        // A few months alike are as good as there is.
        assert_eq!(expected(&[12.0; 5]), Ok(vec![12.0; 36]));
        assert_eq!(expected(&[]), Err(Status::TooFew));
        // Of three years the first is left out, whatever is in it.
        let years = [[90.0; 12], [60.0; 12], [60.0; 12]].concat();
        assert_eq!(expected(&years), Ok(vec![60.0; 36]));
    }
}
