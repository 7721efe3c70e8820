//! What is not observed: all that is spent elsewhere, and the part of it that rivals would take.

use super::situations::Situations;

/// Mean weights of a row, each weighed by its potential, if every store and every rival weighed 1.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unseen {
    /// Of all that is not observed, for the stores to take what they take.
    pub(super) all: f64,
    pub(super) rivals: f64,
}

impl Unseen {
    /// In rows of which the stores take the share `inside`.
    pub(super) fn of(situations: &Situations, inside: f64) -> Unseen {
        let (mut stores, mut rivals, mut potential) = (0.0, 0.0, 0.0);
        for row in (0..situations.rows()).map(|row| situations.row(row)) {
            stores += row.potential * row.stores.len() as f64;
            rivals += row.potential * row.rivals.len() as f64;
            potential += row.potential;
        }
        Unseen {
            all: stores / potential * (1.0 - inside) / inside,
            rivals: rivals / potential,
        }
    }
}
