//! The planner at work: opens, closes and moves stores, sees the results follow, saves, compares, exports; with script, without, by keyboard.

use serde_json::{Value, json};

use super::driver::{Browser, DESK, Window};
use crate::pages::demo_site;

/// The Enter key and Escape, as WebDriver writes them.
const ENTER: &str = "\u{E007}";
const ESCAPE: &str = "\u{E00C}";

/// A store of the form's list.
struct Store {
    id: String,
    area: f64,
    latitude: f64,
    longitude: f64,
}

/// The stores that can be changed, the smallest first.
fn stores(browser: &Browser) -> Vec<Store> {
    let listed = browser.run(
        "return [...document.querySelectorAll('#add_store_id option[data-area]')].map(o =>
            [o.value, o.dataset.area, o.dataset.latitude, o.dataset.longitude])",
    );
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let number = |value: &Value| text(value).parse::<f64>().expect("a number");
    let mut stores: Vec<Store> = listed
        .as_array()
        .expect("a list")
        .iter()
        .map(|row| Store {
            id: text(&row[0]),
            area: number(&row[1]),
            latitude: number(&row[2]),
            longitude: number(&row[3]),
        })
        .collect();
    assert!(stores.len() > 20, "{} stores", stores.len());
    stores.sort_by(|left, right| left.area.total_cmp(&right.area).then(left.id.cmp(&right.id)));
    stores
}

fn go(browser: &Browser, path: &str) {
    browser.go(&demo_site().url(path));
}

fn choose(browser: &Browser, store: &str) {
    browser.run(&format!(
        "document.querySelector('#add_store_id').value = {}",
        json!(store)
    ));
}

/// Presses the button of the form that adds a change of a kind.
fn press(browser: &Browser, kind: &str) {
    browser.click(&format!("#plan button[name=add][value={kind}]"));
}

/// The text of the first indicator.
fn net(browser: &Browser) -> String {
    browser.text(".results .kpi .v")
}

#[test]
fn a_planner_opens_closes_moves_saves_compares_and_exports() {
    let browser = Browser::open(DESK);
    go(&browser, "/network/scenario?lang=fr");
    assert!(browser.text("h1").starts_with("Ouvrir, fermer, déplacer"));
    let stores = stores(&browser);
    let big = stores.last().expect("a store");
    let near = format!("{:.4}, {:.4}", big.latitude + 0.02, big.longitude);
    // A store near the largest one.
    browser.write("#add_place", &near);
    press(&browser, "open");
    browser.address_with("change=open");
    let alone = net(&browser);
    save(&browser, "Une ouverture");
    // The same, two small stores closed and one moved.
    browser.click(".changes a");
    browser.address_with("change=open");
    for store in &stores[..2] {
        choose(&browser, &store.id);
        press(&browser, "close");
        browser.address_with(&format!("close%3A{}", store.id));
    }
    let moved = &stores[2];
    choose(&browser, &moved.id);
    browser.run("document.querySelector('#add_store_id').form.querySelector('details').open = true");
    browser.write("#move_place", &near.replace(", ", ","));
    press(&browser, "move");
    let address = browser.address_with(&format!("move%3A{}", moved.id));
    assert_eq!(address.matches("change=").count(), 4, "{address}");
    browser.until("document.querySelectorAll('.changes li').length === 4");
    assert_ne!(net(&browser), alone, "closings and a move change the result");
    let interval = browser.text(".results .kpi .note");
    assert!(interval.contains("95"), "{interval}");
    assert!(
        browser.text(".lede").contains("le modèle se trompe de"),
        "the out-of-sample error"
    );
    // Every store of the plan is in the export, and totals are the page's.
    let csv = browser.run("return document.querySelector('a[href*=\"scenario/stores.csv\"]').getAttribute('href')");
    let csv = demo_site().get(csv.as_str().expect("an address"));
    assert_eq!(csv.status, 200);
    let csv = csv.text();
    for store in [&stores[0], &stores[1], moved] {
        assert!(csv.contains(&format!(",{},", store.id)), "{}: {csv}", store.id);
    }
    save(&browser, "Tout ensemble");
    browser.until("document.querySelectorAll('.changes li').length >= 2");
    let options =
        browser.run("return [...document.querySelectorAll('#first option')].map(o => [o.value, o.textContent])");
    let id = |name: &str| {
        let rows = options.as_array().expect("a list");
        let row = rows.iter().find(|row| row[1] == name);
        row.unwrap_or_else(|| panic!("{name} in {options}"))[0].clone()
    };
    for (field, name) in [("first", "Une ouverture"), ("second", "Tout ensemble")] {
        browser.run(&format!("document.querySelector('#{field}').value = {}", id(name)));
    }
    browser.click("form[action='/network/scenarios/compare'] button");
    browser.address_with("second=");
    let page = browser.text("main");
    assert!(
        page.contains("Une ouverture") && page.contains("Tout ensemble"),
        "{page}"
    );
    assert_eq!(browser.console(), Vec::<String>::new());
}

/// Saves the plan of the page; the list of saved ones comes.
fn save(browser: &Browser, name: &str) {
    browser.write("#name", name);
    browser.click("form[action='/network/scenarios/save'] button");
    browser.address_with("/network/scenarios");
    browser.until("document.querySelector('ol.changes')");
}

#[test]
fn results_follow_the_fields_and_the_focus_stays() {
    let browser = Browser::open(DESK);
    go(&browser, "/network/scenario?change=open:48.9,2.4,1500:Nord&lang=fr");
    let (before, length) = (net(&browser), browser.run("return history.length"));
    browser.click("#edit-1 summary");
    // A slider sets the field, and the page follows without a button.
    browser.run(
        "const slider = document.querySelector('#edit-1 input[type=range]');
         slider.value = 3000;
         slider.dispatchEvent(new Event('input', { bubbles: true }))",
    );
    browser.address_with("%2C3000%3ANord");
    browser.until(&format!(
        "document.querySelector('.results .kpi .v').innerText !== {}",
        json!(before)
    ));
    let at_3000 = net(&browser);
    // So does an assumption; what is being typed into keeps the focus.
    browser.write("#margin", "12");
    browser.address_with("margin=12");
    browser.until("document.querySelector('[data-live=from-margin]').textContent.includes('votre')");
    assert_eq!(browser.run("return document.activeElement.id"), json!("margin"));
    assert_eq!(net(&browser), at_3000, "a margin rate moves no revenue");
    assert_eq!(browser.run("return history.length"), length, "the address is replaced");
    let said = browser.run("return document.querySelector('[data-said][role=status]').textContent");
    assert!(said.as_str().is_some_and(|said| said.contains("Nord")), "{said}");
    // What cannot be read is said, and the results stay those of the plan without it.
    browser.write("#margin", "x");
    browser.until("document.querySelector('#plan [role=alert]')");
    assert_eq!(net(&browser), at_3000);
    // Taking the change back leads to the beginning.
    browser.click("#changes a.drop");
    browser.until("document.querySelectorAll('.changes li').length === 0");
    // The browser itself writes down that an answer was 422.
    let refused = |line: &String| line.contains("422 (Unprocessable Entity)");
    let errors: Vec<String> = browser.console().into_iter().filter(|line| !refused(line)).collect();
    assert_eq!(errors, Vec::<String>::new());
}

/// Clicks a point of the first map inside an element, by shares of its width and height.
fn click_map(browser: &Browser, inside: &str, (x, y): (f64, f64)) {
    browser.run(&format!(
        "const svg = [...document.querySelectorAll({} + ' svg[data-centre]')].find(svg => svg.getBoundingClientRect().width);
         svg.scrollIntoView();
         const r = svg.getBoundingClientRect(), clientX = r.left + {x} * r.width, clientY = r.top + {y} * r.height;
         document.elementFromPoint(clientX, clientY).dispatchEvent(
             new MouseEvent('click', {{ bubbles: true, cancelable: true, clientX, clientY, detail: 1 }}))",
        json!(inside)
    ));
}

#[test]
fn a_click_on_the_map_opens_a_store_there_and_a_store_on_it_closes() {
    let browser = Browser::open(DESK);
    go(&browser, "/network/scenario?lang=fr");
    // Near the middle of the picture of France.
    click_map(&browser, ".results", (0.45, 0.62));
    assert!(browser.text(".place").contains("Ouvrir un magasin"));
    browser.click(".place button");
    let address = browser.address_with("change=open");
    let place = address.split("open%3A").nth(1).expect("a place");
    let numbers: Vec<f64> = place
        .split("%2C")
        .take(2)
        .map(|text| text.parse().expect("degrees"))
        .collect();
    assert!(
        (45.0..47.5).contains(&numbers[0]) && (0.0..3.5).contains(&numbers[1]),
        "{address}"
    );
    // A store's mark offers what can be done with it, by keyboard too; Escape leads back.
    let mark = "[...document.querySelectorAll('.results .map-figure a[href*=\"/network/stores/\"]')].find(a => a.getClientRects().length)";
    browser.until(mark);
    let id = browser.run(&format!(
        "const a = {mark}; a.focus(); return a.getAttribute('href').split('?')[0].split('/').pop()"
    ));
    let id = id.as_str().expect("an id").to_owned();
    browser.press(ENTER);
    browser.until(
        "!document.querySelector('.place').hidden && document.querySelector('.place').contains(document.activeElement)",
    );
    browser.press(ESCAPE);
    browser.until("document.querySelector('.place').hidden && document.activeElement.matches('.map-figure a')");
    browser.press(ENTER);
    browser.until("!document.querySelector('.place').hidden");
    browser.click(".place button");
    browser.address_with(&format!("close%3A{id}"));
    assert_eq!(browser.console(), Vec::<String>::new());
}

#[test]
fn a_click_on_the_network_leads_to_an_opening_there() {
    let browser = Browser::open(DESK);
    go(&browser, "/network?lang=fr");
    // Land without a cell: the fewest customers live between cells; any point that is no link will do.
    let free = browser.run(
        "const svg = document.querySelector('svg.map'), r = (svg.scrollIntoView(), svg.getBoundingClientRect());
         for (let x = 0.2; x < 0.8; x += 0.02) for (let y = 0.2; y < 0.8; y += 0.02) {
             const [px, py] = [r.left + x * r.width, r.top + y * r.height], hit = document.elementFromPoint(px, py);
             if (hit?.closest('svg.map') === svg && !hit.closest('a')) return [x, y];
         }",
    );
    let free = (
        free[0].as_f64().expect("a free point"),
        free[1].as_f64().expect("a free point"),
    );
    click_map(&browser, ".map-box", free);
    browser.click(".place a");
    browser.address_with("change=open");
    assert!(browser.text("h1").contains("Ouvrir"), "{}", browser.text("h1"));
}

#[test]
fn the_same_works_without_script() {
    let browser = Browser::open(Window { script: false, ..DESK });
    // The panel of a cell leads to an opening there.
    go(&browser, "/network?lang=fr");
    browser.click(".side tbody a");
    browser.address_with("cell=");
    browser.click(".side a.do");
    browser.address_with("change=open");
    assert!(browser.text("h1").starts_with("Ouvrir"), "{}", browser.text("h1"));
    // Fields change the opening, name a store to close, and say an assumption.
    browser.click("#edit-1 summary");
    browser.write("[id='edit.1.place']", "Nantes");
    browser.click(".apply button");
    browser.address_with("Nantes");
    browser.write("#add_store_id", "P");
    press(&browser, "close");
    browser.address_with("change=close");
    browser.write("#margin", "40");
    browser.click("form[data-now] button.primary");
    let address = browser.address_with("margin=40");
    assert!(
        address.contains("change=open") && address.contains("change=close"),
        "{address}"
    );
    assert!(browser.text(".changes").contains("Nantes"));
}

#[test]
fn a_scenario_is_made_by_keyboard_alone() {
    let browser = Browser::open(DESK);
    go(&browser, "/network/scenario?lang=en");
    browser.write("#add_place", &format!("Nantes{ENTER}"));
    browser.address_with("change=open");
    browser.until("document.querySelector('.results .kpi .v')");
    assert!(browser.text("h1").contains("Nantes"));
    // Up and down step an area as its slider does.
    browser.run("document.querySelector('#edit-1').open = true; document.querySelector('[id=\"edit.1.sales_area_m2\"]').focus()");
    let before = browser.run("return document.activeElement.value");
    let before: f64 = before.as_str().and_then(|text| text.parse().ok()).expect("an area");
    browser.press("\u{E013}");
    browser.address_with(&format!("%2C{}%3ANantes", before + 20.0));
    // A link of the list is reached and pressed; the focus stays at the list.
    browser.run("document.querySelector('#changes a.drop').focus()");
    browser.press(ENTER);
    browser.until("document.querySelectorAll('.changes li').length === 0");
    browser.until("document.activeElement.id === 'changes'");
}

#[test]
fn sites_chosen_together_are_tried_in_a_scenario() {
    let browser = Browser::open(DESK);
    // Unasked, the page offers a choice in place of one.
    go(&browser, "/network/white-space?lang=fr&region=Bretagne");
    browser.click("#together .lacks a");
    let address = browser.address_with("sites=5");
    assert!(address.contains("region=Bretagne"), "the filters stay: {address}");
    browser.until("document.querySelector('#together svg')");
    go(&browser, "/network/white-space?lang=fr&sites=3&closings=2");
    let link = browser.run("return [...document.querySelectorAll('a[href*=\"changes=\"]')].pop().getAttribute('href')");
    let link = link.as_str().expect("an address");
    assert!(link.contains("open%3A"), "{link}");
    go(&browser, link);
    browser.address_with("change=open");
    assert!(
        browser
            .run("return document.querySelectorAll('.changes li').length")
            .as_i64()
            >= Some(2)
    );
    // A budget for one opening allows one.
    go(
        &browser,
        "/network/white-space?lang=fr&sites=3&site_cost=800000&budget=900000",
    );
    let steps = demo_site().get("/f/network_white_space/together.csv?sites=3&site_cost=800000&budget=900000");
    assert_eq!(steps.text().lines().count(), 2, "{}", steps.text());
}

#[test]
fn the_maps_of_a_scenario_move_in_place() {
    let browser = Browser::open(DESK);
    go(&browser, "/network/scenario?lang=fr&change=open:48.9,2.4,1500:Nord");
    let half_km = |browser: &Browser| {
        let svg = "return Number(document.querySelector('.results svg[data-half-width-km]').dataset.halfWidthKm)";
        browser.run(svg).as_f64().expect("a number")
    };
    let whole = half_km(&browser);
    browser.run("window.same = true");
    browser.click(".results [data-zoom=in]");
    let address = browser.address_with("view=");
    assert!(address.contains("open"), "the plan stays: {address}");
    assert!(half_km(&browser) < whole * 0.6, "closer than {whole} km");
    let at = browser.run("return [window.same, document.activeElement.dataset.zoom]");
    assert_eq!(at, json!([true, "in"]), "no page is loaded, and the focus stays");
    let shown = browser.run("return document.querySelector('.results svg[data-centre]').dataset.centre");
    browser.click(".results [data-pan=east]");
    browser.until(&format!(
        "document.querySelector('.results svg[data-centre]').dataset.centre !== {shown}"
    ));
    // Another change is looked for where it is.
    browser.write("#add_place", "43.61, 3.87");
    press(&browser, "open");
    let address = browser.address_with("43.61");
    assert!(!address.contains("view="), "{address}");
    browser.until(&format!(
        "Number(document.querySelector('.results svg[data-half-width-km]').dataset.halfWidthKm) > {whole}"
    ));
    assert_eq!(browser.console(), Vec::<String>::new());
}
