//! COUTS_MARKETING.csv, as a controller saves it from a spreadsheet.

use crate::GenerateError;
use crate::laws::dirt::{self, CostRowDirt};
use crate::laws::marketing_costs::{Cost, Purpose};
use crate::write::text::{Encoding, TextFile, push_french_date, push_int, push_money, push_padded};
use crate::write::{Tally, Writer};

/// Name of the file in the folder.
pub const NAME: &str = "costs/COUTS_MARKETING.csv";

/// Writes costs/COUTS_MARKETING.csv: UTF-8 with BOM, `;`, decimal comma, lines ended as Windows does.
///
/// # Errors
/// When the file cannot be written.
pub fn write(writer: &Writer<'_>) -> Result<Tally, GenerateError> {
    let mut file = TextFile::create(
        writer.path(NAME),
        Encoding::Utf8,
        "\u{feff}Mois;Poste;Canal;Montant HT\r\n",
    )?;
    let mut tally = Tally::default();
    let plan = &writer.world.plan;
    for cost in writer.costs {
        let dirt = dirt::of_cost_row(plan.seed, plan.laws.dirt, cost.entity());
        tally.count_if("cost_rows_typed_by_hand", dirt.is_some());
        push_row(&mut file.text, cost, dirt);
        file.end_row()?;
    }
    tally.file(NAME, file.finish()?, 0, 0);
    Ok(tally)
}

fn push_row(text: &mut String, cost: &Cost, dirt: Option<CostRowDirt>) {
    push_french_date(text, cost.month);
    text.push(';');
    let post = french(cost.line().purpose);
    if dirt == Some(CostRowDirt::Capitals) {
        text.push_str(&post.to_uppercase());
    } else {
        text.push_str(post);
    }
    text.push(';');
    text.push_str(cost.line().channel);
    if dirt == Some(CostRowDirt::Blank) {
        text.push(' ');
    }
    text.push(';');
    if dirt == Some(CostRowDirt::Thousands) {
        push_grouped(text, cost.cents.unsigned_abs());
    } else {
        push_money(text, cost.cents, ',', "");
    }
    text.push_str("\r\n");
}

/// The controller's word for a purpose.
fn french(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Acquisition => "Acquisition",
        Purpose::Retention => "Fidélisation",
        Purpose::Service => "Service client",
    }
}

/// An amount as a formatted cell shows it: thousands parted by narrow no-break spaces.
fn push_grouped(text: &mut String, cents: u64) {
    let euro = cents / 100;
    let mut unit = 1;
    while euro / unit >= 1_000 {
        unit *= 1_000;
    }
    push_int(text, euro / unit);
    while unit > 1 {
        unit /= 1_000;
        text.push('\u{202f}');
        push_padded(text, euro / unit % 1_000, 3);
    }
    text.push(',');
    push_padded(text, cents % 100, 2);
}

#[cfg(test)]
mod tests {
    use super::push_grouped;

    #[test]
    fn thousands_are_parted_as_a_cell_shows_them() {
        for (cents, shown) in [
            (7, "0,07"),
            (99_999, "999,99"),
            (100_000, "1 000,00"),
            (123_405_006, "1 234 050,06"),
        ] {
            let mut text = String::new();
            push_grouped(&mut text, cents);
            assert_eq!(text.replace('\u{202f}', " "), shown);
        }
    }
}
