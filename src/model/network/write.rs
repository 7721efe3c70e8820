//! The tables of the network, written.

use arrow::datatypes::Date32Type;
use chalandise_analytics::network::huff_spend::FormFit;
use chalandise_analytics::numeric::Symmetric;
use chalandise_analytics::numeric::special::Z_95;
use chrono::NaiveDate;

use crate::store::{Columns, store};
use crate::{Built, ModelError};
use chalandise_lake::Writer;

use super::flows::CellFlows;
use super::read::Input;
use super::white_space::Candidate;
use super::{Computed, Model};

/// Days since 1970-01-01.
pub(super) fn day(date: NaiveDate) -> i32 {
    Date32Type::from_naive_date(date)
}

/// Writes what was computed and how that ended, and the tables of the model.
pub(super) async fn tables(writer: &mut Writer, computed: &Computed) -> Result<Vec<Built>, ModelError> {
    let mut built = vec![status(writer, computed).await?];
    if let Some(model) = &computed.model {
        built.push(models(writer, computed, model).await?);
        built.push(parameters(writer, computed, model).await?);
        built.push(covariances(writer, model).await?);
        built.push(stores(writer, computed, model).await?);
        built.push(cells(writer, &computed.input, model).await?);
        built.push(flows(writer, &computed.input, model).await?);
        built.push(openings(writer, &computed.input, model).await?);
        built.push(web_effects(writer, model).await?);
        built.push(white_space(writer, &computed.input, model).await?);
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

async fn models(writer: &mut Writer, computed: &Computed, model: &Model) -> Result<Built, ModelError> {
    let (input, observed, calibrated) = (&computed.input, &model.observed, &model.calibrated);
    let errors = calibrated.left_out.errors;
    let chosen = |form: &&FormFit| form.decay == calibrated.fit.decay;
    let is = |form: &FormFit| chosen(&form);
    let fit = |form: &'_ FormFit| form.fit.as_ref().ok().cloned();
    let whole = |count: usize| i64::try_from(count).ok();
    let totals = &calibrated.effects.totals;
    // Over the stores that the error out of sample is about.
    let told = || {
        totals
            .iter()
            .zip(&calibrated.effects.free)
            .filter(|(total, free)| !**free && total.observed > 0.0)
    };
    let fitted_error = told().map(|(it, _)| (it.predicted - it.observed).abs()).sum::<f64>()
        / told().map(|(it, _)| it.observed).sum::<f64>();
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
fn names(model: &Model) -> Vec<String> {
    let names = &model.calibrated.effects.names;
    let columns = names.len() - 2;
    names[..columns]
        .iter()
        .map(|name| format!("attraction.{name}"))
        .chain(["distance_decay".to_owned(), "log_outside".to_owned()])
        .collect()
}

async fn parameters(writer: &mut Writer, computed: &Computed, model: &Model) -> Result<Built, ModelError> {
    let effects = &model.calibrated.effects;
    let estimated = names(model)
        .into_iter()
        .zip(&effects.parameters)
        .zip(effects.standard_errors());
    let mut rows: Vec<(String, f64, Option<f64>)> = estimated
        .map(|((name, value), error)| (name, *value, Some(error)))
        .collect();
    let (smallest, largest) = computed.settings.range();
    rows.push(("store_effect_deviation".into(), effects.sigma, None));
    rows.push(("model_error".into(), model.in_use.model_error, None));
    rows.push(("smallest_distance".into(), smallest, None));
    rows.push(("largest_distance".into(), largest, None));
    rows.extend(computed.ratio.map(|ratio| ("travel_time_ratio".into(), ratio, None)));
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

async fn covariances(writer: &mut Writer, model: &Model) -> Result<Built, ModelError> {
    let names = names(model);
    let pairs: Vec<(&str, &str, f64)> = pairs(&names, &model.calibrated.effects.covariance);
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

async fn stores(writer: &mut Writer, computed: &Computed, model: &Model) -> Result<Built, ModelError> {
    let (input, calibrated) = (&computed.input, &model.calibrated);
    let effects = &calibrated.effects;
    let effect_errors = effects.effect_errors();
    let columns = model.attraction.columns();
    let attraction = |site: usize| {
        let logs = columns.of(site).unwrap_or(&[]);
        model
            .in_use
            .attraction(logs, model.in_use.effect(&input.sites[site].id))
    };
    let places: Vec<usize> = (0..input.sites.len()).collect();
    let standing = |site: &usize| model.outlook.standing[*site];
    let closing = |site: &usize| standing(site)?.closing;
    let left_out = |site: &usize| calibrated.left_out.stores.iter().find(|left| left.store == *site);
    let own = |site: &usize| !input.sites[*site].competitor;
    let total = |site: &usize| effects.totals.get(*site).copied().filter(|_| own(site));
    let rows = Columns::of(&places)
        .text("store_id", |site| Some(&input.sites[*site].id))
        .flag("competitor", |site| input.sites[*site].competitor)
        .flag("in_network", |site| input.sites[*site].is_open(input.to_on))
        .flag("settled", |site| computed.settled[*site])
        .number("latitude", |site| Some(input.sites[*site].place.lat()))
        .number("longitude", |site| Some(input.sites[*site].place.lng()))
        .number("attraction", |site| Some(attraction(*site)))
        .number("store_effect", |site| {
            Some(effects.effects[*site]).filter(|_| own(site))
        })
        .number("store_effect_error", |site| {
            effect_errors.get(*site).copied().filter(|_| own(site))
        })
        .number("observed", |site| Some(total(site)?.observed))
        .number("expected", |site| Some(total(site)?.predicted))
        .number("predicted", |site| Some(left_out(site)?.predicted))
        .number("predicted_low_80", |site| Some(left_out(site)?.interval_80.0))
        .number("predicted_high_80", |site| Some(left_out(site)?.interval_80.1))
        .number("predicted_low_95", |site| Some(left_out(site)?.interval_95.0))
        .number("predicted_high_95", |site| Some(left_out(site)?.interval_95.1))
        .number("annual_revenue", |site| Some(standing(site)?.annual_revenue))
        .number("network_loss", |site| Some(closing(site)?.loss))
        .number("network_loss_low_80", |site| Some(closing(site)?.loss_80.0))
        .number("network_loss_high_80", |site| Some(closing(site)?.loss_80.1))
        .number("network_loss_low_95", |site| Some(closing(site)?.loss_95.0))
        .number("network_loss_high_95", |site| Some(closing(site)?.loss_95.1))
        .number("kept", |site| Some(closing(site)?.kept));
    store(writer, "huff_stores", [rows.batch("huff_stores")?]).await
}

async fn cells(writer: &mut Writer, input: &Input, model: &Model) -> Result<Built, ModelError> {
    let dispersion = model.calibrated.effects.dispersion;
    let main = |cell: &CellFlows| &input.cells[cell.main];
    let seen = model.without_flows.is_none();
    let rows = Columns::of(&model.cells)
        .count("h3_cell", |cell| Some(u64::from(cell.cell).cast_signed()))
        .text("commune_code", |cell| Some(main(cell).commune_code.as_str()))
        .text("region", |cell| Some(main(cell).region.as_str()))
        .number("residents", |cell| Some(cell.residents))
        .number("households", |cell| Some(cell.households))
        .number("spend_potential", |cell| Some(cell.spend_potential))
        .number("store_potential", |cell| Some(cell.store_potential))
        .number("observed", |cell| seen.then_some(cell.observed))
        .number("expected", |cell| Some(cell.expected))
        .number("annual_revenue", |cell| Some(cell.annual_revenue))
        .number("residual", |cell| {
            let spread = (dispersion * cell.expected).sqrt();
            let residual = (cell.observed - cell.expected) / spread;
            seen.then_some(if spread > 0.0 { residual } else { 0.0 })
        });
    store(writer, "huff_cells", [rows.batch("huff_cells")?]).await
}

async fn flows(writer: &mut Writer, input: &Input, model: &Model) -> Result<Built, ModelError> {
    let rows = Columns::of(&model.flows)
        .count("h3_cell", |flow| Some(u64::from(flow.cell).cast_signed()))
        .text("store_id", |flow| Some(&input.sites[usize::from(flow.site)].id))
        .number("distance", |flow| Some(flow.distance))
        .number("observed", |flow| {
            flow.observed.filter(|_| model.without_flows.is_none())
        })
        .number("expected", |flow| Some(flow.expected))
        .number("share", |flow| Some(flow.share));
    store(writer, "huff_flows", [rows.batch("huff_flows")?]).await
}

async fn openings(writer: &mut Writer, input: &Input, model: &Model) -> Result<Built, ModelError> {
    let rows = Columns::of(&model.openings)
        .text("store_id", |opening| Some(&input.sites[opening.site].id))
        .day("opened_on", |opening| day(opening.opened_on))
        .number("predicted", |opening| Some(opening.predicted))
        .number("low_80", |opening| Some(opening.interval_80.low))
        .number("high_80", |opening| Some(opening.interval_80.high))
        .number("low_95", |opening| Some(opening.interval_95.low))
        .number("high_95", |opening| Some(opening.interval_95.high))
        .number("network_gain", |opening| Some(opening.gain))
        .number("gain_low_80", |opening| Some(opening.gain_80.low))
        .number("gain_high_80", |opening| Some(opening.gain_80.high))
        .number("first_year", |opening| Some(opening.first_year))
        .count("observed_days", |opening| Some(opening.observed_days))
        .number("latest_year", |opening| opening.latest_year);
    store(writer, "store_changes", [rows.batch("store_changes")?]).await
}

async fn web_effects(writer: &mut Writer, model: &Model) -> Result<Built, ModelError> {
    let rows = Columns::of(&model.web_effects)
        .text("kind", |effect| Some(effect.kind))
        .count("changes", |effect| i64::try_from(effect.changes).ok())
        .number("effect", |effect| effect.effect)
        .number("standard_error", |effect| effect.standard_error)
        .flag("estimated", |effect| effect.estimated);
    store(writer, "web_effects", [rows.batch("web_effects")?]).await
}

async fn white_space(writer: &mut Writer, input: &Input, model: &Model) -> Result<Built, ModelError> {
    let rows: Vec<(usize, &Candidate)> = model.candidates.iter().enumerate().collect();
    let cell = |candidate: &Candidate| &model.cells[candidate.cell];
    let main = |candidate: &Candidate| &input.cells[cell(candidate).main];
    let batch = Columns::of(&rows)
        .count("h3_cell", |(_, candidate)| {
            Some(u64::from(cell(candidate).cell).cast_signed())
        })
        .text("commune_code", |(_, candidate)| {
            Some(main(candidate).commune_code.as_str())
        })
        .text("region", |(_, candidate)| Some(main(candidate).region.as_str()))
        .number("residents", |(_, candidate)| Some(cell(candidate).residents))
        .number("sales_area_m2", |(_, candidate)| Some(candidate.sales_area_m2))
        .number("sales", |(_, candidate)| Some(candidate.sales))
        .number("sales_low_80", |(_, candidate)| Some(candidate.intervals?.0.low))
        .number("sales_high_80", |(_, candidate)| Some(candidate.intervals?.0.high))
        .number("taken", |(_, candidate)| Some(candidate.taken))
        .number("net_gain", |(_, candidate)| Some(candidate.net_gain))
        .number("net_gain_low_80", |(_, candidate)| Some(candidate.intervals?.1.low))
        .number("net_gain_high_80", |(_, candidate)| Some(candidate.intervals?.1.high))
        .number("margin", |(_, candidate)| candidate.margin)
        .text("nearest_store_id", |(_, candidate)| {
            Some(&input.sites[candidate.nearest?.0].id)
        })
        .number("nearest_distance", |(_, candidate)| Some(candidate.nearest?.1))
        .count("rank", |(place, _)| i64::try_from(place + 1).ok());
    store(writer, "white_space", [batch.batch("white_space")?]).await
}
