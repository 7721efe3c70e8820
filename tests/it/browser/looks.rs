//! Every page in every window, language and theme: nothing overlaps, overflows or breaks the rules of access.

use serde_json::Value;

use super::driver::{Browser, DESK, PHONE, Window, axe};
use crate::pages::demo_site;

const PAGES: [&str; 13] = [
    "/",
    "/network",
    "/customers",
    "/customers/champions",
    "/f/overview/trend",
    "/catalog",
    "/network/stores",
    "/network/stores/S001",
    "/network/scenario",
    "/network/scenario?change=open:48.9,2.4,1500:Nord&change=close:S002&margin=50",
    "/network/white-space?sites=3&closings=2",
    "/network/scenarios",
    "/network/scenarios/compare",
];

/// A page in a language, perhaps in a theme.
fn address(page: &str, state: &str) -> String {
    let sign = if page.contains('?') { '&' } else { '?' };
    demo_site().url(&format!("{page}{sign}{state}"))
}

#[test]
fn pages_keep_the_rules_of_access_on_a_desk() {
    access(DESK);
}

#[test]
fn pages_keep_the_rules_of_access_on_a_phone() {
    access(PHONE);
}

fn access(window: Window) {
    let axe = axe();
    let browser = Browser::open(window);
    for page in PAGES {
        for (language, theme) in [("fr", "light"), ("en", "dark")] {
            let url = address(page, &format!("lang={language}&theme={theme}"));
            browser.go(&url);
            browser.run(&axe);
            let found = browser.run_async(
                "const done = arguments[arguments.length - 1];
                     axe.run(document, { resultTypes: ['violations'] }).then(r => done(r.violations.map(v =>
                       v.id + ': ' + v.nodes.slice(0, 3).map(n => n.html.slice(0, 160) + ' ' + n.failureSummary).join(' | '))));",
            );
            assert_eq!(found, Value::Array(Vec::new()), "{url} at {} px", window.width);
        }
    }
}

#[test]
fn no_page_is_wider_than_its_window() {
    for width in [320, 390, 768, 1024, 1280] {
        let browser = Browser::open(Window { width, ..PHONE });
        for page in PAGES {
            browser.go(&address(page, "lang=fr"));
            let wide = browser.run("return document.documentElement.scrollWidth - window.innerWidth");
            assert!(
                wide.as_i64().is_some_and(|px| px <= 0),
                "{page} is {wide} px too wide at {width}"
            );
        }
    }
}

/// Pairs of texts of one drawing whose boxes overlap by more than a hair, and texts outside their drawing.
const OVERLAPS: &str = "
    const seen = [];
    for (const svg of document.querySelectorAll('figure svg[id]')) {
        const frame = svg.getBoundingClientRect();
        if (!frame.width) continue;
        const texts = [...svg.querySelectorAll('text')].map(t => [t.textContent, t.getBoundingClientRect()]).filter(t => t[1].width);
        texts.forEach(([a, ra], i) => {
            if (ra.left < frame.left - 1 || ra.right > frame.right + 1) seen.push('outside: ' + a);
            for (const [b, rb] of texts.slice(i + 1)) {
                const w = Math.min(ra.right, rb.right) - Math.max(ra.left, rb.left);
                const h = Math.min(ra.bottom, rb.bottom) - Math.max(ra.top, rb.top);
                if (w > 1 && h > 3) seen.push(svg.id + ': ' + a + ' / ' + b);
            }
        });
    }
    return seen;";

#[test]
fn no_text_of_a_drawing_lies_on_another() {
    for width in [390, 800, 1000, 1280] {
        let browser = Browser::open(Window { width, ..PHONE });
        for page in PAGES
            .into_iter()
            .filter(|page| *page != "/catalog" && !page.starts_with("/f/"))
        {
            for language in ["fr", "en"] {
                browser.go(&address(page, &format!("lang={language}")));
                let seen = browser.run(OVERLAPS);
                assert_eq!(seen, Value::Array(Vec::new()), "{page} in {language} at {width} px");
            }
        }
    }
}
