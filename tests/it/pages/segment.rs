//! The page of a customer segment: its address, its filters, its links, its figures and their files.

use std::collections::BTreeSet;
use std::process::Command;

use serde_json::Value;

use super::client::{demo_lake, demo_site};
use crate::lake::root;

const SEGMENTS: [&str; 6] = ["champions", "loyal", "promising", "dormant", "at_risk", "lost"];

fn json(address: &str) -> Value {
    serde_json::from_slice(&demo_site().get(address).body).unwrap_or_else(|error| panic!("{address}: {error}"))
}

fn rows(address: &str) -> Vec<Value> {
    json(address)["rows"].as_array().cloned().unwrap_or_default()
}

/// What the program itself answers to SQL on the same lake, without the header.
fn sql(statement: &str) -> Vec<String> {
    let output = Command::new(env!("CARGO_BIN_EXE_chalandise"))
        .arg("--resources")
        .arg(root())
        .arg("--lake")
        .arg(demo_lake())
        .args(["query", "--format", "csv", statement])
        .output()
        .expect("the program runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    text.lines().skip(1).map(str::to_owned).collect()
}

/// The addresses that a page links to.
fn links(html: &str) -> BTreeSet<String> {
    html.split("href=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .map(|link| link.replace("&amp;", "&"))
        .collect()
}

fn inner<'t>(html: &'t str, from: &str, to: &str) -> &'t str {
    let rest = html.split(from).nth(1).unwrap_or_else(|| panic!("no {from}"));
    rest.split(to).next().unwrap_or_default()
}

#[test]
fn every_segment_has_its_page_in_both_languages() {
    let site = demo_site();
    for (segment, french, english) in [
        ("champions", "Les champions", "Champions"),
        ("loyal", "Les fidèles", "Loyal customers"),
        ("promising", "Les prometteurs", "Promising customers"),
        ("dormant", "Les clients à réveiller", "Dormant customers"),
        ("at_risk", "Les clients à risque", "Customers at risk"),
        ("lost", "Les perdus", "Lost customers"),
    ] {
        for (language, words) in [("fr", french), ("en", english)] {
            let answer = site.get(&format!("/customers/{segment}?lang={language}"));
            assert_eq!(answer.status, 200, "{segment}");
            let html = answer.text();
            let heading = inner(&html, "<h1>", "</h1>");
            assert!(heading.starts_with(words), "{segment}: {heading}");
            assert!(!html.contains("role=\"alert\""), "{segment}: every part is computed");
        }
    }
    let packed = site.ask("/customers/champions", &[("Accept-Encoding", "gzip")]);
    assert!(packed.body.len() < 100 << 10, "a page stays under 100 KiB");
}

#[test]
fn it_is_reached_from_the_customers_and_not_from_the_navigation() {
    let html = demo_site().get("/customers/lost?lang=fr").text();
    let navigation = inner(&html, "<nav aria-label=\"Pages\">", "</nav>");
    assert!(navigation.contains("<a href=\"/customers\" aria-current=\"page\">"));
    assert!(!navigation.contains("/customers/"));
    let context = inner(&html, "<p class=\"over\">", "</p>");
    assert!(
        context.starts_with("<a href=\"/customers\">Clients</a> · Segment\u{a0}: Perdus · au 31"),
        "{context}"
    );
    let siblings = inner(&html, "<nav class=\"layers\"", "</nav>");
    assert!(siblings.contains("<a href=\"/customers/lost?lang=fr\" aria-current=\"page\">Perdus</a>"));
    let own = links(&demo_site().get("/customers?lang=fr&region=Bretagne").text());
    for segment in SEGMENTS {
        assert!(siblings.contains(&format!("href=\"/customers/{segment}")), "{segment}");
        assert!(
            own.contains(&format!("/customers/{segment}?region=Bretagne")),
            "{segment}"
        );
    }
}

#[test]
fn a_segment_that_does_not_exist_is_not_found_and_those_that_do_are_listed() {
    for address in ["/customers/vip?lang=fr", "/customers/Champions?lang=fr"] {
        let answer = demo_site().get(address);
        assert_eq!(answer.status, 404, "{address}");
        let html = answer.text();
        assert!(
            html.contains("champions, loyal, promising, dormant, at_risk, lost"),
            "{html}"
        );
        assert!(html.contains("<a href=\"/customers/at_risk\">À risque</a>"));
    }
    assert_eq!(demo_site().get("/customers/lost/more").status, 404);
}

#[test]
fn a_page_refuses_filters_that_it_does_not_take() {
    let site = demo_site();
    for (address, words) in [
        (
            "/customers?lang=fr&period=2025",
            "ne prend pas le filtre «\u{a0}period\u{a0}»",
        ),
        ("/customers?lang=en&segment=lost", "does not take the filter “segment”"),
        ("/?lang=en&cohort=2026-03", "does not take the filter “cohort”"),
        ("/?lang=en&layer=orders", "does not take the filter “layer”"),
        ("/customers/lost?lang=fr&segment=lost", "déjà dans le chemin"),
        ("/customers/lost?lang=en&chanel=web", "unknown filter, “chanel”"),
        ("/customers/lost?lang=fr&cohort=2026", "Le mois du premier achat"),
        ("/customers/lost?lang=en&recency_score=6", "Write 5, 4, 3, 2 or 1"),
        (
            "/f/customer_segment/customers.csv?lang=fr",
            "doit préciser «\u{a0}segment\u{a0}»",
        ),
        (
            "/f/customer_segment/rfm.svg?lang=en&segment=vip",
            "“Segment”: the value",
        ),
        (
            "/f/overview/trend.svg?lang=en&segment=lost",
            "does not take the filter “segment”",
        ),
    ] {
        let answer = site.get(address);
        assert_eq!(answer.status, 400, "{address}");
        assert!(answer.text().contains(words), "{address}: {}", answer.text());
    }
    let all = "sales_channel=store&cohort=2026-03&recency_score=2&frequency_score=1";
    let html = site.get(&format!("/customers/lost?lang=fr&{all}")).text();
    let context = inner(&html, "<p class=\"over\">", "</p>");
    for words in ["magasin", "premier achat en mars 2026", "récence 2", "fréquence 1"] {
        assert!(context.contains(words), "{words}: {context}");
    }
    let without = "/customers/lost?sales_channel=store&recency_score=2&frequency_score=1&lang=fr";
    assert!(links(context).contains(without), "{context}");
    let form = inner(&html, "<form", "</form>");
    assert!(
        form.contains("name=\"cohort\"") && !form.contains("name=\"period\"") && !form.contains("name=\"segment\"")
    );
}

#[test]
fn links_carry_only_the_filters_that_the_other_page_takes() {
    let site = demo_site();
    let overview = links(&site.get("/?period=2026&region=Bretagne").text());
    assert!(overview.contains("/customers?region=Bretagne"), "{overview:?}");
    assert!(overview.contains("/network?period=2026&region=Bretagne"));
    let segment = links(&site.get("/customers/lost?region=Bretagne&cohort=2026-03").text());
    assert!(segment.contains("/?region=Bretagne") && segment.contains("/customers?region=Bretagne&cohort=2026-03"));
    assert!(
        segment.contains("/customers/loyal?region=Bretagne&cohort=2026-03"),
        "{segment:?}"
    );
    let figure = site
        .get("/f/customer_segment/origins?segment=lost&region=Bretagne")
        .text();
    assert!(links(&figure).contains("/customers/lost?region=Bretagne"));
    assert!(inner(&figure, "<form", "</form>").contains("<input type=\"hidden\" name=\"segment\" value=\"lost\">"));
}

#[test]
fn no_link_of_these_pages_leads_nowhere() {
    let site = demo_site();
    let mut seen = BTreeSet::new();
    for page in [
        "/customers",
        "/customers/at_risk?region=Bretagne",
        "/f/customer_segment/customers?segment=lost",
    ] {
        for link in links(&site.get(page).text()) {
            let address = link.split('#').next().unwrap_or_default().to_owned();
            if !address.starts_with('/') || address.contains(".png") || !seen.insert(address.clone()) {
                continue;
            }
            assert_eq!(site.get(&address).status, 200, "{page} links to {address}");
        }
    }
    assert!(seen.len() > 60, "{}", seen.len());
}

#[test]
fn files_carry_the_segment() {
    let answer = demo_site().get("/f/customer_segment/customers.csv?segment=lost");
    assert_eq!(
        answer.header("content-disposition"),
        Some("inline; filename=\"chalandise-customer_segment-lost-customers-2026-10-31.csv\"")
    );
    let whole = json("/f/customer_segment/customers.json?segment=lost&cohort=2026-03");
    assert_eq!(whole["filters"]["segment"], "lost");
    assert_eq!(whole["filters"]["cohort_on"], "2026-03-01");
    assert!(whole["filters"]["from_on"].is_null(), "the page has no period");
    let picture = demo_site()
        .get("/f/customer_segment/channels.svg?segment=lost&lang=fr")
        .text();
    assert!(picture.contains("perdus") && picture.contains("au 31\u{a0}oct. 2026 · tous canaux"));
    assert!(!picture.contains("<a "), "a picture in a file leads nowhere");
    let grid = demo_site().get("/f/customer_segment/rfm.svg?segment=lost").text();
    assert!(!grid.contains("href="));
}

#[test]
fn a_page_without_a_period_states_none_anywhere() {
    let site = demo_site();
    let figure = site.get("/f/customers/segments?lang=en").text();
    let context = inner(&figure, "<p class=\"over\">", "</p>");
    assert!(context.contains("as of 31\u{a0}Oct 2026"), "{context}");
    let picture = site.get("/f/customers/segments.svg?lang=fr").text();
    assert!(picture.contains("au 31\u{a0}oct. 2026 · tous canaux · toutes régions"));
    assert!(!picture.contains("12 mois"));
    let name = site.get("/f/customers/segments.csv");
    assert!(
        name.header("content-disposition")
            .is_some_and(|name| name.contains("segments-2026-10-31.csv"))
    );
}

#[test]
fn the_list_is_what_sql_says_and_the_most_valuable_stand_first() {
    let listed = sql(
        "select v.customer_id, r.first_on, r.last_on, r.purchase_days, r.net_revenue, v.clv, v.clv_low, v.clv_high \
         from customer_value v join rfm r on r.customer_id = v.customer_id and r.as_of_on = v.as_of_on \
         where v.segment = 'at_risk' order by v.clv desc nulls last, v.customer_id",
    );
    assert!(listed.len() > 50, "{}", listed.len());
    let text = demo_site()
        .get("/f/customer_segment/customers.csv?segment=at_risk")
        .text();
    let names: Vec<&str> = text.lines().next().unwrap_or_default().split(',').collect();
    let place = |name: &str| names.iter().position(|other| *other == name).expect("the column");
    let wanted = [
        "customer_id",
        "first_on",
        "last_on",
        "purchases",
        "net_revenue",
        "clv",
        "clv_low",
        "clv_high",
    ]
    .map(place);
    let file: Vec<String> = text
        .lines()
        .skip(1)
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            wanted.map(|at| cells[at]).join(",")
        })
        .collect();
    assert_eq!(file, listed);
    let html = demo_site().get("/customers/at_risk?lang=fr").text();
    let table = inner(&html, "id=\"customers\"", "</table>");
    let shown: Vec<&str> = table
        .split("<th scope=\"row\">")
        .skip(1)
        .filter_map(|rest| rest.split('<').next())
        .collect();
    let first: Vec<&str> = listed[..50].iter().filter_map(|line| line.split(',').next()).collect();
    assert_eq!(shown, first);
    assert!(html.contains("Les 50 premières lignes"));
    for column in ["email", "name", "phone", "address"] {
        assert!(!names.iter().any(|name| name.contains(column)), "{column}");
    }
}

#[test]
fn segments_add_up_to_the_customers_page() {
    let cents = |value: &Value| -> i128 {
        let text = value.as_str().unwrap_or("0.00").replace('.', "");
        text.parse().unwrap_or_default()
    };
    let page = rows("/f/customers/segments.json");
    for row in &page {
        let segment = row["segment"].as_str().unwrap_or_default();
        let own = |figure: &str| rows(&format!("/f/customer_segment/{figure}.json?segment={segment}"));
        let list = own("customers");
        assert_eq!(list.len() as i64, row["customers"].as_i64().unwrap_or(-1), "{segment}");
        let clv: i128 = list.iter().map(|customer| cents(&customer["clv"])).sum();
        assert_eq!(clv, cents(&row["clv"]), "{segment}: the value to the cent");
        for figure in ["rfm", "origins", "channels", "regions"] {
            let groups = own(figure);
            let customers: i64 = groups.iter().filter_map(|row| row["customers"].as_i64()).sum();
            let hidden = list.len() as i64 - customers;
            // What is hidden of a segment has enough customers together.
            let hides = groups.iter().any(|row| row["customers"].is_null());
            assert!(
                if hides { hidden >= 11 } else { hidden == 0 },
                "{segment}: {figure} lacks {hidden}"
            );
        }
    }
    assert_eq!(page.len(), 6);
}

#[test]
fn a_cell_of_the_grid_leads_to_its_customers_and_a_small_one_to_nobody() {
    // Few customers order by phone: that leaves few to a cell.
    let (mut small, mut shown) = (0, 0);
    for filters in ["", "sales_channel=phone&"] {
        let html = demo_site().get(&format!("/customers/loyal?{filters}")).text();
        let links = links(&html);
        for cell in rows(&format!("/f/customer_segment/rfm.json?segment=loyal&{filters}")) {
            let scores = format!(
                "{filters}recency_score={}&frequency_score={}",
                cell["recency_score"], cell["frequency_score"]
            );
            let list = rows(&format!("/f/customer_segment/customers.json?segment=loyal&{scores}"));
            let hidden = cell["hidden"] == true;
            // One that is large enough may be hidden beside a small one.
            assert!(hidden || list.len() >= 11, "{scores}");
            let counted = cell["customers"].as_i64();
            assert_eq!(counted, (!hidden).then_some(list.len() as i64), "{scores}");
            assert_eq!(hidden, cell["clv"].is_null() && cell["clv_share"].is_null(), "{scores}");
            let link = format!("/customers/loyal?{scores}#customers");
            assert_eq!(links.contains(&link), !hidden, "{link}");
            if hidden { small += 1 } else { shown += 1 }
        }
    }
    assert!(small > 0 && shown > 0, "{small} hidden, {shown} shown");
}
