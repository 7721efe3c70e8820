//! A set of line numbers, one bit a line.
//!
//! The importer proves that no row is lost between file and table. For that it must remember which lines came in, which were
//! repaired and which came out again: one bit each keeps ten million lines in little more than a megabyte.

/// A growing set of line numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LineSet {
    words: Vec<u64>,
    len: u64,
}

impl LineSet {
    /// An empty set.
    pub fn new() -> LineSet {
        LineSet::default()
    }

    /// Adds a line; false when it was there already.
    pub fn insert(&mut self, line: u64) -> bool {
        let word = (line / 64) as usize;
        if word >= self.words.len() {
            self.words.resize(word + 1, 0);
        }
        let bit = 1u64 << (line % 64);
        let fresh = self.words[word] & bit == 0;
        self.words[word] |= bit;
        self.len += u64::from(fresh);
        fresh
    }

    /// Takes a line out; false when it was not there.
    pub fn remove(&mut self, line: u64) -> bool {
        let there = self.contains(line);
        if there {
            self.words[(line / 64) as usize] &= !(1u64 << (line % 64));
            self.len -= 1;
        }
        there
    }

    /// Whether a line is in the set.
    pub fn contains(&self, line: u64) -> bool {
        self.words
            .get((line / 64) as usize)
            .is_some_and(|word| word & (1u64 << (line % 64)) != 0)
    }

    /// Number of lines in the set.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether the set holds no line.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The first line that is in this set and not in the other.
    pub fn first_missing_from(&self, other: &LineSet) -> Option<u64> {
        self.words.iter().enumerate().find_map(|(index, word)| {
            let missing = word & !other.words.get(index).copied().unwrap_or(0);
            (missing != 0).then(|| index as u64 * 64 + u64::from(missing.trailing_zeros()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_counts_once() {
        let mut lines = LineSet::new();
        assert!(lines.insert(3));
        assert!(!lines.insert(3));
        assert!(lines.insert(640));
        assert_eq!(lines.len(), 2);
        assert!(lines.contains(640) && !lines.contains(641) && !lines.contains(1_000_000));
        assert!(lines.remove(3) && !lines.remove(3));
        assert_eq!(lines.len(), 1);
    }

    #[test]
    fn the_first_missing_line_is_named() {
        let (mut all, mut some) = (LineSet::new(), LineSet::new());
        for line in [1, 70, 200] {
            all.insert(line);
        }
        some.insert(1);
        assert_eq!(all.first_missing_from(&some), Some(70));
        assert_eq!(some.first_missing_from(&all), None);
    }
}
