//! The blocks of a page file between finding and figures: caveats, indicators, the map.

use super::export::OUTLINE_COLUMNS;
use super::feature::FEATURES;
use super::load::PageReader;
use super::load_map::ramp;
use super::load_parts::{required_words, style};
use super::page::*;
use chalandise_chart::format::Style;
use chalandise_chart::map::Ramp;
use chalandise_faults::Section;
use chalandise_query::Query;

/// Stands for a place in an address.
pub(super) const PLACE_SIGN: &str = "{place}";

impl PageReader<'_> {
    /// `[[caveat]]` with `text` for every row, or with `[[caveat.case]]`; rows that no case stands for say nothing.
    pub(super) fn caveat(&self, section: Section<'_, '_>) -> Option<Caveat> {
        let query = self.query(&section, "query");
        let mut cases = Vec::new();
        for case in section.sections("case") {
            let when = case.text("when");
            let text = self.phrase(&case, "text", query);
            case.close();
            cases.extend(text.map(|text| (when, text)));
        }
        if cases.iter().any(|(when, _)| when.is_some()) {
            self.known_column(&section, "query", Some("case"), query);
        }
        if section.has("text") {
            cases.extend(self.phrase(&section, "text", query).map(|text| (None, text)));
        } else if !section.has("case") {
            section.fault(
                "text",
                "text is missing",
                "add text, or [[caveat.case]] with when and text",
            );
        }
        section.close();
        Some(Caveat {
            query: query?.name.clone(),
            cases,
        })
    }

    /// `[outlines]` with `rows`, `cells`, `figure` and `label`.
    pub(super) fn outline_files(&self, section: Section<'_, '_>) -> Option<OutlineFiles> {
        let rows = self.query(&section, "rows");
        let cells = self.query(&section, "cells");
        for column in OUTLINE_COLUMNS {
            self.known_column(&section, "rows", Some(column), rows);
            self.known_column(&section, "cells", Some(column), cells);
        }
        self.known_column(&section, "cells", Some("h3_cell"), cells);
        let figure = section.required_text("figure");
        let label = required_words(&section, "label");
        section.close();
        Some(OutlineFiles {
            rows: rows?.name.clone(),
            cells: cells?.name.clone(),
            figure: figure?,
            label: label?,
        })
    }

    pub(super) fn indicators(&self, section: Section<'_, '_>) -> Option<Indicators> {
        let query = self.query(&section, "query");
        let trend = section.has("trend").then(|| self.query(&section, "trend")).flatten();
        let items = section
            .sections("item")
            .into_iter()
            .filter_map(|item| self.indicator(item, query, trend))
            .collect();
        let cases = section.texts("cases");
        section.close();
        Some(Indicators {
            query: query?.name.clone(),
            trend: trend.map(|query| query.name.clone()),
            items,
            cases,
        })
    }

    /// `last_year`, `change` and `change_in`: all of them or none.
    fn comparison(&self, section: &Section<'_, '_>, query: Option<&Query>) -> Option<Comparison> {
        if !["last_year", "change", "change_in"]
            .into_iter()
            .any(|key| section.has(key))
        {
            return None;
        }
        let last_year = section.required_text("last_year");
        self.known_column(section, "last_year", last_year.as_deref(), query);
        let change = section.required_text("change");
        self.known_column(section, "change", change.as_deref(), query);
        let kind = match section.text("change_in").as_deref() {
            None | Some("percent") => Change::Percent,
            Some("points") => Change::Points,
            Some(other) => {
                section.fault(
                    "change_in",
                    format!("{other:?} is no way to say a change"),
                    "write \"percent\" or \"points\"",
                );
                Change::Percent
            }
        };
        Some(Comparison {
            last_year: last_year?,
            change: change?,
            kind,
        })
    }

    fn indicator(
        &self,
        mut section: Section<'_, '_>,
        query: Option<&Query>,
        trend: Option<&Query>,
    ) -> Option<Indicator> {
        let column = section.required_text("column");
        if let Some(column) = &column {
            section.rename(format!("indicator {column:?}"));
        }
        self.known_column(&section, "column", column.as_deref(), query);
        let comparison = self.comparison(&section, query);
        let label = required_words(&section, "label");
        let style = style(&section, "style");
        if style.is_none() && !section.has("style") {
            section.fault("style", "style is missing", "add style, for example \"money_short\"");
        }
        let line = section.section("trend").and_then(|line| self.trend(line, trend));
        let note = section
            .has("note")
            .then(|| self.phrase(&section, "note", query))
            .flatten();
        let neutral = section.flag("neutral").unwrap_or(false);
        let needs = self.tables(&section);
        section.close();
        Some(Indicator {
            column: column?,
            label: label?,
            style: style?,
            comparison,
            neutral,
            trend: line,
            note,
            needs,
        })
    }

    fn trend(&self, section: Section<'_, '_>, query: Option<&Query>) -> Option<Trend> {
        let column = section.required_text("column");
        self.known_column(&section, "column", column.as_deref(), query);
        let last_year = section.text("last_year");
        self.known_column(&section, "last_year", last_year.as_deref(), query);
        section.close();
        Some(Trend {
            column: column?,
            last_year,
        })
    }

    pub(super) fn map(&self, section: Section<'_, '_>) -> Option<MapSection> {
        let cells = self.query(&section, "cells");
        let [totals, stores, cell, cell_stores, cell_months] =
            ["totals", "stores", "cell", "cell_stores", "cell_months"].map(|key| self.query(&section, key));
        let layers: Vec<_> = section
            .sections("layer")
            .into_iter()
            .filter_map(|layer| self.layer(layer, cells))
            .collect();
        if layers.is_empty() {
            section.fault("layer", "the map has no layer", "add [[map.layer]]");
        }
        let needs = self.tables(&section);
        let store_link = self.link(&section, "store_link", stores);
        let place_link = section.section("place_link").and_then(|link| self.place_link(link));
        section.close();
        Some(MapSection {
            cells: cells?.name.clone(),
            totals: totals?.name.clone(),
            stores: stores?.name.clone(),
            cell: cell?.name.clone(),
            cell_stores: cell_stores?.name.clone(),
            cell_months: cell_months?.name.clone(),
            needs,
            store_link,
            place_link,
            layers,
        })
    }

    /// `place_link = { href = "…{place}", label = { fr = "…", en = "…" }, needs = ["…"] }`.
    fn place_link(&self, section: Section<'_, '_>) -> Option<PlaceLink> {
        let href = section.required_text("href");
        if href.as_ref().is_some_and(|href| !href.contains(PLACE_SIGN)) {
            section.fault(
                "href",
                "the address does not say the place",
                "write {place} where it stands",
            );
        }
        let label = required_words(&section, "label");
        let needs = self.tables(&section);
        section.close();
        Some(PlaceLink {
            href: href?,
            label: label?,
            needs,
        })
    }

    /// `[feature]` with `name`, and a query for each role that the feature has.
    pub(super) fn feature(&self, section: Section<'_, '_>) -> Option<PageFeature> {
        let name = section.required_text("name")?;
        let does = FEATURES.into_iter().find(|feature| feature.name() == name);
        if does.is_none() {
            let names: Vec<&str> = FEATURES.iter().map(|feature| feature.name()).collect();
            section.fault(
                "name",
                format!("there is no feature {name:?}"),
                format!("the features are {}", names.join(", ")),
            );
        }
        let does = does?;
        let roles = does.queries().iter();
        let queries = roles.filter_map(|(key, columns)| Some((*key, self.role(&section, key, columns)?)));
        let queries = queries.collect();
        section.close();
        Some(PageFeature {
            does: does.name(),
            queries,
        })
    }

    /// `candidates = "…"`: a query with the columns that it must have.
    fn role(&self, section: &Section<'_, '_>, key: &'static str, columns: &[&str]) -> Option<String> {
        let name = section.text(key)?;
        let query = self.known_query(section, key, &name);
        for column in columns {
            self.known_column(section, key, Some(column), query);
        }
        Some(query?.name.clone())
    }

    fn layer(&self, mut section: Section<'_, '_>, query: Option<&Query>) -> Option<Layer> {
        let id = section.required_text("id");
        if let Some(id) = &id {
            section.rename(format!("layer {id:?}"));
        }
        let own = section.has("query").then(|| self.query(&section, "query"));
        let query = own.unwrap_or(query);
        let column = section.required_text("column");
        self.known_column(&section, "column", column.as_deref(), query);
        if own.is_some() {
            self.known_column(&section, "query", Some("h3_cell"), query);
        }
        let label = required_words(&section, "label");
        let legend = required_words(&section, "legend");
        let style = style(&section, "style");
        let ramp = ramp(&section);
        let finest = section
            .whole("finest", 0..16)
            .and_then(|finest| u8::try_from(finest).ok());
        section.close();
        Some(Layer {
            id: id?,
            column: column?,
            label: label?,
            legend: legend?,
            style: style.unwrap_or(Style::Count),
            ramp: ramp.unwrap_or(Ramp::Sequence),
            query: own.flatten().map(|query| query.name.clone()),
            finest,
        })
    }
}
