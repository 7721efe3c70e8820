//! The tables that `chalandise build` computes of the network: catchments, the calibrated Huff model, where to open.
//!
//! Distances are in the unit of the measure that `store_catchments` and `huff_models` name: km along the great circle, else minutes. A
//! column that holds km under every measure says so in its name. Money that a model expects is a
//! number, so that what one store gives and another takes adds up to the last digit; money that was counted is money.

use chalandise_lake::contract::{Column, Kind, Table, col, table_of as table};

use crate::status::STATUSES;

use Kind::{Boolean, Date, Integer, Money, Number, Text};

/// How distances are measured.
pub const DISTANCES: &[&str] = &["great_circle", "approximate_time", "travel_times"];

/// How a store's distance loses its pull.
pub const DECAYS: &[&str] = &["power", "exponential", "sqrt-exponential", "gaussian"];

/// All built tables of the network.
pub(super) fn tables() -> Vec<Table> {
    vec![
        network_status(),
        catchments(),
        store_catchments(),
        catchment_overlaps(),
        distance_decay(),
        huff_models(),
        huff_parameters(),
        huff_covariances(),
        huff_stores(),
        huff_cells(),
        huff_flows(),
        store_changes(),
        web_effects(),
        white_space(),
    ]
}

fn network_status() -> Table {
    table(
        "network_status",
        "computation of the network in the last build, and how it ended",
        None,
        vec![
            col(
                "subject",
                Text,
                "distances (travel times: what was found and what lacks), market (spend potential of the cells), stores (with a place and open), huff (the calibration), flows (too few of them: calibrated on the stores' totals), store_changes, web_effects, \
                 white_space",
            )
            .key(),
            col("status", Text, "ok, or why there is no result; words as in model_status")
                .required()
                .allowed(STATUSES),
            col("reason", Text, "What was found and what is needed"),
        ],
    )
}

fn years_ago() -> Column {
    col(
        "years_ago",
        Integer,
        "0 for the last 12 months of the lake, 1 for the 12 months before them, 2 likewise",
    )
    .unit("years")
    .key()
}

fn catchments() -> Table {
    table(
        "catchments",
        "store and H3 cell (resolution 7) from which it sold in 12 months",
        None,
        vec![
            col("store_id", Text, "Store").key(),
            years_ago(),
            col("h3_cell", Integer, "H3 cell, resolution 7").unit("H3 cell").key(),
            col("ring", Integer, "Smallest of the rings that hold 50, 80 or 95 % of the located revenue, nearest cells first; 100 beyond")
                .unit("percent")
                .required(),
            col("distance", Number, "From the middle of the cell to the store; empty where no way leads there, or none within 180 minutes"),
            col("cumulative_share", Number, "Share of the store's located revenue in this cell and all nearer ones")
                .unit("ratio")
                .required(),
            col("net_revenue", Money, "The store's sales to customers of the cell").required(),
            col("orders", Integer, "Orders").required(),
            col("customers", Integer, "Customers").required(),
        ],
    )
}

fn store_catchments() -> Table {
    table(
        "store_catchments",
        "store that sold in 12 months: how far its catchment reaches",
        None,
        vec![
            col("store_id", Text, "Store").key(),
            years_ago(),
            col("observed_from", Date, "First day of the 12 months").required(),
            col("observed_to", Date, "Last day of them").required(),
            col(
                "measure",
                Text,
                "How distances are measured: km along the great circle, else minutes",
            )
            .required()
            .allowed(DISTANCES),
            col("net_revenue", Money, "All sales of the store").required(),
            col("located_revenue", Money, "Sales to customers whose place is known").required(),
            col("customers", Integer, "Customers whose place is known").required(),
            col(
                "distance_50",
                Number,
                "Distance within which half of the located revenue lies",
            ),
            col("distance_80", Number, "Likewise for 80 %"),
            col("distance_95", Number, "Likewise for 95 %"),
            col("cells", Integer, "Cells of the catchment (95 %)").required(),
            col("households", Number, "Households in the cells of the 80 % ring").unit("households"),
            col(
                "spend_potential",
                Number,
                "What they could spend on the retailer's goods",
            )
            .unit("money a year"),
            col("ring_customers", Integer, "Customers in the 80 % ring").required(),
            col("ring_revenue", Money, "Sales to them").required(),
        ],
    )
}

fn catchment_overlaps() -> Table {
    table(
        "catchment_overlaps",
        "pair of stores whose 80 % catchments share cells",
        None,
        vec![
            col("store_id", Text, "Store").key(),
            col("other_store_id", Text, "Other store").key(),
            col("cells", Integer, "Cells in both catchments").required(),
            col(
                "share",
                Number,
                "Share of the store's revenue in its catchment that comes from these cells",
            )
            .unit("ratio")
            .required(),
            col("net_revenue", Money, "The store's sales in these cells").required(),
            col("other_net_revenue", Money, "The other store's sales there").required(),
        ],
    )
}

fn distance_decay() -> Table {
    table(
        "distance_decay",
        "store and band of distance",
        None,
        vec![
            col("store_id", Text, "Store").key(),
            col("from_distance", Number, "Nearest distance of the band").key(),
            col("to_distance", Number, "Farthest distance, not included").required(),
            col("households", Number, "Households of the market")
                .unit("households")
                .required(),
            col(
                "spend_potential",
                Number,
                "What they could spend on the retailer's goods",
            )
            .unit("money a year"),
            col("customers", Integer, "Customers of the store").required(),
            col("net_revenue", Money, "The store's sales to them").required(),
            col("penetration", Number, "Customers over households").unit("ratio"),
            col("penetration_low", Number, "Lower end of its 95 % interval").unit("ratio"),
            col("penetration_high", Number, "Upper end of its 95 % interval").unit("ratio"),
            col("expected_revenue", Number, "What the Huff model expects of the band").unit("money a year"),
        ],
    )
}

fn huff_models() -> Table {
    table(
        "huff_models",
        "form of distance decay that was tried on the flows of the last 12 months",
        None,
        vec![
            col("decay", Text, "Form of the decay").key().allowed(DECAYS),
            col("chosen", Boolean, "The form in use: the highest likelihood").required(),
            col("converged", Boolean, "Whether the search ended at a maximum").required(),
            col("log_likelihood", Number, "Poisson quasi-likelihood of the flows"),
            col("aic", Number, "2 x parameters - 2 x log-likelihood / dispersion: lower is better"),
            col("dispersion", Number, "Variance of a flow over its mean").unit("money"),
            col("outside_share", Number, "Share of the potential that no store of the table gets").unit("ratio"),
            col("outside_share_error", Number, "Its standard error").unit("ratio"),
            col("mean_error", Number, "Mean absolute error of a store's revenue when the store is left out, weighted by revenue; only of the form in use")
                .unit("ratio"),
            col("median_error", Number, "Median absolute error, likewise").unit("ratio"),
            col("bias", Number, "Predicted over observed, less 1, over all stores left out in turn").unit("ratio"),
            col("coverage_80", Number, "Share of these predictions whose 80 % interval held what was observed").unit("ratio"),
            col("coverage_95", Number, "Share whose 95 % interval did").unit("ratio"),
            col("fitted_error", Number, "Mean absolute error of the fit itself, with each store's own effect: what flatters").unit("ratio"),
            col("distance", Text, "How distances are measured").required().allowed(DISTANCES),
            col("observed_from", Date, "First day of the flows").required(),
            col("observed_to", Date, "Last day of the flows").required(),
            col("cells", Integer, "Cells of the market (resolution 8) with potential and a store in reach").required(),
            col("stores", Integer, "Stores with flows").required(),
            col("competitors", Integer, "Competitors with a place and an area").required(),
            col("flows", Integer, "Flows: pairs of a cell and a store with sales").required(),
            col("flow_revenue", Number, "Sales in the flows, those without an address spread like the store's others").unit("money a year").required(),
            col("store_share", Number, "Share of the retailer's revenue that stores make: this part of the potential is spent in stores")
                .unit("ratio")
                .required(),
        ],
    )
}

fn huff_parameters() -> Table {
    table(
        "huff_parameters",
        "parameter of the Huff model in use",
        None,
        vec![
            col("parameter", Text, "`attraction.COLUMN`: exponent of a store's column (or weight of a word in it); `distance_decay`: of the distance as the decay's form takes it; `log_outside`: logarithm of what weighs for all that is not the network; `store_effect_deviation`: of the stores' own effects; `model_error`: root mean squared logarithm of observed over predicted, each store left out; `smallest_distance`, `largest_distance`: distances below count as the one, stores beyond the other are out of reach; `travel_time_ratio`: imported minutes for one approximate minute, by which those of new places are stretched")
                .key(),
            col("value", Number, "Estimate, or what was set").required(),
            col("standard_error", Number, "Robust: sales of one cell may depend on each other"),
            col("low_95", Number, "Lower end of the 95 % interval"),
            col("high_95", Number, "Upper end of the 95 % interval"),
            col("estimated", Boolean, "Whether the flows say it; otherwise it was set").required(),
        ],
    )
}

fn huff_covariances() -> Table {
    table(
        "huff_covariances",
        "pair of estimated parameters of the Huff model in use",
        None,
        vec![
            col("parameter", Text, "Parameter").key(),
            col("other_parameter", Text, "Other parameter").key(),
            col("covariance", Number, "Robust covariance of the two estimates").required(),
        ],
    )
}

fn huff_stores() -> Table {
    table(
        "huff_stores",
        "store or competitor in the Huff model",
        None,
        vec![
            col("store_id", Text, "Store, or competitor").key(),
            col("competitor", Boolean, "Whether it is a competitor").required(),
            col("in_network", Boolean, "Whether it is open at the end of the observation: scenarios start from these").required(),
            col("settled", Boolean, "Whether it was open two years before the end: younger stores still grow and say nothing of the model's error").required(),
            col("latitude", Number, "Latitude").unit("degrees").required(),
            col("longitude", Number, "Longitude").unit("degrees").required(),
            col("attraction", Number, "What weighs in the choice at no distance, its own effect included").required(),
            col("store_effect", Number, "Logarithm of what it attracts beyond its columns; drawn towards 0 by the others"),
            col("store_effect_error", Number, "Its standard error"),
            col("observed", Number, "Sales in the flows while it was open").unit("money"),
            col("expected", Number, "What the model expects of these days, its own effect included").unit("money"),
            col("predicted", Number, "What the model expects when nothing is known of this store's own sales").unit("money"),
            col("predicted_low_80", Number, "80 % interval of it").unit("money"),
            col("predicted_high_80", Number, "80 % interval of it").unit("money"),
            col("predicted_low_95", Number, "95 % interval of it").unit("money"),
            col("predicted_high_95", Number, "95 % interval of it").unit("money"),
            col("annual_revenue", Number, "Expected of a year with the network as it is at the end").unit("money a year"),
            col("network_loss", Number, "What the network would lose if it closed").unit("money a year"),
            col("network_loss_low_80", Number, "80 % interval of it").unit("money a year"),
            col("network_loss_high_80", Number, "80 % interval of it").unit("money a year"),
            col("network_loss_low_95", Number, "95 % interval of it").unit("money a year"),
            col("network_loss_high_95", Number, "95 % interval of it").unit("money a year"),
            col("kept", Number, "Share of its revenue that other stores of the network would keep").unit("ratio"),
        ],
    )
}

fn huff_cells() -> Table {
    table(
        "huff_cells",
        "H3 cell of the market (resolution 7): its stores' sales, observed and expected",
        None,
        vec![
            col("h3_cell", Integer, "H3 cell, resolution 7").unit("H3 cell").key(),
            col(
                "commune_code",
                Text,
                "INSEE code of the commune whose residents dominate the cell",
            ),
            col("region", Text, "Region"),
            col("residents", Number, "Residents").unit("persons").required(),
            col("households", Number, "Households").unit("households").required(),
            col(
                "spend_potential",
                Number,
                "What residents could spend on the retailer's goods",
            )
            .unit("money a year")
            .required(),
            col("store_potential", Number, "The part of it that is spent in stores")
                .unit("money a year")
                .required(),
            col(
                "observed",
                Number,
                "Sales of stores to residents, those without an address spread like the store's others; none where flows are too few",
            )
            .unit("money a year"),
            col("expected", Number, "What the model expects")
                .unit("money a year")
                .required(),
            col(
                "annual_revenue",
                Number,
                "Expected of a year with the network as it is at the end",
            )
            .unit("money a year")
            .required(),
            col(
                "residual",
                Number,
                "(observed - expected) / sqrt(dispersion x expected)",
            ),
        ],
    )
}

fn huff_flows() -> Table {
    table(
        "huff_flows",
        "H3 cell (resolution 7) and store within reach, open or opened in the last 12 months",
        None,
        vec![
            col("h3_cell", Integer, "H3 cell, resolution 7").unit("H3 cell").key(),
            col("store_id", Text, "Store, or competitor").key(),
            col("distance", Number, "Mean over the residents").required(),
            col("observed", Number, "Sales, those without an address spread like the store's others").unit("money a year"),
            col("expected", Number, "What the model expects").unit("money a year").required(),
            col("share", Number, "p_ij: share of the stores' potential of the cell that goes to the store, the network as it is at the end").unit("ratio").required(),
        ],
    )
}

fn store_changes() -> Table {
    table(
        "store_changes",
        "store that opened in the data: what the model says without its sales, against what it sold",
        None,
        vec![
            col("store_id", Text, "Store").key(),
            col("opened_on", Date, "First day of sale").required(),
            col(
                "predicted",
                Number,
                "Expected revenue of a year, once it is settled, with the network of its first day",
            )
            .unit("money a year")
            .required(),
            col("low_80", Number, "80 % interval").unit("money a year").required(),
            col("high_80", Number, "80 % interval").unit("money a year").required(),
            col("low_95", Number, "95 % interval").unit("money a year").required(),
            col("high_95", Number, "95 % interval").unit("money a year").required(),
            col("network_gain", Number, "What the network gains by it")
                .unit("money a year")
                .required(),
            col("gain_low_80", Number, "80 % interval")
                .unit("money a year")
                .required(),
            col("gain_high_80", Number, "80 % interval")
                .unit("money a year")
                .required(),
            col(
                "first_year",
                Number,
                "What it sold in its first 12 months, or what it sold so far, as a year's",
            )
            .unit("money a year")
            .required(),
            col("observed_days", Integer, "Days of it").unit("days").required(),
            col(
                "latest_year",
                Number,
                "What it sold in the last 12 months; empty when it is younger",
            )
            .unit("money a year"),
        ],
    )
}

fn web_effects() -> Table {
    table(
        "web_effects",
        "kind of change of the network, and what it did to the web shop's sales in the cells round it",
        None,
        vec![
            col(
                "kind",
                Text,
                "opening or closing; kept: what remains of closings once the effect that openings show is taken off",
            )
            .key()
            .allowed(&["opening", "closing", "kept"]),
            col(
                "changes",
                Integer,
                "Changes that the data show with 6 months before and after",
            )
            .required(),
            col(
                "effect",
                Number,
                "Web revenue won (lost) in the cells, for each unit of money that stores win (lose) there; of kept, web revenue won for each unit that the closed store sold there",
            ),
            col("standard_error", Number, "Its standard error, from change to change"),
            col(
                "estimated",
                Boolean,
                "Whether the changes are many enough to say; otherwise it is for the user to assume",
            )
            .required(),
        ],
    )
}

fn white_space() -> Table {
    table(
        "white_space",
        "H3 cell (resolution 7) with residents: what a standard store in its middle would do",
        None,
        vec![
            col("h3_cell", Integer, "H3 cell, resolution 7").unit("H3 cell").key(),
            col(
                "commune_code",
                Text,
                "INSEE code of the commune whose residents dominate the cell",
            ),
            col("region", Text, "Region"),
            col("residents", Number, "Residents").unit("persons").required(),
            col(
                "sales_area_m2",
                Number,
                "Sales area of the standard store: the median of the network",
            )
            .unit("m2")
            .required(),
            col("sales", Number, "What the store would sell")
                .unit("money a year")
                .required(),
            col("sales_low_80", Number, "80 % interval").unit("money a year"),
            col("sales_high_80", Number, "80 % interval").unit("money a year"),
            col("taken", Number, "What it would take from stores of the network")
                .unit("money a year")
                .required(),
            col("net_gain", Number, "What the network would gain")
                .unit("money a year")
                .required(),
            col("net_gain_low_80", Number, "80 % interval").unit("money a year"),
            col("net_gain_high_80", Number, "80 % interval").unit("money a year"),
            col(
                "margin",
                Number,
                "Gross margin of the gain at the network's mean rate, less the median fixed cost of a store",
            )
            .unit("money a year"),
            col("nearest_store_id", Text, "Nearest store of the network"),
            col(
                "nearest_distance",
                Number,
                "Its distance from the middle of the cell; empty where no way is known",
            ),
            col("rank", Integer, "Place among all cells by net gain").required(),
        ],
    )
}
