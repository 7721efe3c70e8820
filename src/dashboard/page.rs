//! A page as its file describes it, once it is known to be sound.

use super::filters::{Filter, FilterList, Filters, OF_A_MAP, OF_MAP_FIGURES, Takes};
use super::path::PagePath;
use super::template::{Phrase, WordLists};
use chalandise_chart::format::Style;
use chalandise_chart::map::Ramp;
use chalandise_chart::{Spec, Words};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// A page: title, finding, indicators, figures.
#[derive(Debug)]
pub struct Page {
    /// Its name: the folder under `queries/`, and the first part of its figures' addresses.
    pub id: String,
    /// The file it was read from.
    pub file: PathBuf,
    /// Where it is served: `/`, `/network`, `/customers/{segment}`.
    pub path: PagePath,
    /// Place in the navigation, from 0.
    pub order: i64,
    /// Title, as the browser's tab and the context line show it.
    pub title: Words,
    /// Word in the navigation, of a part in its second row; a page without one is reached by links of others.
    pub navigation: Option<Words>,
    /// What the page itself is called in the second row, beside its parts.
    pub part: Option<Words>,
    /// The page that it is a part of, by its id: the context line leads back to it.
    pub parent: Option<String>,
    /// What it does beside showing queries.
    pub feature: Option<PageFeature>,
    /// Tables without which the page has nothing to say.
    pub needs: Vec<String>,
    /// The filters that it offers beside the one in its path; a page without a period stands on the as-of day.
    pub filters: Vec<Filter>,
    /// What filters are called on this page, where it has words of its own.
    pub filter_labels: BTreeMap<String, Words>,
    /// All filters that there are.
    pub known_filters: FilterList,
    /// The page's first sentence.
    pub finding: Finding,
    /// Sentences that bound what the page may be read to say.
    pub caveats: Vec<Caveat>,
    /// The block of indicators, when the page has one.
    pub indicators: Option<Indicators>,
    /// The map, when the page has one.
    pub map: Option<MapSection>,
    /// Outlines that it gives as files for maps.
    pub outlines: Option<OutlineFiles>,
    /// The figures, in reading order.
    pub figures: Vec<Figure>,
    /// Words for codes of the data.
    pub lists: WordLists,
}

/// A feature as a page names it.
#[derive(Debug, Clone)]
pub struct PageFeature {
    /// What it does: the name of a feature.
    pub does: &'static str,
    /// Its queries, by their keys in the page file.
    pub queries: BTreeMap<&'static str, String>,
}

/// A sentence chosen by what a query found.
#[derive(Debug)]
pub struct Finding {
    /// A query of one row; its column `case` chooses the sentence.
    pub query: String,
    /// The sentences.
    pub cases: Vec<Case>,
}

/// One sentence of a finding.
#[derive(Debug)]
pub struct Case {
    /// The value of `case` that it stands for; `None` stands for every other.
    pub when: Option<String>,
    /// The sentence.
    pub title: Phrase,
    /// A second sentence under it.
    pub lede: Option<Phrase>,
    /// What a figure without rows offers in their place.
    pub offer: Option<Offer>,
}

/// A link that asks a figure for rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Where it leads; `?…` is the page itself.
    pub href: String,
    /// What it says.
    pub label: Words,
}

/// A sentence under the finding, one for each row of its query, none without rows.
#[derive(Debug)]
pub struct Caveat {
    /// The query; its column `case` chooses the sentence of a row.
    pub query: String,
    /// The sentences by the value of `case`; `None` stands for every other.
    pub cases: Vec<(Option<String>, Phrase)>,
}

impl Caveat {
    /// The sentence for a case, else the one for all others, if there is one.
    #[must_use]
    pub fn case(&self, value: Option<&str>) -> Option<&Phrase> {
        let own = self
            .cases
            .iter()
            .find(|(when, _)| when.is_some() && when.as_deref() == value);
        let (_, text) = own.or_else(|| self.cases.iter().find(|(when, _)| when.is_none()))?;
        Some(text)
    }
}

impl Finding {
    /// The sentence for a case, else the one for all others.
    #[must_use]
    pub fn case(&self, value: Option<&str>) -> Option<&Case> {
        self.cases
            .iter()
            .find(|case| case.when.is_some() && case.when.as_deref() == value)
            .or_else(|| self.cases.iter().find(|case| case.when.is_none()))
    }
}

/// The indicators of a page: one query gives their values, another their months.
#[derive(Debug)]
pub struct Indicators {
    /// A query of one row.
    pub query: String,
    /// A query of one row a month, for the small lines.
    pub trend: Option<String>,
    /// The indicators, the first one large.
    pub items: Vec<Indicator>,
    /// The cases of the page's finding in which the page shows them; in all when empty.
    pub cases: Vec<String>,
}

/// How an indicator's change is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Relative to last year: +3,1 %.
    Percent,
    /// A difference of shares, in points: +0,4 pt.
    Points,
}

/// One indicator.
#[derive(Debug)]
pub struct Indicator {
    /// The column with its value, in the indicators' query.
    pub column: String,
    /// Its name on the page.
    pub label: Words,
    /// How the value is written.
    pub style: Style,
    /// What it is compared with, when it is.
    pub comparison: Option<Comparison>,
    /// Whether a rise is neither good nor bad.
    pub neutral: bool,
    /// What the small line shows, in the trend's query.
    pub trend: Option<Trend>,
    /// A note under the value: which stores, which customers.
    pub note: Option<Phrase>,
    /// Tables without which it has no value.
    pub needs: Vec<String>,
}

/// An indicator's last year.
#[derive(Debug)]
pub struct Comparison {
    /// The column with last year's value.
    pub last_year: String,
    /// The column with the change, as a ratio or a difference of ratios.
    pub change: String,
    /// How the change is said.
    pub kind: Change,
}

/// The small line beside an indicator.
#[derive(Debug)]
pub struct Trend {
    /// The column of the last twelve months.
    pub column: String,
    /// The column of the twelve months before, when the query has it.
    pub last_year: Option<String>,
}

/// A figure: a chart (or a table alone) with title, subtitle, key and footer.
#[derive(Debug)]
pub struct Figure {
    /// Its name within the page.
    pub id: String,
    /// What it is called, in the browser's tab and where its finding is not known.
    pub name: Words,
    /// How many of the twelve columns it takes on a wide window.
    pub columns: u8,
    /// The query that it draws.
    pub query: String,
    /// Parameters of the query beside the filters.
    pub parameters: BTreeMap<String, String>,
    /// More data for the chart, by the name the chart gives it.
    pub data: BTreeMap<String, String>,
    /// Columns made of the words for another column's codes, for the chart's labels.
    pub labels: Vec<LabelColumn>,
    /// The finding in its title.
    pub finding: Finding,
    /// Measure, unit, period, reading aid.
    pub subtitle: Phrase,
    /// The column of the main query whose sum is n, and what it counts.
    pub n: Option<Count>,
    /// Columns of the table, in order; all columns of the query when empty.
    pub table: Vec<TableHead>,
    /// The key: what the notation means.
    pub key: Vec<KeyEntry>,
    /// The chart.
    pub chart: Option<Spec>,
    /// The chart on a phone, where it differs in more than its width.
    pub phone: Option<Spec>,
    /// The maps, in place of a chart.
    pub map: Option<FigureMap>,
    /// Tables without which it cannot be drawn.
    pub needs: Vec<String>,
    /// The column that orders the rows, ascending, where the query's own order is not the figure's.
    pub sort: Option<String>,
    /// How many rows are drawn and listed; files have them all.
    pub rows: Option<usize>,
    /// The cases of the page's finding in which the page shows it; in all when empty.
    pub cases: Vec<String>,
}

impl Figure {
    /// Whether there is a drawing beside the table.
    #[must_use]
    pub fn is_drawn(&self) -> bool {
        self.chart.is_some() || self.map.is_some()
    }
}

/// Outlines as files for maps: `/f/PAGE/outlines.geojson` and `.parquet`.
#[derive(Debug)]
pub struct OutlineFiles {
    /// A query of a row for each `store_id` and `ring`.
    pub rows: String,
    /// A query of their cells: `store_id`, `ring` (the narrowest that holds the cell) and `h3_cell`.
    pub cells: String,
    /// The figure under which the links stand.
    pub figure: String,
    /// What the links say before the kind of file.
    pub label: Words,
}

/// A figure drawn as one or several maps of the cells in its query.
#[derive(Debug)]
pub struct FigureMap {
    /// A query of one row, the box in view; the filter's region or France without it.
    pub frame: Option<String>,
    /// The stores.
    pub stores: Option<String>,
    /// Cells whose outlines are drawn.
    pub outlines: Option<Outlines>,
    /// Where a cell leads: an address with columns of the figure's query.
    pub link: Option<String>,
    /// Where a store leads: an address with columns of the stores' query.
    pub store_link: Option<String>,
    /// What the colours mean, each for one or several panels.
    pub scales: Vec<PaneScale>,
    /// The maps.
    pub panes: Vec<MapPane>,
}

impl FigureMap {
    /// The queries beside the figure's own.
    pub fn queries(&self) -> impl Iterator<Item = &String> {
        let outlines = self.outlines.iter().map(|outlines| &outlines.query);
        self.frame.iter().chain(&self.stores).chain(outlines)
    }
}

/// Cells dissolved to outlines.
#[derive(Debug)]
pub struct Outlines {
    /// A query with a cell and the smallest share, in percent, whose outline holds it.
    pub query: String,
    /// What it is a share of.
    pub of: Words,
}

/// What the colours of some panels mean.
#[derive(Debug)]
pub struct PaneScale {
    /// Measure for the legend.
    pub legend: Words,
    /// How its values are written.
    pub style: Style,
    /// The colours.
    pub ramp: Ramp,
}

/// One map of a figure.
#[derive(Debug)]
pub struct MapPane {
    /// The column that it colours.
    pub column: String,
    /// What it shows.
    pub label: Words,
    /// Its scale, by place in the list.
    pub scale: usize,
    /// Whether it is the one to look at first.
    pub large: bool,
    /// Whether stores stand as before their change: none has opened, those that close are open.
    pub before: bool,
}

/// A column of words for the codes of another.
#[derive(Debug)]
pub struct LabelColumn {
    /// Its name.
    pub name: String,
    /// The column with the codes.
    pub column: String,
    /// The word list.
    pub list: String,
}

/// What n counts.
#[derive(Debug)]
pub struct Count {
    /// The column that is summed.
    pub column: String,
    /// What it counts: "commandes".
    pub of: Words,
}

/// A column of a figure's table.
#[derive(Debug)]
pub struct TableHead {
    /// The query's column.
    pub column: String,
    /// Its heading, unit included.
    pub label: Words,
    /// How its values are written.
    pub style: Style,
    /// The word list for its codes.
    pub list: Option<String>,
}

/// One entry of a figure's key.
#[derive(Debug)]
pub struct KeyEntry {
    /// The sign: a class name of the chart package.
    pub sign: Sign,
    /// What it means.
    pub label: Words,
    /// The further dataset that it stands for; the entry goes when that has no rows.
    pub data: Option<String>,
}

/// The signs that a key may explain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// Solid block in the accent: measured.
    Measured,
    /// Grey block: last year.
    LastYear,
    /// Block half gain, half loss.
    Difference,
    /// Triangle: a mailing.
    Mailing,
    /// Hatched block: not located, predicted.
    Hatched,
    /// Upright tick in ink: last year's value on a bar.
    Tick,
    /// Soft block of a flow to a better group.
    Better,
    /// Soft block of a flow to a worse group.
    Worse,
    /// Grey block of a flow that stays.
    Stable,
    /// Solid block of a gain.
    Gain,
    /// Solid block of a loss.
    Loss,
}

impl Sign {
    /// All signs with their names in page files.
    pub const ALL: [(&'static str, Sign); 11] = [
        ("measured", Sign::Measured),
        ("last_year", Sign::LastYear),
        ("difference", Sign::Difference),
        ("mailing", Sign::Mailing),
        ("hatched", Sign::Hatched),
        ("tick", Sign::Tick),
        ("better", Sign::Better),
        ("worse", Sign::Worse),
        ("stable", Sign::Stable),
        ("gain", Sign::Gain),
        ("loss", Sign::Loss),
    ];
}

/// The map of a page: its layers, and the queries behind map and panel.
#[derive(Debug)]
pub struct MapSection {
    /// Rows per cell for a resolution.
    pub cells: String,
    /// Located and unlocated totals.
    pub totals: String,
    /// The stores.
    pub stores: String,
    /// One cell's figures.
    pub cell: String,
    /// The stores that a cell's customers use.
    pub cell_stores: String,
    /// One cell's months.
    pub cell_months: String,
    /// Tables without which there is no map.
    pub needs: Vec<String>,
    /// Where a store leads, with columns of the stores' query; nowhere when none.
    pub store_link: Option<String>,
    /// Where a place leads that somebody chose on the map, with `{place}`; nowhere when none.
    pub place_link: Option<PlaceLink>,
    /// The layers, the first one being the default.
    pub layers: Vec<Layer>,
}

/// What can be done at a place of the map.
#[derive(Debug)]
pub struct PlaceLink {
    /// The address; `{place}` stands for latitude and longitude.
    pub href: String,
    /// What it does, in words.
    pub label: Words,
    /// Tables without which it is not offered.
    pub needs: Vec<String>,
}

/// A layer of the map: what its colours mean.
#[derive(Debug)]
pub struct Layer {
    /// Its name in the address.
    pub id: String,
    /// The column of the cells' query.
    pub column: String,
    /// Its name on the page.
    pub label: Words,
    /// Measure and unit, for the legend.
    pub legend: Words,
    /// How its values are written.
    pub style: Style,
    /// The colours.
    pub ramp: Ramp,
    /// Its own rows per cell, where they are not the map's.
    pub query: Option<String>,
    /// The finest resolution that it has.
    pub finest: Option<u8>,
}

impl MapSection {
    /// The query with the rows per cell of a layer.
    #[must_use]
    pub fn cells_of<'p>(&'p self, layer: &'p Layer) -> &'p str {
        layer.query.as_deref().unwrap_or(&self.cells)
    }
}

impl Page {
    /// What it takes from its address.
    #[must_use]
    pub fn takes(&self) -> Takes<'_> {
        Takes {
            known: &self.known_filters,
            filters: &self.filters,
            in_path: self.path.parameter(),
            map: if self.map.is_some() {
                OF_A_MAP
            } else if self.figures.iter().any(|figure| figure.map.is_some()) {
                OF_MAP_FIGURES
            } else {
                &[]
            },
        }
    }

    /// Its path for the filters of a request.
    #[must_use]
    pub fn address(&self, filters: &Filters) -> String {
        let value = self.path.parameter().and_then(|filter| filters.get(&filter.name));
        self.path.with(value.unwrap_or_default())
    }

    /// A figure by its name.
    #[must_use]
    pub fn figure(&self, id: &str) -> Option<&Figure> {
        self.figures.iter().find(|figure| figure.id == id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::Template;

    fn phrase(text: &str) -> Phrase {
        let template = || Template::parse(text).unwrap();
        Phrase {
            fr: template(),
            en: template(),
        }
    }

    #[test]
    fn a_caveat_says_its_case_else_what_stands_for_all_others_else_nothing() {
        let mut caveat = Caveat {
            query: String::new(),
            cases: vec![(Some("late".to_owned()), phrase("late"))],
        };
        assert_eq!(caveat.case(Some("late")), Some(&phrase("late")));
        assert_eq!(caveat.case(Some("fitted")), None);
        caveat.cases.push((None, phrase("other")));
        assert_eq!(caveat.case(Some("fitted")), Some(&phrase("other")));
        assert_eq!(caveat.case(None), Some(&phrase("other")));
    }
}
