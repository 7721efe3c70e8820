//! The web shop's tables, in the manner of PrestaShop: UTF-8, `;`, quoted text, decimal point, local times.

use super::identity::{Home, Person, home, person};
use super::ledger::ShopCustomer;
use super::mailings::SEGMENTS;
use super::products::Line;
use super::record::{NO_KEY, Origin, Record};
use super::stream::{Stream, key};
use super::text::{
    Encoding, TextFile, push_degrees, push_int, push_iso_date, push_money, push_padded,
    push_quoted, push_time,
};
use super::write::{Tally, Writer};
use super::write_erp::{push_email, push_spaced_phone};
use super::{GenerateError, dirt};

const ORDER: u64 = key("shop/order");
/// Zeros after the cents: the shop's money has six decimals.
const SIX: &str = "0000";

fn push_stamp(text: &mut String, writer: &Writer<'_>, minute: u32, second: u32) {
    let world = writer.world;
    let day = world
        .clock
        .date(world.window_first + (minute / 1_440) as i32);
    text.push('"');
    push_iso_date(text, day);
    text.push(' ');
    push_time(text, minute % 1_440, second);
    text.push('"');
}

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
            home: home(
                world,
                account.household,
                account.cells[usize::from(second)],
                second,
            ),
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

    fn push_customer(
        &self,
        writer: &Writer<'_>,
        text: &mut String,
        number: u32,
        row: &ShopCustomer,
    ) {
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

/// Writes ps_orders.csv and what hangs on it: details, slips, cart rules.
///
/// # Errors
/// When a file cannot be written.
pub fn write_orders(writer: &Writer<'_>) -> Result<Tally, GenerateError> {
    let mut shop = Shop::create(writer)?;
    for record in writer
        .population
        .records
        .iter()
        .filter(|record| record.is_shop())
    {
        if record.is_refund() {
            shop.write_slip(record)?;
        } else {
            shop.write_order(record)?;
        }
    }
    shop.finish()
}

struct Shop<'a> {
    writer: &'a Writer<'a>,
    orders: TextFile,
    details: TextFile,
    slips: TextFile,
    order_rules: TextFile,
    tally: Tally,
    basket: Vec<Line>,
    order: u32,
    detail: u64,
    slip: u64,
    orders_cents: i64,
    refunds_cents: i64,
}

impl<'a> Shop<'a> {
    fn create(writer: &'a Writer<'a>) -> Result<Self, GenerateError> {
        let open =
            |name: &str, header: &str| TextFile::create(writer.path(name), Encoding::Utf8, header);
        let mut rules = open("shop/ps_cart_rule.csv", "id_cart_rule;code\n")?;
        for campaign in writer.campaigns {
            for segment in 0..SEGMENTS.len() {
                push_int(&mut rules.text, rules.rows + 1);
                rules.text.push(';');
                push_quoted(&mut rules.text, &campaign.key_code(segment));
                rules.text.push('\n');
                rules.end_row()?;
            }
        }
        let mut tally = Tally::default();
        tally.file("shop/ps_cart_rule.csv", rules.finish()?, 0, 0);
        Ok(Self {
            writer,
            orders: open(
                "shop/ps_orders.csv",
                "id_order;reference;id_customer;id_address_delivery;id_address_invoice;current_state;payment;conversion_rate;total_discounts_tax_excl;total_paid_tax_incl;total_paid_tax_excl;total_products;total_shipping_tax_excl;valid;date_add;date_upd\n",
            )?,
            details: open(
                "shop/ps_order_detail.csv",
                "id_order_detail;id_order;product_id;product_name;product_category;product_quantity;total_price_tax_excl;purchase_supplier_price\n",
            )?,
            slips: open(
                "shop/ps_order_slip.csv",
                "id_order_slip;id_order;id_customer;total_products_tax_excl;date_add;date_upd\n",
            )?,
            order_rules: open("shop/ps_order_cart_rule.csv", "id_order;id_cart_rule\n")?,
            tally,
            basket: Vec::with_capacity(8),
            order: 0,
            detail: 0,
            slip: 0,
            orders_cents: 0,
            refunds_cents: 0,
        })
    }

    fn finish(mut self) -> Result<Tally, GenerateError> {
        let (orders, refunds) = (self.orders_cents, self.refunds_cents);
        self.tally
            .file("shop/ps_orders.csv", self.orders.finish()?, orders, 0);
        self.tally.file(
            "shop/ps_order_detail.csv",
            self.details.finish()?,
            orders,
            0,
        );
        self.tally
            .file("shop/ps_order_slip.csv", self.slips.finish()?, 0, refunds);
        self.tally.file(
            "shop/ps_order_cart_rule.csv",
            self.order_rules.finish()?,
            0,
            0,
        );
        Ok(self.tally)
    }

    fn write_order(&mut self, record: &Record) -> Result<(), GenerateError> {
        self.order += 1;
        let world = self.writer.world;
        let key = record.order_key();
        let start = self.orders.text.len();
        let failed = record.origin() == Origin::Failed;
        self.push_order(record, failed);
        let (double, _) = dirt::of_row(world.plan.seed, world.plan.laws.dirt, key << 1);
        let copy = double.then(|| self.orders.text[start..].to_owned());
        self.orders.end_row()?;
        if let Some(copy) = copy {
            self.tally.count("rows_written_twice");
            self.orders.text.push_str(&copy);
            self.orders.end_row()?;
        }
        if failed {
            return Ok(());
        }
        self.orders_cents += i64::from(record.cents);
        self.write_details(key, record.cents)?;
        if record.key != NO_KEY {
            let rule =
                u64::from(record.key >> 4) * SEGMENTS.len() as u64 + u64::from(record.key & 15) + 1;
            let text = &mut self.order_rules.text;
            push_int(text, u64::from(self.order));
            text.push(';');
            push_int(text, rule);
            text.push('\n');
            self.order_rules.end_row()?;
        }
        Ok(())
    }

    fn push_order(&mut self, record: &Record, failed: bool) {
        let writer = self.writer;
        let customer = writer.ledger.web_customers[self.order as usize - 1];
        let address = writer.address_of(record, customer);
        let mut stream = Stream::new(writer.world.plan.seed, ORDER, record.order_key());
        let payment = payment(stream.unit());
        let discounted = stream.chance(0.06);
        let net = i64::from(record.cents);
        let discount = if discounted { net / 19 } else { 0 };
        let shipping = shipping_cents(record.cents);
        let paid = net + shipping;
        let second = stream.below(60) as u32;
        let text = &mut self.orders.text;
        push_int(text, u64::from(self.order));
        text.push_str(";\"");
        push_reference(text, self.order);
        text.push_str("\";");
        push_int(text, u64::from(customer));
        text.push(';');
        push_int(text, u64::from(address));
        text.push(';');
        push_int(text, u64::from(address));
        // States of a fresh shop: 5 delivered, 4 sent, 7 refunded, 8 payment error.
        let age_days = writer.window_days - record.day();
        text.push_str(match (failed, record.is_whole(), age_days > 6) {
            (true, _, _) => ";8;",
            (_, true, _) => ";7;",
            (_, _, true) => ";5;",
            _ => ";4;",
        });
        push_quoted(text, payment);
        text.push_str(";1.000000;");
        for (index, cents) in [discount, (paid * 6 + 2) / 5, paid, net + discount, shipping]
            .iter()
            .enumerate()
        {
            if index > 0 {
                text.push(';');
            }
            push_money(text, *cents, '.', SIX);
        }
        text.push_str(if failed { ";0;" } else { ";1;" });
        if failed && stream.chance(dirt::ZERO_DATE_SHARE) {
            text.push_str("\"0000-00-00 00:00:00\";\"0000-00-00 00:00:00\"\n");
            self.tally.count("zero_dates");
            return;
        }
        push_stamp(text, writer, record.minute, second);
        text.push(';');
        let shipped = record.minute
            + if failed {
                1
            } else {
                700 + stream.below(4_000) as u32
            };
        push_stamp(
            text,
            writer,
            shipped.min(writer.window_days as u32 * 1_440 - 1),
            second,
        );
        text.push('\n');
    }

    fn write_details(&mut self, key: u64, cents: u32) -> Result<(), GenerateError> {
        self.writer
            .range
            .basket(self.writer.world.plan.seed, key, cents, &mut self.basket);
        for line in &self.basket {
            self.detail += 1;
            let product = self.writer.range.get(line.product);
            let text = &mut self.details.text;
            push_int(text, self.detail);
            text.push(';');
            push_int(text, u64::from(self.order));
            text.push(';');
            push_int(text, u64::from(product.id));
            text.push(';');
            push_quoted(text, &product.name);
            text.push(';');
            push_quoted(text, &product.family);
            text.push(';');
            push_int(text, u64::from(line.quantity));
            text.push(';');
            push_money(text, i64::from(line.cents), '.', SIX);
            text.push(';');
            push_money(text, i64::from(line.unit_cost_cents), '.', SIX);
            text.push('\n');
            self.details.end_row()?;
        }
        Ok(())
    }

    fn write_slip(&mut self, record: &Record) -> Result<(), GenerateError> {
        let Some(original) = self.writer.ledger.originals.get(&record.order_key()) else {
            return Ok(());
        };
        self.slip += 1;
        self.refunds_cents -= i64::from(record.cents);
        let text = &mut self.slips.text;
        push_int(text, self.slip);
        text.push(';');
        push_int(text, u64::from(original.number));
        text.push(';');
        push_int(text, u64::from(original.shop_customer));
        text.push(';');
        push_money(text, i64::from(record.cents), '.', SIX);
        text.push(';');
        push_stamp(text, self.writer, record.minute, 30);
        text.push(';');
        push_stamp(text, self.writer, record.minute, 30);
        text.push('\n');
        self.slips.end_row()
    }
}

fn payment(draw: f64) -> &'static str {
    match draw {
        0.0..0.58 => "Carte bancaire",
        0.58..0.82 => "PayPal",
        0.82..0.93 => "Paiement en 3 fois",
        0.93..0.98 => "Virement bancaire",
        _ => "Chèque",
    }
}

fn shipping_cents(cents: u32) -> i64 {
    match cents {
        0..5_000 => 490,
        5_000..20_000 => 790,
        20_000..60_000 => 2_490,
        _ => 0,
    }
}

/// Nine letters that look drawn: a bijection of 32-bit numbers, so that no two orders share one.
fn push_reference(text: &mut String, order: u32) {
    let mut code = u64::from(
        order
            .wrapping_mul(0x9e37_79b1)
            .rotate_left(13)
            .wrapping_mul(0x85eb_ca6b),
    );
    for _ in 0..9 {
        text.push(char::from(b'A' + (code % 26) as u8));
        code /= 26;
    }
}
