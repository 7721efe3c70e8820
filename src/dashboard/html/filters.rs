//! The filter bar: one GET form, wide on a desk, folded behind its own words on a phone. The context line: the days and
//! the filters that are set, each with a link that takes it away.

use crate::filters::{Filter, month_words, query_string};
use crate::period::Period;
use crate::view::View;
use chrono::{Datelike, NaiveDate};
use maud::{Markup, html};

/// The years whose months the form offers as cohorts; the address takes older ones too.
const COHORT_YEARS: i32 = 10;

/// The bar, in both shapes; the style sheet shows one.
#[must_use]
pub fn bar(view: &View<'_>) -> Markup {
    let say = view.say();
    let words = view.words();
    html! {
        section.fbar aria-label=(say.one("Filtres", "Filters")) {
            div.fw { (form(view, "w")) }
            details.fn {
                summary {
                    span { (words) }
                    b { (say.one("Filtrer", "Filter")) }
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
        .filter_map(|filter| Some((*filter, view.filters.value_words(*filter, view.reach, view.language)?)));
    html! {
        (view.days())
        @for (filter, words) in set {
            " · "
            @if view.assets.in_file {
                (words)
            } @else {
                a.drop href=(view.link(&view.path, &[(filter.name(), None)]))
                    aria-label=(view.say().labelled(view.say().one("Retirer le filtre", "Remove the filter"), &words)) {
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
        nav.layers aria-label=(filter.label(view.language)) {
            ul {
                @for value in filter.values() {
                    li {
                        a href=(view.link(&view.page.path.with(value), &[])) aria-current=[(*value == current).then_some("page")] {
                            (filter.value_name(value, view.language))
                        }
                    }
                }
            }
        }
    }
}

fn form(view: &View<'_>, prefix: &str) -> Markup {
    let say = view.say();
    let fields = view.takes().filters.iter().copied();
    // Where the page's path does not say it, as on a figure's own page, the form carries its value on.
    let path_value = view.path_value().filter(|_| !is_page(view));
    html! {
        form.flt method="get" action=(view.path) {
            @for (key, value) in &view.state { input type="hidden" name=(key) value=(value); }
            @if let Some((filter, value)) = path_value { input type="hidden" name=(filter.name()) value=(value); }
            @for filter in fields {
                @if !matches!(filter, Filter::Region | Filter::Without) || !view.reach.regions.is_empty() {
                    (field(view, filter, prefix))
                }
            }
            button type="submit" { (say.one("Appliquer", "Apply")) }
            a.reset href=(reset(view)) { (say.one("Réinitialiser", "Reset")) }
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
        Some((filter, value)) => format!("{}{}", view.path, query_string([(filter.name(), value.as_str())])),
        None => view.path.clone(),
    }
}

fn field(view: &View<'_>, filter: Filter, prefix: &str) -> Markup {
    let id = format!("{prefix}-{}", filter.name());
    html! {
        div.field {
            label for=(id) { (label(view, filter)) }
            @if filter == Filter::Period { (periods(view, &id)) }
            @else if let Some(range) = filter.range() { (number(view, filter, range, &id)) }
            @else {
                select name=(filter.name()) id=(id) {
                    option value="" { (filter.all_words(view.language)) }
                    @match filter {
                        Filter::Cohort => { (cohorts(view)) }
                        Filter::Region | Filter::Without => {
                            @for region in &view.reach.regions { (choice(view, filter, region, region)) }
                        }
                        Filter::Store => {
                            @for store in &view.reach.stores { (choice(view, filter, &store.store_id, &store.name)) }
                        }
                        _ => {
                            @for value in filter.values() {
                                (choice(view, filter, value, &filter.value_name(value, view.language)))
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The region of places or of stores is not that of customers.
fn label(view: &View<'_>, filter: Filter) -> &'static str {
    match filter {
        Filter::Region if view.page.store_region => view.say().one("Région du magasin", "Store’s region"),
        Filter::Region if view.takes().has(Filter::Without) => view.say().one("Région", "Region"),
        _ => filter.label(view.language),
    }
}

/// The field of a whole number.
fn number(view: &View<'_>, filter: Filter, (least, most): (u64, u64), id: &str) -> Markup {
    let value = view.filters.get(filter);
    html! {
        input type="number" name=(filter.name()) id=(id) min=(least) max=(most) step="1" value=[value]
            placeholder=(filter.all_words(view.language));
    }
}

fn choice(view: &View<'_>, filter: Filter, value: &str, words: &str) -> Markup {
    let chosen = view.filters.get(filter);
    html! { option value=(value) selected[chosen.as_deref() == Some(value)] { (words) } }
}

/// The months of first purchase, by year; one from the address that is older than those offered is offered too.
fn cohorts(view: &View<'_>) -> Markup {
    let oldest = view.reach.as_of.year() - COHORT_YEARS;
    let value = |month: &NaiveDate| month.format("%Y-%m").to_string();
    let chosen = view.filters.get(Filter::Cohort);
    let offered = |month: &NaiveDate| month.year() > oldest || chosen.as_ref() == Some(&value(month));
    let months: Vec<NaiveDate> = view.reach.cohorts().into_iter().filter(offered).collect();
    html! {
        @for year in months.chunk_by(|a, b| a.year() == b.year()) {
            optgroup label=(year[0].year()) {
                @for month in year {
                    (choice(view, Filter::Cohort, &value(month), &month_words(*month, view.language)))
                }
            }
        }
    }
}

/// The periods with data; one from the address that is not among them (two days) is offered too.
fn periods(view: &View<'_>, id: &str) -> Markup {
    let mut offered = Period::offered(view.reach.as_of, view.reach.first_on);
    if !offered.contains(&view.filters.period) {
        offered.insert(1, view.filters.period);
    }
    html! {
        select name="period" id=(id) {
            @for period in offered {
                option value=(period) selected[period == view.filters.period] { (period.words(view.reach.as_of, view.language)) }
            }
        }
    }
}
