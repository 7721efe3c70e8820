//! A result's columns as the chart package takes them.

use chalandise_chart::{ChartError, Column, Frame};
use chalandise_serving::{Cell, ColumnKind, Table, TableColumn};

/// The columns of a result, by name and in their order.
///
/// # Errors
/// [`ChartError`] when the chart package refuses the columns.
pub fn frame(table: &Table) -> Result<Frame, ChartError> {
    let columns = table.columns().iter();
    Frame::new(
        columns
            .map(|column| (column.name.clone(), chart_column(column)))
            .collect(),
    )
}

fn chart_column(column: &TableColumn) -> Column {
    let cells = column.cells.iter();
    match column.kind {
        ColumnKind::Text => Column::Text(cells.map(|cell| (*cell != Cell::Null).then(|| cell.exact())).collect()),
        ColumnKind::Date => Column::Date(
            cells
                .map(|cell| match cell {
                    Cell::Instant(instant) => Some(instant.date_naive()),
                    cell => cell.as_date(),
                })
                .collect(),
        ),
        ColumnKind::Number => Column::Number(cells.map(Cell::as_f64).collect()),
    }
}
