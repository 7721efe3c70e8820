//! Tests across laws, on a small population.

use std::collections::BTreeMap;

use chrono::Datelike;

use crate::Law;
use crate::Options;
use crate::Plan;
use crate::laws::mailings;
use crate::laws::mailings::Campaign;
use crate::laws::marketing_costs;
use crate::laws::marketing_costs::Purpose;
use crate::laws::sales_channel::Channel;
use crate::laws::store_choice::NO_STORE;
use crate::population::{Population, play};
use crate::record::{Origin, Record, order_key};
use crate::world::World;

fn world(customers: u64, only: Option<Vec<Law>>) -> World {
    let options = Options {
        customers,
        seed: 77,
        only,
        ..Options::demo("nowhere".into())
    };
    World::build(Plan::check(&options).expect("good options")).expect("shipped data")
}

fn played(world: &World) -> (Vec<Campaign>, Population) {
    let campaigns = if world.plan.laws.mailings {
        mailings::campaigns(world.plan.seed, world.plan.starts_on(), world.plan.ends_on)
    } else {
        Vec::new()
    };
    let population = play(world, &campaigns, &mut |_| {}).expect("a playable world");
    (campaigns, population)
}

fn of_origin(population: &Population, origin: Origin) -> impl Iterator<Item = &Record> {
    population
        .records
        .iter()
        .filter(move |record| record.origin() == origin && !record.is_refund())
}

/// Purchases by customer and number.
fn purchases(population: &Population) -> BTreeMap<(u32, u16), u32> {
    of_origin(population, Origin::Purchase)
        .map(|record| ((record.customer, record.number), record.cents))
        .collect()
}

#[test]
fn switching_laws_off_leaves_the_draws_of_purchasing_alone() {
    let kept = vec![Law::Purchasing, Law::History, Law::SameDay];
    let (all, alone) = (world(3_000, None), world(3_000, Some(kept)));
    assert_eq!(all.drawn, alone.drawn);
    let (_, with_all) = played(&all);
    let (_, with_one) = played(&alone);
    let (with_all, with_one) = (purchases(&with_all), purchases(&with_one));
    // The clock and the network move instants, so a purchase near an end of the window may fall outside it; every
    // purchase that is there in both worlds is worth the same.
    let common = with_all.iter().filter(|(key, _)| with_one.contains_key(key));
    let mut count = 0;
    for (key, cents) in common {
        assert_eq!(cents, &with_one[key]);
        count += 1;
    }
    assert!(count as f64 > 0.97 * with_all.len() as f64);
    assert!(count as f64 > 0.97 * with_one.len() as f64);
}

#[test]
fn purchasing_alone_leaves_whole_histories_of_purchase_days() {
    let whole = world(3_000, Some(vec![Law::Purchasing]));
    let (_, population) = played(&whole);
    assert_eq!((whole.window_first, whole.drawn), (0, 3_000));
    // All are won inside the window, number by number from the first purchase on, each on a day of its own.
    assert_eq!(population.active, 3_000);
    let mut last: BTreeMap<u32, (u16, i32)> = BTreeMap::new();
    for record in of_origin(&population, Origin::Purchase) {
        let number = match last.insert(record.customer, (record.number, record.day())) {
            Some((number, day)) => {
                assert!(record.day() > day, "{record:?}");
                number + 1
            }
            None => 0,
        };
        assert_eq!(record.number, number);
    }
    assert_eq!(last.len(), 3_000);

    let (_, with_days_shared) = played(&world(3_000, Some(vec![Law::Purchasing, Law::SameDay])));
    let values = purchases(&population);
    let shared = purchases(&with_days_shared);
    assert!(values.iter().all(|(key, cents)| shared.get(key) == Some(cents)));
    let days = |population: &Population| -> std::collections::BTreeSet<(u32, i32)> {
        of_origin(population, Origin::Purchase)
            .map(|record| (record.customer, record.day()))
            .collect()
    };
    let lost = 1.0 - days(&with_days_shared).len() as f64 / shared.len() as f64;
    assert!((0.004..0.016).contains(&lost), "{lost}");
}

#[test]
fn mailings_and_dirt_change_nothing_in_the_orders_of_the_other_laws() {
    let others: Vec<Law> = Law::ALL
        .into_iter()
        .filter(|law| !matches!(law, Law::Mailings | Law::Dirt))
        .collect();
    let (_, with_all) = played(&world(2_000, None));
    let (_, without) = played(&world(2_000, Some(others)));
    let rows = |population: &Population| -> Vec<(u32, u32, u16, u32, u8)> {
        of_origin(population, Origin::Purchase)
            .map(|r| (r.minute, r.customer, r.number, r.cents, r.channel().code()))
            .collect()
    };
    assert_eq!(rows(&with_all), rows(&without));
    assert!(without.records.iter().all(|record| !record.is_refund()));
    assert_eq!(of_origin(&without, Origin::Lift).count(), 0);
}

#[test]
fn orders_pick_stores_by_their_huff_shares() {
    let world = world(200, None);
    let mut checked = 0;
    let day = world.clock.days() - 20;
    // Every two-thousandth cell that several stores reach.
    for cell in (0..world.cells.len() as u32).step_by(2_000) {
        let shares = world.choice.shares(cell, day);
        let inside = world.choice.inside_share(cell, day);
        let total: f64 = shares.iter().map(|(_, share)| share).sum();
        assert!((total - inside).abs() < 1e-12);
        if shares.len() < 2 {
            continue;
        }
        let n = 4_000_u32;
        let mut counts: BTreeMap<u16, f64> = BTreeMap::new();
        for order in 0..n {
            let key = order_key(Origin::Purchase, cell, order as u16);
            *counts.entry(world.choice.pick(5, key, cell, day)).or_default() += 1.0;
        }
        let (mut statistic, mut cells_used) = (0.0, 0.0);
        for (store, share) in &shares {
            let expected = f64::from(n) * share / inside;
            let seen = counts.get(store).copied().unwrap_or_default();
            if expected >= 5.0 {
                statistic += (seen - expected).powi(2) / expected;
                cells_used += 1.0;
            }
        }
        // Mean k - 1 and variance 2 (k - 1): six deviations leave no room for a wrong law, plenty for chance.
        let freedom: f64 = cells_used - 1.0;
        assert!(
            statistic < freedom + 6.0 * (2.0 * freedom.max(1.0)).sqrt() + 6.0,
            "cell {cell}: {statistic} with {freedom} degrees of freedom"
        );
        checked += 1;
    }
    assert!(checked > 30, "{checked}");
}

#[test]
fn only_open_stores_sell() {
    let world = world(2_000, None);
    let (_, population) = played(&world);
    let mut stores = 0;
    for record in &population.records {
        if record.store != NO_STORE {
            let store = &world.stores[usize::from(record.store)];
            let day = world.clock.date(world.window_first + record.day());
            assert_eq!(record.channel(), Channel::Store);
            if !record.is_refund() {
                assert!(store.opened_on <= day && store.closed_on.is_none_or(|last| day <= last));
            }
            stores += 1;
        }
    }
    assert!(stores > 1_000);
}

#[test]
fn expected_revenue_is_potential_times_inside_share() {
    let world = world(1_000, None);
    let truths = world.cell_truths();
    let mut by_household = 0.0;
    for (cell, truth) in world.cells.iter().zip(&truths) {
        let product = truth.spend_potential_eur * truth.inside_share;
        assert!((product - truth.expected_revenue_eur).abs() <= 1e-9 * product.max(1.0));
        by_household += world.spend_potential_per_household_eur
            * chalandise_analytics::network::market::households(cell.residents)
            * truth.inside_share;
    }
    let total: f64 = truths.iter().map(|truth| truth.expected_revenue_eur).sum();
    assert!((by_household - total).abs() < 1e-6 * total);
    // Where the network did not change, the potential of a household is the same everywhere.
    let per_household: Vec<f64> = world
        .cells
        .iter()
        .zip(&truths)
        .filter(|(_, truth)| truth.inside_share > 0.0)
        .map(|(cell, truth)| {
            truth.spend_potential_eur / chalandise_analytics::network::market::households(cell.residents)
        })
        .collect();
    let mut sorted = per_household.clone();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted[sorted.len() / 2];
    let same = sorted
        .iter()
        .filter(|potential| (*potential / middle - 1.0).abs() < 0.02)
        .count();
    assert!(same as f64 > 0.5 * sorted.len() as f64, "{same} of {}", sorted.len());
}

#[test]
fn realised_revenue_of_the_last_year_is_the_expected_one() {
    let laws = vec![
        Law::Purchasing,
        Law::History,
        Law::SameDay,
        Law::Seasonality,
        Law::StoreChoice,
        Law::Stores,
        Law::SalesChannel,
    ];
    let world = world(40_000, Some(laws));
    let (_, population) = played(&world);
    let year_first = world.day(world.plan.ends_on + chrono::Days::new(1) - chrono::Months::new(12));
    // By tenth of the market, cells in order of their inside share: the law must hold where the network is far too.
    let truths = world.cell_truths();
    let mut order: Vec<usize> = (0..world.cells.len()).collect();
    order.sort_by(|left, right| truths[*left].inside_share.total_cmp(&truths[*right].inside_share));
    let mut group = vec![0_usize; order.len()];
    let mut expected = [0.0; 10];
    let mut running = 0.0;
    for index in order {
        let tenth = ((running / world.expected_revenue_eur * 10.0) as usize).min(9);
        group[index] = tenth;
        expected[tenth] += truths[index].expected_revenue_eur;
        running += truths[index].expected_revenue_eur;
    }
    let (mut seen, mut squares) = ([0.0; 10], [0.0; 10]);
    let mut of_customer: BTreeMap<u32, f64> = BTreeMap::new();
    for record in of_origin(&population, Origin::Purchase) {
        if world.window_first + record.day() >= year_first {
            *of_customer.entry(record.customer).or_default() += f64::from(record.cents) / 100.0;
        }
    }
    for (customer, eur) in of_customer {
        let tenth = group[population.accounts[customer as usize].cells[0] as usize];
        seen[tenth] += eur;
        squares[tenth] += eur * eur;
    }
    for tenth in 0..10 {
        // The spend of a group is a sum over independent customers: its variance is about the sum of squares.
        let deviation = f64::sqrt(squares[tenth]);
        assert!(
            (seen[tenth] - expected[tenth]).abs() < 4.5 * deviation,
            "tenth {tenth}: {} against {}, deviation {deviation}",
            seen[tenth],
            expected[tenth]
        );
    }
    let total: f64 = seen.iter().sum();
    assert!((total / world.expected_revenue_eur - 1.0).abs() < 0.03);
}

#[test]
fn held_out_households_make_no_extra_orders() {
    let world = world(8_000, None);
    let (campaigns, population) = played(&world);
    let mut cells: BTreeMap<(u8, u32), bool> = BTreeMap::new();
    for recipient in &population.recipients {
        let twice = cells.insert((recipient.campaign, recipient.household), recipient.test);
        assert_eq!(twice, None, "a household is chosen once per campaign");
    }
    let mut extra = 0;
    for record in of_origin(&population, Origin::Lift) {
        let household = population.accounts[record.customer as usize].household;
        assert_eq!(cells.get(&(record.number as u8, household)), Some(&true));
        let campaign = &campaigns[usize::from(record.number)];
        let day = world.clock.date(world.window_first + record.day());
        let after = (day - campaign.in_home_on).num_days();
        assert!((0..=i64::from(campaign.window_days) + 4).contains(&after));
        extra += 1;
    }
    let counted: u64 = population
        .outcomes
        .iter()
        .flatten()
        .map(|outcome| outcome.extra_orders)
        .sum();
    assert_eq!(counted, extra);
    assert!(extra > 100, "{extra}");
    let control = cells.values().filter(|test| !**test).count() as f64;
    assert!((control / cells.len() as f64 - mailings::HOLDOUT_SHARE).abs() < 0.01);
}

#[test]
fn every_order_of_a_customer_has_an_account_of_its_silo() {
    let world = world(3_000, None);
    let (_, population) = played(&world);
    let ledger = crate::ledger::Ledger::new(&world, &population);
    let mut web = 0;
    for record in &population.records {
        let customer = record.customer as usize;
        if record.is_shop() {
            if !record.is_refund() {
                assert!(ledger.web_customers[web] > 0);
                web += 1;
            }
        } else if record.origin() != Origin::Anonymous {
            let slot = usize::from(record.is_second_account());
            assert!(ledger.erp[slot][customer] > 0, "{record:?}");
        }
        if record.is_refund() {
            let original = ledger.originals.get(&record.order_key());
            assert!(original.is_some_and(|original| original.cents >= record.cents));
        }
    }
    assert_eq!(web, ledger.web_customers.len());
}

#[test]
fn marketing_costs_keep_to_their_share_of_what_is_sold() {
    let world = world(20_000, None);
    let (_, population) = played(&world);
    let costs = marketing_costs::book(&world, &population);
    assert_eq!(costs.len(), 36 * marketing_costs::LINES.len());
    assert!(costs.iter().all(|cost| cost.cents > 0));
    let sold = |record: &&Record| !record.is_refund() && record.origin() != Origin::Failed;
    let revenue: f64 = population
        .records
        .iter()
        .filter(sold)
        .map(|record| f64::from(record.cents))
        .sum();
    for (purpose, band) in [
        (Purpose::Acquisition, 0.04..0.06),
        (Purpose::Retention, 0.0145..0.0155),
        (Purpose::Service, 0.0097..0.0103),
    ] {
        let share = marketing_costs::total(&costs, purpose) as f64 / revenue;
        assert!(band.contains(&share), "{purpose:?}: {share}");
    }
    // Search follows the web's sales of its own month: what is left is noise of 8 %.
    let mut web: BTreeMap<chrono::NaiveDate, f64> = BTreeMap::new();
    for record in population.records.iter().filter(sold).filter(|record| record.is_shop()) {
        let day = world.clock.date(world.window_first + record.day());
        let month = day.with_day(1).expect("a first day");
        *web.entry(month).or_default() += f64::from(record.cents);
    }
    let mut checked = 0;
    for cost in costs.iter().filter(|cost| cost.line().channel == "search") {
        let ratio = cost.cents as f64 / web[&cost.month] / 0.058;
        assert!(ratio.ln().abs() < 4.5 * 0.08, "{}: {ratio}", cost.month);
        checked += 1;
    }
    assert_eq!(checked, 36);
}

#[test]
fn a_window_that_begins_inside_a_month_has_that_month_once() {
    let options = Options {
        customers: 2_000,
        months: 3,
        ends_on: chrono::NaiveDate::from_ymd_opt(2026, 10, 15).expect("a date"),
        only: Some(vec![Law::Purchasing, Law::MarketingCosts]),
        ..Options::demo("nowhere".into())
    };
    let world = World::build(Plan::check(&options).expect("good options")).expect("shipped data");
    let (_, population) = played(&world);
    let costs = marketing_costs::book(&world, &population);
    let mut months: Vec<String> = costs.iter().map(|cost| cost.month.to_string()).collect();
    months.dedup();
    assert_eq!(months, ["2026-07-01", "2026-08-01", "2026-09-01", "2026-10-01"]);
    // Everything is sold in stores, so that nothing is spent for the web.
    let search = costs.iter().filter(|cost| cost.line().channel == "search");
    assert!(search.map(|cost| cost.cents).all(|cents| cents == 0));
}
