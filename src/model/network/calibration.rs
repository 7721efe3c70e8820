//! The Huff model with an outside option, calibrated on what stores sold to each cell in the last 12 months.
//!
//! Each cell is a row for every span in which the same stores were open within its reach, with its spend potential of that span. The
//! sales of a store without a known address are spread like its others: each of its flows is raised by the same factor. Of a cell's
//! potential only the part that is spent in stores counts: the retailer's own share of stores, unless the settings say another.

use chalandise_analytics::network::huff::Decay;
use chalandise_analytics::network::huff_spend::{
    Comparison, EffectsFit, EffectsOptions, LeaveOneOut, Pair, Refit, Rival, Situations, SpendError, SpendFit,
    SpendModel, StoreColumns, compare,
};
use chalandise_analytics::network::reach::Reach;
use chrono::{Months, NaiveDate};

use super::columns::Attraction;
use super::read::{Flow, Input};
use super::settings::NetworkSettings;

/// A store younger than this still grows: its level says nothing of the model's error.
const SETTLED_AFTER: Months = Months::new(24);

/// Pairs, rows and what was done to the flows.
pub(super) struct Observed {
    /// The rows of the fit.
    pub(super) situations: Situations,
    /// Sites within reach of each cell: stores and competitors.
    pub(super) reach: Reach,
    /// By what each site's flows are raised for its sales without an address; 0 for a site without flows.
    pub(super) raised: Vec<f64>,
    /// Share of each cell's potential that is spent in stores.
    pub(super) store_share: f64,
    /// Flows that there are.
    pub(super) flows: usize,
}

/// What the calibration found.
pub(super) struct Calibrated {
    /// Fits of all forms that were tried.
    pub(super) forms: Comparison,
    /// The form in use, without the stores' own effects.
    pub(super) fit: SpendFit,
    /// The model in use.
    pub(super) effects: EffectsFit,
    /// Each store left out in turn.
    pub(super) left_out: LeaveOneOut,
}

impl Calibrated {
    /// How wrong the model is about a store that it has not seen, on the scale of logarithms.
    pub(super) fn model_error(&self) -> f64 {
        let out_of_sample = self.left_out.errors.map_or(0.0, |errors| errors.rmse_log);
        self.effects
            .sigma
            .max(if out_of_sample.is_finite() { out_of_sample } else { 0.0 })
    }
}

impl Observed {
    /// Rows of all cells with a potential and a site within reach; `sold` by cell, site and span.
    pub(super) fn new(
        input: &Input,
        sold: &[Flow],
        settings: &NetworkSettings,
        reach: Reach,
    ) -> Result<Observed, SpendError> {
        let store_share = settings.store_share.unwrap_or_else(|| input.store_share());
        let raised = raised(input, sold);
        let stores = input.stores();
        let mut situations = Situations::with_rivals(stores, input.sites.len() - stores)?;
        let weights = input.span_weights();
        let mut flows = sold;
        for (number, cell) in input.cells.iter().enumerate() {
            let own = flows.iter().take_while(|flow| flow.cell as usize == number).count();
            let (of_cell, rest) = flows.split_at(own);
            flows = rest;
            let potential = cell.spend_potential.unwrap_or(0.0) * store_share;
            // Stores come before competitors, here and among the sites.
            let near: Vec<(u16, f32)> = reach.of(number).collect();
            let own = near.partition_point(|(site, _)| usize::from(*site) < stores);
            let (near, rivals) = near.split_at(own);
            if near.is_empty() || potential <= 0.0 {
                continue;
            }
            let rivals: Vec<Rival> = rivals
                .iter()
                .map(|(site, distance)| Rival {
                    rival: *site - stores as u16,
                    distance: *distance,
                })
                .collect();
            for span in spans_of(input, near) {
                let pairs = pairs(input, near, of_cell, &span, &raised);
                let weight: f64 = weights[span.clone()].iter().sum();
                situations.push_with_rivals(number as u32, potential * weight, &pairs, &rivals)?;
            }
        }
        Ok(Observed {
            situations,
            reach,
            raised,
            store_share,
            flows: input.sales.flows.len(),
        })
    }
}

/// Sales of each site over those with a known address.
fn raised(input: &Input, sold: &[Flow]) -> Vec<f64> {
    let mut located = vec![0.0; input.sites.len()];
    for flow in sold {
        located[usize::from(flow.site)] += flow.revenue;
    }
    let sold = (0..input.sites.len()).map(|site| input.sold(site));
    sold.zip(&located)
        .map(|(sold, located)| {
            if *located > 0.0 && sold > 0.0 {
                sold / located
            } else {
                0.0
            }
        })
        .collect()
}

/// Runs of spans between which none of the sites near a cell opens or closes.
pub(super) fn spans_of(input: &Input, near: &[(u16, f32)]) -> Vec<std::ops::Range<usize>> {
    let changes = |span: usize| {
        near.iter()
            .any(|(site, _)| input.open_in(usize::from(*site), span) != input.open_in(usize::from(*site), span - 1))
    };
    let mut from = 0;
    let mut runs = Vec::new();
    for span in 1..=input.spans.len() {
        if span == input.spans.len() || changes(span) {
            runs.push(from..span);
            from = span;
        }
    }
    runs
}

fn pairs(
    input: &Input,
    near: &[(u16, f32)],
    flows: &[Flow],
    span: &std::ops::Range<usize>,
    raised: &[f64],
) -> Vec<Pair> {
    near.iter()
        .filter(|(site, _)| input.open_in(usize::from(*site), span.start))
        .map(|(site, distance)| Pair {
            store: *site,
            distance: *distance,
            flow: flows
                .iter()
                .filter(|flow| flow.site == *site && span.contains(&usize::from(flow.span)))
                .map(|flow| flow.revenue * raised[usize::from(*site)])
                .sum(),
        })
        .collect()
}

/// Whether each site has been open long enough to be what it will be.
pub(super) fn settled(input: &Input) -> Vec<bool> {
    let before = input.to_on.checked_sub_months(SETTLED_AFTER).unwrap_or(NaiveDate::MIN);
    input
        .sites
        .iter()
        .map(|site| site.opened_on.is_none_or(|opened| opened <= before))
        .collect()
}

/// Tries the forms of decay, takes the likeliest, lets stores differ, those of `young` freely, and leaves each out in turn.
///
/// # Errors
/// [`SpendError`] when the flows do not tell the parameters.
pub(super) fn calibrate(
    observed: &Observed,
    attraction: &Attraction,
    settings: &NetworkSettings,
    young: &[u16],
) -> Result<Calibrated, SpendError> {
    let columns: &StoreColumns = attraction.columns();
    let tried = settings.decay.map_or(Decay::ALL.to_vec(), |decay| vec![decay]);
    let forms = compare(&observed.situations, columns, &tried);
    let best = forms.best.and_then(|best| forms.forms.get(best));
    let fit = match best {
        Some(form) => form.fit.clone()?,
        None => {
            let first = forms.forms.first().map(|form| form.fit.clone());
            match first {
                Some(fit) => fit?,
                None => return Err(SpendError::NoPotential { rows: 0 }),
            }
        }
    };
    let model = SpendModel::new(&observed.situations, columns, fit.decay)?;
    let effects = model.fit_effects_with(&fit, &EffectsOptions { free: young })?;
    let left_out = model.leave_one_out(&effects, Refit::OneStep)?;
    Ok(Calibrated {
        forms,
        fit,
        effects,
        left_out,
    })
}
