//! The tables that `chalandise build` computes: what models say of customers, and how far to believe them.

use chalandise_lake::contract::{Kind, SALES_CHANNELS, Table, col, table_of as table};

use crate::status::STATUSES;

use Kind::{Boolean, Date, Integer, Money, Number, Text};

const SEGMENTS: &[&str] = &["champions", "loyal", "promising", "dormant", "at_risk", "lost"];

/// All tables of customer value.
pub(super) fn tables() -> Vec<Table> {
    vec![
        rfm(),
        model_status(),
        model_fits(),
        season_index(),
        forecast_quality(),
        forecast_bins(),
        forecast_tracking(),
        customer_value(),
        value_bridge(),
        customer_equity(),
        customers_to_come(),
        acquisition_value(),
        persona_traits(),
        next_purchases(),
    ]
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
            col(
                "whole_history",
                Boolean,
                "Whether the customer was won within the data of all his order sources, as far as is known: purchase models are fitted on these",
            ),
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

fn model_status() -> Table {
    table(
        "model_status",
        "computation of the last build, and how it ended",
        None,
        vec![
            col(
                "subject",
                Text,
                "A purchase model on the holdout, or holdout, season, purchases (the model in use), spend (likewise), intervals (of CLVs), costs, \
                 customers_to_come, personas",
            )
            .key(),
            col(
                "status",
                Text,
                "ok; limit (the model has no maximum, and the limit that its likelihood rises towards gives the result) or next_best (the \
                 chosen model has no result, and the next of the comparison gives it; of spend, the mean observed); or why there is no \
                 result: too_few customers or purchases, no_repeat (nobody bought again), no_maximum (of the likelihood), too_short (the \
                 data), no_data, unusable, not_determined (by resamples of the customers), left_censored (customers first seen were \
                 mostly there before the data begin)",
            )
            .required()
            .allowed(STATUSES),
            col(
                "chosen",
                Text,
                "Model that was to give the result, with -seasonal on the season's clock; empty of subjects that are no models",
            ),
            col("used", Text, "Model that gave it, likewise"),
            col(
                "reason",
                Text,
                "Why it was another: too_few customers who bought again, no_maximum (of the likelihood), no_mean (of the spend model)",
            )
            .allowed(STATUSES),
        ],
    )
}

fn season_index() -> Table {
    table(
        "season_index",
        "month of the year: the season in the repeat purchases",
        None,
        vec![
            col("month_of_year", Integer, "1 for January").key().between(1.0, 12.0),
            col(
                "index",
                Number,
                "Repeat purchases of the month against what a model without season expects; 1 on the mean of a year",
            )
            .unit("ratio")
            .required(),
            col("in_use", Boolean, "Whether the clock of the model in use runs by it").required(),
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
                "`calibration`: on the days before the holdout; `calibration-season`: likewise, on the season's clock; `current`: on all \
                 days, on the clock in use; `current-web` etc.: likewise, with the first sales channel as covariate",
            )
            .key()
            .allowed(&[
                "calibration",
                "calibration-season",
                "current",
                "current-store",
                "current-web",
                "current-post",
                "current-phone",
            ]),
            col(
                "model",
                Text,
                "bg-nbd, mbg-nbd, pareto-nbd or gamma-gamma; or a limit of theirs under its own name, such as exponential-nbd or gamma-spend; \
                 or mean-spend, the mean observed",
            )
            .key(),
            col("parameter", Text, "Name of the parameter in the model's paper").key(),
            col(
                "value",
                Number,
                "Maximum-likelihood estimate; times in days of the fit's clock, money in the lake's currency",
            )
            .required(),
            col("standard_error", Number, "From the observed information; of mean-spend, from the spread of the customers' means"),
            col("log_likelihood", Number, "Of the whole model; empty of mean-spend, which has none"),
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
                "Model, or the limit that its likelihood rises towards; or a yardstick: recency alone, the same days a year before",
            )
            .key(),
            col("seasonal", Boolean, "Whether its clock ran by the season").key(),
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
            col("chosen", Boolean, "The forecast to be used: the highest mean log score").required(),
            col(
                "in_use",
                Boolean,
                "The forecast in use: the chosen one, or the next that has a maximum on all days (`model_status`)",
            )
            .required(),
        ],
    )
}

fn forecast_bins() -> Table {
    table(
        "forecast_bins",
        "forecast of the holdout and number of repeats known before it",
        None,
        vec![
            col("model", Text, "Purchase model").key(),
            col("seasonal", Boolean, "Whether its clock ran by the season").key(),
            col(
                "calibrated",
                Boolean,
                "Whether P(no order) was calibrated on an earlier window",
            )
            .key(),
            col(
                "frequency",
                Integer,
                "Repeat purchase days before the holdout; 7 for 7 and more",
            )
            .key(),
            col("customers", Integer, "Customers").required(),
            col("expected_orders", Number, "Purchase days expected in the holdout, mean")
                .unit("days")
                .required(),
            col("observed_orders", Number, "Purchase days that there were, mean")
                .unit("days")
                .required(),
            col("chosen", Boolean, "The forecast to be used: the highest mean log score").required(),
            col("in_use", Boolean, "The forecast in use").required(),
        ],
    )
}

fn forecast_tracking() -> Table {
    table(
        "forecast_tracking",
        "week: repeat purchases of customers won within the data and before the holdout, on whom the model was fitted: expected and observed",
        None,
        vec![
            col("until_on", Date, "Last day of the week").key(),
            col(
                "expected_orders",
                Number,
                "Repeat purchase days up to it, expected without calibration",
            )
            .unit("days")
            .required(),
            col("observed_orders", Integer, "Repeat purchase days up to it")
                .unit("days")
                .required(),
            col("held_out", Boolean, "Whether the model did not know the week").required(),
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
            col("first_channel", Text, "Sales channel of the first purchase day").allowed(SALES_CHANNELS),
            col("preferred_channel", Text, "Sales channel of most orders").allowed(SALES_CHANNELS),
            col("segment", Text, "Segment by the rules of `model/rfm`")
                .required()
                .allowed(SEGMENTS),
            col("recency_score", Integer, "1 (long ago) to 5 (lately)").between(1.0, 5.0),
            col("frequency_score", Integer, "1 (once) to 5 (often)").between(1.0, 5.0),
            col("monetary_score", Integer, "1 to 5 by net revenue").between(1.0, 5.0),
            col("frequency", Integer, "x of the model: repeat purchase days").unit("days"),
            col(
                "recency_days",
                Number,
                "t_x of the model: from the first purchase day to the last, in days of its clock (`season_index`)",
            )
            .unit("days"),
            col(
                "age_days",
                Number,
                "T of the model: from the first purchase day to the forecast, in days of its clock",
            )
            .unit("days"),
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
                "Factor of orders, chances and CLV from the calibrated P(order), no more than the customers that it was learnt from, and \
                 two; 1 without calibration",
            )
            .required(),
            col("expected_value", Money, "Expected net revenue of a purchase day"),
            col(
                "margin_rate",
                Number,
                "Gross margin of the customers all of whose orders state one, as a share of their net revenue",
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
            col(
                "clv_high",
                Money,
                "Upper end of its 95 % interval; both empty where resamples do not tell it",
            ),
            col(
                "clv_last_year",
                Money,
                "CLV 364 days before by the same models; empty for customers won since",
            ),
            col(
                "persona",
                Integer,
                "Persona, 1 with the highest mean CLV (`persona_traits`)",
            ),
            col(
                "persona_probability",
                Number,
                "Probability that the customer belongs to it",
            )
            .unit("ratio")
            .between(0.0, 1.0),
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
            col(
                "part",
                Text,
                "present_customers: the sum of their CLVs; customers_to_come: margin of those won within 36 months, each within 36 \
                 months of his first purchase; acquisition_cost, retention_cost, service_cost of both, below zero",
            )
            .key()
            .allowed(&[
                "present_customers",
                "customers_to_come",
                "acquisition_cost",
                "retention_cost",
                "service_cost",
            ]),
            col("amount", Money, "Amount, discounted to the day of the forecast").required(),
            col(
                "amount_low",
                Money,
                "Lower end of the 95 % interval, from the uncertainty of the parameters",
            ),
            col("amount_high", Money, "Upper end of the 95 % interval"),
        ],
    )
}

fn value_bridge() -> Table {
    table(
        "value_bridge",
        "step from last year's value of present customers to this year's, by group of customers",
        None,
        vec![
            col(
                "part",
                Text,
                "last_year; new_customers: first purchase in the data since; retained_value: change in the purchases expected of those who bought since; \
                 lost_value: of those who did not; spend_change: change in the value of a purchase; this_year",
            )
            .key()
            .allowed(&[
                "last_year",
                "new_customers",
                "retained_value",
                "lost_value",
                "spend_change",
                "this_year",
            ]),
            col("cohort_on", Date, "First day of the month of the first purchase").key(),
            col("region", Text, "Region of the customer's place; no letter when unknown").key(),
            col("preferred_channel", Text, "Sales channel of most orders").key().allowed(SALES_CHANNELS),
            col("first_channel", Text, "Sales channel of the first purchase day").key().allowed(SALES_CHANNELS),
            col("customers", Integer, "Customers").required(),
            col(
                "amount",
                Money,
                "CLV, or what changed it; the steps add up to this_year to the cent",
            )
            .required(),
        ],
    )
}

fn customers_to_come() -> Table {
    table(
        "customers_to_come",
        "month to come, with the customers who are expected to be won in it",
        None,
        vec![
            col("cohort_on", Date, "First day of the month").key(),
            col("new_customers", Number, "Customers expected").required(),
            col(
                "new_customers_low",
                Number,
                "Lower end of the 95 % interval, from forecasts of past months",
            ),
            col("new_customers_high", Number, "Upper end of the 95 % interval"),
            col(
                "amount",
                Money,
                "Their margin within 36 months of the first purchase, discounted to the day of the forecast",
            )
            .required(),
            col(
                "acquisition_cost",
                Money,
                "Cost of winning them, discounted likewise; empty without costs",
            ),
        ],
    )
}

fn acquisition_value() -> Table {
    table(
        "acquisition_value",
        "sales channel of the first purchase",
        None,
        vec![
            col("first_channel", Text, "Sales channel").key().allowed(SALES_CHANNELS),
            col("new_customers", Integer, "Customers won in the last twelve whole months").required(),
            col("acquisition_cost", Money, "Cost of winning them; empty without costs"),
            col("cost_per_customer", Money, "Cost of winning one"),
            col("first_margin", Money, "Margin of the first purchase day, mean").required(),
            col(
                "value_per_customer",
                Money,
                "Discounted expected margin of one within 36 months, the first purchase day included",
            )
            .required(),
            col(
                "value_low",
                Money,
                "Lower end of the 95 % interval, from the uncertainty of the parameters",
            ),
            col("value_high", Money, "Upper end of the 95 % interval"),
            col(
                "payback_month",
                Integer,
                "Month after the first purchase by whose end the margin has covered the cost; 0: at once; empty: not within 36",
            )
            .unit("months"),
        ],
    )
}

fn persona_traits() -> Table {
    table(
        "persona_traits",
        "persona and what sets it apart from all other customers",
        None,
        vec![
            col("persona", Integer, "Persona, 1 with the highest mean CLV").key(),
            col("rank", Integer, "1 for what sets it apart most").key(),
            col(
                "feature",
                Text,
                "clv, purchase_days, gap_days (since the last purchase), mean_value (of a purchase day), web_share and distance_share \
                 (post and phone) of net revenue, web_to_store_share of the days with a purchase in a store, category: share of net \
                 revenue in the category",
            )
            .required(),
            col("category", Text, "The category"),
            col("mean", Number, "Mean of the persona").required(),
            col("others_mean", Number, "Mean of all other customers").required(),
            col(
                "strength",
                Number,
                "Distance of the means in standard deviations (Cohen's d); above 0 where the persona has more",
            )
            .required(),
        ],
    )
}

fn next_purchases() -> Table {
    table(
        "next_purchases",
        "pair of categories: what is bought on the next purchase day, where that is no chance",
        None,
        vec![
            col("persona", Integer, "Persona, or 0 for all customers").key(),
            col("from_category", Text, "Category of a purchase day").key(),
            col("to_category", Text, "Category of the same customer's next purchase day").key(),
            col("customers", Integer, "Customers who did so").required(),
            col(
                "share",
                Number,
                "Of the purchase days with the first that another one follows, those followed by the second",
            )
            .unit("ratio")
            .required(),
            col(
                "share_of_all",
                Number,
                "The same of all purchase days that another one follows",
            )
            .unit("ratio")
            .required(),
            col("lift", Number, "One over the other").unit("ratio").required(),
            col("lift_low", Number, "Lower end of its 95 % interval").unit("ratio"),
            col("lift_high", Number, "Upper end of its 95 % interval").unit("ratio"),
            col(
                "p_value",
                Number,
                "Probability of such a lift by chance, after Benjamini and Hochberg; at most 0.05",
            )
            .required(),
        ],
    )
}
