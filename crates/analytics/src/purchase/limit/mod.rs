//! Where the likelihoods of the purchase models run off to, as models of their own.
//!
//! A purchase model mixes customers twice: over their rates of purchase, and over how readily they leave. Where data show no difference
//! between customers, or only that between some who left at once and others who never do, the likelihood has no maximum: it rises for
//! ever as two parameters grow, or shrink, together. What it rises towards is a model with fewer parameters and a maximum of its own.
//! A gamma distribution has three such ends (all its weight on one rate; on the rate 0; some on 0 and the rest on infinity), and so has a
//! beta distribution, with 1 for infinity. The limits are what these ends make of a model:
//!
//! | leaving | Pareto/NBD: s, beta | BG/NBD, MBG/NBD: a, b | with gamma distributed rates | with one rate (r, alpha to infinity) |
//! |---|---|---|---|---|
//! | never | s to 0, or beta to infinity | a to 0, or b to infinity | `nbd` | `poisson` |
//! | at one rate mu = s / beta | both to infinity | | `exponential-nbd` | `exponential-poisson` |
//! | at each chance with one probability p = a / (a + b) | | both to infinity | `geometric-nbd`, `modified-geometric-nbd` | `geometric-poisson`, `modified-geometric-poisson` |
//! | a share at the first chance, the others never | both to 0 | both to 0 | `zero-inflated-nbd`; of BG/NBD `mover-stayer-nbd` | `zero-inflated-poisson`; `mover-stayer-poisson` |
//! | as in the model | | | | `pareto-poisson`, `bg-poisson`, `mbg-poisson` |
//!
//! The names have the lifetime first and the purchases last, as Pareto/NBD has. NBD is Ehrenberg's model of buyers who never leave (1959,
//! "The pattern of consumer purchases"); leaving is that of Schmittlein, Morrison & Colombo (1987), of Fader, Hardie & Lee (2005) and
//! of Batislam, Denizel & Filiztekin (2007) without differences between customers. A share that leaves at the first chance and others who
//! never do are the movers and stayers of Blumen, Kogan & McCarthy (1955); where the first purchase brings a chance already, the movers
//! are an NBD's additional zeros.
//!
//! Likelihoods and expectations are derived from the stories: those of a customer with known rates, integrated over what is not known.

mod forecast;
mod likelihood;
mod settle;

pub(crate) use settle::is_inside;
pub use settle::{ModelOrLimit, best_limit, fit_or_limit, fit_or_limit_distinct};

use crate::numeric::Symmetric;
use crate::purchase::covariates::{CovariateFit, Effect, Group, search};
use crate::purchase::fit::{Enough, Fit, FitError, enough, fit_positive};
use crate::purchase::rfm::{Weighted, check, distinct};

/// A limit with its parameters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LimitModel {
    kind: LimitKind,
    /// As many as the kind has names, the rest 0.
    parameters: [f64; 3],
}

/// A limit of a purchase model. Its name in results is [`LimitKind::name`], its parameters are [`LimitKind::names`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LimitKind {
    /// Gamma distributed rates; nobody leaves.
    Nbd,
    /// Gamma distributed rates; everybody leaves at one rate, at any time.
    ExponentialNbd,
    /// Gamma distributed rates; everybody leaves with one probability after a repeat purchase.
    GeometricNbd,
    /// The same, after the first purchase too.
    ModifiedGeometricNbd,
    /// Gamma distributed rates; a share never comes back, the others never leave.
    ZeroInflatedNbd,
    /// Gamma distributed rates; a share leaves after the first repeat purchase, the others never do.
    MoverStayerNbd,
    /// One rate; nobody leaves.
    Poisson,
    /// One rate; everybody leaves at one rate, at any time.
    ExponentialPoisson,
    /// One rate; everybody leaves with one probability after a repeat purchase.
    GeometricPoisson,
    /// The same, after the first purchase too.
    ModifiedGeometricPoisson,
    /// One rate; a share never comes back, the others never leave.
    ZeroInflatedPoisson,
    /// One rate; a share leaves after the first repeat purchase, the others never do.
    MoverStayerPoisson,
    /// One rate; customers leave as in Pareto/NBD.
    ParetoPoisson,
    /// One rate; customers leave as in BG/NBD.
    BgPoisson,
    /// One rate; customers leave as in MBG/NBD.
    MbgPoisson,
}

/// How the rates of purchase differ between customers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rates {
    /// Gamma(r, alpha).
    Gamma,
    /// All buy at the rate lambda.
    One,
}

/// How customers leave. `first` are the chances that the first purchase brings: 0 or 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Leaving {
    Never,
    /// At the rate mu.
    AtOneRate,
    /// At a rate ~ Gamma(s, beta).
    AtRates,
    /// At each chance with the probability p.
    WithOneProbability {
        first: u32,
    },
    /// At each chance with a probability ~ Beta(a, b).
    WithProbabilities {
        first: u32,
    },
    /// A share of them at the first chance, the others never.
    Movers {
        first: u32,
    },
}

/// What tells one kind from another.
struct Facts {
    name: &'static str,
    names: &'static [&'static str],
    rates: Rates,
    leaving: Leaving,
}

const fn facts(name: &'static str, names: &'static [&'static str], rates: Rates, leaving: Leaving) -> Facts {
    Facts {
        name,
        names,
        rates,
        leaving,
    }
}

use Leaving::{AtOneRate, AtRates, Movers, Never, WithOneProbability, WithProbabilities};
use LimitKind::*;
use Rates::{Gamma, One};

impl LimitKind {
    /// Every limit of any of the models.
    pub const ALL: [LimitKind; 15] = [
        Nbd,
        ExponentialNbd,
        GeometricNbd,
        ModifiedGeometricNbd,
        ZeroInflatedNbd,
        MoverStayerNbd,
        Poisson,
        ExponentialPoisson,
        GeometricPoisson,
        ModifiedGeometricPoisson,
        ZeroInflatedPoisson,
        MoverStayerPoisson,
        ParetoPoisson,
        BgPoisson,
        MbgPoisson,
    ];

    /// The limits of Pareto/NBD, those of fewer parameters first. At a rate that is infinite a customer leaves with the first purchase.
    pub const OF_PARETO: [LimitKind; 7] = [
        Poisson,
        Nbd,
        ExponentialPoisson,
        ZeroInflatedPoisson,
        ExponentialNbd,
        ZeroInflatedNbd,
        ParetoPoisson,
    ];

    /// Those of BG/NBD.
    pub const OF_BETA_GEOMETRIC: [LimitKind; 7] = [
        Poisson,
        Nbd,
        GeometricPoisson,
        MoverStayerPoisson,
        GeometricNbd,
        MoverStayerNbd,
        BgPoisson,
    ];

    /// Those of MBG/NBD.
    pub const OF_MODIFIED_BETA_GEOMETRIC: [LimitKind; 7] = [
        Poisson,
        Nbd,
        ModifiedGeometricPoisson,
        ZeroInflatedPoisson,
        ModifiedGeometricNbd,
        ZeroInflatedNbd,
        MbgPoisson,
    ];

    const fn facts(self) -> Facts {
        let (repeats, purchases) = (WithOneProbability { first: 0 }, WithOneProbability { first: 1 });
        let at_first = Movers { first: 1 };
        let at_second = Movers { first: 0 };
        match self {
            Nbd => facts("nbd", &["r", "alpha"], Gamma, Never),
            ExponentialNbd => facts("exponential-nbd", &["r", "alpha", "mu"], Gamma, AtOneRate),
            GeometricNbd => facts("geometric-nbd", &["r", "alpha", "p"], Gamma, repeats),
            ModifiedGeometricNbd => facts("modified-geometric-nbd", &["r", "alpha", "p"], Gamma, purchases),
            ZeroInflatedNbd => facts("zero-inflated-nbd", &["r", "alpha", "share"], Gamma, at_first),
            MoverStayerNbd => facts("mover-stayer-nbd", &["r", "alpha", "share"], Gamma, at_second),
            Poisson => facts("poisson", &["lambda"], One, Never),
            ExponentialPoisson => facts("exponential-poisson", &["lambda", "mu"], One, AtOneRate),
            GeometricPoisson => facts("geometric-poisson", &["lambda", "p"], One, repeats),
            ModifiedGeometricPoisson => facts("modified-geometric-poisson", &["lambda", "p"], One, purchases),
            ZeroInflatedPoisson => facts("zero-inflated-poisson", &["lambda", "share"], One, at_first),
            MoverStayerPoisson => facts("mover-stayer-poisson", &["lambda", "share"], One, at_second),
            ParetoPoisson => facts("pareto-poisson", &["lambda", "s", "beta"], One, AtRates),
            BgPoisson => facts("bg-poisson", &["lambda", "a", "b"], One, WithProbabilities { first: 0 }),
            MbgPoisson => facts(
                "mbg-poisson",
                &["lambda", "a", "b"],
                One,
                WithProbabilities { first: 1 },
            ),
        }
    }

    /// The kind of a name in results; none of a name that is no limit's.
    pub fn named(name: &str) -> Option<LimitKind> {
        LimitKind::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Its name in results.
    pub const fn name(self) -> &'static str {
        self.facts().name
    }

    /// Names of its parameters, all positive: `r` and `alpha` (in the unit of the histories' times), or `lambda` (purchases in a unit of
    /// time); then `mu` (leaving in a unit of time), `p` (leaving at a chance), `share` (of those who leave at the first chance), or the two
    /// of the model that it is the limit of.
    pub const fn names(self) -> &'static [&'static str] {
        self.facts().names
    }

    /// What covariates act on. Leaving with one probability, or of a share, they act on the odds of.
    pub fn effects(self) -> Vec<Effect> {
        let effect = |name, parameter, sign| Effect { name, parameter, sign };
        let Facts { rates, leaving, .. } = self.facts();
        let (purchases, at) = match rates {
            Gamma => (effect("purchases", 1, -1.0), 2),
            One => (effect("purchases", 0, 1.0), 1),
        };
        let mut effects = vec![purchases];
        match leaving {
            Never => {}
            AtOneRate | WithOneProbability { .. } | Movers { .. } => effects.push(effect("leaving", at, 1.0)),
            AtRates => effects.push(effect("leaving", at + 1, -1.0)),
            WithProbabilities { .. } => {
                effects.push(effect("leaving", at, 1.0));
                effects.push(effect("staying", at + 1, 1.0));
            }
        }
        effects
    }

    /// The model with these parameters, in the order of [`LimitKind::names`]; none when they are not as many, not positive, or a probability
    /// is above 1.
    pub fn with(self, parameters: &[f64]) -> Option<LimitModel> {
        let positive = parameters.iter().all(|it| it.is_finite() && *it > 0.0);
        let likely = self
            .probability()
            .is_none_or(|at| parameters.get(at).is_some_and(|p| *p <= 1.0));
        if parameters.len() != self.names().len() || !positive || !likely {
            return None;
        }
        Some(self.with_checked(parameters))
    }

    fn with_checked(self, given: &[f64]) -> LimitModel {
        let mut parameters = [0.0; 3];
        parameters[..given.len()].copy_from_slice(given);
        LimitModel { kind: self, parameters }
    }

    /// Place of the parameter that is a probability. A search has its odds, p / (1 - p), which know no end.
    fn probability(self) -> Option<usize> {
        matches!(self.facts().leaving, WithOneProbability { .. } | Movers { .. }).then(|| self.names().len() - 1)
    }

    /// Where a search begins: odds for a probability.
    fn start(self, customers: &Enough) -> Vec<f64> {
        let &Enough { mean_t, mean_x, .. } = customers;
        let Facts { rates, leaving, .. } = self.facts();
        let mut start = match rates {
            Gamma => vec![1.0, mean_t],
            One => vec![mean_x / mean_t],
        };
        match leaving {
            Never => {}
            AtOneRate => start.push(1.0 / mean_t),
            WithOneProbability { .. } | Movers { .. } => start.push(0.5),
            AtRates => start.extend([1.0, mean_t]),
            WithProbabilities { .. } => start.extend([1.0, 2.0]),
        }
        start
    }

    /// Maximum likelihood.
    ///
    /// # Errors
    /// [`FitError`] when the rows are no histories or too few; a search that finds no maximum is a result with its status. A limit may run off
    /// itself: [`fit_or_limit`] finds the one that does not.
    pub fn fit(self, rows: &[Weighted]) -> Result<Fit<LimitModel>, FitError> {
        self.fit_from(rows, None)
    }

    /// Maximum likelihood from a given start, in the order of [`LimitKind::names`].
    ///
    /// # Errors
    /// As [`LimitKind::fit`], and when the start is not one that [`LimitKind::with`] takes, or has a probability of 1.
    pub fn fit_from(self, rows: &[Weighted], start: Option<&[f64]>) -> Result<Fit<LimitModel>, FitError> {
        check(rows)?;
        self.fit_distinct(&distinct(rows.to_vec()), start)
    }

    /// The same on rows that are checked and [`distinct`] already.
    ///
    /// # Errors
    /// As [`LimitKind::fit_from`].
    pub fn fit_distinct(self, rows: &[Weighted], start: Option<&[f64]>) -> Result<Fit<LimitModel>, FitError> {
        let enough = enough(rows.iter(), self.names().len())?;
        let start = match start {
            Some(start) => {
                let mut start = self.with(start).ok_or(FitError::Start)?.parameters().to_vec();
                if let Some(at) = self.probability() {
                    start[at] /= 1.0 - start[at];
                }
                start
            }
            None => self.start(&enough),
        };
        let fit = fit_positive(
            &start,
            enough.customers,
            rows.len(),
            |at| likelihood::log_likelihood(self, rows, at),
            |at| self.with_checked(&self.natural(at)),
        )?;
        Ok(self.in_probabilities(fit))
    }

    /// Parameters of a search as those of the model.
    fn natural(self, at: &[f64]) -> Vec<f64> {
        let mut parameters = at.to_vec();
        if let Some(odds) = self.probability() {
            parameters[odds] = parameters[odds] / (1.0 + parameters[odds]);
        }
        parameters
    }

    /// A fit in odds as one in probabilities: d ln p = (1 - p) d ln odds.
    fn in_probabilities(self, fit: Fit<LimitModel>) -> Fit<LimitModel> {
        let Some(place) = self.probability() else { return fit };
        let odds = fit.parameters[place];
        let stays = 1.0 / (1.0 + odds);
        let factor = |index: usize| if index == place { stays } else { 1.0 };
        let log_covariance = fit.log_covariance.map(|by_odds| {
            let mut covariance = Symmetric::zeros(by_odds.size());
            for row in 0..by_odds.size() {
                for column in 0..=row {
                    covariance.add(row, column, by_odds.get(row, column) * factor(row) * factor(column));
                }
            }
            covariance
        });
        Fit {
            parameters: fit.model.parameters().to_vec(),
            standard_errors: fit.standard_errors.map(|mut errors| {
                errors[place] *= stays * stays;
                errors
            }),
            log_covariance,
            ..fit
        }
    }

    /// Fits it to groups of customers who differ in their covariates.
    ///
    /// # Errors
    /// As [`fit_with_covariates`](crate::purchase::fittable::fit_with_covariates).
    pub fn fit_with_covariates(self, groups: &[Group]) -> Result<CovariateFit<LimitModel, Vec<f64>>, FitError> {
        let enough = enough(groups.iter().flat_map(|group| &group.rows), self.names().len())?;
        let likelihood = |rows: &[Weighted], at: &[f64]| likelihood::log_likelihood(self, rows, at);
        let found = search(groups, &self.effects(), &self.start(&enough), likelihood)?;
        let group_parameters: Vec<Vec<f64>> = found.of_groups.iter().map(|at| self.natural(at)).collect();
        let parameters = self.natural(&found.parameters);
        Ok(CovariateFit {
            models: group_parameters.iter().map(|it| self.with_checked(it)).collect(),
            group_parameters,
            coefficients: found.coefficients,
            standard_errors: found.standard_errors.map(|mut errors| {
                if let Some(at) = self.probability() {
                    errors[at] *= 1.0 - parameters[at];
                }
                errors
            }),
            parameters,
            log_likelihood: found.log_likelihood,
            iterations: found.iterations,
            status: found.status,
        })
    }
}

impl LimitModel {
    /// What kind of limit it is.
    pub fn kind(&self) -> LimitKind {
        self.kind
    }

    /// Its parameters, in the order of [`LimitKind::names`].
    pub fn parameters(&self) -> &[f64] {
        &self.parameters[..self.kind.names().len()]
    }

    /// As [`Fittable::cancelling`](crate::purchase::fittable::Fittable::cancelling).
    fn cancelling(&self) -> f64 {
        let of = |name: &str| {
            let place = self.kind.names().iter().position(|it| *it == name);
            place.map_or(0.0, |place| self.parameters[place])
        };
        let (r, beta_sum) = (of("r"), of("a") + of("b"));
        let large = |value: f64| {
            if value > 0.0 {
                value * (1.0 + value.ln().abs())
            } else {
                0.0
            }
        };
        let small = if of("b") > 0.0 { 1.0 / of("b") } else { 0.0 };
        large(r) + large(beta_sum) + small
    }

    /// Logarithm of the likelihood of rows that are [`distinct`].
    pub fn log_likelihood(&self, rows: &[Weighted]) -> f64 {
        let mut at = self.parameters().to_vec();
        if let Some(place) = self.kind.probability() {
            at[place] /= 1.0 - at[place];
        }
        likelihood::log_likelihood(self.kind, rows, &at).value
    }
}
