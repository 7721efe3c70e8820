//! The panel beside the map: what is known of the selected cell.

use super::{Chosen, cell_name};
use crate::dashboard::cells::{Cell, Table};
use crate::dashboard::data::DataError;
use crate::dashboard::figure::{FigureError, log};
use crate::dashboard::html::{notice, sparkline};
use crate::dashboard::view::View;
use crate::dashboard::words::{NOTHING, channel_name, show};
use chalandise_chart::format::Style;
use chalandise_chart::map;
use maud::{Markup, html};
use std::sync::Arc;

/// Width of a full bar of the stores' list, in pixels.
const BAR_PX: f64 = 88.0;

struct Selected {
    cell: Arc<Table>,
    stores: Arc<Table>,
    months: Arc<Table>,
}

/// The panel: the selected cell, or how to select one.
pub async fn panel(view: &View<'_>, chosen: &Chosen<'_>) -> Markup {
    let say = view.say();
    let Some(cell) = chosen.state.cell else {
        return html! {
            aside.side aria-label=(say.one("Cellule sélectionnée", "Selected cell")) {
                p.over { (say.one("Aucune cellule sélectionnée", "No cell selected")) }
                p.note { (say.one(
                    "Choisissez une cellule de la carte pour voir ses chiffres, l’an passé et les magasins de ses clients.",
                    "Choose a cell of the map to see its figures, last year and the stores of its customers.",
                )) }
            }
        };
    };
    match read(view, chosen, cell).await {
        Ok(selected) => aside(view, chosen, cell, &selected),
        Err(error) => {
            log("network", "cell", &FigureError::Data(error));
            html! { aside.side aria-label=(say.one("Cellule sélectionnée", "Selected cell")) { (notice::failed(say)) } }
        }
    }
}

async fn read(view: &View<'_>, chosen: &Chosen<'_>, cell: u64) -> Result<Selected, DataError> {
    let mut parameters = view.parameters();
    parameters.insert("cell".to_owned(), format!("{cell:x}"));
    let map = chosen.map;
    let (cell, stores, months) = futures::try_join!(
        view.data.rows(&map.cell, &parameters),
        view.data.rows(&map.cell_stores, &parameters),
        view.data.rows(&map.cell_months, &parameters),
    )?;
    Ok(Selected { cell, stores, months })
}

fn aside(view: &View<'_>, chosen: &Chosen<'_>, cell: u64, selected: &Selected) -> Markup {
    let say = view.say();
    let hidden = *selected.cell.cell(0, "suppressed") == Cell::Bool(true);
    html! {
        aside.side id="cell" aria-label=(say.one("Cellule sélectionnée", "Selected cell")) {
            p.over { (say.one("Cellule sélectionnée", "Selected cell")) " · " (format!("{cell:x}")) }
            h2 { (cell_name(cell)) }
            @if selected.cell.is_empty() {
                p.note { (say.one("Aucune vente dans cette cellule pour ces filtres.", "No sale in this cell for these filters.")) }
            } @else if hidden {
                p.note { (say.one("Trop peu de clients : cette cellule ne porte aucun chiffre.", "Too few customers: this cell carries no figure.")) }
            } @else {
                (figures(view, &selected.cell))
                (stores(view, &selected.stores))
                (months(view, &selected.months))
            }
            (links(view, chosen, &selected.cell))
        }
    }
}

/// The cell's figures with their change against last year.
fn figures(view: &View<'_>, cell: &Table) -> Markup {
    let say = view.say();
    let rows = [
        (
            "net_revenue",
            say.one("Chiffre d’affaires", "Revenue"),
            Style::MoneyShort,
        ),
        ("orders", say.one("Commandes", "Orders"), Style::Count),
        ("customers", say.one("Clients", "Customers"), Style::Count),
        ("basket", say.one("Panier moyen", "Average basket"), Style::Money),
        (
            "revenue_per_household",
            say.one("CA par ménage", "Revenue per household"),
            Style::Money,
        ),
    ];
    html! {
        table.facts {
            caption.vh { (say.one("Chiffres de la cellule, écart à l’an passé", "Figures of the cell, change on last year")) }
            thead.vh { tr {
                th scope="col" { (say.one("Mesure", "Measure")) }
                th scope="col" { (say.one("Valeur", "Value")) }
                th scope="col" { (say.one("Écart à l’an passé", "Change on last year")) }
            } }
            tbody {
                @for (column, label, style) in rows {
                    tr {
                        th scope="row" { (label) }
                        td.n { b { (show(cell.cell(0, column), style, view.language, view.data.currency())) } }
                        (change(view, cell, column))
                    }
                }
            }
        }
    }
}

fn change(view: &View<'_>, cell: &Table, column: &str) -> Markup {
    let declared = cell.cell(0, &format!("{column}_change")).as_f64();
    let (now, before) = (
        cell.cell(0, column).as_f64(),
        cell.cell(0, &format!("{column}_last_year")).as_f64(),
    );
    let change = declared.or_else(|| {
        now.zip(before)
            .filter(|(_, before)| *before > 0.0)
            .map(|(now, before)| now / before - 1.0)
    });
    html! {
        @match change {
            Some(change) => {
                td class=(if change > 0.0 { "n up" } else if change < 0.0 { "n down" } else { "n flat" }) {
                    (show(&Cell::Float(change), Style::SignedPercent, view.language, view.data.currency()))
                }
            }
            None => { td.n.flat { (NOTHING) } }
        }
    }
}

/// Where the cell's customers buy: a bar a store, one for every other channel.
fn stores(view: &View<'_>, stores: &Table) -> Markup {
    let say = view.say();
    let share = |row: usize| stores.cell(row, "share").as_f64();
    let most = (0..stores.len()).filter_map(share).fold(0.0, f64::max);
    html! {
        @if most > 0.0 {
            h3 { (say.one("Où achètent ses clients, part du CA", "Where its customers buy, share of revenue")) }
            table.facts.bars {
                thead.vh { tr {
                    th scope="col" { (say.one("Magasin ou canal", "Store or channel")) }
                    td {}
                    th scope="col" { (say.one("Part", "Share")) }
                } }
                tbody {
                    @for row in 0..stores.len() {
                        @let channel = stores.cell(row, "sales_channel").as_text().unwrap_or_default();
                        tr {
                            th scope="row" { (store_name(view, stores, row, channel)) }
                            td.bar {
                                @if let Some(share) = share(row).filter(|share| *share > 0.0) {
                                    svg.chart width=(BAR_PX) height="12" viewBox=(format!("0 0 {BAR_PX} 12")) aria-hidden="true" focusable="false" {
                                        rect class=(bar_class(channel)) width=(format!("{:.1}", (BAR_PX * share / most).max(1.0))) height="12" {}
                                    }
                                }
                            }
                            td.n { (show(stores.cell(row, "share"), Style::Percent, view.language, view.data.currency())) }
                        }
                    }
                }
            }
        }
    }
}

fn store_name(view: &View<'_>, stores: &Table, row: usize, channel: &str) -> String {
    let name = stores.cell(row, "name").exact();
    match channel {
        "store" if !name.is_empty() => name,
        "" => view.say().one("Autres, ensemble", "Others, together").to_owned(),
        other => channel_name(other, view.language).to_owned(),
    }
}

fn bar_class(channel: &str) -> &'static str {
    match channel {
        "store" => "f-store",
        "web" => "f-web",
        "post" => "f-post",
        "phone" => "f-phone",
        _ => "f-py",
    }
}

fn months(view: &View<'_>, months: &Table) -> Markup {
    let values = |column: &str| {
        months
            .column(column)
            .unwrap_or_default()
            .iter()
            .map(Cell::as_f64)
            .collect::<Vec<_>>()
    };
    html! {
        h3 { (view.say().one("CA mensuel et an passé", "Monthly revenue and last year")) }
        (sparkline(&values("net_revenue"), &values("last_year"), (272.0, 40.0)))
    }
}

/// Closer, and away.
fn links(view: &View<'_>, chosen: &Chosen<'_>, cell: &Table) -> Markup {
    let say = view.say();
    let closer = cell
        .cell(0, "latitude")
        .as_f64()
        .zip(cell.cell(0, "longitude").as_f64())
        .and_then(|(latitude, longitude)| {
            let half_width_km = (chosen.state.place.half_width_km() / 4.0).max(3.0);
            map::View::around(latitude, longitude, half_width_km).ok()
        });
    html! {
        p.acts {
            @if let Some(closer) = closer {
                a href=(view.link(&view.path, &[("view", Some(&closer.to_string()))])) { (say.one("Voir de plus près", "Look closer")) }
                " · "
            }
            a href=(view.link(&view.path, &[("cell", None)])) { (say.one("Fermer", "Close")) }
        }
    }
}
