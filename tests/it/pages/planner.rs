//! The planner's pages over HTTP: their links lead somewhere, their forecasts say how sure they are, their forms spell plans.

use std::collections::{BTreeMap, BTreeSet};

use super::client::{Answer, demo_site};

/// The pages with a plan, a choice, a store.
const PAGES: [&str; 7] = [
    "/network?lang=fr",
    "/network/stores?lang=fr",
    "/network/stores/S001?lang=fr",
    "/network/scenario?lang=fr",
    "/network/scenario?lang=fr&change=open:48.9,2.4,1500:Nord&change=close:S002",
    "/network/white-space?lang=fr&sites=2&closings=1",
    "/network/scenarios?lang=fr",
];
/// Links of one kind that are followed: a map has thousands that differ in a cell alone, and the pages lead to each other.
const MOST_ALIKE: usize = 3;

/// The addresses of a page's links on this server.
fn links(html: &str) -> Vec<String> {
    let parts = html.split("href=\"").skip(1);
    let addresses = parts.filter_map(|rest| rest.split('"').next());
    // A pattern for the script has braces.
    let own =
        addresses.filter(|address| address.starts_with('/') && !address.starts_with("//") && !address.contains('{'));
    own.map(|address| address.replace("&amp;", "&")).collect()
}

/// What links of one kind have in common: the path without ids, and the keys.
fn kind(address: &str) -> String {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let keys: Vec<&str> = query.split('&').filter_map(|pair| pair.split('=').next()).collect();
    let path = match path.strip_prefix("/network/stores/") {
        Some(_) => "/network/stores/{store}",
        None => path,
    };
    format!("{path}?{}", keys.join("&"))
}

#[test]
fn links_of_the_planners_pages_lead_somewhere() {
    let site = demo_site();
    let mut followed: BTreeSet<String> = BTreeSet::new();
    let mut alike: BTreeMap<String, usize> = BTreeMap::new();
    for page in PAGES {
        let html = site.get(page);
        assert_eq!(html.status, 200, "{page}");
        for link in links(&html.text()) {
            let path = link.split('#').next().unwrap_or_default();
            let count = alike.entry(kind(path)).or_default();
            if *count == MOST_ALIKE || !followed.insert(path.to_owned()) {
                continue;
            }
            *count += 1;
            let answer = site.get(path);
            assert!(
                matches!(answer.status, 200 | 303),
                "{page} leads to {path}: {}",
                answer.status
            );
        }
    }
    assert!(followed.len() > 100, "{} links", followed.len());
}

#[test]
fn every_page_with_a_forecast_says_how_wrong_the_model_is_on_what_it_has_not_seen() {
    let site = demo_site();
    for page in PAGES.into_iter().skip(1).filter(|page| !page.contains("scenarios")) {
        let html = site.get(page).text();
        assert!(
            html.contains("le modèle se trompe de") || html.contains("ce modèle se trompe de"),
            "{page}"
        );
        assert!(!html.contains("n’a pas pu être calculée"), "{page}: a part fails");
    }
    // What closing a store costs has its interval wherever it is said.
    for (figure, columns) in [
        ("network_stores/stores", ["network_loss_low_80", "network_loss_high_80"]),
        ("network_stores/closings", ["gain_low_80", "gain_high_80"]),
    ] {
        let csv = site.get(&format!("/f/{figure}.csv")).text();
        let mut lines = csv.lines();
        let head: Vec<&str> = lines.next().expect("a head").split(',').collect();
        let place = |name: &str| head.iter().position(|column| *column == name).expect(name);
        let amount = columns[0].replace("_low_80", "");
        let mut held = 0;
        for line in lines {
            let fields: Vec<&str> = line.split(',').collect();
            let number = |name: &str| fields[place(name)].parse::<f64>().ok();
            if let (Some(low), Some(amount), Some(high)) = (number(columns[0]), number(&amount), number(columns[1])) {
                assert!(low < amount && amount < high, "{line}");
                held += 1;
            }
        }
        assert!(held > 20, "{figure}: {held} rows");
    }
}

fn led_to(answer: &Answer) -> &str {
    assert_eq!(answer.status, 303);
    answer.header("location").expect("an address")
}

#[test]
fn a_site_without_an_area_is_as_large_as_the_usual_store_and_called_by_its_commune() {
    let site = demo_site();
    let answer = site.get("/network/scenario?add=open&add_place=47.2184,-1.5536&lang=fr");
    let address = led_to(&answer);
    let change = address.split("open%3A47.2184%2C-1.5536%2C").nth(1).expect(address);
    let area: f64 = change
        .split("%3A")
        .next()
        .and_then(|area| area.parse().ok())
        .expect(address);
    assert!((200.0..10_000.0).contains(&area), "{address}");
    assert!(
        address.ends_with("%3ANantes") && address.contains("lang=fr"),
        "{address}"
    );
    let page = site.get(address);
    assert_eq!(page.status, 200);
    assert!(page.text().contains("Ouvrir Nantes"));
}

#[test]
fn fields_of_the_list_change_the_plan() {
    let site = demo_site();
    let plan = "change=open:47.2184,-1.5536,1500:Nantes&change=close:S002";
    let edited = site.get(&format!(
        "/network/scenario?{plan}&edit.1.sales_area_m2=900&edit.1.place=Vertou"
    ));
    let address = led_to(&edited);
    assert!(
        address.contains("%2C900%3AVertou") && address.contains("close%3AS002"),
        "{address}"
    );
    // What cannot be read is said, beside the results of the plan without it.
    let wrong = site
        .get(&format!("/network/scenario?{plan}&edit.1.sales_area_m2=grand&lang=fr"))
        .text();
    assert!(wrong.contains("Changement 1, la surface") && wrong.contains("role=\"alert\""));
    assert!(
        wrong.contains("Effet sur chaque magasin") || wrong.contains("scenario_stores"),
        "the results stand"
    );
}

#[test]
fn figures_that_need_a_plan_wait_for_one() {
    let site = demo_site();
    let (empty, full) = (site.get(PAGES[3]).text(), site.get(PAGES[4]).text());
    let has = |html: &str, figure: &str| html.contains(&format!("/f/network_scenario/{figure}.csv"));
    assert!(has(&empty, "today") && !has(&empty, "steps") && !has(&empty, "stores"));
    assert!(!has(&full, "today") && has(&full, "steps") && has(&full, "stores") && has(&full, "map"));
}

#[test]
fn maps_among_the_figures_show_the_place_of_the_address() {
    let site = demo_site();
    let shown = |path: &str| {
        let html = site.get(path).text();
        let centre = html
            .split("data-centre=\"")
            .nth(1)
            .and_then(|rest| rest.split('"').next());
        centre.unwrap_or_else(|| panic!("{path}: no map")).to_owned()
    };
    for page in [PAGES[2], PAGES[3], PAGES[4], PAGES[5]] {
        let moved = format!("{page}&view=47.2184,-1.5536,25");
        assert_ne!(shown(page), shown(&moved), "{page}");
        let centre = shown(&moved);
        let (latitude, longitude) = centre.split_once(',').expect("two numbers");
        let near = |text: &str, degrees: f64| (text.parse::<f64>().expect("a number") - degrees).abs() < 0.01;
        assert!(near(latitude, 47.2184) && near(longitude, -1.5536), "{page}: {centre}");
        let refused = site.get(&format!("{page}&view=nowhere"));
        assert_eq!(refused.status, 400, "{page}");
        assert!(refused.text().contains("La vue de la carte ne se lit pas"), "{page}");
    }
    // A page without a map has no such view.
    assert_eq!(site.get("/customers?view=fr").status, 400);
}

#[test]
fn a_long_list_of_changes_is_taken_back_by_buttons_that_do_not_repeat_the_plan() {
    let site = demo_site();
    let sites: Vec<String> = (0..120)
        .map(|number| format!("change=open:47.{:04},-1.55,300:Site{number}", 2000 + number))
        .collect();
    let spelled = site.get(&format!("/network/scenario?lang=fr&{}", sites.join("&")));
    let address = led_to(&spelled).to_owned();
    let page = site.get(&address);
    assert_eq!(page.status, 200);
    let html = page.text();
    assert!(html.contains("name=\"drop\" value=\"120\"") && html.contains("Retirer\u{a0}: Ouvrir Site119"));
    let plans = html.matches("Site119").count();
    assert!(plans < 120, "the last site is written {plans} times");
    let without = site.get(&format!("{address}&drop=120"));
    let left = led_to(&without);
    assert!(
        left.contains("Site118") && !left.contains("Site119") && !left.contains("drop"),
        "{left}"
    );
}
