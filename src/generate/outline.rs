//! The outlines of the departements: where stores and households may stand.

use std::sync::LazyLock;

use chalandise_analytics::network::market::Boundary;
use chalandise_locale::geography::{Commune, departements};

/// The outline of each departement.
static BOUNDARIES: LazyLock<Vec<Boundary>> = LazyLock::new(|| {
    let outlines = departements().iter();
    outlines
        .map(|departement| Boundary::new(departement.outline.clone()))
        .collect()
});

/// The outline of a commune's departement.
pub fn boundary(commune: &Commune) -> &'static Boundary {
    &BOUNDARIES[commune.departement]
}
