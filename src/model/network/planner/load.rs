//! The planner of a lake version, read from its tables.

use std::collections::HashMap;

use arrow::array::AsArray;
use arrow::datatypes::DataType;
use chalandise_analytics::network::huff::Decay;
use chalandise_analytics::numeric::Symmetric;

use crate::ModelError;
use crate::inputs::{Inputs, NONE};
use crate::read::{column, numbers, texts};

use chalandise_lake::SessionContext;
use chalandise_query::Library;

use super::super::columns::Attraction;
use super::super::distances::{Measured, Meter};
use super::super::in_use::InUse;
use super::super::read::{cells, sites};
use super::super::settings::DistanceMeasure;
use super::super::travel_times::TravelTimes;
use super::{Facts, Planner, PlannerFault};

const EXPONENT: &str = "attraction.";

/// The queries that a planner reads.
const READ: [&str; 9] = [
    "model/huff_covariances",
    "model/huff_in_use",
    "model/huff_sites",
    "model/network_attributes",
    "model/network_market",
    "model/network_reason",
    "model/network_sites",
    "model/scenario_facts",
    "model/travel_times",
];

/// What `huff_stores` says of the sites.
#[derive(Default)]
struct Known {
    names: HashMap<String, String>,
    effects: HashMap<String, f64>,
    observed: HashMap<String, f64>,
    in_network: HashMap<String, bool>,
}

impl Planner {
    /// Reads the calibrated model and builds the network of the stores that are open.
    ///
    /// # Errors
    /// [`ModelError`] when a query fails. Inside, [`PlannerFault::NoModel`] when the lake has no calibrated model, and why.
    pub async fn load(
        context: &SessionContext,
        library: &Library,
    ) -> Result<Result<Planner, PlannerFault>, ModelError> {
        let inputs = &Inputs::new(context, library, &READ);
        let known = known(inputs).await?;
        let Some((model, columns, ratio)) = model(inputs, known.effects.clone()).await? else {
            return Ok(Err(no_model(inputs).await?));
        };
        let (cells, sites) = (cells(inputs).await?, sites(inputs).await?);
        let facts = facts(inputs).await?;
        let imported = match model.distance {
            DistanceMeasure::TravelTimes => TravelTimes::read(inputs, &cells, &sites).await?,
            DistanceMeasure::GreatCircle | DistanceMeasure::ApproximateTime => TravelTimes::default(),
        };
        let read = Read {
            model,
            columns,
            ratio,
            known,
            cells,
            sites,
            imported,
            facts,
        };
        let made = tokio::task::spawn_blocking(move || read.make()).await;
        made.map_err(|_| ModelError::Stopped { name: "the network" })
    }
}

/// All that a planner is made from.
struct Read {
    model: InUse,
    columns: Vec<String>,
    ratio: Option<f64>,
    known: Known,
    cells: Vec<super::Cell>,
    sites: Vec<super::Site>,
    imported: TravelTimes,
    facts: Facts,
}

impl Read {
    fn make(self) -> Result<Planner, PlannerFault> {
        let Read {
            model,
            cells,
            sites,
            known,
            ..
        } = self;
        let no_model = |reason: String| PlannerFault::NoModel { reason };
        let attraction = Attraction::new(&self.columns, &sites).map_err(|error| no_model(error.to_string()))?;
        let meter = Meter::new(Measured {
            measure: model.distance,
            range: (model.smallest_distance, model.largest_distance),
            cells: &cells,
            sites: &sites,
            imported: self.imported,
            middles: Vec::new(),
            ratio: self.ratio,
        })
        .map_err(no_model)?;
        let open = (0..sites.len()).filter(|site| known.in_network.get(&sites[*site].id).copied().unwrap_or(false));
        let network = model.network(&cells, &sites, &attraction, open, &|site| meter.of_site(site))?;
        let base = network.base_gradients();
        Ok(Planner {
            model,
            attraction,
            cells,
            sites,
            names: known.names,
            meter,
            observed: known.observed,
            network,
            base,
            facts: self.facts,
        })
    }
}

async fn no_model(inputs: &Inputs<'_>) -> Result<PlannerFault, ModelError> {
    let mut reasons = Vec::new();
    for batch in inputs.run("model/network_reason", &NONE).await? {
        reasons.extend(texts(&batch, "reason")?);
    }
    Ok(PlannerFault::NoModel {
        reason: reasons.into_iter().next().unwrap_or_default(),
    })
}

/// The model in use, the names of its columns, and by what approximate minutes are stretched; none when the tables have none.
async fn model(
    inputs: &Inputs<'_>,
    effects: HashMap<String, f64>,
) -> Result<Option<(InUse, Vec<String>, Option<f64>)>, ModelError> {
    let mut values: HashMap<String, f64> = HashMap::new();
    let mut form = None;
    let mut names = Vec::new();
    for batch in inputs.run("model/huff_in_use", &NONE).await? {
        let (decays, distances) = (texts(&batch, "decay")?, texts(&batch, "distance")?);
        let (parameters, of) = (texts(&batch, "parameter")?, numbers(&batch, "value")?);
        let shares = numbers(&batch, "store_share")?;
        for (row, parameter) in parameters.into_iter().enumerate() {
            form = decays[row]
                .parse::<Decay>()
                .ok()
                .zip(DistanceMeasure::named(&distances[row]))
                .zip(Some(shares[row]));
            if parameter.starts_with(EXPONENT) {
                names.push(parameter.clone());
            }
            values.insert(parameter, of[row]);
        }
    }
    let Some(((decay, distance), store_share)) = form else {
        return Ok(None);
    };
    names.extend(["distance_decay".to_owned(), "log_outside".to_owned()]);
    let found: Option<Vec<f64>> = names.iter().map(|name| values.get(name).copied()).collect();
    let (Some(parameters), Some(model_error)) = (found, values.get("model_error").copied()) else {
        return Ok(None);
    };
    let range = values
        .get("smallest_distance")
        .copied()
        .zip(values.get("largest_distance").copied());
    let (smallest_distance, largest_distance) = range.unwrap_or(distance.usual_range());
    let covariance = covariance(inputs, &names).await?;
    let columns = columns_of(&names);
    let model = InUse {
        decay,
        distance,
        parameters,
        covariance,
        model_error,
        smallest_distance,
        largest_distance,
        store_share,
        effects,
    };
    Ok(Some((model, columns, values.get("travel_time_ratio").copied())))
}

/// The columns of stores behind the exponents: `format` once for all its words.
fn columns_of(names: &[String]) -> Vec<String> {
    let mut columns: Vec<String> = Vec::new();
    for name in names.iter().filter_map(|name| name.strip_prefix(EXPONENT)) {
        let column = name.split('=').next().unwrap_or(name).to_owned();
        if !columns.contains(&column) {
            columns.push(column);
        }
    }
    columns
}

async fn covariance(inputs: &Inputs<'_>, names: &[String]) -> Result<Symmetric, ModelError> {
    let mut covariance = Symmetric::zeros(names.len());
    for batch in inputs.run("model/huff_covariances", &NONE).await? {
        let (rows, columns) = (texts(&batch, "parameter")?, texts(&batch, "other_parameter")?);
        let values = numbers(&batch, "covariance")?;
        for ((row, column), value) in rows.iter().zip(&columns).zip(values) {
            let place = |wanted: &String| names.iter().position(|name| name == wanted);
            if let (Some(row), Some(column)) = (place(row), place(column))
                && row >= column
            {
                covariance.add(row, column, value);
            }
        }
    }
    Ok(covariance)
}

async fn known(inputs: &Inputs<'_>) -> Result<Known, ModelError> {
    let mut known = Known::default();
    for batch in inputs.run("model/huff_sites", &NONE).await? {
        let (ids, names) = (texts(&batch, "store_id")?, texts(&batch, "name")?);
        let (effects, observed) = (numbers(&batch, "store_effect")?, numbers(&batch, "observed")?);
        let open = column(&batch, "in_network", &DataType::Boolean)?;
        for (row, (id, name)) in ids.into_iter().zip(names).enumerate() {
            known.effects.insert(id.clone(), effects[row]);
            known.in_network.insert(id.clone(), open.as_boolean().value(row));
            if observed[row].is_finite() {
                known.observed.insert(id.clone(), observed[row]);
            }
            known.names.insert(id, name);
        }
    }
    Ok(known)
}

async fn facts(inputs: &Inputs<'_>) -> Result<Facts, ModelError> {
    let mut facts = Facts::default();
    for batch in inputs.run("model/scenario_facts", &NONE).await? {
        let one = |name: &str| -> Result<Option<f64>, ModelError> {
            Ok(numbers(&batch, name)?
                .first()
                .copied()
                .filter(|value| value.is_finite()))
        };
        facts = Facts {
            margin_rate: one("margin_rate")?,
            fixed_cost_per_m2: one("fixed_cost_per_m2")?,
            web_effect: one("web_effect")?.zip(one("web_effect_error")?),
            web_kept: one("web_kept")?.zip(one("web_kept_error")?),
            first_year_ramp: one("first_year_ramp")?,
        };
    }
    Ok(facts)
}
