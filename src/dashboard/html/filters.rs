//! The filter bar: one GET form, wide on a desk, folded behind its own words on a phone. The context line: the days and
//! the filters that are set, each with a link that takes it away.

use crate::filters::{FROM, Filter, Kind, TO, TWO_DAYS, month_words, query_string};
use crate::period::Period;
use crate::view::View;
use chrono::{Datelike, NaiveDate};
use maud::{Markup, html};

/// The years whose months the form offers; the address takes older ones too.
const YEARS_OF_MONTHS: i32 = 10;

/// The bar, in both shapes; the style sheet shows one.
#[must_use]
pub fn bar(view: &View<'_>) -> Markup {
    let say = view.say();
    let words = view.words();
    html! {
        section.fbar aria-label=(say.word("filter-filters")) {
            div.fw { (form(view, "w")) }
            details.fn {
                summary {
                    span { (words) }
                    b { (say.word("filter-open")) }
                }
                (form(view, "n"))
            }
            p.fprint { (words) }
        }
    }
}

/// The days of the page and its filters in words, behind what the page is called.
#[must_use]
pub fn context(view: &View<'_>) -> Markup {
    let takes = view.takes();
    let set = takes
        .filters
        .iter()
        .filter_map(|filter| Some((filter, view.filters.value_words(filter, view.reach, view.language)?)));
    html! {
        (view.days())
        @for (filter, words) in set {
            " · "
            @if view.assets.in_file {
                (words)
            } @else {
                a.drop href=(view.link(&view.path, &[(&filter.name, None)]))
                    aria-label=(view.say().labelled(view.say().word("filter-remove"), &words)) {
                    (words) span aria-hidden="true" { "\u{a0}×" }
                }
            }
        }
    }
}

/// The pages of the other values of the filter in the path, with the filters that are set.
#[must_use]
pub fn siblings(view: &View<'_>) -> Markup {
    let Some((filter, current)) = view.path_value() else {
        return html! {};
    };
    if filter.values().is_empty() {
        return html! {};
    }
    html! {
        nav.layers aria-label=(filter.label.of(view.language)) {
            ul {
                @for value in filter.values() {
                    li {
                        a href=(view.link(&view.page.path.with(&value.value), &[])) aria-current=[(value.value == current).then_some("page")] {
                            (value.name.of(view.language))
                        }
                    }
                }
            }
        }
    }
}

fn form(view: &View<'_>, prefix: &str) -> Markup {
    let say = view.say();
    let fields = view.takes().filters.iter().filter(|filter| view.reach.offers(filter));
    // Where the page's path does not say it, as on a figure's own page, the form carries its value on.
    let path_value = view.path_value().filter(|_| !is_page(view));
    html! {
        form.flt method="get" action=(view.path) {
            @for (key, value) in &view.state { input type="hidden" name=(key) value=(value); }
            @if let Some((filter, value)) = path_value { input type="hidden" name=(filter.name) value=(value); }
            @for filter in fields { (field(view, filter, prefix)) }
            button type="submit" { (say.word("filter-apply")) }
            a.reset href=(reset(view)) { (say.word("filter-reset")) }
        }
    }
}

/// Whether the address is the page's own, not a figure's.
fn is_page(view: &View<'_>) -> bool {
    view.path == view.page.address(&view.filters)
}

/// The address without filters; the value that a figure's page is about stays.
fn reset(view: &View<'_>) -> String {
    match view.path_value().filter(|_| !is_page(view)) {
        Some((filter, value)) => format!(
            "{}{}",
            view.path,
            query_string([(filter.name.as_str(), value.as_str())])
        ),
        None => view.path.clone(),
    }
}

fn field(view: &View<'_>, filter: &Filter, prefix: &str) -> Markup {
    let id = format!("{prefix}-{}", filter.name);
    let own = view.page.filter_labels.get(&filter.name);
    let chosen = |options: Markup| {
        html! {
            select name=(filter.name) id=(id) {
                option value="" { (filter.all.of(view.language)) }
                (options)
            }
        }
    };
    html! {
        div.field {
            label for=(id) { (own.unwrap_or(&filter.label).of(view.language)) }
            @match &filter.kind {
                Kind::Period => { (periods(view, filter, &id)) }
                Kind::Number { least, most } => { (number(view, filter, (*least, *most), &id)) }
                Kind::Day => { (day(view, filter, &id)) }
                Kind::Month => { (chosen(months(view, filter))) }
                Kind::Query { .. } => {
                    (chosen(html! {
                        @for known in view.reach.values(filter) { (choice(view, filter, &known.value, &known.name)) }
                    }))
                }
                Kind::List(values) => {
                    (chosen(html! {
                        @for value in values { (choice(view, filter, &value.value, value.name.of(view.language))) }
                    }))
                }
            }
        }
    }
}

/// The field of a whole number.
fn number(view: &View<'_>, filter: &Filter, (least, most): (u64, u64), id: &str) -> Markup {
    let value = view.filters.get(&filter.name);
    html! {
        input type="number" name=(filter.name) id=(id) min=(least) max=(most) step="1" value=[value]
            placeholder=(filter.all.of(view.language));
    }
}

/// The field of a day, among those of the data.
fn day(view: &View<'_>, filter: &Filter, id: &str) -> Markup {
    let value = view.filters.get(&filter.name);
    html! {
        input type="date" name=(filter.name) id=(id) min=[view.reach.first_on] max=(view.reach.as_of) value=[value];
    }
}

fn choice(view: &View<'_>, filter: &Filter, value: &str, words: &str) -> Markup {
    let chosen = view.filters.get(&filter.name);
    html! { option value=(value) selected[chosen == Some(value)] { (words) } }
}

/// The months of the data, by year; one from the address that is older than those offered is offered too.
fn months(view: &View<'_>, filter: &Filter) -> Markup {
    let oldest = view.reach.as_of.year() - YEARS_OF_MONTHS;
    let value = |month: &NaiveDate| month.format("%Y-%m").to_string();
    let chosen = view.filters.get(&filter.name);
    let offered = |month: &NaiveDate| month.year() > oldest || chosen == Some(value(month).as_str());
    let months: Vec<NaiveDate> = view.reach.months().into_iter().filter(offered).collect();
    html! {
        @for year in months.chunk_by(|a, b| a.year() == b.year()) {
            optgroup label=(year[0].year()) {
                @for month in year {
                    (choice(view, filter, &value(month), &month_words(*month, view.language)))
                }
            }
        }
    }
}

/// The periods with data, and two days of the reader's own: their fields count, and are seen, only where that is chosen.
fn periods(view: &View<'_>, filter: &Filter, id: &str) -> Markup {
    let say = view.say();
    let chosen = view.filters.period;
    let mut offered = Period::offered(view.reach.as_of, view.reach.first_on);
    let days = match chosen {
        Period::Days(from_on, to_on) => Some((from_on, to_on)),
        _ => None,
    };
    if days.is_none() && !offered.contains(&chosen) {
        offered.insert(1, chosen);
    }
    let (first, last) = (view.reach.first_on, view.reach.as_of);
    html! {
        select name=(filter.name) id=(id) {
            @for period in offered {
                option value=(period) selected[period == chosen] { (period.words(view.reach.as_of, view.language)) }
            }
            option value=(TWO_DAYS) selected[days.is_some()] { (say.word("filter-two-days")) }
        }
        div.days {
            input type="date" name=(FROM) aria-label=(say.word("filter-from")) min=[first] max=(last) value=[days.map(|days| days.0)];
            span aria-hidden="true" { "–" }
            input type="date" name=(TO) aria-label=(say.word("filter-to")) min=[first] max=(last) value=[days.map(|days| days.1)];
        }
    }
}
