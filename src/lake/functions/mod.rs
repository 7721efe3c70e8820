//! SQL functions of the lake, one file per function.
//!
//! The H3 functions carry the names and the behaviour of DuckDB's `h3` community extension, with one difference:
//! cells are `bigint` (int64) everywhere, because Delta has no unsigned types. What they share:
//!
//! - a cell is given as `bigint` or as hexadecimal text; cells come back in the form in which the first one was given;
//! - a null argument gives null;
//! - an invalid cell, resolution, coordinate or unit gives null (as in DuckDB), never an error, so that one bad row does
//!   not stop a query; `h3_is_valid_cell` tells them apart;
//! - only a result that would be absurdly large (a disk of millions of cells) is an error, and says so.
//!
//! Those that ask a model take the name of a fit of the last build first; a name that no fit has is an error.
//!
//! Functions that give tables (`scenario_stores('close:S004')` …) are evaluated by the room that registers them, see [`of_scenarios`].
//!
//! Adding a function: one file here and one line in [`all`] (or [`of_models`]); one that gives a table of scenarios: one entry of the list
//! in `scenario_tables`.

mod asked_model;
mod clv;
mod commune_name;
mod expected_orders;
mod expected_spend;
mod fits;
mod great_circle_distance_km;
mod h3_cell_area;
mod h3_cell_to_boundary_wkt;
mod h3_cell_to_center_child;
mod h3_cell_to_children;
mod h3_cell_to_children_size;
mod h3_cell_to_lat;
mod h3_cell_to_latlng;
mod h3_cell_to_lng;
mod h3_cell_to_parent;
mod h3_child_pos_to_cell;
mod h3_get_resolution;
mod h3_grid_disk;
mod h3_grid_distance;
mod h3_h3_to_string;
mod h3_is_valid_cell;
mod h3_latlng_to_cell;
mod h3_string_to_h3;
mod p_alive;
mod prob_orders;
mod scalar_function;
mod scenario_tables;

use std::sync::Arc;

use datafusion::logical_expr::ScalarUDF;

pub use fits::Fits;
pub use great_circle_distance_km::great_circle_distance_km;
pub use h3_cell_to_parent::cell_to_parent;
pub use scenario_tables::{EvaluatePlan, of_scenarios};

/// What the catalogue says of a function that gives a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableFunction {
    /// Its name, that of the table whose columns it gives.
    pub name: &'static str,
    /// How it is called.
    pub syntax: String,
    /// What it gives.
    pub description: String,
    /// A query with it.
    pub example: &'static str,
}

/// The documentation of every function that gives a table.
pub fn tables() -> Vec<TableFunction> {
    scenario_tables::documented().collect()
}

/// Every SQL function of the lake, to be registered in each session.
///
/// ```
/// use datafusion::prelude::SessionContext;
///
/// let ctx = SessionContext::new();
/// for function in chalandise_lake::functions::all() {
///     ctx.register_udf(function);
/// }
/// ```
pub fn all() -> Vec<ScalarUDF> {
    let mut all = of_models(&Arc::default());
    all.extend([
        commune_name::udf(),
        great_circle_distance_km::udf(),
        h3_cell_area::udf(),
        h3_cell_to_boundary_wkt::udf(),
        h3_cell_to_center_child::udf(),
        h3_cell_to_children::udf(),
        h3_cell_to_children_size::udf(),
        h3_cell_to_lat::udf(),
        h3_cell_to_latlng::udf(),
        h3_cell_to_lng::udf(),
        h3_cell_to_parent::udf(),
        h3_child_pos_to_cell::udf(),
        h3_get_resolution::udf(),
        h3_grid_disk::udf(),
        h3_grid_distance::udf(),
        h3_h3_to_string::udf(),
        h3_is_valid_cell::udf(),
        h3_latlng_to_cell::udf(),
        h3_string_to_h3::udf(),
    ]);
    all
}

/// The functions that ask a fitted model, with the fits of a lake version.
pub fn of_models(fits: &Arc<Fits>) -> Vec<ScalarUDF> {
    vec![
        clv::udf(Arc::clone(fits)),
        expected_orders::udf(Arc::clone(fits)),
        expected_spend::udf(Arc::clone(fits)),
        p_alive::udf(Arc::clone(fits)),
        prob_orders::udf(Arc::clone(fits)),
    ]
}
