//! What only grids and flows can get wrong: band axes of panels, cells, sides of a flow.

use super::{Checker, Columns};
use crate::frame::ColumnKind;
use crate::map::Breaks;
use crate::spec::{
    Arrange, Axis, Channel, ColorChannel, LabelSide, Mark, MarkKind, Panel, Rows, ScaleKind, Side, Spec,
};

/// The axis that a panel has for itself.
pub(super) fn own<'a>(panel: &'a Panel, spec: &Spec) -> &'a Axis {
    match spec.arrange {
        Arrange::Down => &panel.y,
        Arrange::Across => &panel.x,
    }
}

/// Whether the chart holds nothing but flows, which stand on no axis.
pub(super) fn flows_alone(spec: &Spec) -> bool {
    let mut marks = spec.panels.iter().flat_map(|panel| &panel.marks).peekable();
    marks.peek().is_some() && marks.all(|mark| mark.mark == MarkKind::Flow)
}

impl Checker<'_> {
    /// A panel's own axis: numbers, or bands for cells.
    pub(super) fn own_bands(&mut self, key: &str, panel: &Panel, spec: &Spec) {
        let axis = own(panel, spec);
        let name = if spec.arrange == Arrange::Down { "y" } else { "x" };
        let key = format!("{key}.{name}");
        match axis.scale {
            None | Some(ScaleKind::Linear) => {
                let surplus = [
                    ("drop", axis.drop.is_some()),
                    ("phone_label_column", axis.phone_label_column.is_some()),
                ];
                for (name, _) in surplus.iter().filter(|(_, given)| *given) {
                    let what = "only bands of a panel have it";
                    self.fault(&format!("{key}.{name}"), what, "add scale = \"band\", or leave it out");
                }
                return;
            }
            Some(ScaleKind::Band) => {}
            Some(ScaleKind::Month | ScaleKind::Time) => {
                let what = "a panel’s own axis holds numbers or bands";
                self.fault(&format!("{key}.scale"), what, "allowed are linear, band");
                return;
            }
        }
        if spec.arrange == Arrange::Down {
            let what = "panels stacked down have no bands of their own";
            self.fault(&format!("{key}.scale"), what, "write arrange = \"across\"");
        }
        if axis.column.is_none() {
            let what = "the band axis has no column";
            self.fault(&format!("{key}.column"), what, "name the column that holds its values");
        }
        if axis.labels == Some(LabelSide::Left) {
            let what = "the labels cannot stand there";
            self.fault(&format!("{key}.labels"), what, "allowed are above, below, none");
        }
        if axis.grid || axis.ticks.is_some() || axis.zero.is_some() || axis.domain.is_some() {
            let what = "ticks, grid, zero and domain are for numbers";
            self.fault(&key, what, "leave them out of a band axis");
        }
        if panel.marks.iter().any(|mark| mark.mark != MarkKind::Cell) {
            let what = "a panel with bands of its own holds another mark than cells";
            self.fault(
                &format!("{key}.scale"),
                what,
                "give the other marks a panel of their own",
            );
        }
        if panel.marks.len() > 1 {
            let what = "a panel with bands of its own holds more than one mark";
            self.fault(&format!("{key}.scale"), what, "give each grid a panel of its own");
        }
    }

    pub(super) fn cell(&mut self, key: &str, mark: &Mark, panel: &Panel, spec: &Spec, columns: Option<&Columns>) {
        if mark.mark != MarkKind::Cell {
            return;
        }
        if own(panel, spec).scale != Some(ScaleKind::Band) {
            let what = "a cell stands on two band axes";
            let remedy = "write arrange = \"across\" and give the panel x = { column = …, scale = \"band\" }";
            self.fault(&format!("{key}.mark"), what, remedy);
        }
        if !matches!(mark.color, Some(ColorChannel::Sequence(_))) {
            let what = "a cell is coloured by classes of a number";
            self.fault(&format!("{key}.color"), what, "write color = { sequence = … }");
        }
        for (name, channel) in [("x", &mark.x), ("y", &mark.y)] {
            if matches!(channel, Some(Channel::Constant(_))) {
                let what = "a number is no band";
                self.fault(
                    &format!("{key}.{name}"),
                    what,
                    "name a column, or leave it out for the axis’ own",
                );
            }
        }
        self.all_rows(key, mark);
        if mark.notation.is_some() {
            let what = "cells have no notation";
            self.fault(&format!("{key}.notation"), what, "leave it out");
        }
        if let Some(breaks) = &mark.breaks
            && Breaks::given(breaks.clone()).is_err()
        {
            let what = "the breaks make no classes";
            self.fault(
                &format!("{key}.breaks"),
                what,
                "give 4 to 6 numbers, each above the one before",
            );
        }
        if mark.note.is_some() && mark.text.is_none() {
            let what = "there is a second line without a first";
            self.fault(&format!("{key}.note"), what, "write it as text, or give both");
        }
        if let Some(hidden) = &mark.hidden {
            let kinds = [ColumnKind::Text, ColumnKind::Number];
            if let Some(columns) = columns {
                self.column(&format!("{key}.hidden.column"), &hidden.column, columns, &kinds);
            }
            if let Some(words) = &hidden.words {
                self.words(&format!("{key}.hidden.words"), words, columns);
            }
        }
    }

    pub(super) fn flow(&mut self, key: &str, mark: &Mark, panel: &Panel, columns: Option<&Columns>) {
        if mark.mark != MarkKind::Flow {
            return;
        }
        if panel.marks.len() > 1 {
            let what = "a flow shares a panel with another mark";
            self.fault(&format!("{key}.mark"), what, "give it a panel of its own");
        }
        for (name, given) in [("color", mark.color.is_some()), ("notation", mark.notation.is_some())] {
            if given {
                let what = "a flow is coloured by its direction";
                self.fault(&format!("{key}.{name}"), what, "leave it out");
            }
        }
        self.all_rows(key, mark);
        self.side(&format!("{key}.from"), mark.from.as_ref(), columns);
        self.side(&format!("{key}.to"), mark.to.as_ref(), columns);
        match (&mark.value, columns) {
            (None, _) => {
                let what = "the flow has no size";
                self.fault(&format!("{key}.value"), what, "write value = { column = … }");
            }
            (Some(value), Some(columns)) => {
                self.column(
                    &format!("{key}.value.column"),
                    &value.column,
                    columns,
                    &[ColumnKind::Number],
                );
            }
            (Some(_), None) => {}
        }
    }

    /// A first or last row alone is neither a grid nor a flow.
    fn all_rows(&mut self, key: &str, mark: &Mark) {
        if mark.rows != Rows::All {
            let what = "this mark draws all rows";
            self.fault(&format!("{key}.rows"), what, "leave it out");
        }
    }

    fn side(&mut self, key: &str, side: Option<&Side>, columns: Option<&Columns>) {
        let Some(side) = side else {
            self.fault(
                key,
                "the flow has one side only",
                "write from = { column = … } and to = { column = … }",
            );
            return;
        };
        if let Some(columns) = columns {
            self.column(&format!("{key}.column"), &side.column, columns, &[]);
            if let Some(order) = &side.order {
                self.column(&format!("{key}.order"), order, columns, &[ColumnKind::Number]);
            }
        }
        for words in side.title.iter() {
            self.words(&format!("{key}.title"), words, columns);
        }
        for words in side.missing.iter() {
            self.words(&format!("{key}.missing"), words, columns);
        }
    }
}
