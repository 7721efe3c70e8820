//! The tables of one scenario of the network: what a request supposes, and what follows from it.
//!
//! They are empty in a lake. A page or program that evaluates a scenario sees its own in their place, SQL asks the function of the same name
//! (`scenario_stores('close:S004')`); `scenarios`, `scenario_results` and `scenario_outcomes` hold what users have saved.

use std::sync::LazyLock;

use chalandise_lake::contract::{Column, Kind, Table, col, table_of as table};

use Kind::{Integer, Number, Text, Timestamp};

/// What a scenario does to a site.
pub const CHANGES: &[&str] = &["open", "close", "move", "resize", "competitor", "none"];

/// All tables of scenarios.
pub(crate) fn tables() -> &'static [Table] {
    static TABLES: LazyLock<Vec<Table>> = LazyLock::new(|| {
        vec![
            best_sites(),
            scenarios(),
            scenario_results(),
            scenario_outcomes(),
            compared_cells(),
            scenario_changes(),
            scenario_stores(),
            scenario_totals(),
            scenario_transfers(),
            scenario_cells(),
            scenario_steps(),
            scenario_assumptions(),
        ]
    });
    &TABLES
}

/// The table of a name.
pub(super) fn named(name: &str) -> Option<&'static Table> {
    tables().iter().find(|table| table.name == name)
}

/// The columns of an amount before and after, its change, and the intervals of the change.
fn changed(columns: Vec<Column>) -> Vec<Column> {
    let money = |name, doc| col(name, Number, doc).unit("money a year");
    let mut columns = columns;
    columns.extend([
        money("before", "Without the scenario"),
        money("after", "With it"),
        money("change", "After less before"),
        money("low_80", "80 % interval of the change, from the parameters and from the model's error on stores that it does not know"),
        money("high_80", "80 % interval of the change"),
        money("low_95", "95 % interval of the change"),
        money("high_95", "95 % interval of the change"),
        money("parameter_error", "Standard error of the change from the parameters alone"),
        money("model_error", "Standard error of the change from what stores attract beyond their columns"),
    ]);
    columns
}

fn scenarios() -> Table {
    table(
        "scenarios",
        "saved scenario",
        None,
        vec![
            col("scenario_id", Text, "Id, as addresses write it").key(),
            col("name", Text, "Name").required(),
            col("note", Text, "What its author wrote of it"),
            col("changes", Integer, "Changes").required(),
            col("changes_text", Text, "Its changes, as addresses write them").required(),
            col("assumptions_text", Text, "Its assumptions, as addresses write them"),
            col("lake_version", Integer, "Lake version when it was saved"),
            col("created_at", Timestamp, "When it was first saved"),
            col("updated_at", Timestamp, "When it was last saved"),
            col(
                "fault",
                Text,
                "Why it has no results on the newest lake version, and what to do; empty when it has",
            ),
        ],
    )
}

fn scenario_results() -> Table {
    table(
        "scenario_results",
        "saved scenario and store that it changes, on the newest lake version",
        None,
        changed(vec![
            col("scenario_id", Text, "Scenario").key(),
            col("store_id", Text, "Store, or the new site's own name").key(),
            col("name", Text, "Name of the store").required(),
            col("role", Text, "own store or competitor").required(),
            col("changed", Text, "What the scenario does to it")
                .required()
                .allowed(CHANGES),
        ]),
    )
}

fn scenario_outcomes() -> Table {
    table(
        "scenario_outcomes",
        "saved scenario and total, on the newest lake version",
        None,
        changed(vec![
            col("scenario_id", Text, "Scenario").key(),
            col("total", Text, "As in scenario_totals").key(),
        ]),
    )
}

fn compared_cells() -> Table {
    table(
        "compared_cells",
        "H3 cell (resolution 7) in reach of the changes of one of two scenarios that are compared",
        None,
        vec![
            col("h3_cell", Integer, "H3 cell, resolution 7").unit("H3 cell").key(),
            col("residents", Number, "Residents").unit("persons").required(),
            col(
                "first",
                Number,
                "What stores of the network win there by the first scenario",
            )
            .unit("money a year")
            .required(),
            col("second", Number, "What they win by the second")
                .unit("money a year")
                .required(),
        ],
    )
}

fn scenario_changes() -> Table {
    table(
        "scenario_changes",
        "change of the scenario asked for",
        None,
        vec![
            col("number", Integer, "Place in the scenario, from 1").key(),
            col("kind", Text, "What it does").required().allowed(CHANGES),
            col("store_id", Text, "Store that it changes; empty for a new site"),
            col("name", Text, "Name of the store or site").required(),
            col("latitude", Number, "Where it stands then").unit("degrees"),
            col("longitude", Number, "Where it stands then").unit("degrees"),
            col("sales_area_m2", Number, "Its sales area then").unit("m2"),
        ],
    )
}

fn scenario_stores() -> Table {
    table(
        "scenario_stores",
        "site within reach of the changes of the scenario asked for",
        None,
        changed(vec![
            col("store_id", Text, "Store, or `new-1` etc. for the sites of the scenario").key(),
            col("name", Text, "Name").required(),
            col("role", Text, "own store or competitor")
                .required()
                .allowed(&["own", "competitor"]),
            col("changed", Text, "What the scenario does to it")
                .required()
                .allowed(CHANGES),
            col("latitude", Number, "Latitude, after a move")
                .unit("degrees")
                .required(),
            col("longitude", Number, "Longitude, after a move")
                .unit("degrees")
                .required(),
            col("sales_area_m2", Number, "Sales area then").unit("m2"),
            col("distance_km", Number, "To the nearest change, along the great circle").unit("km"),
            col("observed", Number, "What it sold in the last 12 months").unit("money a year"),
        ]),
    )
}

fn scenario_totals() -> Table {
    table(
        "scenario_totals",
        "total of the scenario asked for",
        None,
        changed(vec![
            col(
                "total",
                Text,
                "`stores`: sales of the network's stores; `opened`: of new and moved ones; `closed`: of those closed; `others`: of the other \
                 stores; `competitors`, `outside`: of all else; `web`: of the web shop; `network`: stores and web; `margin`: gross margin \
                 of the network less fixed costs; `fixed_cost`; `first_year`: stores and web in the first year",
            )
            .key(),
        ]),
    )
}

fn scenario_transfers() -> Table {
    table(
        "scenario_transfers",
        "who gives to whom in the scenario asked for",
        None,
        vec![
            col("from_id", Text, "Site that loses, or `outside`").key(),
            col("to_id", Text, "Site that gains, or `outside`").key(),
            col("from_name", Text, "Its name").required(),
            col("to_name", Text, "Its name").required(),
            col("amount", Number, "What goes from one to the other")
                .unit("money a year")
                .required(),
        ],
    )
}

fn scenario_cells() -> Table {
    table(
        "scenario_cells",
        "H3 cell (resolution 7) in reach of the changes of the scenario asked for",
        None,
        vec![
            col("h3_cell", Integer, "H3 cell, resolution 7").unit("H3 cell").key(),
            col("residents", Number, "Residents").unit("persons").required(),
            col("before", Number, "Sales of the network's stores there")
                .unit("money a year")
                .required(),
            col("after", Number, "With the scenario")
                .unit("money a year")
                .required(),
        ],
    )
}

fn scenario_steps() -> Table {
    table(
        "scenario_steps",
        "step from the revenue of the stores concerned to what it is with the scenario asked for",
        None,
        vec![
            col("step", Integer, "Place, from 1").key(),
            col(
                "kind",
                Text,
                "before; close; kept (by the other stores); open, move, resize; taken (from the other stores); rivals; web; after",
            )
            .required(),
            col("name", Text, "The store or site; empty for a step of several"),
            col("stores", Integer, "Stores that it is about").required(),
            col("amount", Number, "What it adds").unit("money a year").required(),
            col("from_amount", Number, "Where it begins").unit("money a year").required(),
            col("to_amount", Number, "Where it ends").unit("money a year").required(),
        ],
    )
}

fn scenario_assumptions() -> Table {
    table(
        "scenario_assumptions",
        "assumption of the scenario asked for",
        None,
        vec![
            col(
                "assumption",
                Text,
                "margin_rate, web_effect, web_kept, fixed_cost, investment or first_year_ramp; travel_time_ratio, with imported travel times: what stretches the approximate minutes of new places",
            )
            .key(),
            col("value", Number, "Its value"),
            col("source", Text, "Where it is from")
                .required()
                .allowed(&["data", "user", "default"]),
        ],
    )
}

/// Empty in a lake: a page that chooses sites together sees its own rows in its place.
fn best_sites() -> Table {
    table(
        "best_sites",
        "step of what a request chose to do together: standard stores that open, the best first, then stores that close",
        None,
        vec![
            col("step", Integer, "Place in the choice").key(),
            col("kind", Text, "Whether a site opens or a store closes")
                .allowed(&["open", "close"])
                .required(),
            col("store_id", Text, "The store that closes"),
            col("h3_cell", Integer, "H3 cell, resolution 7").unit("H3 cell").required(),
            col("latitude", Number, "Latitude of its middle").unit("degrees").required(),
            col("longitude", Number, "Longitude of its middle").unit("degrees").required(),
            col(
                "commune_code",
                Text,
                "INSEE code of the commune whose residents dominate the cell",
            ),
            col("sales_area_m2", Number, "Sales area of the standard store")
                .unit("m2")
                .required(),
            col("gain", Number, "What the network would gain by it, those before it open")
                .unit("money a year")
                .required(),
            col("total", Number, "What it would gain by it and those before it")
                .unit("money a year")
                .required(),
            col("total_low_80", Number, "80 % interval of the total").unit("money a year"),
            col("total_high_80", Number, "80 % interval of the total").unit("money a year"),
            col(
                "value",
                Number,
                "Gross margin of the gain, less the fixed cost of what opens or plus that of what closes; empty when the data do not say them",
            )
            .unit("money a year"),
            col("total_value", Number, "The same of it and those before it").unit("money a year"),
            col(
                "guarantee",
                Number,
                "The gain of all together is at least this share of the best that any choice among the candidates could reach",
            )
            .unit("ratio")
            .required(),
            col("candidates", Integer, "Candidates among which was chosen").required(),
        ],
    )
}
