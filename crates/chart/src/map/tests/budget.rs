//! How large a view may be: 5,000 links and 100 KiB, compressed, beside the base map.

use std::io::Write as _;

use chalandise_locale::geography::{communes_by_size, communes_in_cell};
use flate2::Compression;
use flate2::write::GzEncoder;
use h3o::CellIndex;

use super::super::*;
use super::{cell_at, drawn_by_class, shown, spec, store, values};

const KIB: usize = 1024;

fn gzipped(texts: &[String]) -> usize {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    for text in texts {
        encoder.write_all(text.as_bytes()).expect("a vector takes it");
    }
    encoder.finish().expect("a vector takes it").len()
}

/// A number from 0 to 1 that depends on the key alone.
fn chance(key: u64) -> f64 {
    let mixed = (key ^ (key >> 31)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    ((mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 11) as f64 / (1_u64 << 53) as f64
}

/// Random cells near a point with addresses and names as a page has them, and the network's 340 stores.
fn full_view(view: &View, centre: CellIndex, cells: usize, reach: u32, named: bool) -> MapData {
    let mut disk: Vec<CellIndex> = centre.grid_disk(reach);
    disk.sort_by(|a, b| chance((*a).into()).total_cmp(&chance((*b).into())));
    disk.truncate(cells);
    disk.sort_unstable();
    let cells = disk
        .into_iter()
        .map(|cell| {
            let value = 10_f64.powf(2.0 + 4.5 * chance(u64::from(cell) ^ 77));
            let revenue = crate::format::number(value, Style::MoneyShort, Language::French, "EUR");
            let commune = communes_in_cell(cell.into()).first().copied().filter(|_| named);
            let label = commune.map_or(revenue.clone(), |commune| format!("{}\u{a0}: {revenue}", commune.name));
            MapCell {
                href: Some(format!("?view={view}&layer=revenue&cell={cell}")),
                label,
                ..shown(cell, value)
            }
        })
        .collect();
    let stores = communes_by_size()
        .iter()
        .take(340)
        .map(|commune| {
            store(
                &commune.code,
                commune.latitude,
                commune.longitude,
                f64::from(commune.residents) * 7.0,
                false,
            )
        })
        .collect();
    MapData {
        cells,
        stores,
        selected: None,
    }
}

/// Bytes of figure, legend and controls as a server sends them.
fn view_bytes(view: &View, data: &MapData) -> usize {
    let breaks = Breaks::sequence(&values(data));
    let page = MapSpec {
        theme: Theme::Css,
        base: Base::Linked(&base_map().file_name),
        widths_px: &PAGE_WIDTHS_PX,
        ..spec(view, &breaks)
    };
    let links = controls(view, Language::French, |view| format!("?layer=revenue&view={view}"));
    gzipped(&[links, render(&page, data), legend(&page, data)])
}

#[test]
fn five_thousand_linked_cells_stay_under_100_kib() {
    let view: View = "dep:44".parse().expect("a departement");
    let (latitude, longitude) = view.centre();
    let data = full_view(&view, cell_at(latitude, longitude, 8), MOST_LINKED_CELLS, 45, false);
    let breaks = Breaks::sequence(&values(&data));
    let page = MapSpec {
        theme: Theme::Css,
        ..spec(&view, &breaks)
    };
    let drawn: usize = drawn_by_class(&render(&page, &data)).values().sum();
    assert_eq!(drawn, MOST_LINKED_CELLS, "all cells of the test lie in view");
    let bytes = view_bytes(&view, &data);
    assert!(bytes < 100 * KIB, "{bytes} bytes");
}

#[test]
fn france_with_named_cells_and_340_stores_stays_under_100_kib() {
    let view = View::france();
    let bytes = view_bytes(&view, &full_view(&view, cell_at(46.6, 2.4, 5), 2_150, 30, true));
    assert!(bytes < 100 * KIB, "{bytes} bytes");
}

#[test]
fn above_five_thousand_cells_each_class_is_one_path_without_links() {
    let view: View = "dep:44".parse().expect("a departement");
    let (latitude, longitude) = view.centre();
    let data = full_view(&view, cell_at(latitude, longitude, 8), 6_000, 48, false);
    let breaks = Breaks::sequence(&values(&data));
    let page = MapSpec {
        theme: Theme::Css,
        ..spec(&view, &breaks)
    };
    let drawn = drawn_by_class(&render(&page, &data));
    assert_eq!(drawn.len(), breaks.classes());
    assert!(drawn.values().all(|paths| *paths == 1));
    let bytes = view_bytes(&view, &data);
    assert!(bytes < 100 * KIB, "{bytes} bytes");
}
