//! `chalandise predict`: what a model with given parameters expects of each customer of a file.

use std::io::Write;
use std::path::{Path, PathBuf};

use chalandise_analytics::purchase::PurchaseModel;
use chalandise_analytics::purchase::bg_bb::BgBb;
use chalandise_analytics::purchase::bg_nbd::BgNbd;
use chalandise_analytics::purchase::fittable::Fittable;
use chalandise_analytics::purchase::gamma_gamma::{SpendKind, SpendModel};
use chalandise_analytics::purchase::mbg_nbd::MbgNbd;
use chalandise_analytics::purchase::pareto_nbd::ParetoNbd;
use chalandise_analytics::purchase::rfm::check;
use clap::Args;

use chalandise_model::Observations;

use super::CommandError;
use super::fit::{Model, counts, histories, opportunities};

/// Prints a csv with a line for each customer of a file: p_alive, expected_orders, p_ge_1, p_ge_2, p_ge_3, expected_value, clv, dert.
///
/// The file is that of `fit`; with spend parameters it also needs mean_value. Fields that were not asked for stay empty.
#[derive(Args)]
pub(super) struct PredictArgs {
    /// The model
    #[arg(value_enum)]
    model: Model,
    /// Its parameters by the paper's names, such as '{"r":0.243,"alpha":4.414,"a":0.793,"b":2.426}'
    #[arg(long, value_name = "JSON")]
    parameters: String,
    /// Customers: csv with a header line, or Parquet
    #[arg(long, value_name = "FILE")]
    rfm: PathBuf,
    /// Time to come, in the file's unit; opportunities to come for bg-bb
    #[arg(long, value_name = "TIME")]
    t: Option<f64>,
    /// Parameters of gamma-gamma, or of what stands in its place; gives expected_value, and clv with them
    #[arg(long, value_name = "JSON")]
    spend_parameters: Option<String>,
    /// Months of the CLV's horizon
    #[arg(long, default_value_t = 12)]
    months: u32,
    /// A month in the file's unit; weeks are the default
    #[arg(long, value_name = "TIME", default_value_t = 4.345)]
    weeks_per_month: f64,
    /// Discount of a month's margin, at the month's end
    #[arg(long, value_name = "RATE", default_value_t = 0.01)]
    monthly_discount: f64,
    /// Continuous discount rate for a unit of time; gives dert
    #[arg(long, value_name = "RATE")]
    dert_rate: Option<f64>,
}

/// What is printed of one customer.
#[derive(Default)]
struct Line {
    p_alive: Option<f64>,
    expected_orders: Option<f64>,
    at_least: Option<[f64; 3]>,
    expected_value: Option<f64>,
    clv: Option<f64>,
    dert: Option<f64>,
}

pub(super) fn run(args: &PredictArgs) -> Result<(), CommandError> {
    let bounds = [
        ("--t", args.t, 0.0),
        ("--weeks-per-month", Some(args.weeks_per_month), 0.0),
        ("--monthly-discount", Some(args.monthly_discount), -0.99),
        ("--dert-rate", args.dert_rate, f64::MIN_POSITIVE),
    ];
    for (name, value, least) in bounds {
        if value.is_some_and(|value| !value.is_finite() || value < least) {
            let bound = if least == f64::MIN_POSITIVE {
                "above 0".to_owned()
            } else {
                format!("from {least}")
            };
            return Err(format!("{name} must be a number {bound}").into());
        }
    }
    let parameters = parameters(args.model, &args.parameters, "--parameters")?;
    let spend = args.spend_parameters.as_deref().map(spend_model).transpose()?;
    let four = || [parameters[0], parameters[1], parameters[2], parameters[3]];
    let lines = match args.model {
        Model::BgNbd => purchases(&BgNbd::with(four()), args, spend)?,
        Model::MbgNbd => purchases(&MbgNbd::with(four()), args, spend)?,
        Model::ParetoNbd => purchases(&ParetoNbd::with(four()), args, spend)?,
        Model::Limit(kind) => {
            // They are positive and as many as its names already.
            let model = kind.with(&parameters);
            let model = model.ok_or("--parameters: a share or a probability cannot be above 1")?;
            purchases(&model, args, spend)?
        }
        Model::Spend(kind) => values(&of_kind(kind, &parameters)?, &args.rfm)?,
        Model::BgBb => chances(
            &BgBb {
                alpha: parameters[0],
                beta: parameters[1],
                gamma: parameters[2],
                delta: parameters[3],
            },
            args,
        )?,
    };
    print(&lines)
}

/// Parameters in the model's order.
fn parameters(model: Model, text: &str, option: &str) -> Result<Vec<f64>, CommandError> {
    let names = model.parameters();
    let wrong = || {
        let example: Vec<String> = names.iter().map(|name| format!("\"{name}\":1.5")).collect();
        format!(
            "{option} must be the positive parameters of {} as JSON: {{{}}}",
            model.name(),
            example.join(",")
        )
    };
    let object: serde_json::Map<String, serde_json::Value> = serde_json::from_str(text).map_err(|_| wrong())?;
    if object.len() != names.len() {
        return Err(wrong().into());
    }
    let value = |name: &&str| {
        object
            .get(*name)?
            .as_f64()
            .filter(|value| value.is_finite() && *value > 0.0)
    };
    names
        .iter()
        .map(|name| value(name).ok_or_else(|| wrong().into()))
        .collect()
}

/// The spend model whose parameters have these names.
fn spend_model(text: &str) -> Result<SpendModel, CommandError> {
    let option = "--spend-parameters";
    let named: Option<serde_json::Map<String, serde_json::Value>> = serde_json::from_str(text).ok();
    let has = |kind: &SpendKind| {
        let named = named.as_ref();
        named.is_some_and(|named| {
            named.len() == kind.names().len() && kind.names().iter().all(|it| named.contains_key(*it))
        })
    };
    let kind = SpendKind::ALL.into_iter().find(has).unwrap_or(SpendKind::GammaGamma);
    of_kind(kind, &parameters(Model::Spend(kind), text, option)?)
}

fn of_kind(kind: SpendKind, parameters: &[f64]) -> Result<SpendModel, CommandError> {
    kind.with(parameters)
        .ok_or_else(|| format!("the parameters of {} must be positive", kind.name()).into())
}

fn purchases(
    model: &impl PurchaseModel,
    args: &PredictArgs,
    spend: Option<SpendModel>,
) -> Result<Vec<Line>, CommandError> {
    let rows = histories(&args.rfm)?;
    check(&rows).map_err(|error| error.to_string())?;
    let t = args.t.ok_or("--t is missing: the time to come, in the file's unit")?;
    let means = match spend {
        Some(_) => Observations::read(&args.rfm, &["mean_value"])?.sparse("mean_value", 0.0)?,
        None => vec![0.0; rows.len()],
    };
    let line = |(row, mean): (&chalandise_analytics::purchase::rfm::Weighted, f64)| {
        let history = &row.history;
        let mut at_least = [0.0; 3];
        model.at_least(history, t, &mut at_least);
        let expected_value = spend.and_then(|spend| spend.expected_value(history.x, mean));
        let discounted = || model.discounted(history, args.months, args.weeks_per_month, args.monthly_discount);
        Line {
            p_alive: Some(model.p_alive(history)),
            expected_orders: Some(model.expected(history, t)),
            at_least: Some(at_least),
            expected_value,
            clv: expected_value.map(|value| discounted() * value),
            dert: args.dert_rate.map(|rate| model.dert(history, rate)),
        }
    };
    Ok(rows.iter().zip(means).map(line).collect())
}

fn values(model: &SpendModel, file: &Path) -> Result<Vec<Line>, CommandError> {
    let read = Observations::read(file, &["x", "mean_value"])?;
    let (x, means) = (counts(&read, "x")?, read.sparse("mean_value", 0.0)?);
    let line = |(x, mean)| Line {
        expected_value: model.expected_value(x, mean),
        ..Line::default()
    };
    Ok(x.into_iter().zip(means).map(line).collect())
}

fn chances(model: &BgBb, args: &PredictArgs) -> Result<Vec<Line>, CommandError> {
    let t = args.t.filter(|t| t.fract() == 0.0 && *t <= 100_000.0);
    let t = t.ok_or("--t must be a whole number of opportunities for bg-bb")? as u32;
    let line = |row| {
        let mut at_least = [0.0; 3];
        model.at_least(&row, t, &mut at_least);
        Line {
            p_alive: Some(model.p_alive(&row)),
            expected_orders: Some(model.expected(&row, t)),
            at_least: Some(at_least),
            ..Line::default()
        }
    };
    Ok(opportunities(&args.rfm)?.into_iter().map(line).collect())
}

fn print(lines: &[Line]) -> Result<(), CommandError> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    writeln!(
        out,
        "p_alive,expected_orders,p_ge_1,p_ge_2,p_ge_3,expected_value,clv,dert"
    )?;
    for line in lines {
        let chance = |place: usize| line.at_least.map(|chances| chances[place]);
        let fields = [
            line.p_alive,
            line.expected_orders,
            chance(0),
            chance(1),
            chance(2),
            line.expected_value,
            line.clv,
            line.dert,
        ];
        // The shortest text that reads back as the same number.
        let texts = fields.map(|field| field.map(|value| value.to_string()).unwrap_or_default());
        writeln!(out, "{}", texts.join(","))?;
    }
    out.flush()?;
    Ok(())
}
