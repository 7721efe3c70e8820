//! The filter bar: one GET form, wide on a desk, folded behind its own words on a phone.

use crate::dashboard::filters::SALES_CHANNELS;
use crate::dashboard::period::Period;
use crate::dashboard::view::View;
use crate::dashboard::words::channel_name;
use maud::{Markup, html};

/// The bar, in both shapes; the style sheet shows one.
#[must_use]
pub fn bar(view: &View<'_>) -> Markup {
    let say = view.say();
    let words = if has_period(view) {
        view.filters.words(view.reach, view.language)
    } else {
        view.filters.place_words(view.reach, view.language)
    };
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

fn form(view: &View<'_>, prefix: &str) -> Markup {
    let say = view.say();
    let id = |name: &str| format!("{prefix}-{name}");
    html! {
        form.flt method="get" action=(view.path) {
            @for (key, value) in &view.state { input type="hidden" name=(key) value=(value); }
            @if has_period(view) {
                div.field {
                    label for=(id("period")) { (say.one("Période", "Period")) }
                    (periods(view, &id("period")))
                }
            } @else if view.filters.period != Period::TwelveMonths {
                input type="hidden" name="period" value=(view.filters.period);
            }
            div.field {
                label for=(id("channel")) { (say.one("Canal de vente", "Sales channel")) }
                select name="sales_channel" id=(id("channel")) {
                    option value="" { (say.one("Tous les canaux", "All channels")) }
                    @for channel in SALES_CHANNELS {
                        option value=(channel) selected[view.filters.sales_channel.as_deref() == Some(channel)] {
                            (channel_name(channel, view.language))
                        }
                    }
                }
            }
            @if !view.reach.regions.is_empty() {
                div.field {
                    label for=(id("region")) { (say.one("Région du client", "Customer’s region")) }
                    select name="region" id=(id("region")) {
                        option value="" { (say.one("Toutes les régions", "All regions")) }
                        @for region in &view.reach.regions {
                            option value=(region) selected[view.filters.region.as_ref() == Some(region)] { (region) }
                        }
                    }
                }
            }
            button type="submit" { (say.one("Appliquer", "Apply")) }
            a.reset href=(view.path) { (say.one("Réinitialiser", "Reset")) }
        }
    }
}

/// Whether the page asked for is about a period; a figure alone keeps its page's filters.
fn has_period(view: &View<'_>) -> bool {
    let page = view.pages.at(&view.path).or_else(|| {
        let figure = view.path.strip_prefix("/f/")?;
        view.pages.get(figure.split('/').next()?)
    });
    page.is_none_or(|page| page.period)
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
