//! `chalandise fit`: a model of customer value fitted on a file of the user's own, for those who compare tools.

use std::path::PathBuf;

use chalandise_analytics::bg_bb::{BgBb, Opportunities};
use chalandise_analytics::bg_nbd::BgNbd;
use chalandise_analytics::fit::{Fit, FitError};
use chalandise_analytics::gamma_gamma::{GammaGamma, Spend};
use chalandise_analytics::mbg_nbd::MbgNbd;
use chalandise_analytics::pareto_nbd::ParetoNbd;
use chalandise_analytics::purchase_fit::Fittable;
use chalandise_analytics::rfm::{History, Weighted};
use clap::{Args, ValueEnum};
use serde_json::{Map, Value, json};

use crate::model::Observations;

use super::CommandError;

/// A model of when customers buy, or of what they spend.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Model {
    /// Purchases: beta-geometric leaving after a repeat purchase
    BgNbd,
    /// Purchases: the same, leaving possible after the first purchase too
    MbgNbd,
    /// Purchases: leaving at any time, at a rate of the customer's own
    ParetoNbd,
    /// Spend: mean value of a customer's purchases
    GammaGamma,
    /// Purchases at given opportunities, such as one catalogue a season
    BgBb,
}

impl Model {
    pub(super) fn name(self) -> &'static str {
        match self {
            Model::BgNbd => "bg-nbd",
            Model::MbgNbd => "mbg-nbd",
            Model::ParetoNbd => "pareto-nbd",
            Model::GammaGamma => "gamma-gamma",
            Model::BgBb => "bg-bb",
        }
    }

    pub(super) fn parameters(self) -> &'static [&'static str] {
        match self {
            Model::BgNbd => &BgNbd::NAMES,
            Model::MbgNbd => &MbgNbd::NAMES,
            Model::ParetoNbd => &ParetoNbd::NAMES,
            Model::GammaGamma => &GammaGamma::NAMES,
            Model::BgBb => &BgBb::NAMES,
        }
    }
}

/// Fits a model on a file and prints one JSON object.
///
/// Columns of the file: x, t_x, T for bg-nbd, mbg-nbd and pareto-nbd; x, mean_value for gamma-gamma; x, t_x, n for bg-bb; each with
/// an optional column weight. Times stand in the file's own unit.
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
        Model::BgNbd => purchases::<BgNbd>(&args.rfm, start)?,
        Model::MbgNbd => purchases::<MbgNbd>(&args.rfm, start)?,
        Model::ParetoNbd => purchases::<ParetoNbd>(&args.rfm, start)?,
        Model::GammaGamma => {
            let start = start.map(|start| [start[0], start[1], start[2]]);
            object(GammaGamma::fit(&spend(&args.rfm)?, start).map_err(in_file)?, names)
        }
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
    }
    println!("{}", Value::Object(printed));
    Ok(())
}

fn purchases<M: Fittable>(file: &std::path::Path, start: Option<&[f64]>) -> Result<Map<String, Value>, CommandError> {
    let fit = M::fit_from(&histories(file)?, start.map(four)).map_err(in_file)?;
    Ok(object(fit, &M::NAMES))
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
