//! The form beside a scenario: its changes, what can be added, what is assumed. Everything works without script: each button leads to
//! the address of another plan.

use super::words::{Fault, notice_words};
use super::{plan_link, read};
use crate::dashboard::{Say, View, query_string};
use crate::model::{Answer, DistanceMeasure, Planner};
use crate::notebook::scenario::assumption::ASSUMED;
use crate::notebook::scenario::{Change, Plan};
use chalandise_chart::format::{Style, number};
use maud::{Markup, html};

/// The most characters of a field: what a form sends still fits the longest address that is answered.
const LONGEST_INPUT: usize = 200;

/// One of the forms of the column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sent {
    /// The one that adds a site.
    Site,
    /// The one that changes a store.
    Store,
    /// The assumptions.
    Assumptions,
}

/// What is wrong with a field, beside it.
fn beside(id: Option<&str>, wrong: &[String]) -> Markup {
    html! {
        @if let Some(id) = id {
            p.wrong id=(id) { @for words in wrong { (words) " " } }
        }
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
    fn say(&self) -> Say {
        self.view.say()
    }

    /// The whole column.
    pub(super) fn markup(&self) -> Markup {
        let say = self.say();
        html! {
            section.plan id="plan" aria-label=(say.one("Scénario", "Scenario")) {
                (self.alerts())
                (self.changes())
                @if self.planner.is_some() {
                    (self.add_site())
                    (self.change_store())
                    (self.assumptions())
                    @if self.answer.is_some() { (self.save()) }
                }
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
                    p { b {
                        @if self.answer.is_some() {
                            (say.one("Une partie de ce que vous demandez n’a pas été prise en compte", "A part of what you ask was left out"))
                        } @else {
                            (say.one("Ce scénario ne peut pas être calculé", "This scenario cannot be computed"))
                        }
                    } }
                    ul { @for fault in self.faults.iter().take(10) { li { (fault.words(say)) } } }
                    @if self.faults.len() > 10 {
                        p { (say.one("Et d’autres fautes\u{a0}: ", "And further faults: ")) (self.faults.len() - 10) }
                    }
                }
            }
            @if !notices.is_empty() {
                div.note role="status" { ul { @for notice in notices { li { (notice_words(notice, say)) } } } }
            }
        }
    }

    fn changes(&self) -> Markup {
        let say = self.say();
        html! {
            @if !self.plan.changes().is_empty() {
                h2 { (say.one("Changements", "Changes")) }
                ol.changes {
                    @for (place, change) in self.plan.changes().iter().enumerate() {
                        @let (kind, name, detail) = self.described(change);
                        li {
                            span.kind data-kind=(change.kind()) { (kind) }
                            span.what { b { (name) } @if !detail.is_empty() { " " span.detail { (detail) } } }
                            a.drop href=(plan_link(self.view, &self.plan.without(place)))
                                aria-label=(say.labelled(say.one("Retirer", "Remove"), &format!("{kind} {name}"))) { (say.one("retirer", "remove")) }
                            @for fault in self.faults.iter().filter(|fault| fault.is_about(change)) {
                                p.wrong { (fault.words(say)) }
                            }
                        }
                    }
                }
                p.more { a href=(plan_link(self.view, &Plan::default())) { (say.one("Tout retirer", "Remove all")) } }
            }
        }
    }

    /// What a change does, to what, and with which numbers.
    fn described(&self, change: &Change) -> (&'static str, String, String) {
        let say = self.say();
        let store = |id: &str| self.planner.map_or(id, |planner| planner.store_name(id)).to_owned();
        let area = |m2: f64| format!("{}\u{a0}m²", self.number(m2, 0));
        let near = |latitude: f64, longitude: f64| {
            let commune = read::nearest(latitude, longitude).map_or("", |commune| commune.name);
            format!("{commune} ({latitude:.4}, {longitude:.4})")
        };
        match change {
            Change::Open {
                name, sales_area_m2, ..
            } => (say.one("Ouvrir", "Open"), name.clone(), area(*sales_area_m2)),
            Change::Competitor {
                name, sales_area_m2, ..
            } => (say.one("Concurrent", "Competitor"), name.clone(), area(*sales_area_m2)),
            Change::Close { store_id } => (say.one("Fermer", "Close"), store(store_id), String::new()),
            Change::Move {
                store_id,
                latitude,
                longitude,
            } => (
                say.one("Déplacer", "Move"),
                store(store_id),
                format!("→ {}", near(*latitude, *longitude)),
            ),
            Change::Resize {
                store_id,
                sales_area_m2,
            } => (
                say.one("Changer la surface", "Resize"),
                store(store_id),
                format!("→ {}", area(*sales_area_m2)),
            ),
        }
    }

    fn number(&self, value: f64, digits: u8) -> String {
        number(value, Style::Decimal(digits), self.view.language, "")
    }

    /// The plan and the reader's preferences, for a form that adds to it.
    fn hidden(&self, but_assumptions: bool) -> Markup {
        let assumed = |key: &str| ASSUMED.iter().any(|assumed| assumed.key == key);
        html! {
            @for (key, value) in &self.view.state { input type="hidden" name=(key) value=(value); }
            @for (key, value) in &self.view.supposed {
                @if !(but_assumptions && assumed(key)) { input type="hidden" name=(key) value=(value); }
            }
        }
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
        if of != Sent::Assumptions && self.sent() != Some(of) {
            return None;
        }
        let mut found = self.given.iter().filter(|(name, _)| name == key);
        found.next_back().map(|(_, value)| value.as_str())
    }

    /// What is wrong with a field of a form that was sent.
    fn wrong(&self, of: Sent, key: &str) -> Vec<String> {
        if of != Sent::Assumptions && self.sent() != Some(of) {
            return Vec::new();
        }
        let added = read::added(self.given);
        let about = self.faults.iter().filter(|fault| fault.field(added) == Some(key));
        let mut words: Vec<String> = about.map(|fault| fault.words(self.say())).collect();
        // Both coordinates of a place may be wrong in one way.
        words.dedup();
        words
    }

    fn input(&self, of: Sent, id: &str, key: &str, default: &str, example: &str) -> Markup {
        let wrong = self.wrong(of, key);
        let about = (!wrong.is_empty()).then(|| format!("{id}-wrong"));
        let value = self.typed(of, key).unwrap_or(default);
        html! {
            input type="text" id=(id) name=(key) value=(value) placeholder=(example) autocomplete="off" maxlength=(LONGEST_INPUT)
                inputmode=[(of == Sent::Assumptions).then_some("decimal")]
                aria-invalid=[about.as_ref().map(|_| "true")] aria-describedby=[about.as_deref()];
            (beside(about.as_deref(), &wrong))
        }
    }

    fn text(&self, of: Sent, (id, key): (&str, &str), label: &str, default: &str, example: &str) -> Markup {
        html! {
            div.field {
                label for=(id) { (label) }
                (self.input(of, id, key, default, example))
            }
        }
    }

    fn add_site(&self) -> Markup {
        let say = self.say();
        let usual = self
            .planner
            .map_or(String::new(), |planner| format!("{:.0}", planner.usual_area_m2()));
        html! {
            form.add method="get" action=(self.view.path) {
                h2 { (say.one("Ajouter un site", "Add a site")) }
                (self.hidden(false))
                (self.text(Sent::Site, ("add_place", "add_place"), say.one("Commune, ou point de la carte", "Commune, or point of the map"), "", "Vertou (44)"))
                div.two {
                    (self.text(Sent::Site, ("add_sales_area_m2", "add_sales_area_m2"), say.one("Surface, m²", "Area, m²"), &usual, ""))
                    (self.text(Sent::Site, ("add_name", "add_name"), say.one("Nom (facultatif)", "Name (optional)"), "", ""))
                }
                div.acts {
                    button.primary type="submit" name="add" value="open" { (say.one("Ouvrir un magasin", "Open a store")) }
                    button type="submit" name="add" value="competitor" { (say.one("Un concurrent ouvre", "A competitor opens")) }
                }
            }
        }
    }

    fn change_store(&self) -> Markup {
        let say = self.say();
        let stores = self.planner.map(Planner::open_stores).unwrap_or_default();
        let chosen = self.typed(Sent::Store, "add_store_id").unwrap_or("");
        let wrong = self.wrong(Sent::Store, "add_store_id");
        let about = (!wrong.is_empty()).then_some("add_store_id-wrong");
        // What was typed behind the fold stays in sight.
        let unfold = self.sent() == Some(Sent::Store)
            && ["add_place", "add_sales_area_m2"]
                .iter()
                .any(|key| self.typed(Sent::Store, key).is_some_and(|text| !text.is_empty()));
        html! {
            form.add method="get" action=(self.view.path) {
                h2 { (say.one("Changer un magasin", "Change a store")) }
                (self.hidden(false))
                div.field {
                    label for="add_store_id" { (say.one("Magasin", "Store")) }
                    select id="add_store_id" name="add_store_id" aria-invalid=[about.map(|_| "true")] aria-describedby=[about] {
                        option value="" { (say.one("Choisir", "Choose")) }
                        @for store in stores {
                            option value=(store.store_id) selected[store.store_id == chosen]
                                data-latitude=(format!("{:.5}", store.latitude)) data-longitude=(format!("{:.5}", store.longitude)) {
                                (store.name) @if let Some(area) = store.sales_area_m2 { " (" (self.number(area, 0)) "\u{a0}m²)" }
                            }
                        }
                    }
                    (beside(about, &wrong))
                }
                div.acts { button type="submit" name="add" value="close" { (say.one("Fermer", "Close")) } }
                details open[unfold] {
                    summary { (say.one("Déplacer ou changer la surface", "Move or resize")) }
                    (self.text(Sent::Store, ("move_place", "add_place"), say.one("Nouvelle commune, ou point", "New commune, or point"), "", ""))
                    div.acts { button type="submit" name="add" value="move" { (say.one("Déplacer", "Move")) } }
                    (self.text(Sent::Store, ("new_area", "add_sales_area_m2"), say.one("Nouvelle surface, m²", "New area, m²"), "", ""))
                    div.acts { button type="submit" name="add" value="resize" { (say.one("Changer la surface", "Resize")) } }
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
                h2 { (say.one("Enregistrer", "Save")) }
                @for (key, value) in &self.view.supposed { input type="hidden" name=(key) value=(value); }
                div.field {
                    label for="name" { (say.one("Nom du scénario", "Name of the scenario")) }
                    input type="text" id="name" name="name" maxlength="120" required autocomplete="off";
                }
                div.field {
                    label for="note" { (say.one("Note (facultatif)", "Note (optional)")) }
                    input type="text" id="note" name="note" maxlength="400" autocomplete="off";
                }
                p.tick { input type="checkbox" id="replace" name="replace" value="1";
                    label for="replace" { (say.one("remplacer un scénario du même nom", "replace a scenario of the same name")) } }
                div.acts { button type="submit" { (say.one("Enregistrer", "Save")) } }
                p.small {
                    a href="/network/scenarios" { (say.one("Scénarios enregistrés, comparer", "Saved scenarios, compare")) }
                    " · " a href=(format!("/api/scenario{api}")) { "JSON" }
                }
            }
        }
    }

    /// How distances are measured, and what is assumed of the way to a new place.
    fn distance_words(&self) -> String {
        let say = self.say();
        match self.planner.map(Planner::distance) {
            Some(DistanceMeasure::ApproximateTime) => say
                .one(
                    "Temps de trajet approchés, d’après la densité des habitants.",
                    "Approximate travel times, from the density of residents.",
                )
                .to_owned(),
            Some(DistanceMeasure::TravelTimes) => {
                let ratio = self.planner.and_then(Planner::travel_time_ratio).unwrap_or(1.0);
                let ratio = self.number(ratio, 2);
                let imported = say.one(
                    "Temps de trajet importés. Hypothèse pour un lieu nouveau\u{a0}: temps de trajet approchés, multipliés par",
                    "Imported travel times. Assumption for a new place: approximate travel times, multiplied by",
                );
                let median = say.one(
                    "(médiane là où les deux sont connus).",
                    "(the median where both are known).",
                );
                format!("{imported} {ratio} {median}")
            }
            _ => say
                .one("Distances à vol d’oiseau.", "Distances as the crow flies.")
                .to_owned(),
        }
    }

    fn assumptions(&self) -> Markup {
        let say = self.say();
        html! {
            form.add method="get" action=(self.view.path) {
                h2 { (say.one("Hypothèses", "Assumptions")) }
                (self.hidden(true))
                div.two {
                    @for assumed in ASSUMED {
                        @let usual = self.answer.and_then(|answer| answer.assumption(assumed.name));
                        @let own = (assumed.get)(self.plan.assumptions());
                        @let scale = if assumed.percent { 100.0 } else { 1.0 };
                        div.field {
                            label for=(assumed.key) { (assumption_label(assumed.key, say)) }
                            (self.input(
                                Sent::Assumptions,
                                assumed.key,
                                assumed.key,
                                &own.map(|value| plain(value * scale)).unwrap_or_default(),
                                &usual.map(|(value, _)| plain(value * scale)).unwrap_or_default(),
                            ))
                            @if let Some((_, source)) = usual { span.from { (source_words(source, say)) } }
                        }
                    }
                }
                p.small { (say.one(
                    "Effet web\u{a0}: chiffre d’affaires web gagné dans les cellules pour 100\u{a0}€ gagnés en magasin. Gardé par le web\u{a0}: part des ventes d’un magasin fermé qui reste sur le web.",
                    "Web effect: web revenue won in the cells for each 100 won in stores. Kept by the web: share of a closed store’s sales that stays in the web shop.",
                )) " " (self.distance_words()) }
                div.acts { button.primary type="submit" { (say.one("Calculer", "Compute")) } }
            }
        }
    }
}

fn plain(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn assumption_label(key: &str, say: Say) -> &'static str {
    match key {
        "margin" => say.one("Marge brute, %", "Gross margin, %"),
        "web" => say.one("Effet web, %", "Web effect, %"),
        "kept" => say.one("Gardé par le web, %", "Kept by the web, %"),
        "fixed_cost" => say.one("Frais fixes par an, €", "Fixed cost a year"),
        "investment" => say.one("Investissement, €", "Investment"),
        _ => say.one("Première année, %", "First year, %"),
    }
}

fn source_words(source: &str, say: Say) -> &'static str {
    match source {
        "user" => say.one("votre hypothèse", "your assumption"),
        "data" => say.one("d’après les données", "from the data"),
        _ => say.one("à défaut de données", "for want of data"),
    }
}
