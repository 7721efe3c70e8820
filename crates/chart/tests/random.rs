//! Any data in any example chart: never a panic, always well-formed, never text over text, bars or lines.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot read its own files should fail loudly"
)]

mod support;

use std::sync::LazyLock;

use chalandise_chart::{Column, ColumnKind, Frame, Frames, Language, Theme, inspect};
use chrono::{Days, NaiveDate};
use proptest::prelude::*;
use support::Example;

static EXAMPLES: LazyLock<Vec<Example>> = LazyLock::new(Example::all);

fn number() -> impl Strategy<Value = Option<f64>> {
    prop_oneof![
        3 => (-1e8..1e8_f64).prop_map(Some),
        2 => (-1.0..1.0_f64).prop_map(Some),
        1 => prop::sample::select(vec![0.0, -0.0, 1e-300, 1e300, -1e300, f64::MAX, f64::MIN, 1e15, 0.1 + 0.2]).prop_map(Some),
        1 => Just(None),
    ]
}

fn text() -> impl Strategy<Value = Option<String>> {
    prop_oneof![
        3 => "[A-Za-zéÎ’ -]{1,30}".prop_map(Some),
        2 => prop::sample::select(vec!["store", "web", "post", "phone", "predicted", "simulated"]).prop_map(|name| Some(name.to_owned())),
        1 => any::<String>().prop_map(Some),
        1 => Just(None),
    ]
}

fn day() -> impl Strategy<Value = Option<NaiveDate>> {
    let near = |days: u64| NaiveDate::from_ymd_opt(2024, 1, 1).unwrap() + Days::new(days);
    prop_oneof![
        8 => (0..1000_u64).prop_map(move |days| Some(near(days))),
        1 => prop::sample::select(vec![NaiveDate::MIN, NaiveDate::MAX, NaiveDate::default()]).prop_map(Some),
        1 => Just(None),
    ]
}

fn column(kind: ColumnKind, rows: usize) -> BoxedStrategy<Column> {
    match kind {
        ColumnKind::Number => prop::collection::vec(number(), rows).prop_map(Column::Number).boxed(),
        ColumnKind::Text => prop::collection::vec(text(), rows).prop_map(Column::Text).boxed(),
        ColumnKind::Date => prop::collection::vec(day(), rows).prop_map(Column::Date).boxed(),
    }
}

fn frame(kinds: Vec<(String, ColumnKind)>) -> impl Strategy<Value = Frame> {
    let rows = prop_oneof![1 => Just(0_usize), 1 => Just(1), 6 => 2..16_usize, 1 => 40..60_usize];
    rows.prop_flat_map(move |rows| {
        let columns: Vec<BoxedStrategy<Column>> = kinds.iter().map(|(_, kind)| column(*kind, rows)).collect();
        let names: Vec<String> = kinds.iter().map(|(name, _)| name.clone()).collect();
        columns.prop_map(move |columns| Frame::new(names.iter().cloned().zip(columns).collect()).unwrap())
    })
}

fn frames() -> impl Strategy<Value = (usize, Frames)> {
    (0..EXAMPLES.len()).prop_flat_map(|nth| {
        let example = &EXAMPLES[nth];
        let named: Vec<_> = (example.frames.named.iter())
            .map(|(name, data)| {
                frame(data.kinds())
                    .prop_map({
                        let name = name.clone();
                        move |data| (name.clone(), data)
                    })
                    .boxed()
            })
            .collect();
        (Just(nth), frame(example.frames.main.kinds()), named).prop_map(|(nth, main, named)| {
            (
                nth,
                named
                    .into_iter()
                    .fold(Frames::new(main), |frames, (name, data)| frames.with(&name, data)),
            )
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases.max(600), failure_persistence: None,
        max_shrink_iters: 400, ..ProptestConfig::default() })]
    #[test]
    fn any_data_is_drawn_without_overlap((nth, frames) in frames(), width_px in 24.0..1400.0_f64, french in any::<bool>()) {
        let language = if french { Language::French } else { Language::English };
        let svg = EXAMPLES[nth].draw_frames(&frames, language, Theme::Css, width_px).unwrap();
        let faults = inspect::faults(&svg);
        prop_assert!(faults.is_empty(), "{} at {width_px}: {faults:?}\n{svg}", EXAMPLES[nth].name);
    }
}
