//! What works without script, and that scripts run clean.

use thirtyfour::By;

use super::driver::{Browser, DESK, PHONE, Window};
use crate::pages::demo_site;

#[tokio::test(flavor = "multi_thread")]
async fn pages_read_without_script_and_their_filters_are_plain_forms() {
    for (window, form) in [
        (Window { script: false, ..DESK }, ".fw form[method=get]"),
        (Window { script: false, ..PHONE }, ".fn form[method=get]"),
    ] {
        let browser = Browser::open(window).await;
        browser.go(&demo_site().url("/?lang=fr")).await;
        let all = heading(&browser).await;
        assert!(all.contains("chiffre d’affaires"), "{all}");
        // What the form's button asks for; choosing an option through the driver wants a script itself.
        let option = format!("{form} select[name=sales_channel] option[value=web]");
        browser.client.find(By::Css(option)).await.unwrap();
        browser.client.find(By::Css(format!("{form} button"))).await.unwrap();
        browser.go(&demo_site().url("/?lang=fr&sales_channel=web")).await;
        let web = heading(&browser).await;
        assert_ne!(web, all);
        browser.close().await;
    }
}

async fn heading(browser: &Browser) -> String {
    browser.client.find(By::Css("h1")).await.unwrap().text().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_map_zooms_and_selects_by_links_alone() {
    let browser = Browser::open(Window { script: false, ..DESK }).await;
    browser.go(&demo_site().url("/network?lang=fr")).await;
    browser
        .client
        .find(By::Css(".side tbody a"))
        .await
        .unwrap()
        .click()
        .await
        .unwrap();
    let panel = browser
        .client
        .find(By::Css(".side"))
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert!(panel.contains("Panier moyen"), "{panel}");
    browser
        .client
        .find(By::Css("[data-zoom=in]"))
        .await
        .unwrap()
        .click()
        .await
        .unwrap();
    let url = browser.client.current_url().await.unwrap();
    assert!(
        url.query()
            .is_some_and(|query| query.contains("view=") && query.contains("cell=")),
        "{url}"
    );
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn scripts_run_without_errors_and_nothing_is_refused() {
    let browser = Browser::open(DESK).await;
    for page in ["/?lang=fr", "/network?lang=fr", "/f/overview/trend?lang=fr", "/catalog"] {
        browser.go(&demo_site().url(page)).await;
        let refused = browser
            .run(
                "return performance.getEntriesByType('resource')
                    .filter(r => r.responseStatus >= 400).map(r => r.name + ' ' + r.responseStatus)",
            )
            .await;
        assert_eq!(refused, serde_json::json!([]), "{page}");
        let written = browser.console().await;
        assert!(written.is_empty(), "{page}: {written:?}");
        let font = browser
            .run("return document.fonts.check('12px \"Inter Chalandise\"')")
            .await;
        assert_eq!(font, serde_json::json!(true), "{page}: the font is there");
    }
    browser.close().await;
}
