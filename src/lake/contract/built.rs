//! The tables that `chalandise build` computes: what models say of customers, and how far to believe them.

use super::tables::{SALES_CHANNELS, col, table};
use super::{Kind, Table};

use Kind::{Boolean, Date, Integer, Money, Number, Text};

const SEGMENTS: &[&str] = &["champions", "loyal", "promising", "dormant", "at_risk", "lost"];

/// All built tables.
pub(super) fn tables() -> Vec<Table> {
    let mut tables = vec![
        rfm(),
        model_fits(),
        forecast_quality(),
        customer_value(),
        customer_equity(),
    ];
    for table in &mut tables {
        table.built = true;
    }
    tables
}

fn rfm() -> Table {
    table(
        "rfm",
        "customer with a purchase, on one of two days: the as-of date and 364 days before",
        None,
        vec![
            col("as_of_on", Date, "Last day of the observation").key(),
            col("customer_id", Text, "Pseudonymous id").key(),
            col("first_on", Date, "First purchase day").required(),
            col("last_on", Date, "Last purchase day").required(),
            col("frequency", Integer, "Repeat purchase days")
                .unit("days")
                .required(),
            col("recency_days", Integer, "From the first purchase day to the last")
                .unit("days")
                .required(),
            col(
                "age_days",
                Integer,
                "From the first purchase day to the last day of the observation",
            )
            .unit("days")
            .required(),
            col("purchase_days", Integer, "Purchase days, the first one included")
                .unit("days")
                .required(),
            col("orders", Integer, "Orders").required(),
            col("net_revenue", Money, "All purchases, refunds taken off").required(),
            col(
                "gross_margin",
                Money,
                "Net revenue less cost of goods; empty when an order states none",
            ),
            col("first_value", Money, "Value of the first purchase day"),
            col(
                "repeat_value",
                Money,
                "Mean value of a repeat purchase day; empty without a repeat",
            ),
            col("preferred_channel", Text, "Sales channel of most orders").allowed(SALES_CHANNELS),
            col("preferred_channel_share", Number, "Its share of the orders")
                .unit("ratio")
                .between(0.0, 1.0),
            col("first_channel", Text, "Sales channel of the first purchase day").allowed(SALES_CHANNELS),
            col("region", Text, "Region of the customer's place"),
            col("recency_score", Integer, "1 (long ago) to 5 (lately)").between(1.0, 5.0),
            col("frequency_score", Integer, "1 (once) to 5 (often)").between(1.0, 5.0),
            col("monetary_score", Integer, "1 to 5 by net revenue").between(1.0, 5.0),
            col("segment", Text, "Segment by the rules of `model/rfm`")
                .required()
                .allowed(SEGMENTS),
        ],
    )
}

fn model_fits() -> Table {
    table(
        "model_fits",
        "parameter of a fitted model",
        None,
        vec![
            col(
                "fit",
                Text,
                "`calibration`: on the days before the holdout; `current`: on all days",
            )
            .key()
            .allowed(&["calibration", "current"]),
            col("model", Text, "bg-nbd, mbg-nbd, pareto-nbd or gamma-gamma").key(),
            col("parameter", Text, "Name of the parameter in the model's paper").key(),
            col(
                "value",
                Number,
                "Maximum-likelihood estimate; times in days, money in the lake's currency",
            )
            .required(),
            col("standard_error", Number, "From the observed information"),
            col("log_likelihood", Number, "Of the whole model").required(),
            col("customers", Integer, "Customers").required(),
            col("distinct_rows", Integer, "Distinct histories").required(),
            col(
                "converged",
                Boolean,
                "Whether the search ended at a maximum; other fits are not used",
            )
            .required(),
            col("observed_until", Date, "Last day of the observation").required(),
        ],
    )
}

fn forecast_quality() -> Table {
    table(
        "forecast_quality",
        "forecast held against what happened in the holdout",
        None,
        vec![
            col(
                "model",
                Text,
                "Model, or a yardstick: recency alone, the same days a year before",
            )
            .key(),
            col(
                "calibrated",
                Boolean,
                "Whether P(no order) was calibrated on an earlier window",
            )
            .key(),
            col("calibration_until", Date, "Last day that the forecast knew").required(),
            col("horizon_days", Integer, "Days of the holdout")
                .unit("days")
                .required(),
            col("customers", Integer, "Customers forecast").required(),
            col("expected_orders", Number, "Purchase days expected in all").unit("days"),
            col("observed_orders", Integer, "Purchase days that there were")
                .unit("days")
                .required(),
            col("bias", Number, "Expected over observed, less 1").unit("ratio"),
            col("mean_absolute_error", Number, "Per customer").unit("days"),
            col(
                "mean_log_score",
                Number,
                "Mean logarithm of the probability given to what happened: higher is better",
            ),
            col("auc", Number, "Chance to rank one who ordered above one who did not").between(0.0, 1.0),
            col(
                "brier",
                Number,
                "Mean squared distance of P(order) from the outcome: lower is better",
            )
            .between(0.0, 1.0),
            col("chosen", Boolean, "The forecast in use: the highest mean log score").required(),
        ],
    )
}

fn customer_value() -> Table {
    table(
        "customer_value",
        "customer with a purchase, forecast from the as-of date",
        None,
        vec![
            col("customer_id", Text, "Pseudonymous id").key(),
            col("as_of_on", Date, "Day of the forecast").required(),
            col("first_on", Date, "First purchase day").required(),
            col("region", Text, "Region of the customer's place"),
            col("preferred_channel", Text, "Sales channel of most orders").allowed(SALES_CHANNELS),
            col("segment", Text, "Segment by the rules of `model/rfm`")
                .required()
                .allowed(SEGMENTS),
            col("recency_score", Integer, "1 (long ago) to 5 (lately)").between(1.0, 5.0),
            col("frequency_score", Integer, "1 (once) to 5 (often)").between(1.0, 5.0),
            col("model", Text, "Purchase model in use").required(),
            col("p_alive", Number, "P(still a customer)")
                .unit("ratio")
                .required()
                .between(0.0, 1.0),
            col("expected_orders", Number, "Purchase days expected within 365 days")
                .unit("days")
                .required(),
            col("p_order", Number, "P(at least one within 365 days)")
                .unit("ratio")
                .between(0.0, 1.0),
            col("p_order_2", Number, "P(at least two within 365 days)")
                .unit("ratio")
                .between(0.0, 1.0),
            col("p_order_3", Number, "P(at least three within 365 days)")
                .unit("ratio")
                .between(0.0, 1.0),
            col(
                "calibration",
                Number,
                "Factor of orders, chances and CLV from the calibrated P(order); 1 without calibration",
            )
            .required(),
            col("expected_value", Money, "Expected net revenue of a purchase day"),
            col(
                "margin_rate",
                Number,
                "Gross margin of all orders that state one, as a share of their net revenue",
            )
            .unit("ratio"),
            col(
                "clv",
                Money,
                "Discounted expected margin of 36 months to come; revenue where no margin is known",
            ),
            col(
                "clv_low",
                Money,
                "Lower end of its 95 % interval, from the uncertainty of the parameters",
            ),
            col("clv_high", Money, "Upper end of its 95 % interval"),
        ],
    )
}

fn customer_equity() -> Table {
    table(
        "customer_equity",
        "part of the value of the customer base",
        None,
        vec![
            col("as_of_on", Date, "Day of the forecast").key(),
            col("part", Text, "present_customers: the sum of their CLVs").key(),
            col("amount", Money, "Discounted expected margin of 36 months to come").required(),
            col(
                "amount_low",
                Money,
                "Lower end of the 95 % interval, from the uncertainty of the parameters",
            ),
            col("amount_high", Money, "Upper end of the 95 % interval"),
        ],
    )
}
