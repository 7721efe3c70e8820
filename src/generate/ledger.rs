//! Numbers of accounts, pieces and shop orders, given in the order of time, as the systems would.

use std::collections::HashMap;

use chrono::Datelike;

use crate::population::Population;
use crate::record::{NONE, Origin};
use crate::world::World;

/// A refunded order, as its refund must name it.
#[derive(Debug, Clone, Copy)]
pub struct Original {
    /// Year of the ERP piece; 0 for a shop order.
    pub year: i32,
    /// Number of the ERP piece in its year, or the shop's `id_order`.
    pub number: u32,
    /// Value of the order in cents.
    pub cents: u32,
    /// Shop customer number; 0 in the ERP.
    pub shop_customer: u32,
}

/// A row of the shop's customers.
#[derive(Debug, Clone, Copy)]
pub struct ShopCustomer {
    /// Customer.
    pub customer: u32,
    /// Index of the record that made a guest or made the account inside the window; `u32::MAX` for older accounts.
    pub record: u32,
    /// A guest.
    pub guest: bool,
}

/// All numbers.
#[derive(Debug, Default)]
pub struct Ledger {
    /// Number of a customer's first and second ERP account; 0 without.
    pub erp: [Vec<u32>; 2],
    /// ERP accounts by number (number 1 first): customer and slot.
    pub erp_rows: Vec<(u32, u8)>,
    /// Number of a customer's shop account; 0 without.
    pub shop: Vec<u32>,
    /// Shop customers by number (number 1 first).
    pub shop_rows: Vec<ShopCustomer>,
    /// Shop customer number of each web order (refunds left out), in the order of the records.
    pub web_customers: Vec<u32>,
    /// Refunded orders by their key.
    pub originals: HashMap<u64, Original>,
    /// First record of each calendar year of the window, and the end.
    pub year_starts: Vec<(i32, usize)>,
}

impl Ledger {
    /// Numbers everything.
    pub fn new(world: &World, population: &Population) -> Self {
        let mut ledger = Self::default();
        ledger.number_erp(population);
        ledger.number_shop(world, population);
        ledger.number_orders(world, population);
        ledger
    }

    fn number_erp(&mut self, population: &Population) {
        let count = population.accounts.len();
        self.erp = [vec![0; count], vec![0; count]];
        let mut rows: Vec<(i32, u32, u8)> = Vec::new();
        for (customer, account) in population.accounts.iter().enumerate() {
            for slot in 0..2_u8 {
                let day = account.erp_days[usize::from(slot)];
                if day != NONE {
                    rows.push((day, customer as u32, slot));
                }
            }
        }
        rows.sort_unstable();
        for (index, (_, customer, slot)) in rows.iter().enumerate() {
            self.erp[usize::from(*slot)][*customer as usize] = index as u32 + 1;
        }
        self.erp_rows = rows.into_iter().map(|(_, customer, slot)| (customer, slot)).collect();
    }

    /// Accounts older than the window come first; then every new account and every guest at its first order.
    fn number_shop(&mut self, world: &World, population: &Population) {
        self.shop = vec![0; population.accounts.len()];
        let mut old: Vec<(i32, u32)> = population
            .accounts
            .iter()
            .enumerate()
            .filter(|(_, account)| (0..world.window_first).contains(&account.shop_day))
            .map(|(customer, account)| (account.shop_day, customer as u32))
            .collect();
        old.sort_unstable();
        for (_, customer) in old {
            self.register(customer, u32::MAX);
        }
        for (index, record) in population.records.iter().enumerate() {
            if !record.is_shop() || record.is_refund() {
                continue;
            }
            let number = if record.is_guest() {
                self.shop_rows.push(ShopCustomer {
                    customer: record.customer,
                    record: index as u32,
                    guest: true,
                });
                self.shop_rows.len() as u32
            } else {
                if self.shop[record.customer as usize] == 0 {
                    self.register(record.customer, index as u32);
                }
                self.shop[record.customer as usize]
            };
            self.web_customers.push(number);
        }
    }

    fn register(&mut self, customer: u32, record: u32) {
        self.shop_rows.push(ShopCustomer {
            customer,
            record,
            guest: false,
        });
        self.shop[customer as usize] = self.shop_rows.len() as u32;
    }

    /// Walks the records once, so that refunds can name the number of their order.
    fn number_orders(&mut self, world: &World, population: &Population) {
        let (mut year, mut piece, mut shop_order, mut web) = (i32::MIN, 0, 0, 0);
        for (index, record) in population.records.iter().enumerate() {
            let now = world.clock.date(world.window_first + record.day()).year();
            if now != year {
                (year, piece) = (now, 0);
                self.year_starts.push((now, index));
            }
            if record.is_refund() {
                continue;
            }
            let original = if record.is_shop() {
                shop_order += 1;
                web += 1;
                Original {
                    year: 0,
                    number: shop_order,
                    cents: record.cents,
                    shop_customer: self.web_customers[web - 1],
                }
            } else {
                piece += 1;
                Original {
                    year,
                    number: piece,
                    cents: record.cents,
                    shop_customer: 0,
                }
            };
            if record.is_refunded() && record.origin() != Origin::Failed {
                self.originals.insert(record.order_key(), original);
            }
        }
        self.year_starts.push((i32::MAX, population.records.len()));
    }
}
