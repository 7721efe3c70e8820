//! Writing all source files, each by one worker, and adding up what was written.

pub mod costs;
pub mod erp;
pub mod mailings;
pub mod network;
pub mod shop;
pub mod shop_customers;
pub mod text;
pub mod truth;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::laws::dirt;
use crate::laws::mailings::Campaign;
use crate::laws::marketing_costs::Cost;
use crate::laws::products::Range;
use crate::ledger::Ledger;
use crate::population::Population;
use crate::record::{NONE, Record};
use crate::world::World;
use crate::{FileSummary, GenerateError, Progress, workers};

/// What the writers of files share.
pub struct Writer<'a> {
    /// Folder of the source files.
    pub out: &'a Path,
    /// The world.
    pub world: &'a World,
    /// Everything that happened.
    pub population: &'a Population,
    /// Numbers of accounts and orders.
    pub ledger: &'a Ledger,
    /// Campaigns, in order.
    pub campaigns: &'a [Campaign],
    /// Marketing costs, by month.
    pub costs: &'a [Cost],
    /// Products.
    pub range: &'a Range,
    /// Days of the window.
    pub window_days: i32,
    /// Last calendar year of the window.
    pub end_year: i32,
    /// Second addresses of shop customers who moved: customer number to address number.
    pub second_addresses: BTreeMap<u32, u32>,
}

/// Counts of one written part.
#[derive(Debug, Default)]
pub struct Tally {
    /// By file name relative to the folder.
    pub files: BTreeMap<String, FileSummary>,
    /// By kind of dirt.
    pub dirt: BTreeMap<&'static str, u64>,
}

impl Tally {
    /// Adds a file.
    pub fn file(&mut self, name: &str, rows: u64, order_cents: i64, refund_cents: i64) {
        self.files.insert(
            name.to_owned(),
            FileSummary {
                rows,
                order_cents,
                refund_cents,
            },
        );
    }

    /// Counts one piece of dirt.
    pub fn count(&mut self, kind: &'static str) {
        *self.dirt.entry(kind).or_default() += 1;
    }

    /// Counts one piece of dirt when it is there.
    pub fn count_if(&mut self, kind: &'static str, there: bool) {
        if there {
            self.count(kind);
        }
    }

    /// Counts the dirt of an account's row.
    pub fn account(&mut self, dirt: &dirt::AccountDirt, erp: bool) {
        self.count_if("accounts_without_coordinates", dirt.no_coordinates);
        self.count_if("accounts_without_postcode", dirt.no_postcode);
        self.count_if("accounts_with_typing_error", dirt.typing_error.is_some());
        self.count_if("names_with_odd_space", dirt.nbsp);
        if erp {
            self.count_if("erp_accounts_with_lost_zeros", dirt.lost_zero);
            self.count_if("erp_accounts_without_email", dirt.no_email);
            self.count_if("erp_names_with_initial", dirt.initial);
            self.count_if("erp_accounts_in_mixed_case", dirt.mixed_case);
        } else {
            self.count_if("odd_second_address_lines", dirt.odd_complement.is_some());
        }
    }

    fn add(&mut self, other: Self) {
        self.files.extend(other.files);
        for (kind, count) in other.dirt {
            *self.dirt.entry(kind).or_default() += count;
        }
    }
}

impl<'a> Writer<'a> {
    /// Gathers what the writers need.
    pub fn new(
        out: &'a Path,
        world: &'a World,
        population: &'a Population,
        ledger: &'a Ledger,
        campaigns: &'a [Campaign],
        costs: &'a [Cost],
        range: &'a Range,
    ) -> Self {
        let mut writer = Self {
            out,
            world,
            population,
            ledger,
            campaigns,
            costs,
            range,
            window_days: world.clock.days() - world.window_first,
            end_year: *world.years().end(),
            second_addresses: BTreeMap::new(),
        };
        writer.number_second_addresses();
        writer
    }

    /// First addresses carry their customer's number; those after a move follow them.
    fn number_second_addresses(&mut self) {
        let mut next = self.ledger.shop_rows.len() as u32;
        for (index, row) in self.ledger.shop_rows.iter().enumerate() {
            let account = &self.population.accounts[row.customer as usize];
            let moved_later =
                account.moved_day != i32::MAX && account.shop_day != NONE && account.shop_day < account.moved_day;
            if !row.guest && moved_later {
                next += 1;
                self.second_addresses.insert(index as u32 + 1, next);
            }
        }
    }

    /// A file of the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.out.join(name)
    }

    /// Number of the address to which a shop order goes.
    pub fn address_of(&self, record: &Record, shop_customer: u32) -> u32 {
        let second = self.second_addresses.get(&shop_customer);
        second.copied().filter(|_| record.is_moved()).unwrap_or(shop_customer)
    }

    /// Writes every file but truth.json.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn write_all(&self, progress: &mut dyn FnMut(Progress)) -> Result<Tally, GenerateError> {
        let years = self.ledger.year_starts.len() - 1;
        let parts = 8 + years + self.campaigns.len();
        let parts_done = workers::run(
            parts,
            // The largest parts first, so that no core ends up alone with one.
            |part| match part {
                0 => shop::write_orders(self),
                1 => erp::write_accounts(self),
                2 => shop_customers::write_customers(self),
                3 => truth::write_cells(self),
                4 => network::write_stores(self),
                5 => network::write_campaigns(self),
                6 => truth::write_identities(self),
                7 => costs::write(self),
                _ if part < 8 + years => erp::write_year(self, part - 8),
                _ => mailings::write(self, part - 8 - years),
            },
            |done| {
                progress(Progress {
                    step: "source files",
                    done: done as u64,
                    total: parts as u64,
                });
            },
        );
        let mut total = Tally::default();
        for part in parts_done {
            total.add(part?);
        }
        Ok(total)
    }
}
