//! Draws maps of invented but plausible revenue to look at: `cargo run -p chalandise-chart --example map_gallery -- DIR`.
//!
//! Revenue follows the residents of the shipped communes; nothing in it is real. The pages need a web server in DIR,
//! since browsers refuse `<use>` across files that were opened from a disk.

use std::collections::BTreeMap;
use std::path::PathBuf;

use chalandise_chart::format::{Style, number};
use chalandise_chart::map::{
    Base, Bounds, Breaks, CellState, MapCell, MapData, MapFigure, MapPanel, MapScale, MapSpec, MapStore,
    PAGE_WIDTHS_PX, Ramp, StoreStatus, View, base_map, controls, css, figure_file, figure_page, legend, render,
};
use chalandise_chart::{Language, Theme, theme};
use chalandise_locale::geography::{communes_by_size, communes_in_cell};
use h3o::{CellIndex, LatLng, Resolution};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let dir = std::env::args()
        .nth(1)
        .map_or_else(|| PathBuf::from("map-gallery"), PathBuf::from);
    std::fs::create_dir_all(&dir)?;
    std::fs::write(dir.join(&base_map().file_name), &base_map().svg)?;
    for (name, view) in [
        ("france", "fr"),
        ("bretagne", "region:Bretagne"),
        ("aquitaine", "region:Nouvelle-Aquitaine"),
        ("loire-atlantique", "dep:44"),
        ("nantes", "47.2184,-1.5536,25"),
        ("paris", "48.8566,2.3522,10"),
    ] {
        let view: View = view.parse()?;
        let resolution = Resolution::try_from(view.default_resolution())?;
        let data = invented(resolution, &view)?;
        let values: Vec<f64> = data.cells.iter().filter_map(|cell| cell.value).collect();
        let breaks = Breaks::sequence(&values);
        let spec = MapSpec {
            id: "map",
            title: "Carte du chiffre d’affaires localisé par cellule H3",
            desc: "Chiffre d’affaires inventé, en proportion des habitants.",
            measure: "Chiffre d’affaires par cellule",
            style: Style::MoneyShort,
            view: &view,
            breaks: &breaks,
            ramp: Ramp::Sequence,
            smallest_group: 11,
            base: Base::Linked(&base_map().file_name),
            widths_px: &PAGE_WIDTHS_PX,
            language: Language::French,
            theme: Theme::Css,
            currency: "EUR",
        };
        std::fs::write(dir.join(format!("{name}.html")), page(&spec, &data))?;
        for (suffix, theme, width) in [
            ("light", Theme::Light, 904.0),
            ("dark", Theme::Dark, 904.0),
            ("phone", Theme::Light, 358.0),
        ] {
            let file = MapSpec {
                theme,
                base: Base::Inline,
                widths_px: &[width],
                ..spec
            };
            std::fs::write(dir.join(format!("{name}-{suffix}.svg")), render(&file, &data))?;
        }
        println!("{name}: {} cells, view {view}", data.cells.len());
    }
    let view = View::covering(&Bounds {
        south: 46.9,
        west: -2.2,
        north: 47.6,
        east: -0.9,
    })?;
    let figure = comparison(&view)?;
    std::fs::write(dir.join("comparison.html"), figure_page_of(&figure))?;
    for width in [1200.0, 358.0] {
        let file = dir.join(format!("comparison-{width}.svg"));
        std::fs::write(file, figure_file(&figure, width))?;
    }
    Ok(())
}

/// A difference beside its before and after: a store opens, another closes.
fn comparison(view: &View) -> Result<MapFigure<'_>, Box<dyn std::error::Error>> {
    let before = invented(Resolution::Seven, view)?;
    let factor = |cell: u64| chance(cell ^ 5) - 0.45;
    let with = |value: fn(f64, f64) -> f64, after: bool| {
        let mut data = before.clone();
        for cell in &mut data.cells {
            let factor = factor(cell.cell);
            cell.value = cell.value.map(|revenue| value(revenue, factor));
        }
        for (rank, store) in data.stores.iter_mut().enumerate().filter(|_| after) {
            store.status = match rank {
                5 => StoreStatus::Opening,
                17 => StoreStatus::Closing,
                _ => store.status,
            };
        }
        data
    };
    let panel = |label, scale, large, data| MapPanel {
        label,
        scale,
        large,
        data,
    };
    let panels = vec![
        panel("Différence", 0, true, with(|revenue, factor| revenue * factor, true)),
        panel("Avant", 1, false, with(|revenue, _| revenue, false)),
        panel(
            "Après",
            1,
            false,
            with(|revenue, factor| revenue * (1.0 + factor), true),
        ),
    ];
    let values = |scale: usize| -> Vec<f64> {
        let panels = panels.iter().filter(|panel| panel.scale == scale);
        panels
            .flat_map(|panel| panel.data.cells.iter().filter_map(|cell| cell.value))
            .collect()
    };
    let scale = |measure, breaks, ramp| MapScale {
        measure,
        style: Style::MoneyShort,
        breaks,
        ramp,
    };
    let scales = vec![
        scale("Écart par cellule", Breaks::difference(&values(0)), Ramp::Difference),
        scale(
            "Chiffre d’affaires par cellule",
            Breaks::sequence(&values(1)),
            Ramp::Sequence,
        ),
    ];
    Ok(MapFigure {
        id: "comparison",
        title: "Avant et après",
        desc: "Chiffre d’affaires inventé.",
        view,
        scales,
        panels,
        rings: Vec::new(),
        rings_of: "",
        smallest_group: 11,
        base: Base::Linked(&base_map().file_name),
        language: Language::French,
        theme: Theme::Css,
        currency: "EUR",
    })
}

fn figure_page_of(figure: &MapFigure<'_>) -> String {
    format!(
        "<!doctype html><html lang=\"fr\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>Cartes</title><style>{}{}body{{margin:0;background:var(--page);color:var(--ink)}}\
         main{{width:min(1200px,100% - 80px);margin:auto}}@media(max-width:759px){{main{{width:auto;margin:16px}}}}</style>\
         <main><figure style=\"margin:0\">{}</figure></main></html>",
        theme::css(),
        css(&PAGE_WIDTHS_PX),
        figure_page(figure, 1200.0),
    )
}

fn page(spec: &MapSpec<'_>, data: &MapData) -> String {
    let plate = if spec.view.to_string() == "fr" { "" } else { " plate" };
    format!(
        "<!doctype html><html lang=\"fr\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>Carte</title><script>document.documentElement.dataset.theme=new URLSearchParams(location.search).get('theme')</script>\
         <style>@font-face{{font-family:'Inter Chalandise';src:url(inter-chalandise.woff2);font-weight:400 700}}{}{}body{{margin:0;background:var(--sea)}}main{{padding:40px}}\
         @media(max-width:759px){{main{{padding:16px}}}}</style><main><figure data-fragment=\"map\" style=\"margin:0\">\
         <div class=\"map-box\">{}{}<div class=\"map-legend{plate}\">{}</div></div></figure></main>\
         <script type=\"module\" src=\"map.js\"></script><script type=\"module\" src=\"tooltip.js\"></script></html>",
        theme::css(),
        css(spec.widths_px),
        controls(spec.view, spec.language, |view| format!("?view={view}")),
        render(spec, data),
        legend(spec, data),
    )
}

/// A number from 0 to 1 that depends on the key alone.
fn chance(key: u64) -> f64 {
    let mixed = (key ^ (key >> 31)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    ((mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 11) as f64 / (1_u64 << 53) as f64
}

fn invented(resolution: Resolution, view: &View) -> Result<MapData, Box<dyn std::error::Error>> {
    let bounds = view.bounds();
    let reach = match resolution {
        Resolution::Eight => 3,
        Resolution::Nine => 9,
        _ => 1,
    };
    let mut revenue: BTreeMap<CellIndex, f64> = BTreeMap::new();
    for commune in communes_by_size() {
        if !(bounds.south..bounds.north).contains(&commune.latitude)
            || !(bounds.west..bounds.east).contains(&commune.longitude)
        {
            continue;
        }
        let centre = LatLng::new(commune.latitude, commune.longitude)?.to_cell(resolution);
        for (cell, distance) in centre.grid_disk_distances::<Vec<_>>(reach) {
            let share = (-1.6 * f64::from(distance) / f64::from(reach)).exp() / f64::from(1 + 3 * reach * reach);
            *revenue.entry(cell).or_default() +=
                f64::from(commune.residents) * 9.0 * share * (0.2 + 1.6 * chance(u64::from(cell)));
        }
    }
    let cells = revenue
        .into_iter()
        .filter(|(cell, _)| view_holds(&bounds, *cell))
        .map(|(cell, value)| {
            let state = match value {
                value if value < 800.0 && chance(u64::from(cell)) < 0.4 => CellState::Zero,
                value if value < 2_000.0 && resolution == Resolution::Five => CellState::Suppressed,
                _ => CellState::Shown,
            };
            let name = communes_in_cell(cell.into())
                .first()
                .map_or("", |commune| commune.name.as_str());
            let revenue = number(value, Style::MoneyShort, Language::French, "EUR");
            MapCell {
                cell: cell.into(),
                value: Some(value),
                state,
                href: Some(format!("?cell={cell}")),
                label: if name.is_empty() {
                    revenue
                } else {
                    format!("{name}\u{a0}: {revenue}")
                },
            }
        })
        .collect();
    let stores = communes_by_size()
        .iter()
        .take(340)
        .enumerate()
        .map(|(rank, commune)| MapStore {
            id: format!("S{rank:03}"),
            name: commune.name.to_owned(),
            latitude: commune.latitude + 0.02 * (chance(rank as u64) - 0.5),
            longitude: commune.longitude + 0.02 * (chance(rank as u64 + 999) - 0.5),
            revenue: 6.2e6 / (1.0 + rank as f64 * 0.06) * (0.5 + chance(rank as u64 + 5)),
            href: Some(format!("?store=S{rank:03}")),
            status: if rank % 67 == 66 {
                StoreStatus::Closing
            } else {
                StoreStatus::Open
            },
            selected: false,
        })
        .collect();
    Ok(MapData {
        cells,
        stores,
        selected: Some(LatLng::new(47.21725, -1.55336)?.to_cell(resolution).into()),
    })
}

fn view_holds(bounds: &chalandise_chart::map::Bounds, cell: CellIndex) -> bool {
    let centre = LatLng::from(cell);
    (bounds.south..bounds.north).contains(&centre.lat()) && (bounds.west..bounds.east).contains(&centre.lng())
}
