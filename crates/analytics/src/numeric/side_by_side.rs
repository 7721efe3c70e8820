//! Equal tasks on several threads, with a result that does not tell on how many.

use std::num::NonZero;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::{available_parallelism, scope};

/// More threads than this gain little where all of them read the same memory.
const MOST_THREADS: usize = 8;

/// What `task` makes of 0, 1, ... `count` - 1, in this order whichever thread did which.
pub fn side_by_side<T: Send>(count: u64, task: impl Fn(u64) -> T + Sync) -> Vec<T> {
    let threads = available_parallelism().map_or(1, NonZero::get).min(MOST_THREADS);
    on_threads(threads, count, task)
}

fn on_threads<T: Send>(threads: usize, count: u64, task: impl Fn(u64) -> T + Sync) -> Vec<T> {
    let next = AtomicU64::new(0);
    let work = || {
        let mut done = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= count {
                return done;
            }
            done.push((number, task(number)));
        }
    };
    let mut done = if threads < 2 || count < 2 {
        work()
    } else {
        scope(|scope| {
            let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
            let joined = workers.into_iter().flat_map(|worker| match worker.join() {
                Ok(done) => done,
                // What went wrong in a task goes on in the caller, as if it had been done there.
                Err(panic) => std::panic::resume_unwind(panic),
            });
            joined.collect()
        })
    };
    done.sort_unstable_by_key(|(number, _)| *number);
    done.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_stand_in_the_order_of_their_numbers_on_any_number_of_threads() {
        for threads in [1, 2, 5] {
            let squares = on_threads(threads, 100, |number| {
                // The first ones end last.
                std::thread::sleep(std::time::Duration::from_micros(100 - number));
                number * number
            });
            assert_eq!(squares, (0..100).map(|it| it * it).collect::<Vec<u64>>());
        }
        assert!(side_by_side(0, |number| number).is_empty());
    }
}
