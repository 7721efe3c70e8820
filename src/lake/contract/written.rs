//! What the tables are written with: a column, a table without money of its own or links, and the values that several tables allow.

use super::{Column, Kind, Table};

pub(super) const SALES_CHANNELS: &[&str] = &["web", "store", "post", "phone"];

pub(super) const fn col(name: &'static str, kind: Kind, doc: &'static str) -> Column {
    Column::new(name, kind, doc)
}

pub(super) fn table(name: &'static str, row: &'static str, money: Option<&'static str>, columns: Vec<Column>) -> Table {
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
