//! truth.json and the truth about cells: what was put in, for whoever measures what comes out.

use std::io::Write;

use chalandise_analytics::network::market::RESIDENTS_PER_HOUSEHOLD;
use chalandise_locale::geography::communes;
use serde_json::{Map, Value, json};

use crate::FileSummary;
use crate::GenerateError;
use crate::Summary;
use crate::laws::dirt;
use crate::laws::effects;
use crate::laws::history;
use crate::laws::mailings::{self, Campaign};
use crate::laws::marketing_costs::{self, Cost};
use crate::laws::sales_channel;
use crate::laws::same_day;
use crate::laws::seasonality;
use crate::laws::store_choice;
use crate::laws::stores;
use crate::population::Population;
use crate::world::World;
use crate::write::erp::push_account;
use crate::write::network::FIXED_COST_SHARE;
use crate::write::text::{Encoding, TextFile, money, push_fixed, push_int};
use crate::write::{Tally, Writer};

/// Writes truth_cells.csv.gz: each market cell's inside share and spend potential; their product is the revenue
/// expected of the last 12 months.
///
/// # Errors
/// When the file cannot be written.
pub fn write_cells(writer: &Writer<'_>) -> Result<Tally, GenerateError> {
    const NAME: &str = "truth_cells.csv.gz";
    let mut file = TextFile::create_gz(
        writer.path(NAME),
        Encoding::Utf8,
        "h3_cell,commune_code,residents,inside_share,spend_potential\n",
    )?;
    for (cell, truth) in writer.world.cells.iter().zip(writer.world.cell_truths()) {
        let commune = &communes()[cell.commune as usize];
        let text = &mut file.text;
        push_int(text, u64::from(cell.index));
        text.push(',');
        text.push_str(&commune.code);
        text.push(',');
        push_fixed(text, cell.residents, 3);
        text.push(',');
        push_fixed(text, truth.inside_share, 8);
        text.push(',');
        push_fixed(text, truth.spend_potential_eur, 6);
        text.push('\n');
        file.end_row()?;
    }
    let mut tally = Tally::default();
    tally.file(NAME, file.finish()?, 0, 0);
    Ok(tally)
}

/// Writes truth_identities.csv.gz: which person and household is behind each account, for whoever joins them again.
///
/// # Errors
/// When the file cannot be written.
pub fn write_identities(writer: &Writer<'_>) -> Result<Tally, GenerateError> {
    const NAME: &str = "truth_identities.csv.gz";
    let mut file = TextFile::create_gz(
        writer.path(NAME),
        Encoding::Utf8,
        "source,source_customer_id,person,household\n",
    )?;
    let accounts = &writer.population.accounts;
    let erp = writer.ledger.erp_rows.iter().map(|(customer, _)| ("erp", *customer));
    let shop = writer.ledger.shop_rows.iter().map(|row| ("shop", row.customer));
    let (mut source, mut number) = ("", 0);
    for (name, customer) in erp.chain(shop) {
        if name != source {
            (source, number) = (name, 0);
        }
        number += 1;
        let text = &mut file.text;
        text.push_str(source);
        text.push(',');
        if source == "erp" {
            push_account(text, number);
        } else {
            push_int(text, u64::from(number));
        }
        text.push(',');
        push_int(text, u64::from(customer));
        text.push(',');
        push_int(text, u64::from(accounts[customer as usize].household));
        text.push('\n');
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
    costs: &[Cost],
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
                world.purchasing.parameters(plan.pace, history::months(laws.history))
            } else {
                json!({"on": false})
            },
            "history": history::parameters(laws.history),
            "same_day": same_day::parameters(laws.same_day),
            "seasonality": seasonality::parameters(laws.seasonality),
            "store_choice": store_choice::parameters(laws.store_choice),
            "sales_channel": sales_channel::parameters(laws.sales_channel, plan.starts_on(), plan.ends_on),
            "stores": stores::parameters(laws.stores || !world.stores.is_empty(), &world.stores, plan.starts_on(), FIXED_COST_SHARE),
            "mailings": mailings::parameters(laws.mailings, campaigns, &population.outcomes),
            "marketing_costs": marketing_costs::parameters(laws.marketing_costs, costs),
            "dirt": dirt::parameters(laws.dirt),
        },
        "effects": effects::parameters(world),
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
