//! `commune_name`: what a commune is called.

use std::sync::Arc;

use arrow::array::{ArrayRef, StringViewArray};
use chalandise_locale::geography::commune;
use datafusion::common::Result;
use datafusion::logical_expr::ScalarUDF;

use super::scalar_function::{Arguments, Kind, Output, ScalarFunction};

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
    let names: StringViewArray = codes.iter().map(|code| Some(commune(code?)?.name.as_str())).collect();
    Ok(Arc::new(names))
}
