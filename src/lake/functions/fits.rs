//! The models that the last build fitted, for the functions that ask them.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Float64Array};
use arrow::datatypes::{DataType, Float64Type};
use chalandise_analytics::bg_nbd::BgNbd;
use chalandise_analytics::gamma_gamma::GammaGamma;
use chalandise_analytics::mbg_nbd::MbgNbd;
use chalandise_analytics::pareto_nbd::ParetoNbd;
use chalandise_analytics::purchase::PurchaseModel;
use chalandise_analytics::purchase_fit::Fittable;
use chalandise_analytics::rfm::History;
use datafusion::common::{DataFusionError, Result};
use datafusion::prelude::SessionContext;

use chalandise_query::Refused;

use super::scalar_function::{Argument, Arguments, Kind};

/// First argument of the functions that ask a model.
pub(super) const FIT: Argument = (
    "fit",
    Kind::Text,
    "`current`: the model in use, fitted on all days, and `current-web` etc. by first sales channel; `bg-nbd`, `mbg-nbd`, `pareto-nbd`: \
     that model before the holdout, with `-season` on the season's clock",
);
pub(super) const X: Argument = ("x", Kind::Number, "Repeat purchase days (`frequency`)");
pub(super) const T_X: Argument = (
    "t_x",
    Kind::Number,
    "Days from the first purchase to the last (`recency_days`)",
);
pub(super) const T: Argument = (
    "t",
    Kind::Number,
    "Days from the first purchase to the forecast (`age_days`)",
);
pub(super) const DAYS: Argument = ("days", Kind::Number, "Days to come");
pub(super) const MEAN_VALUE: Argument = (
    "mean_value",
    Kind::Number,
    "Mean value of a repeat purchase day (`repeat_value`); null without a repeat",
);

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

    fn get(&self, name: &str) -> Result<&Fitted> {
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
        _ => None,
    }
}

fn spend(parameters: &BTreeMap<String, f64>) -> Option<GammaGamma> {
    Some(GammaGamma {
        p: *parameters.get("p")?,
        q: *parameters.get("q")?,
        gamma: *parameters.get("gamma")?,
    })
}

/// Asks the fit of each row; `numbers` are the arguments behind the fit's name, of which only the last may be missing.
pub(super) fn each(
    arguments: &Arguments,
    numbers: usize,
    last_may_be_missing: bool,
    ask: impl Fn(&Fitted, &[f64]) -> Option<f64>,
) -> Result<ArrayRef> {
    let names = arguments.text_array(0)?;
    let columns = (1..=numbers)
        .map(|index| arguments.number_array(index))
        .collect::<Result<Vec<_>>>()?;
    let mut answers = Float64Array::builder(arguments.rows);
    let mut values = vec![0.0; numbers];
    for row in 0..arguments.rows {
        if names.is_null(row) {
            answers.append_null();
            continue;
        }
        let fit = arguments.fits.get(names.value(row))?;
        let mut whole = true;
        for (index, (value, column)) in values.iter_mut().zip(&columns).enumerate() {
            let may_miss = last_may_be_missing && index + 1 == numbers;
            *value = if column.is_valid(row) {
                column.value(row)
            } else {
                f64::NAN
            };
            whole &= column.is_valid(row) || may_miss;
        }
        answers.append_option(ask(fit, &values).filter(|answer| whole && answer.is_finite()));
    }
    Ok(Arc::new(answers.finish()))
}

/// A history, when the numbers make one.
pub(super) fn history(x: f64, t_x: f64, t: f64) -> Option<History> {
    let sound = x >= 0.0
        && x.fract() == 0.0
        && x <= f64::from(u32::MAX)
        && t_x >= 0.0
        && t >= t_x
        && (x == 0.0) == (t_x == 0.0);
    sound.then_some(History { x: x as u32, t_x, t })
}
