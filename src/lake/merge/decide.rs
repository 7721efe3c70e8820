//! What happens to each staged row: decided on an index of keys and content hashes, not on the rows themselves.

use std::collections::HashMap;

use super::super::LakeError;
use super::super::contract::{Inherited, Table};
use super::Incoming;
use super::rows::{self, StagedRows, Stamp};

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

/// Decisions for all staged rows, the winners by key, and what else of the lake concerns them.
pub(super) struct Index {
    decisions: Vec<Decision>,
    winners: Vec<Stamp>,
    /// Rows that the lake's row with this key may complete: refunds by the order that they name.
    naming: HashMap<u128, Vec<u32>>,
    /// Keys of rows of another table whose parts in the lake go unless they were staged.
    wholes: Vec<u128>,
}

impl Index {
    /// Reads the staged rows once and settles duplicates among them.
    pub(super) fn build(staged: &StagedRows<'_>, incoming: &Incoming<'_>) -> Result<Index, LakeError> {
        let table = staged.table();
        let mut stamps = Vec::with_capacity(staged.count()?);
        let mut naming: HashMap<u128, Vec<u32>> = HashMap::new();
        let mut wholes: Vec<u128> = incoming.withdrawn_wholes.iter().copied().collect();
        for batch in staged.batches()? {
            let batch = batch?;
            let first = stamps.len();
            staged.stamp(&batch, &mut stamps)?;
            if table.names.is_some() {
                let named = rows::named_hashes(table, &batch)?;
                for (stamp, named) in stamps[first..].iter().zip(named) {
                    if let Some(named) = named.filter(|_| stamp.lacks & inherited(table) != 0) {
                        naming.entry(named).or_default().push(stamp.row);
                    }
                }
            }
            if incoming.complete {
                wholes.extend(rows::whole_hashes(table, &batch)?.into_iter().flatten());
                // Parts of one whole mostly stand together: what the sort below would drop need not be kept till then.
                wholes.dedup();
            }
        }
        wholes.sort_unstable();
        wholes.dedup();
        let mut decisions = vec![Decision::Keep; stamps.len()];
        rows::stamp_withdrawn(table, incoming.withdrawn, &mut stamps)?;
        stamps.sort_unstable_by_key(|stamp| (stamp.key, stamp.withdrawn, stamp.row, stamp.file));
        keep_winners(&mut stamps, &mut decisions);
        if decisions.contains(&Decision::Conflict) {
            // A part that is rejected here is given, and none that is gone.
            wholes.retain(|whole| incoming.withdrawn_wholes.contains(whole));
        }
        Ok(Index {
            decisions,
            winners: stamps,
            naming,
            wholes,
        })
    }

    /// Whether a row of the lake with this key, part of that whole, matters.
    pub(super) fn concerns(&self, key: u128, whole: Option<u128>) -> bool {
        self.winner(key).is_some()
            || self.naming.contains_key(&key)
            || whole.is_some_and(|whole| self.replaces_whole(whole))
    }

    /// Whether the parts of this whole go unless they were staged.
    pub(super) fn replaces_whole(&self, whole: u128) -> bool {
        self.wholes.binary_search(&whole).is_ok()
    }

    /// Staged rows that the lake's row with this key may complete.
    pub(super) fn naming(&self, key: u128) -> &[u32] {
        self.naming.get(&key).map_or(&[], Vec::as_slice)
    }

    /// The winner of a key.
    pub(super) fn winner(&self, key: u128) -> Option<&Stamp> {
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

/// Groups of looked-up columns that a row takes from the row that it names, a bit each.
fn inherited(table: &Table) -> u8 {
    let groups = table.looked_up.iter().enumerate();
    groups
        .filter(|(_, looked_up)| looked_up.inherited != Inherited::No)
        .fold(0, |bits, (group, _)| bits | 1 << group)
}

/// Of the sorted stamps only the winner of each key, in place: there may be tens of millions.
fn keep_winners(stamps: &mut Vec<Stamp>, decisions: &mut [Decision]) {
    let (mut kept, mut first) = (0, 0);
    while first < stamps.len() {
        let rest = &stamps[first..];
        let group = rest.partition_point(|stamp| stamp.key == rest[0].key);
        if let Some(winner) = settle(&rest[..group], decisions) {
            stamps[kept] = winner;
            kept += 1;
        }
        first += group;
    }
    stamps.truncate(kept);
}

/// Settles the rows of one key; none wins when all of them conflict. Rows come before withdrawals, each in staged order.
fn settle(group: &[Stamp], decisions: &mut [Decision]) -> Option<Stamp> {
    let (rows, withdrawals) = group.split_at(group.partition_point(|stamp| !stamp.withdrawn));
    let mut best: Option<&Stamp> = None;
    for stamp in rows {
        let conflicts = rows
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
    for withdrawal in withdrawals {
        // A file that has the row both ways says that it counts.
        if rows.iter().any(|row| row.file == withdrawal.file) {
            continue;
        }
        match best {
            Some(current) if !newer(withdrawal, current) => {}
            Some(current) => {
                if !current.withdrawn {
                    decisions[current.row as usize] = Decision::Older;
                }
                best = Some(withdrawal);
            }
            None => best = Some(withdrawal),
        }
    }
    best.copied()
}

fn newer(a: &Stamp, b: &Stamp) -> bool {
    match (a.updated_at, b.updated_at) {
        (Some(first), Some(second)) if first != second => first > second,
        _ => a.file > b.file,
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroI64;

    use super::*;

    fn stamp(row: u32, file: u32, content: u64, updated_at: Option<i64>) -> Stamp {
        Stamp {
            key: 1,
            content,
            updated_at: updated_at.and_then(NonZeroI64::new),
            file,
            row,
            withdrawn: false,
            lacks: 0,
        }
    }

    fn withdrawal(file: u32, updated_at: Option<i64>) -> Stamp {
        Stamp {
            withdrawn: true,
            ..stamp(0, file, 0, updated_at)
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

    #[test]
    fn a_later_withdrawal_takes_the_row_back_and_an_earlier_one_does_not() {
        let (decisions, _) = settled(&[stamp(0, 0, 7, Some(10)), withdrawal(1, Some(20))]);
        assert_eq!(decisions[0], Decision::Older);
        let (decisions, winner) = settled(&[stamp(0, 0, 7, Some(20)), withdrawal(1, Some(10))]);
        assert_eq!((decisions[0], winner), (Decision::Keep, Some(0)));
        let (decisions, _) = settled(&[stamp(0, 0, 7, None), withdrawal(1, None)]);
        assert_eq!(decisions[0], Decision::Older);
        let (decisions, _) = settled(&[stamp(0, 1, 7, None), withdrawal(0, None)]);
        assert_eq!(decisions[0], Decision::Keep);
    }

    #[test]
    fn a_file_that_has_a_row_both_ways_keeps_it() {
        let (decisions, winner) = settled(&[stamp(0, 3, 7, None), withdrawal(3, None)]);
        assert_eq!((decisions[0], winner), (Decision::Keep, Some(0)));
    }
}
