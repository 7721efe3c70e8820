//! How the draw of a store falls with the distance to it: four forms, each with one coefficient.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// A form of distance decay. The factor of a store is `exp(coefficient * transform(distance))`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decay {
    /// d^coefficient: Huff's own (1962).
    Power,
    /// exp(coefficient d): each further kilometre or minute costs the same share.
    Exponential,
    /// exp(coefficient sqrt d): between the two.
    SqrtExponential,
    /// exp(coefficient d^2): flat near the store, then steep.
    Gaussian,
}

/// A name that is no form of decay.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{name}` is no form of distance decay; choose among power, exponential, sqrt-exponential and gaussian")]
pub struct UnknownDecay {
    /// What was given.
    pub name: String,
}

impl Decay {
    /// All forms.
    pub const ALL: [Decay; 4] = [
        Decay::Power,
        Decay::Exponential,
        Decay::SqrtExponential,
        Decay::Gaussian,
    ];

    /// What the coefficient multiplies: ln d, d, sqrt d or d^2, for a distance from 0 in any unit.
    ///
    /// At distance 0 a power has no value: the logarithm is minus infinity.
    ///
    /// ```
    /// use chalandise_analytics::network::huff::Decay;
    /// let factor = (-2.2 * Decay::Power.transform(3.0)).exp();
    /// assert!((factor - 3.0_f64.powf(-2.2)).abs() < 1e-15);
    /// ```
    pub fn transform(self, distance: f64) -> f64 {
        match self {
            Decay::Power => distance.ln(),
            Decay::Exponential => distance,
            Decay::SqrtExponential => distance.sqrt(),
            Decay::Gaussian => distance * distance,
        }
    }

    /// Name on the command line, in tables and in files.
    pub fn name(self) -> &'static str {
        match self {
            Decay::Power => "power",
            Decay::Exponential => "exponential",
            Decay::SqrtExponential => "sqrt-exponential",
            Decay::Gaussian => "gaussian",
        }
    }
}

impl fmt::Display for Decay {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

impl FromStr for Decay {
    type Err = UnknownDecay;

    fn from_str(name: &str) -> Result<Decay, UnknownDecay> {
        let found = Decay::ALL.into_iter().find(|decay| decay.name() == name);
        found.ok_or_else(|| UnknownDecay { name: name.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back() {
        for decay in Decay::ALL {
            assert_eq!(decay.to_string().parse(), Ok(decay));
        }
        let unknown = "linear".parse::<Decay>().expect_err("no such form");
        assert!(unknown.to_string().starts_with("`linear` is no form"));
    }

    #[test]
    fn each_form_has_its_transform() {
        let at_four = Decay::ALL.map(|decay| decay.transform(4.0));
        assert_eq!(at_four, [4.0_f64.ln(), 4.0, 2.0, 16.0]);
    }
}
