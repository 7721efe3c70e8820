//! Huff's model calibrated on revenue, with what customers leave elsewhere.
//!
//! Cell i can spend P_i. Store j, of columns A_jh and at distance d_ij, takes
//!
//! mu_ij = P_i w_ij / (O + sum over the rivals c within reach of w_ic + sum over the stores k within reach of w_ik),
//! w_ij = exp(sum over h of a_h ln A_jh + b g(d_ij) + u_j),
//!
//! after Huff (1963), with O = e^o for everything that is neither the retailer nor a rival. What is spent elsewhere is not seen: only the
//! potential tells it, so a potential that is wrong by a factor moves the outside. The flows are fitted by Poisson pseudo maximum
//! likelihood, which is consistent for any non-negative mean whatever the variance (Gourieroux, Monfort & Trognon 1984), money or counts.
//! Its score is linear in the flows, so net flows below 0, where refunds exceed sales, stay as they are: to cut them off at 0 would only
//! add a bias.
//!
//! Rivals are competitors' outlets whose place and columns are known and whose sales are not. They draw by the same exponents and the same
//! decay as the stores, have no effect u, and what they take is a part of what is spent elsewhere. Where rivals gather in the same towns as
//! the stores, a model without them takes distance to matter less than it does. There may be none, and then all is as if nobody had
//! thought of them.
//!
//! - [`Situations`] and [`StoreColumns`] hold what is observed, [`SpendModel`] checks that it can tell the parameters;
//! - [`SpendModel::fit`] calibrates the shared parameters, [`compare`] chooses the form of decay;
//! - [`SpendModel::fit_effects`] lets stores differ beyond their columns, shrunk; [`SpendModel::fit_effects_with`] leaves those free that
//!   opened lately and still grow;
//! - [`SpendModel::leave_one_out`] says how wrong the model is about a store that it has not seen;
//! - [`Predictor`] is what a scenario takes from a fit.

mod cells;
mod columns;
mod effects;
mod error;
mod fit;
mod information;
mod leave_one_out;
mod likelihood;
mod model;
mod moments;
mod outside;
mod predictor;
mod situations;
mod unseen;
mod variance;

pub use columns::StoreColumns;
pub use effects::{EffectsFit, EffectsOptions};
pub use error::SpendError;
pub use fit::{Comparison, Estimate, FormFit, SpendFit, StoreTotal, compare};
pub use leave_one_out::{LeaveOneOut, LeftOutStore, OutOfSample, Refit};
pub use model::{FEWEST_CELLS, FEWEST_STORES, SpendModel};
pub use predictor::Predictor;
pub use situations::{LeftOut, Pair, Rival, Situations};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::huff::Decay;

    /// 80 cells in two spans each, 7 stores with two columns, flows of which some are negative.
    pub(super) fn small() -> (Situations, StoreColumns) {
        small_with(0)
    }

    /// The same with so many rivals.
    pub(super) fn small_with(rivals: usize) -> (Situations, StoreColumns) {
        let stores = 7;
        let wave = |at: f64| 0.5 + 0.5 * (12.9898 * at).sin();
        let mut situations = Situations::with_rivals(stores, rivals).expect("few stores");
        for cell in 0..80_u32 {
            for span in 0..2_u32 {
                let pairs: Vec<Pair> = (0..stores as u16)
                    .filter(|store| span == 1 || *store != 3)
                    .filter(|store| (cell + u32::from(*store)) % 3 != 0)
                    .map(|store| {
                        let at = f64::from(cell * 31 + span * 7) + f64::from(store) * 1.37;
                        let flow = if wave(at) > 0.6 {
                            90.0 * wave(at * 1.1) - 10.0
                        } else {
                            0.0
                        };
                        Pair {
                            store,
                            distance: (1.0 + 9.0 * wave(at * 0.7)) as f32,
                            flow,
                        }
                    })
                    .collect();
                let potential = 300.0 + 200.0 * wave(f64::from(cell));
                let near = (0..rivals as u16).filter(|rival| (cell + span + u32::from(*rival)) % 4 < 2);
                let distance = |rival: u16| (1.0 + 9.0 * wave(f64::from(cell * 17) + f64::from(rival) * 2.11)) as f32;
                let near = near.map(|rival| Rival {
                    rival,
                    distance: distance(rival),
                });
                situations
                    .push_with_rivals(cell, potential, &pairs, &near.collect::<Vec<Rival>>())
                    .expect("good rows");
            }
        }
        let columns = |places: std::ops::Range<usize>| {
            let column = |by: f64| places.clone().map(|place| wave(by * place as f64)).collect();
            vec![("area".to_owned(), column(1.3)), ("age".to_owned(), column(2.9))]
        };
        let of_stores = StoreColumns::new(stores, columns(0..stores)).expect("good columns");
        let of_rivals = columns(stores..stores + rivals);
        (
            situations,
            of_stores.with_rivals(rivals, of_rivals).expect("good columns"),
        )
    }

    /// The small model without rivals and with some.
    pub(super) fn both() -> [(Situations, StoreColumns); 2] {
        [small(), small_with(5)]
    }

    pub(super) fn model_on<'a>(situations: &'a Situations, columns: &'a StoreColumns, decay: Decay) -> SpendModel<'a> {
        SpendModel::new(situations, columns, decay).expect("enough data")
    }
}
