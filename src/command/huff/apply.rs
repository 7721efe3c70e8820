//! `chalandise huff apply`: who goes where, from given coefficients.

use std::path::{Path, PathBuf};

use chalandise_analytics::network::huff::{ApplyError, Decay, Huff, MEAN_EARTH_RADIUS_KM, great_circle_km};
use clap::Args;

use chalandise_model::{Ids, Observations};

use super::super::CommandError;
use super::Names;

/// Say who goes where, from given coefficients
///
/// Prints csv: origin, store, flow. The first column of each file is its id. A store draws the product of its attractions to the power of their exponents, times the
/// decay of the distance: distance^VALUE for power, e^(VALUE x) with x = distance, its square root or its square for the other three
/// forms. An origin's market is divided in proportion; all of it goes to the stores unless --outside is given.
///
/// A store without attraction gets nothing. To change a store, close it and open it again with other values.
#[derive(Args)]
pub(in crate::command) struct ApplyArgs {
    /// Origins: csv with a header line, or Parquet; `lat` and `lon` in degrees unless --distances is given
    #[arg(long, value_name = "FILE")]
    origins: PathBuf,
    /// Stores, likewise
    #[arg(long, value_name = "FILE")]
    stores: PathBuf,
    /// Column of the origins with the market to be divided
    #[arg(long, value_name = "COLUMN")]
    market: String,
    /// Columns of the stores with what draws customers, each with its exponent, such as area=0.9
    #[arg(long, value_name = "COLUMN=EXPONENT,…", value_delimiter = ',', value_parser = attraction, required = true)]
    attraction: Vec<(String, f64)>,
    /// Form of the decay (power, exponential, sqrt-exponential, gaussian) and its coefficient, such as power=-2.2
    #[arg(long, value_name = "FORM=VALUE", value_parser = decay)]
    decay: (Decay, f64),
    /// Distances or travel times: columns origin, store, distance; rows of other origins and stores are not used
    #[arg(long, value_name = "FILE", conflicts_with = "earth_radius_km")]
    distances: Option<PathBuf>,
    /// Radius of the sphere on which distances in km are great circles [default: 6371.0088, the mean of WGS 84]
    #[arg(long, value_name = "KM")]
    earth_radius_km: Option<f64>,
    /// Stores that open: a file with the columns of --stores
    #[arg(long, value_name = "FILE")]
    open: Option<PathBuf>,
    /// Ids of stores that close
    #[arg(long, value_name = "ID,…", value_delimiter = ',')]
    close: Vec<String>,
    /// Utility of going to none of the stores, beside the sum of theirs
    #[arg(long, value_name = "VALUE", allow_negative_numbers = true)]
    outside: Option<f64>,
    /// Print each store's total instead: store, total
    #[arg(long)]
    totals: bool,
}

/// `COLUMN=EXPONENT`.
fn attraction(text: &str) -> Result<(String, f64), String> {
    let wrong = || "write the column, an equals sign and a number, such as area=0.9".to_owned();
    let (column, exponent) = text.rsplit_once('=').ok_or_else(wrong)?;
    let exponent = exponent.trim().parse::<f64>().ok().filter(|it| it.is_finite());
    match exponent {
        Some(exponent) if !column.trim().is_empty() => Ok((column.trim().to_owned(), exponent)),
        _ => Err(wrong()),
    }
}

/// `FORM=VALUE`.
fn decay(text: &str) -> Result<(Decay, f64), String> {
    let wrong = || "write the form, an equals sign and a number, such as power=-2.2".to_owned();
    let (form, value) = text.split_once('=').ok_or_else(wrong)?;
    let form: Decay = form.trim().parse().map_err(|error| format!("{error}"))?;
    let value = value.trim().parse::<f64>().ok().filter(|it| it.is_finite());
    Ok((form, value.ok_or_else(wrong)?))
}

/// A point in degrees: latitude, longitude.
type Place = (f64, f64);

/// Origins or stores of a file.
struct Points {
    file: PathBuf,
    names: Vec<String>,
    /// Market or attractions, one row each.
    values: Vec<f64>,
    /// Empty when distances are given.
    places: Vec<Place>,
}

/// Where distances come from.
enum Distances {
    /// Those of a file, one row an origin.
    Given(Vec<f64>),
    /// Great circles on a sphere of this radius.
    Straight(f64),
}

pub(super) fn run(args: &ApplyArgs) -> Result<(), CommandError> {
    let exponents = args.attraction.iter().map(|(_, exponent)| *exponent).collect();
    let (form, coefficient) = args.decay;
    let huff = Huff::new(exponents, form, coefficient, args.outside)?;
    if coefficient > 0.0 {
        eprintln!(
            "--decay {form}={coefficient}: above 0 the distance attracts; where it repels, the number is below 0."
        );
    }
    let origins = Points::read(&args.origins, &[&args.market], args.distances.is_none())?;
    let stores = stores(args)?;
    let distances = match &args.distances {
        Some(file) => Distances::Given(given(file, &origins, &stores)?),
        None => Distances::Straight(radius(args.earth_radius_km)?),
    };
    let explained = |error| explain(&error, args, &origins, &stores);
    let logs = huff
        .ln_attractions(stores.names.len(), &stores.values)
        .map_err(explained)?;
    let mut out = csv::Writer::from_writer(std::io::BufWriter::new(std::io::stdout().lock()));
    if !args.totals {
        out.write_record(["origin", "store", "flow"])?;
    }
    let (mut flows, mut totals) = (vec![0.0; logs.len()], vec![0.0; logs.len()]);
    for (origin, market) in origins.values.iter().enumerate() {
        let row = distances.row(origin, &origins, &stores);
        huff.flows_from(origin, *market, &logs, &row, &mut flows)
            .map_err(explained)?;
        for (store, flow) in flows.iter().enumerate() {
            totals[store] += flow;
            if !args.totals {
                // The shortest text that reads back as the same number.
                out.write_record([&origins.names[origin], &stores.names[store], &flow.to_string()])?;
            }
        }
    }
    if args.totals {
        out.write_record(["store", "total"])?;
        for (name, total) in stores.names.iter().zip(&totals) {
            out.write_record([name, &total.to_string()])?;
        }
    }
    out.flush()?;
    Ok(())
}

fn radius(given: Option<f64>) -> Result<f64, CommandError> {
    let radius = given.unwrap_or(MEAN_EARTH_RADIUS_KM);
    if radius.is_finite() && radius > 0.0 {
        Ok(radius)
    } else {
        Err(format!("--earth-radius-km is {radius}; it must be a number above 0").into())
    }
}

impl Points {
    /// Reads ids, columns of amounts and, where distances are computed, places.
    fn read(file: &Path, columns: &[&str], with_places: bool) -> Result<Points, CommandError> {
        let places: &[&str] = if with_places { &["lat", "lon"] } else { &[] };
        let read = Observations::read_with_ids(file, Ids::First, &[columns, places].concat())?;
        let names = read.first_ids()?.to_vec();
        let mut met = Names::default();
        for (row, name) in names.iter().enumerate() {
            if !met.place(name).1 {
                return Err(format!(
                    "{}, row {}: id `{name}` stands there a second time",
                    file.display(),
                    row + 1
                )
                .into());
            }
        }
        let mut values = vec![0.0; columns.len() * names.len()];
        for (place, column) in columns.iter().enumerate() {
            for (row, value) in amounts(&read, file, column, "from 0", 0.0, f64::MAX)?
                .into_iter()
                .enumerate()
            {
                values[row * columns.len() + place] = value;
            }
        }
        let mut points = Vec::new();
        if with_places {
            let latitudes = amounts(&read, file, "lat", "from -90 to 90 degrees", -90.0, 90.0)?;
            let longitudes = amounts(&read, file, "lon", "from -180 to 180 degrees", -180.0, 180.0)?;
            points = latitudes.into_iter().zip(longitudes).collect();
        }
        Ok(Points {
            file: file.to_path_buf(),
            names,
            values,
            places: points,
        })
    }

    /// Keeps only some of them; there are `width` values each.
    fn retain(&mut self, width: usize, keep: impl Fn(&str) -> bool) {
        let kept: Vec<usize> = (0..self.names.len())
            .filter(|place| keep(&self.names[*place]))
            .collect();
        let values = kept.iter().flat_map(|place| &self.values[place * width..][..width]);
        self.values = values.copied().collect();
        if !self.places.is_empty() {
            self.places = kept.iter().map(|place| self.places[*place]).collect();
        }
        self.names = kept.iter().map(|place| self.names[*place].clone()).collect();
    }
}

/// A column of numbers within bounds.
fn amounts(
    read: &Observations,
    file: &Path,
    column: &str,
    bounds: &str,
    least: f64,
    most: f64,
) -> Result<Vec<f64>, CommandError> {
    let values = read.finite(column)?;
    match values.iter().position(|value| !(least..=most).contains(value)) {
        None => Ok(values),
        Some(row) => Err(format!(
            "{}, row {}: `{column}` is {}; it must be a number {bounds}",
            file.display(),
            row + 1,
            values[row]
        )
        .into()),
    }
}

/// The stores once some have closed and others opened, those that open last.
fn stores(args: &ApplyArgs) -> Result<Points, CommandError> {
    let columns: Vec<&str> = args.attraction.iter().map(|(column, _)| column.as_str()).collect();
    for (place, column) in columns.iter().enumerate() {
        if columns[..place].contains(column) {
            return Err(format!("--attraction names `{column}` twice; give it one exponent").into());
        }
    }
    let with_places = args.distances.is_none();
    let mut stores = Points::read(&args.stores, &columns, with_places)?;
    for id in &args.close {
        if !stores.names.contains(id) {
            return Err(format!(
                "--close: {} has no store `{id}`; its first column has {}",
                args.stores.display(),
                listed(&stores.names)
            )
            .into());
        }
    }
    stores.retain(columns.len(), |name| !args.close.iter().any(|id| id == name));
    if let Some(file) = &args.open {
        let opened = Points::read(file, &columns, with_places)?;
        if let Some(row) = opened.names.iter().position(|name| stores.names.contains(name)) {
            return Err(format!(
                "{}, row {}: store `{}` is open already; give it another id, or --close the one that it replaces",
                file.display(),
                row + 1,
                opened.names[row]
            )
            .into());
        }
        stores.names.extend(opened.names);
        stores.values.extend(opened.values);
        stores.places.extend(opened.places);
    }
    if stores.names.is_empty() {
        return Err("no store is left: give --stores rows, close fewer, or --open some".into());
    }
    Ok(stores)
}

/// The first ids of many.
fn listed(names: &[String]) -> String {
    const MOST: usize = 12;
    let first = names.iter().take(MOST).map(|name| format!("`{name}`"));
    let list = first.collect::<Vec<String>>().join(", ");
    match names.len() {
        0 => "no row".to_owned(),
        count if count > MOST => format!("{list} and {} more", count - MOST),
        _ => list,
    }
}

/// Distances of a file in rows by origin.
fn given(file: &Path, origins: &Points, stores: &Points) -> Result<Vec<f64>, CommandError> {
    let read = Observations::read_with_ids(file, Ids::Named(&["origin", "store"]), &["distance"])?;
    let (from, to) = (read.ids("origin")?, read.ids("store")?);
    let values = amounts(&read, file, "distance", "from 0", 0.0, f64::MAX)?;
    let met = |names: &[String]| {
        let mut met = Names::default();
        names.iter().for_each(|name| {
            met.place(name);
        });
        met
    };
    let (rows, columns) = (met(&origins.names), met(&stores.names));
    let mut distances = vec![f64::NAN; rows.len() * columns.len()];
    for (row, value) in values.into_iter().enumerate() {
        let (Some(origin), Some(store)) = (rows.find(&from[row]), columns.find(&to[row])) else {
            continue;
        };
        let distance = &mut distances[origin * columns.len() + store];
        if !distance.is_nan() {
            return Err(format!(
                "{}, row {}: origin `{}` and store `{}` stand there a second time; drop one of the rows",
                file.display(),
                row + 1,
                from[row],
                to[row]
            )
            .into());
        }
        *distance = value;
    }
    match distances.iter().position(|distance| distance.is_nan()) {
        None => Ok(distances),
        Some(place) => Err(format!(
            "{} has no row with origin `{}` and store `{}`; every origin needs its distance to every store, those that open too",
            file.display(),
            rows.names[place / columns.len()],
            columns.names[place % columns.len()]
        )
        .into()),
    }
}

impl Distances {
    /// The distance from an origin to each store.
    fn row<'a>(&'a self, origin: usize, origins: &Points, stores: &Points) -> std::borrow::Cow<'a, [f64]> {
        match self {
            Distances::Given(distances) => {
                let width = stores.names.len();
                distances[origin * width..][..width].into()
            }
            Distances::Straight(radius) => {
                let from = origins.places[origin];
                let distances = stores.places.iter().map(|to| great_circle_km(from, *to, *radius));
                distances.collect::<Vec<f64>>().into()
            }
        }
    }
}

/// The error in words of the files.
fn explain(error: &ApplyError, args: &ApplyArgs, origins: &Points, stores: &Points) -> CommandError {
    match error {
        ApplyError::NoDistance { origin, store } => format!(
            "the distance between origin `{}` and store `{}` is 0, which a power cannot take; {}, or take another --decay",
            origins.names[*origin],
            stores.names[*store],
            match &args.distances {
                Some(file) => format!("give the least distance that makes sense in {}", file.display()),
                None => format!(
                    "their places in {} and {} are the same: move one a little, or give --distances",
                    origins.file.display(),
                    stores.file.display()
                ),
            }
        )
        .into(),
        ApplyError::NoAttraction { store, attraction } => format!(
            "store `{}`: `{}` is 0 and its exponent is below 0, so that it would draw everybody; give it a small value",
            stores.names[*store], args.attraction[*attraction].0
        )
        .into(),
        other => other.to_string().into(),
    }
}
