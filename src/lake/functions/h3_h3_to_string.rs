//! `h3_h3_to_string`: a cell as hexadecimal text.

use std::sync::Arc;

use arrow::array::{ArrayRef, StringViewArray};
use datafusion::common::Result;
use datafusion::logical_expr::ScalarUDF;

use super::scalar_function::{Arguments, Kind, Output, ScalarFunction};

pub(super) fn udf() -> ScalarUDF {
    ScalarFunction {
        name: "h3_h3_to_string",
        arguments: &[("index", Kind::Integer, "H3 index as bigint")],
        output: Output::Text,
        doc: "An H3 index as hexadecimal text, the form of the H3 library and of most tools. Validity is not checked.",
        example: "select h3_h3_to_string(586265647244115967); -- 822d57fffffffff",
        evaluate,
    }
    .into_udf()
}

fn evaluate(arguments: &Arguments) -> Result<ArrayRef> {
    let indexes = arguments.integer_array(0)?;
    let texts: StringViewArray = indexes
        .iter()
        .map(|index| index.map(|index| format!("{index:x}")))
        .collect();
    Ok(Arc::new(texts))
}
