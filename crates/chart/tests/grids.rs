//! Grids and flows over random tables of 1 to 12 bands: holes, hidden cells, very long names, one row, no row.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot read its own files should fail loudly"
)]

mod support;

use std::sync::LazyLock;

use chalandise_chart::{Column, Drawing, Frame, Frames, Language, Spec, Theme, inspect, render};
use proptest::prelude::*;
use support::Example;

static EXAMPLES: LazyLock<Vec<Example>> = LazyLock::new(Example::all);

fn example(name: &str) -> &'static Example {
    EXAMPLES.iter().find(|example| example.name == name).unwrap()
}

fn numbers(values: impl IntoIterator<Item = Option<f64>>) -> Column {
    Column::Number(values.into_iter().collect())
}

fn texts(values: impl IntoIterator<Item = Option<String>>) -> Column {
    Column::Text(values.into_iter().collect())
}

fn value() -> impl Strategy<Value = Option<f64>> {
    prop_oneof![
        6 => (0.0..1.0_f64).prop_map(Some),
        2 => (0.0..1e9_f64).prop_map(Some),
        1 => prop::sample::select(vec![0.0, -1.0, 1e-300, 1e300, f64::MAX]).prop_map(Some),
        2 => Just(None),
    ]
}

fn name() -> impl Strategy<Value = Option<String>> {
    prop_oneof![
        4 => "[A-Za-zéÎ’ -]{1,12}".prop_map(Some),
        1 => "[A-Za-zéÎ’ -]{60,90}".prop_map(Some),
        1 => Just(None),
    ]
}

/// Rows of a grid with each of its cells, some left away.
#[derive(Debug, Clone)]
struct Grid {
    rows: Vec<Option<String>>,
    columns: Vec<Option<String>>,
    cells: Vec<(usize, usize)>,
    values: Vec<Option<f64>>,
    hidden: Vec<bool>,
}

fn grid() -> impl Strategy<Value = Grid> {
    let names = || prop::collection::vec(name(), 1..=12);
    (names(), names()).prop_flat_map(|(rows, columns)| {
        let all: Vec<(usize, usize)> = (0..rows.len())
            .flat_map(|row| (0..columns.len()).map(move |at| (row, at)))
            .collect();
        let count = all.len();
        (Just(rows), Just(columns), prop::sample::subsequence(all, 0..=count)).prop_flat_map(
            |(rows, columns, cells)| {
                let values = prop::collection::vec(value(), cells.len());
                let hidden = prop::collection::vec(prop::bool::weighted(0.1), cells.len());
                (values, hidden).prop_map(move |(values, hidden)| Grid {
                    rows: rows.clone(),
                    columns: columns.clone(),
                    cells: cells.clone(),
                    values,
                    hidden,
                })
            },
        )
    })
}

impl Grid {
    fn frame(&self, example: &str) -> Frame {
        let rows = || texts(self.cells.iter().map(|(row, _)| self.rows[*row].clone()));
        let columns = || texts(self.cells.iter().map(|(_, column)| self.columns[*column].clone()));
        let ranks = || numbers(self.cells.iter().map(|(_, column)| Some(*column as f64 + 1.0)));
        let values = || numbers(self.values.iter().copied());
        let hidden = texts(self.hidden.iter().map(|hidden| Some(hidden.to_string())));
        let named: Vec<(&str, Column)> = match example {
            "rfm_grid" => vec![
                ("recency", numbers(self.cells.iter().map(|(row, _)| Some(*row as f64)))),
                ("recency_label", rows()),
                ("frequency", ranks()),
                ("frequency_label", columns()),
                ("value", values()),
                ("customers", values()),
            ],
            "cohorts" => vec![
                ("quarter", rows()),
                ("recruited", values()),
                ("later", ranks()),
                ("later_label", columns()),
                ("share", values()),
            ],
            "cells" => vec![
                ("region", rows()),
                ("channel", columns()),
                ("basket", values()),
                ("hidden", hidden),
            ],
            _ => vec![
                ("before", rows()),
                (
                    "before_rank",
                    numbers(self.cells.iter().map(|(row, _)| Some(*row as f64))),
                ),
                ("after", columns()),
                ("after_rank", ranks()),
                ("customers", values()),
            ],
        };
        Frame::new(
            named
                .into_iter()
                .map(|(name, column)| (name.to_owned(), column))
                .collect(),
        )
        .unwrap()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases.max(600), failure_persistence: None,
        max_shrink_iters: 400, ..ProptestConfig::default() })]
    #[test]
    fn any_grid_is_drawn_without_overlap(
        grid in grid(),
        name in prop::sample::select(vec!["rfm_grid", "cohorts", "cells", "migration"]),
        width_px in prop_oneof![24.0..1400.0_f64, Just(358.0), Just(481.0), Just(687.0)],
        french in any::<bool>(),
    ) {
        let language = if french { Language::French } else { Language::English };
        let frames = Frames::new(grid.frame(name));
        let svg = example(name).draw_frames(&frames, language, Theme::Css, width_px).unwrap();
        let faults = inspect::faults(&svg);
        prop_assert!(faults.is_empty(), "{name} at {width_px}: {faults:?}\n{svg}");
        if name == "cells" {
            // The example's words name every cell that is shown and no other.
            let shown = |nth: &usize| grid.values[*nth].is_some_and(f64::is_finite) && !grid.hidden[*nth];
            let places: std::collections::BTreeSet<_> = (0..grid.cells.len()).map(|nth| {
                let (row, column) = grid.cells[nth];
                (grid.rows[row].clone(), grid.columns[column].clone())
            }).collect();
            prop_assert!(svg.matches("<a href").count() <= (0..grid.cells.len()).filter(shown).count().min(places.len()));
        }
        if name == "migration" && !grid.cells.is_empty() {
            // However thin, every flow is drawn and told.
            let flows = grid.values.iter().flatten().filter(|value| value.is_finite() && **value > 0.0).count();
            prop_assert_eq!(svg.matches(" → ").count(), flows);
        }
    }
}

#[test]
fn a_hole_is_no_cell_and_a_hidden_group_says_nothing() {
    let svg = example("cells").draw(Language::French, Theme::Css, 481.0).unwrap();
    // 14 rows, one of them without value and one hidden.
    assert_eq!(svg.matches("<a href").count(), 12);
    assert!(!svg.contains("49,1"), "the hidden basket is told");
    assert_eq!(
        svg.matches("moins de 11 clients").count(),
        2,
        "in the cell's title and in the legend"
    );
}

#[test]
fn the_strip_shows_the_classes_that_are_drawn() {
    let svg = example("rfm_grid").draw(Language::French, Theme::Css, 481.0).unwrap();
    for class in 1..=7 {
        let used = svg.matches(&format!("f-q{class}\"")).count();
        assert!(used >= 1, "class {class} is missing from the strip");
    }
    for limit in ["0,5", "16\u{202f}%"] {
        assert!(svg.contains(&format!(">{limit}</text>")), "{limit} is not printed");
    }
}

#[test]
fn columns_go_where_the_axis_says() {
    let narrow = example("cohorts").draw(Language::French, Theme::Css, 200.0).unwrap();
    assert!(narrow.contains(">1</text>") && !narrow.contains("T+10"), "{narrow}");
}

#[test]
fn flows_are_told_in_words() {
    let svg = example("migration").draw(Language::French, Theme::Css, 687.0).unwrap();
    assert!(
        svg.contains("Fidèles → À risque\u{a0}: 24\u{202f}000")
            || svg.contains("Fidèles → À risque\u{a0}: 24,0\u{a0}k")
    );
}

/// Arrangements that no example shows: names of rows above their cells or nowhere, two grids side by side, numbers behind a grid.
const OTHERS: &str = r#"
arrange = "across"
y = { column = "region", title = { fr = "Région", en = "Region" }, LABELS row_px = 44, missing = { fr = "Non localisé", en = "Not located" } }
[[panels]]
title = { fr = "panier, €", en = "basket, €" }
x = { column = "channel", scale = "band", title = { fr = "canal de vente", en = "sales channel" } }
[[panels.marks]]
mark = "cell"
color = { sequence = "basket" }
text = { column = "basket", format = "money_unit" }
note = { column = "basket", format = "percent" }
[[panels]]
x = { column = "channel", scale = "band", labels = "SIDE", drop = "first", title = { fr = "canal", en = "channel" } }
[[panels.marks]]
mark = "cell"
color = { sequence = "basket" }
legend_format = "count_short"
hidden = { column = "hidden" }
[[panels]]
title = { fr = "total", en = "total" }
[[panels.marks]]
mark = "text"
text = { column = "basket", format = "money_unit" }
[[panels]]
[[panels.marks]]
mark = "bar"
x = "basket"
"#;

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases.max(400), failure_persistence: None,
        max_shrink_iters: 400, ..ProptestConfig::default() })]
    #[test]
    fn grids_stand_beside_others(
        grid in grid(),
        labels in prop::sample::select(vec!["", "labels = \"above\",", "labels = \"none\","]),
        side in prop::sample::select(vec!["above", "below", "none"]),
        width_px in 24.0..1400.0_f64,
    ) {
        let spec: Spec = toml::from_str(&OTHERS.replace("LABELS", labels).replace("SIDE", side)).unwrap();
        let drawing = Drawing { id: "o", title: "t", desc: "d", width_px, language: Language::French, theme: Theme::Light, currency: "EUR" };
        let svg = render(&spec, &Frames::new(grid.frame("cells")), &drawing).unwrap();
        let faults = inspect::faults(&svg);
        prop_assert!(faults.is_empty(), "{labels} {side} at {width_px}: {faults:?}\n{svg}");
    }
}
