//! The contract of the lake: every canonical table, its columns, types, keys, allowed values and ranges. Here stand the tables that sources
//! fill; a model states its own.
//!
//! The importer checks rows against it, `chalandise check` checks what stands in the lake, sessions create an
//! empty table of the same schema for every table that is missing, and `/catalog` prints it. There is no second list.

mod tables;
mod written;

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};

pub use tables::tables;
pub use written::{SALES_CHANNELS, col, table_of};

/// Digits of a money column: `decimal(18,2)`.
pub const MONEY_PRECISION: u8 = 18;
/// Digits after the point of a money column.
pub const MONEY_SCALE: i8 = 2;

/// What a column holds; each kind has one Arrow type (no unsigned types: Delta has none).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// UTF-8 text, ids included.
    Text,
    /// 64-bit integer.
    Integer,
    /// `decimal(18,2)` in the lake's currency.
    Money,
    /// 64-bit float: coordinates, rates, scores; never money.
    Number,
    /// Calendar day in the retailer's time zone.
    Date,
    /// Instant in UTC, microseconds.
    Timestamp,
    /// True or false.
    Boolean,
}

impl Kind {
    /// The Arrow type in which this kind is stored and shown.
    pub fn data_type(self) -> DataType {
        match self {
            Kind::Text => DataType::Utf8View,
            Kind::Integer => DataType::Int64,
            Kind::Money => DataType::Decimal128(MONEY_PRECISION, MONEY_SCALE),
            Kind::Number => DataType::Float64,
            Kind::Date => DataType::Date32,
            Kind::Timestamp => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
            Kind::Boolean => DataType::Boolean,
        }
    }

    /// The word for this kind in messages and in the catalogue.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Text => "text",
            Kind::Integer => "integer",
            Kind::Money => "money",
            Kind::Number => "number",
            Kind::Date => "date",
            Kind::Timestamp => "timestamp",
            Kind::Boolean => "boolean",
        }
    }
}

/// One column of a canonical table.
#[derive(Clone, Debug)]
pub struct Column {
    /// Name, in the field's own terms.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Whether every row must have a value.
    pub required: bool,
    /// Whether it is part of the table's key.
    pub key: bool,
    /// Unit, or "" when the kind says all.
    pub unit: &'static str,
    /// One sentence for the catalogue.
    pub doc: &'static str,
    /// The only values allowed, or none when any value is.
    pub allowed: &'static [&'static str],
    /// Smallest value allowed, for numbers, integers and money (in units, not cents).
    pub min: Option<f64>,
    /// Largest value allowed.
    pub max: Option<f64>,
    /// Whether it holds personal data in a table that does not: it is no column for anybody but the steward.
    pub personal: bool,
}

impl Column {
    const fn new(name: &'static str, kind: Kind, doc: &'static str) -> Column {
        Column {
            name,
            kind,
            required: false,
            key: false,
            unit: "",
            doc,
            allowed: &[],
            min: None,
            max: None,
            personal: false,
        }
    }
    /// Every row must have a value.
    #[must_use]
    pub const fn required(mut self) -> Column {
        self.required = true;
        self
    }
    /// A part of the key.
    #[must_use]
    pub const fn key(mut self) -> Column {
        self.required = true;
        self.key = true;
        self
    }
    /// Its unit.
    #[must_use]
    pub const fn unit(mut self, unit: &'static str) -> Column {
        self.unit = unit;
        self
    }
    /// The only values allowed.
    #[must_use]
    pub const fn allowed(mut self, allowed: &'static [&'static str]) -> Column {
        self.allowed = allowed;
        self
    }
    /// Smallest and largest value.
    #[must_use]
    pub const fn between(mut self, min: f64, max: f64) -> Column {
        self.min = Some(min);
        self.max = Some(max);
        self
    }
    /// Smallest value.
    #[must_use]
    pub const fn at_least(mut self, min: f64) -> Column {
        self.min = Some(min);
        self
    }

    /// The Arrow field of this column; required columns are not nullable.
    pub fn field(&self) -> Field {
        Field::new(self.name, self.kind.data_type(), !self.required)
    }
}

/// One canonical table.
#[derive(Clone, Debug)]
pub struct Table {
    /// Name in SQL and folder name in the lake.
    pub name: &'static str,
    /// What one row is.
    pub row: &'static str,
    /// Whether it holds personal data and stays outside pages and the analysts' catalogue.
    pub personal: bool,
    /// Whether `chalandise build` computes it from other tables: imports do not write it, and keep it as it is.
    pub built: bool,
    /// Column whose sum the import account balances to the cent, if the table carries money.
    pub money: Option<&'static str>,
    /// Columns in stored order.
    pub columns: Vec<Column>,
    /// Columns that an export fills from its other files, which it may come without.
    pub looked_up: &'static [LookedUp],
    /// Column by which a row names another row of this table, such as the order of a refund.
    pub names: Option<&'static str>,
    /// Columns that name a row of another table.
    pub references: &'static [Reference],
}

/// A column that names a row of another table, by that table's one key column.
#[derive(Clone, Copy, Debug)]
pub struct Reference {
    /// The column.
    pub column: &'static str,
    /// The other table.
    pub table: &'static str,
    /// A further table whose row it may name instead.
    pub or: Option<&'static str>,
    /// Whether the row is a part of the other and goes when that goes: an order's line.
    pub is_part: bool,
}

impl Reference {
    /// The tables of which it may name a row.
    pub fn tables(&self) -> impl Iterator<Item = &'static str> {
        [self.table].into_iter().chain(self.or)
    }
}

/// Columns that come together from another file of the export than the row itself: an order's place from the file of
/// customers, its margin from the file of lines. An export that lacks that file, or has only the customers that changed
/// since the last one, leaves them empty; a row that replaces one of the lake then keeps what stands.
#[derive(Clone, Copy, Debug)]
pub struct LookedUp {
    /// The columns; they are kept only when all of them are empty.
    pub columns: &'static [&'static str],
    /// What a row takes from the row that it names when neither its source nor the row it replaces knows.
    pub inherited: Inherited,
}

/// What a row takes from the row that it names (a refund from its order).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inherited {
    /// Nothing.
    No,
    /// The same values.
    AsTheyAre,
    /// Money at the same rate to this money column.
    AtTheRateTo(&'static str),
}

impl Table {
    /// The Arrow schema in which this table is stored and shown.
    pub fn schema(&self) -> SchemaRef {
        Arc::new(Schema::new(self.columns.iter().map(Column::field).collect::<Vec<_>>()))
    }

    /// The names of the key columns, in stored order.
    pub fn key(&self) -> Vec<&'static str> {
        self.columns
            .iter()
            .filter(|column| column.key)
            .map(|column| column.name)
            .collect()
    }

    /// What its columns are, as one text: rows that a build stored under other columns are not shown.
    pub fn definition(&self) -> String {
        let columns = self
            .columns
            .iter()
            .map(|column| format!("{} {}", column.name, column.kind.name()));
        let text = columns.collect::<Vec<_>>().join(", ");
        blake3::hash(text.as_bytes()).to_hex().to_string()
    }

    /// The reference to the row of which a row is a part.
    pub fn part_of(&self) -> Option<&'static Reference> {
        self.references.iter().find(|reference| reference.is_part)
    }

    /// A column by name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }
}

/// All tables of a lake: those that sources fill ([`tables`]), and those that the program computes from them.
///
/// What computes a table states its columns, so the contract is made where all that computes is known.
#[derive(Debug)]
pub struct Contract {
    tables: Vec<Table>,
}

impl Contract {
    /// The tables of sources, and computed ones.
    #[must_use]
    pub fn with(computed: impl IntoIterator<Item = Table>) -> Contract {
        let computed = computed.into_iter().map(|table| Table { built: true, ..table });
        Contract {
            tables: tables().iter().cloned().chain(computed).collect(),
        }
    }

    /// All tables, in the order in which the catalogue prints them.
    pub fn tables(&self) -> &[Table] {
        &self.tables
    }

    /// A table by name.
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.name == name)
    }
}

/// A table of sources by name.
pub fn table(name: &str) -> Option<&'static Table> {
    tables().iter().find(|table| table.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_has_a_key_and_no_column_twice() {
        for table in tables() {
            assert!(!table.key().is_empty(), "{} has no key", table.name);
            let mut names: Vec<_> = table.columns.iter().map(|column| column.name).collect();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), table.columns.len(), "{} names a column twice", table.name);
            for reference in table.references {
                for other in reference.tables() {
                    let other = super::table(other).expect("a canonical table");
                    assert_eq!(other.key().len(), 1, "{} has no single key", other.name);
                }
                assert!(table.column(reference.column).is_some(), "{}", table.name);
            }
            let looked_up = table.looked_up.iter().flat_map(|it| it.columns);
            for name in looked_up.copied().chain(table.names) {
                let column = table.column(name).expect("a column of the table");
                assert!(!column.required && !column.key, "{}.{name}", table.name);
            }
            assert!(table.looked_up.len() <= 8, "{} has too many groups", table.name);
            if let Some(money) = table.money {
                assert_eq!(
                    table.column(money).map(|column| column.kind),
                    Some(Kind::Money),
                    "{}",
                    table.name
                );
            }
        }
    }

    #[test]
    fn no_column_is_unsigned() {
        for table in tables() {
            for field in table.schema().fields() {
                assert!(
                    !field.data_type().is_unsigned_integer(),
                    "{}.{}",
                    table.name,
                    field.name()
                );
            }
        }
    }
}
