//! A deliberately broken page file gives one message with every fault.

use chalandise::dashboard::Pages;
use chalandise::query::Library;

use crate::lake::root;

/// Wrong in many ways at once; the snapshot beside this file holds the message.
const BROKEN: &str = r#"path = 7
titel = { fr = "Vue", en = "View" }
navigation = { fr = "Vue" }
needs = ["orders", "stoers"]

[finding]
query = "overview/findng"
[[finding.case]]
when = "rise"
title = { fr = "De {change:procent}", en = "Up {change" }

[[figure]]
id = "Trend!"
name = { fr = "Mois", en = "Months" }
columns = 13
query = "overview/by_month"
subtitle = { fr = "En {unit}", en = "In {unit}" }
n = { column = "ordres", of = { fr = "commandes", en = "orders" } }
[figure.finding]
query = "overview/finding_by_month"
[[figure.finding.case]]
title = { fr = "{months:count} mois, {abov:count} en hausse", en = "{channel:words.chanel}" }
[figure.chart]
arrange = "down"
x = { column = "mois", scale = "month" }
[[figure.chart.panels]]
[[figure.chart.panels.marks]]
mark = "bar"
y = "net_revenu"
"#;

#[test]
fn every_fault_of_a_page_file_is_listed_at_once() {
    let library = Library::load(&root().join("queries")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("broken")).unwrap();
    std::fs::write(folder.path().join("broken/page.toml"), BROKEN).unwrap();
    let faults = Pages::load(folder.path(), &library).unwrap_err();
    insta::assert_snapshot!(faults.to_string());
}

#[test]
fn what_is_no_toml_is_said_with_its_line() {
    let library = Library::load(&root().join("queries")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("broken")).unwrap();
    std::fs::write(folder.path().join("broken/page.toml"), "path = \"/\"\ntitle = {\n").unwrap();
    let faults = Pages::load(folder.path(), &library).unwrap_err().to_string();
    assert!(
        faults.contains("broken/page.toml, line 2") || faults.contains("broken/page.toml, line 3"),
        "{faults}"
    );
}

#[test]
fn the_shipped_pages_are_sound() {
    let library = Library::load(&root().join("queries")).unwrap();
    let pages = Pages::load(&root().join("queries"), &library).unwrap();
    assert_eq!(
        pages.all().iter().map(|page| page.path.as_str()).collect::<Vec<_>>(),
        ["/", "/network", "/customers"]
    );
}
