//! What is assumed where the lake has no figure, and how each assumption is spelled.

use serde::{Deserialize, Serialize};

/// What a plan assumes; none where the caller's own figure (estimated from the lake, or a default that it shows) stands.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assumptions {
    /// Gross margin as a fraction of net revenue, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub margin_rate: Option<f64>,
    /// Web revenue won (or lost) for each unit of money that stores win (or lose) in the same cells, -1 to 2; 0 is no effect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub web_effect: Option<f64>,
    /// Fraction of a closed store's revenue that stays with the web shop, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub web_kept: Option<f64>,
    /// Fixed cost a year of an opening that states none, in the lake's currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fixed_cost: Option<f64>,
    /// What an opening that states none costs once, in the lake's currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub investment: Option<f64>,
    /// First year's revenue of an opening as a fraction of a grown store's, 0 to 2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_year_ramp: Option<f64>,
}

/// How one assumption is spelled and bounded.
pub struct Assumed {
    /// Field of [`Assumptions`], also in JSON.
    pub name: &'static str,
    /// Key in an address. It differs from the name where the address carries percent and JSON a fraction.
    pub key: &'static str,
    /// Whether the address carries percent.
    pub percent: bool,
    /// Smallest value, as JSON spells it.
    pub least: f64,
    /// Largest value, as JSON spells it.
    pub most: f64,
    /// Steps to which one whole is rounded.
    pub(super) steps: f64,
    /// The field to be read.
    pub get: fn(&Assumptions) -> Option<f64>,
    pub(super) field: fn(&mut Assumptions) -> &mut Option<f64>,
}

/// Steps of rates and factors.
const FINE: f64 = 1e6;
/// Most money of a store.
pub(super) const MOST_MONEY: f64 = 1e9;
/// Steps of money: cents.
pub(super) const CENTS: f64 = 100.0;

/// All assumptions, in the order in which addresses and pages print them.
pub const ASSUMED: &[Assumed] = &[
    Assumed {
        name: "margin_rate",
        key: "margin",
        percent: true,
        least: 0.0,
        most: 1.0,
        steps: FINE,
        get: |assumptions| assumptions.margin_rate,
        field: |assumptions| &mut assumptions.margin_rate,
    },
    Assumed {
        name: "web_effect",
        key: "web",
        percent: true,
        least: -1.0,
        most: 2.0,
        steps: FINE,
        get: |assumptions| assumptions.web_effect,
        field: |assumptions| &mut assumptions.web_effect,
    },
    Assumed {
        name: "web_kept",
        key: "kept",
        percent: true,
        least: 0.0,
        most: 1.0,
        steps: FINE,
        get: |assumptions| assumptions.web_kept,
        field: |assumptions| &mut assumptions.web_kept,
    },
    Assumed {
        name: "fixed_cost",
        key: "fixed_cost",
        percent: false,
        least: 0.0,
        most: MOST_MONEY,
        steps: CENTS,
        get: |assumptions| assumptions.fixed_cost,
        field: |assumptions| &mut assumptions.fixed_cost,
    },
    Assumed {
        name: "investment",
        key: "investment",
        percent: false,
        least: 0.0,
        most: MOST_MONEY,
        steps: CENTS,
        get: |assumptions| assumptions.investment,
        field: |assumptions| &mut assumptions.investment,
    },
    Assumed {
        name: "first_year_ramp",
        key: "ramp",
        percent: true,
        least: 0.0,
        most: 2.0,
        steps: FINE,
        get: |assumptions| assumptions.first_year_ramp,
        field: |assumptions| &mut assumptions.first_year_ramp,
    },
];
