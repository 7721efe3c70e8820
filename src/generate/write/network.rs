//! stores.csv and campaigns.csv.

use crate::GenerateError;
use crate::write::text::{
    Encoding, TextFile, push_degrees, push_int, push_iso_date, push_money, push_padded, push_quoted,
};
use crate::write::{Tally, Writer};

/// Fixed cost of the network as a share of its expected revenue in stores: most stores earn it, some do not.
pub const FIXED_COST_SHARE: f64 = 0.26;
/// Share of orders made in stores, for the fixed costs only.
const STORE_ORDERS: f64 = 0.58;

/// Writes stores/stores.csv: UTF-8, comma, decimal point, ISO dates.
///
/// # Errors
/// When the file cannot be written.
pub fn write_stores(writer: &Writer<'_>) -> Result<Tally, GenerateError> {
    const NAME: &str = "stores/stores.csv";
    let mut file = TextFile::create(
        writer.path(NAME),
        Encoding::Utf8,
        "store_id,name,format,latitude,longitude,region,sales_area_m2,opened_on,closed_on,annual_fixed_cost,gross_margin_rate\n",
    )?;
    let world = writer.world;
    let weights: f64 = world.stores.iter().map(|store| store.cost_weight).sum();
    let costs_eur = world.expected_revenue_eur * STORE_ORDERS * FIXED_COST_SHARE;
    for store in &world.stores {
        let text = &mut file.text;
        text.push_str(&store.id);
        text.push(',');
        push_name(text, &store.name);
        text.push(',');
        text.push_str(store.format.word());
        text.push(',');
        push_degrees(text, store.point.lat(), '.');
        text.push(',');
        push_degrees(text, store.point.lng(), '.');
        text.push(',');
        push_name(text, &store.region);
        text.push(',');
        push_int(text, u64::from(store.sales_area_m2));
        text.push(',');
        push_iso_date(text, store.opened_on);
        text.push(',');
        if let Some(last) = store.closed_on {
            push_iso_date(text, last);
        }
        text.push(',');
        // Whole tens of euro, as budgets are.
        let cost_tens = (costs_eur * store.cost_weight / weights / 10.0).round() as i64;
        push_money(text, cost_tens * 1_000, '.', "");
        text.push_str(",0.");
        push_padded(text, u64::from(store.gross_margin_permille), 3);
        text.push('\n');
        file.end_row()?;
    }
    let mut tally = Tally::default();
    tally.file(NAME, file.finish()?, 0, 0);
    Ok(tally)
}

fn push_name(text: &mut String, name: &str) {
    if name.contains([',', '"']) {
        push_quoted(text, name);
    } else {
        text.push_str(name);
    }
}

/// Writes mailings/campaigns.csv: UTF-8 with BOM, `;`, decimal comma, ISO dates.
///
/// # Errors
/// When the file cannot be written.
pub fn write_campaigns(writer: &Writer<'_>) -> Result<Tally, GenerateError> {
    const NAME: &str = "mailings/campaigns.csv";
    let mut file = TextFile::create(
        writer.path(NAME),
        Encoding::Utf8,
        "\u{feff}campaign_id;name;medium;dropped_on;in_home_on;unit_cost;fixed_cost;matchback_window_days\n",
    )?;
    for campaign in writer.campaigns {
        let text = &mut file.text;
        text.push_str(&campaign.id);
        text.push(';');
        text.push_str(&campaign.name);
        text.push(';');
        text.push_str(campaign.medium.word());
        text.push(';');
        push_iso_date(text, campaign.dropped_on);
        text.push(';');
        push_iso_date(text, campaign.in_home_on);
        text.push(';');
        // A piece costs whole cents in the file: the contract keeps money to two decimals.
        push_money(text, i64::from(campaign.unit_cost_thousandths.div_ceil(10)), ',', "");
        text.push(';');
        push_money(text, campaign.fixed_cost_cents, ',', "");
        text.push(';');
        push_int(text, u64::from(campaign.window_days));
        text.push('\n');
        file.end_row()?;
    }
    let mut tally = Tally::default();
    tally.file(NAME, file.finish()?, 0, 0);
    Ok(tally)
}
