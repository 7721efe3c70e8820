//! One household and everything its members do: purchases, mailings and their lift, returns, moves, accounts.

use std::collections::BTreeMap;

use crate::laws::dirt;
use crate::laws::mailings::{self, Campaign, Outcome};
use crate::laws::purchasing::{Purchase, Sampler};
use crate::laws::sales_channel::{self, Channel};
use crate::laws::same_day;
use crate::laws::seasonality;
use crate::population::settlement::Settlement;
use crate::record::{Account, NO_KEY, NONE, Origin, Recipient, Record, order_key};
use crate::stream::{Stream, key};
use crate::world::World;

const MINUTE: u64 = key("population/minute");

/// Accounts without an order for so many days before the window are archived, not exported.
const ARCHIVED_AFTER_DAYS: i32 = 1_096;

/// An order before it is packed.
#[derive(Debug, Clone, Copy)]
struct Order {
    day: i32,
    cents: u32,
    number: u16,
    origin: Origin,
    channel: Channel,
    /// Campaign x 16 + segment that made it.
    campaign: u16,
}

/// What the households of one piece of work leave.
#[derive(Default)]
pub struct Piece {
    /// Orders and refunds inside the window.
    pub records: Vec<Record>,
    /// Accounts by customer.
    pub accounts: Vec<(u32, Account)>,
    /// Households chosen for campaigns.
    pub recipients: Vec<Recipient>,
    /// Counts per campaign and segment.
    pub outcomes: Vec<[Outcome; 9]>,
    /// Counts per kind of dirt.
    pub dirt: BTreeMap<&'static str, u64>,
    /// Customers with an order inside the window.
    pub active: u64,
}

/// One household while it is played.
pub struct Household<'a> {
    world: &'a World,
    campaigns: &'a [Campaign],
    sampler: &'a Sampler,
    number: u32,
    members: &'a [u32],
    cells: [u32; 2],
    moved_day: i32,
    orders: Vec<Vec<Order>>,
    /// Campaign, segment, first and last day of its window, for test households.
    mailed: Vec<(u16, i32, i32)>,
}

impl<'a> Household<'a> {
    /// The household of a number, with the purchases of its members.
    pub fn new(
        world: &'a World,
        campaigns: &'a [Campaign],
        sampler: &'a Sampler,
        settlement: &'a Settlement,
        number: u32,
    ) -> Self {
        let range = settlement.starts[number as usize] as usize..settlement.starts[number as usize + 1] as usize;
        let members = &settlement.order[range];
        let cell = settlement.cells[members[0] as usize];
        let mut household = Self {
            world,
            campaigns,
            sampler,
            number,
            members,
            cells: [cell; 2],
            moved_day: i32::MAX,
            orders: Vec::with_capacity(members.len()),
            mailed: Vec::new(),
        };
        household.settle_move();
        for member in members {
            let arrival = settlement.arrival_weeks[*member as usize];
            household.orders.push(household.purchases(*member, arrival));
        }
        household
    }

    fn dirt_on(&self) -> bool {
        self.world.plan.laws.dirt
    }

    fn window_days(&self) -> i32 {
        self.world.clock.days() - self.world.window_first
    }

    fn day_of_share(&self, share: f64) -> i32 {
        self.world.window_first + (share * f64::from(self.window_days())) as i32
    }

    fn settle_move(&mut self) {
        if !self.dirt_on() {
            return;
        }
        if let Some(movement) = dirt::of_household(self.world.plan.seed, self.number) {
            self.moved_day = self.day_of_share(movement.at);
            if let Some(quantile) = movement.cell_quantile {
                let epoch = self.world.epoch_of(self.moved_day);
                self.cells[1] = self.world.cell_at(epoch, quantile);
            }
        }
    }

    fn purchases(&self, customer: u32, arrival_weeks: f64) -> Vec<Order> {
        let world = self.world;
        let mut purchases: Vec<Purchase> = Vec::new();
        let end = world.clock.total_weeks();
        self.sampler.purchases(customer, arrival_weeks, end, &mut purchases);
        let days = purchases.iter().map(|purchase| world.clock.day_at(purchase.at_weeks));
        purchases
            .iter()
            .zip(same_day::dated(world.plan.laws.same_day, days))
            .filter(|(_, day)| *day < world.clock.days())
            .map(|(purchase, day)| self.order(customer, day, purchase.cents, purchase.number, Origin::Purchase, NO_KEY))
            .collect()
    }

    fn order(&self, customer: u32, day: i32, cents: u32, number: u16, origin: Origin, campaign: u16) -> Order {
        let plan = &self.world.plan;
        let habit = sales_channel::habit(plan.seed, customer);
        let channel = sales_channel::choose(
            plan.seed,
            plan.laws.sales_channel,
            habit,
            order_key(origin, customer, number),
            self.world.clock.date(day),
        );
        Order {
            day,
            cents,
            number,
            origin,
            channel,
            campaign,
        }
    }

    /// Lets the campaigns and the dirt come over it, and leaves its records.
    pub fn play(mut self, into: &mut Piece) {
        for number in 0..self.campaigns.len() {
            self.mail(number, into);
        }
        for member in 0..self.members.len() {
            self.finish(member, into);
        }
    }

    /// Chooses the household for a campaign, and lets a mailed one respond.
    fn mail(&mut self, number: usize, into: &mut Piece) {
        let (world, seed) = (self.world, self.world.plan.seed);
        let campaign = &self.campaigns[number];
        let selected_day = world.day(campaign.selected_on);
        let Some((member, segment)) = self.best_buyer(selected_day) else {
            return;
        };
        let Some(choice) = mailings::select(seed, campaign, number, self.number, segment) else {
            return;
        };
        let Some(account) = self.known_account(member, selected_day) else {
            return;
        };
        into.recipients.push(Recipient {
            customer: self.members[member],
            household: self.number,
            campaign: number as u8,
            segment: segment as u8,
            test: choice.test,
            account_and_wave: account << 4 | choice.wave,
        });
        let outcome = &mut into.outcomes[number][segment];
        if !choice.test {
            outcome.control += 1;
            return;
        }
        outcome.test += 1;
        let in_home = world.day(campaign.in_home_of(choice.wave));
        let first = world.day(campaign.in_home_on);
        let code = (number as u16) << 4 | segment as u16;
        self.mailed.push((code, in_home, first + campaign.window_days as i32));
        let response = mailings::response(seed, campaign, number, self.number, segment);
        let Some((delay, mut stream)) = response else {
            return;
        };
        let day = in_home + delay as i32;
        if day >= world.clock.days() {
            return;
        }
        let customer = self.members[member];
        let (nu, _) = self.sampler.spender(customer);
        let cents = self.sampler.spend_cents(nu, &mut stream);
        let order = self.order(customer, day, cents, number as u16, Origin::Lift, code);
        outcome.extra_orders += 1;
        outcome.extra_cents += i64::from(cents);
        self.orders[member].push(order);
    }

    /// The member who bought last before a day, and the household's segment on that day.
    fn best_buyer(&self, day: i32) -> Option<(usize, usize)> {
        let (mut last, mut count, mut buyer) = (i32::MIN, 0, 0);
        for (member, orders) in self.orders.iter().enumerate() {
            for order in orders.iter().filter(|order| order.day < day) {
                count += 1;
                if order.day > last {
                    (last, buyer) = (order.day, member);
                }
            }
        }
        if count == 0 {
            return None;
        }
        Some((buyer, mailings::segment(day - last, count)?))
    }

    fn is_guest(&self, member: usize) -> bool {
        self.dirt_on() && dirt::of_customer(self.world.plan.seed, self.members[member]).guest
    }

    /// Day from which the customer's ERP orders go to a second account: a second entry, or the move.
    fn second_account_day(&self, member: usize) -> i32 {
        if !self.dirt_on() {
            return i32::MAX;
        }
        let dirt = dirt::of_customer(self.world.plan.seed, self.members[member]);
        dirt.second_account_at
            .map_or(i32::MAX, |share| self.day_of_share(share))
            .min(self.moved_day)
    }

    /// The account under which the retailer knows the member on a day: newest ERP account, else the shop's.
    fn known_account(&self, member: usize, day: i32) -> Option<u8> {
        let switch = self.second_account_day(member);
        let guest = self.is_guest(member);
        let (mut erp, mut shop) = (None, None);
        for order in self.orders[member].iter().filter(|order| order.day < day) {
            match order.channel {
                Channel::Web if !guest => shop = Some(2),
                Channel::Web => {}
                _ => erp = erp.max(Some(u8::from(order.day >= switch))),
            }
        }
        erp.or(shop)
    }

    /// Writes a member's account and packed orders.
    fn finish(&mut self, member: usize, into: &mut Piece) {
        let window_first = self.world.window_first;
        let customer = self.members[member];
        let (switch, guest) = (self.second_account_day(member), self.is_guest(member));
        let mut orders = std::mem::take(&mut self.orders[member]);
        orders.sort_by_key(|order| order.day);
        let mut account = Account {
            cells: self.cells,
            household: self.number,
            moved_day: self.moved_day,
            erp_days: [NONE; 2],
            shop_day: NONE,
        };
        let archived = orders
            .last()
            .is_none_or(|order| order.day < window_first - ARCHIVED_AFTER_DAYS);
        for order in &orders {
            let day = match order.channel {
                _ if archived => continue,
                Channel::Web if guest => continue,
                Channel::Web => &mut account.shop_day,
                _ => &mut account.erp_days[usize::from(order.day >= switch)],
            };
            if *day == NONE {
                *day = order.day;
            }
        }
        let mut active = false;
        for order in orders.iter().filter(|order| order.day >= window_first) {
            active = true;
            self.pack(customer, order, switch, guest, into);
        }
        into.active += u64::from(active);
        into.accounts.push((customer, account));
    }

    fn pack(&self, customer: u32, order: &Order, switch: i32, guest: bool, into: &mut Piece) {
        let (world, seed) = (self.world, self.world.plan.seed);
        let key = order_key(order.origin, customer, order.number);
        let moved = order.day >= self.moved_day;
        let day = order.day - world.window_first;
        let web = order.channel == Channel::Web;
        let mut clock = Stream::new(seed, MINUTE, key);
        let minute = day as u32 * 1_440 + minute_of_day(order.channel, &mut clock);
        let mut record = Record::order(minute, customer, order.cents, order.number, order.origin, order.channel)
            .with_account(order.day >= switch && !web, moved, guest && web);
        if order.channel == Channel::Store {
            let cell = self.cells[usize::from(moved)];
            record.store = world.choice.pick(seed, key, cell, order.day);
        }
        record.key = self.captured_key(key, order);
        if self.dirt_on() {
            self.soil(&mut record, &mut clock, into);
        }
        into.records.push(record);
    }

    /// The key code that the order gives: of the mailing that made it, else of the newest one in its window.
    fn captured_key(&self, key: u64, order: &Order) -> u16 {
        let lift = order.origin == Origin::Lift;
        let code = if lift {
            Some(order.campaign)
        } else {
            let in_window = |(_, first, last): &&(u16, i32, i32)| (*first..=*last).contains(&order.day);
            self.mailed.iter().rev().find(in_window).map(|(code, _, _)| *code)
        };
        let channel = usize::from(order.channel.code());
        code.filter(|_| mailings::is_code_captured(self.world.plan.seed, key, channel, lift))
            .unwrap_or(NO_KEY)
    }

    /// Refunds, anonymous receipts and failed attempts round an order.
    fn soil(&self, record: &mut Record, clock: &mut Stream, into: &mut Piece) {
        let dirt = dirt::of_order(self.world.plan.seed, record.order_key());
        let mut count = |kind| *into.dirt.entry(kind).or_default() += 1;
        let day_start = record.minute / 1_440 * 1_440;
        let last_minute = self.window_days() as u32 * 1_440;
        if let Some(cents) = dirt.anonymous_cents
            && record.channel() == Channel::Store
        {
            let minute = day_start + minute_of_day(Channel::Store, clock);
            let mut receipt = Record::order(
                minute,
                record.customer,
                cents,
                record.number,
                Origin::Anonymous,
                Channel::Store,
            );
            // A lift order has its campaign's number, which may equal that of a purchase: keep the keys apart.
            if record.origin() == Origin::Lift {
                receipt.number |= 1 << 15;
            }
            receipt.store = record.store;
            count("anonymous_receipts");
            into.records.push(receipt);
        }
        if let Some(minutes) = dirt.attempt_minutes
            && record.is_shop()
            && !record.is_guest()
        {
            let mut attempt = Record::order(
                record.minute.saturating_sub(minutes).max(day_start),
                record.customer,
                record.cents,
                record.number,
                Origin::Failed,
                Channel::Web,
            )
            .with_account(false, record.is_moved(), false);
            if record.origin() == Origin::Lift {
                attempt.number |= 1 << 15;
            }
            count("failed_shop_orders");
            into.records.push(attempt);
        }
        if let Some((days, share)) = dirt.refund {
            let mut minute = day_start + days * 1_440 + minute_of_day(Channel::Phone, clock);
            let date = self.world.clock.date(self.world.window_first + (minute / 1_440) as i32);
            if seasonality::is_closed_day(date) {
                minute += 1_440;
            }
            if minute < last_minute {
                let cents = (f64::from(record.cents) * share).round() as u32;
                let refund = record.refund(minute, cents.clamp(1, record.cents));
                count("refunds");
                into.records.push(refund);
            }
        }
    }
}

/// A minute of the day: stores 10:00 to 19:30, the web from 07:00 to midnight with an evening peak, the rest 9:00 to 18:00.
fn minute_of_day(channel: Channel, stream: &mut Stream) -> u32 {
    let unit = stream.unit();
    let (open, length) = match channel {
        Channel::Store => (600.0, 570.0),
        Channel::Web => {
            let late = stream.unit().max(unit);
            return 420 + (late * 1_015.0) as u32;
        }
        Channel::Post | Channel::Phone => (540.0, 540.0),
    };
    (open + unit * length) as u32
}
