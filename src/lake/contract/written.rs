//! What the tables are written with: a column, a table without money of its own or links, and the values that several tables allow.

use super::{Column, Kind, Table};

/// The sales channels.
pub const SALES_CHANNELS: &[&str] = &["web", "store", "post", "phone"];

/// A column.
pub const fn col(name: &'static str, kind: Kind, doc: &'static str) -> Column {
    Column::new(name, kind, doc)
}

/// A table without personal data: its name, what one row is, the column whose sum is balanced, its columns.
pub fn table_of(name: &'static str, row: &'static str, money: Option<&'static str>, columns: Vec<Column>) -> Table {
    Table {
        name,
        row,
        personal: false,
        built: false,
        money,
        columns,
        looked_up: &[],
        names: None,
        references: &[],
    }
}
