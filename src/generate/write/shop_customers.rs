//! The web shop's customers and addresses, in the manner of PrestaShop: UTF-8, `;`, quoted text, decimal point.

use crate::GenerateError;
use crate::laws::dirt;
use crate::ledger::ShopCustomer;
use crate::population::identity::{Home, Person, home, person};
use crate::write::erp::{push_email, push_spaced_phone};
use crate::write::shop::push_stamp;
use crate::write::text::{
    Encoding, TextFile, push_degrees, push_int, push_iso_date, push_padded, push_quoted, push_time,
};
use crate::write::{Tally, Writer};

/// Writes ps_customer.csv and ps_address.csv.
///
/// # Errors
/// When a file cannot be written.
pub fn write_customers(writer: &Writer<'_>) -> Result<Tally, GenerateError> {
    let mut customers = TextFile::create(
        writer.path("shop/ps_customer.csv"),
        Encoding::Utf8,
        "id_customer;id_gender;firstname;lastname;email;birthday;newsletter;optin;is_guest;active;deleted;date_add\n",
    )?;
    let mut addresses = TextFile::create(
        writer.path("shop/ps_address.csv"),
        Encoding::Utf8,
        "id_address;id_customer;company;lastname;firstname;address1;address2;postcode;city;phone;phone_mobile;deleted;latitude;longitude\n",
    )?;
    let mut tally = Tally::default();
    for (index, row) in writer.ledger.shop_rows.iter().enumerate() {
        let number = index as u32 + 1;
        let card = Card::new(writer, row);
        tally.account(&card.dirt, false);
        tally.count_if("guest_accounts", row.guest);
        let start = customers.text.len();
        card.push_customer(writer, &mut customers.text, number, row);
        let double = card.dirt.double.then(|| customers.text[start..].to_owned());
        customers.end_row()?;
        if let Some(copy) = double {
            tally.count("rows_written_twice");
            customers.text.push_str(&copy);
            customers.end_row()?;
        }
        card.push_address(&mut addresses.text, number, number, &card.home);
        addresses.end_row()?;
    }
    for (customer, address) in writer.second_addresses.iter() {
        let row = writer.ledger.shop_rows[*customer as usize - 1];
        let card = Card::new(writer, &row);
        let account = &writer.population.accounts[row.customer as usize];
        let moved = home(writer.world, account.household, account.cells[1], true);
        card.push_address(&mut addresses.text, *address, *customer, &moved);
        addresses.end_row()?;
        tally.count("moved_shop_customers");
    }
    tally.file("shop/ps_customer.csv", customers.finish()?, 0, 0);
    tally.file("shop/ps_address.csv", addresses.finish()?, 0, 0);
    Ok(tally)
}

/// What the rows of one shop customer are made from.
struct Card<'a> {
    person: Person,
    home: Home<'a>,
    dirt: dirt::AccountDirt,
}

impl<'a> Card<'a> {
    fn new(writer: &Writer<'a>, row: &ShopCustomer) -> Self {
        let (world, population) = (writer.world, writer.population);
        let account = &population.accounts[row.customer as usize];
        let (entity, second) = if row.guest {
            let record = &population.records[row.record as usize];
            (1 << 60 | record.order_key(), record.is_moved())
        } else {
            let entity = u64::from(row.customer) << 2 | 2;
            (entity, account.shop_day >= account.moved_day)
        };
        let seed = world.plan.seed;
        Self {
            person: person(seed, row.customer, account.household, writer.end_year),
            home: home(world, account.household, account.cells[usize::from(second)], second),
            dirt: dirt::of_account(seed, world.plan.laws.dirt, entity),
        }
    }

    fn first_name(&self) -> String {
        match self.dirt.typing_error {
            Some(0) => dirt::mistyped(self.person.first_name, self.dirt.bits),
            _ => self.person.first_name.to_owned(),
        }
    }

    fn last_name(&self) -> String {
        let mut name = match self.dirt.typing_error {
            Some(1) => dirt::mistyped(self.person.last_name, self.dirt.bits),
            _ => self.person.last_name.to_owned(),
        };
        if self.dirt.nbsp {
            name.push('\u{a0}');
        }
        name
    }

    fn push_customer(&self, writer: &Writer<'_>, text: &mut String, number: u32, row: &ShopCustomer) {
        let person = &self.person;
        push_int(text, u64::from(number));
        text.push_str(if person.woman { ";2;" } else { ";1;" });
        push_quoted(text, &self.first_name());
        text.push(';');
        push_quoted(text, &self.last_name());
        text.push_str(";\"");
        push_email(text, person, &self.dirt);
        text.push_str("\";\"");
        // Half of the customers leave their birthday out.
        if self.dirt.bits.is_multiple_of(2) || row.guest {
            text.push_str("0000-00-00");
        } else {
            let day = chrono::NaiveDate::from_yo_opt(person.birth_year, person.birth_day);
            push_iso_date(text, day.unwrap_or_default());
        }
        let agreed = person.opt_in && !row.guest;
        text.push_str(match (agreed, row.guest) {
            (true, _) => "\";1;1;0;1;0;",
            (false, false) => "\";0;0;0;1;0;",
            (false, true) => "\";0;0;1;1;0;",
        });
        let account = &writer.population.accounts[row.customer as usize];
        match writer.population.records.get(row.record as usize) {
            Some(record) => push_stamp(text, writer, record.minute.saturating_sub(4), 12),
            None => {
                text.push('"');
                push_iso_date(text, writer.world.clock.date(account.shop_day));
                text.push(' ');
                push_time(text, 480 + number % 900, number % 60);
                text.push('"');
            }
        }
        text.push('\n');
    }

    fn push_address(&self, text: &mut String, number: u32, customer: u32, home: &Home<'_>) {
        push_int(text, u64::from(number));
        text.push(';');
        push_int(text, u64::from(customer));
        text.push_str(";\"\";");
        push_quoted(text, &self.last_name());
        text.push(';');
        push_quoted(text, &self.first_name());
        text.push_str(";\"");
        push_int(text, u64::from(home.number));
        text.push_str(home.suffix);
        text.push(' ');
        text.push_str(home.street_type.0);
        text.push(' ');
        match self.dirt.typing_error {
            Some(2) => text.push_str(&dirt::mistyped(home.street, self.dirt.bits)),
            _ => text.push_str(home.street),
        }
        text.push_str("\";");
        push_quoted(text, &self.complement(home));
        text.push_str(";\"");
        if !self.dirt.no_postcode {
            text.push_str(&home.postcode);
        }
        text.push_str("\";");
        push_quoted(text, &home.commune.name);
        text.push_str(";\"");
        if home.landline > 0 {
            push_padded(text, u64::from(home.landline), 10);
        }
        text.push_str("\";\"");
        match self.dirt.bits >> 5 & 3 {
            0 => {
                text.push_str("+33");
                push_int(text, u64::from(self.person.mobile));
            }
            1 => push_spaced_phone(text, self.person.mobile, ' '),
            _ => push_padded(text, u64::from(self.person.mobile), 10),
        }
        text.push_str("\";0;");
        if !self.dirt.no_coordinates {
            push_degrees(text, home.point.lat(), '.');
        }
        text.push(';');
        if !self.dirt.no_coordinates {
            push_degrees(text, home.point.lng(), '.');
        }
        text.push('\n');
    }

    fn complement(&self, home: &Home<'_>) -> String {
        match self.dirt.odd_complement {
            Some(0) => format!("{}\nlaisser chez la gardienne", home.complement),
            Some(1) => format!("{} \"Les Glycines\"", home.complement),
            Some(_) => format!("{}\u{a0}; digicode au dos", home.complement),
            None => home.complement.clone(),
        }
    }
}
