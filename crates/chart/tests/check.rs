//! A faulty specification is told about all of its faults at once, each with what is allowed.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot read its own text should fail loudly"
)]

use std::collections::BTreeMap;

use chalandise_chart::{ColumnKind, Spec};

const COLUMNS: [(&str, ColumnKind); 3] = [
    ("month", ColumnKind::Date),
    ("revenue", ColumnKind::Number),
    ("region", ColumnKind::Text),
];

fn faults(spec: &str) -> Vec<String> {
    let spec: Spec = toml::from_str(spec).unwrap();
    let columns = COLUMNS.map(|(name, kind)| (name.to_owned(), kind));
    let named = BTreeMap::from([("mailings".to_owned(), vec![("name".to_owned(), ColumnKind::Text)])]);
    spec.check_with(&columns, &named)
        .iter()
        .map(ToString::to_string)
        .collect()
}

#[test]
fn all_faults_are_listed_with_what_is_allowed() {
    let found = faults(
        r#"
        x = { column = "revenue", scale = "month" }
        y = { grid = true }
        [[panels]]
        x = { grid = true }
        y = { ticks = 9, domain = [2, 1] }
        height_px = 0
        [[panels.marks]]
        mark = "bar"
        y = "revnue"
        radius_px = 3
        color = { sign = "region" }
        title = { fr = "{month:mont}", en = "{month" }
        [[panels.marks]]
        mark = "triangle"
        data = "mailing"
        [[panels.marks]]
        mark = "line"
        text = { column = "region", words = { fr = "a", en = "a" } }
        "#,
    );
    let expected = [
        "x.column: column 'revenue' holds number; name a column of date",
        "y: panels share x only; move it into each panel, as panels[…].y",
        "panels[0].x: x is shared by the panels; move it to the chart's own x",
        "panels[0].y.domain: the range is empty; write the smaller number first",
        "panels[0].y.ticks: more than 6 ticks; allowed are 0 to 6",
        "panels[0].height_px: the size is out of range; allowed are 1 to 4000 pixels",
        "panels[0].marks[0].radius_px: this mark has no such channel; it takes x, x2, y, y2, span, text",
        "panels[0].marks[0].y: there is no column 'revnue'; allowed are month, revenue, region",
        "panels[0].marks[0].color: column 'region' holds text; name a column of number",
        "panels[0].marks[1].data: there is no dataset 'mailing'; allowed are mailings",
        "panels[0].marks[1].text: there is nothing to write; give text = { column = … }",
        "panels[0].marks[2].y: the mark has no value; name the column that holds it",
        "panels[0].marks[2].text: a label is written from one source; give either column or words",
    ];
    for fault in expected {
        assert!(
            found.iter().any(|found| found == fault),
            "missing: {fault}\nin {found:#?}"
        );
    }
    assert!(
        found
            .iter()
            .any(|fault| fault.starts_with("panels[0].marks[0].title.fr: unknown format 'mont'; allowed are count"))
            || found
                .iter()
                .any(|fault| fault.contains("title.fr: unknown format 'mont'"))
    );
    assert!(
        found
            .iter()
            .any(|fault| fault.contains("title.en: a brace in '{month' has no partner"))
    );
}

#[test]
fn an_unknown_key_is_refused_when_the_page_is_read() {
    let fault = toml::from_str::<Spec>("colour = 1").unwrap_err().to_string();
    assert!(fault.contains("unknown field `colour`"), "{fault}");
    let fault = toml::from_str::<Spec>("[[panels]]\n[[panels.marks]]\nmark = \"pie\"")
        .unwrap_err()
        .to_string();
    assert!(
        fault.contains("unknown variant `pie`, expected one of `line`, `area`, `bar`"),
        "{fault}"
    );
}

#[test]
fn a_sound_specification_has_no_fault() {
    let sound =
        "x = { column = \"month\", scale = \"month\" }\n[[panels]]\n[[panels.marks]]\nmark = \"bar\"\ny = \"revenue\"";
    assert_eq!(faults(sound), Vec::<String>::new());
}

#[test]
fn faults_of_grids_and_flows_are_listed_too() {
    let found = faults(
        r#"
        arrange = "across"
        y = { column = "region" }
        [[panels]]
        x = { scale = "band", labels = "left", ticks = 3 }
        [[panels.marks]]
        mark = "cell"
        color = "accent"
        breaks = [3, 2, 1, 0]
        note = { column = "revenue" }
        x = 3
        rows = "last"
        hidden = { column = "month" }
        [[panels.marks]]
        mark = "bar"
        x = "revenue"
        text = { column = "revenue", phone_format = "count" }
        [[panels]]
        x = { drop = "last" }
        [[panels.marks]]
        mark = "cell"
        color = { sequence = "revenue" }
        [[panels]]
        x = { scale = "month", column = "month" }
        [[panels.marks]]
        mark = "flow"
        from = { column = "regoin", order = "region" }
        color = "gain"
        "#,
    );
    let expected = [
        "panels[0].x.column: the band axis has no column; name the column that holds its values",
        "panels[0].x.labels: the labels cannot stand there; allowed are above, below, none",
        "panels[0].x: ticks, grid, zero and domain are for numbers; leave them out of a band axis",
        "panels[0].x.scale: a panel with bands of its own holds another mark than cells; give the other marks a panel of their own",
        "panels[0].marks[0].color: a cell is coloured by classes of a number; write color = { sequence = … }",
        "panels[0].marks[0].breaks: the breaks make no classes; give 4 to 6 numbers, each above the one before",
        "panels[0].marks[0].note: there is a second line without a first; write it as text, or give both",
        "panels[0].marks[0].x: a number is no band; name a column, or leave it out for the axis’ own",
        "panels[0].marks[0].rows: this mark draws all rows; leave it out",
        "panels[0].marks[0].hidden.column: column 'month' holds date; name a column of text or number",
        "panels[0].marks[1].text.phone_format: only cells have a format of their own on a phone; leave it out, or give a panel with only = \"phone\" the other format",
        "panels[1].x.drop: only bands of a panel have it; add scale = \"band\", or leave it out",
        "panels[1].marks[0].mark: a cell stands on two band axes; write arrange = \"across\" and give the panel x = { column = …, scale = \"band\" }",
        "panels[2].x.scale: a panel’s own axis holds numbers or bands; allowed are linear, band",
        "panels[2].marks[0].mark: this mark needs panels stacked down; write arrange = \"down\"",
        "panels[2].marks[0].from.column: there is no column 'regoin'; allowed are month, revenue, region",
        "panels[2].marks[0].from.order: column 'region' holds text; name a column of number",
        "panels[2].marks[0].to: the flow has one side only; write from = { column = … } and to = { column = … }",
        "panels[2].marks[0].value: the flow has no size; write value = { column = … }",
        "panels[2].marks[0].color: a flow is coloured by its direction; leave it out",
    ];
    for fault in expected {
        assert!(
            found.iter().any(|found| found == fault),
            "missing: {fault}\nin {found:#?}"
        );
    }
}
