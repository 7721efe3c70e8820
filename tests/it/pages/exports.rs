//! Figures as files: the same numbers in every form.

use super::client::demo_site;

#[test]
fn every_figure_has_its_files() {
    let site = demo_site();
    for figure in [
        "overview/trend",
        "overview/channels",
        "overview/regions",
        "overview/stores",
        "network/stores",
        "network/map",
    ] {
        for (extension, kind) in [
            ("svg", "image/svg+xml"),
            ("png", "image/png"),
            ("csv", "text/csv; charset=utf-8"),
            ("json", "application/json"),
            ("sql", "text/plain; charset=utf-8"),
        ] {
            let answer = site.get(&format!("/f/{figure}.{extension}?lang=fr"));
            assert_eq!(answer.status, 200, "{figure}.{extension}");
            assert_eq!(answer.header("content-type"), Some(kind), "{figure}.{extension}");
            assert!(!answer.body.is_empty());
        }
        assert_eq!(site.get(&format!("/f/{figure}")).status, 200, "{figure} as a page");
    }
}

#[test]
fn a_picture_carries_its_words_and_literal_colours() {
    let svg = demo_site()
        .get("/f/overview/trend.svg?lang=fr&sales_channel=web")
        .text();
    assert!(svg.starts_with("<svg ") && svg.contains("Source\u{a0}: orders"));
    assert!(svg.contains("web") && svg.contains("générés pour la démonstration"));
    assert!(!svg.contains("var(--") && svg.contains("#0b5a6b"));
    let dark = demo_site().get("/f/overview/trend.svg?theme=dark").text();
    assert!(dark.contains("#6cc7d4"));
}

#[test]
fn channels_regions_and_months_add_up_to_the_same_revenue() {
    let site = demo_site();
    let total = |figure: &str, column: &str| -> i128 {
        let json: serde_json::Value =
            serde_json::from_slice(&site.get(&format!("/f/overview/{figure}.json")).body).unwrap();
        let rows = json["rows"].as_array().unwrap();
        rows.iter()
            .map(|row| {
                row[column]
                    .as_str()
                    .unwrap_or("0.00")
                    .replace('.', "")
                    .parse::<i128>()
                    .unwrap()
            })
            .sum()
    };
    let months = total("trend", "net_revenue");
    assert!(months > 0);
    assert_eq!(total("channels", "net_revenue"), months);
    assert_eq!(total("regions", "net_revenue"), months);
}

#[test]
fn a_french_spreadsheet_opens_the_csv() {
    let plain = demo_site().get("/f/overview/channels.csv").text();
    let french = demo_site().get("/f/overview/channels.csv?dialect=fr").text();
    assert!(plain.starts_with("sales_channel,net_revenue,"));
    assert!(french.starts_with("\u{feff}sales_channel;net_revenue;"));
    let amount = plain.lines().nth(1).and_then(|line| line.split(',').nth(1)).unwrap();
    assert!(french.contains(&amount.replace('.', ",")));
}

#[test]
fn small_cells_carry_no_figure_in_any_file() {
    let site = demo_site();
    let json: serde_json::Value = serde_json::from_slice(&site.get("/f/network/map.json").body).unwrap();
    let rows = json["rows"].as_array().unwrap();
    let hidden: Vec<_> = rows.iter().filter(|row| row["suppressed"] == true).collect();
    assert!(!hidden.is_empty(), "a small demo has small cells");
    for row in &hidden {
        for column in ["net_revenue", "orders", "customers", "basket", "revenue_per_household"] {
            assert!(row[column].is_null(), "{row}");
        }
    }
    assert!(
        rows.iter()
            .filter(|row| row["suppressed"] == false)
            .all(|row| row["customers"].as_i64().unwrap() >= 11)
    );
    let geo: serde_json::Value = serde_json::from_slice(&site.get("/f/network/map.geojson").body).unwrap();
    let features = geo["features"].as_array().unwrap();
    assert_eq!(features.len(), rows.len());
    assert!(
        features
            .iter()
            .filter(|one| one["properties"]["suppressed"] == true)
            .all(|one| one["properties"]["orders"].is_null())
    );
    let ring = features[0]["geometry"]["coordinates"][0].as_array().unwrap();
    assert_eq!(ring.first(), ring.last());
}
