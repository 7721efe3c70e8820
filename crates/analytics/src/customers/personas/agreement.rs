//! How far two groupings of the same customers agree.

/// The adjusted Rand index (Hubert & Arabie 1985) of two groupings of the same rows, however their groups are numbered: 1 when they
/// are the same, 0 on average when one is chance, below 0 when they agree less than that. None with fewer than two rows or rows
/// that differ in number; 1 when both put all rows into one group, or each into its own.
///
/// ```
/// use chalandise_analytics::customers::personas::adjusted_rand_index;
/// assert_eq!(adjusted_rand_index(&[0, 0, 1, 1], &[1, 1, 0, 0]), Some(1.0));
/// assert!(adjusted_rand_index(&[0, 0, 1, 1], &[0, 1, 0, 1]).is_some_and(|index| index < 0.0));
/// ```
pub fn adjusted_rand_index(left: &[u8], right: &[u8]) -> Option<f64> {
    if left.len() != right.len() || left.len() < 2 {
        return None;
    }
    let labels = usize::from(u8::MAX) + 1;
    let mut cells = vec![0_u64; labels * labels];
    let (mut rows, mut columns) = (vec![0_u64; labels], vec![0_u64; labels]);
    for (&left, &right) in left.iter().zip(right) {
        cells[usize::from(left) * labels + usize::from(right)] += 1;
        rows[usize::from(left)] += 1;
        columns[usize::from(right)] += 1;
    }
    let pairs = |counts: &[u64]| -> f64 {
        let of = |&count: &u64| 0.5 * count as f64 * (count as f64 - 1.0);
        counts.iter().filter(|count| **count > 1).map(of).sum()
    };
    let (both, in_left, in_right) = (pairs(&cells), pairs(&rows), pairs(&columns));
    let expected = in_left * in_right / pairs(&[left.len() as u64]);
    let most = 0.5 * (in_left + in_right);
    Some(if most == expected {
        1.0
    } else {
        (both - expected) / (most - expected)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_counted_by_hand() {
        // Pairs: 15 in all, 2 in both, 6 in the left, 3 in the right.
        let index = adjusted_rand_index(&[0, 0, 0, 1, 1, 1], &[0, 0, 1, 1, 2, 2]).expect("an index");
        assert!((index - (2.0 - 1.2) / (4.5 - 1.2)).abs() < 1e-15);
        assert_eq!(adjusted_rand_index(&[0, 1], &[0]), None);
        assert_eq!(adjusted_rand_index(&[0, 1, 2], &[2, 1, 0]), Some(1.0));
        assert_eq!(adjusted_rand_index(&[4, 4, 4], &[9, 9, 9]), Some(1.0));
    }
}
