//! A plan as an address, as a form, as lines and as JSON; and everything that is refused.

use chalandise::notebook::scenario::{Assumptions, Change, MOST_CHANGES, Part, Plan, PlanError, Wrong, text};
use proptest::prelude::*;

use super::plan;

fn read(query: &[(&str, &str)]) -> Result<Plan, PlanError> {
    Ok(Plan::read(query.iter().copied())?.plan)
}

fn refused(changes: &[&str]) -> PlanError {
    let pairs = changes.iter().map(|change| ("change", *change));
    Plan::read(pairs).expect_err("refused")
}

const ADDRESS: [(&str, &str); 12] = [
    ("change", "open:47.1683,-1.4712,2400:Vertou"),
    (
        "change",
        r"open:47.25,-1.6,1800,format=retail park\: a\, b,fixed_cost=310000,investment=900000.5:Orvault: north, 2nd",
    ),
    ("change", "close:S123"),
    ("change", "move:erp:S201:47.2,-1.6"),
    ("change", "resize:S007:1800"),
    ("change", "competitor:47.2,-1.5,2000:Rival"),
    ("margin", "51.8"),
    ("web", "1.1"),
    ("kept", "30"),
    ("fixed_cost", "250000"),
    ("investment", "800000"),
    ("ramp", "66.6667"),
];

#[test]
fn an_address_is_a_plan_and_the_plan_is_that_address() {
    let address = Plan::read(ADDRESS).expect("a plan");
    assert!(address.canonical);
    let plan = address.plan;
    let pairs = plan.pairs();
    assert!(pairs.iter().map(|(key, value)| (*key, value.as_str())).eq(ADDRESS));
    assert_eq!(
        plan.changes()[1],
        Change::Open {
            name: "Orvault: north, 2nd".into(),
            latitude: 47.25,
            longitude: -1.6,
            sales_area_m2: 1800.0,
            format: Some("retail park: a, b".into()),
            fixed_cost: Some(310_000.0),
            investment: Some(900_000.5),
        }
    );
    assert_eq!(plan.changes()[3].store_id(), Some("erp:S201"));
    assert_eq!(
        *plan.assumptions(),
        Assumptions {
            margin_rate: Some(0.518),
            web_effect: Some(0.011),
            web_kept: Some(0.3),
            fixed_cost: Some(250_000.0),
            investment: Some(800_000.0),
            first_year_ramp: Some(0.666_667),
        }
    );
    let lines = format!("{}\n{}", plan.changes_text(), plan.assumptions_text());
    assert_eq!(Plan::read_lines(&lines), Ok(plan.clone()));
    assert_eq!(plan.without(1).changes().len(), 5);
    assert_eq!(plan.without(6), plan);
}

#[test]
fn other_spellings_lead_to_the_one_address() {
    let address = Plan::read([
        ("margin", ""),
        ("layer", "revenue"),
        ("change", " move:S1:47.20000001,-1.60"),
        ("change", ""),
    ])
    .expect("a plan");
    assert!(!address.canonical);
    assert_eq!(address.plan.pairs(), [("change", "move:S1:47.2,-1.6".to_owned())]);
    assert_eq!(read(&[]), Ok(Plan::default()));
    assert!(text::keys().any(|key| key == "add_latitude") && !text::keys().any(|key| key == "layer"));
}

#[test]
fn a_form_without_script_adds_a_change() {
    let mut sent = vec![
        ("change", "close:S1"),
        ("add_name", "Vertou"),
        ("add_latitude", "47.1683"),
        ("add_longitude", "-1.4712"),
        ("add_sales_area_m2", "2400"),
        ("add_format", ""),
        ("add_store_id", "S2"),
        ("add", "open"),
    ];
    let address = Plan::read(sent.clone()).expect("a plan");
    assert!(!address.canonical);
    assert_eq!(address.plan, plan("close:S1\nopen:47.1683,-1.4712,2400:Vertou"));
    sent.pop();
    assert_eq!(read(&sent), Ok(plan("close:S1")), "no button was pressed");
    for (kind, change) in [
        ("close", "close:S2"),
        ("move", "move:S2:47.1683,-1.4712"),
        ("resize", "resize:S2:2400"),
        ("competitor", "competitor:47.1683,-1.4712,2400:Vertou"),
    ] {
        let sent = [sent.as_slice(), &[("add", kind)]].concat();
        assert_eq!(read(&sent), Ok(plan(&format!("close:S1\n{change}"))), "{kind}");
    }
    let wrong = [
        ("change", "close:S1"),
        ("add", "open"),
        ("add_latitude", "47,2"),
        ("add_sales_area_m2", "-1"),
    ];
    insta::assert_snapshot!(read(&wrong).expect_err("refused"));
    let unknown = read(&[("add", "opne")]).expect_err("refused");
    insta::assert_snapshot!(unknown);
}

#[test]
fn every_fault_names_the_part_the_value_and_the_remedy() {
    let wrong = [
        ("change", "opne:47,1,2:A"),
        ("change", "open:95,-181,-5:North"),
        ("change", "open:47.1,-1.4:Vertou"),
        ("change", "open:47.1,1e2,2400:Vertou"),
        ("change", "open:47.1,-1.4,2400,parking=30:Vertou"),
        ("change", "open:47.1,-1.4,2400,format=a,format=b:Vertou"),
        ("change", "open:47.1,-1.4,2400,investment=2000000000: "),
        ("change", "close:"),
        ("change", "move:S1:47.1"),
        ("change", "resize:1800"),
        ("change", "close:a\u{202e}b"),
        ("margin", "151.8"),
        ("web", "one"),
        ("ramp", "70"),
        ("ramp", "80"),
    ];
    let error = read(&wrong).expect_err("refused");
    let all: Vec<String> = error.faults.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(all.join("\n"));
    insta::assert_snapshot!("a_message_shows_ten_faults", error);
}

#[test]
fn a_store_is_changed_in_one_way() {
    let wrong = |changes: &[&str]| {
        refused(changes)
            .faults
            .into_iter()
            .map(|fault| fault.wrong)
            .collect::<Vec<_>>()
    };
    assert!(read(&[("change", "move:S1:47,1"), ("change", "resize:S1:900")]).is_ok());
    assert_eq!(wrong(&["close:S1", "close:S2", "close: S1"]), [Wrong::Twice]);
    assert_eq!(wrong(&["close:S1", "move:S1:47,1"]), [Wrong::Contradicts { other: 1 }]);
    assert_eq!(wrong(&["resize:S1:900", "close:S1"]), [Wrong::Contradicts { other: 1 }]);
    assert_eq!(
        wrong(&["move:S1:47,1", "resize:S1:900", "move:S1:47,2"]),
        [Wrong::Contradicts { other: 1 }]
    );
    assert_eq!(
        wrong(&["open:47,1,5:A", "open:47,2,5:a"]),
        [Wrong::SameName { other: 1 }]
    );
    assert!(read(&[("change", "open:47,1,5:A"), ("change", "competitor:47,1,5:A")]).is_ok());
    insta::assert_snapshot!(refused(&["close:S1", "move:S1:47,1"]));
}

#[test]
fn ten_thousand_changes_are_refused_in_one_sentence() {
    let many: Vec<String> = (0..10_000).map(|store| format!("close:S{store}")).collect();
    let error = refused(&many.iter().map(String::as_str).collect::<Vec<_>>());
    insta::assert_snapshot!(error, @r"
    the plan has 1 fault:
      the list of changes is `10000`: there are more than 500; split the plan into several
    ");
    assert_eq!(error.faults[0].part, Part::Changes);
    let changes: Vec<Change> = plan(&many[..MOST_CHANGES].join("\n")).changes().to_vec();
    assert_eq!(changes.len(), MOST_CHANGES);
    let one_more = [changes.as_slice(), &[Change::Close { store_id: "S".into() }]].concat();
    let error = Plan::new(one_more, Assumptions::default()).expect_err("too many");
    assert_eq!(error.faults[0].wrong, Wrong::TooMany);
    // Forty-five closings of a network are one plan.
    assert_eq!(plan(&many[..45].join("\n")).pairs().len(), 45);
}

#[test]
fn json_has_the_same_names_and_the_same_faults() {
    let plan = Plan::read(ADDRESS).expect("a plan").plan;
    let json = serde_json::to_string_pretty(&plan).expect("JSON");
    insta::assert_snapshot!(json);
    assert_eq!(serde_json::from_str::<Plan>(&json).expect("a plan"), plan);
    for (json, reason) in [
        (
            r#"{"changes":[{"kind":"close","store_id":"S1","why":"rent"}]}"#,
            "unknown field `why`",
        ),
        (r#"{"changes":[{"kind":"explode"}]}"#, "unknown variant `explode`"),
        (
            r#"{"changes":[],"assumptions":{"margin":51.8}}"#,
            "unknown field `margin`",
        ),
        (
            r#"{"changes":[],"assumptions":{"margin_rate":51.8}}"#,
            "`margin_rate` is `51.8`: it is out of range; give a number from 0 to 1",
        ),
        (
            r#"{"changes":[{"kind":"resize","store_id":"S1","sales_area_m2":-4}]}"#,
            "`sales_area_m2` of change 1 is `-4`",
        ),
    ] {
        let error = serde_json::from_str::<Plan>(json).expect_err(json).to_string();
        assert!(error.contains(reason), "{error}");
    }
}

#[test]
fn numbers_that_are_none_are_refused() {
    for area in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300] {
        let change = Change::Resize {
            store_id: "S1".into(),
            sales_area_m2: area,
        };
        let error = Plan::new(vec![change], Assumptions::default()).expect_err("refused");
        assert!(matches!(error.faults[0].wrong, Wrong::Range { .. }));
        assert!(error.to_string().len() < 300);
    }
}

/// A name as users write them: any printable signs.
fn a_name() -> impl Strategy<Value = String> {
    prop_oneof![r"[a-zA-Zé,:;=&%+\\ ]{1,20}", r"\PC{1,20}"].prop_filter("not blank, nothing invisible", |text| {
        Plan::new(vec![Change::Close { store_id: text.clone() }], Assumptions::default()).is_ok()
    })
}

fn a_change() -> impl Strategy<Value = Change> {
    let place = || (-90.0..=90.0_f64, -180.0..=180.0_f64);
    let area = || 0.0..=1e6_f64;
    let money = || prop::option::of(0.0..=1e9_f64);
    prop_oneof![
        (a_name(), place(), area(), prop::option::of(a_name()), money(), money()).prop_map(
            |(name, (latitude, longitude), sales_area_m2, format, fixed_cost, investment)| Change::Open {
                name,
                latitude,
                longitude,
                sales_area_m2,
                format,
                fixed_cost,
                investment,
            }
        ),
        a_name().prop_map(|store_id| Change::Close { store_id }),
        (a_name(), place()).prop_map(|(store_id, (latitude, longitude))| Change::Move {
            store_id,
            latitude,
            longitude
        }),
        (a_name(), area()).prop_map(|(store_id, sales_area_m2)| Change::Resize {
            store_id,
            sales_area_m2
        }),
        (a_name(), place(), area()).prop_map(|(name, (latitude, longitude), sales_area_m2)| Change::Competitor {
            name,
            latitude,
            longitude,
            sales_area_m2
        }),
    ]
}

fn some_assumptions() -> impl Strategy<Value = Assumptions> {
    let upto = |most: f64| prop::option::of(0.0..=most);
    (
        upto(1.0),
        prop::option::of(-1.0..=2.0),
        upto(1.0),
        upto(1e9),
        upto(1e9),
        upto(2.0),
    )
        .prop_map(
            |(margin_rate, web_effect, web_kept, fixed_cost, investment, first_year_ramp)| Assumptions {
                margin_rate,
                web_effect,
                web_kept,
                fixed_cost,
                investment,
                first_year_ramp,
            },
        )
}

fn a_plan() -> impl Strategy<Value = Plan> {
    (prop::collection::vec(a_change(), 0..8), some_assumptions())
        .prop_filter_map("changes that exclude each other", |(changes, assumptions)| {
            Plan::new(changes, assumptions).ok()
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn every_plan_survives_its_written_forms(plan in a_plan()) {
        let pairs = plan.pairs();
        let address = Plan::read(pairs.iter().map(|(key, value)| (*key, value.as_str()))).expect("a plan");
        prop_assert_eq!(&address.plan, &plan);
        prop_assert!(address.canonical);
        let encoded = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&pairs).finish();
        let decoded: Vec<_> = url::form_urlencoded::parse(encoded.as_bytes()).collect();
        prop_assert_eq!(&Plan::read(decoded.iter().map(|(key, value)| (&**key, &**value))).expect("a plan").plan, &plan);
        let lines = [plan.changes_text(), plan.assumptions_text()].join("\n");
        prop_assert_eq!(&Plan::read_lines(&lines).expect("a plan"), &plan);
        let json = serde_json::to_string(&plan).expect("JSON");
        prop_assert_eq!(&serde_json::from_str::<Plan>(&json).expect("a plan"), &plan);
        prop_assert_eq!(&Plan::new(plan.changes().to_vec(), plan.assumptions().clone()).expect("a plan"), &plan);
    }

    #[test]
    fn no_text_breaks_the_reader(
        key in prop::sample::select(text::keys().collect::<Vec<_>>()),
        value in r"((open|close|move|resize|competitor|):)?[-0-9.,:=\\a-z]{0,30}|\PC{0,40}|(?s).{0,20}",
        kind in prop::sample::select(Change::KINDS.to_vec()),
    ) {
        match Plan::read([(key, value.as_str()), ("add", kind)]) {
            Ok(address) => {
                let pairs = address.plan.pairs();
                let again = Plan::read(pairs.iter().map(|(key, value)| (*key, value.as_str()))).expect("a plan");
                prop_assert_eq!(again.plan, address.plan);
            }
            Err(error) => prop_assert!(!error.faults.is_empty() && error.to_string().len() < 2_000),
        }
    }
}
