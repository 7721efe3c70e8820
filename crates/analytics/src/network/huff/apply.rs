//! What given coefficients make of given stores: who goes where.

use thiserror::Error;

use super::decay::Decay;

/// Why shares cannot be computed. Places count from 0 in the order given.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum ApplyError {
    /// A slice is not as long as the others say.
    #[error("{what}: {found} given, {needed} needed")]
    Length {
        /// Which slice.
        what: &'static str,
        /// Its length.
        found: usize,
        /// The length that fits.
        needed: usize,
    },
    /// An exponent or the coefficient of the distance is no number.
    #[error("a coefficient is {value}; it must be a number between -1e6 and 1e6")]
    Coefficient {
        /// Its value.
        value: f64,
    },
    /// The outside option's utility is no amount.
    #[error("the utility of the outside option is {value}; it must be a number from 0")]
    Outside {
        /// Its value.
        value: f64,
    },
    /// An attraction that no exponent can be applied to.
    #[error("store {store}: attraction {attraction} is {value}; it must be a number from 0")]
    Attraction {
        /// The store.
        store: usize,
        /// Which of its attractions.
        attraction: usize,
        /// Its value.
        value: f64,
    },
    /// An attraction of 0 under an exponent below 0: the store would draw everybody.
    #[error(
        "store {store}: attraction {attraction} is 0 and its exponent is below 0; give the store a small attraction"
    )]
    NoAttraction {
        /// The store.
        store: usize,
        /// Which of its attractions.
        attraction: usize,
    },
    /// A market that is no amount.
    #[error("origin {origin}: its market is {value}; it must be a number from 0")]
    Market {
        /// The origin.
        origin: usize,
        /// Its market.
        value: f64,
    },
    /// A distance that is none.
    #[error("origin {origin}, store {store}: the distance is {value}; it must be a number from 0")]
    Distance {
        /// The origin.
        origin: usize,
        /// The store.
        store: usize,
        /// The distance.
        value: f64,
    },
    /// A distance of 0 under a power.
    #[error(
        "origin {origin}, store {store}: the distance is 0, which a power cannot take; give the least distance that makes sense, \
         such as 0.1 km, or take another form of decay"
    )]
    NoDistance {
        /// The origin.
        origin: usize,
        /// The store.
        store: usize,
    },
}

/// Largest coefficient, so that no utility is beyond numbers.
const LARGEST_COEFFICIENT: f64 = 1e6;

/// Huff's model with its coefficients.
#[derive(Clone, Debug, PartialEq)]
pub struct Huff {
    exponents: Vec<f64>,
    decay: Decay,
    coefficient: f64,
    /// Logarithm of the outside option's utility.
    ln_outside: Option<f64>,
}

/// Who goes where: rows are origins, columns are stores.
#[derive(Clone, Debug, PartialEq)]
pub struct Flows {
    /// Number of stores.
    pub stores: usize,
    /// Flow of each pair, in the markets' unit, one origin after the other.
    pub flows: Vec<f64>,
    /// What of each origin's market goes to no store.
    pub outside: Vec<f64>,
}

impl Flows {
    /// What each store gets, in the order of the stores.
    pub fn totals(&self) -> Vec<f64> {
        let mut totals = vec![0.0; self.stores];
        for origin in self.flows.chunks(self.stores.max(1)) {
            totals.iter_mut().zip(origin).for_each(|(total, flow)| *total += flow);
        }
        totals
    }
}

impl Huff {
    /// A model from an exponent for each attraction, the coefficient of the transformed distance (below 0 where distance repels)
    /// and, where customers may go to none of the stores, the utility of that option beside the sum of the stores' utilities.
    ///
    /// # Errors
    /// [`ApplyError::Coefficient`], [`ApplyError::Outside`].
    pub fn new(exponents: Vec<f64>, decay: Decay, coefficient: f64, outside: Option<f64>) -> Result<Huff, ApplyError> {
        for value in exponents.iter().copied().chain([coefficient]) {
            if !(-LARGEST_COEFFICIENT..=LARGEST_COEFFICIENT).contains(&value) {
                return Err(ApplyError::Coefficient { value });
            }
        }
        if let Some(value) = outside.filter(|value| !value.is_finite() || *value < 0.0) {
            return Err(ApplyError::Outside { value });
        }
        Ok(Huff {
            exponents,
            decay,
            coefficient,
            ln_outside: outside.map(f64::ln),
        })
    }

    /// Logarithm of what each store draws at no distance, from its attractions (one row a store); minus infinity for a store that
    /// lacks one, which draws nobody.
    ///
    /// # Errors
    /// [`ApplyError::Length`], [`ApplyError::Attraction`], [`ApplyError::NoAttraction`].
    pub fn ln_attractions(&self, stores: usize, attractions: &[f64]) -> Result<Vec<f64>, ApplyError> {
        let width = self.exponents.len();
        length("attractions", attractions.len(), stores * width)?;
        let mut logs = vec![0.0; stores];
        for (store, log) in logs.iter_mut().enumerate() {
            for (attraction, exponent) in self.exponents.iter().enumerate() {
                let value = attractions[store * width + attraction];
                if !value.is_finite() || value < 0.0 {
                    return Err(ApplyError::Attraction {
                        store,
                        attraction,
                        value,
                    });
                }
                if value == 0.0 && *exponent < 0.0 {
                    return Err(ApplyError::NoAttraction { store, attraction });
                }
                // Anything to the power of 0 is 1.
                if *exponent != 0.0 {
                    *log += exponent * value.ln();
                }
            }
        }
        Ok(logs)
    }

    /// Flows from one origin into `flows`, from the stores' [`Huff::ln_attractions`] and the distance to each; returns what goes to
    /// none of them. Where no store draws anybody, that is the whole market.
    ///
    /// # Errors
    /// [`ApplyError::Length`], [`ApplyError::Market`], [`ApplyError::Distance`], [`ApplyError::NoDistance`], with `origin` in them.
    pub fn flows_from(
        &self,
        origin: usize,
        market: f64,
        ln_attractions: &[f64],
        distances: &[f64],
        flows: &mut [f64],
    ) -> Result<f64, ApplyError> {
        length("distances", distances.len(), ln_attractions.len())?;
        length("flows", flows.len(), ln_attractions.len())?;
        if !market.is_finite() || market < 0.0 {
            return Err(ApplyError::Market { origin, value: market });
        }
        let mut highest = self.ln_outside.unwrap_or(f64::NEG_INFINITY);
        for (store, (flow, distance)) in flows.iter_mut().zip(distances).enumerate() {
            if !distance.is_finite() || *distance < 0.0 {
                let value = *distance;
                return Err(ApplyError::Distance { origin, store, value });
            }
            if *distance == 0.0 && self.decay == Decay::Power {
                return Err(ApplyError::NoDistance { origin, store });
            }
            // A square of a distance may be beyond numbers: so far nobody goes, or everybody.
            let away = self.decay.transform(*distance).min(f64::MAX / LARGEST_COEFFICIENT);
            *flow = ln_attractions[store] + self.coefficient * away;
            highest = highest.max(*flow);
        }
        if highest == f64::NEG_INFINITY {
            flows.fill(0.0);
            return Ok(market);
        }
        let mut outside = self.ln_outside.map_or(0.0, |it| (it - highest).exp());
        let mut sum = outside;
        for flow in flows.iter_mut() {
            *flow = (*flow - highest).exp();
            sum += *flow;
        }
        outside = outside / sum * market;
        flows.iter_mut().for_each(|flow| *flow = *flow / sum * market);
        Ok(outside)
    }

    /// Flows from every origin: `attractions` one row a store, `distances` one row an origin.
    ///
    /// # Errors
    /// [`ApplyError`], with the places of what is wrong.
    ///
    /// ```
    /// use chalandise_analytics::network::huff::{Decay, Huff};
    /// let huff = Huff::new(vec![1.0], Decay::Power, -2.0, None)?;
    /// // A store of 800 m2 at 2 km draws as much as one of 200 m2 at 1 km.
    /// let flows = huff.flows(&[100.0], 2, &[800.0, 200.0], &[2.0, 1.0])?;
    /// assert!((flows.flows[0] - 50.0).abs() < 1e-12);
    /// # Ok::<(), chalandise_analytics::network::huff::ApplyError>(())
    /// ```
    pub fn flows(
        &self,
        markets: &[f64],
        stores: usize,
        attractions: &[f64],
        distances: &[f64],
    ) -> Result<Flows, ApplyError> {
        length("distances", distances.len(), markets.len() * stores)?;
        let ln_attractions = self.ln_attractions(stores, attractions)?;
        let mut flows = vec![0.0; distances.len()];
        let mut outside = Vec::with_capacity(markets.len());
        for (origin, market) in markets.iter().enumerate() {
            let row = origin * stores..(origin + 1) * stores;
            let left = self.flows_from(
                origin,
                *market,
                &ln_attractions,
                &distances[row.clone()],
                &mut flows[row],
            );
            outside.push(left?);
        }
        Ok(Flows { stores, flows, outside })
    }
}

fn length(what: &'static str, found: usize, needed: usize) -> Result<(), ApplyError> {
    if found == needed {
        Ok(())
    } else {
        Err(ApplyError::Length { what, found, needed })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outside_option_takes_its_part() {
        let huff = Huff::new(vec![1.0], Decay::Exponential, 0.0, Some(3.0)).expect("good numbers");
        let flows = huff.flows(&[10.0], 1, &[2.0], &[4.0]).expect("good numbers");
        assert!((flows.flows[0] - 4.0).abs() < 1e-14 && (flows.outside[0] - 6.0).abs() < 1e-14);
    }

    #[test]
    fn who_draws_nobody_gets_nothing() {
        let huff = Huff::new(vec![1.0, 0.0], Decay::Power, -2.0, None).expect("good numbers");
        let flows = huff.flows(&[10.0, 7.0], 2, &[0.0, 5.0, 2.0, 0.0], &[1.0, 1.0, 1e-300, 1e300]);
        assert_eq!(flows.expect("good numbers").totals(), [0.0, 17.0]);
        let none = huff.flows(&[10.0], 1, &[0.0, 1.0], &[1.0]).expect("good numbers");
        assert_eq!((none.flows[0], none.outside[0]), (0.0, 10.0));
        let empty = huff.flows(&[10.0], 0, &[], &[]).expect("no store");
        assert_eq!((empty.totals().len(), empty.outside[0]), (0, 10.0));
    }

    #[test]
    fn faults_are_named() {
        let huff = Huff::new(vec![-1.0], Decay::Power, -2.0, None).expect("good numbers");
        let fault = |attraction: f64, distance: f64, market: f64| {
            let error = huff.flows(&[market], 1, &[attraction], &[distance]).expect_err("bad");
            error.to_string()
        };
        assert!(fault(-3.0, 1.0, 1.0).starts_with("store 0: attraction 0 is -3"));
        assert!(fault(0.0, 1.0, 1.0).contains("its exponent is below 0"));
        assert!(fault(1.0, 0.0, 1.0).contains("which a power cannot take"));
        assert!(fault(1.0, f64::NAN, 1.0).contains("the distance is NaN"));
        assert!(fault(1.0, 1.0, -1.0).starts_with("origin 0: its market is -1"));
        assert!(Huff::new(vec![f64::INFINITY], Decay::Power, -2.0, None).is_err());
        assert!(Huff::new(vec![], Decay::Power, -2.0, Some(-1.0)).is_err());
    }
}
