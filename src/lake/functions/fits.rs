//! The models that the last build fitted, for the functions that ask them.

use std::collections::BTreeMap;
use std::fmt;

use arrow::array::AsArray;
use arrow::datatypes::{DataType, Float64Type};
use chalandise_analytics::purchase::PurchaseModel;
use chalandise_analytics::purchase::bg_nbd::BgNbd;
use chalandise_analytics::purchase::fittable::Fittable;
use chalandise_analytics::purchase::gamma_gamma::{SpendKind, SpendModel};
use chalandise_analytics::purchase::limit::LimitKind;
use chalandise_analytics::purchase::mbg_nbd::MbgNbd;
use chalandise_analytics::purchase::pareto_nbd::ParetoNbd;
use datafusion::common::{DataFusionError, Result};
use datafusion::prelude::SessionContext;

use chalandise_query::Refused;

/// One fit: a purchase model, and the spend model of all days.
pub(super) struct Fitted {
    pub(super) purchases: Box<dyn PurchaseModel + Send + Sync>,
    pub(super) spend: Option<SpendModel>,
}

/// Fits by the names that SQL gives them.
#[derive(Default)]
pub struct Fits {
    by_name: BTreeMap<String, Fitted>,
    /// Names of models that have no maximum, with those of their limits that were fitted instead.
    limits: BTreeMap<String, String>,
}

impl fmt::Debug for Fits {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_set().entries(self.by_name.keys()).finish()
    }
}

impl Fits {
    /// Reads the converged fits of a session's table `model_fits`, and from `model_status` which of them are limits of which models.
    ///
    /// # Errors
    /// The engine's, when the table cannot be read.
    pub async fn read(context: &SessionContext) -> Result<Fits> {
        let sql = "select arrow_cast(fit, 'Utf8View'), arrow_cast(model, 'Utf8View'), arrow_cast(parameter, 'Utf8View'), value \
                   from model_fits where converged";
        let mut found: BTreeMap<(String, String), BTreeMap<String, f64>> = BTreeMap::new();
        for batch in context.sql(sql).await?.collect().await? {
            let text = |column: usize, row: usize| batch.column(column).as_string_view().value(row).to_owned();
            let values = arrow::compute::cast(batch.column(3), &DataType::Float64)?;
            let values = values.as_primitive::<Float64Type>();
            for row in 0..batch.num_rows() {
                let of = found.entry((text(0, row), text(1, row))).or_default();
                of.insert(text(2, row), values.value(row));
            }
        }
        let spend = found.iter().find_map(|((fit, model), parameters)| {
            let kind = SpendKind::named(model).filter(|_| fit == "current")?;
            kind.with(&in_order(kind.names(), parameters)?)
        });
        let mut by_name = BTreeMap::new();
        for ((fit, model), parameters) in &found {
            if let Some(purchases) = purchases(model, parameters) {
                let name = match fit.strip_prefix("calibration") {
                    Some(clock) => format!("{model}{clock}"),
                    None => fit.clone(),
                };
                by_name.insert(name, Fitted { purchases, spend });
            }
        }
        let sql = "select arrow_cast(chosen, 'Utf8View'), arrow_cast(used, 'Utf8View') \
                   from model_status where status = 'limit' and chosen = subject and used is not null";
        let mut limits = BTreeMap::new();
        for batch in context.sql(sql).await?.collect().await? {
            let text = |column: usize, row: usize| batch.column(column).as_string_view().value(row).to_owned();
            limits.extend((0..batch.num_rows()).map(|row| (text(0, row), text(1, row))));
        }
        Ok(Fits { by_name, limits })
    }

    /// The fit of a name; of a model that has no maximum, the fit of the limit in its place.
    pub(super) fn get(&self, name: &str) -> Result<&Fitted> {
        let of_limit = || self.by_name.get(self.limits.get(name)?);
        self.by_name.get(name).or_else(of_limit).ok_or_else(|| {
            let names: Vec<&str> = self.by_name.keys().map(String::as_str).collect();
            let remedy = if names.is_empty() {
                "run `chalandise build` first".to_owned()
            } else {
                format!("there are {}", names.join(", "))
            };
            let words = format!("there is no fit of that name; {remedy}");
            DataFusionError::External(Box::new(Refused(words)))
        })
    }
}

fn purchases(model: &str, parameters: &BTreeMap<String, f64>) -> Option<Box<dyn PurchaseModel + Send + Sync>> {
    fn of<M: Fittable + Send + Sync + 'static>(
        parameters: &BTreeMap<String, f64>,
    ) -> Option<Box<dyn PurchaseModel + Send + Sync>> {
        let mut values = [0.0; 4];
        for (value, name) in values.iter_mut().zip(M::NAMES) {
            *value = *parameters.get(name)?;
        }
        Some(Box::new(M::with(values)))
    }
    match model {
        "bg-nbd" => of::<BgNbd>(parameters),
        "mbg-nbd" => of::<MbgNbd>(parameters),
        "pareto-nbd" => of::<ParetoNbd>(parameters),
        _ => {
            let kind = LimitKind::named(model)?;
            Some(Box::new(kind.with(&in_order(kind.names(), parameters)?)?))
        }
    }
}

/// Parameters in the order of their names, when there are all of them.
fn in_order(names: &[&str], parameters: &BTreeMap<String, f64>) -> Option<Vec<f64>> {
    names.iter().map(|name| parameters.get(*name).copied()).collect()
}
