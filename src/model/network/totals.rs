//! Calibration on what stores sell in all, where the lake does not know where their customers live.
//!
//! Who buys where is not seen then. The sales of the stores and the potential round them still tell how attraction and distance count, less
//! well ([`fit_totals`]; what stores do not sell is the total of one destination more, the outside). The flows that these parameters
//! expect, raised to each store's sales, take the place of the observed ones in all that follows: they are what an
//! expectation-maximisation would fit next (Dempster, Laird & Rubin 1977), and their fit has the same parameters. Only the covariance
//! stays that of the totals: nobody saw the flows. Competitors are a part of the outside here; they have their own place in what follows.

use std::collections::BTreeMap;

use chalandise_analytics::network::huff::{Calibration, ChoiceSets, Decay, fit_totals};
use chalandise_analytics::network::reach::Reach;
use chalandise_analytics::numeric::Symmetric;
use h3o::Resolution;

use super::calibration::spans_of;
use super::columns::Attraction;
use super::read::{Flow, Input};
use super::settings::NetworkSettings;

/// Stores with sales in the whole period below which totals are not asked.
const FEWEST_STORES: usize = 20;
/// Cells are added up to this resolution for the search: their stores are as far apart as their children's, but for some hundred metres.
const TOGETHER: Resolution = Resolution::Seven;
/// Steps in which the outside of the first guess is narrowed down.
const HALVINGS: usize = 60;

/// What the totals tell.
pub(super) struct OfTotals {
    /// The form of decay with the highest likelihood.
    pub(super) decay: Decay,
    /// Of the exponents of the columns, the coefficient of the distance, the logarithm of the outside.
    pub(super) covariance: Symmetric,
    /// What each store is expected to sell to each cell, raised to what it sold in all.
    pub(super) flows: Vec<Flow>,
}

/// Calibrates on totals. `store_share`: part of the potential that is spent in stores.
///
/// # Errors
/// A sentence, when the totals do not tell the parameters.
pub(super) fn of_totals(
    input: &Input,
    settings: &NetworkSettings,
    attraction: &Attraction,
    reach: &Reach,
    store_share: f64,
) -> Result<OfTotals, String> {
    let ground = Ground::new(input, reach, store_share);
    let found = ground.stores.len();
    if found < FEWEST_STORES {
        return Err(format!(
            "their totals cannot stand in for the flows either: {found} stores sold during the whole period, at least {FEWEST_STORES} are needed"
        ));
    }
    let (sold, potential) = (ground.totals.iter().sum::<f64>(), ground.markets.iter().sum::<f64>());
    if sold >= potential {
        return Err(format!(
            "their totals cannot stand in for the flows either: stores sold {sold:.0}, residents within reach can spend {potential:.0}"
        ));
    }
    let logs: Vec<Vec<f64>> = input.sites.iter().map(|site| attraction.logs(site)).collect();
    let forms = settings.decay.map_or(Decay::ALL.to_vec(), |decay| vec![decay]);
    let mut best: Option<(Decay, Calibration)> = None;
    for decay in forms {
        let Some(fit) = ground.fit(&logs, decay, potential - sold) else {
            continue;
        };
        let likelier = |(_, other): &(Decay, Calibration)| fit.log_likelihood > other.log_likelihood;
        if best.as_ref().is_none_or(likelier) {
            best = Some((decay, fit));
        }
    }
    let lost = "their totals cannot stand in for the flows either: no decay has a maximum that was found";
    let (decay, fit) = best.ok_or(lost)?;
    Ok(OfTotals {
        decay,
        flows: flows(input, reach, store_share, (decay, &logs, &fit.coefficients)),
        covariance: fit.covariance.ok_or(lost)?,
    })
}

/// Cells, and the stores within their reach.
struct Ground {
    /// Places among the sites of the stores that are asked.
    stores: Vec<usize>,
    /// What each sold.
    totals: Vec<f64>,
    /// What each cell can spend in stores.
    markets: Vec<f64>,
    /// Of each cell: number of the store among those asked, distance.
    near: Vec<Vec<(u32, f64)>>,
}

impl Ground {
    fn new(input: &Input, reach: &Reach, store_share: f64) -> Ground {
        let spans = input.spans.len();
        let whole = |site: &usize| (0..spans).all(|span| input.open_in(*site, span)) && input.sold(*site) > 0.0;
        let stores: Vec<usize> = (0..input.stores()).filter(whole).collect();
        let mut numbers = vec![None; input.sites.len()];
        for (number, site) in (0..).zip(&stores) {
            numbers[*site] = Some(number);
        }
        let mut ground = Ground {
            totals: stores.iter().map(|site| input.sold(*site)).collect(),
            stores,
            markets: Vec::new(),
            near: Vec::new(),
        };
        let parent = |cell: usize| input.cells[cell].index.parent(TOGETHER);
        let mut from = 0;
        while from < input.cells.len() {
            // Children of one cell follow each other in the order of indexes.
            let same = |cell: &usize| parent(*cell) == parent(from);
            let to = from + (from..input.cells.len()).take_while(same).count();
            // Of each store: potential, and potential times distance.
            let mut sums: BTreeMap<u32, (f64, f64)> = BTreeMap::new();
            let mut market = 0.0;
            for cell in from..to {
                let potential = input.cells[cell].spend_potential.unwrap_or(0.0) * store_share;
                market += potential;
                for (site, distance) in reach.of(cell).filter(|_| potential > 0.0) {
                    if let Some(number) = numbers[usize::from(site)] {
                        let (weight, way) = sums.entry(number).or_default();
                        *weight += potential;
                        *way += potential * f64::from(distance);
                    }
                }
            }
            if !sums.is_empty() {
                ground.markets.push(market);
                let mean = |(number, (weight, way)): (u32, (f64, f64))| (number, way / weight);
                ground.near.push(sums.into_iter().map(mean).collect());
            }
            from = to;
        }
        ground
    }

    /// A form of decay; none when it has no maximum or no covariance.
    fn fit(&self, logs: &[Vec<f64>], decay: Decay, outside: f64) -> Option<Calibration> {
        let columns = logs.first().map_or(0, Vec::len);
        let width = columns + 2;
        let mut starts = vec![0];
        let (mut destinations, mut covariates) = (Vec::new(), Vec::new());
        for near in &self.near {
            for (number, distance) in near {
                destinations.push(*number);
                covariates.extend(&logs[self.stores[*number as usize]]);
                covariates.extend([decay.transform(*distance), 0.0]);
            }
            destinations.push(self.stores.len() as u32);
            covariates.extend(std::iter::repeat_n(0.0, width - 1));
            covariates.push(1.0);
            starts.push(destinations.len());
        }
        let totals: Vec<f64> = self.totals.iter().copied().chain([outside]).collect();
        let sets = ChoiceSets::new(starts, destinations, totals.len(), width, covariates).ok()?;
        let hint = self.hint(logs, decay, columns);
        let fit = fit_totals(&sets, &self.markets, &totals, Some(&hint)).ok()?;
        (fit.converged() && fit.covariance.is_some()).then_some(fit)
    }

    /// Where the search begins: attraction in proportion to each column, a usual decay, and the outside that these leave what is left.
    fn hint(&self, logs: &[Vec<f64>], decay: Decay, columns: usize) -> Vec<f64> {
        let by_distance = match decay {
            Decay::Power => -1.5,
            Decay::Exponential => -0.1,
            Decay::SqrtExponential => -0.7,
            Decay::Gaussian => -0.003,
        };
        let drawn: Vec<f64> = self
            .near
            .iter()
            .map(|near| {
                let weight = |(number, distance): &(u32, f64)| {
                    let attraction: f64 = logs[self.stores[*number as usize]].iter().sum();
                    (attraction + by_distance * decay.transform(*distance)).exp()
                };
                near.iter().map(weight).sum()
            })
            .collect();
        let sold: f64 = self.totals.iter().sum();
        let (mut low, mut high) = (-60.0_f64, 60.0_f64);
        for _ in 0..HALVINGS {
            let middle = 0.5 * (low + high);
            let outside = middle.exp();
            let inside = |(market, drawn): (&f64, &f64)| market * drawn / (outside + drawn);
            if self.markets.iter().zip(&drawn).map(inside).sum::<f64>() > sold {
                low = middle;
            } else {
                high = middle;
            }
        }
        let mut hint = vec![1.0; columns];
        hint.extend([by_distance, 0.5 * (low + high)]);
        hint
    }
}

/// What the coefficients expect each store to sell to each cell, raised to what it sold in all; by cell, site and span.
fn flows(
    input: &Input,
    reach: &Reach,
    store_share: f64,
    (decay, logs, coefficients): (Decay, &[Vec<f64>], &[f64]),
) -> Vec<Flow> {
    let columns = coefficients.len() - 2;
    let drawn = |logs: &Vec<f64>| logs.iter().zip(coefficients).map(|(log, a)| log * a).sum::<f64>();
    let drawn: Vec<f64> = logs.iter().map(drawn).collect();
    let outside = coefficients[columns + 1].exp();
    let weights = input.span_weights();
    let stores = input.stores();
    let expect = |take: &mut dyn FnMut(Flow)| {
        for (number, cell) in (0_u32..).zip(&input.cells) {
            let potential = cell.spend_potential.unwrap_or(0.0) * store_share;
            let near: Vec<(u16, f32)> = reach.of(number as usize).collect();
            if near.is_empty() || potential <= 0.0 {
                continue;
            }
            for span in spans_of(input, &near) {
                let open = near
                    .iter()
                    .filter(|(site, _)| input.open_in(usize::from(*site), span.start));
                let weighed: Vec<(u16, f64)> = open
                    .map(|(site, distance)| {
                        let by_distance = coefficients[columns] * decay.transform(f64::from(*distance));
                        (*site, (drawn[usize::from(*site)] + by_distance).exp())
                    })
                    .collect();
                let all = outside + weighed.iter().map(|(_, weight)| weight).sum::<f64>();
                let spent = potential * weights[span.clone()].iter().sum::<f64>();
                for (site, weight) in weighed.into_iter().filter(|(site, _)| usize::from(*site) < stores) {
                    let revenue = spent * weight / all;
                    take(Flow {
                        cell: number,
                        site,
                        span: span.start as u16,
                        revenue,
                    });
                }
            }
        }
    };
    let mut expected = vec![0.0; stores];
    expect(&mut |flow| expected[usize::from(flow.site)] += flow.revenue);
    let raised: Vec<f64> = (0..stores)
        .map(|site| {
            if expected[site] > 0.0 {
                input.sold(site).max(0.0) / expected[site]
            } else {
                0.0
            }
        })
        .collect();
    let mut flows = Vec::new();
    expect(&mut |flow| {
        let revenue = flow.revenue * raised[usize::from(flow.site)];
        if revenue > 0.0 {
            flows.push(Flow { revenue, ..flow });
        }
    });
    flows.sort_by_key(|flow| (flow.cell, flow.site, flow.span));
    flows
}
