//! The map as files: rows, polygons, pictures.

use super::{Chosen, Drawn, MAP_FIGURE, choose, read, section};
use crate::error::FigureError;
use crate::export::{self, Captions, File, FileOptions, Format};
use crate::figure::sentences;
use crate::page::Page;
use crate::view::View;
use chalandise_chart::map;

/// The file of a page's map; none when the page has no map or the lake lacks its tables.
///
/// # Errors
/// [`FigureError`] when the address means nothing, a query fails or the picture cannot be made.
pub async fn file(
    view: &View<'_>,
    page: &Page,
    format: Format,
    options: &FileOptions,
) -> Result<Option<File>, FigureError> {
    let Some(chosen) = choose(view, page).await? else {
        return Ok(None);
    };
    let view = view.with("resolution", &chosen.resolution.drawn.to_string());
    if format == Format::Sql {
        let sql = view
            .data
            .library()
            .get(chosen.map.cells_of(chosen.state.layer))
            .map(|query| query.sql.clone().into_bytes());
        return Ok(sql.map(|bytes| export::file(page, MAP_FIGURE, &view, format, bytes)));
    }
    let drawn = read(&view, chosen.map, &chosen.state, chosen.resolution.drawn).await?;
    let title = sentences(&view, page, &page.finding).await?.title;
    let bytes = match format {
        Format::Csv => export::table_csv(&drawn.cells, options.dialect),
        Format::Json => export::table_json(
            &view,
            chosen.map.cells_of(chosen.state.layer),
            &title,
            &section::source(&view, &chosen),
            &drawn.cells,
        ),
        Format::GeoJson => export::geojson(export::cell_features(&drawn.cells), Vec::new()),
        Format::Parquet => export::table_parquet(&drawn.cells, None).map_err(|source| FigureError::Parquet {
            figure: MAP_FIGURE.to_owned(),
            source,
        })?,
        _ => picture(&view, &chosen, &drawn, &title, format, options)?,
    };
    Ok(Some(export::file(page, MAP_FIGURE, &view, format, bytes)))
}

fn picture(
    view: &View<'_>,
    chosen: &Chosen<'_>,
    drawn: &Drawn,
    title: &str,
    format: Format,
    options: &FileOptions,
) -> Result<Vec<u8>, FigureError> {
    let theme = view.theme.of_file();
    let widths = [options.width_px];
    let spec = section::spec(view, chosen, drawn, title, theme, &widths, "map");
    let drawing = map::render(&spec, &drawn.data);
    let under = [
        chosen.state.layer.label.of(view.language).to_owned(),
        export::filters_line(view, ""),
    ];
    let below = export::source_lines(view, &section::source(view, chosen));
    let svg = export::caption(
        &drawing,
        options.width_px,
        theme,
        &Captions {
            title,
            under: &under,
            below: &below,
        },
    );
    match format {
        Format::Png => export::png(&svg, options.scale).map_err(|source| FigureError::Picture {
            figure: MAP_FIGURE.to_owned(),
            source,
        }),
        _ => Ok(svg.into_bytes()),
    }
}
