//! `chalandise fit`: a model of customer value fitted on a file of the user's own, for those who compare tools.

use std::collections::BTreeMap;
use std::path::PathBuf;

use chalandise_analytics::purchase::bg_bb::{BgBb, Opportunities};
use chalandise_analytics::purchase::bg_nbd::BgNbd;
use chalandise_analytics::purchase::fit::{Fit, FitError};
use chalandise_analytics::purchase::fittable::{CovariateFit, Effect, Fittable, Group, fit_with_covariates};
use chalandise_analytics::purchase::gamma_gamma::{Spend, SpendKind, settle};
use chalandise_analytics::purchase::limit::{LimitKind, ModelOrLimit, best_limit, fit_or_limit_distinct};
use chalandise_analytics::purchase::mbg_nbd::MbgNbd;
use chalandise_analytics::purchase::pareto_nbd::ParetoNbd;
use chalandise_analytics::purchase::rfm::{History, Weighted, distinct};
use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};
use serde_json::{Map, Value, json};

use chalandise_model::Observations;

use super::CommandError;

/// A model of when customers buy, or of what they spend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Model {
    BgNbd,
    MbgNbd,
    ParetoNbd,
    BgBb,
    /// Gamma-Gamma, or what stands in its place where it has no maximum or no mean.
    Spend(SpendKind),
    /// What a likelihood of the first three rises towards where it has no maximum.
    Limit(LimitKind),
}

const MODELS: [Model; 4 + SpendKind::ALL.len() + LimitKind::ALL.len()] = {
    let mut models = [Model::BgBb; 4 + SpendKind::ALL.len() + LimitKind::ALL.len()];
    models[0] = Model::BgNbd;
    models[1] = Model::MbgNbd;
    models[2] = Model::ParetoNbd;
    models[3] = Model::Spend(SpendKind::ALL[0]);
    models[4] = Model::BgBb;
    let mut place = 5;
    let mut spend = 1;
    while spend < SpendKind::ALL.len() {
        models[place] = Model::Spend(SpendKind::ALL[spend]);
        (place, spend) = (place + 1, spend + 1);
    }
    let mut limit = 0;
    while limit < LimitKind::ALL.len() {
        models[place] = Model::Limit(LimitKind::ALL[limit]);
        (place, limit) = (place + 1, limit + 1);
    }
    models
};

impl ValueEnum for Model {
    fn value_variants<'a>() -> &'a [Model] {
        &MODELS
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()).help(self.doc()))
    }
}

impl Model {
    pub(super) fn name(self) -> &'static str {
        match self {
            Model::BgNbd => "bg-nbd",
            Model::MbgNbd => "mbg-nbd",
            Model::ParetoNbd => "pareto-nbd",
            Model::BgBb => "bg-bb",
            Model::Spend(kind) => kind.name(),
            Model::Limit(kind) => kind.name(),
        }
    }

    fn doc(self) -> &'static str {
        match self {
            Model::BgNbd => "Purchases: beta-geometric leaving after a repeat purchase",
            Model::MbgNbd => "Purchases: the same, leaving possible after the first purchase too",
            Model::ParetoNbd => "Purchases: leaving at any time, at a rate of the customer's own",
            Model::BgBb => "Purchases at given opportunities, such as one catalogue a season",
            Model::Spend(kind) => match kind {
                SpendKind::GammaGamma => "Spend: mean value of a customer's purchases",
                SpendKind::Gamma => "Limit of gamma-gamma: customers do not differ in what they spend",
                SpendKind::InverseGamma => "Limit of gamma-gamma: a customer's purchases are all alike",
                SpendKind::Mean => {
                    "For want of gamma-gamma: the mean observed, which counts as one purchase of a customer"
                }
            },
            Model::Limit(kind) => match kind {
                LimitKind::Nbd => "A limit of the first three: nobody leaves",
                LimitKind::ExponentialNbd => "Limit of pareto-nbd: everybody leaves at one rate",
                LimitKind::GeometricNbd => "Limit of bg-nbd: one probability of leaving for all",
                LimitKind::ModifiedGeometricNbd => "Limit of mbg-nbd: one probability of leaving for all",
                LimitKind::ZeroInflatedNbd => {
                    "Limit of pareto-nbd and mbg-nbd: a share never comes back, nobody else leaves"
                }
                LimitKind::MoverStayerNbd => "Limit of bg-nbd: a share leaves after the first repeat, nobody else does",
                LimitKind::Poisson => "The same as nbd, with one rate of purchase for all",
                LimitKind::ExponentialPoisson => "The same as exponential-nbd, with one rate for all",
                LimitKind::GeometricPoisson => "The same as geometric-nbd, with one rate for all",
                LimitKind::ModifiedGeometricPoisson => "The same as modified-geometric-nbd, with one rate for all",
                LimitKind::ZeroInflatedPoisson => "The same as zero-inflated-nbd, with one rate for all",
                LimitKind::MoverStayerPoisson => "The same as mover-stayer-nbd, with one rate for all",
                LimitKind::ParetoPoisson => "Limit of pareto-nbd: one rate of purchase for all",
                LimitKind::BgPoisson => "Limit of bg-nbd: one rate of purchase for all",
                LimitKind::MbgPoisson => "Limit of mbg-nbd: one rate of purchase for all",
            },
        }
    }

    pub(super) fn parameters(self) -> &'static [&'static str] {
        match self {
            Model::BgNbd => &BgNbd::NAMES,
            Model::MbgNbd => &MbgNbd::NAMES,
            Model::ParetoNbd => &ParetoNbd::NAMES,
            Model::BgBb => &BgBb::NAMES,
            Model::Spend(kind) => kind.names(),
            Model::Limit(kind) => kind.names(),
        }
    }
}

/// Fits a model on a file and prints one JSON object.
///
/// Columns of the file: x, t_x, T for bg-nbd, mbg-nbd, pareto-nbd and their limits; x, mean_value for gamma-gamma and what stands in its
/// place; x, t_x, n for bg-bb; each with an optional column weight. Times stand in the file's own unit. With --covariates the object has coefficients and
/// coefficient_errors too. Where the likelihood has no maximum, the object says under `instead` which model to use, such as the limit
/// that the likelihood rises towards; of gamma-gamma also where the customers' shape q may not be above 1, up to which there is no mean.
#[derive(Args)]
pub(super) struct FitArgs {
    /// The model
    #[arg(value_enum)]
    model: Model,
    /// Customers: csv with a header line, or Parquet
    #[arg(long, value_name = "FILE")]
    rfm: PathBuf,
    /// Where the search begins, in the paper's order of parameters [default: the model's own start]
    #[arg(long, value_name = "NUMBERS", value_delimiter = ',')]
    start: Option<Vec<f64>>,
    /// Columns of the file with what is constant for a customer, such as 1 for those won on the web: for the three models of purchases
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',', conflicts_with = "start")]
    covariates: Option<Vec<String>>,
}

pub(super) fn run(args: &FitArgs) -> Result<(), CommandError> {
    let names = args.model.parameters();
    if let Some(start) = &args.start
        && start.len() != names.len()
    {
        let (count, list) = (names.len(), names.join(", "));
        return Err(format!("--start needs {count} numbers for {}: {list}", args.model.name()).into());
    }
    let start = args.start.as_deref();
    let fitted = match args.model {
        Model::BgNbd | Model::MbgNbd | Model::ParetoNbd | Model::Limit(_) if args.covariates.is_some() => {
            let columns = args.covariates.as_deref().unwrap_or_default();
            match args.model {
                Model::Limit(kind) => {
                    let fit = |groups: &[Group]| kind.fit_with_covariates(groups);
                    with_covariates(&args.rfm, columns, names, &kind.effects(), fit)?
                }
                Model::BgNbd => with_covariates_of::<BgNbd>(&args.rfm, columns)?,
                Model::MbgNbd => with_covariates_of::<MbgNbd>(&args.rfm, columns)?,
                _ => with_covariates_of::<ParetoNbd>(&args.rfm, columns)?,
            }
        }
        _ if args.covariates.is_some() => {
            return Err("--covariates act on bg-nbd, mbg-nbd and pareto-nbd".into());
        }
        Model::BgNbd => purchases::<BgNbd>(&args.rfm, start)?,
        Model::MbgNbd => purchases::<MbgNbd>(&args.rfm, start)?,
        Model::ParetoNbd => purchases::<ParetoNbd>(&args.rfm, start)?,
        Model::Limit(kind) => object(kind.fit_from(&histories(&args.rfm)?, start).map_err(in_file)?, names),
        Model::Spend(kind) => spends(kind, &args.rfm, start)?,
        Model::BgBb => object(
            BgBb::fit(&opportunities(&args.rfm)?, start.map(four)).map_err(in_file)?,
            names,
        ),
    };
    let mut printed = Map::new();
    printed.insert("model".into(), args.model.name().into());
    printed.extend(fitted);
    if printed.get("converged") != Some(&Value::Bool(true)) {
        eprintln!("The likelihood has no maximum that the search could find: these parameters are not to be used.");
        if let Some(instead) = printed.get("instead").and_then(|it| it["model"].as_str()) {
            eprintln!("Use those of {instead} under `instead`.");
        }
    }
    println!("{}", Value::Object(printed));
    Ok(())
}

fn purchases<M: Fittable>(file: &std::path::Path, start: Option<&[f64]>) -> Result<Map<String, Value>, CommandError> {
    let rows = histories(file)?;
    let fit = M::fit_from(&rows, start.map(four)).map_err(in_file)?;
    let instead = if fit.converged() { None } else { instead::<M>(rows) };
    let mut printed = object(fit, &M::NAMES);
    if let Some(instead) = instead {
        let mut of_it = Map::from_iter([("model".to_owned(), instead.model.name().into())]);
        let names = instead.model.names();
        of_it.extend(object(instead, names));
        printed.insert("instead".into(), Value::Object(of_it));
    }
    Ok(printed)
}

/// A spend model; of Gamma-Gamma also what `build` would use instead, where its likelihood runs off or there may be no mean.
fn spends(kind: SpendKind, file: &std::path::Path, start: Option<&[f64]>) -> Result<Map<String, Value>, CommandError> {
    let rows = spend(file)?;
    let fit = kind.fit(&rows, start).map_err(in_file)?;
    let mut printed = object(fit, kind.names());
    let instead = if kind == SpendKind::GammaGamma {
        settle(&rows).ok()
    } else {
        None
    };
    if let Some(instead) = instead
        .map(|settled| settled.fit)
        .filter(|fit| fit.model.kind() != kind)
    {
        let used = instead.model.kind();
        let mut of_it = Map::from_iter([("model".to_owned(), used.name().into())]);
        of_it.extend(object(instead, used.names()));
        printed.insert("instead".into(), Value::Object(of_it));
    }
    Ok(printed)
}

/// What `build` would use where a search found no maximum: the limit that the likelihood rises towards, or the model from another start;
/// else the likeliest limit.
fn instead<M: Fittable>(rows: Vec<Weighted>) -> Option<Fit<ModelOrLimit<M>>> {
    let rows = distinct(rows);
    let found = fit_or_limit_distinct::<M>(&rows).ok().filter(Fit::converged);
    found.or_else(|| best_limit::<M>(&rows).ok().flatten())
}

fn with_covariates_of<M: Fittable>(
    file: &std::path::Path,
    columns: &[String],
) -> Result<Map<String, Value>, CommandError> {
    with_covariates(file, columns, &M::NAMES, M::EFFECTS, fit_with_covariates::<M>)
}

/// The same object with covariates: the parameters of a customer whose covariates are all 0, and for each effect the coefficient of
/// each covariate. A parameter of a customer with covariates z is that of one without times e^(coefficient z), or divided by it where
/// the effect says so (Fader & Hardie 2007).
fn with_covariates<M, P: AsRef<[f64]>>(
    file: &std::path::Path,
    columns: &[String],
    names: &[&str],
    of_effects: &[Effect],
    fit: impl Fn(&[Group]) -> Result<CovariateFit<M, P>, FitError>,
) -> Result<Map<String, Value>, CommandError> {
    let rows = histories(file)?;
    chalandise_analytics::purchase::rfm::check(&rows).map_err(|error| in_file(error.into()))?;
    let wanted: Vec<&str> = columns.iter().map(String::as_str).collect();
    let read = Observations::read(file, &wanted)?;
    let values = wanted
        .iter()
        .map(|column| read.required(column))
        .collect::<Result<Vec<_>, _>>()?;
    // Customers who share their covariates make a group.
    let mut groups: BTreeMap<Vec<u64>, Vec<Weighted>> = BTreeMap::new();
    for (row, history) in rows.iter().enumerate() {
        let key = values.iter().map(|column| column[row].to_bits()).collect();
        groups.entry(key).or_default().push(*history);
    }
    let groups: Vec<Group> = groups
        .into_iter()
        .map(|(key, rows)| Group {
            rows: distinct(rows),
            covariates: key.into_iter().map(f64::from_bits).collect(),
        })
        .collect();
    let fit = fit(&groups).map_err(in_file)?;
    let parameters = fit.parameters.as_ref();
    let named = |names: &[&str], values: &[f64]| {
        let pairs = names.iter().zip(values);
        Value::Object(pairs.map(|(name, value)| ((*name).to_owned(), json!(value))).collect())
    };
    let effects = |of: &dyn Fn(usize) -> Vec<f64>| {
        let pairs = of_effects.iter().enumerate();
        Value::Object(
            pairs
                .map(|(number, effect)| (effect.name.to_owned(), named(&wanted, &of(number))))
                .collect(),
        )
    };
    // Errors of the parameters' logarithms become those of the parameters.
    let errors = fit.standard_errors.as_ref().map(|errors| {
        let natural: Vec<f64> = errors.iter().zip(parameters).map(|(error, it)| error * it).collect();
        let begin = |number: usize| names.len() + number * wanted.len();
        let of_coefficients = effects(&|number| errors[begin(number)..][..wanted.len()].to_vec());
        (named(names, &natural), of_coefficients)
    });
    let (of_parameters, of_coefficients) = errors.unwrap_or((Value::Null, Value::Null));
    Ok(Map::from_iter([
        ("parameters".to_owned(), named(names, parameters)),
        (
            "coefficients".to_owned(),
            effects(&|number| fit.coefficients[number].clone()),
        ),
        ("standard_errors".to_owned(), of_parameters),
        ("coefficient_errors".to_owned(), of_coefficients),
        ("log_likelihood".to_owned(), json!(fit.log_likelihood)),
        ("customers".to_owned(), whole(rows.iter().map(|row| row.weight).sum())),
        (
            "distinct_rows".to_owned(),
            json!(groups.iter().map(|group| group.rows.len()).sum::<usize>()),
        ),
        ("iterations".to_owned(), json!(fit.iterations)),
        (
            "converged".to_owned(),
            json!(fit.status == chalandise_analytics::numeric::Status::Converged),
        ),
    ]))
}

/// Rows of a file count from 1, those of a slice from 0.
fn in_file(error: FitError) -> CommandError {
    let text = error.to_string();
    match text.strip_prefix("row ").and_then(|rest| rest.split_once(':')) {
        Some((row, rest)) => match row.parse::<usize>() {
            Ok(row) => format!("row {}:{rest}", row + 1).into(),
            Err(_) => text.into(),
        },
        None => text.into(),
    }
}

fn four(start: &[f64]) -> [f64; 4] {
    [start[0], start[1], start[2], start[3]]
}

fn object<M>(fit: Fit<M>, names: &[&str]) -> Map<String, Value> {
    let named = |values: &[f64]| {
        let pairs = names
            .iter()
            .zip(values)
            .map(|(name, value)| ((*name).to_owned(), json!(value)));
        Value::Object(pairs.collect())
    };
    Map::from_iter([
        ("parameters".to_owned(), named(&fit.parameters)),
        (
            "standard_errors".to_owned(),
            fit.standard_errors.as_deref().map_or(Value::Null, named),
        ),
        // Null where there is none, as of the mean observed.
        ("log_likelihood".to_owned(), json!(fit.log_likelihood)),
        ("customers".to_owned(), whole(fit.customers)),
        ("distinct_rows".to_owned(), json!(fit.distinct_rows)),
        ("iterations".to_owned(), json!(fit.iterations)),
        ("converged".to_owned(), json!(fit.converged())),
    ])
}

/// Customers are counted; only weights make a fraction of them.
fn whole(customers: f64) -> Value {
    if customers.fract() == 0.0 && customers < 9e15 {
        json!(customers as u64)
    } else {
        json!(customers)
    }
}

/// Histories with their weights.
pub(super) fn histories(file: &std::path::Path) -> Result<Vec<Weighted>, CommandError> {
    let read = Observations::read(file, &["x", "t_x", "T", "weight"])?;
    let (x, t_x, t) = (counts(&read, "x")?, read.required("t_x")?, read.required("T")?);
    let weights = read.optional("weight", 1.0);
    let rows = x.into_iter().zip(t_x).zip(t).zip(weights);
    Ok(rows
        .map(|(((x, t_x), t), weight)| Weighted {
            history: History { x, t_x, t },
            weight,
        })
        .collect())
}

fn spend(file: &std::path::Path) -> Result<Vec<Spend>, CommandError> {
    let read = Observations::read(file, &["x", "mean_value", "weight"])?;
    // A customer without repeats has no mean value, and is left out.
    let (x, means) = (counts(&read, "x")?, read.sparse("mean_value", 0.0)?);
    let weights = read.optional("weight", 1.0);
    let rows = x.into_iter().zip(means).zip(weights);
    Ok(rows
        .map(|((x, mean_value), weight)| Spend { x, mean_value, weight })
        .collect())
}

/// Opportunities with their weights.
pub(super) fn opportunities(file: &std::path::Path) -> Result<Vec<Opportunities>, CommandError> {
    let read = Observations::read(file, &["x", "t_x", "n", "weight"])?;
    let (x, t_x, n) = (counts(&read, "x")?, counts(&read, "t_x")?, counts(&read, "n")?);
    let weights = read.optional("weight", 1.0);
    let rows = x.into_iter().zip(t_x).zip(n).zip(weights);
    Ok(rows
        .map(|(((x, t_x), n), weight)| Opportunities { x, t_x, n, weight })
        .collect())
}

/// A column of whole numbers from 0.
pub(super) fn counts(read: &Observations, column: &str) -> Result<Vec<u32>, CommandError> {
    let values = read.required(column)?;
    let count = |(row, value): (usize, f64)| {
        let is_count = value.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&value);
        is_count
            .then_some(value as u32)
            .ok_or_else(|| format!("row {}: `{column}` must be a whole number from 0", row + 1).into())
    };
    values.into_iter().enumerate().map(count).collect()
}
