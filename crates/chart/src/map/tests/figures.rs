//! Figures of maps: golden pictures, no overlap at any width, one legend a scale, signs that differ.

use super::super::figure::{MapFigure, MapPanel, MapScale, figure_file, figure_page};
use super::super::*;
use super::{cell_at, golden, no_text_is_covered, shown, texts};
use crate::inspect::{self, Fault};

/// Where the scenario takes place: the mouth of the Loire.
const BOX: Bounds = Bounds {
    south: 46.85,
    west: -2.3,
    north: 47.75,
    east: -0.85,
};
/// Widths of a figure: the desk's measure, half of it, the two between, phones.
const WIDTHS_PX: [f64; 6] = [1200.0, 880.0, 687.0, 584.0, 358.0, 288.0];

fn site(id: &str, (latitude, longitude): (f64, f64), revenue: f64, status: StoreStatus) -> MapStore {
    MapStore {
        id: id.to_owned(),
        name: id.to_owned(),
        latitude,
        longitude,
        revenue,
        href: Some(format!("/network/stores/{id}")),
        status,
        selected: false,
    }
}

/// The stores of the scenario; before it, the one that opens is not there and those that close are open.
fn sites(after: bool) -> Vec<MapStore> {
    let (opening, closing) = match after {
        true => (Some(StoreStatus::Opening), StoreStatus::Closing),
        false => (None, StoreStatus::Open),
    };
    let mut sites = vec![
        site("Nantes", (47.213, -1.556), 3.9e6, StoreStatus::Open),
        site("Orvault", (47.268, -1.61), 3.2e6, StoreStatus::Open),
        site("Saint-Herblain", (47.222, -1.645), 2.7e6, StoreStatus::Open),
        site("Saint-Nazaire", (47.28, -2.21), 1.4e6, StoreStatus::Open),
        site("Ancenis-Saint-Géréon", (47.37, -1.18), 0.5e6, StoreStatus::Open),
        site("Pornic", (47.115, -2.1), 0.65e6, StoreStatus::Open),
        site("Montaigu-Vendée", (46.975, -1.31), 0.7e6, StoreStatus::Open),
        site("Autre enseigne", (47.19, -1.49), f64::NAN, StoreStatus::Competitor),
        site("Autre <enseigne>", (47.05, -1.9), f64::NAN, StoreStatus::Competitor),
        site("Blain", (47.476, -1.763), 0.48e6, closing),
        site("Mauges-sur-Loire", (47.355, -0.98), 0.57e6, closing),
    ];
    sites.extend(opening.map(|status| site("Vertou", (47.165, -1.47), 2.8e6, status)));
    sites
}

/// Cells round Nantes with a value that falls with the distance from a place.
fn cells(value: impl Fn(f64, f64) -> f64) -> Vec<MapCell> {
    cell_at(47.3, -1.55, 6)
        .grid_disk::<Vec<_>>(11)
        .into_iter()
        .enumerate()
        .map(|(index, cell)| {
            let centre = h3o::LatLng::from(cell);
            let mut cell = shown(cell, value(centre.lat(), centre.lng()));
            cell.state = match index % 17 {
                0 => CellState::Suppressed,
                1 => CellState::Zero,
                _ => CellState::Shown,
            };
            cell.value = cell.value.filter(|_| index % 13 > 0 && cell.state == CellState::Shown);
            cell
        })
        .collect()
}

fn near(at: (f64, f64), of: (f64, f64), km: f64) -> f64 {
    let (north, east) = ((at.0 - of.0) * 111.0, (at.1 - of.1) * 75.0);
    (-(north.hypot(east) / km)).exp()
}

fn before(latitude: f64, longitude: f64) -> f64 {
    let of = |place| near((latitude, longitude), place, 22.0);
    14.0 * of((47.21, -1.55)) + 9.0 * of((47.28, -2.21)) + 5.0 * of((47.476, -1.763)) + 1.0
}

fn change(latitude: f64, longitude: f64) -> f64 {
    let of = |place| near((latitude, longitude), place, 9.0);
    9.0 * of((47.165, -1.47)) - 7.0 * of((47.476, -1.763)) - 6.0 * of((47.355, -0.98))
}

fn values<'d>(panels: impl IntoIterator<Item = &'d MapData>) -> Vec<f64> {
    panels.into_iter().flat_map(super::values).collect()
}

/// A difference beside its before and after.
fn scenario<'a>(view: &'a View, english: bool, theme: Theme) -> MapFigure<'a> {
    let say = |fr, en| if english { en } else { fr };
    let panel = |label, scale, large, cells, after| MapPanel {
        label,
        scale,
        large,
        data: MapData {
            cells,
            stores: sites(after),
            selected: None,
        },
    };
    let panels = vec![
        panel(say("Différence", "Difference"), 0, true, cells(change), true),
        panel(say("Avant", "Before"), 1, false, cells(before), false),
        panel(
            say("Après", "After"),
            1,
            false,
            cells(|latitude, longitude| before(latitude, longitude) + change(latitude, longitude)),
            true,
        ),
    ];
    let measure = say(
        "CA attendu par habitant et par an",
        "Expected revenue per resident and year",
    );
    MapFigure {
        id: "p-difference",
        title: say("Le sud de Nantes gagne", "The south of Nantes gains"),
        desc: say("Blain et les Mauges perdent.", "Blain and the Mauges lose."),
        view,
        scales: vec![
            MapScale {
                measure: say(
                    "Écart de CA par habitant et par an",
                    "Change of revenue per resident and year",
                ),
                style: Style::Money,
                breaks: Breaks::difference(&values([&panels[0].data])),
                ramp: Ramp::Difference,
            },
            MapScale {
                measure,
                style: Style::Money,
                breaks: Breaks::sequence(&values([&panels[1].data, &panels[2].data])),
                ramp: Ramp::Sequence,
            },
        ],
        panels,
        rings: Vec::new(),
        rings_of: "",
        smallest_group: 11,
        base: Base::Inline,
        language: if english { Language::English } else { Language::French },
        theme,
        currency: "EUR",
    }
}

/// A store with the outlines of its catchment.
fn catchment<'a>(view: &'a View, theme: Theme) -> MapFigure<'a> {
    let mut figure = scenario(view, false, theme);
    let mut panel = figure.panels.remove(1);
    panel.scale = 0;
    figure.scales.remove(0);
    let heart = cell_at(47.268, -1.61, 6);
    figure.rings = [(1, 50), (3, 80), (5, 95)]
        .into_iter()
        .flat_map(|(reach, percent)| {
            heart
                .grid_disk::<Vec<_>>(reach)
                .into_iter()
                .map(move |cell| (cell, percent))
        })
        // A hole and an island.
        .filter(|(cell, _)| heart.grid_distance(*cell) != Ok(2))
        .map(|(cell, percent)| MapRing {
            cell: cell.into(),
            percent,
        })
        .collect();
    figure.rings_of = "du CA localisé";
    panel.data.stores[1].selected = true;
    figure.panels = vec![panel];
    figure
}

/// Candidates in all of France.
fn candidates<'a>(view: &'a View, theme: Theme) -> MapFigure<'a> {
    let sample = super::sample(5);
    MapFigure {
        scales: vec![MapScale {
            measure: "Gain net d’un magasin type",
            style: Style::MoneyShort,
            breaks: Breaks::sequence(&super::values(&sample)),
            ramp: Ramp::Sequence,
        }],
        panels: vec![MapPanel {
            label: "Candidats",
            scale: 0,
            large: false,
            data: sample,
        }],
        ..scenario(view, false, theme)
    }
}

#[test]
fn figures_are_the_golden_ones() {
    let view = View::covering(&BOX).expect("a box in France");
    let (french, english) = (scenario(&view, false, Theme::Light), scenario(&view, true, Theme::Dark));
    for width in [1200.0, 687.0, 358.0] {
        golden(&format!("map-scenario-fr-light-{width}"), &figure_file(&french, width));
    }
    golden("map-scenario-en-dark-880", &figure_file(&english, 880.0));
    for width in [687.0, 358.0] {
        let drawn = figure_file(&catchment(&view, Theme::Light), width);
        golden(&format!("map-catchment-fr-light-{width}"), &drawn);
    }
    golden(
        "map-catchment-fr-dark-687",
        &figure_file(&catchment(&view, Theme::Dark), 687.0),
    );
    let france = View::france();
    golden(
        "map-candidates-fr-light-1200",
        &figure_file(&candidates(&france, Theme::Light), 1200.0),
    );
    let page = MapFigure {
        base: Base::Linked("/static/map/base.svg"),
        ..catchment(&view, Theme::Css)
    };
    golden(
        "map-catchment-page-fr",
        &format!("<div>{}</div>", figure_page(&page, 687.0)),
    );
}

#[test]
fn no_text_of_a_figure_covers_another_or_leaves_the_picture() {
    let (view, france) = (View::covering(&BOX).expect("a box in France"), View::france());
    for width in WIDTHS_PX {
        for figure in [
            scenario(&view, false, Theme::Light),
            scenario(&view, true, Theme::Light),
            catchment(&view, Theme::Light),
            candidates(&france, Theme::Light),
        ] {
            no_text_is_covered(&figure_file(&figure, width), &format!("{} at {width}", figure.title));
        }
    }
}

#[test]
fn each_scale_has_one_legend_and_each_sign_its_name() {
    let view = View::covering(&BOX).expect("a box in France");
    let figure = scenario(&view, false, Theme::Light);
    for width in WIDTHS_PX {
        let drawn = figure_file(&figure, width);
        let words: Vec<String> = texts(&drawn).into_iter().map(|(_, words)| words).collect();
        let all = words.join(" ");
        assert_eq!(all.matches("paliers").count(), 2, "{all}");
        assert_eq!(all.matches("mêmes classes").count(), 1, "{all}");
        for sign in [
            "ouverture",
            "fermeture",
            "concurrent",
            "moins de 11 clients, masqué",
            "zéro",
        ] {
            assert_eq!(
                words.iter().filter(|words| *words == sign).count(),
                1,
                "{sign} at {width}"
            );
        }
        assert!(all.contains("Natural Earth") && all.contains("km"));
    }
    let alone = figure_file(&candidates(&View::france(), Theme::Light), 880.0);
    assert!(!alone.contains(">ouverture<") && !alone.contains(">concurrent<"));
}

#[test]
fn a_page_of_a_figure_has_unique_ids_and_no_buttons() {
    let view = View::covering(&BOX).expect("a box in France");
    let page = MapFigure {
        base: Base::Linked("/static/map/base.svg"),
        ..scenario(&view, false, Theme::Css)
    };
    for desk_px in [1200.0, 481.0] {
        let html = figure_page(&page, desk_px);
        let repeated = inspect::faults(&html)
            .into_iter()
            .find(|fault| matches!(fault, Fault::DuplicateId(_) | Fault::NotXml(_)));
        assert_eq!(repeated, None);
        assert!(!html.contains("map-controls") && !html.contains("data-view") && !html.contains("style="));
        assert_eq!(html.matches("<h3>").count(), 3);
        assert_eq!(html.matches("role=\"graphics-document\"").count(), 3);
    }
}

#[test]
fn all_maps_together_have_at_most_so_many_marks() {
    let view = View::covering(&BOX).expect("a box in France");
    let page = scenario(&view, false, Theme::Css);
    let html = figure_page(&page, 1200.0);
    let cells = html.matches("?cell=").count();
    assert!(cells <= MOST_LINKED_CELLS && cells > 500, "{cells}");
    let mut one = catchment(&view, Theme::Css);
    one.panels[0].data.cells = cell_at(47.3, -1.55, 9)
        .grid_disk::<Vec<_>>(60)
        .into_iter()
        .map(|cell| shown(cell, 5.0))
        .collect();
    let html = figure_page(&one, 1200.0);
    assert_eq!(html.matches("?cell=").count(), 0, "each class is one path");
}

#[test]
fn the_signs_of_stores_differ() {
    let view = View::covering(&BOX).expect("a box in France");
    let mut figure = catchment(&view, Theme::Light);
    figure.rings.clear();
    let mut drawn = Vec::new();
    for status in [
        StoreStatus::Open,
        StoreStatus::Opening,
        StoreStatus::Closing,
        StoreStatus::Competitor,
    ] {
        figure.panels[0].data.stores = vec![site("", (47.2, -1.5), 1e6, status)];
        let svg = figure_file(&figure, 358.0);
        let start = svg.find("class=\"stores\"").expect("a group of stores");
        drawn.push(svg[start..start + svg[start..].find("</g><g>").expect("its end")].to_owned());
    }
    drawn.sort();
    drawn.dedup();
    assert_eq!(drawn.len(), 4);
}

#[test]
fn a_store_before_and_after_counts_on_one_scale() {
    let view = View::covering(&BOX).expect("a box in France");
    let svg = figure_file(&scenario(&view, false, Theme::Light), 1200.0);
    let radius = |svg: &str| -> Vec<String> {
        let circles = svg.split("<circle ").skip(1);
        circles
            .filter_map(|rest| Some(rest.split("r=\"").nth(1)?.split('"').next()?.to_owned()))
            .collect()
    };
    // The largest circle, Nantes, has one radius on all three maps.
    let mut found: Vec<f64> = radius(&svg).iter().filter_map(|text| text.parse().ok()).collect();
    found.sort_by(f64::total_cmp);
    let largest = found.iter().rev().nth(1).copied().expect("circles");
    assert!(
        found.iter().filter(|radius| **radius == largest).count() >= 3,
        "{found:?}"
    );
}

#[test]
fn a_figure_without_cells_stores_or_panels_is_drawn_too() {
    let view = View::france();
    let mut figure = candidates(&view, Theme::Light);
    figure.panels[0].data = MapData::default();
    assert!(figure_file(&figure, 358.0).contains("Natural Earth"));
    figure.panels[0].scale = 7;
    assert!(figure_file(&figure, f64::NAN).starts_with("<svg"));
    figure.panels.clear();
    assert!(figure_page(&figure, 0.0).starts_with("<div"));
}

#[test]
fn a_box_becomes_a_view_that_holds_it() {
    let view = View::covering(&BOX).expect("a box in France");
    let held = view.bounds();
    assert!(held.south < BOX.south && held.north > BOX.north && held.west < BOX.west && held.east > BOX.east);
    assert!(view.half_width_km() < 80.0);
    let wrong = |south, west, north, east| {
        View::covering(&Bounds {
            south,
            west,
            north,
            east,
        })
        .is_err()
    };
    assert!(wrong(48.0, 2.0, 47.0, 3.0) && wrong(f64::NAN, 2.0, 47.0, 3.0) && wrong(10.0, 2.0, 11.0, 3.0));
    assert!(
        View::covering(&Bounds {
            south: 0.0,
            west: -90.0,
            north: 90.0,
            east: 90.0
        })
        .is_ok()
    );
}
