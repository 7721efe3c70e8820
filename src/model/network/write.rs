//! The tables of the network, written.

use arrow::datatypes::Date32Type;
use chalandise_analytics::huff_spend::FormFit;
use chalandise_analytics::numeric::Symmetric;
use chrono::NaiveDate;

use crate::lake::Writer;
use crate::model::store::{Columns, store};
use crate::model::{Built, ModelError};

use super::Computed;

/// 97.5 % of the standard normal distribution lie below.
const Z_95: f64 = 1.959_963_984_540_054;

fn day(date: NaiveDate) -> i32 {
    Date32Type::from_naive_date(date)
}

/// Writes all tables.
pub(super) async fn tables(writer: &mut Writer, computed: &Computed) -> Result<Vec<Built>, ModelError> {
    let mut built = vec![status(writer, computed).await?];
    if computed.calibrated.is_some() {
        built.push(models(writer, computed).await?);
        built.push(parameters(writer, computed).await?);
        built.push(covariances(writer, computed).await?);
        built.push(stores(writer, computed).await?);
    }
    Ok(built)
}

async fn status(writer: &mut Writer, computed: &Computed) -> Result<Built, ModelError> {
    let rows = Columns::of(computed.notes.rows())
        .text("subject", |(subject, _, _)| Some(subject))
        .text("status", |(_, status, _)| Some(status.word()))
        .text("reason", |(_, _, reason)| {
            Some(reason.as_str()).filter(|reason| !reason.is_empty())
        });
    store(writer, "network_status", [rows.batch("network_status")?]).await
}

async fn models(writer: &mut Writer, computed: &Computed) -> Result<Built, ModelError> {
    let (input, Some(observed), Some(calibrated)) = (&computed.input, &computed.observed, &computed.calibrated) else {
        return store(writer, "huff_models", []).await;
    };
    let errors = calibrated.left_out.errors;
    let chosen = |form: &&FormFit| form.decay == calibrated.fit.decay;
    let is = |form: &FormFit| chosen(&form);
    let fit = |form: &'_ FormFit| form.fit.as_ref().ok().cloned();
    let whole = |count: usize| i64::try_from(count).ok();
    let totals = &calibrated.effects.totals;
    let fitted_error = totals.iter().map(|it| (it.predicted - it.observed).abs()).sum::<f64>()
        / totals.iter().map(|it| it.observed).sum::<f64>();
    let share = calibrated.effects.outside_share;
    let flow_revenue = observed.situations.revenue();
    let with_flows = totals.iter().filter(|total| total.observed > 0.0).count();
    let competitors = input.sites.iter().filter(|site| site.competitor).count();
    let rows = Columns::of(&calibrated.forms.forms)
        .text("decay", |form| Some(form.decay.name()))
        .flag("chosen", is)
        .flag("converged", |form| fit(form).is_some_and(|fit| fit.converged()))
        .number("log_likelihood", |form| Some(fit(form)?.quasi_log_likelihood))
        .number("aic", |form| form.quasi_aic)
        .number("dispersion", |form| {
            if is(form) {
                Some(calibrated.effects.dispersion)
            } else {
                Some(fit(form)?.dispersion)
            }
        })
        .number("outside_share", |form| {
            if is(form) {
                Some(share.value)
            } else {
                Some(fit(form)?.outside_share.value)
            }
        })
        .number("outside_share_error", |form| {
            if is(form) {
                share.standard_error
            } else {
                fit(form)?.outside_share.standard_error
            }
        })
        .number("mean_error", |form| Some(errors.filter(|_| is(form))?.weighted_error))
        .number("median_error", |form| Some(errors.filter(|_| is(form))?.median_error))
        .number("bias", |form| Some(errors.filter(|_| is(form))?.bias))
        .number("coverage_80", |form| Some(errors.filter(|_| is(form))?.coverage_80))
        .number("coverage_95", |form| Some(errors.filter(|_| is(form))?.coverage_95))
        .number("fitted_error", |form| is(form).then_some(fitted_error))
        .text("distance", |_| Some(computed.settings.distance.name()))
        .day("observed_from", |_| day(input.from_on))
        .day("observed_to", |_| day(input.to_on))
        .count("cells", |_| whole(observed.situations.rows()))
        .count("stores", |_| whole(with_flows))
        .count("competitors", |_| whole(competitors))
        .count("flows", |_| whole(observed.flows))
        .number("flow_revenue", |_| Some(flow_revenue))
        .number("store_share", |_| Some(observed.store_share));
    store(writer, "huff_models", [rows.batch("huff_models")?]).await
}

/// Names of the estimated parameters, as the tables call them.
fn names(computed: &Computed) -> Vec<String> {
    let Some(calibrated) = &computed.calibrated else {
        return Vec::new();
    };
    let names = &calibrated.effects.names;
    let columns = names.len() - 2;
    names[..columns]
        .iter()
        .map(|name| format!("attraction.{name}"))
        .chain(["distance_decay".to_owned(), "log_outside".to_owned()])
        .collect()
}

async fn parameters(writer: &mut Writer, computed: &Computed) -> Result<Built, ModelError> {
    let mut rows: Vec<(String, f64, Option<f64>)> = Vec::new();
    if let Some(calibrated) = &computed.calibrated {
        let errors = calibrated.effects.standard_errors();
        let estimated = names(computed)
            .into_iter()
            .zip(&calibrated.effects.parameters)
            .zip(errors);
        rows.extend(estimated.map(|((name, value), error)| (name, *value, Some(error))));
        let (smallest, largest) = computed.settings.range();
        rows.push(("store_effect_deviation".into(), calibrated.effects.sigma, None));
        rows.push(("smallest_distance".into(), smallest, None));
        rows.push(("largest_distance".into(), largest, None));
    }
    let bound = |row: &(String, f64, Option<f64>), sign: f64| Some(row.1 + sign * Z_95 * row.2?);
    let batch = Columns::of(&rows)
        .text("parameter", |row| Some(&row.0))
        .number("value", |row| Some(row.1))
        .number("standard_error", |row| row.2)
        .number("low_95", |row| bound(row, -1.0))
        .number("high_95", |row| bound(row, 1.0))
        .flag("estimated", |row| !row.0.ends_with("_distance"));
    store(writer, "huff_parameters", [batch.batch("huff_parameters")?]).await
}

async fn covariances(writer: &mut Writer, computed: &Computed) -> Result<Built, ModelError> {
    let names = names(computed);
    let covariance = computed
        .calibrated
        .as_ref()
        .map(|calibrated| &calibrated.effects.covariance);
    let pairs: Vec<(&str, &str, f64)> = covariance.map_or(Vec::new(), |covariance| pairs(&names, covariance));
    let batch = Columns::of(&pairs)
        .text("parameter", |pair| Some(pair.0))
        .text("other_parameter", |pair| Some(pair.1))
        .number("covariance", |pair| Some(pair.2));
    store(writer, "huff_covariances", [batch.batch("huff_covariances")?]).await
}

fn pairs<'n>(names: &'n [String], covariance: &Symmetric) -> Vec<(&'n str, &'n str, f64)> {
    let rows = names.iter().enumerate();
    rows.flat_map(|(row, name)| {
        let others = names.iter().enumerate();
        others.map(move |(column, other)| (name.as_str(), other.as_str(), covariance.get(row, column)))
    })
    .collect()
}

async fn stores(writer: &mut Writer, computed: &Computed) -> Result<Built, ModelError> {
    let (input, Some(calibrated)) = (&computed.input, &computed.calibrated) else {
        return store(writer, "huff_stores", []).await;
    };
    let effects = &calibrated.effects;
    let effect_errors = effects.effect_errors();
    let columns = computed.attraction.as_ref().map(super::columns::Attraction::columns);
    let predictor = effects.predictor();
    let attraction = |site: usize| {
        let logs = columns.and_then(|columns| columns.of(site))?;
        predictor.attraction(logs, effects.effects[site]).ok()
    };
    let places: Vec<usize> = (0..input.sites.len())
        .filter(|site| attraction(*site).is_some())
        .collect();
    let left_out = |site: &usize| calibrated.left_out.stores.iter().find(|left| left.store == *site);
    let own = |site: &usize| !input.sites[*site].competitor;
    let total = |site: &usize| Some(effects.totals[*site]).filter(|_| own(site));
    let rows = Columns::of(&places)
        .text("store_id", |site| Some(&input.sites[*site].id))
        .flag("competitor", |site| input.sites[*site].competitor)
        .flag("in_network", |site| input.sites[*site].is_open(input.to_on))
        .flag("settled", |site| computed.settled[*site])
        .number("latitude", |site| Some(input.sites[*site].place.lat()))
        .number("longitude", |site| Some(input.sites[*site].place.lng()))
        .number("attraction", |site| attraction(*site))
        .number("store_effect", |site| {
            Some(effects.effects[*site]).filter(|_| own(site))
        })
        .number("store_effect_error", |site| {
            Some(effect_errors[*site]).filter(|_| own(site))
        })
        .number("observed", |site| Some(total(site)?.observed))
        .number("expected", |site| Some(total(site)?.predicted))
        .number("predicted", |site| Some(left_out(site)?.predicted))
        .number("predicted_low_80", |site| Some(left_out(site)?.interval_80.0))
        .number("predicted_high_80", |site| Some(left_out(site)?.interval_80.1))
        .number("predicted_low_95", |site| Some(left_out(site)?.interval_95.0))
        .number("predicted_high_95", |site| Some(left_out(site)?.interval_95.1))
        .number("annual_revenue", |_| None)
        .number("network_loss", |_| None)
        .number("kept", |_| None);
    store(writer, "huff_stores", [rows.batch("huff_stores")?]).await
}
