//! No figure of a group of fewer customers than `min_group_size` is answered, and none follows from others by subtraction: within one
//! answer, and across the values of one filter. The judge counts the lake's orders and customers itself.

mod customers;
mod lake;
mod maps;
mod pages;

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use lake::Asker;

/// Filter combinations asked of queries in a run of the suite; 10,000 were asked once, with the same seed.
const COMBINATIONS: usize = 600;
/// Pages read whole.
const PAGES: usize = 60;

#[test]
fn no_query_tells_or_gives_away_a_small_group() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let asker = Asker::new().await;
        let mut random = ChaCha8Rng::seed_from_u64(11);
        let mut judged = Judged::default();
        for number in 0..COMBINATIONS {
            if number % 3 == 0 {
                maps::judge(&asker, &mut random, &mut judged).await;
            } else {
                customers::judge(&asker, &mut random, &mut judged).await;
            }
        }
        println!("{judged:?}");
        assert!(judged.shown > 1000, "figures were told: {judged:?}");
        assert!(judged.hidden > 100, "and hidden: {judged:?}");
        assert!(judged.partners > 10, "and partners of these: {judged:?}");
        assert!(
            judged.faults.is_empty(),
            "{} faults, the first {:#?}",
            judged.faults.len(),
            &judged.faults[..judged.faults.len().min(12)]
        );
    });
}

#[test]
fn no_page_tells_of_fewer_customers() {
    pages::judge(PAGES);
}

/// What a run has seen.
#[derive(Debug, Default)]
pub(crate) struct Judged {
    /// Figures of groups that were told.
    shown: usize,
    /// Groups that were hidden, too small themselves.
    hidden: usize,
    /// Groups that were hidden though they are large enough.
    partners: usize,
    /// Figures of too few customers, told or to be had by subtraction.
    faults: Vec<String>,
}

impl Judged {
    /// A group of so many customers, told or not.
    fn group(&mut self, told: bool, customers: usize, what: impl Fn() -> String) {
        match (told, customers >= lake::LEAST) {
            (true, true) => self.shown += 1,
            (true, false) if customers > 0 => self.faults.push(format!("{} is told of {customers}", what())),
            (true, false) => {}
            (false, true) => self.partners += 1,
            (false, false) => self.hidden += 1,
        }
    }

    /// What is left of a whole that is told when all that is told of its parts is taken off.
    fn rest(&mut self, customers: usize, what: impl Fn() -> String) {
        if (1..lake::LEAST).contains(&customers) {
            self.faults.push(format!("{} leaves {customers}", what()));
        }
    }
}
