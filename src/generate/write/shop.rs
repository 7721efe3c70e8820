//! The web shop's orders, in the manner of PrestaShop: UTF-8, `;`, quoted text, decimal point, local times.

use crate::GenerateError;
use crate::laws::dirt;
use crate::laws::mailings::SEGMENTS;
use crate::laws::products::Line;
use crate::record::{NO_KEY, Origin, Record};
use crate::stream::{Stream, key};
use crate::write::text::{Encoding, TextFile, push_int, push_iso_date, push_money, push_quoted, push_time};
use crate::write::{Tally, Writer};

const ORDER: u64 = key("shop/order");
/// Zeros after the cents: the shop's money has six decimals.
const SIX: &str = "0000";

/// Pushes a quoted local time, from minutes since the window opened.
pub fn push_stamp(text: &mut String, writer: &Writer<'_>, minute: u32, second: u32) {
    let world = writer.world;
    let day = world.clock.date(world.window_first + (minute / 1_440) as i32);
    text.push('"');
    push_iso_date(text, day);
    text.push(' ');
    push_time(text, minute % 1_440, second);
    text.push('"');
}

/// Writes ps_orders.csv and what hangs on it: details, slips, cart rules.
///
/// # Errors
/// When a file cannot be written.
pub fn write_orders(writer: &Writer<'_>) -> Result<Tally, GenerateError> {
    let mut shop = Shop::create(writer)?;
    for record in writer.population.records.iter().filter(|record| record.is_shop()) {
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
        let open = |name: &str, header: &str| TextFile::create(writer.path(name), Encoding::Utf8, header);
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
        self.tally.file("shop/ps_orders.csv", self.orders.finish()?, orders, 0);
        self.tally
            .file("shop/ps_order_detail.csv", self.details.finish()?, orders, 0);
        self.tally
            .file("shop/ps_order_slip.csv", self.slips.finish()?, 0, refunds);
        self.tally
            .file("shop/ps_order_cart_rule.csv", self.order_rules.finish()?, 0, 0);
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
            let rule = u64::from(record.key >> 4) * SEGMENTS.len() as u64 + u64::from(record.key & 15) + 1;
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
        let shipped = record.minute + if failed { 1 } else { 700 + stream.below(4_000) as u32 };
        push_stamp(text, writer, shipped.min(writer.window_days as u32 * 1_440 - 1), second);
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
