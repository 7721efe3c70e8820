//! Rows as CSV: exact decimals. The plain dialect is for programs, the French one opens in a French spreadsheet.

use chalandise_serving::{Cell, Table};

/// How a CSV is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// Comma, decimal point, no mark at the start.
    Plain,
    /// Semicolon, decimal comma, a byte order mark: what a French Excel reads as UTF-8.
    French,
}

/// A table as CSV with the query's column names; lines end with CR LF as RFC 4180 has it.
#[must_use]
pub fn csv(table: &Table, dialect: Dialect) -> Vec<u8> {
    let mut text = String::new();
    let separator = match dialect {
        Dialect::Plain => ',',
        Dialect::French => {
            text.push('\u{feff}');
            ';'
        }
    };
    let names = table.columns().iter().map(|column| column.name.clone());
    line(&mut text, names, separator);
    for row in 0..table.len() {
        let values = table.columns().iter().map(|column| field(&column.cells[row], dialect));
        line(&mut text, values, separator);
    }
    text.into_bytes()
}

fn field(cell: &Cell, dialect: Dialect) -> String {
    let exact = cell.exact();
    match cell {
        Cell::Float(_) | Cell::Decimal { .. } if dialect == Dialect::French => exact.replace('.', ","),
        // A spreadsheet runs a text that starts like a formula; an apostrophe keeps it a text.
        Cell::Text(text) if text.starts_with(['=', '+', '-', '@', '\t', '\r']) => format!("'{exact}"),
        _ => exact,
    }
}

fn line(text: &mut String, values: impl Iterator<Item = String>, separator: char) {
    for (index, value) in values.enumerate() {
        if index > 0 {
            text.push(separator);
        }
        if value.contains([separator, '"', '\n', '\r']) {
            text.push('"');
            text.push_str(&value.replace('"', "\"\""));
            text.push('"');
        } else {
            text.push_str(&value);
        }
    }
    text.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use chalandise_serving::ColumnKind;
    use chalandise_serving::TableColumn;

    fn table() -> Table {
        let column = |name: &str, cells: Vec<Cell>| TableColumn {
            name: name.into(),
            kind: ColumnKind::Text,
            cells,
        };
        Table::from_columns(vec![
            column(
                "name",
                vec![Cell::Text("a;b, \"c\"".into()), Cell::Text("=1+1".into()), Cell::Null],
            ),
            column(
                "net_revenue",
                vec![
                    Cell::Decimal {
                        units: -123_456,
                        scale: 2,
                    },
                    Cell::Null,
                    Cell::Decimal { units: 5, scale: 2 },
                ],
            ),
        ])
    }

    #[test]
    fn amounts_are_exact_and_texts_are_quoted() {
        let text = String::from_utf8(csv(&table(), Dialect::Plain)).unwrap();
        assert_eq!(
            text,
            "name,net_revenue\r\n\"a;b, \"\"c\"\"\",-1234.56\r\n'=1+1,\r\n,0.05\r\n"
        );
    }

    #[test]
    fn a_french_spreadsheet_reads_it() {
        let text = String::from_utf8(csv(&table(), Dialect::French)).unwrap();
        assert!(text.starts_with("\u{feff}name;net_revenue\r\n"));
        assert!(text.contains(";-1234,56\r\n") && text.ends_with(";0,05\r\n"));
    }
}
