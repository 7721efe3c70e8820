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

/// The same of a figure's maps.
const BROKEN_MAPS: &str = r#"path = "/own"
title = { fr = "T", en = "T" }
[finding]
query = "overview/finding"
[[finding.case]]
title = { fr = "T", en = "T" }

[[figure]]
id = "maps"
name = { fr = "Cartes", en = "Maps" }
query = "overview/by_month"
subtitle = { fr = "S", en = "S" }
[figure.finding]
query = "overview/finding_by_month"
[[figure.finding.case]]
title = { fr = "T", en = "T" }
[figure.chart]
arrange = "down"
x = { column = "month", scale = "month" }
[figure.map]
frame = "network/cells"
stores = "network/stores_on_mp"
outlines = { query = "network/cells", off = { fr = "du CA", en = "of revenue" } }
link = "/network?cell={cell"
store_link = "/network?store={store}"
zoom = 3
[[figure.map.panel]]
column = "net_revenu"
label = { fr = "Avant", en = "Before" }
legend = { fr = "CA", en = "Revenue" }
share = "level"
ramp = "diference"
[[figure.map.panel]]
column = "last_year"
label = { fr = "Après" }
legend = { fr = "CA", en = "Revenue" }
share = "level"
size = "huge"
[[figure.map.panel]]
column = "change"
label = { fr = "Écart", en = "Change" }
style = "percents"
size = "large"
moment = "now"

[[figure]]
id = "bare"
name = { fr = "Carte", en = "Map" }
query = "network/cells"
subtitle = { fr = "S", en = "S" }
finding = { query = "overview/finding", case = [{ title = { fr = "T", en = "T" } }] }
map = { store_link = "/network" }
"#;

/// A folder of queries with the shipped filters and nothing else.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::copy(root().join("queries/filters.toml"), folder.path().join("filters.toml")).expect("a copy");
    folder
}

fn faults_of(file: &str) -> String {
    let library = Library::load(&root().join("queries")).expect("sound queries");
    let folder = folder();
    std::fs::create_dir(folder.path().join("broken")).expect("a folder");
    std::fs::write(folder.path().join("broken/page.toml"), file).expect("a file");
    let faults = Pages::load(folder.path(), &library).expect_err("it is broken");
    faults.to_string()
}

#[test]
fn every_fault_of_a_page_file_is_listed_at_once() {
    let faults = faults_of(BROKEN);
    insta::assert_snapshot!(faults);
}

#[test]
fn every_fault_of_a_figures_maps_is_listed_at_once() {
    insta::assert_snapshot!(faults_of(BROKEN_MAPS));
}

/// A page that is sound but for what stands in front of its finding.
fn page(head: &str) -> Result<Pages, String> {
    let library = Library::load(&root().join("queries")).expect("sound queries");
    let folder = folder();
    std::fs::create_dir(folder.path().join("own")).expect("a folder");
    let text = format!(
        "title = {{ fr = \"T\", en = \"T\" }}\n{head}\n[finding]\nquery = \"overview/finding\"\n\
         [[finding.case]]\ntitle = {{ fr = \"T\", en = \"T\" }}\n"
    );
    std::fs::write(folder.path().join("own/page.toml"), text).expect("a file");
    Pages::load(folder.path(), &library).map_err(|faults| faults.to_string())
}

#[test]
fn a_page_takes_no_filter_that_its_queries_do_not_and_gives_what_they_need() {
    assert!(page("path = \"/own\"").is_ok(), "no navigation, the usual filters");
    for (head, words) in [
        (
            "path = \"/own/{period}\"",
            "\"period\" is no filter with a list of values",
        ),
        (
            "path = \"/own/{sales_channel}\"\nfilters = [\"sales_channel\"]",
            "the path states \"sales_channel\" already",
        ),
        (
            "path = \"/own/{segment}\"",
            "no query of the page takes the filter \"segment\"",
        ),
        ("path = \"/own\"\nfilters = [\"perod\"]", "did you mean \"period\"?"),
        (
            "path = \"/own\"\nfilters = [\"period\", \"cohort\"]",
            "declare the parameter cohort_on",
        ),
        (
            "path = \"/own\"\nfilters = [\"region\"]",
            "needs \"from_on\", which the page does not give",
        ),
        (
            "path = \"/own\"\nparent = \"overview\"",
            "there is no page \"overview\" with a plain path",
        ),
        ("path = \"/sql\"", "the server itself answers /sql"),
    ] {
        let faults = page(head).unwrap_err();
        assert!(faults.contains(words), "{head}: {faults}");
    }
}

#[test]
fn a_caveat_chooses_its_words_by_a_case_of_its_query() {
    let words = "{ fr = \"A\", en = \"B\" }";
    let caveat = |rest: &str| page(&format!("path = \"/own\"\n[[caveat]]\n{rest}"));
    let cases = format!("[[caveat.case]]\nwhen = \"fall\"\ntext = {words}");
    assert!(caveat(&format!("query = \"overview/finding\"\n{cases}")).is_ok());
    assert!(caveat(&format!("query = \"overview/late_sources\"\ntext = {words}")).is_ok());
    for (rest, said) in [
        (
            format!("query = \"overview/late_sources\"\n{cases}"),
            "declares no column \"case\"",
        ),
        ("query = \"overview/late_sources\"".to_owned(), "text is missing"),
        (
            format!("query = \"overview/late_sources\"\ntexts = {words}"),
            "there is no key \"texts\"",
        ),
    ] {
        let faults = caveat(&rest).unwrap_err();
        assert!(faults.contains(said), "{rest}: {faults}");
    }
}

#[test]
fn what_is_no_toml_is_said_with_its_line() {
    let library = Library::load(&root().join("queries")).unwrap();
    let folder = folder();
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
        [
            "/",
            "/network",
            "/network/stores/{store}",
            "/network/stores",
            "/customers",
            "/network/scenario",
            "/customers/{segment}",
            "/network/white-space",
            "/network/scenarios",
            "/network/scenarios/compare"
        ]
    );
}
