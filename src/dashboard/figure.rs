//! A figure ready to be shown: its rows and its sentences.

use super::day::day_words;
use super::error::FigureError;
use super::frame::frame;
use super::map_rows::{self, MapRows};
use super::page::{Figure, Finding, Offer, Page};
use super::view::View;
use chalandise_chart::Frames;
use chalandise_chart::format::{Style, number};
use chalandise_serving::{Cell, ColumnKind, DataError, Table, TableColumn};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A figure's state for one request.
#[derive(Debug)]
pub enum Prepared {
    /// The lake lacks tables that the figure needs.
    Lacks(Vec<String>),
    /// A query behind it failed; the log says why.
    Failed,
    /// It can be shown.
    Ready(Box<Ready>),
}

/// A figure with its data.
#[derive(Debug)]
pub struct Ready {
    /// The finding.
    pub title: String,
    /// Measure, unit, period.
    pub subtitle: String,
    /// Source, freshness, n.
    pub source: String,
    /// The rows that are drawn, listed and exported.
    pub table: Arc<Table>,
    /// The rows as the chart takes them.
    pub frames: Frames,
    /// Where a map looks and what it draws beside the rows.
    pub map: Option<MapRows>,
    /// What stands in place of rows where there are none.
    pub offer: Option<Offer>,
}

/// The sentence that a finding gives: title and, where it has one, lede.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sentences {
    /// What its query found, in a word.
    pub case: Option<String>,
    /// The title.
    pub title: String,
    /// The second sentence.
    pub lede: Option<String>,
    /// What stands in place of rows where there are none.
    pub offer: Option<Offer>,
}

/// Fills a finding's sentences from its query's row.
///
/// # Errors
/// [`DataError`] when the query fails.
pub async fn sentences(view: &View<'_>, page: &Page, finding: &Finding) -> Result<Sentences, DataError> {
    let rows = view.data.rows(&finding.query, &view.parameters()).await?;
    let row = rows.row(0);
    let found = row.get("case").and_then(|cell| cell.as_text());
    let case = finding.case(found);
    let speech = view.speech(&page.lists);
    Ok(case.map_or_else(Sentences::default, |case| Sentences {
        case: found.map(str::to_owned),
        title: case.title.fill(&row, &speech),
        lede: case.lede.as_ref().map(|lede| lede.fill(&row, &speech)),
        offer: case.offer.clone(),
    }))
}

/// The page's caveats that hold for this view. A failure is logged: it must not take the page with it.
pub async fn caveats(view: &View<'_>, page: &Page) -> Vec<String> {
    let speech = view.speech(&page.lists);
    let mut sentences = Vec::new();
    for caveat in &page.caveats {
        match view.data.rows(&caveat.query, &view.parameters()).await {
            Ok(rows) => sentences.extend((0..rows.len()).filter_map(|row| {
                let row = rows.row(row);
                let text = caveat.case(row.get("case").and_then(|cell| cell.as_text()))?;
                Some(text.fill(&row, &speech))
            })),
            Err(error) => log(&page.id, &caveat.query, &FigureError::Data(error)),
        }
    }
    sentences
}

/// Runs a figure's queries and fills its sentences. A failure is logged and becomes a state: one figure must not take
/// the page with it.
pub async fn prepare(view: &View<'_>, page: &Page, figure: &Figure) -> Prepared {
    prepare_or_fail(view, page, figure).await.unwrap_or_else(|error| {
        log(&page.id, &figure.id, &error);
        Prepared::Failed
    })
}

/// The names of what failed; causes, which may quote values, only when the log is asked for everything.
pub fn log(page: &str, figure: &str, error: &FigureError) {
    tracing::error!(page, figure, "{error}");
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        tracing::debug!(page, figure, "caused by: {error}");
        cause = error.source();
    }
}

/// As [`prepare`], with the failure.
///
/// # Errors
/// [`FigureError`] when a query fails or its rows make no chart.
pub async fn ready(view: &View<'_>, page: &Page, figure: &Figure) -> Result<Ready, FigureError> {
    let mut parameters = view.parameters();
    parameters.extend(figure.parameters.clone());
    let place = match &figure.map {
        Some(map) => Some(map_rows::place(view, map, &mut parameters).await?),
        None => None,
    };
    let names: Vec<&str> = figure.data.values().map(String::as_str).collect();
    let (table, named, map, sentences) = futures::join!(
        view.data.rows(&figure.query, &parameters),
        futures::future::try_join_all(names.iter().map(|name| view.data.rows(name, &parameters))),
        map_rows::rows(view, figure, place, &parameters),
        sentences(view, page, &figure.finding),
    );
    let (table, named, map, sentences) = (sorted(table?, figure), named?, map?, sentences?);
    let chart_error = |source| FigureError::Chart {
        figure: figure.id.clone(),
        source,
    };
    let drawn = first_rows(&labelled(view, page, figure, &table), figure);
    let mut frames = Frames::new(frame(&drawn).map_err(chart_error)?);
    for (name, rows) in figure.data.keys().zip(&named) {
        frames = frames.with(name, frame(rows).map_err(chart_error)?);
    }
    Ok(Ready {
        title: sentences.title,
        subtitle: subtitle(view, page, figure, &frames).await?,
        source: source(view, figure, &table),
        table,
        frames,
        map,
        offer: sentences.offer,
    })
}

/// The rows in the figure's own order.
fn sorted(table: Arc<Table>, figure: &Figure) -> Arc<Table> {
    let Some(keys) = figure.sort.as_ref().and_then(|column| table.column(column)) else {
        return table;
    };
    let mut order: Vec<usize> = (0..table.len()).collect();
    let key = |row: &usize| keys[*row].as_f64().unwrap_or(f64::INFINITY);
    order.sort_by(|a, b| key(a).total_cmp(&key(b)).then(a.cmp(b)));
    Arc::new(table.reordered(&order))
}

/// The rows that are drawn.
fn first_rows(table: &Arc<Table>, figure: &Figure) -> Arc<Table> {
    match figure.rows {
        Some(rows) if rows < table.len() => Arc::new(table.reordered(&(0..rows).collect::<Vec<_>>())),
        _ => table.clone(),
    }
}

/// The rows with the columns of words that the chart writes.
fn labelled(view: &View<'_>, page: &Page, figure: &Figure, table: &Arc<Table>) -> Arc<Table> {
    if figure.labels.is_empty() {
        return table.clone();
    }
    let mut columns = table.columns().to_vec();
    for label in &figure.labels {
        let list = page.lists.get(&label.list);
        let words = |cell: &Cell| match list.and_then(|list| list.get(cell.exact().as_str())) {
            Some(words) => Cell::Text(words.of(view.language).into()),
            None => cell.clone(),
        };
        let cells = table
            .column(&label.column)
            .unwrap_or_default()
            .iter()
            .map(words)
            .collect();
        columns.push(TableColumn {
            name: label.name.clone(),
            kind: ColumnKind::Text,
            cells,
        });
    }
    Arc::new(Table::from_columns(columns))
}

async fn subtitle(view: &View<'_>, page: &Page, figure: &Figure, frames: &Frames) -> Result<String, DataError> {
    let rows = view.data.rows(&figure.finding.query, &view.parameters()).await?;
    let mut row = rows.row(0);
    let words = Cell::Text(view.words().into());
    let span = Cell::Text(view.days().into());
    let unit = Cell::Text(unit(view, figure, frames).into());
    row.extend([("filters", &words), ("days", &span), ("unit", &unit)]);
    Ok(figure.subtitle.fill(&row, &view.speech(&page.lists)))
}

/// The one unit of the figure's money, as its chart writes it: "M €".
fn unit(view: &View<'_>, figure: &Figure, frames: &Frames) -> String {
    let Some(chart) = &figure.chart else {
        return String::new();
    };
    chalandise_chart::money_unit(chart, frames).label(view.language, view.data.currency())
}

/// A version of the lake, as source lines name it: "lac v12".
pub(crate) fn lake_words(view: &View<'_>, version: u64) -> String {
    let number = version.to_string();
    view.say().words_with("term-lake-number", &[("number", number.into())])
}

/// Source tables, the lake version and the day that they are of, n.
fn source(view: &View<'_>, figure: &Figure, table: &Table) -> String {
    let say = view.say();
    let dated = view.dated(&figure.needs);
    let mut parts = vec![
        say.labelled(say.word("term-source"), &figure.needs.join(", ")),
        lake_words(view, dated.lake_version),
        say.words_with("term-to-day", &[("day", day_words(dated.as_of, view.language).into())]),
    ];
    // Where groups are hidden, what the others have together is not the n of the figure.
    let hides = |column: &String| {
        let query = view.data.library().get(&figure.query);
        let cells = table.column(column).unwrap_or_default();
        query.is_some_and(|query| query.hidden.contains(column)) && cells.contains(&Cell::Null)
    };
    // Nor is nothing told of nobody: why there is no row is the title's to say.
    if let Some(count) = figure
        .n
        .as_ref()
        .filter(|count| !table.is_empty() && !hides(&count.column))
        && let Some(n) = table.sum_f64(&count.column)
    {
        let n = number(n, Style::Count, view.language, view.data.currency());
        parts.push(format!("n\u{a0}= {n} {}", count.of.of(view.language)));
    }
    parts.join(" · ")
}

/// Every name that a subtitle may use beside the finding's columns.
pub const SUBTITLE_NAMES: [&str; 3] = ["filters", "days", "unit"];

/// A figure with its data, or why not: for a page of its own, where nothing else could be shown.
///
/// # Errors
/// [`FigureError`] when a query fails.
pub async fn prepare_or_fail(view: &View<'_>, page: &Page, figure: &Figure) -> Result<Prepared, FigureError> {
    let lacks = view.data.missing(&figure.needs);
    if !lacks.is_empty() {
        return Ok(Prepared::Lacks(lacks.into_iter().map(str::to_owned).collect()));
    }
    Ok(Prepared::Ready(Box::new(ready(view, page, figure).await?)))
}

/// The parameter of queries that need not give all their rows.
pub const ROWS: &str = "rows";

/// The view of a figure that lists so many rows: a query that takes the parameter `rows` gives one more, which says that
/// there are more, and not its tens of thousands. A map draws them all.
#[must_use]
pub fn first<'a>(view: &View<'a>, figure: &Figure, rows: usize) -> View<'a> {
    if figure.map.is_some() {
        return view.clone();
    }
    view.with(ROWS, &rows.saturating_add(1).to_string())
}

/// Whether something stands on the page when its finding is of a case: what names no cases always does.
#[must_use]
pub fn stands(cases: &[String], found: Option<&str>) -> bool {
    cases.is_empty() || found.is_some_and(|found| cases.iter().any(|case| case == found))
}

/// The rows of the figures that stand on the page in a case of its finding, prepared together.
pub async fn prepare_all<'p>(view: &View<'_>, page: &'p Page, case: Option<&str>) -> BTreeMap<&'p str, Prepared> {
    let figures = || page.figures.iter().filter(|figure| stands(&figure.cases, case));
    let prepared = futures::future::join_all(figures().map(|figure| async move {
        match figure.rows {
            Some(rows) => prepare(&first(view, figure, rows), page, figure).await,
            None => prepare(view, page, figure).await,
        }
    }))
    .await;
    figures().map(|figure| figure.id.as_str()).zip(prepared).collect()
}
