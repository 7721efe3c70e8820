//! The account of an import: every row and every cent that came in, and what became of it.
//!
//! in = kept + repaired + replaced + skipped + rejected + left out, in rows and in money, for each file and for each table.
//! Money is counted in whole cents (`i128`), so that nothing is lost in the sum.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::error::ImportError;

/// Rows and their money.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Number of rows.
    pub rows: u64,
    /// Sum of the money column, in cents.
    #[serde(with = "cents_as_text")]
    pub money: i128,
}

impl Tally {
    /// One row of that much money, in cents.
    pub fn row(cents: i128) -> Tally {
        Tally { rows: 1, money: cents }
    }

    /// Adds another tally to this one.
    pub fn add(&mut self, other: Tally) {
        self.rows += other.rows;
        self.money += other.money;
    }
}

/// What became of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Taken as it came.
    Kept,
    /// Taken after a stated repair.
    Repaired,
    /// Took the place of an older row of the same key, or gave its place to a newer one.
    Replaced,
    /// Already there, equal or newer.
    Skipped,
    /// Refused, kept among the rejected rows with its reason.
    Rejected,
    /// Left out by a rule of the mapping, such as an order that the shop never validated.
    LeftOut,
}

/// Rows and money of one file or table, by outcome.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flow {
    /// All that came in.
    pub came_in: Tally,
    /// Taken as it came.
    pub kept: Tally,
    /// Taken after a stated repair.
    pub repaired: Tally,
    /// Replaced by, or replacing, a row of the same key.
    pub replaced: Tally,
    /// Already there.
    pub skipped: Tally,
    /// Refused.
    pub rejected: Tally,
    /// Left out by a rule of the mapping.
    pub left_out: Tally,
}

impl Flow {
    /// The tally of one outcome.
    pub fn of(&self, outcome: Outcome) -> Tally {
        match outcome {
            Outcome::Kept => self.kept,
            Outcome::Repaired => self.repaired,
            Outcome::Replaced => self.replaced,
            Outcome::Skipped => self.skipped,
            Outcome::Rejected => self.rejected,
            Outcome::LeftOut => self.left_out,
        }
    }

    fn of_mut(&mut self, outcome: Outcome) -> &mut Tally {
        match outcome {
            Outcome::Kept => &mut self.kept,
            Outcome::Repaired => &mut self.repaired,
            Outcome::Replaced => &mut self.replaced,
            Outcome::Skipped => &mut self.skipped,
            Outcome::Rejected => &mut self.rejected,
            Outcome::LeftOut => &mut self.left_out,
        }
    }

    /// Counts rows that come in with that outcome.
    pub fn count(&mut self, outcome: Outcome, tally: Tally) {
        self.came_in.add(tally);
        self.of_mut(outcome).add(tally);
    }

    /// Moves rows that were counted under one outcome to another, as when a kept row turns out to be in the lake already.
    pub fn reclassify(&mut self, from: Outcome, to: Outcome, tally: Tally) {
        let source = self.of_mut(from);
        source.rows = source.rows.saturating_sub(tally.rows);
        source.money -= tally.money;
        self.of_mut(to).add(tally);
    }

    /// Adds another flow to this one.
    pub fn add(&mut self, other: &Flow) {
        self.came_in.add(other.came_in);
        for outcome in OUTCOMES {
            self.of_mut(outcome).add(other.of(outcome));
        }
    }

    /// Checks that what came in is what went out, in rows and in cents.
    ///
    /// # Errors
    /// [`ImportError::Unbalanced`] when the two sides differ.
    pub fn check(&self, name: &str) -> Result<(), ImportError> {
        let mut out = Tally::default();
        for outcome in OUTCOMES {
            out.add(self.of(outcome));
        }
        if out == self.came_in {
            return Ok(());
        }
        Err(ImportError::Unbalanced {
            name: name.to_owned(),
            what: format!(
                "{} rows and {} came in, {} rows and {} are accounted for",
                self.came_in.rows,
                money_text(self.came_in.money),
                out.rows,
                money_text(out.money)
            ),
        })
    }
}

/// All outcomes, in the order in which they are printed.
pub const OUTCOMES: [Outcome; 6] = [
    Outcome::Kept,
    Outcome::Repaired,
    Outcome::Replaced,
    Outcome::Skipped,
    Outcome::Rejected,
    Outcome::LeftOut,
];

/// What became of the rows of one source file, at reading.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileAccount {
    /// File name.
    pub file: String,
    /// Which file of the mapping it is, such as `ps_orders`.
    pub id: String,
    /// Column whose sum is the money below; none when the file carries no money.
    pub money_column: Option<String>,
    /// Rows and money by outcome.
    pub flow: Flow,
    /// Rejected rows whose money could not be read, so that it is in no sum.
    pub rows_without_readable_money: u64,
    /// How often each repair rule was applied.
    pub repairs: BTreeMap<String, u64>,
    /// How many rows were rejected for each reason.
    pub reasons: BTreeMap<String, u64>,
    /// Columns that the mapping does not name and that were not read.
    pub unread_columns: Vec<String>,
}

/// What became of the rows of one canonical table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableAccount {
    /// Canonical table.
    pub table: String,
    /// Rows and money by outcome.
    pub flow: Flow,
    /// Rows of the lake that this import took back and did not replace: the source no longer counts them.
    #[serde(default)]
    pub withdrawn: Tally,
    /// How many rows were rejected or left out for each reason.
    pub reasons: BTreeMap<String, u64>,
}

/// The account of one import.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Mapping used.
    pub mapping: String,
    /// ISO 4217 code of all money.
    pub currency: String,
    /// One account per source file, in the order given.
    pub files: Vec<FileAccount>,
    /// One account per canonical table, in the order of the mapping.
    pub tables: Vec<TableAccount>,
    /// What the reader should know: absent optional files and what is missing for that.
    pub notes: Vec<String>,
}

impl Account {
    /// The account of a canonical table, made when it is not there yet.
    pub fn table_mut(&mut self, table: &str) -> &mut TableAccount {
        let index = match self.tables.iter().position(|it| it.table == table) {
            Some(index) => index,
            None => {
                self.tables.push(TableAccount {
                    table: table.to_owned(),
                    ..TableAccount::default()
                });
                self.tables.len() - 1
            }
        };
        &mut self.tables[index]
    }

    /// The account of a canonical table.
    pub fn table(&self, table: &str) -> Option<&TableAccount> {
        self.tables.iter().find(|it| it.table == table)
    }

    /// The account of a source file, by its name.
    pub fn file(&self, file: &str) -> Option<&FileAccount> {
        self.files.iter().find(|it| it.file == file)
    }

    /// Rows rejected anywhere.
    pub fn rejected_rows(&self) -> u64 {
        let files: u64 = self.files.iter().map(|it| it.flow.rejected.rows).sum();
        let tables: u64 = self.tables.iter().map(|it| it.flow.rejected.rows).sum();
        files + tables
    }

    /// Checks every file and table.
    ///
    /// # Errors
    /// [`ImportError::Unbalanced`] naming the first that does not balance.
    pub fn check(&self) -> Result<(), ImportError> {
        for file in &self.files {
            file.flow.check(&file.file)?;
        }
        for table in &self.tables {
            table.flow.check(&table.table)?;
        }
        Ok(())
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Import with mapping {}; money in {}", self.mapping, self.currency)?;
        let files = self
            .files
            .iter()
            .map(|it| (it.file.as_str(), &it.flow, it.money_column.is_some()));
        write_block(f, "file", files)?;
        let tables = self.tables.iter().map(|it| {
            let money = chalandise_lake::contract::table(&it.table).and_then(|table| table.money);
            (it.table.as_str(), &it.flow, money.is_some())
        });
        write_block(f, "table", tables)?;
        for file in &self.files {
            write_counts(f, &file.file, "repaired", &file.repairs)?;
            write_counts(f, &file.file, "rejected", &file.reasons)?;
            if file.rows_without_readable_money > 0 {
                writeln!(
                    f,
                    "{}: {} rejected rows have no readable money and are in no sum",
                    file.file, file.rows_without_readable_money
                )?;
            }
        }
        for table in &self.tables {
            write_counts(f, &table.table, "not taken", &table.reasons)?;
            write_withdrawn(f, table)?;
        }
        for note in &self.notes {
            writeln!(f, "note: {note}")?;
        }
        Ok(())
    }
}

fn write_withdrawn(f: &mut fmt::Formatter<'_>, table: &TableAccount) -> fmt::Result {
    let Tally { rows, money } = table.withdrawn;
    if rows == 0 {
        return Ok(());
    }
    let carries_money = chalandise_lake::contract::table(&table.table).is_some_and(|table| table.money.is_some());
    let amount = if carries_money {
        format!(" ({})", money_text(money))
    } else {
        String::new()
    };
    writeln!(
        f,
        "{}: withdrawn from the lake {}{amount}: the source no longer counts them",
        table.table,
        grouped(u128::from(rows))
    )
}

fn write_counts(f: &mut fmt::Formatter<'_>, name: &str, verb: &str, counts: &BTreeMap<String, u64>) -> fmt::Result {
    for (reason, count) in counts {
        writeln!(f, "{name}: {verb} {count}: {reason}")?;
    }
    Ok(())
}

fn write_block<'a>(
    f: &mut fmt::Formatter<'_>,
    title: &str,
    flows: impl Iterator<Item = (&'a str, &'a Flow, bool)>,
) -> fmt::Result {
    let mut lines: Vec<Vec<String>> = Vec::new();
    for (name, flow, with_money) in flows {
        lines.push(cells(name, flow, |tally| grouped(u128::from(tally.rows))));
        if with_money {
            lines.push(cells("", flow, |tally| money_text(tally.money)));
        }
    }
    if lines.is_empty() {
        return Ok(());
    }
    let head = [
        title, "in", "kept", "repaired", "replaced", "skipped", "rejected", "left out",
    ];
    lines.insert(0, head.iter().map(|&it| it.to_owned()).collect());
    let widths: Vec<usize> = (0..head.len())
        .map(|column| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0))
        .collect();
    for line in &lines {
        write!(f, "{:<width$}", line[0], width = widths[0])?;
        for (cell, width) in line.iter().zip(&widths).skip(1) {
            write!(f, "  {cell:>width$}")?;
        }
        writeln!(f)?;
    }
    Ok(())
}

fn cells(name: &str, flow: &Flow, show: impl Fn(Tally) -> String) -> Vec<String> {
    let mut line = vec![name.to_owned(), show(flow.came_in)];
    line.extend(OUTCOMES.iter().map(|&outcome| show(flow.of(outcome))));
    line
}

fn grouped(number: u128) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Cents as `1,234.56`.
pub fn money_text(cents: i128) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    let absolute = cents.unsigned_abs();
    format!("{sign}{}.{:02}", grouped(absolute / 100), absolute % 100)
}

/// Cents as a plain decimal text, because a JSON number may lose digits in a reader.
mod cents_as_text {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(cents: &i128, serializer: S) -> Result<S::Ok, S::Error> {
        let sign = if *cents < 0 { "-" } else { "" };
        let absolute = cents.unsigned_abs();
        serializer.serialize_str(&format!("{sign}{}.{:02}", absolute / 100, absolute % 100))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i128, D::Error> {
        let text = String::deserialize(deserializer)?;
        let (whole, fraction) = text
            .split_once('.')
            .filter(|(_, fraction)| fraction.len() == 2)
            .ok_or_else(|| D::Error::custom("money needs two decimals"))?;
        format!("{whole}{fraction}")
            .parse()
            .map_err(|_| D::Error::custom("money is not a number"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> Account {
        let mut account = Account {
            mapping: "cdnow".to_owned(),
            currency: "USD".to_owned(),
            ..Account::default()
        };
        let orders = account.table_mut("orders");
        orders.flow.count(
            Outcome::Kept,
            Tally {
                rows: 6_919,
                money: 24_409_194,
            },
        );
        orders.flow.count(Outcome::Rejected, Tally::row(-5));
        orders.reasons.insert("impossible date".to_owned(), 1);
        account
    }

    #[test]
    fn a_balanced_account_passes_and_a_lost_cent_is_found() {
        let mut account = example();
        assert!(account.check().is_ok());
        account.table_mut("orders").flow.rejected.money += 1;
        let error = account.check().expect_err("a cent is missing");
        assert!(error.to_string().contains("`orders` does not balance"));
        assert!(error.to_string().contains("244,091.89"));
    }

    #[test]
    fn reclassifying_keeps_the_balance() {
        let mut account = example();
        let skipped = Tally { rows: 2, money: 100 };
        account
            .table_mut("orders")
            .flow
            .reclassify(Outcome::Kept, Outcome::Skipped, skipped);
        assert!(account.check().is_ok());
        assert_eq!(account.table("orders").map(|it| it.flow.skipped.rows), Some(2));
    }

    #[test]
    fn json_keeps_every_cent() {
        let account = example();
        let json = serde_json::to_string(&account).expect("plain data");
        assert!(json.contains("\"244091.94\"") && json.contains("\"-0.05\""));
        let back: Account = serde_json::from_str(&json).expect("what was written");
        assert_eq!(back, account);
    }

    #[test]
    fn it_prints_as_a_table() {
        let text = example().to_string();
        assert!(text.contains("orders       6,920       6,919"), "{text}");
        assert!(text.contains("orders: not taken 1: impossible date"));
    }
}
