//! What happens to each staged row: decided on an index of keys and content hashes, not on the rows themselves.

use super::super::LakeError;
use super::rows::{StagedRows, Stamp};

/// The fate of a staged row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    /// New: written.
    Keep,
    /// Written in place of a row of the lake.
    Replace,
    /// Equal to one already there.
    Skip,
    /// Older than one already there.
    Older,
    /// Same key, other content, same source file.
    Conflict,
}

/// The staged row that stands for its key.
#[derive(Clone, Copy, Debug)]
pub(super) struct Winner {
    key: u128,
    /// Hash of the row's content.
    pub(super) content: u64,
    /// `updated_at` in microseconds, where the row has one.
    pub(super) updated_at: Option<i64>,
    /// Number of the row in staged order.
    pub(super) row: u32,
}

/// Decisions for all staged rows, and the winners by key.
pub(super) struct Index {
    decisions: Vec<Decision>,
    winners: Vec<Winner>,
}

impl Index {
    /// Reads the staged rows once and settles duplicates among them.
    pub(super) fn build(staged: &StagedRows<'_>) -> Result<Index, LakeError> {
        let mut stamps = Vec::new();
        for batch in staged.batches()? {
            staged.stamp(&batch?, &mut stamps)?;
        }
        let mut decisions = vec![Decision::Keep; stamps.len()];
        stamps.sort_unstable_by_key(|stamp| (stamp.key, stamp.row));
        let mut winners = Vec::with_capacity(stamps.len());
        for group in stamps.chunk_by(|a, b| a.key == b.key) {
            if let Some(winner) = settle(group, &mut decisions) {
                winners.push(winner);
            }
        }
        Ok(Index { decisions, winners })
    }

    /// The winner of a key.
    pub(super) fn winner(&self, key: u128) -> Option<&Winner> {
        self.winners
            .binary_search_by_key(&key, |winner| winner.key)
            .ok()
            .and_then(|at| self.winners.get(at))
    }

    /// Sets the fate of a staged row.
    pub(super) fn decide(&mut self, row: u32, decision: Decision) {
        self.decisions[row as usize] = decision;
    }

    /// The fate of a staged row.
    pub(super) fn decision(&self, row: usize) -> Decision {
        self.decisions[row]
    }
}

/// Settles the rows of one key; none wins when all of them conflict.
fn settle(group: &[Stamp], decisions: &mut [Decision]) -> Option<Winner> {
    let mut best: Option<&Stamp> = None;
    for stamp in group {
        let conflicts = group
            .iter()
            .any(|other| other.file == stamp.file && other.content != stamp.content);
        if conflicts {
            decisions[stamp.row as usize] = Decision::Conflict;
            continue;
        }
        let Some(current) = best else {
            best = Some(stamp);
            continue;
        };
        if stamp.content == current.content {
            decisions[stamp.row as usize] = Decision::Skip;
        } else if newer(stamp, current) {
            decisions[current.row as usize] = Decision::Older;
            best = Some(stamp);
        } else {
            decisions[stamp.row as usize] = Decision::Older;
        }
    }
    best.map(|stamp| Winner {
        key: stamp.key,
        content: stamp.content,
        updated_at: stamp.updated_at,
        row: stamp.row,
    })
}

fn newer(a: &Stamp, b: &Stamp) -> bool {
    match (a.updated_at, b.updated_at) {
        (Some(first), Some(second)) if first != second => first > second,
        _ => a.file > b.file,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamp(row: u32, file: u32, content: u64, updated_at: Option<i64>) -> Stamp {
        Stamp {
            key: 1,
            content,
            updated_at,
            file,
            row,
        }
    }

    fn settled(group: &[Stamp]) -> (Vec<Decision>, Option<u32>) {
        let mut decisions = vec![Decision::Keep; group.len()];
        let winner = settle(group, &mut decisions);
        (decisions, winner.map(|winner| winner.row))
    }

    #[test]
    fn equal_rows_are_skipped_and_the_first_stands() {
        let (decisions, winner) = settled(&[stamp(0, 0, 7, None), stamp(1, 0, 7, None), stamp(2, 1, 7, None)]);
        assert_eq!(decisions, [Decision::Keep, Decision::Skip, Decision::Skip]);
        assert_eq!(winner, Some(0));
    }

    #[test]
    fn different_rows_of_one_file_are_all_rejected() {
        let (decisions, winner) = settled(&[stamp(0, 0, 7, None), stamp(1, 0, 8, None)]);
        assert_eq!(decisions, [Decision::Conflict, Decision::Conflict]);
        assert_eq!(winner, None);
    }

    #[test]
    fn a_clean_file_stands_where_another_conflicts() {
        let (decisions, winner) = settled(&[stamp(0, 0, 7, None), stamp(1, 0, 8, None), stamp(2, 1, 9, None)]);
        assert_eq!(decisions, [Decision::Conflict, Decision::Conflict, Decision::Keep]);
        assert_eq!(winner, Some(2));
    }

    #[test]
    fn across_files_the_newer_stamp_wins_then_the_later_file() {
        let (decisions, winner) = settled(&[stamp(0, 0, 7, Some(20)), stamp(1, 1, 8, Some(10))]);
        assert_eq!((decisions, winner), (vec![Decision::Keep, Decision::Older], Some(0)));
        let (decisions, winner) = settled(&[stamp(0, 0, 7, None), stamp(1, 1, 8, None)]);
        assert_eq!((decisions, winner), (vec![Decision::Older, Decision::Keep], Some(1)));
    }
}
