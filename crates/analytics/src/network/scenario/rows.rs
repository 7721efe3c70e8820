//! The weights of the sites that reach each cell of a chunk, eight bytes a pair.
//!
//! The low bits of a weight's mantissa carry the number of its site within the chunk, so that a pair needs no second word: with up to
//! 511 sites in reach of a chunk, 43 bits of the mantissa stay, which is 6e-14 of the weight; with 65,535 it is 7e-12.

/// For each cell of a chunk, the sites that reach it, by their number in the chunk, in order.
#[derive(Clone, Debug)]
pub(crate) struct Rows {
    mask: u64,
    starts: Vec<u32>,
    words: Vec<u64>,
}

impl Rows {
    /// From the columns of the sites: for each the cells that it reaches, by their number in the chunk, in order, with its weight.
    pub(super) fn new(cells: usize, columns: &[Vec<(u32, f64)>]) -> Rows {
        let mask = columns.len().next_power_of_two() as u64 - 1;
        let mut starts = vec![0_u32; cells + 1];
        for (cell, _) in columns.iter().flatten() {
            starts[*cell as usize + 1] += 1;
        }
        for cell in 0..cells {
            starts[cell + 1] += starts[cell];
        }
        let mut next = starts.clone();
        let mut words = vec![0; starts[cells] as usize];
        for (site, column) in columns.iter().enumerate() {
            for (cell, weight) in column {
                let place = &mut next[*cell as usize];
                words[*place as usize] = packed(*weight, mask) | site as u64;
                *place += 1;
            }
        }
        Rows { mask, starts, words }
    }

    /// The sites that reach a cell, and their weights.
    pub(crate) fn row(&self, cell: usize) -> impl Iterator<Item = (usize, f64)> + Clone {
        let mask = self.mask;
        self.words(cell)
            .iter()
            .map(move |word| ((word & mask) as usize, f64::from_bits(word & !mask)))
    }

    /// Sum of attraction times weight over the sites that reach a cell.
    pub(crate) fn draw(&self, cell: usize, attraction: &[f64]) -> f64 {
        let of = |word: &u64| attraction[(word & self.mask) as usize] * f64::from_bits(word & !self.mask);
        // Four sums at a time: one alone would wait for every addition.
        let (fours, rest) = self.words(cell).as_chunks::<4>();
        let mut sums = [0.0; 4];
        for four in fours {
            for (sum, word) in sums.iter_mut().zip(four) {
                *sum += of(word);
            }
        }
        let tail: f64 = rest.iter().map(of).sum();
        (sums[0] + sums[1]) + (sums[2] + sums[3]) + tail
    }

    /// Adds to each site that reaches a cell `each` times its attraction times its weight.
    pub(super) fn add_draws(&self, cell: usize, attraction: &[f64], each: f64, sums: &mut [f64]) {
        for word in self.words(cell) {
            let site = (word & self.mask) as usize;
            sums[site] += attraction[site] * f64::from_bits(word & !self.mask) * each;
        }
    }

    /// The weight of a site in a cell; none when it does not reach it.
    pub(super) fn weight(&self, cell: usize, site: usize) -> Option<f64> {
        let words = self.words(cell);
        let place = words.partition_point(|word| ((word & self.mask) as usize) < site);
        let word = words.get(place)?;
        ((word & self.mask) as usize == site).then(|| f64::from_bits(word & !self.mask))
    }

    fn words(&self, cell: usize) -> &[u64] {
        &self.words[self.starts[cell] as usize..self.starts[cell + 1] as usize]
    }

    /// Number of pairs.
    pub(super) fn pairs(&self) -> usize {
        self.words.len()
    }
}

/// A weight (0 or a normal number) rounded so that the bits of the mask are free.
fn packed(weight: f64, mask: u64) -> u64 {
    (weight.to_bits() + mask.div_ceil(2)) & !mask
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_keep_their_digits_and_sites_their_numbers() {
        let columns: Vec<Vec<(u32, f64)>> = (0..300)
            .map(|site| {
                (0..5)
                    .map(|cell| (cell, (0.3 + f64::from(site * 7 + cell)).powi(-3)))
                    .collect()
            })
            .collect();
        let rows = Rows::new(6, &columns);
        assert_eq!(rows.pairs(), 1_500);
        for cell in 0..5_u32 {
            for ((site, weight), number) in rows.row(cell as usize).zip(0..) {
                assert_eq!(site, number);
                assert!((weight / columns[site][cell as usize].1 - 1.0).abs() < 1e-13);
            }
        }
        assert_eq!(rows.row(5).count(), 0);
        assert_eq!(rows.weight(5, 7), None);
        assert_eq!(rows.weight(3, 7), rows.row(3).nth(7).map(|(_, weight)| weight));
        let attraction: Vec<f64> = (0..300).map(|site| f64::from(site % 7)).collect();
        let known: f64 = rows.row(2).map(|(site, weight)| attraction[site] * weight).sum();
        assert!((rows.draw(2, &attraction) / known - 1.0).abs() < 1e-14);
        let mut sums = vec![0.0; 300];
        rows.add_draws(2, &attraction, 2.0, &mut sums);
        assert!((sums.iter().sum::<f64>() / (2.0 * known) - 1.0).abs() < 1e-12);
        let one = Rows::new(1, &[vec![(0, 0.1)]]);
        assert_eq!(one.row(0).next(), Some((0, 0.1)));
    }
}
