//! Checking a specification against the columns it is going to get: every fault at once, each with what is allowed.

mod grid;

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Arrange, Axis, Channel, ColorChannel, Label, LabelSide, Mark, MarkKind, NotationChannel, Panel, ScaleKind, Spec,
    Words,
};
use crate::error::SpecFault;
use crate::format::Template;
use crate::frame::ColumnKind;

/// Names and kinds of the columns of one dataset.
pub type Columns = [(String, ColumnKind)];

/// The channels of one kind of mark beside those that every mark takes.
fn channels(kind: MarkKind) -> &'static [&'static str] {
    match kind {
        MarkKind::Line => &["x", "y", "series", "text", "stroke_px"],
        MarkKind::Area => &["x", "y", "y2", "low80", "high80", "low95", "high95", "series"],
        MarkKind::Bar => &["x", "x2", "y", "y2", "span", "text"],
        MarkKind::Dot => &["x", "y", "span", "text", "radius_px"],
        MarkKind::Rule => &["x", "x2", "y", "y2", "span", "stroke_px"],
        MarkKind::Text => &["x", "y", "span", "text"],
        MarkKind::Tick => &["x", "y", "span", "stroke_px"],
        MarkKind::Interval => &["x", "y", "low80", "high80", "low95", "high95", "span"],
        MarkKind::Triangle => &["x", "text", "note"],
        MarkKind::Cell => &["x", "y", "text", "note", "breaks", "legend_format", "hidden"],
        MarkKind::Flow => &["from", "to", "value"],
    }
}

struct Checker<'a> {
    main: &'a Columns,
    named: Option<&'a BTreeMap<String, Vec<(String, ColumnKind)>>>,
    faults: Vec<SpecFault>,
}

impl Spec {
    /// The further datasets that marks name, each once.
    pub fn datasets(&self) -> BTreeSet<&str> {
        let marks = self.panels.iter().flat_map(|panel| &panel.marks);
        marks.filter_map(|mark| mark.data.as_deref()).collect()
    }

    /// All faults of the specification against the columns of the main query; datasets that marks name are taken on trust.
    pub fn check(&self, columns: &Columns) -> Vec<SpecFault> {
        self.checked(columns, None)
    }

    /// All faults against the main query's columns and those of every named dataset.
    pub fn check_with(&self, columns: &Columns, named: &BTreeMap<String, Vec<(String, ColumnKind)>>) -> Vec<SpecFault> {
        self.checked(columns, Some(named))
    }

    fn checked(&self, main: &Columns, named: Option<&BTreeMap<String, Vec<(String, ColumnKind)>>>) -> Vec<SpecFault> {
        let mut checker = Checker {
            main,
            named,
            faults: vec![],
        };
        if self.panels.is_empty() {
            checker.fault("panels", "there is no panel", "give at least one [[panels]] with marks");
        }
        checker.axis("x", &self.x);
        checker.axis("y", &self.y);
        checker.arrangement(self);
        if let Some(link) = &self.link {
            checker.template("link.href", &link.href, Some(main));
            checker.words("link.label", &link.label, Some(main));
        }
        for (at, panel) in self.panels.iter().enumerate() {
            let key = format!("panels[{at}]");
            checker.axis(&format!("{key}.x"), &panel.x);
            checker.axis(&format!("{key}.y"), &panel.y);
            for words in panel.title.iter().chain(&panel.phone_title) {
                checker.words(&format!("{key}.title"), words, Some(main));
            }
            for (name, value) in [
                ("height_px", panel.height_px),
                ("phone_height_px", panel.phone_height_px),
                ("width_px", panel.width_px),
                ("share", panel.share),
            ] {
                checker.size(&format!("{key}.{name}"), value);
            }
            checker.own_bands(&key, panel, self);
            let triangles = |mark: &&Mark| mark.mark == MarkKind::Triangle;
            if panel.marks.iter().filter(triangles).count() > 0 && panel.marks.len() > 1 {
                let what = "triangles share a panel with another mark";
                checker.fault(&format!("{key}.marks"), what, "give them a panel of their own");
            }
            for (nth, mark) in panel.marks.iter().enumerate() {
                checker.mark(&format!("{key}.marks[{nth}]"), mark, panel, self);
            }
        }
        checker.faults
    }
}

impl Checker<'_> {
    fn fault(&mut self, key: &str, what: impl Into<String>, remedy: impl Into<String>) {
        self.faults.push(SpecFault {
            key: key.to_owned(),
            what: what.into(),
            remedy: remedy.into(),
        });
    }

    /// The axis that panels share belongs to the chart, the other one to each panel.
    fn arrangement(&mut self, spec: &Spec) {
        let (shared, own) = match spec.arrange {
            Arrange::Down => ("x", "y"),
            Arrange::Across => ("y", "x"),
        };
        let chart_own = if own == "y" { &spec.y } else { &spec.x };
        if *chart_own != Axis::default() {
            self.fault(
                own,
                format!("panels share {shared} only"),
                format!("move it into each panel, as panels[…].{own}"),
            );
        }
        for (at, panel) in spec.panels.iter().enumerate() {
            let panel_shared = if shared == "x" { &panel.x } else { &panel.y };
            if *panel_shared != Axis::default() {
                self.fault(
                    &format!("panels[{at}].{shared}"),
                    format!("{shared} is shared by the panels"),
                    format!("move it to the chart's own {shared}"),
                );
            }
        }
        let shared_axis = if shared == "x" { &spec.x } else { &spec.y };
        if shared_axis.column.is_none() && !grid::flows_alone(spec) {
            self.fault(
                &format!("{shared}.column"),
                "the shared axis has no column",
                "name the column that holds its values",
            );
        }
        if shared == "y" && !matches!(shared_axis.scale, None | Some(ScaleKind::Band)) {
            self.fault(
                "y.scale",
                "panels set across share bands",
                "leave it out or write scale = \"band\"",
            );
        }
        let sides: &[LabelSide] = match shared {
            "x" => &[LabelSide::None, LabelSide::Below],
            _ => &[LabelSide::None, LabelSide::Left, LabelSide::Above],
        };
        if shared_axis.labels.is_some_and(|side| !sides.contains(&side)) {
            let allowed = if shared == "x" {
                "allowed are below, none"
            } else {
                "allowed are left, above, none"
            };
            self.fault(&format!("{shared}.labels"), "the labels cannot stand there", allowed);
        }
    }

    fn axis(&mut self, key: &str, axis: &Axis) {
        let main = self.main;
        if let Some(column) = &axis.column {
            let kinds: &[ColumnKind] = match axis.scale {
                Some(ScaleKind::Month | ScaleKind::Time) => &[ColumnKind::Date],
                Some(ScaleKind::Linear) => &[ColumnKind::Number],
                _ => &[],
            };
            self.column(&format!("{key}.column"), column, main, kinds);
        }
        for (name, column) in [
            ("label_column", &axis.label_column),
            ("phone_label_column", &axis.phone_label_column),
        ] {
            if let Some(column) = column {
                self.column(&format!("{key}.{name}"), column, main, &[]);
            }
        }
        if let Some([from, to]) = axis.domain
            && !(from.is_finite() && to.is_finite() && from < to)
        {
            self.fault(
                &format!("{key}.domain"),
                "the range is empty",
                "write the smaller number first",
            );
        }
        if axis.ticks.is_some_and(|ticks| ticks > 6) {
            self.fault(&format!("{key}.ticks"), "more than 6 ticks", "allowed are 0 to 6");
        }
        self.size(&format!("{key}.row_px"), axis.row_px);
        self.size(&format!("{key}.phone_row_px"), axis.phone_row_px);
        if let Some(words) = &axis.title {
            self.words(&format!("{key}.title"), words, Some(main));
        }
    }

    fn size(&mut self, key: &str, value: Option<f64>) {
        if value.is_some_and(|value| !(value.is_finite() && (1.0..=4000.0).contains(&value))) && !key.ends_with("share")
        {
            self.fault(key, "the size is out of range", "allowed are 1 to 4000 pixels");
        }
        if key.ends_with("share") && value.is_some_and(|value| !(value.is_finite() && value > 0.0)) {
            self.fault(key, "the share is not positive", "give a number above 0");
        }
    }

    fn mark(&mut self, key: &str, mark: &Mark, panel: &Panel, spec: &Spec) {
        let columns = match (&mark.data, self.named) {
            (None, _) => Some(self.main),
            (Some(name), Some(named)) => {
                let found = named.get(name).map(Vec::as_slice);
                if found.is_none() {
                    let known: Vec<&str> = named.keys().map(String::as_str).collect();
                    self.fault(
                        &format!("{key}.data"),
                        format!("there is no dataset '{name}'"),
                        format!("allowed are {}", listed(&known)),
                    );
                }
                found
            }
            (Some(_), None) => None,
        };
        self.surplus(key, mark);
        self.missing(key, mark, spec);
        self.cell(key, mark, panel, spec, columns);
        self.flow(key, mark, panel, columns);
        for (name, channel) in [("x", &mark.x), ("x2", &mark.x2), ("y", &mark.y), ("y2", &mark.y2)] {
            if let (Some(Channel::Column(column)), Some(columns)) = (channel, columns) {
                let kinds = position_kinds(name, panel, spec);
                self.column(&format!("{key}.{name}"), column, columns, kinds);
            }
        }
        let bounds = [
            ("low80", &mark.low80),
            ("high80", &mark.high80),
            ("low95", &mark.low95),
            ("high95", &mark.high95),
        ];
        for (name, bound) in bounds {
            if let (Some(column), Some(columns)) = (bound, columns) {
                self.column(&format!("{key}.{name}"), column, columns, &[ColumnKind::Number]);
            }
        }
        if mark.low80.is_some() != mark.high80.is_some() || mark.low95.is_some() != mark.high95.is_some() {
            self.fault(
                key,
                "an interval has one bound only",
                "give low80 with high80 and low95 with high95",
            );
        }
        if let (Some(column), Some(columns)) = (&mark.series, columns) {
            self.column(&format!("{key}.series"), column, columns, &[ColumnKind::Text]);
        }
        if let Some(color) = &mark.color {
            self.color(&format!("{key}.color"), color, columns);
        }
        if let (Some(NotationChannel::Column(column)), Some(columns)) = (&mark.notation, columns) {
            self.column(&format!("{key}.notation"), column, columns, &[ColumnKind::Text]);
        }
        if mark
            .span
            .is_some_and(|[from, to]| !(0.0 <= from && from < to && to <= 1.0))
        {
            self.fault(
                &format!("{key}.span"),
                "the span is not a part of the band",
                "give two numbers from 0 to 1, the smaller first",
            );
        }
        for (name, size) in [("radius_px", mark.radius_px), ("stroke_px", mark.stroke_px)] {
            if size.is_some_and(|size| !(size.is_finite() && (0.25..=40.0).contains(&size))) {
                self.fault(
                    &format!("{key}.{name}"),
                    "the size is out of range",
                    "allowed are 0.25 to 40 pixels",
                );
            }
        }
        for (name, label) in [("text", &mark.text), ("note", &mark.note)] {
            if let Some(label) = label {
                self.label(&format!("{key}.{name}"), label, columns);
                if label.phone_format.is_some() && mark.mark != MarkKind::Cell {
                    self.fault(
                        &format!("{key}.{name}.phone_format"),
                        "only cells have a format of their own on a phone",
                        "leave it out, or give a panel with only = \"phone\" the other format",
                    );
                }
            }
        }
        if let Some(words) = &mark.title {
            self.words(&format!("{key}.title"), words, columns);
        }
    }

    /// Channels that this kind of mark does not have.
    fn surplus(&mut self, key: &str, mark: &Mark) {
        let given = [
            ("x", mark.x.is_some()),
            ("x2", mark.x2.is_some()),
            ("y", mark.y.is_some()),
            ("y2", mark.y2.is_some()),
            ("low80", mark.low80.is_some()),
            ("high80", mark.high80.is_some()),
            ("low95", mark.low95.is_some()),
            ("high95", mark.high95.is_some()),
            ("series", mark.series.is_some()),
            ("span", mark.span.is_some()),
            ("text", mark.text.is_some()),
            ("note", mark.note.is_some()),
            ("radius_px", mark.radius_px.is_some()),
            ("stroke_px", mark.stroke_px.is_some()),
            ("breaks", mark.breaks.is_some()),
            ("legend_format", mark.legend_format.is_some()),
            ("hidden", mark.hidden.is_some()),
            ("from", mark.from.is_some()),
            ("to", mark.to.is_some()),
            ("value", mark.value.is_some()),
        ];
        let allowed = channels(mark.mark);
        for (name, _) in given.iter().filter(|(name, given)| *given && !allowed.contains(name)) {
            self.fault(
                &format!("{key}.{name}"),
                "this mark has no such channel",
                format!("it takes {}", allowed.join(", ")),
            );
        }
    }

    /// Channels that this kind of mark cannot do without.
    fn missing(&mut self, key: &str, mark: &Mark, spec: &Spec) {
        let (value, name) = match spec.arrange {
            Arrange::Down => (&mark.y, "y"),
            Arrange::Across => (&mark.x, "x"),
        };
        let bands = mark.low80.is_some() || mark.low95.is_some();
        let needs_value = match mark.mark {
            MarkKind::Line | MarkKind::Bar | MarkKind::Dot | MarkKind::Tick => true,
            MarkKind::Area => !bands,
            MarkKind::Rule => mark.x.is_none() && mark.y.is_none(),
            MarkKind::Text | MarkKind::Interval | MarkKind::Triangle | MarkKind::Cell | MarkKind::Flow => false,
        };
        if needs_value && value.is_none() {
            self.fault(
                &format!("{key}.{name}"),
                "the mark has no value",
                "name the column that holds it",
            );
        }
        if mark.mark == MarkKind::Interval && !bands {
            self.fault(
                key,
                "the interval has no bounds",
                "give low95 and high95, low80 and high80, or both",
            );
        }
        if matches!(mark.mark, MarkKind::Text | MarkKind::Triangle) && mark.text.is_none() {
            self.fault(
                &format!("{key}.text"),
                "there is nothing to write",
                "give text = { column = … }",
            );
        }
        let across_only = matches!(
            mark.mark,
            MarkKind::Line | MarkKind::Area | MarkKind::Triangle | MarkKind::Flow
        );
        if across_only && spec.arrange == Arrange::Across {
            self.fault(
                &format!("{key}.mark"),
                "this mark needs panels stacked down",
                "write arrange = \"down\"",
            );
        }
    }

    fn label(&mut self, key: &str, label: &Label, columns: Option<&Columns>) {
        match (&label.column, &label.words) {
            (Some(column), None) => {
                if let Some(columns) = columns {
                    self.column(&format!("{key}.column"), column, columns, &[]);
                }
            }
            (None, Some(words)) => self.words(&format!("{key}.words"), words, columns),
            _ => self.fault(key, "a label is written from one source", "give either column or words"),
        }
        if let Some(color) = &label.color {
            self.color(&format!("{key}.color"), color, columns);
        }
    }

    fn color(&mut self, key: &str, color: &ColorChannel, columns: Option<&Columns>) {
        let (column, kinds): (_, &[ColumnKind]) = match color {
            ColorChannel::Sign(column) | ColorChannel::Sequence(column) | ColorChannel::Difference(column) => {
                (column, &[ColumnKind::Number])
            }
            ColorChannel::SalesChannel(column) | ColorChannel::Category(column) => (column, &[ColumnKind::Text]),
            _ => return,
        };
        if let Some(columns) = columns {
            self.column(key, column, columns, kinds);
        }
    }

    fn words(&mut self, key: &str, words: &Words, columns: Option<&Columns>) {
        self.template(&format!("{key}.fr"), &words.fr, columns);
        self.template(&format!("{key}.en"), &words.en, columns);
    }

    fn template(&mut self, key: &str, text: &str, columns: Option<&Columns>) {
        match Template::parse(text) {
            Err(what) => self.fault(key, what, "see the formats in the grammar"),
            Ok(template) => {
                for column in columns.map(|_| template.columns()).unwrap_or_default() {
                    self.column(key, column, columns.unwrap_or_default(), &[]);
                }
            }
        }
    }

    fn column(&mut self, key: &str, name: &str, columns: &Columns, kinds: &[ColumnKind]) {
        match columns.iter().find(|(known, _)| known == name) {
            None => {
                let known: Vec<&str> = columns.iter().map(|(known, _)| known.as_str()).collect();
                self.fault(
                    key,
                    format!("there is no column '{name}'"),
                    format!("allowed are {}", listed(&known)),
                );
            }
            Some((_, kind)) if !kinds.is_empty() && !kinds.contains(kind) => {
                let wanted: Vec<&str> = kinds.iter().map(|kind| kind.name()).collect();
                self.fault(
                    key,
                    format!("column '{name}' holds {}", kind.name()),
                    format!("name a column of {}", wanted.join(" or ")),
                );
            }
            Some(_) => {}
        }
    }
}

/// What a position may hold: the shared axis follows its own scale, the other one is numeric.
fn position_kinds(channel: &str, panel: &Panel, spec: &Spec) -> &'static [ColumnKind] {
    let (shared, axis) = match spec.arrange {
        Arrange::Down => ('x', &spec.x),
        Arrange::Across => ('y', &spec.y),
    };
    if !channel.starts_with(shared) {
        return if grid::own(panel, spec).scale == Some(ScaleKind::Band) {
            &[]
        } else {
            &[ColumnKind::Number]
        };
    }
    match axis.scale {
        Some(ScaleKind::Month | ScaleKind::Time) => &[ColumnKind::Date],
        Some(ScaleKind::Linear) => &[ColumnKind::Number],
        _ => &[],
    }
}

fn listed(names: &[&str]) -> String {
    if names.is_empty() {
        "none".to_owned()
    } else {
        names.join(", ")
    }
}
