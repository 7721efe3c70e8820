//! Law "sales channel": store, web, post or phone, with a web share that grows over the years.

use chrono::{Datelike, NaiveDate};
use serde_json::{Value, json};

use crate::laws::seasonality::is_closed_day;
use crate::stream::{Stream, key};

const CHANNEL: u64 = key("sales channel");
const HABIT: u64 = key("sales channel/habit");

/// Share of orders that follow the customer's own habit; the others are drawn afresh.
const HABIT_STRENGTH: f64 = 0.72;

/// Sales channel of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    /// In a store.
    Store,
    /// In the web shop.
    Web,
    /// By post, with the catalogue's order form.
    Post,
    /// By telephone.
    Phone,
}

impl Channel {
    /// Number in a packed record.
    pub fn code(self) -> u8 {
        self as u8
    }

    /// The lake's word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Store => "store",
            Self::Web => "web",
            Self::Post => "post",
            Self::Phone => "phone",
        }
    }

    /// The channel of a packed number.
    pub fn from_code(code: u8) -> Self {
        match code & 3 {
            0 => Self::Store,
            1 => Self::Web,
            2 => Self::Post,
            _ => Self::Phone,
        }
    }
}

/// Shares of web, post and phone in orders on a day; the store has the rest.
pub fn shares(day: NaiveDate) -> (f64, f64, f64) {
    let year = f64::from(day.year()) + f64::from(day.ordinal0()) / 365.25;
    let web = 0.22 + 0.19 / (1.0 + (-(year - 2024.8) / 1.3).exp());
    let fading = (-(year - 2024.0) / 9.0).exp();
    (web, 0.040 * fading, 0.032 * fading)
}

/// The customer's habit, uniform on [0, 1).
pub fn habit(seed: u64, customer: u32) -> f64 {
    Stream::new(seed, HABIT, u64::from(customer)).unit()
}

/// The channel of an order. With the law off every order is made in a store.
pub fn choose(seed: u64, on: bool, habit: f64, order: u64, day: NaiveDate) -> Channel {
    if !on {
        return Channel::Store;
    }
    let mut stream = Stream::new(seed, CHANNEL, order);
    let own = stream.chance(HABIT_STRENGTH);
    let fresh = stream.unit();
    let at = if own { habit } else { fresh };
    let (web, post, phone) = shares(day);
    if at < web || is_closed_day(day) {
        Channel::Web
    } else if at >= 1.0 - phone {
        Channel::Phone
    } else if at >= 1.0 - phone - post {
        Channel::Post
    } else {
        Channel::Store
    }
}

/// Parameters, for truth.json.
pub fn parameters(on: bool, first: NaiveDate, last: NaiveDate) -> Value {
    let at = |day: NaiveDate| {
        let (web, post, phone) = shares(day);
        json!({"day": day.to_string(), "store": 1.0 - web - post - phone, "web": web, "post": post, "phone": phone})
    };
    json!({
        "on": on,
        "habit_strength": HABIT_STRENGTH,
        "web_share": "0.22 + 0.19 / (1 + exp(-(year - 2024.8) / 1.3))",
        "post_share": "0.040 exp(-(year - 2024) / 9)",
        "phone_share": "0.032 exp(-(year - 2024) / 9)",
        "at_start": at(first),
        "at_end": at(last),
        "closed_days": "all orders of closed days go to the web shop",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_of_orders_follow_the_law() {
        let day = NaiveDate::from_ymd_opt(2025, 5, 14).expect("a date");
        let (web, post, phone) = shares(day);
        let n = 40_000_u32;
        let mut counts = [0_u32; 4];
        for customer in 0..n {
            let channel = choose(5, true, habit(5, customer), u64::from(customer), day);
            counts[usize::from(channel.code())] += 1;
        }
        for (code, share) in [(1, web), (2, post), (3, phone)] {
            let seen = f64::from(counts[code]) / f64::from(n);
            let deviation = (share * (1.0 - share) / f64::from(n)).sqrt();
            assert!((seen - share).abs() < 4.5 * deviation, "{code}: {seen} {share}");
        }
    }

    #[test]
    fn stores_sell_nothing_on_closed_days_and_the_web_grows() {
        let christmas = NaiveDate::from_ymd_opt(2025, 12, 25).expect("a date");
        for order in 0..500 {
            assert_ne!(choose(1, true, 0.6, order, christmas), Channel::Store);
        }
        let first = NaiveDate::from_ymd_opt(2023, 11, 1).expect("a date");
        let last = NaiveDate::from_ymd_opt(2026, 10, 31).expect("a date");
        assert!(shares(last).0 > shares(first).0 + 0.08);
    }
}
