//! Work on all cores, with results in the order of the work whatever core finished first.

use std::sync::mpsc;

use rayon::iter::{IntoParallelIterator, ParallelIterator};

/// Runs `work(0) .. work(count - 1)` on all cores and returns the results in that order; `finished` is called on the
/// calling thread with the number of pieces done so far.
pub fn run<T: Send>(count: usize, work: impl Fn(usize) -> T + Sync + Send, mut finished: impl FnMut(usize)) -> Vec<T> {
    let (sender, receiver) = mpsc::channel();
    let mut results = Vec::new();
    rayon::in_place_scope(|scope| {
        scope.spawn(|_| {
            let pieces = (0..count).into_par_iter();
            results = pieces
                .map_with(sender, |sender, piece| {
                    let result = work(piece);
                    // Who counts has gone only when all is over.
                    let _ = sender.send(());
                    result
                })
                .collect();
        });
        for (done, ()) in receiver.iter().enumerate() {
            finished(done + 1);
        }
    });
    results
}

#[cfg(test)]
mod tests {
    #[test]
    fn results_keep_the_order_of_the_work() {
        let mut last = 0;
        let squares = super::run(100, |piece| piece * piece, |done| last = done);
        assert_eq!(squares, (0..100).map(|piece| piece * piece).collect::<Vec<_>>());
        assert_eq!(last, 100);
    }
}
