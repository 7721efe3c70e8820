//! A clock that runs fast in the busy months and slowly in the quiet ones, for purchase models that know no seasons.
//!
//! Purchases are a Poisson process, given a customer's rate; when all rates rise and fall together over the year, the process is the
//! same on a clock whose speed is the season's index. So histories (t_x and T) and horizons are measured on that clock, in operational
//! days, and everything else of a model stays as it is. Over a whole year the clock shows as many days as the calendar.
//!
//! Bachmann, Meierer & Näf (2021), "The role of time-varying contextual factors in latent attrition models for customer base analysis",
//! Marketing Science 40, let covariates that change over time act on each customer's rate of buying, and others on that of leaving,
//! with coefficients in the likelihood. Ours is simpler: one index for all customers, estimated beforehand from the totals of months;
//! and leaving runs on the same clock. For BG/NBD and MBG/NBD, whose customers leave after purchases, that is no assumption more; for
//! Pareto/NBD it says that customers are lost more slowly in quiet months.

/// Months of the year.
const MONTHS: usize = 12;

/// Days of the year before each month, and of the whole year: of a common year and of a leap year.
const DAYS_BEFORE: [[i64; MONTHS + 1]; 2] = [
    [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365],
    [0, 31, 60, 91, 121, 152, 182, 213, 244, 274, 305, 335, 366],
];

/// The clock. Days are numbered from 1970-01-01, which is 0.
#[derive(Clone, Debug, PartialEq)]
pub struct SeasonClock {
    /// Speed of each month, of a common year and of a leap year: each kind of year shows its own number of days.
    speed: [[f64; MONTHS]; 2],
    /// Operational days of the year before each month.
    before: [[f64; MONTHS]; 2],
}

/// A calendar month that was observed, or the observed part of one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Month {
    /// 1 for January to 12 for December.
    pub month_of_year: u8,
    /// Repeat purchases in it.
    pub observed: f64,
    /// Repeat purchases that a model without seasons expects in it, so that neither the growth of the customer base nor its leaving is
    /// taken for a season.
    pub expected: f64,
}

/// Strength of the prior on an index, in expected purchases: a Gamma distribution with mean 1 and standard deviation 0.2.
pub const PRIOR_PURCHASES: f64 = 25.0;

impl SeasonClock {
    /// The clock with this speed from January to December, scaled so that its mean over the days of a year is 1. None unless every
    /// index is a number above 0.
    pub fn new(index: [f64; 12]) -> Option<SeasonClock> {
        if index.iter().any(|it| !it.is_finite() || *it <= 0.0) {
            return None;
        }
        let clock = SeasonClock::scaled(index);
        let speeds = clock.speed.as_flattened();
        speeds.iter().all(|it| it.is_finite() && *it > 0.0).then_some(clock)
    }

    /// The calendar's own clock.
    pub fn flat() -> SeasonClock {
        SeasonClock::scaled([1.0; MONTHS])
    }

    fn scaled(index: [f64; MONTHS]) -> SeasonClock {
        let (mut speed, mut before) = ([[0.0; MONTHS]; 2], [[0.0; MONTHS]; 2]);
        for (kind, days_before) in DAYS_BEFORE.iter().enumerate() {
            let days = |month: usize| (days_before[month + 1] - days_before[month]) as f64;
            let shown: f64 = (0..MONTHS).map(|month| index[month] * days(month)).sum();
            let scale = days_before[MONTHS] as f64 / shown;
            let mut sum = 0.0;
            for month in 0..MONTHS {
                speed[kind][month] = scale * index[month];
                before[kind][month] = sum;
                sum += speed[kind][month] * days(month);
            }
        }
        SeasonClock { speed, before }
    }

    /// The index of each month from January to December: the clock's speed in a common year.
    pub fn index(&self) -> [f64; 12] {
        self.speed[0]
    }

    /// Operational days after `from_day` until `to_day` included, as a purchase model counts: a customer whose first purchase is on
    /// `from_day` may buy again on each of these days. Negative when `to_day` is the earlier one.
    pub fn elapsed(&self, from_day: i32, to_day: i32) -> f64 {
        self.at_end_of(to_day) - self.at_end_of(from_day)
    }

    /// What the clock shows at the end of a day. It agrees with the calendar at the end of every year.
    fn at_end_of(&self, day: i32) -> f64 {
        let day = i64::from(day);
        let (day_of_year, leap) = day_of_year(day);
        let kind = usize::from(leap);
        let days_before = &DAYS_BEFORE[kind];
        let month = days_before.partition_point(|before| *before <= day_of_year) - 1;
        let days = (day_of_year - days_before[month] + 1) as f64;
        (day - day_of_year) as f64 + self.before[kind][month] + self.speed[kind][month] * days
    }

    /// The clock that the observed months speak for.
    ///
    /// A month's index is its purchases against the expected ones, over all years that have it, under a Gamma prior of
    /// [`PRIOR_PURCHASES`]: (prior + observed) / (prior + expected), so that months with few purchases stay near 1, and a month that was
    /// never observed is 1. Expectations are first scaled to the observed total: what a model misses on the whole is no season.
    /// None when a month is none of the twelve, a number of purchases is none, or nothing was bought or expected.
    pub fn estimate(months: &[Month]) -> Option<SeasonClock> {
        let (mut observed, mut expected) = ([0.0; MONTHS], [0.0; MONTHS]);
        for month in months {
            let place = usize::from(month.month_of_year).checked_sub(1)?;
            let number = |it: f64| it.is_finite() && it >= 0.0;
            if place >= MONTHS || !number(month.observed) || !number(month.expected) {
                return None;
            }
            observed[place] += month.observed;
            expected[place] += month.expected;
        }
        let level = observed.iter().sum::<f64>() / expected.iter().sum::<f64>();
        if !level.is_finite() || level <= 0.0 {
            return None;
        }
        let index = |place: usize| (PRIOR_PURCHASES + observed[place]) / (PRIOR_PURCHASES + level * expected[place]);
        SeasonClock::new(std::array::from_fn(index))
    }
}

/// The day of its year, from 0, and whether that is a leap year.
fn day_of_year(day: i64) -> (i64, bool) {
    // From 2001-01-01 on leap years stand at the end of their four years, the exceptions at the end of centuries.
    const START: i64 = 11_323;
    let in_cycle = (day - START).rem_euclid(146_097);
    let century = (in_cycle / 36_524).min(3);
    let in_century = in_cycle - century * 36_524;
    let four = in_century / 1_461;
    let in_four = in_century - four * 1_461;
    let year = (in_four / 365).min(3);
    let leap = year == 3 && (four < 24 || century == 3);
    (in_four - year * 365, leap)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Days since 1970-01-01 of a first of January.
    fn new_year(year: i32) -> i32 {
        let past = year - 1;
        365 * (year - 1970) + past / 4 - past / 100 + past / 400 - (1969 / 4 - 1969 / 100 + 1969 / 400)
    }

    fn uneven() -> SeasonClock {
        let index = [1.3, 0.8, 0.9, 1.0, 1.1, 1.2, 1.4, 0.5, 1.0, 1.1, 0.9, 1.6];
        SeasonClock::new(index).expect("positive numbers")
    }

    #[test]
    fn days_of_years_are_the_calendars() {
        let mut day = new_year(1599);
        for year in 1599..2803 {
            let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            assert_eq!(new_year(year), day, "{year}");
            for number in 0..if leap { 366 } else { 365 } {
                assert_eq!(day_of_year(i64::from(day)), (number, leap), "{number} of {year}");
                day += 1;
            }
        }
        assert_eq!(new_year(1970), 0);
    }

    #[test]
    fn a_flat_clock_shows_days() {
        let flat = SeasonClock::flat();
        assert_eq!(flat.index(), [1.0; 12]);
        for (from, to) in [(0, 1), (-40_000, 60_000), (20_000, 19_000), (i32::MIN, i32::MAX)] {
            assert_eq!(flat.elapsed(from, to), f64::from(to) - f64::from(from));
        }
    }

    #[test]
    fn months_pass_at_their_speed() {
        let clock = uneven();
        let index = clock.index();
        let mean: f64 = (0..12)
            .map(|month| index[month] * (DAYS_BEFORE[0][month + 1] - DAYS_BEFORE[0][month]) as f64 / 365.0)
            .sum();
        assert!((mean - 1.0).abs() < 1e-15);
        // Of 2023: from the last day of a month to the last of the next.
        let january = new_year(2023);
        for (days, index) in DAYS_BEFORE[0].windows(2).zip(index) {
            let (from, to) = (january - 1 + days[0] as i32, january - 1 + days[1] as i32);
            let shown = clock.elapsed(from, to);
            assert!((shown - index * f64::from(to - from)).abs() < 1e-9);
        }
        // The day after the first purchase is the first that counts: from 31 December it is one of January's.
        assert!((clock.elapsed(january - 1, january) - index[0]).abs() < 1e-9);
        assert!((clock.elapsed(january - 2, january - 1) - index[11]).abs() < 1e-9);
    }

    #[test]
    fn whole_years_are_as_long_as_the_calendars() {
        let clock = uneven();
        for year in [1999, 2000, 2023, 2024] {
            let (from, to) = (new_year(year) - 1, new_year(year + 1) - 1);
            assert_eq!(clock.elapsed(from, to), f64::from(to - from));
        }
        // From the middle of a year to the middle of the next, both common.
        assert!((clock.elapsed(new_year(2022) + 140, new_year(2023) + 140) - 365.0).abs() < 1e-9);
    }

    #[test]
    fn an_index_that_is_no_speed_is_refused() {
        for wrong in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            let mut index = [1.0; 12];
            index[4] = wrong;
            assert_eq!(SeasonClock::new(index), None);
        }
        // So far apart that some months would stand still.
        let mut index = [1e-300; 12];
        index[0] = 1e300;
        assert_eq!(SeasonClock::new(index), None);
    }

    #[test]
    fn an_estimate_calculated_by_hand() {
        let month = |month_of_year, observed, expected| Month {
            month_of_year,
            observed,
            expected,
        };
        // As many observed as expected; December twice the expectation of two years, August half.
        let months = [
            month(12, 90.0, 50.0),
            month(12, 110.0, 50.0),
            month(8, 100.0, 200.0),
            month(6, 10.0, 10.0),
        ];
        let found = SeasonClock::estimate(&months).expect("purchases").index();
        let (december, august) = (225.0 / 125.0, 125.0 / 225.0);
        for (month, expected) in [(11, december), (7, august), (5, 1.0)] {
            let ratio = found[month] / found[0];
            assert!((ratio - expected).abs() < 1e-12, "{ratio} is not {expected}");
        }
        // A model that is wrong by half says nothing of seasons.
        let doubled = months.map(|it| month(it.month_of_year, it.observed, 2.0 * it.expected));
        for (found, expected) in SeasonClock::estimate(&doubled)
            .expect("purchases")
            .index()
            .iter()
            .zip(found)
        {
            assert!((found - expected).abs() < 1e-12);
        }
        for wrong in [
            month(0, 1.0, 1.0),
            month(13, 1.0, 1.0),
            month(1, -1.0, 1.0),
            month(1, 1.0, f64::NAN),
        ] {
            assert_eq!(SeasonClock::estimate(&[wrong, month(2, 1.0, 1.0)]), None);
        }
        assert_eq!(SeasonClock::estimate(&[]), None);
        assert_eq!(SeasonClock::estimate(&[month(1, 0.0, 5.0)]), None);
        assert_eq!(SeasonClock::estimate(&[month(1, 5.0, 0.0)]), None);
    }

    proptest! {
        #[test]
        fn time_adds_up_and_goes_forward(
            index in prop::array::uniform12(0.1_f64..5.0),
            mut days in prop::array::uniform3(-200_000_i32..200_000),
        ) {
            let clock = SeasonClock::new(index).expect("positive numbers");
            days.sort_unstable();
            let [from, between, to] = days;
            let (first, second) = (clock.elapsed(from, between), clock.elapsed(between, to));
            prop_assert!((first + second - clock.elapsed(from, to)).abs() < 1e-8);
            prop_assert_eq!(first, -clock.elapsed(between, from));
            prop_assert_eq!(first > 0.0, between > from);
            // A day at a time it is the same.
            let steps: f64 = (from..from + 800).map(|day| clock.elapsed(day, day + 1)).sum();
            prop_assert!((steps - clock.elapsed(from, from + 800)).abs() < 1e-7);
        }
    }
}
