//! The canonical tables, written down.

use std::sync::LazyLock;

use super::written::{SALES_CHANNELS, col, table_of as table};
use super::{Column, Inherited, Kind, LookedUp, Reference, Table};

use Kind::{Boolean, Date, Integer, Money, Number, Text, Timestamp};

const PRECISIONS: &[&str] = &["address", "commune"];
const MEDIA: &[&str] = &["catalogue", "letter", "email", "sms", "social", "leaflet"];
const PURPOSES: &[&str] = &["acquisition", "retention", "service"];
/// What an order takes from other files of its export than its own row.
const LOOKED_UP_OF_ORDERS: &[LookedUp] = &[
    LookedUp {
        columns: &["h3_cell", "location_precision", "region"],
        inherited: Inherited::AsTheyAre,
    },
    LookedUp {
        columns: &["gross_margin"],
        inherited: Inherited::AtTheRateTo("net_revenue"),
    },
    LookedUp {
        columns: &["items"],
        inherited: Inherited::No,
    },
    LookedUp {
        columns: &["key_code"],
        inherited: Inherited::No,
    },
];
/// What a customer's record takes from a file of addresses.
const LOOKED_UP_OF_SOURCE_CUSTOMERS: &[LookedUp] = &[
    LookedUp {
        columns: &[
            "address_line_given",
            "address_extra_given",
            "postcode_given",
            "city_given",
            "address_line",
            "postcode",
            "city",
            "latitude",
            "longitude",
        ],
        inherited: Inherited::No,
    },
    LookedUp {
        columns: &["phone_given", "mobile_given", "phone", "mobile"],
        inherited: Inherited::No,
    },
];
const LOOKED_UP_OF_CUSTOMERS: &[LookedUp] = &[LookedUp {
    columns: &["postcode", "city", "region", "h3_cell", "location_precision"],
    inherited: Inherited::No,
}];
const STAGES: &[&str] = &["discovery", "research", "conversion", "after_sales"];

/// Rows about a store or a competitor.
const SITES: &[Reference] = &[Reference {
    column: "store_id",
    table: "stores",
    or: Some("competitors"),
    is_part: false,
}];

/// All tables that sources fill, in the order in which the catalogue prints them.
pub fn tables() -> &'static [Table] {
    &TABLES
}

static TABLES: LazyLock<Vec<Table>> = LazyLock::new(|| {
    [
        stores(),
        competitors(),
        customers(),
        customer_identity(),
        source_customers(),
        identities(),
        orders(),
        order_lines(),
        campaigns(),
        mailings(),
        survey_responses(),
        web_events(),
        marketing_costs(),
        market_cells(),
        store_attributes(),
        travel_times(),
    ]
    .into()
});

fn personal(name: &'static str, row: &'static str, columns: Vec<Column>) -> Table {
    Table {
        name,
        row,
        personal: true,
        built: false,
        money: None,
        columns,
        looked_up: &[],
        names: None,
        references: &[],
    }
}

const fn latitude() -> Column {
    col("latitude", Number, "Latitude, WGS 84")
        .unit("degrees")
        .between(-90.0, 90.0)
}

const fn longitude() -> Column {
    col("longitude", Number, "Longitude, WGS 84")
        .unit("degrees")
        .between(-180.0, 180.0)
}

fn stores() -> Table {
    table(
        "stores",
        "point of sale",
        None,
        vec![
            col("store_id", Text, "Id of the store in the retailer's systems").key(),
            col("name", Text, "Name shown on pages").required(),
            col("format", Text, "Kind of store, in the retailer's words"),
            latitude(),
            longitude(),
            col("h3_cell", Integer, "H3 cell of the store, resolution 9").unit("H3 cell"),
            col("region", Text, "Region in which the store stands"),
            col("sales_area_m2", Number, "Sales area").unit("m2").at_least(0.0),
            col("opened_on", Date, "First day of sale"),
            col("closed_on", Date, "Last day of sale; empty while the store is open"),
            col(
                "annual_fixed_cost",
                Money,
                "Rent, wages and other costs that do not follow sales",
            )
            .unit("a year")
            .at_least(0.0),
            col("gross_margin_rate", Number, "Gross margin as a share of net revenue")
                .unit("ratio")
                .between(-1.0, 1.0),
        ],
    )
}

fn competitors() -> Table {
    table(
        "competitors",
        "rival outlet",
        None,
        vec![
            col("competitor_id", Text, "Id of the outlet").key(),
            col("banner", Text, "Name of the rival chain"),
            latitude().required(),
            longitude().required(),
            col("sales_area_m2", Number, "Sales area").unit("m2").at_least(0.0),
        ],
    )
}

fn customers() -> Table {
    Table {
        looked_up: LOOKED_UP_OF_CUSTOMERS,
        ..table(
            "customers",
            "customer (pseudonymous)",
            None,
            vec![
                col("customer_id", Text, "Pseudonymous id").key(),
                col(
                    "acquired_on",
                    Date,
                    "Day on which the customer was won: the source's date if not after the first order, else the first order",
                ),
                col("acquisition_channel", Text, "Sales channel of the first contact").allowed(SALES_CHANNELS),
                col("acquisition_cost", Money, "What winning the customer cost, where known").at_least(0.0),
                col("birth_year", Integer, "Year of birth")
                    .unit("year")
                    .between(1880.0, 2100.0),
                col("household_id", Text, "Household of the customer"),
                col("postcode", Text, "Post code"),
                col("city", Text, "Commune or city"),
                col("region", Text, "Region of the customer's place"),
                col("h3_cell", Integer, "H3 cell of the customer's place, resolution 9").unit("H3 cell"),
                col("location_precision", Text, "How the place is known").allowed(PRECISIONS),
                col(
                    "community_member_since",
                    Date,
                    "Day of joining the retailer's community",
                ),
                col("email_opt_in", Boolean, "Agreed to e-mail"),
                col("post_opt_in", Boolean, "Agreed to post"),
            ],
        )
    }
}

fn customer_identity() -> Table {
    personal(
        "customer_identity",
        "personal data of a customer, kept apart",
        vec![
            col("customer_id", Text, "Pseudonymous id").key(),
            col("first_name", Text, "First name"),
            col("last_name", Text, "Last name"),
            col("email", Text, "E-mail address"),
            col("phone", Text, "Telephone, national digits"),
            col("address_line", Text, "Street line"),
            col("postcode", Text, "Post code"),
            col("city", Text, "City"),
            latitude(),
            longitude(),
        ],
    )
}

fn source_customers() -> Table {
    Table {
        looked_up: LOOKED_UP_OF_SOURCE_CUSTOMERS,
        ..personal(
            "source_customers",
            "customer record as a source knows it",
            vec![
                col("source", Text, "Source system or file: erp, shop, a mailing file").key(),
                col("source_customer_id", Text, "Id in that source").key(),
                col("created_on", Date, "Day on which the source created the record"),
                col("updated_at", Timestamp, "Last change in the source"),
                col(
                    "full_name_given",
                    Text,
                    "Whole name as given, when the source has one field",
                ),
                col("first_name_given", Text, "First name as given"),
                col("last_name_given", Text, "Last name as given"),
                col("email_given", Text, "E-mail as given"),
                col("phone_given", Text, "Telephone as given"),
                col("mobile_given", Text, "Mobile telephone as given"),
                col("address_line_given", Text, "Street line as given"),
                col("address_extra_given", Text, "Second address line as given"),
                col("postcode_given", Text, "Post code as given"),
                col("city_given", Text, "City as given"),
                col("first_name", Text, "First name, normalised"),
                col("last_name", Text, "Last name, normalised"),
                col("email", Text, "E-mail, normalised"),
                col("phone", Text, "Telephone, nine national digits"),
                col("mobile", Text, "Mobile telephone, nine national digits"),
                col("address_line", Text, "Street line, normalised"),
                col("postcode", Text, "Post code, five digits"),
                col("city", Text, "City, normalised"),
                latitude(),
                longitude(),
                col("is_guest", Boolean, "The source gave this id to one order only"),
                col("opt_in_email", Boolean, "Agreed to e-mail in this source"),
                col("birth_year", Integer, "Year of birth")
                    .unit("year")
                    .between(1880.0, 2100.0),
                col(
                    "sales_channel",
                    Text,
                    "Sales channel of the record, where the source implies one",
                )
                .allowed(SALES_CHANNELS),
            ],
        )
    }
}

fn identities() -> Table {
    table(
        "identities",
        "link from a source record to a customer",
        None,
        vec![
            col("source", Text, "Source system or file").key(),
            col("source_customer_id", Text, "Id in that source").key(),
            col("customer_id", Text, "Pseudonymous id").required(),
            col("household_id", Text, "Household"),
            col("match_probability", Number, "Probability that the link is right")
                .unit("ratio")
                .between(0.0, 1.0),
            col("rule", Text, "Rule that made the link"),
        ],
    )
}

fn orders() -> Table {
    Table {
        looked_up: LOOKED_UP_OF_ORDERS,
        names: Some("refunded_order_id"),
        references: &[Reference {
            column: "store_id",
            table: "stores",
            or: None,
            is_part: false,
        }],
        ..table(
            "orders",
            "order, receipt or refund",
            Some("net_revenue"),
            vec![
                col("order_id", Text, "`source:number`, unique in the lake").key(),
                col("kind", Text, "order, or refund (its own negative row)")
                    .required()
                    .allowed(&["order", "refund"]),
                col(
                    "refunded_order_id",
                    Text,
                    "Order that a refund cancels in part or whole",
                ),
                col("source", Text, "Source system").required(),
                col(
                    "source_customer_id",
                    Text,
                    "Customer id in the source; empty for an anonymous receipt",
                ),
                col(
                    "customer_id",
                    Text,
                    "Pseudonymous customer id; empty for an anonymous receipt",
                ),
                col("ordered_on", Date, "Day in the retailer's time zone").required(),
                col("ordered_at", Timestamp, "Instant, where the source has one"),
                col("updated_at", Timestamp, "Last change in the source"),
                col("sales_channel", Text, "Where the customer bought")
                    .required()
                    .allowed(SALES_CHANNELS),
                col("store_id", Text, "Store, for store sales"),
                col(
                    "net_revenue",
                    Money,
                    "Paid without VAT and shipping, after discounts, before refunds",
                )
                .required()
                .between(-10_000_000.0, 10_000_000.0),
                col("gross_margin", Money, "Net revenue less cost of goods"),
                col("items", Integer, "Pieces").unit("pieces"),
                col("key_code", Text, "Key or voucher code captured with the order"),
                col(
                    "h3_cell",
                    Integer,
                    "H3 cell of the customer's place when ordering, resolution 9",
                )
                .unit("H3 cell"),
                col("location_precision", Text, "How the place is known").allowed(PRECISIONS),
                col("region", Text, "Region of the customer when ordering"),
            ],
        )
    }
}

fn order_lines() -> Table {
    Table {
        references: &[Reference {
            column: "order_id",
            table: "orders",
            or: None,
            is_part: true,
        }],
        ..table(
            "order_lines",
            "line of an order",
            Some("net_revenue"),
            vec![
                col("order_id", Text, "Order of the line").key(),
                col(
                    "line",
                    Integer,
                    "Number of the line in the order, or of the row in the source",
                )
                .key(),
                col("product_id", Text, "Product"),
                col("category", Text, "Product category"),
                col("quantity", Number, "Pieces").unit("pieces"),
                col("net_revenue", Money, "Paid without VAT, after discounts")
                    .required()
                    .between(-10_000_000.0, 10_000_000.0),
            ],
        )
    }
}

fn campaigns() -> Table {
    table(
        "campaigns",
        "mailing or push",
        Some("fixed_cost"),
        vec![
            col("campaign_id", Text, "Id of the campaign").key(),
            col("name", Text, "Name shown on pages").required(),
            col("medium", Text, "What was sent").required().allowed(MEDIA),
            col("dropped_on", Date, "Day on which the mailing left"),
            col("in_home_on", Date, "Day on which it reached homes").required(),
            col("unit_cost", Money, "Cost of one piece").at_least(0.0),
            col("fixed_cost", Money, "Cost that does not follow the number of pieces").at_least(0.0),
            col(
                "matchback_window_days",
                Integer,
                "Days after in_home_on in which an order may be attributed",
            )
            .unit("days")
            .between(0.0, 400.0),
        ],
    )
}

fn mailings() -> Table {
    Table {
        references: &[Reference {
            column: "campaign_id",
            table: "campaigns",
            or: None,
            is_part: false,
        }],
        ..table(
            "mailings",
            "recipient of a campaign",
            None,
            vec![
                col("campaign_id", Text, "Campaign").key(),
                col("source", Text, "Source of the recipient's id").key(),
                col("source_customer_id", Text, "Recipient in that source").key(),
                col("customer_id", Text, "Pseudonymous customer id"),
                col("household_id", Text, "Household"),
                col("segment", Text, "Segment in the mailing plan"),
                col("test_cell", Text, "test (mailed) or control (held out)")
                    .required()
                    .allowed(&["test", "control"]),
                col("key_code", Text, "Key code printed on the piece"),
                col("wave", Integer, "Wave within the campaign").at_least(0.0),
            ],
        )
    }
}

fn survey_responses() -> Table {
    table(
        "survey_responses",
        "answer to a survey",
        None,
        vec![
            col("response_id", Text, "Id of the answer").key(),
            col("customer_id", Text, "Pseudonymous customer id"),
            col("responded_on", Date, "Day of the answer").required(),
            col("kind", Text, "nps, ces or csat")
                .required()
                .allowed(&["nps", "ces", "csat"]),
            col("score", Integer, "Score on the kind's scale")
                .required()
                .between(0.0, 10.0),
            col("touchpoint", Text, "Moment of the journey"),
            col("journey_stage", Text, "Stage of the journey").allowed(STAGES),
            col("sales_channel", Text, "Sales channel").allowed(SALES_CHANNELS),
            col("store_id", Text, "Store"),
            col("verbatim", Text, "What the customer wrote"),
        ],
    )
}

fn web_events() -> Table {
    table(
        "web_events",
        "event of a web visitor",
        None,
        vec![
            col("event_id", Text, "Id of the event").key(),
            col("visitor_id", Text, "Visitor").required(),
            col("customer_id", Text, "Pseudonymous customer id, when known"),
            col("occurred_at", Timestamp, "Instant").required(),
            col(
                "page_type",
                Text,
                "Kind of page: inspiration, configurator, product, store_locator, appointment ...",
            ),
            col("event", Text, "What happened"),
            col("traffic_source", Text, "Where the visit came from"),
        ],
    )
}

fn marketing_costs() -> Table {
    table(
        "marketing_costs",
        "month and purpose",
        Some("cost"),
        vec![
            col("month", Date, "First day of the month").key(),
            col("purpose", Text, "acquisition, retention or service")
                .key()
                .allowed(PURPOSES),
            col("channel", Text, "Marketing channel").key(),
            col(
                "sales_channel",
                Text,
                "Sales channel through which the customers that it wins buy first; empty when it works for all",
            )
            .allowed(SALES_CHANNELS),
            col("cost", Money, "Cost in the month").required().at_least(0.0),
        ],
    )
}

fn market_cells() -> Table {
    table(
        "market_cells",
        "H3 cell of the market, resolution 8",
        None,
        vec![
            col("h3_cell", Integer, "H3 cell, resolution 8").unit("H3 cell").key(),
            col(
                "commune_code",
                Text,
                "INSEE code of the commune whose residents dominate the cell",
            ),
            col("region", Text, "Region"),
            col("residents", Number, "Residents").unit("persons").at_least(0.0),
            col("households", Number, "Households").unit("households").at_least(0.0),
            col(
                "spend_potential",
                Money,
                "What residents could spend on the retailer's goods",
            )
            .unit("a year")
            .at_least(0.0),
        ],
    )
}

fn store_attributes() -> Table {
    Table {
        references: SITES,
        ..table(
            "store_attributes",
            "store (or competitor) and a further fact about it that may attract customers",
            None,
            vec![
                col("store_id", Text, "Store, or competitor").key(),
                col("attribute", Text, "What is told, such as parking_places").key(),
                col(
                    "value",
                    Number,
                    "How much of it; above 0, since the Huff model takes its logarithm",
                )
                .required()
                .at_least(0.0),
            ],
        )
    }
}

fn travel_times() -> Table {
    Table {
        references: SITES,
        ..table(
            "travel_times",
            "H3 cell and store: the way from one to the other",
            None,
            vec![
                col("h3_cell", Integer, "H3 cell, resolution 8").unit("H3 cell").key(),
                col("store_id", Text, "Store, or competitor").key(),
                col("minutes", Number, "By car")
                    .unit("minutes")
                    .required()
                    .between(0.0, 1_440.0),
                col(
                    "commune_code",
                    Text,
                    "INSEE code of the commune from which it was measured: it holds for all cells of it that have no row of their own",
                ),
            ],
        )
    }
}
