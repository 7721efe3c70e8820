//! The form beside a scenario: its changes, what can be added, what is assumed. Everything works without script: each button leads to
//! the address of another plan.
//!
//! With script (`static/js/scenario.js`) the page follows the fields. It fetches the address that the form leads to and takes over the
//! parts named by `data-live`; fields keep what was typed. In a form with `data-now` every entry counts, in the others their buttons do.
//! A field with `data-least` and `data-most` gets a slider.

use super::read;
use super::words::{Fault, notice_words};
use crate::filters::query_string;
use crate::view::View;
use crate::words::Say;
use chalandise_chart::Language;
use chalandise_chart::format::{Style, number};
use chalandise_model::{Answer, DistanceMeasure, Planner};
use chalandise_notebook::scenario::Plan;
use chalandise_notebook::scenario::assumption::ASSUMED;
use maud::{Markup, html};

/// The most characters of a field: what a form sends still fits the longest address that is answered.
const LONGEST_INPUT: usize = 200;

/// One of the forms of the column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sent {
    /// The one that adds a site.
    Site,
    /// The one that changes a store.
    Store,
    /// The fields of the list of changes.
    Changes,
    /// The assumptions.
    Assumptions,
}

impl Sent {
    /// Whether its button says what is added: then its fields count only when it was sent.
    fn adds(self) -> bool {
        matches!(self, Sent::Site | Sent::Store)
    }
}

/// A field of text.
pub(super) struct Field<'a> {
    /// The form that it is in.
    pub(super) of: Sent,
    pub(super) id: &'a str,
    /// Its name in the address.
    pub(super) key: &'a str,
    /// What stands in it unless something was typed.
    pub(super) default: &'a str,
    /// What it shows when it is empty.
    pub(super) example: &'a str,
    /// Smallest and largest value and step of a slider beside it.
    pub(super) slider: Option<(f64, f64, f64)>,
}

impl<'a> Field<'a> {
    pub(super) fn of(of: Sent, id: &'a str, key: &'a str) -> Field<'a> {
        Field {
            of,
            id,
            key,
            default: "",
            example: "",
            slider: None,
        }
    }
}

/// What is wrong with a field, beside it.
fn beside(id: &str, wrong: &[String]) -> Markup {
    html! {
        span data-live=(id) { @if !wrong.is_empty() {
            span.wrong id=(id) { @for words in wrong { (words) " " } }
        } }
    }
}

/// What the form is made from.
pub(super) struct Form<'a> {
    pub(super) view: &'a View<'a>,
    pub(super) plan: &'a Plan,
    pub(super) planner: Option<&'a Planner>,
    pub(super) answer: Option<&'a Answer>,
    pub(super) faults: &'a [Fault],
    /// The pairs as the address gave them: what was typed stays in the fields.
    pub(super) given: &'a [(String, String)],
}

impl Form<'_> {
    pub(super) fn say(&self) -> Say {
        self.view.say()
    }

    /// The whole column.
    pub(super) fn markup(&self) -> Markup {
        let say = self.say();
        html! {
            section.plan id="plan" aria-label=(say.word("scenario-scenario")) data-plan data-page=(say.word("scenario-its-page")) {
                div data-live="alerts" { (self.alerts()) }
                div id="changes" tabindex="-1" data-live="changes" { (self.changes()) }
                @if self.planner.is_some() {
                    (self.add_site())
                    (self.change_store())
                    (self.assumptions())
                    div data-live="save" { @if self.answer.is_some() { (self.save()) } }
                }
                p.vh role="status" data-said {}
            }
        }
    }

    /// What is wrong, and what a reader should know.
    fn alerts(&self) -> Markup {
        let say = self.say();
        let notices = self.answer.map_or(&[][..], |answer| &answer.notices);
        html! {
            @if !self.faults.is_empty() {
                div.alert role="alert" {
                    p { b { @if self.answer.is_some() {
                        (say.word("scenario-partly-taken"))
                    } @else {
                        (say.word("scenario-cannot-be-computed"))
                    } } }
                    ul { @for fault in self.faults.iter().take(10) { li { (fault.words(say)) } } }
                    @if self.faults.len() > 10 {
                        p { (say.words_with("scenario-further-faults", &[("count", (self.faults.len() - 10).into())])) }
                    }
                }
            }
            @if !notices.is_empty() {
                div.note role="status" { ul { @for notice in notices { li { (notice_words(notice, say)) } } } }
            }
        }
    }

    pub(super) fn number(&self, value: f64, digits: u8) -> String {
        number(value, Style::Decimal(digits), self.view.language, "")
    }

    /// The plan and the reader's preferences, for a form that adds to it; `form` names the form among those of the page.
    pub(super) fn hidden(&self, form: &str, but_assumptions: bool) -> Markup {
        let assumed = |key: &str| ASSUMED.iter().any(|assumed| assumed.key == key);
        // What is added is to be seen, wherever the maps look now.
        let carries = |(key, _): &(&String, &String)| *key != "view" || !matches!(form, "site" | "store");
        html! {
            span hidden data-live=(format!("carried-{form}")) {
                @for (key, value) in self.view.state.iter().filter(carries) { input type="hidden" name=(key) value=(value); }
                @for (key, value) in &self.view.supposed {
                    @if !(but_assumptions && assumed(key)) { input type="hidden" name=(key) value=(value); }
                }
            }
        }
    }

    /// The largest area of a slider, in m2: somewhat more than the network's largest store.
    fn largest_area(&self) -> f64 {
        let stores = self.planner.map(Planner::open_stores).unwrap_or_default();
        let largest = stores
            .iter()
            .filter_map(|store| store.sales_area_m2)
            .fold(1_000.0, f64::max);
        (largest * 1.25 / 100.0).ceil() * 100.0
    }

    /// The form that was sent with a faulty address.
    fn sent(&self) -> Option<Sent> {
        let (_, kind) = self.given.iter().rev().find(|(key, _)| key == "add")?;
        Some(match kind.trim() {
            "open" | "competitor" => Sent::Site,
            _ => Sent::Store,
        })
    }

    /// What was typed into a field of a form, when that form was sent and could not be read.
    fn typed(&self, of: Sent, key: &str) -> Option<&str> {
        if of.adds() && self.sent() != Some(of) {
            return None;
        }
        let mut found = self.given.iter().filter(|(name, _)| name == key);
        found.next_back().map(|(_, value)| value.as_str())
    }

    /// What is wrong with a field of a form that was sent.
    fn wrong(&self, of: Sent, key: &str) -> Vec<String> {
        if of.adds() && self.sent() != Some(of) {
            return Vec::new();
        }
        let added = read::added(self.given);
        let about = self.faults.iter().filter(|fault| match of {
            Sent::Changes => fault.edited().as_deref() == Some(key),
            _ => fault.field(added) == Some(key),
        });
        let mut words: Vec<String> = about.map(|fault| fault.words(self.say())).collect();
        // Both coordinates of a place may be wrong in one way.
        words.dedup();
        words
    }

    pub(super) fn input(&self, field: &Field<'_>) -> Markup {
        let wrong = self.wrong(field.of, field.key);
        let about = format!("{}-wrong", field.id);
        let faulty = !wrong.is_empty();
        let value = self.typed(field.of, field.key).unwrap_or(field.default);
        let is_number = field.slider.is_some() || field.of == Sent::Assumptions;
        html! {
            input type="text" id=(field.id) name=(field.key) value=(value) placeholder=(field.example) autocomplete="off" maxlength=(LONGEST_INPUT)
                inputmode=[is_number.then_some("decimal")]
                data-least=[field.slider.map(|it| it.0)] data-most=[field.slider.map(|it| it.1)] data-step=[field.slider.map(|it| it.2)]
                data-place[field.of == Sent::Changes && field.key.ends_with(".place")]
                aria-invalid=[faulty.then_some("true")] aria-describedby=[faulty.then_some(&about)];
            (beside(&about, &wrong))
        }
    }

    pub(super) fn labelled(&self, label: &str, field: &Field<'_>) -> Markup {
        html! {
            div.field {
                label for=(field.id) { (label) }
                (self.input(field))
            }
        }
    }

    /// The field of a sales area.
    pub(super) fn area(&self, label: &str, field: Field<'_>) -> Markup {
        let slider = Some((0.0, self.largest_area(), 20.0));
        self.labelled(label, &Field { slider, ..field })
    }

    fn add_site(&self) -> Markup {
        let say = self.say();
        let usual = self
            .planner
            .map_or(String::new(), |planner| format!("{:.0}", planner.usual_area_m2()));
        let field = |key| Field::of(Sent::Site, key, key);
        html! {
            form.add method="get" action=(self.view.path) {
                h2 { (say.word("scenario-add-site")) }
                (self.hidden("site", false))
                (self.labelled(say.word("scenario-place"), &Field { example: "Vertou (44)", ..field("add_place") }))
                div.two {
                    (self.area(say.word("scenario-area"), Field { default: &usual, ..field("add_sales_area_m2") }))
                    (self.labelled(say.word("scenario-name-optional"), &field("add_name")))
                }
                div.acts {
                    button.primary type="submit" name="add" value="open" { (say.word("scenario-open-store")) }
                    button type="submit" name="add" value="competitor" { (say.word("scenario-competitor-opens")) }
                }
            }
        }
    }

    fn change_store(&self) -> Markup {
        let say = self.say();
        let stores = self.planner.map(Planner::open_stores).unwrap_or_default();
        let chosen = self.typed(Sent::Store, "add_store_id").unwrap_or("");
        let wrong = self.wrong(Sent::Store, "add_store_id");
        let (about, faulty) = ("add_store_id-wrong", !wrong.is_empty());
        // What was typed behind the fold stays in sight.
        let unfold = ["add_place", "add_sales_area_m2"]
            .iter()
            .any(|key| self.typed(Sent::Store, key).is_some_and(|text| !text.is_empty()));
        html! {
            form.add method="get" action=(self.view.path) {
                h2 { (say.word("scenario-change-store")) }
                (self.hidden("store", false))
                div.field {
                    label for="add_store_id" { (say.word("scenario-store")) }
                    select id="add_store_id" name="add_store_id" aria-invalid=[faulty.then_some("true")] aria-describedby=[faulty.then_some(about)] {
                        option value="" { (say.word("scenario-choose")) }
                        @for store in stores {
                            option value=(store.store_id) selected[store.store_id == chosen]
                                data-latitude=(format!("{:.5}", store.latitude)) data-longitude=(format!("{:.5}", store.longitude)) data-area=[store.sales_area_m2] {
                                (store.name) @if let Some(area) = store.sales_area_m2 { " (" (self.number(area, 0)) "\u{a0}m²)" }
                            }
                        }
                    }
                    (beside(about, &wrong))
                }
                div.acts { button type="submit" name="add" value="close" { (say.word("scenario-close")) } }
                details open[unfold] {
                    summary { (say.word("scenario-move-or-resize")) }
                    (self.labelled(say.word("scenario-new-place"), &Field::of(Sent::Store, "move_place", "add_place")))
                    div.acts { button type="submit" name="add" value="move" { (say.word("scenario-move")) } }
                    (self.area(say.word("scenario-new-area"), Field::of(Sent::Store, "new_area", "add_sales_area_m2")))
                    div.acts { button type="submit" name="add" value="resize" { (say.word("scenario-resize")) } }
                }
            }
        }
    }

    /// Writes the plan down under a name, and gives it to scripts.
    fn save(&self) -> Markup {
        let say = self.say();
        let api = query_string(
            self.view
                .supposed
                .iter()
                .map(|(key, value)| (key.as_str(), value.as_str())),
        );
        html! {
            form.add method="post" action="/network/scenarios/save" {
                h2 { (say.word("scenario-save")) }
                @for (key, value) in &self.view.supposed { input type="hidden" name=(key) value=(value); }
                div.field {
                    label for="name" { (say.word("scenario-name")) }
                    input type="text" id="name" name="name" maxlength="120" required autocomplete="off";
                }
                div.field {
                    label for="note" { (say.word("scenario-note")) }
                    input type="text" id="note" name="note" maxlength="400" autocomplete="off";
                }
                p.tick { input type="checkbox" id="replace" name="replace" value="1";
                    label for="replace" { (say.word("scenario-replace")) } }
                div.acts { button type="submit" { (say.word("scenario-save")) } }
                p.small {
                    a href="/network/scenarios" { (say.word("scenario-to-saved")) }
                    " · " a href=(format!("/api/scenario{api}")) { "JSON" }
                }
            }
        }
    }

    /// How distances are measured, and what is assumed of the way to a new place.
    fn distance_words(&self) -> String {
        let say = self.say();
        match self.planner.map(Planner::distance) {
            Some(DistanceMeasure::ApproximateTime) => say.word("scenario-approximate-times").to_owned(),
            Some(DistanceMeasure::TravelTimes) => {
                let ratio = self.planner.and_then(Planner::travel_time_ratio).unwrap_or(1.0);
                let ratio = self.number(ratio, 2);
                say.words_with("scenario-imported-times", &[("ratio", ratio.into())])
            }
            _ => say.word("scenario-crow-flies").to_owned(),
        }
    }

    fn assumptions(&self) -> Markup {
        let say = self.say();
        html! {
            form.add method="get" action=(self.view.path) data-now {
                h2 { (say.word("scenario-assumptions")) }
                (self.hidden("assumed", true))
                div.two {
                    @for assumed in ASSUMED {
                        @let usual = match self.answer {
                            Some(answer) => answer.assumption(assumed.name),
                            None => self.planner.and_then(|planner| planner.usual_assumption(assumed.name)),
                        };
                        @let own = (assumed.get)(self.plan.assumptions());
                        @let scale = if assumed.percent { 100.0 } else { 1.0 };
                        div.field {
                            label for=(assumed.key) { (assumption_label(assumed.key, say)) }
                            (self.input(&Field {
                                default: &own.map(|value| plain(value * scale, say)).unwrap_or_default(),
                                example: &usual.map(|(value, _)| plain(value * scale, say)).unwrap_or_default(),
                                slider: assumed.percent.then_some((assumed.least * scale, assumed.most * scale, 1.0)),
                                ..Field::of(Sent::Assumptions, assumed.key, assumed.key)
                            }))
                            span.from data-live=(format!("from-{}", assumed.key)) {
                                @if let Some((_, source)) = usual { (source_words(source, say)) }
                                @else if assumed.key == "investment" { (say.word("scenario-for-payback")) }
                            }
                        }
                    }
                }
                p.small { (say.word("scenario-web-explained")) " " (self.distance_words()) }
                div.acts { button.primary type="submit" { (say.word("scenario-compute")) } }
            }
        }
    }
}

/// A number for a field: no separators, the decimal sign of the language.
fn plain(value: f64, say: Say) -> String {
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    match say.0 {
        Language::French => text.replace('.', ","),
        Language::English => text.to_owned(),
    }
}

fn assumption_label(key: &str, say: Say) -> &'static str {
    match key {
        "margin" => say.word("scenario-margin"),
        "web" => say.word("scenario-web"),
        "kept" => say.word("scenario-kept"),
        "fixed_cost" => say.word("scenario-fixed-cost"),
        "investment" => say.word("scenario-investment"),
        _ => say.word("scenario-first-year"),
    }
}

fn source_words(source: &str, say: Say) -> &'static str {
    match source {
        "user" => say.word("scenario-from-user"),
        "data" => say.word("scenario-from-data"),
        _ => say.word("scenario-by-default"),
    }
}
