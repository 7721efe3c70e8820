//! No figure of a group of fewer customers than `min_group_size` is answered, and none follows from others by subtraction: within one
//! answer, and across the values of one filter. The judge counts the lake's orders and customers itself.

mod customers;
mod lake;
mod maps;
mod pages;

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use lake::Asker;

/// Queries under random filters that a run of the suite asks at least; the ignored test asks 10,000.
const QUESTIONS: usize = 500;
/// Pages read whole.
const PAGES: usize = 25;

fn no_query_tells(questions: usize) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let asker = Asker::new().await;
        let mut random = ChaCha8Rng::seed_from_u64(11);
        let mut judged = Judged::default();
        for number in 0.. {
            if asker.asked() >= questions {
                break;
            }
            if number % 3 == 0 {
                maps::judge(&asker, &mut random, &mut judged).await;
            } else {
                customers::judge(&asker, &mut random, &mut judged).await;
            }
        }
        let faults = &judged.faults;
        println!(
            "{} queries: {} groups told, {} hidden, {} hidden beside them",
            asker.asked(),
            judged.shown,
            judged.hidden,
            judged.partners
        );
        assert!(judged.shown > questions / 5, "figures were told: {}", judged.shown);
        assert!(judged.hidden > questions / 5, "and hidden: {}", judged.hidden);
        assert!(
            judged.partners > questions / 100,
            "and partners of these: {}",
            judged.partners
        );
        assert!(
            faults.is_empty(),
            "{} faults, such as {:#?}",
            faults.len(),
            &faults[..faults.len().min(60)]
        );
    });
}

#[test]
fn no_query_tells_or_gives_away_a_small_group() {
    no_query_tells(QUESTIONS);
}

#[test]
#[ignore = "takes minutes; run it after a change of the rule or of the queries that keep it"]
fn no_query_of_ten_thousand_tells_or_gives_away_a_small_group() {
    no_query_tells(10_000);
}

#[test]
fn no_page_tells_of_fewer_customers() {
    pages::judge(PAGES);
}

#[test]
#[ignore = "takes minutes; run it after a change of the rule or of the queries that keep it"]
fn no_page_of_two_hundred_tells_of_fewer_customers() {
    pages::judge(200);
}

/// What a run has seen.
#[derive(Debug, Default)]
struct Judged {
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
