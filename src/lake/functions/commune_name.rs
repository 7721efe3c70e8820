//! `commune_name`: what a commune is called.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use arrow::array::{ArrayRef, StringViewArray};
use datafusion::common::Result;
use datafusion::logical_expr::ScalarUDF;

use super::scalar_function::{Arguments, Kind, Output, ScalarFunction};
use crate::geography::Geography;

/// Names by INSEE code; none when the compiled geography cannot be read, which its own tests would have found.
static NAMES: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
    let communes = Geography::load()
        .map(|geography| geography.communes)
        .unwrap_or_default();
    communes
        .into_iter()
        .map(|commune| (commune.code, commune.name))
        .collect()
});

pub(super) fn udf() -> ScalarUDF {
    ScalarFunction {
        name: "commune_name",
        arguments: &[("code", Kind::Text, "INSEE code of a commune of metropolitan France")],
        output: Output::Text,
        doc: "The name of a commune. Null when no commune of data/geo has the code.",
        example: "select commune_name('44109'); -- Nantes",
        evaluate,
    }
    .into_udf()
}

fn evaluate(arguments: &Arguments) -> Result<ArrayRef> {
    let codes = arguments.text_array(0)?;
    let names: StringViewArray = codes.iter().map(|code| NAMES.get(code?).map(String::as_str)).collect();
    Ok(Arc::new(names))
}
