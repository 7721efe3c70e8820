//! What holds for any data: the legend counts what is drawn, and nothing is too odd to draw.

use h3o::CellIndex;
use proptest::prelude::*;

use super::super::cells::class_colour;
use super::super::*;
use super::{cell_at, drawn_by_class, shown, spec, store};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_legend_counts_exactly_the_cells_drawn_in_each_class(
        values in proptest::collection::vec(-1e3f64..1e9, 1..60), difference: bool,
    ) {
        let view = View::france();
        let disk: Vec<CellIndex> = cell_at(46.5, 2.5, 5).grid_disk(5);
        let cells = disk.iter().zip(&values).map(|(cell, value)| shown(*cell, *value)).collect();
        let data = MapData { cells, ..MapData::default() };
        let (breaks, ramp) = match difference {
            true => (Breaks::difference(&values), Ramp::Difference),
            false => (Breaks::sequence(&values), Ramp::Sequence),
        };
        let page = MapSpec { theme: Theme::Css, ramp, ..spec(&view, &breaks) };
        let drawn = drawn_by_class(&render(&page, &data));
        let counted: std::collections::BTreeMap<String, usize> = crate::map::legend::bins(&page, &data.cells)
            .into_iter()
            .enumerate()
            .map(|(class, bins)| (class_colour(&breaks, ramp, class).name().to_owned(), bins.iter().sum()))
            .filter(|(_, count)| *count > 0)
            .collect();
        prop_assert_eq!(drawn, counted);
        // Every class has its own colour and strip, used or not.
        let key = crate::map::legend(&page, &data);
        for class in 0..breaks.classes() {
            let name = class_colour(&breaks, ramp, class).name();
            let class_attribute = format!("class=\"{name} ");
            prop_assert_eq!(key.matches(&class_attribute).count(), 1);
        }
    }

    #[test]
    fn no_cell_store_or_selection_is_too_odd_to_draw(
        cell: u64, value: f64, latitude: f64, longitude: f64, revenue: f64, selected: u64,
    ) {
        let view = View::france();
        let breaks = Breaks::sequence(&[value]);
        let mut odd = shown(cell_at(47.0, 2.0, 5), value);
        odd.cell = cell;
        let data = MapData {
            cells: vec![odd, shown(cell_at(47.0, 2.0, 5), value)],
            stores: vec![store("S", latitude, longitude, revenue, false)],
            selected: Some(selected),
        };
        for theme in [Theme::Css, Theme::Light] {
            let svg = render(&MapSpec { theme, ..spec(&view, &breaks) }, &data);
            prop_assert!(!svg.contains("NaN") && !svg.contains("inf"));
        }
    }
}
