//! What all functions share: argument kinds, their coercion, text cells, and the bridge to the engine.
//!
//! A function file says its name, arguments, result and a plain Rust evaluation over arrays; everything that the engine
//! wants besides is here, once.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Float64Array, Int64Array, ListArray, StringViewArray};
use arrow::datatypes::{DataType, Field, Float64Type, Int64Type};
use datafusion::common::{DataFusionError, Result, ScalarValue};
use datafusion::logical_expr::{
    ColumnarValue, DocSection, Documentation, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};
use h3o::{CellIndex, Resolution};

use chalandise_query::Refused;

use super::fits::Fits;

/// What an argument holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// An H3 cell: `bigint`, or hexadecimal text.
    Cell,
    /// `bigint`.
    Integer,
    /// `double`.
    Number,
    /// Text.
    Text,
}

/// What a function gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Output {
    /// A cell, in the form in which the first cell was given.
    Cell,
    /// A list of cells, likewise.
    Cells,
    /// `bigint`.
    Integer,
    /// `double`.
    Number,
    /// A list of `double`.
    Numbers,
    /// Text.
    Text,
    /// `boolean`.
    Boolean,
}

/// The documentation section of cells and distances.
const GEOGRAPHY: DocSection = DocSection {
    include: true,
    label: "Geography",
    description: Some("H3 cells (bigint, or hexadecimal text) and distances."),
};

/// The documentation section of models.
const CUSTOMERS: DocSection = DocSection {
    include: true,
    label: "Customers",
    description: Some("What the models fitted by the last build say of a customer."),
};

/// An argument: name, kind, what it means.
pub(super) type Argument = (&'static str, Kind, &'static str);

/// First argument of the functions that ask a model.
pub(super) const FIT: Argument = (
    "fit",
    Kind::Text,
    "`current`: the model in use, fitted on all days, and `current-web` etc. by first sales channel; `bg-nbd`, `mbg-nbd`, `pareto-nbd`: \
     that model before the holdout, or the limit in its place, which goes by its own name too, such as `exponential-nbd`; with `-season` on \
     the season's clock",
);

/// One SQL function.
#[derive(Debug)]
pub(super) struct ScalarFunction {
    /// Name in SQL.
    pub name: &'static str,
    /// Arguments in order; all are required.
    pub arguments: &'static [Argument],
    /// What comes back.
    pub output: Output,
    /// What the function does, in a sentence or two.
    pub doc: &'static str,
    /// A call and its result.
    pub example: &'static str,
    /// Evaluation; cells arrive as `bigint` and leave as `bigint`, text cells are translated around it.
    pub evaluate: fn(&Arguments) -> Result<ArrayRef>,
}

impl ScalarFunction {
    /// The function as the engine takes it.
    pub(super) fn into_udf(self) -> ScalarUDF {
        self.under(Arc::default())
    }

    /// The function as the engine takes it, with the fits that models are asked under.
    pub(super) fn under(self, fits: Arc<Fits>) -> ScalarUDF {
        let asks_a_model = self.arguments.first().is_some_and(|(name, _, _)| *name == FIT.0);
        let section = if asks_a_model { CUSTOMERS } else { GEOGRAPHY };
        let syntax = format!(
            "{}({})",
            self.name,
            self.arguments
                .iter()
                .map(|(name, _, _)| *name)
                .collect::<Vec<_>>()
                .join(", ")
        );
        let mut documentation = Documentation::builder(section, self.doc, syntax)
            .with_sql_example(format!("```sql\n{}\n```", self.example));
        for (name, _, doc) in self.arguments {
            documentation = documentation.with_argument(*name, *doc);
        }
        ScalarUDF::new_from_impl(Udf {
            documentation: documentation.build(),
            signature: Signature::user_defined(Volatility::Immutable),
            function: self,
            fits,
        })
    }
}

/// The evaluated arguments of one call.
pub(super) struct Arguments {
    values: Vec<ColumnarValue>,
    /// Rows to give back.
    pub rows: usize,
    /// The fits of the lake version.
    pub fits: Arc<Fits>,
}

/// An argument that is one value for all rows, or one a row.
pub(super) enum Integers {
    /// The same for every row.
    Constant(Option<i64>),
    /// One a row.
    Rows(Int64Array),
}

impl Integers {
    /// The value of a row.
    pub(super) fn get(&self, row: usize) -> Option<i64> {
        match self {
            Integers::Constant(value) => *value,
            Integers::Rows(values) => values.is_valid(row).then(|| values.value(row)),
        }
    }
}

impl Arguments {
    /// A `bigint` or cell argument, one value a row.
    pub(super) fn integer_array(&self, index: usize) -> Result<Int64Array> {
        let array = self.values[index].to_array(self.rows)?;
        Ok(array.as_primitive::<Int64Type>().clone())
    }

    /// A `bigint` argument that is usually a constant.
    pub(super) fn integers(&self, index: usize) -> Result<Integers> {
        match &self.values[index] {
            ColumnarValue::Scalar(ScalarValue::Int64(value)) => Ok(Integers::Constant(*value)),
            _ => Ok(Integers::Rows(self.integer_array(index)?)),
        }
    }

    /// A `double` argument, one value a row.
    pub(super) fn number_array(&self, index: usize) -> Result<Float64Array> {
        let array = self.values[index].to_array(self.rows)?;
        Ok(array.as_primitive::<Float64Type>().clone())
    }

    /// A text argument, one value a row.
    pub(super) fn text_array(&self, index: usize) -> Result<StringViewArray> {
        let array = self.values[index].to_array(self.rows)?;
        Ok(array.as_string_view().clone())
    }
}

/// The valid cell of an int64, if it is one.
pub(super) fn cell(value: i64) -> Option<CellIndex> {
    CellIndex::try_from(value as u64).ok()
}

/// A cell as int64; lossless, as the top bit of a cell is 0.
pub(super) fn to_int64(cell: CellIndex) -> i64 {
    u64::from(cell) as i64
}

/// The resolution 0 to 15 of an integer, if it is one.
pub(super) fn resolution(value: i64) -> Option<Resolution> {
    Resolution::try_from(u8::try_from(value).ok()?).ok()
}

/// An error for a request whose answer would be absurdly large.
pub(super) fn too_large<T>(function: &str, what: &str) -> Result<T> {
    let words = format!("{function}: {what}");
    Err(DataFusionError::External(Box::new(Refused(words))))
}

#[derive(Debug)]
struct Udf {
    function: ScalarFunction,
    fits: Arc<Fits>,
    signature: Signature,
    documentation: Documentation,
}

impl PartialEq for Udf {
    fn eq(&self, other: &Self) -> bool {
        self.function.name == other.function.name
    }
}

impl Eq for Udf {}

impl Hash for Udf {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.function.name.hash(state);
    }
}

fn is_text(data_type: &DataType) -> bool {
    match data_type {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        DataType::Dictionary(_, value) => is_text(value),
        _ => false,
    }
}

impl Udf {
    /// Whether cells come back as text: when the first argument that is a cell is text.
    fn gives_text(&self, types: &[DataType]) -> bool {
        let kinds = self.function.arguments.iter().map(|(_, kind, _)| kind);
        kinds
            .zip(types)
            .find(|(kind, _)| **kind == Kind::Cell)
            .is_some_and(|(_, data_type)| is_text(data_type))
    }
}

impl ScalarUDFImpl for Udf {
    fn name(&self) -> &str {
        self.function.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        let expected = self.function.arguments;
        if types.len() != expected.len() {
            return Err(DataFusionError::Plan(format!(
                "{} takes {} arguments ({}), not {}",
                self.function.name,
                expected.len(),
                self.documentation.syntax_example,
                types.len()
            )));
        }
        expected
            .iter()
            .zip(types)
            .map(|((name, kind, _), data_type)| {
                coerced(*kind, data_type).ok_or_else(|| {
                    DataFusionError::Plan(format!(
                        "{}: argument `{name}` cannot be of type {data_type}",
                        self.function.name
                    ))
                })
            })
            .collect()
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        let cell = if self.gives_text(types) {
            DataType::Utf8View
        } else {
            DataType::Int64
        };
        Ok(match self.function.output {
            Output::Cell => cell,
            Output::Cells => list_of(cell),
            Output::Integer => DataType::Int64,
            Output::Number => DataType::Float64,
            Output::Numbers => list_of(DataType::Float64),
            Output::Text => DataType::Utf8View,
            Output::Boolean => DataType::Boolean,
        })
    }

    fn invoke_with_args(&self, call: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let types: Vec<DataType> = call.args.iter().map(ColumnarValue::data_type).collect();
        let gives_text = self.gives_text(&types);
        let constant = call.args.iter().all(|arg| matches!(arg, ColumnarValue::Scalar(_)));
        let rows = if constant { 1 } else { call.number_rows };
        let kinds = self.function.arguments.iter().map(|(_, kind, _)| *kind);
        let values = kinds
            .zip(call.args)
            .map(|(kind, value)| match kind {
                Kind::Cell if is_text(&value.data_type()) => parse_cells(&value, rows),
                _ => Ok(value),
            })
            .collect::<Result<Vec<_>>>()?;
        let mut result = (self.function.evaluate)(&Arguments {
            values,
            rows,
            fits: Arc::clone(&self.fits),
        })?;
        if gives_text {
            result = match self.function.output {
                Output::Cell => Arc::new(cells_as_text(result.as_primitive())),
                Output::Cells => Arc::new(cell_lists_as_text(result.as_list())?),
                _ => result,
            };
        }
        if constant {
            return Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(&result, 0)?));
        }
        Ok(ColumnarValue::Array(result))
    }

    fn documentation(&self) -> Option<&Documentation> {
        Some(&self.documentation)
    }
}

fn coerced(kind: Kind, data_type: &DataType) -> Option<DataType> {
    let null = data_type.is_null();
    match kind {
        Kind::Cell if is_text(data_type) => Some(DataType::Utf8View),
        Kind::Cell | Kind::Integer => (data_type.is_integer() || null).then_some(DataType::Int64),
        Kind::Number => (data_type.is_numeric() || null).then_some(DataType::Float64),
        Kind::Text => (is_text(data_type) || null).then_some(DataType::Utf8View),
    }
}

pub(super) fn list_of(item: DataType) -> DataType {
    DataType::List(Arc::new(Field::new_list_field(item, true)))
}

/// Hexadecimal text as int64; what is not a number becomes 0, which is no valid cell.
fn parse_cells(value: &ColumnarValue, rows: usize) -> Result<ColumnarValue> {
    let text = value.to_array(rows)?;
    let cells: Int64Array = text
        .as_string_view()
        .iter()
        .map(|text| text.map(|text| parse_hexadecimal(text).unwrap_or(0)))
        .collect();
    Ok(ColumnarValue::Array(Arc::new(cells)))
}

/// The number that hexadecimal text (with or without `0x`) spells.
pub(super) fn parse_hexadecimal(text: &str) -> Option<i64> {
    let digits = text.strip_prefix("0x").unwrap_or(text);
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    plain
        .then(|| u64::from_str_radix(digits, 16).ok())
        .flatten()
        .map(|value| value as i64)
}

fn cells_as_text(cells: &Int64Array) -> StringViewArray {
    cells.iter().map(|cell| cell.map(|cell| format!("{cell:x}"))).collect()
}

fn cell_lists_as_text(lists: &ListArray) -> Result<ListArray> {
    let items = cells_as_text(lists.values().as_primitive());
    Ok(ListArray::try_new(
        Arc::new(Field::new_list_field(DataType::Utf8View, true)),
        lists.offsets().clone(),
        Arc::new(items),
        lists.nulls().cloned(),
    )?)
}
