//! What customers to come are worth: the part of customer equity that no history holds.
//!
//! Customer equity is the CLV of present customers and that of customers to come, less what acquiring and keeping them costs: Markey
//! (2020), "Are You Undervaluing Your Customers?", Harvard Business Review 98(1); McCarthy & Fader (2018), "Customer-Based Corporate
//! Valuation for Publicly Traded Noncontractual Firms", Journal of Marketing Research 55(5). For customers to come one needs how many
//! will come, what one of them brings over time, and what he costs.

use crate::numeric::special::{Z_80, Z_95};
use crate::purchase::PurchaseModel;

/// Months of a year.
const YEAR: usize = 12;

/// Discounted expected purchases of a new customer until the end of month 0, 1, ... `months` after his first purchase, that one
/// included: the first element is 1. Times the margin of a purchase it is the margin that he has brought by then.
///
/// `month_days` is the length of a month in the model's unit of time. A month's purchases are discounted at its end, as
/// [`PurchaseModel::discounted`] does, so that new and present customers are valued alike; `annual_discount` is 0.08 for 8 % a year.
pub fn new_customer_value(
    model: &impl PurchaseModel,
    months: usize,
    month_days: f64,
    annual_discount: f64,
) -> Vec<f64> {
    let (mut sum, mut before) = (1.0, 0.0);
    let mut value = Vec::with_capacity(months + 1);
    value.push(sum);
    for month in 1..=months {
        let after = model.expected_of_new(month as f64 * month_days);
        sum += (after - before) * discount(month as f64, annual_discount);
        before = after;
        value.push(sum);
    }
    value
}

/// What a unit of money in so many months is worth now.
fn discount(months: f64, annual_discount: f64) -> f64 {
    (1.0 + annual_discount).powf(-months / YEAR as f64)
}

/// New customers of the months to come.
#[derive(Clone, Debug, PartialEq)]
pub struct AcquisitionForecast {
    /// Expected new customers, month by month.
    pub expected: Vec<f64>,
    /// New customers of the last 12 months against those of the 12 before, within [`GROWTH_BOUNDS`]; 1 where there are not as many.
    pub growth: f64,
    /// Factors from an expectation to the ends of its 80 % and 95 % intervals, of a month or a total alike since months share the error
    /// of their level; of forecasts up to a year ahead. None with less than 24 months, of which no forecast could be tried.
    pub interval_factors: Option<IntervalFactors>,
}

/// Factors from an expectation to the ends of its intervals.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct IntervalFactors {
    /// Lower and upper end of the interval that holds 80 %.
    pub eighty: (f64, f64),
    /// And 95 %.
    pub ninety_five: (f64, f64),
}

/// What remains of the logarithm of the growth from one year to the next.
pub const GROWTH_KEPT: f64 = 0.5;

/// Growth beyond halving and doubling is not taken for one that goes on.
pub const GROWTH_BOUNDS: (f64, f64) = (0.5, 2.0);

/// New customers of the coming `months`, from those of each past month in their order, whole months without gaps.
///
/// The rule: the same month a year before, times the growth. The growth of the first year to come is that of the last 12 months over
/// the 12 before to the power of [`GROWTH_KEPT`], that of the second year is the first's to the same power, and so on: it dies away
/// (Gardner & McKenzie 1985, "Forecasting trends in time series", Management Science 31). With less than 24 months there is no growth;
/// with less than 12 each month is the mean of what there is. The intervals come from what the same rule would have said at the end of
/// each month from the twelfth on, of the 12 months after it at most.
///
/// None without a month, or where a number of customers is negative or none.
pub fn acquisition_forecast(new_by_month: &[f64], months: usize) -> Option<AcquisitionForecast> {
    if new_by_month.is_empty() || new_by_month.iter().any(|new| !new.is_finite() || *new < 0.0) {
        return None;
    }
    Some(AcquisitionForecast {
        expected: continued(new_by_month, months),
        growth: growth(new_by_month),
        interval_factors: interval_factors(new_by_month),
    })
}

/// How many of the first months brought more than twice as many new customers as a month of the last year, or of the second half of the
/// months where there are fewer than 24: beyond what chance adds.
///
/// Where data begin in the middle of a business (left-censored data), whoever was a customer already is first seen with the next purchase,
/// and looks new. Such customers come up in the first months, in numbers that die away; [`GROWTH_BOUNDS`] takes a halving for the most that
/// acquisition itself falls by. What these months say is not how many customers are won.
pub fn months_of_first_sight(new_by_month: &[f64]) -> usize {
    let reference = &new_by_month[(new_by_month.len() - YEAR.min(new_by_month.len() / 2))..];
    let months = reference.len() as f64;
    let mean = reference.iter().sum::<f64>() / months;
    let is_above = |new: &f64| {
        let twice = mean / GROWTH_BOUNDS.0;
        // Both are counts; half a customer more, so that none is a count too.
        let chance = Z_95 * (new + twice * twice / (mean + 0.5) / months + 0.5).sqrt();
        new - twice > chance
    };
    new_by_month.iter().take_while(|new| is_above(new)).count()
}

/// The rule.
fn continued(past: &[f64], months: usize) -> Vec<f64> {
    if past.len() < YEAR {
        return vec![past.iter().sum::<f64>() / past.len() as f64; months];
    }
    let last_year = &past[past.len() - YEAR..];
    let (mut kept, mut growth) = (1.0, growth(past));
    let mut expected = Vec::with_capacity(months);
    for month in 0..months {
        if month % YEAR == 0 {
            growth = growth.powf(GROWTH_KEPT);
            kept *= growth;
        }
        expected.push(last_year[month % YEAR] * kept);
    }
    expected
}

fn growth(past: &[f64]) -> f64 {
    let Some(from) = past.len().checked_sub(2 * YEAR) else {
        return 1.0;
    };
    let (before, last) = past[from..].split_at(YEAR);
    let growth = last.iter().sum::<f64>() / before.iter().sum::<f64>();
    if growth.is_nan() {
        // Nobody came in either year.
        return 1.0;
    }
    growth.clamp(GROWTH_BOUNDS.0, GROWTH_BOUNDS.1)
}

/// From the logarithms of the months' numbers over the forecasts of them, half a customer added to both so that none has one too.
fn interval_factors(past: &[f64]) -> Option<IntervalFactors> {
    if past.len() < 2 * YEAR {
        return None;
    }
    let (mut squares, mut count) = (0.0, 0.0);
    for known in YEAR..past.len() {
        let (known, later) = past.split_at(known);
        let expected = continued(known, later.len().min(YEAR));
        for (happened, expected) in later.iter().zip(&expected) {
            squares += ((happened + 0.5) / (expected + 0.5)).ln().powi(2);
            count += 1.0;
        }
    }
    let deviation = (squares / count).sqrt();
    let within = |z: f64| ((-z * deviation).exp(), (z * deviation).exp());
    Some(IntervalFactors {
        eighty: within(Z_80),
        ninety_five: within(Z_95),
    })
}

/// The first month by whose end the cumulative margin of a customer covers his cost, month 0 being that of the first purchase itself;
/// none when no month does.
pub fn payback_month(cumulative_margin: &[f64], cost: f64) -> Option<usize> {
    cumulative_margin.iter().position(|margin| *margin >= cost)
}

/// What customers to come are worth today: those `acquired` in each coming month, each at his value less his cost on the day of his
/// first purchase, discounted to the middle of their month.
pub fn value_to_come(acquired: &[f64], value_per_customer: f64, cost_per_customer: f64, annual_discount: f64) -> f64 {
    let months = acquired.iter().enumerate();
    let discounted: f64 = months
        .map(|(month, customers)| customers * discount(month as f64 + 0.5, annual_discount))
        .sum();
    discounted * (value_per_customer - cost_per_customer)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::purchase::bg_nbd::BgNbd;
    use crate::purchase::pareto_nbd::ParetoNbd;
    use crate::purchase::rfm::History;

    #[test]
    fn a_new_customers_purchases_calculated_by_hand() {
        // 2 t / (4 + t) repeat purchases within t, so 2/3, 1 and 1.2 by the ends of months of 2 days.
        let model = ParetoNbd {
            r: 1.0,
            alpha: 2.0,
            s: 2.0,
            beta: 4.0,
        };
        let found = new_customer_value(&model, 3, 2.0, 0.0);
        for (found, expected) in found.iter().zip([1.0, 5.0 / 3.0, 2.0, 2.2]) {
            assert!((found - expected).abs() < 1e-12, "{found} is not {expected}");
        }
        // Worth half as much after a year: the third month's 0.2 count 2^(-1/4).
        let halved = new_customer_value(&model, 3, 2.0, 1.0);
        assert!((halved[3] - halved[2] - 0.2 * 0.5_f64.powf(0.25)).abs() < 1e-12);
        assert_eq!(new_customer_value(&model, 0, 2.0, 0.0), [1.0]);
    }

    #[test]
    fn new_customers_are_valued_as_present_ones() {
        let model = BgNbd::new(0.24, 31.0, 0.79, 2.43);
        let new = History { x: 0, t_x: 0.0, t: 0.0 };
        let repeats = model.discounted(&new, 36, 30.4375, 1.08_f64.powf(1.0 / 12.0) - 1.0);
        let value = new_customer_value(&model, 36, 30.4375, 0.08);
        assert_eq!(value.len(), 37);
        assert!((value[36] - 1.0 - repeats).abs() < 1e-12);
    }

    /// Twelve months with customers in two of them, times a factor.
    fn year(factor: f64) -> [f64; 12] {
        let mut year = [0.0; 12];
        (year[0], year[11]) = (10.0 * factor, 30.0 * factor);
        year
    }

    #[test]
    fn customers_to_come_calculated_by_hand() {
        let few = acquisition_forecast(&[3.0, 9.0], 2).expect("months");
        assert_eq!((few.expected, few.growth), (vec![6.0, 6.0], 1.0));
        assert_eq!(few.interval_factors, None);

        let one = acquisition_forecast(&[&[99.0][..], &year(1.0)].concat(), 13).expect("months");
        assert_eq!((one.expected[0], one.expected[1]), (10.0, 0.0));
        assert_eq!((one.expected[11], one.expected[12], one.growth), (30.0, 10.0, 1.0));
        assert_eq!(one.interval_factors, None);

        // Grown by 44 %: by 20 % in the year to come, and by the root of it in the next.
        let two = acquisition_forecast(&[year(1.0), year(1.44)].concat(), 24).expect("months");
        assert!((two.growth - 1.44).abs() < 1e-12);
        assert!((two.expected[0] - 14.4 * 1.2).abs() < 1e-9);
        assert!((two.expected[23] - 43.2 * 1.2 * 1.2_f64.sqrt()).abs() < 1e-9);

        // Nobody in a year is no growth, and tenfold is not believed.
        assert_eq!(growth(&[year(0.0), year(0.0)].concat()), 1.0);
        assert_eq!(growth(&[year(0.0), year(1.0)].concat()), 2.0);
        assert_eq!(growth(&[year(1.0), year(0.1)].concat()), 0.5);
        for wrong in [&[][..], &[-1.0], &[f64::NAN]] {
            assert_eq!(acquisition_forecast(wrong, 12), None);
        }
    }

    #[test]
    fn months_in_which_old_customers_are_first_seen_are_told_from_those_in_which_new_ones_are_won() {
        // The Complete Journey: households of a panel that were all there from the beginning.
        let panel = [1982.0, 185.0, 113.0, 47.0, 45.0, 21.0, 21.0, 16.0, 16.0, 6.0, 11.0, 6.0];
        assert_eq!(months_of_first_sight(&panel), 5);
        // As many each month, growing, falling by 40 % in a year, a Christmas peak within, few of them by chance.
        let falling: Vec<f64> = (0..36)
            .map(|month| 900.0 * 0.6_f64.powf(f64::from(month) / 12.0))
            .collect();
        let growing: Vec<f64> = falling.iter().rev().copied().collect();
        assert_eq!(months_of_first_sight(&[300.0; 20]), 0);
        assert_eq!(months_of_first_sight(&growing), 0);
        assert_eq!(months_of_first_sight(&falling[12..]), 0);
        let mut peak = [100.0; 24];
        (peak[11], peak[23]) = (400.0, 400.0);
        assert_eq!(months_of_first_sight(&peak), 0);
        assert_eq!(months_of_first_sight(&[4.0, 2.0, 1.0, 1.0]), 0);
        assert_eq!(months_of_first_sight(&[5.0]), 0);
        assert_eq!(months_of_first_sight(&[]), 0);
        // 300 won each month, and 10,000 who were there before, of whom a fifth is first seen in each.
        let old = |month: u32| 300.0 + 2_000.0 * 0.8_f64.powf(f64::from(month));
        let seen: Vec<f64> = (0..30).map(old).collect();
        assert_eq!(months_of_first_sight(&seen), 8);
        // A cohort, and nobody after it.
        assert_eq!(
            months_of_first_sight(&[800.0, 850.0, 700.0, 0.0, 0.0, 0.0, 0.0, 0.0]),
            3
        );
    }

    #[test]
    fn intervals_come_from_what_the_rule_would_have_said() {
        // Half as many again, every month of the second year: whatever the month of the forecast, the first year is repeated.
        let past = [[99.5; 12], [149.5; 12]].concat();
        let factors = acquisition_forecast(&past, 12).and_then(|it| it.interval_factors);
        let factors = factors.expect("two years");
        // Known of the second year: 0, 1, ... 11 months, of which those forecast are all wrong by the same 150 / 100.
        let deviation = 1.5_f64.ln();
        for (found, z) in [
            (factors.eighty, 1.281_551_565_5),
            (factors.ninety_five, 1.959_963_984_5),
        ] {
            assert!((found.1.ln() - z * deviation).abs() < 1e-9, "{found:?}");
            assert!((found.0 * found.1 - 1.0).abs() < 1e-12);
        }
        // A year like the year before leaves nothing to be wrong about.
        let same = acquisition_forecast(&[year(1.0), year(1.0)].concat(), 12).and_then(|it| it.interval_factors);
        assert_eq!(same.expect("two years").ninety_five, (1.0, 1.0));
    }

    #[test]
    fn payback_and_value_calculated_by_hand() {
        assert_eq!(payback_month(&[10.0, 12.0, 15.0, 15.5], 15.0), Some(2));
        assert_eq!(payback_month(&[10.0, 12.0], 9.0), Some(0));
        assert_eq!(payback_month(&[10.0, 12.0], 12.01), None);
        // 100 in half a month and 50 in 6 1/2, each worth 30, halved within a year.
        let expected = 30.0 * (100.0 * 0.5_f64.powf(0.5 / 12.0) + 50.0 * 0.5_f64.powf(6.5 / 12.0));
        let found = value_to_come(&[100.0, 0.0, 0.0, 0.0, 0.0, 0.0, 50.0], 50.0, 20.0, 1.0);
        assert!((found - expected).abs() < 1e-9);
        assert_eq!(value_to_come(&[100.0, 50.0], 50.0, 20.0, 0.0), 4_500.0);
    }

    proptest! {
        #[test]
        fn forecasts_are_in_proportion_and_their_growth_dies_away(
            past in prop::collection::vec(1.0_f64..1_000.0, 24..70),
            factor in 0.5_f64..20.0,
        ) {
            let found = acquisition_forecast(&past, 48).expect("months");
            let more: Vec<f64> = past.iter().map(|new| factor * new).collect();
            for (more, found) in acquisition_forecast(&more, 48).expect("months").expected.iter().zip(&found.expected) {
                prop_assert!((more - factor * found).abs() <= 1e-9 * more);
            }
            // Each year is nearer to the one before than that to its own.
            let mut whole = past[past.len() - 12..].to_vec();
            whole.extend(&found.expected);
            let steps: Vec<f64> = (0..48).map(|month| (whole[month + 12] / whole[month]).ln()).collect();
            for (now, next) in steps.iter().zip(&steps[12..]) {
                prop_assert!((next - GROWTH_KEPT * now).abs() < 1e-9);
            }
            let factors = found.interval_factors.expect("two years");
            prop_assert!(factors.ninety_five.0 <= factors.eighty.0 && factors.eighty.0 <= 1.0);
            prop_assert!(factors.ninety_five.1 >= factors.eighty.1 && factors.eighty.1 >= 1.0);
        }

        #[test]
        fn discounting_takes_away_and_months_add(
            months in 1_usize..60,
            discount in 0.0_f64..1.0,
            acquired in prop::collection::vec(0.0_f64..500.0, 1..40),
        ) {
            let model = BgNbd::new(0.24, 31.0, 0.79, 2.43);
            let (plain, less) = (new_customer_value(&model, months, 30.0, 0.0), new_customer_value(&model, months, 30.0, discount));
            prop_assert!((plain[months] - 1.0 - model.expected_of_new(30.0 * months as f64)).abs() < 1e-9);
            prop_assert!(less.windows(2).all(|pair| pair[1] >= pair[0]));
            prop_assert!(less.iter().zip(&plain).all(|(less, plain)| less <= plain));
            let paid = payback_month(&less, less[months]).expect("the last at the latest");
            prop_assert!(less[paid] >= less[months] && (paid == 0 || less[paid - 1] < less[months]));
            let sum: f64 = acquired.iter().sum();
            let value = value_to_come(&acquired, 70.0, 20.0, discount);
            prop_assert!(value <= 50.0 * sum * (1.0 + 1e-12) && value >= 0.0);
        }
    }
}
