//! Equal tasks on several threads, with a result that does not tell on how many.

use rayon::iter::{IntoParallelIterator, ParallelIterator};

/// What `task` makes of 0, 1, ... `count` - 1, in this order whichever thread did which.
pub fn side_by_side<T: Send>(count: u64, task: impl Fn(u64) -> T + Sync + Send) -> Vec<T> {
    (0..count).into_par_iter().map(task).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_stand_in_the_order_of_their_numbers_on_any_number_of_threads() {
        for threads in [1, 2, 5] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let squares = pool.install(|| {
                side_by_side(100, |number| {
                    // The first ones end last.
                    std::thread::sleep(std::time::Duration::from_micros(100 - number));
                    number * number
                })
            });
            assert_eq!(squares, (0..100).map(|it| it * it).collect::<Vec<u64>>());
        }
        assert!(side_by_side(0, |number| number).is_empty());
    }
}
