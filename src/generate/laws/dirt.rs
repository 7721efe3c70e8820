//! Law "dirt": what real exports are full of, each kind with its own rate and its own draws.
//!
//! Dirt about orders (refunds, failed attempts, anonymous receipts) and about accounts (duplicates, moves, guests) is
//! drawn here; dirt about characters (accents, capitals, cut lines) is what each file's writer does.

use serde_json::{Value, json};

use crate::stream::{Stream, key};

const ORDER: u64 = key("dirt/order");
const CUSTOMER: u64 = key("dirt/customer");
const HOUSEHOLD: u64 = key("dirt/household");
const ACCOUNT: u64 = key("dirt/account");
const ROW: u64 = key("dirt/row");
const COST_ROW: u64 = key("dirt/cost row");

/// Orders that are refunded, whole or in part.
pub const REFUND_SHARE: f64 = 0.03;
/// Refunds that cancel the whole order.
pub const WHOLE_REFUND_SHARE: f64 = 0.6;
/// Anonymous receipts among the store receipts.
pub const ANONYMOUS_SHARE: f64 = 0.08;
/// Web orders preceded by a failed attempt (valid = 0).
pub const FAILED_ATTEMPT_SHARE: f64 = 0.025;
/// Failed attempts without dates.
pub const ZERO_DATE_SHARE: f64 = 0.03;
/// Customers who get a second ERP account.
pub const SECOND_ACCOUNT_SHARE: f64 = 0.045;
/// Web customers who order as guests.
pub const GUEST_SHARE: f64 = 0.14;
/// Households that move inside the window.
pub const MOVE_SHARE: f64 = 0.03;
/// Movers who stay in their cell.
pub const NEAR_MOVE_SHARE: f64 = 0.4;
/// Accounts without coordinates.
pub const NO_COORDINATES_SHARE: f64 = 0.10;
/// Accounts without a post code.
pub const NO_POSTCODE_SHARE: f64 = 0.01;
/// ERP accounts whose post code and telephone lost their leading zeros.
pub const LOST_ZERO_SHARE: f64 = 0.35;
/// Accounts with a typing error in the name, the street or the e-mail.
pub const TYPING_ERROR_SHARE: f64 = 0.02;
/// ERP accounts typed in mixed case with accents.
pub const MIXED_CASE_SHARE: f64 = 0.07;
/// Rows written twice, exactly.
pub const DOUBLE_ROW_SHARE: f64 = 0.0002;
/// Key codes with a typing error in the ERP.
pub const KEY_CODE_ERROR_SHARE: f64 = 0.015;
/// Rows of the controller's costs that a hand has been over.
pub const TYPED_COST_ROW_SHARE: f64 = 0.05;

/// Dirt round one order.
#[derive(Debug, Clone, Copy, Default)]
pub struct OrderDirt {
    /// Refund: days later, and its share of the order (1 = whole).
    pub refund: Option<(u32, f64)>,
    /// An anonymous receipt in the same store and day, of so many cents.
    pub anonymous_cents: Option<u32>,
    /// A failed attempt so many minutes before.
    pub attempt_minutes: Option<u32>,
}

/// Dirt round one order of a customer.
pub fn of_order(seed: u64, order: u64) -> OrderDirt {
    let mut stream = Stream::new(seed, ORDER, order);
    let refunded = stream.chance(REFUND_SHARE);
    let whole = stream.chance(WHOLE_REFUND_SHARE);
    let days = 3 + (-12.0 * (1.0 - stream.unit()).ln()) as u32;
    let part = if whole { 1.0 } else { 0.15 + 0.7 * stream.unit() };
    // One anonymous receipt for 92 others makes 8 in 100.
    let anonymous = stream.chance(ANONYMOUS_SHARE / (1.0 - ANONYMOUS_SHARE));
    let value = (7.9 + 0.9 * stream.normal()).exp();
    let failed = stream.chance(FAILED_ATTEMPT_SHARE);
    let minutes = 1 + stream.below(18) as u32;
    OrderDirt {
        refund: refunded.then_some((days.min(60), part)),
        anonymous_cents: anonymous.then_some((value as u32).clamp(200, 400_000)),
        attempt_minutes: failed.then_some(minutes),
    }
}

/// Dirt round one customer.
#[derive(Debug, Clone, Copy, Default)]
pub struct CustomerDirt {
    /// Orders as a guest in the shop.
    pub guest: bool,
    /// Gets a second ERP account from this point of the window on, as a share of it.
    pub second_account_at: Option<f64>,
}

/// Dirt round one customer.
pub fn of_customer(seed: u64, customer: u32) -> CustomerDirt {
    let mut stream = Stream::new(seed, CUSTOMER, u64::from(customer));
    let guest = stream.chance(GUEST_SHARE);
    let second = stream.chance(SECOND_ACCOUNT_SHARE);
    let at = stream.unit();
    CustomerDirt {
        guest,
        second_account_at: second.then_some(at),
    }
}

/// A household's move.
#[derive(Debug, Clone, Copy)]
pub struct Move {
    /// When, as a share of the window.
    pub at: f64,
    /// Quantile of the new cell among the epoch's arrivals; absent when the household stays in its cell.
    pub cell_quantile: Option<f64>,
}

/// The move of a household, if it moves.
pub fn of_household(seed: u64, household: u32) -> Option<Move> {
    let mut stream = Stream::new(seed, HOUSEHOLD, u64::from(household));
    let moves = stream.chance(MOVE_SHARE);
    let at = stream.unit();
    let near = stream.chance(NEAR_MOVE_SHARE);
    let quantile = stream.unit();
    moves.then_some(Move {
        at,
        cell_quantile: (!near).then_some(quantile),
    })
}

/// Dirt of one account's row.
#[derive(Debug, Clone, Copy, Default)]
pub struct AccountDirt {
    /// No coordinates.
    pub no_coordinates: bool,
    /// No post code.
    pub no_postcode: bool,
    /// Leading zeros lost (ERP).
    pub lost_zero: bool,
    /// Which field has a typing error: 0 first name, 1 surname, 2 street, 3 e-mail.
    pub typing_error: Option<usize>,
    /// Odd white space, quotes or a line break in the second address line (shop).
    pub odd_complement: Option<usize>,
    /// First name by its initial only (ERP).
    pub initial: bool,
    /// No e-mail (ERP).
    pub no_email: bool,
    /// Typed in mixed case with accents, at a newer counter (ERP).
    pub mixed_case: bool,
    /// Non-breaking space after the surname.
    pub nbsp: bool,
    /// Row written twice.
    pub double: bool,
    /// Random bits for where in the field the error sits.
    pub bits: u64,
}

/// Dirt of an account's row; `account` tells the accounts of all files apart.
pub fn of_account(seed: u64, on: bool, account: u64) -> AccountDirt {
    if !on {
        return AccountDirt::default();
    }
    let mut stream = Stream::new(seed, ACCOUNT, account);
    let no_coordinates = stream.chance(NO_COORDINATES_SHARE);
    let no_postcode = stream.chance(NO_POSTCODE_SHARE);
    let lost_zero = stream.chance(LOST_ZERO_SHARE);
    let error = stream.chance(TYPING_ERROR_SHARE);
    let field = stream.below(4);
    let odd = stream.chance(0.012);
    let kind = stream.below(3);
    AccountDirt {
        no_coordinates,
        no_postcode,
        lost_zero,
        typing_error: error.then_some(field),
        odd_complement: odd.then_some(kind),
        initial: stream.chance(0.06),
        no_email: stream.chance(0.42),
        mixed_case: stream.chance(MIXED_CASE_SHARE),
        nbsp: stream.chance(0.004),
        double: stream.chance(DOUBLE_ROW_SHARE),
        bits: stream.bits(),
    }
}

/// Whether a row of an order is written twice, and whether its key code is mistyped.
pub fn of_row(seed: u64, on: bool, row: u64) -> (bool, bool) {
    if !on {
        return (false, false);
    }
    let mut stream = Stream::new(seed, ROW, row);
    (stream.chance(DOUBLE_ROW_SHARE), stream.chance(KEY_CODE_ERROR_SHARE))
}

/// What a hand leaves in a row of the controller's spreadsheet; none of it changes what the row says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CostRowDirt {
    /// The purpose in capitals.
    Capitals,
    /// A blank behind the channel.
    Blank,
    /// Thousands parted, in a cell formatted as an amount.
    Thousands,
}

/// Dirt of a row of the costs, if any.
pub fn of_cost_row(seed: u64, on: bool, row: u64) -> Option<CostRowDirt> {
    if !on {
        return None;
    }
    let mut stream = Stream::new(seed, COST_ROW, row);
    let typed = stream.chance(TYPED_COST_ROW_SHARE);
    let kind = *stream.one_of(&[CostRowDirt::Capitals, CostRowDirt::Blank, CostRowDirt::Thousands]);
    typed.then_some(kind)
}

/// A typing error: two neighbouring letters swapped, one left out or one doubled. Short words stay.
pub fn mistyped(word: &str, bits: u64) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    if letters.len() < 5 {
        return word.to_owned();
    }
    let at = 1 + (bits >> 8) as usize % (letters.len() - 3);
    match bits % 3 {
        0 => letters.swap(at, at + 1),
        1 => {
            letters.remove(at);
        }
        _ => letters.insert(at, letters[at]),
    }
    letters.into_iter().collect()
}

/// Parameters, for truth.json.
pub fn parameters(on: bool) -> Value {
    json!({
        "on": on,
        "refunds_of_orders": REFUND_SHARE,
        "whole_refunds_of_refunds": WHOLE_REFUND_SHARE,
        "anonymous_of_store_receipts": ANONYMOUS_SHARE,
        "failed_attempts_of_web_orders": FAILED_ATTEMPT_SHARE,
        "zero_dates_of_failed_attempts": ZERO_DATE_SHARE,
        "second_erp_accounts_of_customers": SECOND_ACCOUNT_SHARE,
        "guests_of_web_customers": GUEST_SHARE,
        "moves_of_households": MOVE_SHARE,
        "moves_within_the_cell": NEAR_MOVE_SHARE,
        "accounts_without_coordinates": NO_COORDINATES_SHARE,
        "accounts_without_postcode": NO_POSTCODE_SHARE,
        "erp_accounts_with_lost_zeros": LOST_ZERO_SHARE,
        "accounts_with_typing_error": TYPING_ERROR_SHARE,
        "erp_accounts_in_mixed_case": MIXED_CASE_SHARE,
        "rows_written_twice": DOUBLE_ROW_SHARE,
        "key_codes_mistyped_in_erp": KEY_CODE_ERROR_SHARE,
        "cost_rows_typed_by_hand": TYPED_COST_ROW_SHARE,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typing_errors_change_one_place() {
        assert_eq!(mistyped("Roy", 12), "Roy");
        for bits in 0..3_000_u64 {
            let word = mistyped("Lefebvre", bits * 7_919);
            let length = word.chars().count();
            assert!((7..=9).contains(&length));
            assert!(word.starts_with('L'));
        }
    }

    #[test]
    fn rates_are_kept() {
        let n = 60_000_u64;
        let refunds = (0..n).filter(|order| of_order(1, *order).refund.is_some()).count();
        assert!((refunds as f64 / n as f64 - REFUND_SHARE).abs() < 0.003);
        let receipts = (0..n)
            .filter(|order| of_order(1, *order).anonymous_cents.is_some())
            .count() as f64;
        assert!((receipts / (n as f64 + receipts) - ANONYMOUS_SHARE).abs() < 0.005);
    }
}
