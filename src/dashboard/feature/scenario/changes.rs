//! The list of changes: what each does, its fields, and what takes it back. One form holds the fields of all, so that the plan stands in it
//! once. A list without fields, such as that of a long plan, has buttons in place of links: each link would repeat the plan.

use super::form::{Field, Form, Sent};
use super::{plan_link, read};
use chalandise_notebook::scenario::{Change, Plan};
use maud::{Markup, html};

/// Plans of more changes have no fields in their list: each field is one more pair of the address.
const MOST_EDITED: usize = 50;

impl Form<'_> {
    /// The list; nothing of a plan without changes.
    pub(super) fn changes(&self) -> Markup {
        let say = self.say();
        let changes = self.plan.changes();
        if changes.is_empty() {
            return Markup::default();
        }
        let has_fields = |change: &Change| !matches!(change, Change::Close { .. });
        let edited = changes.len() <= MOST_EDITED && changes.iter().any(has_fields);
        html! {
            h2 { (say.word("scenario-changes")) }
            @if edited {
                form method="get" action=(self.view.path) data-now {
                    (self.hidden("changes", false))
                    (self.list(true))
                    div.acts.apply { button type="submit" { (say.word("scenario-apply")) } }
                }
            } @else {
                form method="get" action=(self.view.path) {
                    (self.hidden("changes", false))
                    (self.list(false))
                }
            }
            p.more { a href=(plan_link(self.view, &Plan::default())) { (say.word("scenario-remove-all")) } }
        }
    }

    fn list(&self, edited: bool) -> Markup {
        let say = self.say();
        html! {
            ol.changes {
                @for (place, change) in self.plan.changes().iter().enumerate() {
                    @let (kind, name, detail) = self.described(change);
                    @let words = format!("{kind} {name}");
                    @let (drop, drops) = (say.word("scenario-remove"), say.labelled(say.word("scenario-remove-change"), &words));
                    li {
                        span.kind data-kind=(change.kind()) { (kind) }
                        span.what data-live=(format!("what-{place}")) { b { (name) } @if !detail.is_empty() { " " span.detail { (detail) } } }
                        span data-live=(format!("drop-{place}")) {
                            // The first button of a form with fields is pressed by Enter in any of them.
                            @if edited {
                                a.drop href=(plan_link(self.view, &self.plan.without(place))) aria-label=(drops) { (drop) }
                            } @else {
                                button.drop type="submit" name="drop" value=(place + 1) aria-label=(drops) { (drop) }
                            }
                        }
                        @for fault in self.faults.iter().filter(|fault| fault.is_about(change)) {
                            span.wrong { (fault.words(say)) }
                        }
                        @if edited { (self.fields(place + 1, change, &words)) }
                    }
                }
            }
        }
    }

    /// The fields of a change, folded behind a word.
    fn fields(&self, number: usize, change: &Change, words: &str) -> Markup {
        let say = self.say();
        let key = |field: &str| format!("{}{number}.{field}", super::EDIT);
        let (area, place) = (key("sales_area_m2"), key("place"));
        let field = |key| Field::of(Sent::Changes, key, key);
        let stated = |value: Option<f64>| value.map(|value| value.to_string());
        html! {
            @if !matches!(change, Change::Close { .. }) {
                details id=(format!("edit-{number}")) {
                    summary { (say.word("scenario-edit")) span.vh { " " (words) } }
                    @if let Change::Open { sales_area_m2, .. } | Change::Competitor { sales_area_m2, .. } | Change::Resize { sales_area_m2, .. } = change {
                        (self.area(say.word("scenario-area"), Field { default: &sales_area_m2.to_string(), ..field(&area) }))
                    }
                    @if !matches!(change, Change::Resize { .. }) {
                        (self.labelled(say.word("scenario-another-place"), &field(&place)))
                    }
                    @if let Change::Open { fixed_cost, investment, .. } = change {
                        div.two {
                            (self.own_cost(&key("fixed_cost"), say.word("scenario-own-fixed-cost"), stated(*fixed_cost)))
                            (self.own_cost(&key("investment"), say.word("scenario-own-investment"), stated(*investment)))
                        }
                    }
                }
            }
        }
    }

    /// What an opening states of its own cost; where it says nothing, that of the assumptions holds.
    fn own_cost(&self, key: &str, label: &str, stated: Option<String>) -> Markup {
        let field = Field {
            default: &stated.unwrap_or_default(),
            example: self.say().word("scenario-as-assumed"),
            ..Field::of(Sent::Changes, key, key)
        };
        self.labelled(label, &field)
    }

    /// What a change does, to what, and with which numbers.
    fn described(&self, change: &Change) -> (&'static str, String, String) {
        let say = self.say();
        let store = |id: &str| self.planner.map_or(id, |planner| planner.store_name(id)).to_owned();
        let area = |m2: f64| format!("{}\u{a0}m²", self.number(m2, 0));
        let near = |latitude: f64, longitude: f64| {
            let commune = read::nearest(latitude, longitude).map_or("", |commune| &commune.name);
            format!("{commune} ({latitude:.4}, {longitude:.4})")
        };
        match change {
            Change::Open {
                name, sales_area_m2, ..
            } => (say.word("scenario-kind-open"), name.clone(), area(*sales_area_m2)),
            Change::Competitor {
                name, sales_area_m2, ..
            } => (say.word("scenario-kind-competitor"), name.clone(), area(*sales_area_m2)),
            Change::Close { store_id } => (say.word("scenario-close"), store(store_id), String::new()),
            Change::Move {
                store_id,
                latitude,
                longitude,
            } => (
                say.word("scenario-move"),
                store(store_id),
                format!("→ {}", near(*latitude, *longitude)),
            ),
            Change::Resize {
                store_id,
                sales_area_m2,
            } => (
                say.word("scenario-resize"),
                store(store_id),
                format!("→ {}", area(*sales_area_m2)),
            ),
        }
    }
}
