//! What the laws leave behind, packed: millions of orders stay in memory until the files are written in day order.

use crate::laws::sales_channel::Channel;

/// Who made an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The purchasing law.
    Purchase,
    /// A mailing's true lift.
    Lift,
    /// Dirt: a receipt without a customer.
    Anonymous,
    /// Dirt: an attempt in the shop that was not paid.
    Failed,
}

/// Key of an order in all streams: who made it, for which customer, which number.
pub fn order_key(origin: Origin, customer: u32, number: u16) -> u64 {
    (origin as u64) << 56 | u64::from(customer) << 16 | u64::from(number)
}

/// No key code.
pub const NO_KEY: u16 = u16::MAX;

/// One order, receipt or refund inside the window: 20 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record {
    /// Minutes since the midnight that opens the window.
    pub minute: u32,
    /// Customer who made it (for an anonymous receipt: whose order it accompanies).
    pub customer: u32,
    /// Net value in cents, positive for refunds too.
    pub cents: u32,
    /// Number among the customer's orders of the same origin.
    pub number: u16,
    /// Index of the store, or `NO_STORE`.
    pub store: u16,
    /// Campaign x 16 + segment of a captured key code, or [`NO_KEY`].
    pub key: u16,
    /// Channel (2 bits), origin (2 bits) and the flags below.
    flags: u16,
}

const REFUND: u16 = 1 << 4;
const REFUNDED: u16 = 1 << 5;
const SECOND_ACCOUNT: u16 = 1 << 6;
const MOVED: u16 = 1 << 7;
const GUEST: u16 = 1 << 8;
const WHOLE: u16 = 1 << 9;

impl Record {
    /// An order.
    pub fn order(minute: u32, customer: u32, cents: u32, number: u16, origin: Origin, channel: Channel) -> Self {
        Self {
            minute,
            customer,
            cents,
            number,
            store: crate::laws::store_choice::NO_STORE,
            key: NO_KEY,
            flags: u16::from(channel.code()) | (origin as u16) << 2,
        }
    }

    /// The refund of this order, later and of so many cents; marks the order as refunded.
    pub fn refund(&mut self, minute: u32, cents: u32) -> Self {
        let whole = if cents == self.cents { WHOLE } else { 0 };
        self.flags |= REFUNDED | whole;
        Self {
            minute,
            cents,
            flags: (self.flags & !REFUNDED) | REFUND,
            ..*self
        }
    }

    fn set(&mut self, flag: u16, on: bool) {
        if on {
            self.flags |= flag;
        } else {
            self.flags &= !flag;
        }
    }

    /// Sets which account and address the order belongs to.
    pub fn with_account(mut self, second_account: bool, moved: bool, guest: bool) -> Self {
        self.set(SECOND_ACCOUNT, second_account);
        self.set(MOVED, moved);
        self.set(GUEST, guest);
        self
    }

    /// Sales channel.
    pub fn channel(&self) -> Channel {
        Channel::from_code((self.flags & 3) as u8)
    }

    /// Who made it.
    pub fn origin(&self) -> Origin {
        match self.flags >> 2 & 3 {
            0 => Origin::Purchase,
            1 => Origin::Lift,
            2 => Origin::Anonymous,
            _ => Origin::Failed,
        }
    }

    /// It is a refund.
    pub fn is_refund(&self) -> bool {
        self.flags & REFUND != 0
    }

    /// An order with a refund inside the window.
    pub fn is_refunded(&self) -> bool {
        self.flags & REFUNDED != 0
    }

    /// A refund of the whole order, or an order refunded whole.
    pub fn is_whole(&self) -> bool {
        self.flags & WHOLE != 0
    }

    /// It goes to the customer's second ERP account.
    pub fn is_second_account(&self) -> bool {
        self.flags & SECOND_ACCOUNT != 0
    }

    /// The household had moved.
    pub fn is_moved(&self) -> bool {
        self.flags & MOVED != 0
    }

    /// A guest order of the shop.
    pub fn is_guest(&self) -> bool {
        self.flags & GUEST != 0
    }

    /// Goes to the shop's files (else to the ERP's).
    pub fn is_shop(&self) -> bool {
        self.channel() == Channel::Web
    }

    /// Day since the window opened.
    pub fn day(&self) -> i32 {
        (self.minute / 1_440) as i32
    }

    /// Key of the order in all streams; a refund has its order's.
    pub fn order_key(&self) -> u64 {
        order_key(self.origin(), self.customer, self.number)
    }

    /// A total order: by time, then by what makes a record unique.
    pub fn sort_key(&self) -> (u32, u32, u16, u16) {
        (self.minute, self.customer, self.number, self.flags)
    }
}

/// No day, no cell, no number.
pub const NONE: i32 = i32::MIN;

/// What the files need to know about a customer: 36 bytes.
#[derive(Debug, Clone, Copy)]
pub struct Account {
    /// Market cell when the window opens, and after the move.
    pub cells: [u32; 2],
    /// Household.
    pub household: u32,
    /// Day (on the clock) from which the household lives in its second home; `i32::MAX` without a move.
    pub moved_day: i32,
    /// Days (on the clock) on which the first and second ERP account were made; [`NONE`] without.
    pub erp_days: [i32; 2],
    /// Day of the shop account; [`NONE`] without (or for guests).
    pub shop_day: i32,
}

/// A household chosen for a campaign: 16 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recipient {
    /// Customer whose account is written.
    pub customer: u32,
    /// Household.
    pub household: u32,
    /// Campaign.
    pub campaign: u8,
    /// Segment.
    pub segment: u8,
    /// Mailed, else held out.
    pub test: bool,
    /// 0 first ERP account, 1 second ERP account, 2 shop account (top bits), and wave 1 or 2 (low bits).
    pub account_and_wave: u8,
}

impl Recipient {
    /// Which account: 0 first ERP, 1 second ERP, 2 shop.
    pub fn account(&self) -> u8 {
        self.account_and_wave >> 4
    }

    /// Wave, 1 or 2.
    pub fn wave(&self) -> u8 {
        self.account_and_wave & 15
    }
}
