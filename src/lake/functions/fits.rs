//! The models that the last build fitted, for the functions that ask them.

use std::collections::BTreeMap;
use std::fmt;

use arrow::array::AsArray;
use arrow::datatypes::{DataType, Float64Type};
use chalandise_analytics::purchase::PurchaseModel;
use chalandise_analytics::purchase::bg_nbd::BgNbd;
use chalandise_analytics::purchase::fittable::Fittable;
use chalandise_analytics::purchase::gamma_gamma::GammaGamma;
use chalandise_analytics::purchase::limit::LimitKind;
use chalandise_analytics::purchase::mbg_nbd::MbgNbd;
use chalandise_analytics::purchase::pareto_nbd::ParetoNbd;
use datafusion::common::{DataFusionError, Result};
use datafusion::prelude::SessionContext;

use chalandise_query::Refused;

/// One fit: a purchase model, and the spend model of all days.
pub(super) struct Fitted {
    pub(super) purchases: Box<dyn PurchaseModel + Send + Sync>,
    pub(super) spend: Option<GammaGamma>,
}

/// Fits by the names that SQL gives them.
#[derive(Default)]
pub struct Fits(BTreeMap<String, Fitted>);

impl fmt::Debug for Fits {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_set().entries(self.0.keys()).finish()
    }
}

impl Fits {
    /// Reads the converged fits of a session's table `model_fits`.
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
        let spend = found
            .get(&("current".to_owned(), "gamma-gamma".to_owned()))
            .and_then(spend);
        let mut fits = BTreeMap::new();
        for ((fit, model), parameters) in &found {
            if let Some(purchases) = purchases(model, parameters) {
                let name = match fit.strip_prefix("calibration") {
                    Some(clock) => format!("{model}{clock}"),
                    None => fit.clone(),
                };
                fits.insert(name, Fitted { purchases, spend });
            }
        }
        Ok(Fits(fits))
    }

    /// The fit of a name.
    pub(super) fn get(&self, name: &str) -> Result<&Fitted> {
        self.0.get(name).ok_or_else(|| {
            let names: Vec<&str> = self.0.keys().map(String::as_str).collect();
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
            let values = kind.names().iter().map(|name| parameters.get(*name).copied());
            Some(Box::new(kind.with(&values.collect::<Option<Vec<f64>>>()?)?))
        }
    }
}

fn spend(parameters: &BTreeMap<String, f64>) -> Option<GammaGamma> {
    Some(GammaGamma {
        p: *parameters.get("p")?,
        q: *parameters.get("q")?,
        gamma: *parameters.get("gamma")?,
    })
}
