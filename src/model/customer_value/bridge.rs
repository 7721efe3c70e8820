//! From last year's value of the base to this year's: what new customers brought, what was kept, what was lost.
//!
//! Both days are valued by the models in use now, so that the bridge shows what customers did and not how estimates moved. In cents,
//! each customer's CLV rounded as in `customer_value`: the parts add up to the cent. For a customer of both days with discounted
//! purchases P and margin m of each, the change P'm' - P m falls into P'(m' - m), the change of spend, and (P' - P) m, which is
//! *retained* when he bought within the year and *lost* when he did not.

use std::collections::{BTreeMap, HashMap};

use arrow::datatypes::Date32Type;
use chrono::{Datelike, NaiveDate};

use super::histories::{Group, Known, days_since_epoch};
use super::value::Worth;

/// The parts, in the order of a chart: both ends and what lies between.
pub(super) const PARTS: [&str; 6] = [
    "last_year",
    "new_customers",
    "retained_value",
    "lost_value",
    "spend_change",
    "this_year",
];

#[derive(Clone, Copy)]
enum Part {
    LastYear,
    New,
    Retained,
    Lost,
    Spend,
    ThisYear,
}

/// A row of the table: part, cohort and group with its amount.
pub(super) struct Row {
    pub(super) part: &'static str,
    /// First day of the month of the first purchase.
    pub(super) cohort_on: i32,
    pub(super) group: Group,
    pub(super) customers: i64,
    pub(super) cents: i64,
}

/// Sums by part, cohort and place of the group.
#[derive(Default)]
struct Sums(HashMap<(usize, i32, u32), (i64, i64)>);

impl Sums {
    fn add(&mut self, part: Part, (cohort, group): (i32, u32), cents: i64) {
        let (customers, sum) = self.0.entry((part as usize, cohort, group)).or_default();
        *customers += 1;
        *sum += cents;
    }
}

/// The bridge between two days; a customer counts in the group that he is in now, and one who is gone, since his only orders were
/// refunded, in the one that he was in.
pub(super) fn bridge(then: (&Known, &[Option<Worth>]), now: (&Known, &[Option<Worth>])) -> Vec<Row> {
    let (mut sums, mut of_gone) = (Sums::default(), Sums::default());
    let begin = days_since_epoch(then.0.as_of);
    let mut places: HashMap<u64, usize> = then.0.keys.iter().copied().zip(0..).collect();
    for (index, key) in now.0.keys.iter().enumerate() {
        let known_before = places.remove(key);
        let before = known_before.and_then(|place| then.1[place]);
        let worth = now.1[index];
        let place = (cohort(now.0.first_on[index]), now.0.group_of[index]);
        let (was, is) = (cents(before), cents(worth));
        sums.add(Part::ThisYear, place, is);
        if known_before.is_none() {
            sums.add(Part::New, place, is);
            continue;
        }
        sums.add(Part::LastYear, place, was);
        // Where a mean of spend is missing on one of the days, nothing tells spend from purchases.
        let both = worth.zip(before);
        let spend = both.map_or(0, |(worth, before)| {
            in_cents(worth.purchases * (worth.margin - before.margin))
        });
        sums.add(Part::Spend, place, spend);
        let bought = now.0.last_on[index] > begin;
        let part = if bought { Part::Retained } else { Part::Lost };
        sums.add(part, place, is - was - spend);
    }
    for (index, key) in then.0.keys.iter().enumerate() {
        if places.contains_key(key) {
            let place = (cohort(then.0.first_on[index]), then.0.group_of[index]);
            let was = cents(then.1[index]);
            of_gone.add(Part::LastYear, place, was);
            of_gone.add(Part::Lost, place, -was);
        }
    }
    let mut named: BTreeMap<(usize, i32, &Group), (i64, i64)> = BTreeMap::new();
    for (known, sums) in [(now.0, sums), (then.0, of_gone)] {
        for ((part, cohort, group), (customers, cents)) in sums.0 {
            let sum = named.entry((part, cohort, &known.groups[group as usize])).or_default();
            sum.0 += customers;
            sum.1 += cents;
        }
    }
    let rows = named.into_iter();
    rows.map(|((part, cohort_on, group), (customers, cents))| Row {
        part: PARTS[part],
        cohort_on,
        group: group.clone(),
        customers,
        cents,
    })
    .collect()
}

fn cents(worth: Option<Worth>) -> i64 {
    worth.map_or(0, |worth| in_cents(worth.clv()))
}

fn in_cents(amount: f64) -> i64 {
    (amount * 100.0).round() as i64
}

/// The first day of a day's month.
pub(super) fn cohort(day: i32) -> i32 {
    let first = Date32Type::to_naive_date_opt(day).and_then(|day| NaiveDate::from_ymd_opt(day.year(), day.month(), 1));
    first.map_or(day, days_since_epoch)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(as_of: i32, customers: &[(u64, i32, i32)]) -> Known {
        let mut known = Known::empty(Date32Type::to_naive_date_opt(as_of).unwrap());
        for (key, first, last) in customers {
            known.keys.push(*key);
            known.first_on.push(*first);
            known.last_on.push(*last);
            known.group_of.push(0);
        }
        known.groups.push(Group {
            region: None,
            preferred_channel: Some("web".into()),
            first_channel: Some("web".into()),
        });
        known
    }

    fn worth(purchases: f64, margin: f64) -> Option<Worth> {
        Some(Worth { purchases, margin })
    }

    #[test]
    fn parts_add_up_to_the_cent() {
        // 1 buys on and spends more, 2 is silent, 3 was refunded, 4 is new.
        let then = known(1_000, &[(1, 100, 900), (2, 100, 800), (3, 200, 200)]);
        let now = known(1_364, &[(1, 100, 1_300), (2, 100, 800), (4, 1_200, 1_200)]);
        let (before, after) = (
            [worth(2.0, 10.0), worth(1.5, 20.006), worth(1.0, 5.0)],
            [worth(2.5, 12.0), worth(0.5, 20.006), worth(1.0, 8.004)],
        );
        let rows = bridge((&then, &before), (&now, &after));
        let sum = |part: &str| -> i64 { rows.iter().filter(|row| row.part == part).map(|row| row.cents).sum() };
        assert_eq!(sum("last_year"), 2_000 + 3_001 + 500);
        assert_eq!(sum("new_customers"), 800);
        assert_eq!(sum("retained_value"), 500);
        assert_eq!(sum("spend_change"), 500);
        assert_eq!(sum("lost_value"), 1_000 - 3_001 - 500);
        assert_eq!(sum("this_year"), 3_000 + 1_000 + 800);
        let between: i64 = PARTS[..5].iter().map(|part| sum(part)).sum();
        assert_eq!(between, sum("this_year"));
    }
}
