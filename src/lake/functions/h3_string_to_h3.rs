//! `h3_string_to_h3`: hexadecimal text as a cell.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array};
use datafusion::common::Result;
use datafusion::logical_expr::ScalarUDF;

use super::scalar_function::{Arguments, Kind, Output, ScalarFunction, parse_hexadecimal};

pub(super) fn udf() -> ScalarUDF {
    ScalarFunction {
        name: "h3_string_to_h3",
        arguments: &[("text", Kind::Text, "H3 index as hexadecimal text")],
        output: Output::Integer,
        doc: "Hexadecimal text as an H3 index (bigint). Null when the text is not a hexadecimal number of at most 64 \
              bits; whether it is a valid cell is not checked.",
        example: "select h3_string_to_h3('822d57fffffffff'); -- 586265647244115967",
        evaluate,
    }
    .into_udf()
}

fn evaluate(arguments: &Arguments) -> Result<ArrayRef> {
    let texts = arguments.text_array(0)?;
    let indexes: Int64Array = texts.iter().map(|text| parse_hexadecimal(text?)).collect();
    Ok(Arc::new(indexes))
}
