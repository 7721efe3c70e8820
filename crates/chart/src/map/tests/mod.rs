//! The map as a whole: golden pictures, no overlap, what must not leak.

mod budget;
mod figures;
mod properties;

use std::path::PathBuf;

use h3o::{CellIndex, LatLng, Resolution};
use roxmltree::{Document, Node};

use super::labels::Rect;
use super::*;
use crate::inspect::{self, Fault};
use crate::text::{RISE, SINK, SIZE_PX, Weight, width_px};

fn cell_at(latitude: f64, longitude: f64, resolution: u8) -> CellIndex {
    let resolution = Resolution::try_from(resolution).expect("0 to 15");
    LatLng::new(latitude, longitude).expect("finite").to_cell(resolution)
}

fn shown(cell: CellIndex, value: f64) -> MapCell {
    MapCell {
        cell: cell.into(),
        value: Some(value),
        state: CellState::Shown,
        href: Some(format!("?cell={cell}")),
        label: format!("{value:.0} €"),
    }
}

fn store(id: &str, latitude: f64, longitude: f64, revenue: f64, closed: bool) -> MapStore {
    MapStore {
        id: id.to_owned(),
        name: format!("Magasin <{id}> & fils"),
        latitude,
        longitude,
        revenue,
        href: Some(format!("?store={id}&layer=revenue")),
        status: if closed {
            StoreStatus::Closing
        } else {
            StoreStatus::Open
        },
        selected: false,
    }
}

/// A few cells of every class and kind round four cities, five stores, a selection.
fn sample(resolution: u8) -> MapData {
    let mut cells = Vec::new();
    for (city, (latitude, longitude)) in [
        (48.8534, 2.3488),
        (45.7485, 4.8467),
        (47.2173, -1.5534),
        (43.297, 5.3811),
    ]
    .into_iter()
    .enumerate()
    {
        for (cell, distance) in cell_at(latitude, longitude, resolution).grid_disk_distances::<Vec<_>>(4) {
            let falling = 4e6 / (1.0 + city as f64) / 9_f64.powi(distance as i32);
            let mut cell = shown(cell, falling * (1.0 + (u64::from(cell) >> 20 & 7) as f64 / 3.0));
            if distance == 4 {
                cell.state = if cells.len() % 2 == 0 {
                    CellState::Suppressed
                } else {
                    CellState::Zero
                };
            }
            cells.push(cell);
        }
    }
    MapData {
        cells,
        stores: vec![
            store("S1", 48.86, 2.35, 6.2e6, false),
            store("S2", 48.82, 2.29, 2.1e6, false),
            store("S3", 45.75, 4.85, 1.4e6, false),
            store("S4", 47.21, -1.55, 0.9e6, false),
            store("S5", 47.32, 5.04, 0.2e6, true),
        ],
        selected: Some(cell_at(47.2173, -1.5534, resolution).into()),
    }
}

fn values(data: &MapData) -> Vec<f64> {
    data.cells
        .iter()
        .filter(|cell| cell.state == CellState::Shown)
        .filter_map(|cell| cell.value)
        .collect()
}

fn spec<'a>(view: &'a View, breaks: &'a Breaks) -> MapSpec<'a> {
    MapSpec {
        id: "map",
        title: "Carte du chiffre d’affaires localisé",
        desc: "Quatre villes font tout le chiffre d’affaires.",
        measure: "Chiffre d’affaires par cellule",
        style: Style::MoneyShort,
        view,
        breaks,
        ramp: Ramp::Sequence,
        smallest_group: 11,
        base: Base::Inline,
        widths_px: &[904.0],
        language: Language::French,
        theme: Theme::Light,
        currency: "EUR",
    }
}

fn english<'a>(spec: MapSpec<'a>) -> MapSpec<'a> {
    MapSpec {
        title: "Map of located revenue",
        desc: "Four cities make all the revenue.",
        measure: "Revenue by cell",
        language: Language::English,
        ..spec
    }
}

/// Compares with the picture in `tests/charts`, or writes it when `BLESS` is set.
fn golden(name: &str, svg: &str) {
    Document::parse(svg).expect("well-formed");
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/charts")
        .join(format!("{name}.svg"));
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, svg).expect("tests/charts can be written");
        return;
    }
    let wanted = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        svg == wanted,
        "{name}.svg differs; look at the new picture, then run again with BLESS=1"
    );
}

#[test]
fn pictures_are_the_golden_ones() {
    let (france, near) = (View::france(), "dep:44".parse::<View>().expect("a departement"));
    let data = sample(5);
    let breaks = Breaks::sequence(&values(&data));
    let base = spec(&france, &breaks);
    golden("map-france-fr-light", &render(&base, &data));
    golden(
        "map-france-en-dark",
        &render(
            &MapSpec {
                theme: Theme::Dark,
                ..english(base)
            },
            &data,
        ),
    );
    golden(
        "map-france-fr-phone",
        &render(
            &MapSpec {
                widths_px: &[358.0],
                ..base
            },
            &data,
        ),
    );
    golden(
        "map-france-en-phone-dark",
        &render(
            &MapSpec {
                widths_px: &[358.0],
                theme: Theme::Dark,
                ..english(base)
            },
            &data,
        ),
    );
    let page = MapSpec {
        theme: Theme::Css,
        base: Base::Linked("/static/map/base.svg"),
        widths_px: &PAGE_WIDTHS_PX,
        ..base
    };
    golden("map-page-fr", &render(&page, &data));
    golden("map-page-legend-fr", &legend(&page, &data));
    let local = sample(7);
    let breaks = Breaks::sequence(&values(&local));
    golden("map-loire-atlantique-fr-light", &render(&spec(&near, &breaks), &local));
}

#[test]
fn differences_have_their_own_golden_picture() {
    let france = View::france();
    let mut data = sample(5);
    for (index, cell) in data.cells.iter_mut().enumerate() {
        let size = [0.004, 0.02, 0.06, 0.2][index % 4];
        cell.value = Some(if index % 3 == 0 { -size } else { size });
    }
    let breaks = Breaks::difference(&values(&data));
    let drawn = MapSpec {
        measure: "Écart à l’an passé par cellule",
        style: Style::SignedPercent,
        ramp: Ramp::Difference,
        ..spec(&france, &breaks)
    };
    golden("map-difference-fr-light", &render(&drawn, &data));
    golden(
        "map-difference-fr-dark",
        &render(
            &MapSpec {
                theme: Theme::Dark,
                ..drawn
            },
            &data,
        ),
    );
}

/// Where every text of a picture lies, with its words.
fn texts(svg: &str) -> Vec<(Rect, String)> {
    fn number(node: Node<'_, '_>, name: &str) -> f64 {
        node.attribute(name).and_then(|text| text.parse().ok()).unwrap_or(0.0)
    }
    fn collect(node: Node<'_, '_>, (mut dx, mut dy): (f64, f64), found: &mut Vec<(Rect, String)>) {
        let shift = node
            .attribute("transform")
            .and_then(|text| text.strip_prefix("translate(")?.strip_suffix(')'));
        if let Some((x, y)) = shift.and_then(|text| text.split_once(' ')) {
            dx += x.parse::<f64>().expect("a number");
            dy += y.parse::<f64>().expect("a number");
        }
        if node.has_tag_name("text") {
            let words = node.text().unwrap_or_default().to_owned();
            let weight = if node.attribute("font-weight").is_some() {
                Weight::Bold
            } else {
                Weight::Regular
            };
            let top = number(node, "y") - RISE * SIZE_PX + dy;
            let width = width_px(&words, SIZE_PX, weight);
            found.push((
                Rect::new(number(node, "x") + dx, top, width, (RISE + SINK) * SIZE_PX),
                words,
            ));
        }
        node.children().for_each(|child| collect(child, (dx, dy), found));
    }
    let document = Document::parse(svg).expect("well-formed");
    let mut found = Vec::new();
    collect(document.root_element(), (0.0, 0.0), &mut found);
    found
}

/// No text of a picture lies on another or reaches out of it.
fn no_text_is_covered(svg: &str, name: &str) {
    let document = Document::parse(svg).expect("well-formed");
    let side = |side| {
        let text = document.root_element().attribute(side);
        text.and_then(|text| text.parse().ok()).expect("a size")
    };
    let picture = Rect::new(0.0, 0.0, side("width"), side("height"));
    let found = texts(svg);
    for (index, (rect, words)) in found.iter().enumerate() {
        let inside =
            rect.left >= 0.0 && rect.top >= 0.0 && rect.right <= picture.right && rect.bottom <= picture.bottom;
        assert!(inside, "{name}: '{words}' leaves the picture");
        for (other, more) in &found[..index] {
            assert!(!rect.overlaps(other), "{name}: '{words}' covers '{more}'");
        }
    }
}

#[test]
fn no_text_covers_another_or_leaves_the_picture_at_any_width() {
    for text in [
        "fr",
        "region:Bretagne",
        "region:Corse",
        "dep:44",
        "dep:75",
        "45.75,4.85,60",
    ] {
        let view: View = text.parse().expect(text);
        let data = sample(view.default_resolution());
        let breaks = Breaks::sequence(&values(&data));
        for language in [Language::French, Language::English] {
            for width in PAGE_WIDTHS_PX {
                let svg = render(
                    &MapSpec {
                        language,
                        widths_px: &[width],
                        ..spec(&view, &breaks)
                    },
                    &data,
                );
                assert!(texts(&svg).len() > 10);
                no_text_is_covered(&svg, &format!("{text} at {width}"));
            }
        }
    }
}

/// Number of drawn cells by class name.
fn drawn_by_class(svg: &str) -> std::collections::BTreeMap<String, usize> {
    let document = Document::parse(svg).expect("well-formed");
    let ground = document
        .descendants()
        .find(|node| node.attribute("class") == Some("shared"))
        .expect("a ground");
    let cells = ground
        .children()
        .find(|node| node.attribute("class").is_some_and(|class| class.starts_with("cells")));
    let groups = cells
        .into_iter()
        .flat_map(|cells| cells.children())
        .filter(|node| node.has_tag_name("g"));
    groups
        .map(|group| {
            let name = group
                .attribute("class")
                .unwrap_or_default()
                .split(' ')
                .next()
                .unwrap_or_default()
                .to_owned();
            (name, group.children().count())
        })
        .collect()
}

#[test]
fn suppressed_cells_carry_no_figure() {
    let view = View::france();
    let breaks = Breaks::sequence(&[1e4, 1e6]);
    let mut hidden = shown(cell_at(47.0, 2.0, 5), 7_654_321.0);
    hidden.state = CellState::Suppressed;
    let data = MapData {
        cells: vec![hidden, shown(cell_at(45.0, 2.0, 5), 5e4)],
        ..MapData::default()
    };
    let page = MapSpec {
        theme: Theme::Css,
        ..spec(&view, &breaks)
    };
    let svg = render(&page, &data) + &super::legend(&page, &data);
    assert!(!svg.contains("7654321") && !svg.contains(&cell_at(47.0, 2.0, 5).to_string()));
    assert!(svg.contains("class=\"hidden\"") && svg.contains("moins de 11 clients"));
    assert!(!svg.contains("aucune vente"), "a key for what the map does not show");
}

#[test]
fn a_page_links_the_base_map_and_a_file_holds_it() {
    let view = View::france();
    let data = sample(5);
    let breaks = Breaks::sequence(&values(&data));
    let href = format!("/static/map/{}", base_map().file_name);
    let page = render(
        &MapSpec {
            theme: Theme::Css,
            base: Base::Linked(&href),
            ..spec(&view, &breaks)
        },
        &data,
    );
    assert!(page.contains(&format!("{href}#coast")) && page.contains("<a href="));
    let file = render(&spec(&view, &breaks), &data);
    assert!(!file.contains("<use") && !file.contains("<a ") && !file.contains("var(--"));
}

#[test]
fn the_common_inspection_finds_nothing_on_a_page() {
    let view = View::france();
    let data = sample(5);
    let breaks = Breaks::sequence(&values(&data));
    for width in PAGE_WIDTHS_PX {
        let page = MapSpec {
            theme: Theme::Css,
            base: Base::Linked("/base.svg"),
            widths_px: &[width],
            ..spec(&view, &breaks)
        };
        assert_eq!(inspect::faults(&super::legend(&page, &data)), []);
        // City names lie over cells and stores on purpose, with a halo.
        let faults = inspect::faults(&render(&page, &data));
        let wrong: Vec<&Fault> = faults
            .iter()
            .filter(|fault| !matches!(fault, Fault::TextOnShape { .. }))
            .collect();
        assert!(wrong.is_empty(), "{wrong:?}");
    }
}

#[test]
fn ids_are_unique_beside_the_legend_and_with_all_widths() {
    let view = View::france();
    let data = sample(5);
    let breaks = Breaks::sequence(&values(&data));
    let page = MapSpec {
        theme: Theme::Css,
        base: Base::Linked("/base.svg"),
        widths_px: &PAGE_WIDTHS_PX,
        ..spec(&view, &breaks)
    };
    let both = format!("<div>{}{}</div>", render(&page, &data), super::legend(&page, &data));
    let repeated = inspect::faults(&both)
        .into_iter()
        .find(|fault| matches!(fault, Fault::DuplicateId(_)));
    assert_eq!(repeated, None);
}
