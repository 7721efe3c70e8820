//! Among which destinations each origin chooses, and what speaks for each of them.

use super::error::ChoiceError;

/// No amount and no covariate is larger than this: squares of it are still numbers.
const LARGEST: f64 = 1e100;
/// Pairs that one task takes: so many that a thread is worth its start.
const PAIRS_A_TASK: usize = 20_000;

/// The destinations of each origin in rows, one row a pair, the rows of an origin together.
#[derive(Clone, Debug, PartialEq)]
pub struct ChoiceSets {
    /// First row of each origin, and the number of rows: one more than there are origins.
    starts: Vec<usize>,
    /// Destination of each row.
    destinations: Vec<u32>,
    /// Number of destinations.
    count: usize,
    /// Number of covariates.
    width: usize,
    /// Covariates, `width` a row.
    covariates: Vec<f64>,
}

impl ChoiceSets {
    /// Pairs that stand by origin: rows `starts[i]..starts[i + 1]` are those of origin i; `destinations` has the destination of each
    /// row, below `count`; `covariates` has `width` numbers a row, one row after the other.
    ///
    /// # Errors
    /// [`ChoiceError`] that names the row.
    pub fn new(
        starts: Vec<usize>,
        destinations: Vec<u32>,
        count: usize,
        width: usize,
        covariates: Vec<f64>,
    ) -> Result<ChoiceSets, ChoiceError> {
        let sets = ChoiceSets {
            starts,
            destinations,
            count,
            width,
            covariates,
        };
        sets.check()?;
        Ok(sets)
    }

    /// Pairs in any order, with the origin (below `origins`) of each; returns too which pair stands in each row.
    ///
    /// # Errors
    /// [`ChoiceError`]; a row in it is the pair's place in the order given.
    pub fn from_pairs(
        pairs: &[(u32, u32)],
        origins: usize,
        count: usize,
        width: usize,
        covariates: &[f64],
    ) -> Result<(ChoiceSets, Vec<usize>), ChoiceError> {
        length("covariates", covariates.len(), pairs.len() * width)?;
        let mut starts = vec![0; origins + 1];
        for (row, (origin, _)) in pairs.iter().enumerate() {
            let origin = *origin as usize;
            if origin >= origins {
                return Err(ChoiceError::Length {
                    what: "origins",
                    found: origins,
                    needed: origin + 1,
                }
                .in_order(&[row]));
            }
            starts[origin + 1] += 1;
        }
        for origin in 0..origins {
            starts[origin + 1] += starts[origin];
        }
        let mut order: Vec<usize> = (0..pairs.len()).collect();
        order.sort_by_key(|row| pairs[*row].0);
        let destinations = order.iter().map(|row| pairs[*row].1).collect();
        let sorted = order
            .iter()
            .flat_map(|row| &covariates[row * width..][..width])
            .copied()
            .collect();
        let sets = ChoiceSets::new(starts, destinations, count, width, sorted);
        let sets = sets.map_err(|error| error.in_order(&order))?;
        Ok((sets, order))
    }

    fn check(&self) -> Result<(), ChoiceError> {
        let pairs = self.destinations.len();
        if self.width == 0 {
            return Err(ChoiceError::NoCovariate);
        }
        length("covariates", self.covariates.len(), pairs * self.width)?;
        let wrong = |origin| ChoiceError::Starts { origin };
        if self.starts.first() != Some(&0) || self.starts.last() != Some(&pairs) {
            return Err(wrong(self.starts.len().saturating_sub(2)));
        }
        if let Some(origin) = self.starts.windows(2).position(|pair| pair[0] > pair[1]) {
            return Err(wrong(origin));
        }
        // The origin that had a destination last, so that no list has to be searched.
        let mut last = vec![usize::MAX; self.count];
        for origin in 0..self.origins() {
            for row in self.rows(origin) {
                let destination = self.destinations[row];
                let Some(last) = last.get_mut(destination as usize) else {
                    return Err(ChoiceError::Destination {
                        row,
                        destination,
                        destinations: self.count,
                    });
                };
                if *last == origin {
                    return Err(ChoiceError::Twice {
                        row,
                        origin,
                        destination,
                    });
                }
                *last = origin;
            }
        }
        let bad = self
            .covariates
            .iter()
            .position(|value| !(-LARGEST..=LARGEST).contains(value));
        match bad {
            Some(place) => Err(ChoiceError::Covariate {
                row: place / self.width,
                covariate: place % self.width,
                value: self.covariates[place],
            }),
            None => Ok(()),
        }
    }

    /// Number of origins.
    pub fn origins(&self) -> usize {
        self.starts.len() - 1
    }

    /// Number of destinations.
    pub fn destinations(&self) -> usize {
        self.count
    }

    /// Number of pairs.
    pub fn pairs(&self) -> usize {
        self.destinations.len()
    }

    /// Number of covariates.
    pub fn width(&self) -> usize {
        self.width
    }

    /// The rows of an origin.
    pub fn rows(&self, origin: usize) -> std::ops::Range<usize> {
        self.starts[origin]..self.starts[origin + 1]
    }

    /// The destination of a row.
    pub fn destination(&self, row: usize) -> usize {
        self.destinations[row] as usize
    }

    /// The covariates of a row.
    pub fn covariates(&self, row: usize) -> &[f64] {
        &self.covariates[row * self.width..][..self.width]
    }

    /// The share of each row among those of its origin, under coefficients of the covariates.
    ///
    /// # Errors
    /// [`ChoiceError::Length`].
    pub fn shares(&self, coefficients: &[f64]) -> Result<Vec<f64>, ChoiceError> {
        length("coefficients", coefficients.len(), self.width)?;
        let utility = |row| -> f64 {
            let terms = self.covariates(row).iter().zip(coefficients);
            terms.map(|(covariate, coefficient)| covariate * coefficient).sum()
        };
        let mut shares: Vec<f64> = (0..self.pairs()).map(utility).collect();
        for origin in 0..self.origins() {
            softmax(&mut shares[self.rows(origin)]);
        }
        Ok(shares)
    }

    /// Only the origins that are kept, with the values of their rows.
    pub(super) fn kept(&self, keep: impl Fn(usize) -> bool, values: &[f64]) -> (ChoiceSets, Vec<f64>) {
        let mut sets = ChoiceSets {
            starts: vec![0],
            destinations: Vec::new(),
            covariates: Vec::new(),
            ..*self
        };
        let mut kept = Vec::new();
        for origin in (0..self.origins()).filter(|origin| keep(*origin)) {
            let rows = self.rows(origin);
            sets.destinations.extend(&self.destinations[rows.clone()]);
            let covariates = rows.start * self.width..rows.end * self.width;
            sets.covariates.extend(&self.covariates[covariates]);
            kept.extend(&values[rows]);
            sets.starts.push(sets.destinations.len());
        }
        (sets, kept)
    }

    /// First origin of each task, and the number of origins: parts of a sum that depend on the pairs and not on the threads.
    pub(super) fn tasks(&self) -> Vec<usize> {
        let mut tasks = vec![0];
        let mut begun = 0;
        for origin in 0..self.origins() {
            let end = self.rows(origin).end;
            if end - begun >= PAIRS_A_TASK || origin + 1 == self.origins() {
                tasks.push(origin + 1);
                begun = end;
            }
        }
        tasks
    }

    /// Flows of the rows, checked.
    pub(super) fn check_flows(&self, flows: &[f64]) -> Result<(), ChoiceError> {
        length("flows", flows.len(), self.pairs())?;
        if let Some(row) = flows.iter().position(|flow| !is_amount(*flow)) {
            return Err(ChoiceError::Flow { row, value: flows[row] });
        }
        if flows.iter().all(|flow| *flow == 0.0) {
            return Err(ChoiceError::NoFlow);
        }
        Ok(())
    }
}

/// Utilities become shares of their origin; returns the logarithm of the sum of their exponentials.
pub(super) fn softmax(utilities: &mut [f64]) -> f64 {
    let highest = utilities.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mut sum = 0.0;
    for utility in utilities.iter_mut() {
        *utility = (*utility - highest).exp();
        sum += *utility;
    }
    for utility in utilities {
        *utility /= sum;
    }
    highest + sum.ln()
}

/// Whether a number can be a flow, a market or a total.
pub(super) fn is_amount(value: f64) -> bool {
    (0.0..=LARGEST).contains(&value)
}

pub(super) fn length(what: &'static str, found: usize, needed: usize) -> Result<(), ChoiceError> {
    if found == needed {
        Ok(())
    } else {
        Err(ChoiceError::Length { what, found, needed })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_in_any_order_stand_by_origin() {
        let pairs = [(1, 0), (0, 1), (1, 1), (0, 0)];
        let (sets, order) = ChoiceSets::from_pairs(&pairs, 2, 2, 1, &[1.0, 2.0, 3.0, 4.0]).expect("good pairs");
        assert_eq!(order, [1, 3, 0, 2]);
        assert_eq!(sets.rows(1), 2..4);
        assert_eq!((sets.destination(0), sets.covariates(0)), (1, &[2.0][..]));
    }

    #[test]
    fn faults_name_their_row() {
        let pairs = [(1, 0), (0, 1), (1, 0)];
        let error = ChoiceSets::from_pairs(&pairs, 2, 2, 1, &[1.0; 3]).expect_err("twice");
        let twice = ChoiceError::Twice {
            row: 2,
            origin: 1,
            destination: 0,
        };
        assert_eq!(error, twice);
        let pairs = [(1, 0), (0, 1)];
        let error = ChoiceSets::from_pairs(&pairs, 2, 2, 1, &[f64::NAN, 1.0]).expect_err("no number");
        assert!(
            matches!(
                error,
                ChoiceError::Covariate {
                    row: 0,
                    covariate: 0,
                    ..
                }
            ),
            "{error}"
        );
        let error = ChoiceSets::from_pairs(&pairs, 2, 1, 1, &[1.0; 2]).expect_err("unknown");
        assert!(
            error.to_string().starts_with("row 1: destination 1 is unknown"),
            "{error}"
        );
        let error = ChoiceSets::from_pairs(&[(5, 0)], 2, 1, 1, &[1.0]).expect_err("unknown origin");
        assert_eq!(error.to_string(), "origins: 2 given, 6 needed");
        for starts in [vec![], vec![0], vec![0, 2, 1, 2], vec![1, 2]] {
            let error = ChoiceSets::new(starts, vec![0, 1], 2, 1, vec![1.0; 2]).expect_err("bad starts");
            assert!(matches!(error, ChoiceError::Starts { .. }), "{error}");
        }
    }

    #[test]
    fn shares_are_those_of_the_utilities() {
        let sets = ChoiceSets::new(vec![0, 2, 2, 3], vec![0, 1, 1], 2, 1, vec![0.0, 3.0_f64.ln(), 1e99]);
        let shares = sets.expect("good rows").shares(&[1.0]).expect("one coefficient");
        assert!((shares[1] - 0.75).abs() < 1e-15 && shares[2] == 1.0, "{shares:?}");
    }
}
