//! The number of groups, and the best of several starts for each.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Poisson};

use super::gaussian::{Mixture, Rows, start};
use super::{Options, PersonasError, ROWS_PER_GROUP};

/// How the number of groups was chosen.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// All numbers tried, the fewest first.
    pub candidates: Vec<Candidate>,
    /// The criterion of one group, to which all customers belong: where it is the lowest, customers differ by degrees and the groups
    /// are no more than a way to cut.
    pub criterion_of_one: f64,
}

/// A number of groups that was tried.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Candidate {
    /// The number.
    pub groups: usize,
    /// ln likelihood of the sample.
    pub ln_likelihood: f64,
    /// The Bayesian information criterion, lower is better.
    pub bic: f64,
    /// The same plus the price of the groups: what is compared.
    pub criterion: f64,
    /// Share of the smallest group, from 0 to 1.
    pub smallest_share: f64,
    /// Whether no group is too small.
    pub admissible: bool,
    /// Whether the search came to its end.
    pub converged: bool,
    /// Whether it was chosen.
    pub chosen: bool,
}

impl Choice {
    /// Whether the groups describe customers better than one group does.
    pub fn better_than_one(&self) -> bool {
        let chosen = self.candidates.iter().find(|candidate| candidate.chosen);
        chosen.is_some_and(|chosen| chosen.criterion < self.criterion_of_one)
    }
}

/// A start is judged on these many rows and steps, and only the best ones are followed to the end (Biernacki, Celeux & Govaert 2003).
const FIRST_ROWS: usize = 2_000;
const FIRST_STEPS: usize = 10;
const FOLLOWED: usize = 3;
const STEPS: usize = 500;

/// The difference in the criterion that Kass & Raftery (1995) call very strong evidence.
const VERY_STRONG: f64 = 10.0;

/// The mixture of every number of groups, and the one chosen.
pub(super) fn choose(rows: &Rows, options: &Options) -> Result<(Mixture, Choice), PersonasError> {
    let size = rows.total();
    let price = VERY_STRONG.max(2.0 * options.least_gain * size);
    let judge = |mixture: &Mixture| {
        let groups = mixture.components.len();
        let parameters = groups - 1 + 2 * groups * rows.width;
        let bic = parameters as f64 * size.ln() - 2.0 * mixture.ln_likelihood;
        let smallest_share = smallest_share(mixture, rows);
        Candidate {
            groups,
            ln_likelihood: mixture.ln_likelihood,
            bic,
            criterion: bic + price * groups as f64,
            smallest_share,
            admissible: smallest_share >= options.least_share,
            converged: mixture.converged,
            chosen: false,
        }
    };
    let tried: Vec<(Candidate, Mixture)> = options
        .groups
        .clone()
        .take_while(|groups| ROWS_PER_GROUP * groups <= rows.len())
        .map_while(|groups| best_of(rows, groups, options))
        .map(|mixture| (judge(&mixture), mixture))
        .collect();
    // `min_by` keeps the first of equals, the one with the fewest groups.
    let criterion = |candidate: &Candidate| (!candidate.admissible, candidate.criterion);
    let chosen = tried
        .iter()
        .enumerate()
        .min_by(|(_, (left, _)), (_, (right, _))| {
            let (left, right) = (criterion(left), criterion(right));
            left.0.cmp(&right.0).then(left.1.total_cmp(&right.1))
        })
        .map(|(place, _)| place);
    let groups = *options.groups.start();
    let place = chosen.ok_or(PersonasError::TooFewDistinct { groups })?;
    let one = best_of(rows, 1, options).ok_or(PersonasError::TooFewDistinct { groups: 1 })?;
    let (mut candidates, mut mixtures): (Vec<_>, Vec<_>) = tried.into_iter().unzip();
    candidates[place].chosen = true;
    let choice = Choice {
        candidates,
        criterion_of_one: judge(&one).criterion,
    };
    Ok((mixtures.swap_remove(place), choice))
}

fn smallest_share(mixture: &Mixture, rows: &Rows) -> f64 {
    let shares = mixture.assigned_shares(rows);
    shares.into_iter().fold(f64::INFINITY, f64::min)
}

/// The mixture of the highest likelihood that the starts lead to, one without a group that is too small going before others. None
/// when there are fewer distinct rows than groups.
pub(super) fn best_of(rows: &Rows, groups: usize, options: &Options) -> Option<Mixture> {
    let floor = options.variance_floor;
    // Rows stand in the order of a hash, so the first ones are a sample of all.
    let first = rows.first(FIRST_ROWS);
    let begin = |number: usize| -> Option<Mixture> {
        let mut rng = ChaCha8Rng::seed_from_u64(options.seed);
        rng.set_stream((groups * 1_000_000 + number) as u64);
        // The first rows may be all alike where later ones are not.
        let components = start(&first, groups, floor, &mut rng).or_else(|| start(rows, groups, floor, &mut rng))?;
        Some(Mixture::climb(components, &first, floor, FIRST_STEPS))
    };
    let starts = if groups == 1 { 1 } else { options.starts };
    let begun: Vec<Mixture> = (0..starts).filter_map(begin).collect();
    let followed = best(begun, &first, options).into_iter().take(FOLLOWED);
    let ended = followed.map(|mixture| Mixture::climb(mixture.components, rows, floor, STEPS));
    best(ended.collect(), rows, options).into_iter().next()
}

/// Mixtures without a group that is too small first, then by likelihood; equals in the order of their starts.
fn best(mixtures: Vec<Mixture>, rows: &Rows, options: &Options) -> Vec<Mixture> {
    let mut judged: Vec<(bool, Mixture)> = mixtures
        .into_iter()
        .map(|mixture| (smallest_share(&mixture, rows) < options.least_share, mixture))
        .collect();
    judged.sort_by(|left, right| {
        let by_likelihood = right.1.ln_likelihood.total_cmp(&left.1.ln_likelihood);
        left.0.cmp(&right.0).then(by_likelihood)
    });
    judged.into_iter().map(|(_, mixture)| mixture).collect()
}

/// The rows with their weights multiplied by Poisson(1) numbers; those that get 0 stay, with no weight.
pub(super) fn resample(rows: &Rows, seed: u64, number: u64) -> Rows {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    // Streams of the starts are below.
    rng.set_stream((1 << 40) + number);
    let mut drawn = rows.clone();
    if let Ok(poisson) = Poisson::new(1.0) {
        for weight in &mut drawn.weights {
            *weight *= Distribution::<f64>::sample(&poisson, &mut rng);
        }
    }
    drawn
}
