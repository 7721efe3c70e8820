//! Columns of data, by name: what a chart is drawn from.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::ChartError;

/// One column; a missing value is `None`.
#[derive(Debug, Clone, PartialEq)]
pub enum Column {
    /// Numbers; a share is a ratio (0.031 = 3.1 %), money is in the lake's currency.
    Number(Vec<Option<f64>>),
    /// Names.
    Text(Vec<Option<String>>),
    /// Days.
    Date(Vec<Option<NaiveDate>>),
}

/// What a column holds, without its values: enough to check a specification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// Numbers.
    Number,
    /// Names.
    Text,
    /// Days.
    Date,
}

impl ColumnKind {
    /// The kind in words.
    pub fn name(self) -> &'static str {
        match self {
            ColumnKind::Number => "number",
            ColumnKind::Text => "text",
            ColumnKind::Date => "date",
        }
    }
}

impl Column {
    /// Number of rows.
    pub fn len(&self) -> usize {
        match self {
            Column::Number(values) => values.len(),
            Column::Text(values) => values.len(),
            Column::Date(values) => values.len(),
        }
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What the column holds.
    pub fn kind(&self) -> ColumnKind {
        match self {
            Column::Number(_) => ColumnKind::Number,
            Column::Text(_) => ColumnKind::Text,
            Column::Date(_) => ColumnKind::Date,
        }
    }

    /// The number in a row; none when missing, not finite or not a number column.
    pub fn number(&self, row: usize) -> Option<f64> {
        match self {
            Column::Number(values) => values.get(row).copied().flatten().filter(|value| value.is_finite()),
            _ => None,
        }
    }

    /// The day in a row.
    pub fn date(&self, row: usize) -> Option<NaiveDate> {
        match self {
            Column::Date(values) => values.get(row).copied().flatten(),
            _ => None,
        }
    }

    /// The name in a row.
    pub fn text(&self, row: usize) -> Option<&str> {
        match self {
            Column::Text(values) => values.get(row).and_then(|value| value.as_deref()),
            _ => None,
        }
    }
}

/// Ordered, named columns of equal length.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Frame {
    columns: Vec<(String, Column)>,
}

impl Frame {
    /// A frame of these columns.
    ///
    /// # Errors
    /// When two columns share a name or their lengths differ.
    pub fn new(columns: Vec<(String, Column)>) -> Result<Frame, ChartError> {
        let rows = columns.first().map_or(0, |(_, column)| column.len());
        for (at, (name, column)) in columns.iter().enumerate() {
            if column.len() != rows {
                return Err(ChartError::UnequalColumns {
                    column: name.clone(),
                    rows: column.len(),
                    expected: rows,
                });
            }
            if columns[..at].iter().any(|(known, _)| known == name) {
                return Err(ChartError::DuplicateColumn { column: name.clone() });
            }
        }
        Ok(Frame { columns })
    }

    /// The column of that name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, column)| column)
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.columns.first().map_or(0, |(_, column)| column.len())
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Names and kinds, in order.
    pub fn kinds(&self) -> Vec<(String, ColumnKind)> {
        self.columns
            .iter()
            .map(|(name, column)| (name.clone(), column.kind()))
            .collect()
    }
}

/// The data of one chart: the main frame, and further ones that a mark names with `data = "…"`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Frames {
    /// Rows of the chart's own query; they give the order of bands and the links.
    pub main: Frame,
    /// Further datasets by name, such as the mailings on a time axis.
    pub named: BTreeMap<String, Frame>,
}

impl Frames {
    /// Only a main frame.
    pub fn new(main: Frame) -> Frames {
        Frames {
            main,
            named: BTreeMap::new(),
        }
    }

    /// With a further dataset.
    pub fn with(mut self, name: &str, frame: Frame) -> Frames {
        self.named.insert(name.to_owned(), frame);
        self
    }

    /// The named dataset, or the main one for `None`.
    pub fn get(&self, name: Option<&str>) -> Option<&Frame> {
        match name {
            None => Some(&self.main),
            Some(name) => self.named.get(name),
        }
    }
}

impl From<Frame> for Frames {
    fn from(main: Frame) -> Frames {
        Frames::new(main)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_must_be_equally_long_and_named_once() {
        let one = |name: &str, rows: usize| (name.to_owned(), Column::Number(vec![None; rows]));
        assert!(matches!(
            Frame::new(vec![one("a", 1), one("b", 2)]),
            Err(ChartError::UnequalColumns { .. })
        ));
        assert!(matches!(
            Frame::new(vec![one("a", 1), one("a", 1)]),
            Err(ChartError::DuplicateColumn { .. })
        ));
        assert_eq!(Frame::new(vec![one("a", 3)]).map(|frame| frame.len()).ok(), Some(3));
    }
}
