//! Communes, departements and regions of France, from `data/geo`.
//!
//! The files are compiled in, so that the importer, the demo, the models and the maps all see the same places and depend on nothing but
//! their input. A row that does not have the expected form is left out; a test counts what is left.

mod communes;
mod departements;
mod regions;

pub use communes::{Commune, commune, communes, communes_by_size, communes_in_cell};
pub use departements::{Departement, departement_names, departements, region_names};
pub use regions::{REGIONS, region_by_code};
