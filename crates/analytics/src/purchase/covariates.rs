//! Covariates that are constant for a customer: what they act on, and the search for their coefficients.
//!
//! Covariates enter as Fader & Hardie (2007), "Incorporating time-invariant covariates into the Pareto/NBD and BG/NBD models", have it:
//! a parameter of a customer with covariates z is that of a customer without, times e^(gamma z) or e^(-gamma z). The logarithms of the
//! parameters are then linear in what is searched for, so that one likelihood serves with and without covariates.

use crate::numeric::{Evaluation, Optimum, Status, Symmetric, maximise};
use crate::purchase::fit::{FitError, by_logarithms, information};
use crate::purchase::rfm::Weighted;

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

/// Customers who share their covariates: rows that are checked and [`distinct`](crate::purchase::rfm::distinct), and the covariates.
#[derive(Clone, Debug)]
pub struct Group {
    /// Histories.
    pub rows: Vec<Weighted>,
    /// Values of the covariates, in one order for all groups.
    pub covariates: Vec<f64>,
}

/// A model with covariates at its maximum likelihood; `P` holds the parameters of a model.
#[derive(Clone, Debug)]
pub struct CovariateFit<M, P = [f64; 4]> {
    /// For each group its model.
    pub models: Vec<M>,
    /// For each group the parameters of its model.
    pub group_parameters: Vec<P>,
    /// Parameters of a customer whose covariates are all 0.
    pub parameters: P,
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

/// Where a search with covariates ended, whatever the number of parameters.
pub(crate) struct Searched {
    /// For each group the parameters of its model.
    pub(crate) of_groups: Vec<Vec<f64>>,
    /// Those of a customer whose covariates are all 0.
    pub(crate) parameters: Vec<f64>,
    pub(crate) coefficients: Vec<Vec<f64>>,
    /// Of the logarithms of the parameters, then of the coefficients.
    pub(crate) standard_errors: Option<Vec<f64>>,
    pub(crate) log_likelihood: f64,
    pub(crate) iterations: usize,
    pub(crate) status: Status,
}

/// The maximum of a likelihood over positive parameters and the coefficients of covariates.
pub(crate) fn search(
    groups: &[Group],
    effects: &[Effect],
    start: &[f64],
    likelihood: impl Fn(&[Weighted], &[f64]) -> Evaluation,
) -> Result<Searched, FitError> {
    let count = groups.first().map_or(0, |group| group.covariates.len());
    for (row, group) in groups.iter().enumerate() {
        if group.covariates.len() != count || group.covariates.iter().any(|it| !it.is_finite()) {
            let what = "every group needs the same number of covariates, all of them numbers";
            return Err(FitError::Row { row, what });
        }
    }
    let own = start.len();
    let size = own + effects.len() * count;
    let mut begin = vec![0.0; size];
    for (at, value) in begin.iter_mut().zip(start) {
        *at = value.ln();
    }
    let designs: Vec<Vec<Vec<f64>>> = groups
        .iter()
        .map(|group| design(effects, &group.covariates, own, size))
        .collect();
    let parameters_at =
        |design: &[Vec<f64>], at: &[f64]| -> Vec<f64> { design.iter().map(|row| dot(row, at).exp()).collect() };
    let all = |at: &[f64]| {
        let mut sum = Evaluation::zero(size);
        for (group, design) in groups.iter().zip(&designs) {
            let parameters = parameters_at(design, at);
            let natural = likelihood(&group.rows, &parameters);
            add_through(&mut sum, &by_logarithms(&natural, &parameters), design);
        }
        sum
    };
    let Optimum {
        at,
        evaluation,
        iterations,
        status,
    } = maximise(all, &begin);
    let covariance: Option<Symmetric> = information(&evaluation).inverse();
    Ok(Searched {
        of_groups: designs.iter().map(|design| parameters_at(design, &at)).collect(),
        parameters: at[..own].iter().map(|it| it.exp()).collect(),
        coefficients: at[own..].chunks(count.max(1)).map(<[f64]>::to_vec).collect(),
        standard_errors: covariance.map(|it| (0..size).map(|index| it.get(index, index).sqrt()).collect()),
        log_likelihood: evaluation.value,
        iterations,
        status,
    })
}

/// For each of the model's `own` parameters how its logarithm follows from what is searched for.
fn design(effects: &[Effect], covariates: &[f64], own: usize, size: usize) -> Vec<Vec<f64>> {
    let mut design = vec![vec![0.0; size]; own];
    for (parameter, row) in design.iter_mut().enumerate() {
        row[parameter] = 1.0;
        for (number, effect) in effects
            .iter()
            .enumerate()
            .filter(|(_, effect)| effect.parameter == parameter)
        {
            for (index, value) in covariates.iter().enumerate() {
                row[own + number * covariates.len() + index] = effect.sign * value;
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

fn dot(left: &[f64], right: &[f64]) -> f64 {
    left.iter().zip(right).map(|(left, right)| left * right).sum()
}
