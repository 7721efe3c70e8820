//! truth.json and the truth about cells: what was put in, for whoever measures what comes out.

use std::io::Write;

use chalandise_analytics::market::RESIDENTS_PER_HOUSEHOLD;
use serde_json::{Map, Value, json};

use super::mailings::{self, Campaign};
use super::population::Population;
use super::text::{Encoding, TextFile, money, push_int};
use super::world::{HISTORY_MONTHS, World};
use super::write::{Tally, Writer};
use super::write_network::FIXED_COST_SHARE;
use super::{
    FileSummary, GenerateError, Summary, dirt, sales_channel, seasonality, store_choice, stores,
};

/// Writes truth_cells.csv.gz: each market cell's share, expected revenue and spend potential.
///
/// # Errors
/// When the file cannot be written.
pub fn write_cells(writer: &Writer<'_>) -> Result<Tally, GenerateError> {
    const NAME: &str = "truth_cells.csv.gz";
    let mut file = TextFile::create_gz(
        writer.path(NAME),
        Encoding::Utf8,
        "h3_cell,commune_code,residents,households,inside_share,expected_revenue,spend_potential\n",
    )?;
    for (cell, truth) in writer.world.cells.iter().zip(writer.world.cell_truths()) {
        let commune = &writer.world.geography.communes[cell.commune as usize];
        push_int(&mut file.text, u64::from(cell.index));
        file.text.push_str(&format!(
            ",{},{:.4},{:.4},{:.9},{:.6},{:.6}\n",
            commune.code,
            cell.residents,
            cell.residents / RESIDENTS_PER_HOUSEHOLD,
            truth.inside_share,
            truth.expected_revenue_eur,
            truth.spend_potential_eur,
        ));
        file.end_row()?;
    }
    let mut tally = Tally::default();
    tally.file(NAME, file.finish()?, 0, 0);
    Ok(tally)
}

/// Writes truth.json.
///
/// # Errors
/// When the file cannot be written.
pub fn write(
    out: &std::path::Path,
    world: &World,
    population: &Population,
    campaigns: &[Campaign],
    summary: &Summary,
) -> Result<(), GenerateError> {
    let plan = &world.plan;
    let laws = &plan.laws;
    let truth = json!({
        "note": "The retailer, its customers and its orders are generated. No person is real.",
        "seed": plan.seed,
        "customers_wanted": plan.customers,
        "customers_drawn": world.drawn,
        "customers_with_orders": summary.customers,
        "months": plan.months,
        "starts_on": plan.starts_on().to_string(),
        "ends_on": plan.ends_on.to_string(),
        "laws": {
            "purchasing": if laws.purchasing {
                world.purchasing.parameters(plan.pace, HISTORY_MONTHS)
            } else {
                json!({"on": false})
            },
            "seasonality": seasonality::parameters(laws.seasonality),
            "store_choice": store_choice::parameters(laws.store_choice),
            "sales_channel": sales_channel::parameters(laws.sales_channel, plan.starts_on(), plan.ends_on),
            "stores": stores::parameters(laws.stores, &world.stores, plan.starts_on(), FIXED_COST_SHARE),
            "mailings": mailings::parameters(laws.mailings, campaigns, &population.outcomes),
            "dirt": dirt::parameters(laws.dirt),
        },
        "market": {
            "cells": world.cells.len(),
            "resolution": 8,
            "residents_per_household": RESIDENTS_PER_HOUSEHOLD,
            "spend_potential_per_household": world.spend_potential_per_household_eur,
            "expected_revenue_last_12_months": world.expected_revenue_eur,
            "identity": "expected revenue of the last 12 months (purchasing only, all channels) = spend potential x inside share; \
                exact per cell with the potentials of truth_cells.csv.gz, over the whole market with spend_potential_per_household",
            "inside_share": "mean over the operational time of the last 12 months",
        },
        "totals": totals(summary),
        "dirt": summary.dirt.iter().map(|(kind, count)| ((*kind).to_owned(), json!(count))).collect::<Map<_, _>>(),
        "files": summary.files.iter().map(|(name, file)| (name.clone(), file_truth(file))).collect::<Map<_, _>>(),
    });
    let path = out.join("truth.json");
    let fault = |source| GenerateError::Write {
        path: path.clone(),
        source,
    };
    let mut text = serde_json::to_string_pretty(&truth).map_err(|error| fault(error.into()))?;
    text.push('\n');
    std::fs::File::create(&path)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(fault)
}

fn totals(summary: &Summary) -> Value {
    json!({
        "orders": summary.orders,
        "orders_revenue": money(summary.order_cents),
        "refunds": summary.refunds,
        "refunds_revenue": money(summary.refund_cents),
        "anonymous": "receipts without a customer are among the orders; failed attempts and rows written twice are not",
    })
}

fn file_truth(file: &FileSummary) -> Value {
    json!({
        "rows": file.rows,
        "orders_revenue": money(file.order_cents),
        "refunds_revenue": money(file.refund_cents),
    })
}
