//! The maps of a figure in its page file: `[figure.map]` and its `[[figure.map.panel]]`.

use super::load::PageReader;
use super::load_parts::{read_words, required_words, style};
use super::page::{FigureMap, MapPane, Outlines, PaneScale};
use super::template::Template;
use chalandise_chart::Words;
use chalandise_chart::format::Style;
use chalandise_chart::map::Ramp;
use chalandise_faults::Section;
use chalandise_query::Query;

/// What the figure's query, the frame, the stores and the outlines must have.
const CELLS: [&str; 1] = ["h3_cell"];
const FRAME: [&str; 4] = ["south", "west", "north", "east"];
const STORES: [&str; 5] = ["store_id", "name", "latitude", "longitude", "status"];
const RINGS: [&str; 2] = ["h3_cell", "ring"];

/// The scales read so far, with the word by which panels share them.
type Scales = Vec<(Option<String>, PaneScale)>;

impl PageReader<'_> {
    pub(super) fn figure_map(&self, section: Section<'_, '_>, cells: Option<&Query>) -> Option<FigureMap> {
        self.known_columns(&section, "panel", cells, &CELLS);
        let frame = self.named(&section, "frame", &FRAME);
        let stores = self.named(&section, "stores", &STORES);
        let outlines = self.outlines(&section);
        let link = self.link(&section, "link", cells);
        let store_link = self.link(&section, "store_link", stores);
        if section.has("store_link") && !section.has("stores") {
            section.fault("store_link", "there are no stores", "add stores, or leave it out");
        }
        let mut scales = Scales::new();
        let panes: Vec<Option<MapPane>> = section
            .sections("panel")
            .into_iter()
            .map(|panel| self.pane(panel, cells, &mut scales))
            .collect();
        if panes.is_empty() && !section.has("panel") {
            section.fault("panel", "the map has no panel", "add [[figure.map.panel]]");
        }
        let large =
            |(index, pane): (usize, &Option<MapPane>)| index > 0 && pane.as_ref().is_some_and(|pane| pane.large);
        if panes.iter().enumerate().any(large) {
            section.fault(
                "panel",
                "a panel behind the first is large",
                "put the large one first, and leave size out of the others",
            );
        }
        section.close();
        Some(FigureMap {
            frame: frame.map(|query| query.name.clone()),
            stores: stores.map(|query| query.name.clone()),
            outlines,
            link,
            store_link,
            scales: scales.into_iter().map(|(_, scale)| scale).collect(),
            panes: panes.into_iter().collect::<Option<Vec<_>>>()?,
        })
    }

    fn known_columns(&self, section: &Section<'_, '_>, key: &str, query: Option<&Query>, columns: &[&str]) {
        for column in columns {
            self.known_column(section, key, Some(column), query);
        }
    }

    /// A query that may be absent, and the columns that it must have.
    fn named(&self, section: &Section<'_, '_>, key: &'static str, columns: &[&str]) -> Option<&Query> {
        let name = section.text(key)?;
        let query = self.known_query(section, key, &name);
        self.known_columns(section, key, query, columns);
        query
    }

    /// `outlines = { query = "…", of = { fr = "…", en = "…" } }`.
    fn outlines(&self, section: &Section<'_, '_>) -> Option<Outlines> {
        let outlines = section.section("outlines")?;
        let query = self.query(&outlines, "query");
        self.known_columns(&outlines, "query", query, &RINGS);
        let of = required_words(&outlines, "of");
        outlines.close();
        Some(Outlines {
            query: query?.name.clone(),
            of: of?,
        })
    }

    /// An address whose placeholders are columns of a query.
    pub(super) fn link(&self, section: &Section<'_, '_>, key: &'static str, query: Option<&Query>) -> Option<String> {
        let text = section.text(key)?;
        match Template::parse(&text) {
            Ok(template) => self.known_columns(section, key, query, &template.columns().collect::<Vec<_>>()),
            Err(fault) => section.fault(key, fault.to_string(), "write {column}"),
        }
        Some(text)
    }

    fn pane(&self, mut section: Section<'_, '_>, cells: Option<&Query>, scales: &mut Scales) -> Option<MapPane> {
        let column = section.required_text("column");
        if let Some(column) = &column {
            section.rename(format!("panel {column:?}"));
        }
        self.known_column(&section, "column", column.as_deref(), cells);
        let label = required_words(&section, "label");
        let large = section
            .choice("size", &[("large", true), ("small", false)])
            .unwrap_or(false);
        let before = section
            .choice("moment", &[("before", true), ("after", false)])
            .unwrap_or(false);
        let scale = scale(&section, scales);
        section.close();
        Some(MapPane {
            column: column?,
            label: label?,
            scale: scale?,
            large,
            before,
        })
    }
}

/// The scale of a panel: its own, or that of the first panel with the same word in `share`, which alone describes it.
fn scale(section: &Section<'_, '_>, scales: &mut Scales) -> Option<usize> {
    let share = section.text("share");
    let legend: Option<Words> = section.section("legend").and_then(read_words);
    let style = style(section, "style");
    let ramp = ramp(section);
    let known = share
        .as_ref()
        .and_then(|share| scales.iter().position(|(word, _)| word.as_ref() == Some(share)));
    if let Some(known) = known {
        for key in ["legend", "style", "ramp"].into_iter().filter(|key| section.has(key)) {
            section.fault(
                key,
                format!("the first panel of the share states {key} for all"),
                "leave it out, or give the panel a scale of its own without share",
            );
        }
        return Some(known);
    }
    if !section.has("legend") {
        section.fault(
            "legend",
            "legend is missing",
            "add legend = { fr = \"…\", en = \"…\" }, the measure of the colours",
        );
    }
    let scale = PaneScale {
        legend: legend?,
        style: style.unwrap_or(Style::Count),
        ramp: ramp.unwrap_or(Ramp::Sequence),
    };
    scales.push((share, scale));
    Some(scales.len() - 1)
}

/// `ramp = "difference"`.
pub(super) fn ramp(section: &Section<'_, '_>) -> Option<Ramp> {
    section.choice(
        "ramp",
        &[("sequence", Ramp::Sequence), ("difference", Ramp::Difference)],
    )
}
