//! Law "mailings": catalogues and letters to segments by recency and frequency, household-randomised holdouts, and
//! the orders that a mailing truly adds.
//!
//! A household of a chosen segment is in the test cell (mailed) or in the control cell (held out) by a draw of its
//! own per campaign. Only test households make extra orders; how many per mailed household is the segment's true
//! lift, written to truth.json. Everything else that a matchback would credit is chance.

use chrono::{Datelike, Days, NaiveDate, Weekday};
use serde_json::{Value, json};

use crate::stream::{Stream, key};

const CAMPAIGN: u64 = key("mailings");
const SELECTION: u64 = key("mailings/selection");
const RESPONSE: u64 = key("mailings/response");
const CAPTURE: u64 = key("mailings/key code");

/// Share of selected households that is held out.
pub const HOLDOUT_SHARE: f64 = 0.10;
/// Mean delay (days) of a response after the piece is in home, before cutting at the window's end.
pub const RESPONSE_DELAY_DAYS: f64 = 11.0;
/// Days between the selection of addresses and the drop.
pub const SELECTION_LEAD_DAYS: u64 = 18;
/// Days by which the second wave of a catalogue is later.
pub const SECOND_WAVE_DAYS: u64 = 4;

/// Segments, by the recency of the household's last order and its number of orders.
pub const SEGMENTS: [&str; 9] = ["R1F1", "R1F2", "R1F3", "R2F1", "R2F2", "R2F3", "R3F1", "R3F2", "R3F3"];
/// Longest recency, in days, of R1, R2 and R3.
pub const RECENCY_DAYS: [i32; 3] = [182, 365, 730];
/// Fewest orders of F2 and F3.
pub const FREQUENCY_ORDERS: [u32; 2] = [2, 6];

/// Share of a segment's households that a catalogue selects.
const DEPTH: [f64; 9] = [0.20, 0.40, 0.85, 0.14, 0.30, 0.65, 0.06, 0.14, 0.35];
/// Orders that a catalogue adds per mailed household, by segment.
const LIFT: [f64; 9] = [0.022, 0.038, 0.068, 0.016, 0.028, 0.050, 0.008, 0.015, 0.026];

/// Kind of piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Medium {
    /// Catalogue.
    Catalogue,
    /// Letter.
    Letter,
}

impl Medium {
    /// Word used in files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Catalogue => "catalogue",
            Self::Letter => "letter",
        }
    }

    fn letter(self) -> char {
        match self {
            Self::Catalogue => 'C',
            Self::Letter => 'L',
        }
    }

    fn strength(self) -> f64 {
        match self {
            Self::Catalogue => 1.0,
            Self::Letter => 0.62,
        }
    }

    fn reach(self) -> f64 {
        match self {
            Self::Catalogue => 1.0,
            Self::Letter => 0.45,
        }
    }
}

/// A mailing.
#[derive(Debug, Clone)]
pub struct Campaign {
    /// Id such as `CAT-2024-03`; also its file's name.
    pub id: String,
    /// Name.
    pub name: String,
    /// Kind.
    pub medium: Medium,
    /// Day on which the files were drawn up.
    pub selected_on: NaiveDate,
    /// Day of the drop.
    pub dropped_on: NaiveDate,
    /// Day in home of the first wave.
    pub in_home_on: NaiveDate,
    /// Cost of a piece, in thousandths of a euro.
    pub unit_cost_thousandths: u32,
    /// Fixed cost, in cents.
    pub fixed_cost_cents: i64,
    /// Days of the matchback window.
    pub window_days: u32,
    /// Strength against a usual mailing of its kind.
    pub strength: f64,
}

impl Campaign {
    /// Orders added per mailed household of a segment.
    pub fn lift(&self, segment: usize) -> f64 {
        LIFT[segment] * self.medium.strength() * self.strength
    }

    /// Share of a segment's households selected.
    pub fn depth(&self, segment: usize) -> f64 {
        DEPTH[segment] * self.medium.reach()
    }

    /// Key code printed on the order form of a segment.
    pub fn key_code(&self, segment: usize) -> String {
        format!(
            "{}{}{}",
            self.dropped_on.format("%y%m"),
            self.medium.letter(),
            SEGMENTS[segment]
        )
    }

    /// Day in home of a wave (1 or 2).
    pub fn in_home_of(&self, wave: u8) -> NaiveDate {
        self.in_home_on + Days::new(if wave == 2 { SECOND_WAVE_DAYS } else { 0 })
    }
}

const SEASON: [(u32, Medium, &str, u32); 5] = [
    (1, Medium::Letter, "Soldes d’hiver", 35),
    (3, Medium::Catalogue, "Catalogue printemps", 60),
    (6, Medium::Letter, "Soldes d’été", 35),
    (9, Medium::Catalogue, "Catalogue automne", 60),
    (11, Medium::Letter, "Noël à la maison", 45),
];

/// The campaigns of the window, in order of their drop.
pub fn campaigns(seed: u64, start: NaiveDate, end: NaiveDate) -> Vec<Campaign> {
    let mut campaigns = Vec::new();
    for year in start.year()..=end.year() {
        for (month, medium, name, window_days) in SEASON {
            let first = if month == 1 { 1 } else { 2 };
            let Some(dropped_on) = NaiveDate::from_weekday_of_month_opt(year, month, Weekday::Mon, first) else {
                continue;
            };
            let in_home_on = dropped_on + Days::new(3);
            if dropped_on < start || in_home_on + Days::new(21) > end {
                continue;
            }
            let entity = u64::from(year as u32) * 100 + u64::from(month);
            let mut stream = Stream::new(seed, CAMPAIGN, entity);
            let strength = (0.12 * stream.normal()).exp();
            let catalogue = medium == Medium::Catalogue;
            let prefix = if catalogue { "CAT" } else { "LET" };
            campaigns.push(Campaign {
                id: format!("{prefix}-{year}-{month:02}"),
                name: format!("{name} {year}"),
                medium,
                selected_on: dropped_on - Days::new(SELECTION_LEAD_DAYS),
                dropped_on,
                in_home_on,
                unit_cost_thousandths: if catalogue { 1_180 } else { 690 } + stream.below(60) as u32,
                fixed_cost_cents: if catalogue { 1_450_000 } else { 380_000 } + stream.below(90) as i64 * 1_000,
                window_days,
                strength,
            });
        }
    }
    campaigns
}

/// The segment of a household: days since its last order and its number of orders.
pub fn segment(recency_days: i32, orders: u32) -> Option<usize> {
    let recency = RECENCY_DAYS.iter().position(|longest| recency_days <= *longest)?;
    let frequency = FREQUENCY_ORDERS.iter().filter(|fewest| orders >= **fewest).count();
    (orders > 0).then_some(recency * 3 + frequency)
}

/// What the draw says about a household and a campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Selection {
    /// Mailed (test) or held out (control).
    pub test: bool,
    /// Wave, 1 or 2.
    pub wave: u8,
}

fn entity(campaign: usize, id: u32) -> u64 {
    (campaign as u64) << 40 | u64::from(id)
}

/// Whether a household of a segment is selected, and into which cell.
pub fn select(seed: u64, campaign: &Campaign, number: usize, household: u32, segment: usize) -> Option<Selection> {
    let mut stream = Stream::new(seed, SELECTION, entity(number, household));
    let selected = stream.chance(campaign.depth(segment));
    let test = !stream.chance(HOLDOUT_SHARE);
    let second = stream.chance(0.5) && campaign.medium == Medium::Catalogue;
    selected.then_some(Selection {
        test,
        wave: if second { 2 } else { 1 },
    })
}

/// The extra order of a mailed household, if it makes one: days after the piece is in home, and the stream for the
/// order's value.
pub fn response(
    seed: u64,
    campaign: &Campaign,
    number: usize,
    household: u32,
    segment: usize,
) -> Option<(u32, Stream)> {
    let mut stream = Stream::new(seed, RESPONSE, entity(number, household));
    let answers = stream.chance(campaign.lift(segment));
    // Exponential delay, cut at the window's end by inverting the cut distribution.
    let whole = 1.0 - (-f64::from(campaign.window_days) / RESPONSE_DELAY_DAYS).exp();
    let delay = -RESPONSE_DELAY_DAYS * (1.0 - stream.unit() * whole).ln();
    answers.then_some((delay as u32, stream))
}

/// Chance that an order in the window gives its key code, by channel (store, web, post, phone).
const CAPTURE_ORGANIC: [f64; 4] = [0.06, 0.07, 0.60, 0.40];
const CAPTURE_LIFT: [f64; 4] = [0.30, 0.35, 0.90, 0.75];

/// Whether an order's key code is captured.
pub fn is_code_captured(seed: u64, order: u64, channel: usize, lift: bool) -> bool {
    let chances = if lift { CAPTURE_LIFT } else { CAPTURE_ORGANIC };
    Stream::new(seed, CAPTURE, order).chance(chances[channel])
}

/// Counts of one campaign and segment, for truth.json.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Households mailed.
    pub test: u64,
    /// Households held out.
    pub control: u64,
    /// Extra orders made inside the data.
    pub extra_orders: u64,
    /// Their net revenue, in cents.
    pub extra_cents: i64,
}

/// Parameters and outcomes, for truth.json; `outcomes[campaign][segment]`.
pub fn parameters(on: bool, campaigns: &[Campaign], outcomes: &[[Outcome; 9]]) -> Value {
    let campaign = |(campaign, outcomes): (&Campaign, &[Outcome; 9])| {
        let segments: Vec<Value> = outcomes
            .iter()
            .enumerate()
            .map(|(segment, outcome)| {
                json!({
                    "segment": SEGMENTS[segment],
                    "key_code": campaign.key_code(segment),
                    "share_selected": campaign.depth(segment),
                    "true_lift_orders_per_mailed_household": campaign.lift(segment),
                    "households_mailed": outcome.test,
                    "households_held_out": outcome.control,
                    "extra_orders": outcome.extra_orders,
                    "extra_revenue": crate::write::text::money(outcome.extra_cents),
                })
            })
            .collect();
        json!({
            "campaign_id": campaign.id,
            "medium": campaign.medium.word(),
            "selected_on": campaign.selected_on.to_string(),
            "in_home_on": campaign.in_home_on.to_string(),
            "matchback_window_days": campaign.window_days,
            "strength": campaign.strength,
            "segments": segments,
        })
    };
    json!({
        "on": on,
        "holdout_share": HOLDOUT_SHARE,
        "randomised_by": "household and campaign",
        "response_delay_days_mean_before_cut": RESPONSE_DELAY_DAYS,
        "second_wave_days_later": SECOND_WAVE_DAYS,
        "recency_days_at_most": RECENCY_DAYS,
        "frequency_orders_at_least": FREQUENCY_ORDERS,
        "key_code_captured_store_web_post_phone": {"organic": CAPTURE_ORGANIC, "lift": CAPTURE_LIFT},
        "campaigns": campaigns.iter().zip(outcomes).map(campaign).collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    #[test]
    fn three_years_hold_fifteen_campaigns_with_distinct_codes() {
        let campaigns = campaigns(1, date("2023-11-01"), date("2026-10-31"));
        assert_eq!(campaigns.len(), 15);
        let codes: std::collections::BTreeSet<String> = campaigns
            .iter()
            .flat_map(|campaign| (0..9).map(|segment| campaign.key_code(segment)))
            .collect();
        assert_eq!(codes.len(), 15 * 9);
        assert!(campaigns.windows(2).all(|pair| pair[0].dropped_on < pair[1].dropped_on));
    }

    #[test]
    fn segments_cut_where_they_say() {
        assert_eq!(segment(182, 1), Some(0));
        assert_eq!(segment(183, 6), Some(5));
        assert_eq!(segment(730, 3), Some(7));
        assert_eq!(segment(731, 3), None);
        assert_eq!(segment(10, 0), None);
    }

    #[test]
    fn a_tenth_of_the_selected_households_is_held_out() {
        let campaign = &campaigns(1, date("2023-11-01"), date("2026-10-31"))[1];
        let cells: Vec<Selection> = (0..60_000)
            .filter_map(|household| select(1, campaign, 1, household, 2))
            .collect();
        let held = cells.iter().filter(|cell| !cell.test).count() as f64 / cells.len() as f64;
        assert!((held - HOLDOUT_SHARE).abs() < 0.006, "{held}");
    }

    #[test]
    fn responses_come_at_the_rate_of_the_lift_and_inside_the_window() {
        let campaign = &campaigns(1, date("2023-11-01"), date("2026-10-31"))[3];
        let n = 100_000_u32;
        let delays: Vec<u32> = (0..n)
            .filter_map(|household| response(1, campaign, 3, household, 5))
            .map(|(delay, _)| delay)
            .collect();
        assert!(delays.iter().all(|delay| *delay < campaign.window_days));
        let rate = delays.len() as f64 / f64::from(n);
        let lift = campaign.lift(5);
        assert!((rate - lift).abs() < 4.5 * (lift / f64::from(n)).sqrt());
    }
}
