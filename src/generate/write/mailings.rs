//! One file per campaign, as a mailing house returns it: gzip, Windows-1252, `;`, AFNOR NF Z10-011 address lines.
//!
//! Six lines of at most 38 characters: 1 name, 2 flat, 3 building, 4 number and street, 5 hamlet, 6 post code and
//! city; capitals without accents in the last three; no e-mail and no telephone.

use crate::GenerateError;
use crate::laws::mailings::SEGMENTS;
use crate::population::identity::{Home, Person, home, person};
use crate::record::Recipient;
use crate::write::erp::push_account;
use crate::write::text::{Encoding, TextFile, cut_line, push_capitals, push_int, push_iso_date};
use crate::write::{Tally, Writer};

/// Longest address line of the norm.
const LINE: usize = 38;

/// Writes the file of a campaign: its mailed households, and those held out, marked as control.
///
/// # Errors
/// When the file cannot be written.
pub fn write(writer: &Writer<'_>, campaign: usize) -> Result<Tally, GenerateError> {
    let name = format!("mailings/{}.csv.gz", writer.campaigns[campaign].id);
    let mut file = TextFile::create_gz(
        writer.path(&name),
        Encoding::Windows1252,
        "recipient_id;address1;address2;address3;address4;address5;address6;zip;city;mailed_date;in_home_date;campaign_id;segment;key_code;test_cell;wave\r\n",
    )?;
    let recipients = &writer.population.recipients;
    let first = recipients.partition_point(|row| usize::from(row.campaign) < campaign);
    let end = recipients.partition_point(|row| usize::from(row.campaign) <= campaign);
    for recipient in &recipients[first..end] {
        push_row(writer, &mut file.text, campaign, recipient);
        file.end_row()?;
    }
    let mut tally = Tally::default();
    tally.file(&name, file.finish()?, 0, 0);
    Ok(tally)
}

fn push_row(writer: &Writer<'_>, text: &mut String, number: usize, recipient: &Recipient) {
    let world = writer.world;
    let campaign = &writer.campaigns[number];
    let account = &writer.population.accounts[recipient.customer as usize];
    let customer = recipient.customer as usize;
    // The file house knows the address of the account: an ERP account keeps the one of its day, the shop's is current.
    let known_day = match recipient.account() {
        2 => world.day(campaign.selected_on),
        slot => account.erp_days[usize::from(slot)],
    };
    let second = known_day >= account.moved_day;
    let home = home(world, account.household, account.cells[usize::from(second)], second);
    let person = person(world.plan.seed, recipient.customer, account.household, writer.end_year);
    match recipient.account() {
        2 => {
            text.push_str("shop:");
            push_int(text, u64::from(writer.ledger.shop[customer]));
        }
        slot => {
            text.push_str("erp:");
            push_account(text, writer.ledger.erp[usize::from(slot)][customer]);
        }
    }
    text.push(';');
    push_lines(text, &person, &home);
    text.push(';');
    text.push_str(&home.postcode);
    text.push(';');
    let start = text.len();
    push_capitals(text, &home.commune.name);
    cut_line(text, start, LINE - 6);
    text.push(';');
    push_iso_date(text, campaign.in_home_of(recipient.wave()) - chrono::Days::new(3));
    text.push(';');
    push_iso_date(text, campaign.in_home_of(recipient.wave()));
    text.push(';');
    text.push_str(&campaign.id);
    text.push(';');
    let segment = usize::from(recipient.segment);
    text.push_str(SEGMENTS[segment]);
    text.push(';');
    text.push_str(&campaign.key_code(segment));
    text.push_str(if recipient.test { ";test;" } else { ";control;" });
    push_int(text, u64::from(recipient.wave()));
    text.push_str("\r\n");
}

/// The six lines.
fn push_lines(text: &mut String, person: &Person, home: &Home<'_>) {
    let start = text.len();
    text.push_str(if person.woman { "Mme " } else { "M. " });
    text.push_str(person.first_name);
    text.push(' ');
    text.push_str(person.last_name);
    cut_line(text, start, LINE);
    text.push(';');
    // A flat goes to line 2, a building or residence to line 3.
    let flat = home.complement.starts_with("Appt");
    let start = text.len();
    if flat {
        text.push_str(&home.complement);
    }
    text.push(';');
    if !flat {
        text.push_str(&home.complement);
    }
    cut_line(text, start, LINE);
    text.push(';');
    let start = text.len();
    push_int(text, u64::from(home.number));
    push_capitals(text, home.suffix);
    text.push(' ');
    text.push_str(home.street_type.1);
    text.push(' ');
    push_capitals(text, home.street);
    cut_line(text, start, LINE);
    text.push_str(";;");
    let start = text.len();
    text.push_str(&home.postcode);
    text.push(' ');
    push_capitals(text, &home.commune.name);
    cut_line(text, start, LINE);
}
