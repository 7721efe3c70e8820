//! What the server answers: pages, errors, caching, guards.

use super::client::{cdnow_site, demo_site};

#[tokio::test(flavor = "multi_thread")]
async fn page_1_works_on_cdnow_and_says_what_is_missing() {
    let (_lake, site) = cdnow_site().await;
    let page = site.get("/?lang=fr");
    assert_eq!(page.status, 200);
    let html = page.text();
    assert!(
        html.contains("98,0\u{a0}k\u{a0}$"),
        "the revenue of the last 12 months in dollars"
    );
    assert!(
        html.contains("une table que le lac n’a pas encore"),
        "what the stores' figure lacks"
    );
    assert!(
        !html.contains("générés pour la démonstration"),
        "CDNOW is no generated retailer"
    );
    assert!(!html.contains("n’a pas pu être calculée"), "no part fails");
    let all = site.get("/f/overview/trend.csv?period=1997-01-01..1998-06-30").text();
    let cents: i64 = all
        .lines()
        .skip(1)
        .map(|line| cents(line.split(',').nth(2).expect("net revenue")))
        .sum();
    assert_eq!(cents, 24_409_194, "months add up to the file's total to the cent");
    assert!(
        site.get("/network").text().contains("Aucune"),
        "the map says that nothing is located"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_lake_version_is_shown_without_a_restart() {
    let (lake, site) = cdnow_site().await;
    assert!(site.get("/healthz").text().contains("\"lake_version\":1"));
    let before = site.get("/").header("etag").expect("an ETag").to_owned();
    let more = lake.write("more.txt", "99999 1 19980630 1 10.00\n");
    lake.import("cdnow", &[more]).await.expect("another order");
    std::thread::sleep(std::time::Duration::from_millis(1100));
    assert!(site.get("/healthz").text().contains("\"lake_version\":2"));
    assert_ne!(site.get("/").header("etag").expect("an ETag"), before);
}

#[test]
fn pages_say_that_the_retailer_is_generated() {
    let html = demo_site().get("/?lang=fr").text();
    assert!(html.contains("Enseigne et chiffres générés pour la démonstration"));
    assert!(
        demo_site()
            .get("/network?lang=en")
            .text()
            .contains("Retailer and figures generated")
    );
}

#[test]
fn only_this_machine_under_its_own_name_is_answered() {
    let site = demo_site();
    assert_eq!(site.ask("/", &[("Host", "example.org")]).status, 421);
    assert_eq!(site.ask("/", &[("Host", "localhost")]).status, 200);
    let page = site.get("/");
    assert!(
        page.header("content-security-policy")
            .is_some_and(|policy| !policy.contains("unsafe"))
    );
    assert!(
        !page.text().contains(" style=\""),
        "no inline style, which the policy would refuse"
    );
    assert!(!page.text().contains("<script>"), "no inline script");
}

#[test]
fn errors_are_pages_in_the_readers_language() {
    let site = demo_site();
    for (address, status, words) in [
        (
            "/?lang=fr&period=hier",
            400,
            "La période de l’adresse n’est pas lisible",
        ),
        (
            "/?lang=en&sales_channel=fax",
            400,
            "The sales channel in the address does not exist",
        ),
        (
            "/?lang=en&region=Atlantis",
            400,
            "The region in the address does not occur",
        ),
        ("/network?lang=en&layer=gold", 400, "The map has no such layer"),
        ("/network?lang=en&view=moon", 400, "The map’s view cannot be read"),
        (
            "/network?lang=en&cell=xyz",
            400,
            "The cell in the address is not an H3 cell",
        ),
        ("/nowhere?lang=fr", 404, "Cette page n’existe pas"),
        ("/f/overview/nothing", 404, "page"),
        ("/f/overview/trend.doc", 404, "page"),
        ("/sql/overview/nothing", 404, "page"),
    ] {
        let answer = site.get(address);
        assert_eq!(answer.status, status, "{address}");
        assert!(answer.text().contains(words), "{address}: {}", answer.text());
    }
}

#[test]
fn an_answer_that_the_client_has_is_not_sent_again() {
    let site = demo_site();
    let first = site.get("/?lang=fr");
    let etag = first.header("etag").expect("an ETag").to_owned();
    let again = site.ask("/?lang=fr", &[("If-None-Match", &etag)]);
    assert_eq!((again.status, again.body.len()), (304, 0));
    let other = site.ask("/?lang=en", &[("If-None-Match", &etag)]);
    assert_eq!(other.status, 200, "another language is another answer");
    let packed = site.ask("/?lang=fr", &[("Accept-Encoding", "gzip")]);
    assert_eq!(packed.header("content-encoding"), Some("gzip"));
    assert!(packed.body.len() * 4 < first.body.len(), "gzip gains");
    assert!(packed.body.len() < 100 << 10, "a page stays under 100 KiB");
    let map = site.ask("/network", &[("Accept-Encoding", "gzip")]);
    assert!(
        map.body.len() < 100 << 10,
        "the map stays under 100 KiB: {}",
        map.body.len()
    );
}

#[test]
fn language_and_theme_come_from_the_address_and_are_remembered() {
    let site = demo_site();
    let english = site.ask("/", &[("Accept-Language", "en-GB,en;q=0.9")]);
    assert!(english.text().contains("<html lang=\"en\""));
    let dark = site.get("/?theme=dark&lang=fr");
    assert!(dark.text().contains("<html lang=\"fr\" data-theme=\"dark\""));
    assert!(dark.header("set-cookie").is_some());
    let remembered = site.ask("/", &[("Cookie", "lang=en; theme=light")]);
    assert!(remembered.text().contains("<html lang=\"en\" data-theme=\"light\""));
}

#[test]
fn static_files_are_named_by_their_content_and_kept_for_ever() {
    let site = demo_site();
    let html = site.get("/").text();
    let style = html
        .split("href=\"/static/")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .expect("a style sheet");
    let answer = site.get(&format!("/static/{style}"));
    assert_eq!(answer.status, 200);
    assert!(
        answer
            .header("cache-control")
            .is_some_and(|kept| kept.contains("immutable"))
    );
    let css = answer.text();
    let font = css
        .split("url(\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .expect("the font");
    assert_eq!(site.get(font).status, 200, "{font}");
    assert_eq!(site.get("/static/other.css").status, 404);
}

#[test]
fn the_catalogue_lists_tables_queries_functions_and_terms() {
    let html = demo_site().get("/catalog?lang=en").text();
    for name in [
        "orders",
        "net_revenue",
        "overview/by_month",
        "h3_latlng_to_cell",
        "Like for like",
    ] {
        assert!(html.contains(name), "{name}");
    }
    let sql = demo_site().get("/sql/overview/by_month").text();
    assert!(sql.contains("from_on") && sql.contains("select"));
}

/// `12.34` in cents.
fn cents(text: &str) -> i64 {
    if text.is_empty() {
        return 0;
    }
    let (whole, part) = text.split_once('.').expect("two decimals");
    let sign = if text.starts_with('-') { -1 } else { 1 };
    whole.parse::<i64>().expect("whole") * 100 + sign * part.parse::<i64>().expect("cents")
}
