//! Fitting the purchase models: the same steps for all of them, with covariates that are constant for a customer.
//!
//! Covariates enter as Fader & Hardie (2007), "Incorporating time-invariant covariates into the Pareto/NBD and BG/NBD models", have it:
//! a parameter of a customer with covariates z is that of a customer without, times e^(gamma z) or e^(-gamma z). The logarithms of the
//! parameters are then linear in what is searched for, so that one likelihood serves with and without covariates.

use crate::fit::{FEWEST_CUSTOMERS, Fit, FitError, by_logarithms, fit_positive, information};
use crate::numeric::{Evaluation, Optimum, Status, Symmetric, maximise};
use crate::purchase::PurchaseModel;
use crate::rfm::{Weighted, check, distinct};

/// What a covariate may act on: one parameter, which grows or shrinks with it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Effect {
    /// Name in results.
    pub name: &'static str,
    /// Place of the parameter.
    pub parameter: usize,
    /// 1 when the parameter grows with the covariate, -1 when it shrinks.
    pub sign: f64,
}

/// A purchase model of four positive parameters that can be fitted.
pub trait Fittable: PurchaseModel + Sized {
    /// Names of the parameters, in the paper's order.
    const NAMES: [&'static str; 4];

    /// What covariates act on.
    const EFFECTS: &'static [Effect];

    /// The model with these parameters.
    fn with(parameters: [f64; 4]) -> Self;

    /// Where a search begins, given the mean time observed.
    fn start(mean_t: f64) -> [f64; 4];

    /// Log-likelihood of rows in the order of x, with its derivatives by the parameters.
    fn log_likelihood(rows: &[Weighted], parameters: &[f64; 4]) -> Evaluation;

    /// Maximum likelihood from a start of its own.
    ///
    /// # Errors
    /// [`FitError`] when the rows are no histories or too few; a search that finds no maximum is a result with its status.
    fn fit(rows: &[Weighted]) -> Result<Fit<Self>, FitError> {
        Self::fit_from(rows, None)
    }

    /// Maximum likelihood from a given start, in the order of [`Fittable::NAMES`].
    ///
    /// # Errors
    /// As [`Fittable::fit`], and when a starting value is not positive.
    fn fit_from(rows: &[Weighted], start: Option<[f64; 4]>) -> Result<Fit<Self>, FitError> {
        check(rows)?;
        Self::fit_distinct(&distinct(rows.to_vec()), start)
    }

    /// The same on rows that are checked and [`distinct`] already.
    ///
    /// # Errors
    /// As [`Fittable::fit_from`].
    fn fit_distinct(rows: &[Weighted], start: Option<[f64; 4]>) -> Result<Fit<Self>, FitError> {
        let (customers, mean_t) = enough(rows.iter())?;
        fit_positive(
            &start.unwrap_or_else(|| Self::start(mean_t)),
            customers,
            rows.len(),
            |parameters| Self::log_likelihood(rows, &four(parameters)),
            |parameters| Self::with(four(parameters)),
        )
    }
}

/// Customers who share their covariates: rows that are checked and [`distinct`], and the covariates.
#[derive(Clone, Debug)]
pub struct Group {
    /// Histories.
    pub rows: Vec<Weighted>,
    /// Values of the covariates, in one order for all groups.
    pub covariates: Vec<f64>,
}

/// A model with covariates at its maximum likelihood.
#[derive(Clone, Debug)]
pub struct CovariateFit<M> {
    /// For each group its model.
    pub models: Vec<M>,
    /// For each group the parameters of its model.
    pub group_parameters: Vec<[f64; 4]>,
    /// Parameters of a customer whose covariates are all 0.
    pub parameters: [f64; 4],
    /// Coefficients: for each of the model's effects one for each covariate.
    pub coefficients: Vec<Vec<f64>>,
    /// Standard errors of the logarithms of the parameters, then of the coefficients effect by effect.
    pub standard_errors: Option<Vec<f64>>,
    /// Logarithm of the likelihood.
    pub log_likelihood: f64,
    /// Newton steps.
    pub iterations: usize,
    /// How the search ended.
    pub status: Status,
}

/// Fits one model to groups of customers who differ in their covariates.
///
/// # Errors
/// [`FitError`] when the customers are too few, nobody bought again, or groups have different numbers of covariates.
pub fn fit_with_covariates<M: Fittable>(groups: &[Group]) -> Result<CovariateFit<M>, FitError> {
    let (_, mean_t) = enough(groups.iter().flat_map(|group| &group.rows))?;
    let count = groups.first().map_or(0, |group| group.covariates.len());
    for (row, group) in groups.iter().enumerate() {
        if group.covariates.len() != count || group.covariates.iter().any(|it| !it.is_finite()) {
            let what = "every group needs the same number of covariates, all of them numbers";
            return Err(FitError::Row { row, what });
        }
    }
    let size = 4 + M::EFFECTS.len() * count;
    let mut start = vec![0.0; size];
    for (at, value) in start.iter_mut().zip(M::start(mean_t)) {
        *at = value.ln();
    }
    let likelihood = |at: &[f64]| {
        let mut sum = Evaluation::zero(size);
        for group in groups {
            let design = design::<M>(&group.covariates, size);
            let parameters: Vec<f64> = design.iter().map(|row| dot(row, at).exp()).collect();
            let natural = M::log_likelihood(&group.rows, &four(&parameters));
            add_through(&mut sum, &by_logarithms(&natural, &parameters), &design);
        }
        sum
    };
    let Optimum {
        at,
        evaluation,
        iterations,
        status,
    } = maximise(likelihood, &start);
    let covariance: Option<Symmetric> = information(&evaluation).inverse();
    let group_parameters: Vec<[f64; 4]> = groups
        .iter()
        .map(|group| {
            let logs = design::<M>(&group.covariates, size);
            let parameters: Vec<f64> = logs.iter().map(|row| dot(row, &at).exp()).collect();
            four(&parameters)
        })
        .collect();
    Ok(CovariateFit {
        models: group_parameters.iter().map(|parameters| M::with(*parameters)).collect(),
        group_parameters,
        parameters: [at[0].exp(), at[1].exp(), at[2].exp(), at[3].exp()],
        coefficients: at[4..].chunks(count.max(1)).map(<[f64]>::to_vec).collect(),
        standard_errors: covariance.map(|it| (0..size).map(|index| it.get(index, index).sqrt()).collect()),
        log_likelihood: evaluation.value,
        iterations,
        status,
    })
}

/// For each parameter how its logarithm follows from what is searched for.
fn design<M: Fittable>(covariates: &[f64], size: usize) -> Vec<Vec<f64>> {
    let mut design = vec![vec![0.0; size]; 4];
    for (parameter, row) in design.iter_mut().enumerate() {
        row[parameter] = 1.0;
        for (number, effect) in M::EFFECTS
            .iter()
            .enumerate()
            .filter(|(_, effect)| effect.parameter == parameter)
        {
            for (index, value) in covariates.iter().enumerate() {
                row[4 + number * covariates.len() + index] = effect.sign * value;
            }
        }
    }
    design
}

/// Adds a group's derivatives by the logarithms of its parameters as derivatives by what is searched for.
fn add_through(sum: &mut Evaluation, group: &Evaluation, design: &[Vec<f64>]) {
    sum.value += group.value;
    let size = sum.gradient.len();
    for row in 0..size {
        for (parameter, by) in design.iter().enumerate() {
            sum.gradient[row] += group.gradient[parameter] * by[row];
        }
        for column in 0..=row {
            let mut curved = 0.0;
            for (i, by) in design.iter().enumerate() {
                for (j, also_by) in design.iter().enumerate() {
                    curved += by[row] * group.hessian.get(i, j) * also_by[column];
                }
            }
            sum.hessian.add(row, column, curved);
        }
    }
}

/// Customers and their mean time, when they are enough for a fit.
fn enough<'a>(rows: impl Iterator<Item = &'a Weighted>) -> Result<(f64, f64), FitError> {
    let (mut customers, mut time, mut repeats) = (0.0, 0.0, false);
    for row in rows {
        customers += row.weight;
        time += row.weight * row.history.t;
        repeats |= row.history.x > 0;
    }
    if customers < FEWEST_CUSTOMERS as f64 {
        return Err(FitError::TooFew {
            found: customers as usize,
            needed: FEWEST_CUSTOMERS,
            parameters: 4,
        });
    }
    if !repeats {
        return Err(FitError::NoRepeat);
    }
    Ok((customers, time / customers))
}

fn four(parameters: &[f64]) -> [f64; 4] {
    [parameters[0], parameters[1], parameters[2], parameters[3]]
}

fn dot(left: &[f64], right: &[f64]) -> f64 {
    left.iter().zip(right).map(|(left, right)| left * right).sum()
}
