//! Figures of maps on a page and in files, with the pages of `tests/fixtures/maps` beside the shipped ones.

use std::path::Path;
use std::sync::OnceLock;

use serde_json::Value;

use super::client::{Site, demo_lake};
use crate::lake::root;

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("a copy");
        }
    }
}

fn site() -> &'static Site {
    static SITE: OnceLock<(tempfile::TempDir, Site)> = OnceLock::new();
    let (_, site) = SITE.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let queries = folder.path().join("queries");
        copy(&root().join("queries"), &queries);
        copy(&root().join("tests/fixtures/maps"), &queries.join("maps"));
        let site = Site::with(demo_lake(), queries);
        (folder, site)
    });
    site
}

#[test]
fn a_page_shows_its_maps_with_labels_legends_and_tables() {
    let page = site().get("/maps?lang=fr");
    assert_eq!(page.status, 200);
    let html = page.text();
    assert_eq!(html.matches("class=\"chart map-figure\"").count(), 5);
    for words in ["<h3>Différence</h3>", "<h3>Avant</h3>", "<h3>Après</h3>"] {
        assert_eq!(html.matches(words).count(), 1, "{words}");
    }
    for sign in [
        "magasin choisi",
        "ouverture",
        "fermeture",
        "concurrent",
        "des cellules",
        "(mêmes classes)",
    ] {
        assert!(html.contains(sign), "{sign}");
    }
    assert!(html.contains("Nouveau &amp; grand") && !html.contains(" style=\""));
    assert!(html.contains("/f/maps/difference.geojson?lang=fr"));
    // Links of cells carry the index as everywhere else, and the table names the communes.
    let cell = html
        .split("?cell=")
        .nth(1)
        .and_then(|rest| rest.get(..15))
        .expect("a link");
    assert!(u64::from_str_radix(cell, 16).is_ok(), "{cell}");
    assert!(html.contains("<th scope=\"col\">Communes</th>"));
    let english = site().get("/maps?lang=en&theme=dark").text();
    assert!(english.contains("competitor") && english.contains("(same classes)"));
    assert_eq!(site().get("/f/maps/difference?lang=en").status, 200);
}

#[test]
fn maps_have_all_files() {
    for figure in ["difference", "catchment", "france"] {
        for (extension, kind) in [
            ("svg", "image/svg+xml"),
            ("png", "image/png"),
            ("csv", "text/csv; charset=utf-8"),
            ("json", "application/json"),
            ("geojson", "application/geo+json"),
            ("sql", "text/plain; charset=utf-8"),
        ] {
            let answer = site().get(&format!("/f/maps/{figure}.{extension}?lang=fr"));
            assert_eq!(answer.status, 200, "{figure}.{extension}");
            assert_eq!(answer.header("content-type"), Some(kind), "{figure}.{extension}");
        }
    }
    assert_eq!(
        site().get("/f/network/stores.geojson").status,
        404,
        "a chart has no cells"
    );
    let svg = site().get("/f/maps/difference.svg?lang=fr&width=1200").text();
    for words in [
        ">Différence<",
        ">Avant<",
        ">Après<",
        ">ouverture<",
        "Natural Earth",
        "Source",
    ] {
        assert!(svg.contains(words), "{words}");
    }
    assert!(!svg.contains("<a ") && !svg.contains("var(--") && !svg.contains("<use"));
}

#[test]
fn polygons_are_those_of_the_rows_and_outlines_stand_behind_them() {
    let read = |path: &str| -> Value { serde_json::from_slice(&site().get(path).body).expect("JSON") };
    let rows = read("/f/maps/catchment.json");
    let geojson = read("/f/maps/catchment.geojson");
    let features = geojson["features"].as_array().expect("features");
    let (cells, rings): (Vec<&Value>, Vec<&Value>) = features
        .iter()
        .partition(|feature| feature["geometry"]["type"] == "Polygon");
    assert_eq!(cells.len(), rows["rows"].as_array().expect("rows").len());
    let shares: Vec<i64> = rings
        .iter()
        .filter_map(|ring| ring["properties"]["ring"].as_i64())
        .collect();
    assert_eq!(shares, [50, 80, 95]);
    assert!(rings.iter().all(|ring| ring["geometry"]["type"] == "MultiPolygon"));
    let hidden: Vec<&&Value> = cells
        .iter()
        .filter(|cell| cell["properties"]["suppressed"] == true)
        .collect();
    assert!(!hidden.is_empty() && hidden.iter().all(|cell| cell["properties"]["before"].is_null()));
}

#[test]
fn a_region_is_where_a_map_without_a_frame_looks() {
    let rows = |path: &str| site().get(path).text().lines().count();
    let (france, region) = (rows("/f/maps/france.csv"), rows("/f/maps/france.csv?region=Bretagne"));
    assert!(region > 1 && france > 1 && region != france);
    let svg = site().get("/f/maps/france.svg?lang=fr&region=Bretagne").text();
    assert!(svg.contains("H3 niveau 6") && !svg.contains("Île-de-France ×"));
}
