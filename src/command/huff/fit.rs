//! `chalandise huff fit`: coefficients of store choice from flows, shares or totals.

use std::path::{Path, PathBuf};

use chalandise_analytics::network::huff::{
    Calibration, ChoiceError, ChoiceSets, Decay, fit_mci, fit_multinomial, fit_totals,
};
use clap::{Args, ValueEnum};
use serde_json::{Map, Value, json};

use chalandise_model::{Ids, Observations};

use super::super::CommandError;
use super::Names;

/// How coefficients are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Method {
    /// Maximum likelihood: each unit of flow is a choice among the destinations of its origin
    Multinomial,
    /// Least squares on the logarithms of each origin's shares (Nakanishi & Cooper 1974); no flow may be 0
    Mci,
    /// Poisson quasi-likelihood of the destinations' totals, given the origins' markets
    Totals,
}

impl Method {
    fn name(self) -> &'static str {
        match self {
            Method::Multinomial => "multinomial",
            Method::Mci => "mci",
            Method::Totals => "totals",
        }
    }
}

/// Calibrate the model on who goes where
///
/// Reads a file with a row for each pair of origin and destination, and prints one JSON object.
///
/// Attractions enter as logarithms, so that their coefficients are exponents. The distance enters as its logarithm (power), as it is
/// (exponential), as its square root (sqrt-exponential) or as its square (gaussian), in the file's own unit; where it repels, its
/// coefficient is below 0.
///
/// r2 is 1 - SSE/SST of the flows, for mci of the log-centred shares, for totals of the totals. log_likelihood is the sum of flow
/// times ln p, for mci that of the regression, for totals the sum of T ln mu - mu; compare aic within one method only. Standard errors
/// of mci stand on pairs - origins - coefficients degrees of freedom, those of totals are robust ones (HC3).
#[derive(Args)]
pub(in crate::command) struct FitArgs {
    /// Pairs: csv with a header line, or Parquet
    #[arg(long, value_name = "FILE")]
    pairs: PathBuf,
    /// Column with the origin's id
    #[arg(long, value_name = "COLUMN")]
    origin: String,
    /// Column with the destination's id
    #[arg(long, value_name = "COLUMN")]
    destination: String,
    /// Column with the flow of the pair, from 0; a share for mci. For totals only its sums by origin and by destination are used
    #[arg(long, value_name = "COLUMN", required_unless_present_all = ["market", "total"])]
    flow: Option<String>,
    /// Columns with what draws customers, such as sales area; above 0
    #[arg(long, value_name = "COLUMN,COLUMN", value_delimiter = ',')]
    attraction: Vec<String>,
    /// Column with the distance or travel time of the pair
    #[arg(long, value_name = "COLUMN")]
    distance: String,
    /// How the draw falls with the distance
    #[arg(long, value_name = "power|exponential|sqrt-exponential|gaussian")]
    decay: Decay,
    /// How the coefficients are found
    #[arg(long, value_enum, default_value_t = Method::Multinomial)]
    method: Method,
    /// For totals without flows: column with the market of the row's origin
    #[arg(long, value_name = "COLUMN", requires = "total", conflicts_with = "flow")]
    market: Option<String>,
    /// For totals without flows: column with the total of the row's destination
    #[arg(long, value_name = "COLUMN", requires = "market", conflicts_with = "flow")]
    total: Option<String>,
}

/// The file, ready for a calibration.
struct Pairs<'a> {
    args: &'a FitArgs,
    read: Observations,
    origins: Names,
    destinations: Names,
    sets: ChoiceSets,
    /// Row of the file that each row of the sets was, from 0.
    order: Vec<usize>,
}

pub(super) fn run(args: &FitArgs) -> Result<(), CommandError> {
    if args.market.is_some() && args.method != Method::Totals {
        return Err(format!(
            "--market and --total go with --method totals, not with {}",
            args.method.name()
        )
        .into());
    }
    let pairs = Pairs::read(args)?;
    let (fit, flow) = pairs.fit()?;
    let names = args.covariates();
    let reason = fit.ending.reason(&names);
    if let Some(reason) = &reason {
        eprintln!("These coefficients are not to be used: {reason}.");
    } else if fit.covariance.is_none() {
        eprintln!("There are no standard errors: the observations are no more than the coefficients.");
    }
    println!("{}", object(&pairs, &fit, flow, reason));
    Ok(())
}

impl FitArgs {
    /// Columns with a coefficient, in its order.
    fn covariates(&self) -> Vec<&str> {
        let attractions = self.attraction.iter().map(String::as_str);
        attractions.chain([self.distance.as_str()]).collect()
    }

    /// Columns of numbers.
    fn numbers(&self) -> Result<Vec<&str>, CommandError> {
        let mut numbers = self.covariates();
        for (place, column) in numbers.iter().enumerate() {
            if numbers[..place].contains(column) {
                return Err(
                    format!("`{column}` is asked for twice in --attraction and --distance; name it once").into(),
                );
            }
        }
        let others = [&self.flow, &self.market, &self.total];
        numbers.extend(others.into_iter().flatten().map(String::as_str));
        Ok(numbers)
    }
}

impl<'a> Pairs<'a> {
    fn read(args: &'a FitArgs) -> Result<Pairs<'a>, CommandError> {
        let ids = [args.origin.as_str(), args.destination.as_str()];
        let read = Observations::read_with_ids(&args.pairs, Ids::Named(&ids), &args.numbers()?)?;
        if read.is_empty() {
            return Err(format!("{} has no row", args.pairs.display()).into());
        }
        let (mut origins, mut destinations) = (Names::default(), Names::default());
        let rows = read.ids(&args.origin)?.iter().zip(read.ids(&args.destination)?);
        let pairs: Vec<(u32, u32)> = rows
            .map(|(origin, destination)| (origins.place(origin).0, destinations.place(destination).0))
            .collect();
        let covariates = covariates(args, &read)?;
        let width = args.attraction.len() + 1;
        let sets = ChoiceSets::from_pairs(&pairs, origins.len(), destinations.len(), width, &covariates);
        let (sets, order) = sets.map_err(|error| explain(args, &error, &origins, &destinations))?;
        Ok(Pairs {
            args,
            read,
            origins,
            destinations,
            sets,
            order,
        })
    }

    /// The calibration, and the sum of the flows or totals.
    fn fit(&self) -> Result<(Calibration, f64), CommandError> {
        let explained = |error| explain(self.args, &error, &self.origins, &self.destinations);
        if let (Some(market), Some(total)) = (&self.args.market, &self.args.total) {
            let origin_of = |row: usize| self.origin_of(row);
            let markets = self.once(market, "origin", &self.origins, origin_of)?;
            let totals = self.once(total, "destination", &self.destinations, |row| {
                self.sets.destination(row)
            })?;
            let fit = fit_totals(&self.sets, &markets, &totals, Some(&self.hint())).map_err(explained)?;
            return Ok((fit, totals.iter().sum()));
        }
        let column = self.args.flow.as_deref().unwrap_or_default();
        let in_file = self.read.finite(column)?;
        let flows: Vec<f64> = self.order.iter().map(|row| in_file[*row]).collect();
        let fit = match self.args.method {
            Method::Multinomial => fit_multinomial(&self.sets, &flows),
            Method::Mci => fit_mci(&self.sets, &flows),
            Method::Totals => {
                let markets: Vec<f64> = (0..self.origins.len())
                    .map(|origin| flows[self.sets.rows(origin)].iter().sum())
                    .collect();
                let mut totals = vec![0.0; self.destinations.len()];
                for (row, flow) in flows.iter().enumerate() {
                    totals[self.sets.destination(row)] += flow;
                }
                match flows.iter().position(|flow| *flow < 0.0) {
                    Some(row) => Err(ChoiceError::Flow { row, value: flows[row] }),
                    None => fit_totals(&self.sets, &markets, &totals, Some(&self.hint())),
                }
            }
        };
        let fit = fit.map_err(|error| explained(self.of_file(error)))?;
        Ok((fit, flows.iter().sum()))
    }

    /// Where the coefficients of totals are looked for first: attractions in proportion, and a distance that repels.
    fn hint(&self) -> Vec<f64> {
        let width = self.sets.width();
        let distances = (0..self.sets.pairs()).map(|row| self.sets.covariates(row)[width - 1].abs());
        let mean = distances.sum::<f64>() / self.sets.pairs() as f64;
        let mut hint = vec![1.0; width];
        hint[width - 1] = if mean > 0.0 { -1.0 / mean } else { -1.0 };
        hint
    }

    /// The row of the file in an error about a row of the sets.
    fn of_file(&self, mut error: ChoiceError) -> ChoiceError {
        if let ChoiceError::Flow { row, .. } | ChoiceError::ZeroFlow { row, .. } = &mut error {
            *row = self.order[*row];
        }
        error
    }

    fn origin_of(&self, row: usize) -> usize {
        // Rows stand by origin, so that the last origin to begin at or before the row is its own.
        let (mut low, mut high) = (0, self.sets.origins());
        while high - low > 1 {
            let middle = (low + high) / 2;
            if self.sets.rows(middle).start <= row {
                low = middle;
            } else {
                high = middle;
            }
        }
        low
    }

    /// A column that is the same in all rows of an origin or of a destination.
    fn once(
        &self,
        column: &str,
        what: &str,
        names: &Names,
        of: impl Fn(usize) -> usize,
    ) -> Result<Vec<f64>, CommandError> {
        let in_file = self.read.finite(column)?;
        let mut values: Vec<Option<f64>> = vec![None; names.len()];
        for (row, file_row) in self.order.iter().enumerate() {
            let (place, value) = (of(row), in_file[*file_row]);
            if values[place].is_some_and(|before| before != value) {
                return Err(format!(
                    "{}, row {}: `{column}` differs from what another row says of {what} `{}`; it must be the same in all of its rows",
                    self.args.pairs.display(),
                    file_row + 1,
                    names.names[place]
                )
                .into());
            }
            values[place] = Some(value);
        }
        Ok(values.into_iter().map(Option::unwrap_or_default).collect())
    }
}

/// Logarithms of the attractions and the transformed distance of each row of the file.
fn covariates(args: &FitArgs, read: &Observations) -> Result<Vec<f64>, CommandError> {
    let width = args.attraction.len() + 1;
    let mut covariates = vec![0.0; width * read.len()];
    for (place, column) in args.attraction.iter().enumerate() {
        for (row, value) in read.finite(column)?.into_iter().enumerate() {
            if value <= 0.0 {
                return Err(at(
                    &args.pairs,
                    row,
                    column,
                    value,
                    "an attraction must be above 0, since its logarithm counts",
                ));
            }
            covariates[row * width + place] = value.ln();
        }
    }
    for (row, value) in read.finite(&args.distance)?.into_iter().enumerate() {
        if value < 0.0 {
            return Err(at(&args.pairs, row, &args.distance, value, "a distance must be from 0"));
        }
        if value == 0.0 && args.decay == Decay::Power {
            let remedy =
                "a power cannot take a distance of 0; give the least distance that makes sense, or another --decay";
            return Err(at(&args.pairs, row, &args.distance, value, remedy));
        }
        covariates[row * width + width - 1] = args.decay.transform(value);
    }
    Ok(covariates)
}

fn at(file: &Path, row: usize, column: &str, value: f64, remedy: &str) -> CommandError {
    format!("{}, row {}: `{column}` is {value}; {remedy}", file.display(), row + 1).into()
}

/// The error in words of the file: its rows from 1, its ids and its columns.
fn explain(args: &FitArgs, error: &ChoiceError, origins: &Names, destinations: &Names) -> CommandError {
    let file = args.pairs.display();
    let column = |column: &Option<String>| column.clone().unwrap_or_default();
    let destination = |place: usize| destinations.names.get(place).map_or("", String::as_str);
    let origin = |place: usize| origins.names.get(place).map_or("", String::as_str);
    match error {
        ChoiceError::Twice {
            row,
            origin: from,
            destination: to,
        } => format!(
            "{file}, row {}: origin `{}` has destination `{}` a second time; add the two rows up, or drop one",
            row + 1,
            origin(*from),
            destination(*to as usize)
        )
        .into(),
        ChoiceError::Covariate { row, covariate, value } => {
            let columns = args.covariates();
            let name = columns.get(*covariate).copied().unwrap_or_default();
            at(&args.pairs, *row, name, *value, "it is too large once transformed; take a larger unit")
        }
        ChoiceError::Flow { row, value } => {
            at(&args.pairs, *row, &column(&args.flow), *value, "a flow must be from 0 to 1e100")
        }
        ChoiceError::ZeroFlow {
            row,
            origin: from,
            destination: to,
        } => format!(
            "{file}, row {}: the flow from `{}` to `{}` is 0 and has no logarithm; leave the row out, add a small constant to all \
             flows, or take --method multinomial, which takes zeros",
            row + 1,
            origin(*from),
            destination(*to as usize)
        )
        .into(),
        ChoiceError::Market { origin: from, value } => {
            format!("{file}: the market of origin `{}` is {value}; it must be from 0 to 1e100", origin(*from)).into()
        }
        ChoiceError::Total { destination: to, value } => format!(
            "{file}: the total of destination `{}` is {value}; it must be from 0 to 1e100",
            destination(*to)
        )
        .into(),
        ChoiceError::Unreached { destination: to, value } => format!(
            "{file}: destination `{}` has a total of {value}, but no origin with a market has a row with it; add one, or leave it out",
            destination(*to)
        )
        .into(),
        other => format!("{file}: {other}").into(),
    }
}

fn object(pairs: &Pairs, fit: &Calibration, flow: f64, reason: Option<String>) -> Value {
    let names = pairs.args.covariates();
    let named = |values: &[f64]| {
        let columns = names.iter().map(|name| (*name).to_owned());
        Value::Object(columns.zip(values.iter().map(|value| json!(value))).collect())
    };
    let mut object = Map::from_iter([
        ("model".to_owned(), json!("huff")),
        ("method".to_owned(), json!(pairs.args.method.name())),
        ("decay".to_owned(), json!(pairs.args.decay.name())),
        ("coefficients".to_owned(), named(&fit.coefficients)),
        (
            "standard_errors".to_owned(),
            fit.standard_errors().as_deref().map_or(Value::Null, named),
        ),
        ("log_likelihood".to_owned(), json!(fit.log_likelihood)),
        ("aic".to_owned(), json!(fit.aic)),
        ("r2".to_owned(), json!(fit.r2)),
        ("iterations".to_owned(), json!(fit.iterations)),
        ("converged".to_owned(), json!(fit.converged())),
    ]);
    if let Some(reason) = reason {
        object.insert("reason".to_owned(), json!(reason));
    }
    if let Some(freedom) = fit.degrees_of_freedom {
        object.insert("degrees_of_freedom".to_owned(), json!(freedom));
    }
    object.insert("origins".to_owned(), json!(pairs.origins.len()));
    object.insert("destinations".to_owned(), json!(pairs.destinations.len()));
    object.insert("pairs".to_owned(), json!(pairs.sets.pairs()));
    object.insert("flow".to_owned(), json!(flow));
    Value::Object(object)
}
