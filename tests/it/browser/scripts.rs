//! What works without script, and that scripts run clean.

use serde_json::json;

use super::driver::{Browser, DESK, Window};
use crate::pages::demo_site;

#[test]
fn pages_read_and_filter_without_script() {
    // A narrow window and no emulated phone: the driver needs script to touch.
    for width in [1280, 600] {
        let window = Window {
            width,
            script: false,
            ..DESK
        };
        let browser = Browser::open(window);
        browser.go(&demo_site().url("/?lang=fr"));
        let heading = browser.text("h1");
        assert!(heading.contains("chiffre d’affaires"), "{heading}");
        let form = if width < 760 { ".fn" } else { ".fw" };
        if width < 760 {
            browser.click(".fn summary");
        }
        browser.write(&format!("{form} select[name=sales_channel]"), "Web");
        browser.click(&format!("{form} button"));
        browser.address_with("sales_channel=web");
        assert!(browser.text("h1").contains("chiffre d’affaires"));
    }
}

#[test]
fn the_map_zooms_and_selects_by_links_alone() {
    let browser = Browser::open(Window { script: false, ..DESK });
    browser.go(&demo_site().url("/network?lang=fr"));
    browser.click(".side tbody a");
    browser.address_with("cell=");
    let panel = browser.text(".side");
    assert!(panel.contains("Panier moyen"), "{panel}");
    browser.click("[data-zoom=in]");
    let address = browser.address_with("view=");
    assert!(address.contains("cell="), "{address}");
}

#[test]
fn scripts_run_without_errors_and_nothing_is_refused() {
    let browser = Browser::open(DESK);
    for page in [
        "/?lang=fr",
        "/network?lang=fr",
        "/f/overview/trend?lang=fr",
        "/catalog",
        "/network/stores/S001",
        "/network/scenario",
        "/network/scenario?change=close:S001",
        "/network/white-space",
        "/network/scenarios",
    ] {
        browser.go(&demo_site().url(page));
        let refused = browser.run(
            "return performance.getEntriesByType('resource')
                .filter(r => r.responseStatus >= 400).map(r => r.name + ' ' + r.responseStatus)",
        );
        assert_eq!(refused, json!([]), "{page}");
        let written = browser.console();
        assert!(written.is_empty(), "{page}: {written:?}");
        let font = browser.run("return document.fonts.check('12px \"Inter Chalandise\"')");
        assert_eq!(font, json!(true), "{page}: the font is there");
    }
}
