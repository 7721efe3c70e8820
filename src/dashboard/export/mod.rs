//! A figure as a file: the same rows and the same drawing as on the page, with the filters printed on it.

mod csv;
mod geojson;
mod json;
mod outlines;
mod parquet;
mod picture;

use super::error::FigureError;
use super::figure::ready;
use super::map_figure;
use super::page::{Figure, Page};
use super::view::View;
use std::collections::BTreeMap;

pub use csv::Dialect;

/// The kinds of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// The drawing, with title, subtitle, filters and source.
    Svg,
    /// The same as pixels.
    Png,
    /// The rows, exact.
    Csv,
    /// The rows, exact, with what they are.
    Json,
    /// The SQL.
    Sql,
    /// The cells of a map as polygons, the sites of a table as points, outlines.
    GeoJson,
    /// The rows, exact and typed; of outlines, GeoParquet.
    Parquet,
}

impl Format {
    /// Reads a file name's extension.
    #[must_use]
    pub fn parse(extension: &str) -> Option<Format> {
        match extension {
            "svg" => Some(Format::Svg),
            "png" => Some(Format::Png),
            "csv" => Some(Format::Csv),
            "json" => Some(Format::Json),
            "sql" => Some(Format::Sql),
            "geojson" => Some(Format::GeoJson),
            "parquet" => Some(Format::Parquet),
            _ => None,
        }
    }

    fn extension(self) -> &'static str {
        match self {
            Format::Svg => "svg",
            Format::Png => "png",
            Format::Csv => "csv",
            Format::Json => "json",
            Format::Sql => "sql",
            Format::GeoJson => "geojson",
            Format::Parquet => "parquet",
        }
    }

    fn media_type(self) -> &'static str {
        match self {
            Format::Svg => "image/svg+xml",
            Format::Png => "image/png",
            Format::Csv => "text/csv; charset=utf-8",
            Format::Json => "application/json",
            Format::Sql => "text/plain; charset=utf-8",
            Format::GeoJson => "application/geo+json",
            Format::Parquet => "application/vnd.apache.parquet",
        }
    }
}

/// How a file is wanted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FileOptions {
    /// The CSV dialect.
    pub dialect: Dialect,
    /// Width of a picture in pixels, before `scale`.
    pub width_px: f64,
    /// Pixels of a PNG per pixel of the drawing.
    pub scale: f64,
}

/// A picture's width unless the address says otherwise: a slide's or a page's measure.
pub const FILE_WIDTH_PX: f64 = 880.0;

impl Default for FileOptions {
    fn default() -> FileOptions {
        FileOptions {
            dialect: Dialect::Plain,
            width_px: FILE_WIDTH_PX,
            scale: 2.0,
        }
    }
}

impl FileOptions {
    /// Reads `dialect=fr`, `width=1200` and `scale=3`; what cannot be read or is out of bounds keeps its default.
    #[must_use]
    pub fn read(query: &BTreeMap<String, String>) -> FileOptions {
        let default = FileOptions::default();
        let number = |key: &str, low: f64, high: f64| {
            query
                .get(key)
                .and_then(|text| text.parse::<f64>().ok())
                .filter(|value| (low..=high).contains(value))
        };
        FileOptions {
            dialect: if query.get("dialect").is_some_and(|text| text == "fr") {
                Dialect::French
            } else {
                Dialect::Plain
            },
            width_px: number("width", 320.0, 1600.0).unwrap_or(default.width_px),
            scale: number("scale", 1.0, 4.0).unwrap_or(default.scale),
        }
    }
}

/// A finished file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// What it is called when saved.
    pub file_name: String,
    /// Its media type.
    pub media_type: &'static str,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// A figure's file, by the figure's name; none when the page has no such figure or the figure no such file. Usable
/// without a server: `chalandise render` calls it with a view of its own.
///
/// # Errors
/// [`FigureError`] when a query fails or the chart cannot be drawn.
pub async fn render_figure(
    view: &View<'_>,
    page: &Page,
    figure: &str,
    format: Format,
    options: &FileOptions,
) -> Result<Option<File>, FigureError> {
    if page.map.is_some() && figure == super::network::MAP_FIGURE {
        return super::network::file(view, page, format, options).await;
    }
    if let (Some(of), outlines::OUTLINES) = (&page.outlines, figure) {
        return outlines::outlines(view, page, of, format).await;
    }
    let Some(figure) = page.figure(figure) else {
        return Ok(None);
    };
    let bytes = match format {
        Format::Sql => match view.data.library().get(&figure.query) {
            Some(query) => query.sql.clone().into_bytes(),
            None => return Ok(None),
        },
        Format::GeoJson if !has_places(view, figure) => return Ok(None),
        Format::Svg | Format::Png if !figure.is_drawn() => return Ok(None),
        _ => rows_or_picture(view, page, figure, format, options).await?,
    };
    Ok(Some(file(page, &figure.id, view, format, bytes)))
}

/// Whether a figure can be a file for maps: one of cells, or of rows that say where they lie.
pub fn has_places(view: &View<'_>, figure: &Figure) -> bool {
    let query = view.data.library().get(&figure.query);
    let declared = query.is_some_and(|query| geojson::PLACE.iter().all(|name| query.column(name).is_some()));
    figure.map.is_some() || declared
}

async fn rows_or_picture(
    view: &View<'_>,
    page: &Page,
    figure: &Figure,
    format: Format,
    options: &FileOptions,
) -> Result<Vec<u8>, FigureError> {
    let ready = ready(view, page, figure).await?;
    let svg = || picture::svg(view, page, figure, &ready, options.width_px);
    Ok(match format {
        Format::Csv => csv::csv(&ready.table, options.dialect),
        Format::Json => json::json(view, &figure.query, &ready.title, &ready.subtitle, &ready.table),
        Format::Svg => svg()?.into_bytes(),
        Format::GeoJson if figure.map.is_none() => geojson::collection(geojson::points(&ready.table)),
        Format::GeoJson => geojson::geojson(geojson::cells(&ready.table), map_figure::outlines(&ready)),
        Format::Parquet => parquet::parquet(&ready.table, None).map_err(|source| FigureError::Parquet {
            figure: figure.id.clone(),
            source,
        })?,
        _ => picture::png(&svg()?, options.scale).map_err(|source| FigureError::Picture {
            figure: figure.id.clone(),
            source,
        })?,
    })
}

/// Names a file after page, value in the page's path, figure and period (else the as-of day), so that a folder of
/// downloads stays readable.
pub(super) fn file(page: &Page, figure: &str, view: &View<'_>, format: Format, bytes: Vec<u8>) -> File {
    let when = if view.takes().has_period() {
        view.filters.period.to_string().replace("..", "_")
    } else {
        view.reach.as_of.to_string()
    };
    let of = view
        .path_value()
        .map(|(_, value)| format!("{value}-"))
        .unwrap_or_default();
    File {
        file_name: format!("chalandise-{}-{of}{figure}-{when}.{}", page.id, format.extension()),
        media_type: format.media_type(),
        bytes,
    }
}

pub(super) use csv::csv as table_csv;
pub(super) use geojson::{cells as cell_features, geojson};
pub(super) use json::json as table_json;
pub(super) use outlines::{COLUMNS as OUTLINE_COLUMNS, OUTLINES};
pub(super) use parquet::parquet as table_parquet;
pub(super) use picture::{Captions, caption, filters_line, png, source_lines};
