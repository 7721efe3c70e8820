//! `chalandise render`: a page, or a chart of it, into a file, without a server.

use std::collections::BTreeMap;
use std::path::PathBuf;

use chalandise_chart::Language;
use clap::Args;

use crate::config::Config;
use chalandise_dashboard::{
    self as dashboard, Asked, FileOptions, Filters, Format, PageTheme, Pages, Reach, View, feature,
};
use chalandise_http as http;

use super::CommandError;
use super::setup::{self, Setup};

/// Draws a page (html) or a chart of it (svg, png, csv, json, parquet, sql or geojson, by the file's ending) into a file.
#[derive(Args)]
pub(super) struct RenderArgs {
    /// Page, such as overview, or page and figure, such as overview/trend
    #[arg(value_name = "PAGE-or-PAGE/FIGURE")]
    figure: String,
    /// File to write
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// The page's filters as its address has them, such as "period=2026-09&region=Bretagne" or, for a page of one
    /// segment, "segment=lost"
    #[arg(long, default_value = "", value_name = "QUERY")]
    query: String,
    /// fr or en
    #[arg(long, default_value = "fr")]
    lang: String,
    /// light or dark
    #[arg(long, default_value = "light")]
    theme: String,
}

pub(super) async fn run(config: &Config, args: &RenderArgs) -> Result<(), CommandError> {
    let setup = Setup::new(config)?;
    let pages = Pages::load(&config.resources.join("queries"), &setup.library)?;
    let (page, figure) = match args.figure.split_once('/') {
        Some((page, figure)) => (page, Some(figure)),
        None => (args.figure.as_str(), None),
    };
    let page = pages.get(page).ok_or_else(|| unknown(&pages, &args.figure))?;
    let extension = args
        .out
        .extension()
        .and_then(|extension| extension.to_str())
        .unwrap_or_default();
    let what = what(figure, extension).ok_or_else(|| {
        let endings = match figure {
            Some(_) => "svg, png, csv, json, parquet, sql or geojson for a chart",
            None => "html for a page; name a chart of it, such as overview/trend, for other forms",
        };
        format!(
            "`{}` has no ending that can be drawn: use {endings}",
            args.out.display()
        )
    })?;
    let version = setup.newest(setup::reader(config, false)).await?;
    let data = version.data.within(config.deadline);
    let reach = Reach::read(&data, &page.takes())
        .await?
        .ok_or("the lake has no orders yet: import some first")?;
    let pairs: Vec<(String, String)> = url::form_urlencoded::parse(args.query.trim_start_matches('?').as_bytes())
        .into_owned()
        .collect();
    let mut query: BTreeMap<String, String> = pairs.iter().cloned().collect();
    if let Some(feature) = feature::of(page) {
        query.retain(|key, _| !feature.is_key(key));
    }
    let language: Language = args
        .lang
        .parse()
        .map_err(|_| format!("there is no language `{}`: use fr or en", args.lang))?;
    let theme = PageTheme::parse(&args.theme)
        .ok_or_else(|| format!("there is no theme `{}`: use light or dark", args.theme))?;
    let assets = http::assets_in_file();
    let filters = Filters::read(&query, &reach, &page.takes())?;
    let view = View {
        pages: &pages,
        page,
        data: &data,
        reach: &reach,
        language,
        theme,
        path: page.address(&filters),
        filters,
        supposed: Vec::new(),
        state: query
            .iter()
            .filter(|(key, _)| dashboard::STATE_KEYS.contains(&key.as_str()))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect(),
        assets: &assets,
        chosen: BTreeMap::new(),
    };
    let asked = Asked {
        version: &version,
        notebook: setup.notebook(),
        path: &view.path,
        pairs: &pairs,
    };
    let supposed = dashboard::suppose(&view, &asked).await?;
    let view = View {
        data: &supposed.data,
        supposed: supposed.pairs,
        ..view.clone()
    };
    let bytes = match what {
        What::Page => dashboard::render_page(&view, page).await?.into_string().into_bytes(),
        What::Figure(figure, format) => {
            let file = dashboard::render_figure(&view, page, figure, format, &FileOptions::read(&query)).await?;
            file.ok_or_else(|| unknown(&pages, &args.figure))?.bytes.to_vec()
        }
    };
    std::fs::write(&args.out, &bytes).map_err(|error| format!("{}: {error}", args.out.display()))?;
    eprintln!("{} bytes written to {}", bytes.len(), args.out.display());
    Ok(())
}

/// What is to be drawn.
enum What<'a> {
    Page,
    Figure(&'a str, Format),
}

fn what<'a>(figure: Option<&'a str>, extension: &str) -> Option<What<'a>> {
    match figure {
        None => (extension == "html").then_some(What::Page),
        Some(figure) => Format::parse(extension).map(|format| What::Figure(figure, format)),
    }
}

fn unknown(pages: &Pages, given: &str) -> String {
    let figures: Vec<String> = pages
        .all()
        .iter()
        .flat_map(|page| {
            page.figures
                .iter()
                .map(move |figure| format!("{}/{}", page.id, figure.id))
        })
        .collect();
    format!(
        "there is no page or figure `{given}` of that form; pages: {}; figures: {}, network/map",
        pages
            .all()
            .iter()
            .map(|page| page.id.as_str())
            .collect::<Vec<_>>()
            .join(", "),
        figures.join(", ")
    )
}
