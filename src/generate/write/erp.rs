//! The ERP's files, in the manner of Sage 100: Windows-1252, `;`, CRLF, decimal comma, capitals without accents.

use crate::GenerateError;
use crate::laws::dirt;
use crate::laws::mailings::SEGMENTS;
use crate::laws::products::Line;
use crate::laws::sales_channel::Channel;
use crate::laws::store_choice::NO_STORE;
use crate::ledger::Original;
use crate::population::identity::{Home, Person, home, person};
use crate::record::{NO_KEY, Origin, Record};
use crate::stream::{Stream, key};
use crate::write::text::{
    Encoding, TextFile, cut_line, push_capitals, push_degrees, push_french_date, push_int, push_money, push_padded,
    push_time,
};
use crate::write::{Tally, Writer};

const CHANGED: u64 = key("erp/changed");
/// Longest address line and name of the ERP.
const LINE: usize = 35;

/// Pushes the ERP's customer number.
pub fn push_account(text: &mut String, number: u32) {
    text.push('C');
    push_padded(text, u64::from(number), 7);
}

/// Writes F_COMPTET.csv.
///
/// # Errors
/// When the file cannot be written.
pub fn write_accounts(writer: &Writer<'_>) -> Result<Tally, GenerateError> {
    let header = "CT_Num;CT_Intitule;CT_Adresse;CT_Complement;CT_CodePostal;CT_Ville;CT_Telephone;CT_EMail;CT_DateCreate;CT_Latitude;CT_Longitude\r\n";
    let path = writer.path("erp/F_COMPTET.csv");
    let mut file = TextFile::create(path, Encoding::Windows1252, header)?;
    let mut tally = Tally::default();
    for (index, (customer, slot)) in writer.ledger.erp_rows.iter().enumerate() {
        let start = file.text.len();
        let double = push_account_row(writer, &mut file.text, index as u32 + 1, *customer, *slot, &mut tally);
        let row = double.then(|| file.text[start..].to_owned());
        file.end_row()?;
        if let Some(row) = row {
            tally.count("rows_written_twice");
            file.text.push_str(&row);
            file.end_row()?;
        }
    }
    tally.file("erp/F_COMPTET.csv", file.finish()?, 0, 0);
    Ok(tally)
}

fn push_account_row(
    writer: &Writer<'_>,
    text: &mut String,
    number: u32,
    customer: u32,
    slot: u8,
    tally: &mut Tally,
) -> bool {
    let world = writer.world;
    let account = &writer.population.accounts[customer as usize];
    let created = account.erp_days[usize::from(slot)];
    let second_home = created >= account.moved_day;
    let home = home(
        world,
        account.household,
        account.cells[usize::from(second_home)],
        second_home,
    );
    let person = person(world.plan.seed, customer, account.household, writer.end_year);
    let entity = u64::from(customer) << 2 | u64::from(slot);
    let dirt = dirt::of_account(world.plan.seed, world.plan.laws.dirt, entity);
    tally.account(&dirt, true);
    tally.count_if("second_erp_accounts", slot == 1);

    push_account(text, number);
    text.push(';');
    push_name(text, &person, &dirt);
    text.push(';');
    push_address(text, &home, &dirt);
    text.push(';');
    push_typed(text, &home.complement, &dirt);
    text.push(';');
    push_postcode(text, &home, &dirt);
    text.push(';');
    push_city(text, &home, &dirt);
    text.push(';');
    push_phone(text, &home, &person, &dirt, entity);
    text.push(';');
    if !dirt.no_email {
        push_email(text, &person, &dirt);
    }
    text.push(';');
    push_french_date(text, world.clock.date(created));
    text.push(';');
    if !dirt.no_coordinates {
        push_degrees(text, home.point.lat(), ',');
    }
    text.push(';');
    if !dirt.no_coordinates {
        push_degrees(text, home.point.lng(), ',');
    }
    text.push_str("\r\n");
    dirt.double
}

/// Pushes text as the account's counter types it: capitals without accents, or as it is said.
fn push_typed(text: &mut String, source: &str, dirt: &dirt::AccountDirt) {
    if dirt.mixed_case {
        text.push_str(source);
    } else {
        push_capitals(text, source);
    }
}

/// Title, surname, first name in one field.
fn push_name(text: &mut String, person: &Person, dirt: &dirt::AccountDirt) {
    let start = text.len();
    push_typed(text, if person.woman { "Mme " } else { "M " }, dirt);
    let last = match dirt.typing_error {
        Some(1) => dirt::mistyped(person.last_name, dirt.bits),
        _ => person.last_name.to_owned(),
    };
    push_typed(text, &last, dirt);
    text.push(if dirt.nbsp { '\u{a0}' } else { ' ' });
    let first = match dirt.typing_error {
        _ if dirt.initial => person.first_name.chars().take(1).collect(),
        Some(0) => dirt::mistyped(person.first_name, dirt.bits),
        _ => person.first_name.to_owned(),
    };
    push_typed(text, &first, dirt);
    cut_line(text, start, LINE);
}

/// House number and abbreviated street in capitals, at most 35 characters.
fn push_address(text: &mut String, home: &Home<'_>, dirt: &dirt::AccountDirt) {
    let start = text.len();
    push_int(text, u64::from(home.number));
    push_capitals(text, home.suffix);
    text.push(' ');
    text.push_str(home.street_type.1);
    text.push(' ');
    match dirt.typing_error {
        Some(2) => push_typed(text, &dirt::mistyped(home.street, dirt.bits), dirt),
        _ => push_typed(text, home.street, dirt),
    }
    cut_line(text, start, LINE);
}

fn push_postcode(text: &mut String, home: &Home<'_>, dirt: &dirt::AccountDirt) {
    if dirt.no_postcode {
        return;
    }
    if dirt.lost_zero {
        text.push_str(home.postcode.trim_start_matches('0'));
    } else {
        text.push_str(&home.postcode);
    }
}

/// City; in capitals with "Saint" shortened, as the ERP's users do, unless it is typed in mixed case.
fn push_city(text: &mut String, home: &Home<'_>, dirt: &dirt::AccountDirt) {
    let start = text.len();
    push_typed(text, &home.commune.name, dirt);
    let city = text.split_off(start);
    for (index, word) in city.split(' ').filter(|word| !word.is_empty()).enumerate() {
        if index > 0 {
            text.push(' ');
        }
        text.push_str(match word {
            "SAINT" => "ST",
            "SAINTE" => "STE",
            _ => word,
        });
    }
    cut_line(text, start, LINE);
}

/// Mobile, else landline; spaced or not; the leading zero lost by a spreadsheet.
fn push_phone(text: &mut String, home: &Home<'_>, person: &Person, dirt: &dirt::AccountDirt, entity: u64) {
    let number = match entity % 4 {
        0 if home.landline > 0 => home.landline,
        3 if entity.is_multiple_of(5) => return,
        _ => person.mobile,
    };
    if dirt.lost_zero {
        push_int(text, u64::from(number));
    } else if entity.is_multiple_of(3) {
        push_spaced_phone(text, number, '.');
    } else {
        push_padded(text, u64::from(number), 10);
    }
}

/// Ten digits in pairs.
pub fn push_spaced_phone(text: &mut String, number: u32, mark: char) {
    let mut unit = 100_000_000_u64;
    while unit > 0 {
        push_padded(text, u64::from(number) / unit % 100, 2);
        unit /= 100;
        if unit > 0 {
            text.push(mark);
        }
    }
}

/// The e-mail, perhaps with a typing error before the `@`.
pub fn push_email(text: &mut String, person: &Person, dirt: &dirt::AccountDirt) {
    match (dirt.typing_error, person.email.split_once('@')) {
        (Some(3), Some((name, domain))) => {
            text.push_str(&dirt::mistyped(name, dirt.bits));
            text.push('@');
            text.push_str(domain);
        }
        _ => text.push_str(&person.email),
    }
}

/// Writes F_DOCENTETE and F_DOCLIGNE of one year of the window (`turn` counts them from 0).
///
/// # Errors
/// When a file cannot be written.
pub fn write_year(writer: &Writer<'_>, turn: usize) -> Result<Tally, GenerateError> {
    let (year, first) = writer.ledger.year_starts[turn];
    let (_, end) = writer.ledger.year_starts[turn + 1];
    let names = [
        format!("erp/F_DOCENTETE_{year}.csv"),
        format!("erp/F_DOCLIGNE_{year}.csv"),
    ];
    let heads = TextFile::create(
        writer.path(&names[0]),
        Encoding::Windows1252,
        "DO_Domaine;DO_Type;DO_Piece;DO_Date;DO_Tiers;DO_Souche;DE_No;DO_Ref;DO_TotalHT;DO_MargeHT;DO_NbArticles;DO_PieceOrig;cbModification\r\n",
    )?;
    let lines = TextFile::create(
        writer.path(&names[1]),
        Encoding::Windows1252,
        "DO_Piece;DL_Ligne;AR_Ref;FA_CodeFamille;DL_Qte;DL_MontantHT\r\n",
    )?;
    let mut year = Year {
        writer,
        year,
        heads,
        lines,
        tally: Tally::default(),
        basket: Vec::with_capacity(8),
        pieces: 0,
        credit_notes: 0,
        orders_cents: 0,
        refunds_cents: 0,
    };
    for record in &writer.population.records[first..end] {
        if !record.is_shop() {
            year.write(record)?;
        }
    }
    let Year {
        heads,
        lines,
        mut tally,
        orders_cents,
        refunds_cents,
        ..
    } = year;
    tally.file(&names[0], heads.finish()?, orders_cents, refunds_cents);
    tally.file(&names[1], lines.finish()?, orders_cents, 0);
    Ok(tally)
}

struct Year<'a> {
    writer: &'a Writer<'a>,
    year: i32,
    heads: TextFile,
    lines: TextFile,
    tally: Tally,
    basket: Vec<Line>,
    pieces: u32,
    credit_notes: u32,
    orders_cents: i64,
    refunds_cents: i64,
}

fn push_piece(text: &mut String, prefix: &str, year: i32, number: u32) {
    text.push_str(prefix);
    push_padded(text, u64::from(year.unsigned_abs() % 100), 2);
    push_padded(text, u64::from(number), 7);
}

impl Year<'_> {
    fn write(&mut self, record: &Record) -> Result<(), GenerateError> {
        let seed = self.writer.world.plan.seed;
        let key = record.order_key();
        let original = record
            .is_refund()
            .then(|| self.writer.ledger.originals.get(&key).copied())
            .flatten();
        let cents = original.map_or(record.cents, |original| original.cents);
        self.writer.range.basket(seed, key, cents, &mut self.basket);
        let margin: i64 = self.basket.iter().map(Line::margin_cents).sum();
        if original.is_some() {
            self.credit_notes += 1;
        } else {
            self.pieces += 1;
            self.write_lines()?;
        }
        let start = self.heads.text.len();
        self.push_head(record, original, margin);
        let row_key = key << 1 | u64::from(record.is_refund());
        let (double, _) = dirt::of_row(seed, self.writer.world.plan.laws.dirt, row_key);
        let row = double.then(|| self.heads.text[start..].to_owned());
        self.heads.end_row()?;
        if let Some(row) = row {
            self.tally.count("rows_written_twice");
            self.heads.text.push_str(&row);
            self.heads.end_row()?;
        }
        if original.is_some() {
            self.refunds_cents -= i64::from(record.cents);
        } else {
            self.orders_cents += i64::from(record.cents);
        }
        Ok(())
    }

    fn push_head(&mut self, record: &Record, original: Option<Original>, margin: i64) {
        let world = self.writer.world;
        let day = world.clock.date(world.window_first + record.day());
        let age_days = (world.plan.ends_on - day).num_days();
        let text = &mut self.heads.text;
        text.push_str(match (original.is_some(), age_days > 40) {
            (true, _) => "0;5;",
            (false, true) => "0;7;",
            (false, false) => "0;6;",
        });
        if original.is_some() {
            push_piece(text, "AV", self.year, self.credit_notes);
        } else {
            push_piece(text, "FA", self.year, self.pieces);
        }
        text.push(';');
        push_french_date(text, day);
        text.push(';');
        if record.origin() != Origin::Anonymous {
            let slot = usize::from(record.is_second_account());
            push_account(text, self.writer.ledger.erp[slot][record.customer as usize]);
        }
        text.push_str(match record.channel() {
            Channel::Post => ";1;",
            Channel::Phone => ";2;",
            _ => ";0;",
        });
        if record.store != NO_STORE {
            text.push_str(&world.stores[usize::from(record.store)].id);
        }
        text.push(';');
        if record.key != NO_KEY && original.is_none() {
            let typo = self.writer.push_key_code(text, record);
            self.tally.count_if("key_codes_mistyped", typo);
        }
        text.push(';');
        let items: u32 = self.basket.iter().map(|line| line.quantity).sum();
        match original {
            // A partial credit note gives back its share of the order's margin and pieces, rounded.
            Some(original) => {
                let (part, whole) = (i128::from(record.cents), i128::from(original.cents).max(1));
                push_money(text, -i64::from(record.cents), ',', "");
                text.push(';');
                let margin = (i128::from(margin) * part).div_euclid(whole) as i64;
                push_money(text, -margin, ',', "");
                text.push_str(";-");
                let items = (i128::from(items) * part).div_euclid(whole).max(1);
                push_int(text, items as u64);
                text.push(';');
                push_piece(text, "FA", original.year, original.number);
            }
            None => {
                push_money(text, i64::from(record.cents), ',', "");
                text.push(';');
                push_money(text, margin, ',', "");
                text.push(';');
                push_int(text, u64::from(items));
                text.push(';');
            }
        }
        text.push(';');
        let mut stream = Stream::new(world.plan.seed, CHANGED, record.order_key());
        push_french_date(text, day);
        text.push(' ');
        // Pieces are posted the same evening.
        push_time(
            text,
            record.minute % 1_440 + stream.below(200) as u32,
            stream.below(60) as u32,
        );
        text.push_str("\r\n");
    }

    fn write_lines(&mut self) -> Result<(), GenerateError> {
        for (number, line) in self.basket.iter().enumerate() {
            let product = self.writer.range.get(line.product);
            let text = &mut self.lines.text;
            push_piece(text, "FA", self.year, self.pieces);
            text.push(';');
            push_int(text, number as u64 + 1);
            text.push(';');
            text.push_str(&product.reference);
            text.push(';');
            text.push_str(&product.family);
            text.push(';');
            push_int(text, u64::from(line.quantity));
            text.push(';');
            push_money(text, i64::from(line.cents), ',', "");
            text.push_str("\r\n");
            self.lines.end_row()?;
        }
        Ok(())
    }
}

impl Writer<'_> {
    /// Pushes the key code of an order; says whether it is mistyped (ERP only: the shop knows its codes).
    fn push_key_code(&self, text: &mut String, record: &Record) -> bool {
        let code = self.key_code(record.key);
        let key = record.order_key() << 1;
        let (_, typo) = dirt::of_row(self.world.plan.seed, self.world.plan.laws.dirt, key);
        if typo {
            // The letter O for the digit 0, the classic of order forms; a code without 0 loses its last character.
            if code.contains('0') {
                text.push_str(&code.replacen('0', "O", 1));
            } else {
                text.push_str(&code[..code.len() - 1]);
            }
        } else {
            text.push_str(&code);
        }
        typo
    }

    /// The key code behind a packed one.
    pub fn key_code(&self, packed: u16) -> String {
        let (campaign, segment) = (usize::from(packed >> 4), usize::from(packed & 15));
        self.campaigns[campaign].key_code(segment.min(SEGMENTS.len() - 1))
    }
}
