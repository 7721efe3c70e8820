//! Work on all cores, with results in the order of the work whatever core finished first.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

/// Runs `work(0) .. work(count - 1)` on all cores and returns the results in that order; `finished` is called on the
/// calling thread with the number of pieces done so far.
pub fn run<T: Send>(count: usize, work: impl Fn(usize) -> T + Sync, mut finished: impl FnMut(usize)) -> Vec<T> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let next = AtomicUsize::new(0);
    let (sender, receiver) = mpsc::channel();
    let mut results: Vec<Option<T>> = (0..count).map(|_| None).collect();
    std::thread::scope(|scope| {
        for _ in 0..threads.min(count) {
            let (sender, next, work) = (sender.clone(), &next, &work);
            scope.spawn(move || {
                loop {
                    let piece = next.fetch_add(1, Ordering::Relaxed);
                    if piece >= count || sender.send((piece, work(piece))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        for (done, (piece, result)) in receiver.iter().enumerate() {
            results[piece] = Some(result);
            finished(done + 1);
        }
    });
    results.into_iter().flatten().collect()
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
