//! What is observed: who can spend how much, which stores and which rivals they reach, and what they left in the stores.

use std::borrow::Cow;

use super::error::SpendError;

/// A store within reach of a cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pair {
    /// Number of the store, from 0.
    pub store: u16,
    /// Distance in the unit of the caller (km, minutes), already raised to the smallest one that counts.
    pub distance: f32,
    /// Net revenue of the store from the cell in money, 0 for none. It may be negative, where refunds exceed sales.
    pub flow: f64,
}

/// An outlet of a competitor within reach of a cell: it is known where it stands, not what it takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rival {
    /// Number of the outlet, from 0; stores and rivals are numbered apart.
    pub rival: u16,
    /// Distance, as that of a [`Pair`].
    pub distance: f32,
}

/// What was left out for a potential of 0 or less.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LeftOut {
    /// Rows.
    pub rows: usize,
    /// Their flows together, in money.
    pub revenue: f64,
}

/// One row for each cell and span of time in which the set of open stores within reach did not change.
///
/// A pair takes 6 bytes, with a store or with a rival, a flow other than 0 takes 10 more: 5 million pairs are 30 MB.
///
/// ```
/// use chalandise_analytics::network::huff_spend::{Pair, Situations};
/// let mut situations = Situations::new(2)?;
/// // Cell 7 can spend 1,000 before store 1 opens, and as much after.
/// let old = Pair { store: 0, distance: 3.0, flow: 120.0 };
/// let new = Pair { store: 1, distance: 5.0, flow: 60.0 };
/// situations.push(7, 1_000.0, &[old])?;
/// situations.push(7, 1_000.0, &[old, new])?;
/// assert_eq!((situations.rows(), situations.pairs()), (2, 3));
/// # Ok::<(), chalandise_analytics::network::huff_spend::SpendError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Situations {
    stores: usize,
    /// Of each row: cell, potential, sum of the flows, and where its pairs and flows begin.
    cells: Vec<u32>,
    potentials: Vec<f64>,
    revenues: Vec<f64>,
    pair_starts: Vec<u32>,
    flow_starts: Vec<u32>,
    /// Of each pair, by store within a row.
    pair_stores: Vec<u16>,
    pair_distances: Vec<f32>,
    /// Of each flow other than 0: its place among the pairs of its row.
    flow_places: Vec<u16>,
    flows: Vec<f64>,
    rivals: usize,
    /// Where each row's rivals begin; nothing at all where there are none.
    rival_starts: Vec<u32>,
    /// Of each pair of a row and a rival, by rival within a row.
    rival_numbers: Vec<u16>,
    rival_distances: Vec<f32>,
    left_out: LeftOut,
}

/// One row.
#[derive(Clone, Copy)]
pub(super) struct Row<'a> {
    pub(super) cell: u32,
    pub(super) potential: f64,
    /// Sum of the flows.
    pub(super) revenue: f64,
    /// Place of its first pair among all.
    pub(super) first: usize,
    pub(super) stores: &'a [u16],
    flow_places: &'a [u16],
    flows: &'a [f64],
    /// Place of its first rival among all.
    pub(super) first_rival: usize,
    pub(super) rivals: &'a [u16],
}

impl Row<'_> {
    /// Place within the row and money of each flow other than 0.
    pub(super) fn flows(&self) -> impl Iterator<Item = (usize, f64)> + '_ {
        let places = self.flow_places.iter().map(|place| usize::from(*place));
        places.zip(self.flows.iter().copied())
    }
}

impl Situations {
    /// No row yet, of so many stores and no rival.
    ///
    /// # Errors
    /// [`SpendError::TooManyStores`] above 65,535.
    pub fn new(stores: usize) -> Result<Situations, SpendError> {
        Situations::with_rivals(stores, 0)
    }

    /// No row yet, of so many stores and so many outlets of competitors.
    ///
    /// ```
    /// use chalandise_analytics::network::huff_spend::{Pair, Rival, Situations};
    /// let mut situations = Situations::with_rivals(1, 2)?;
    /// let own = Pair { store: 0, distance: 3.0, flow: 120.0 };
    /// let far = Rival { rival: 0, distance: 20.0 };
    /// let near = Rival { rival: 1, distance: 1.5 };
    /// // Rival 1 opens in the middle of the year.
    /// situations.push_with_rivals(7, 1_000.0, &[own], &[far])?;
    /// situations.push_with_rivals(7, 1_000.0, &[own], &[far, near])?;
    /// assert_eq!((situations.pairs(), situations.rival_pairs()), (2, 3));
    /// # Ok::<(), chalandise_analytics::network::huff_spend::SpendError>(())
    /// ```
    ///
    /// # Errors
    /// [`SpendError::TooManyStores`] or [`SpendError::TooManyRivals`] above 65,535.
    pub fn with_rivals(stores: usize, rivals: usize) -> Result<Situations, SpendError> {
        if stores > usize::from(u16::MAX) {
            return Err(SpendError::TooManyStores { found: stores });
        }
        if rivals > usize::from(u16::MAX) {
            return Err(SpendError::TooManyRivals { found: rivals });
        }
        Ok(Situations {
            stores,
            cells: Vec::new(),
            potentials: Vec::new(),
            revenues: Vec::new(),
            pair_starts: vec![0],
            flow_starts: vec![0],
            pair_stores: Vec::new(),
            pair_distances: Vec::new(),
            flow_places: Vec::new(),
            flows: Vec::new(),
            rivals,
            rival_starts: if rivals > 0 { vec![0] } else { Vec::new() },
            rival_numbers: Vec::new(),
            rival_distances: Vec::new(),
            left_out: LeftOut::default(),
        })
    }

    /// Adds a row: what `cell` can spend in the span (its annual potential times the span's share of the year, in money) and the stores
    /// open within reach, in any order. Rows come in the order of their cells, so that those of one cell stand together; a cell that no
    /// store reaches may be given, and counts in the outside share. A row with a potential of 0 or less is left out and counted.
    ///
    /// # Errors
    /// [`SpendError`] when something is no number, the store is unknown or named twice, or the cell is out of order; the row is then not
    /// added.
    pub fn push(&mut self, cell: u32, potential: f64, pairs: &[Pair]) -> Result<(), SpendError> {
        self.push_with_rivals(cell, potential, pairs, &[])
    }

    /// The same, with the rivals open within reach in the span, in any order.
    ///
    /// # Errors
    /// As above, rivals included.
    pub fn push_with_rivals(
        &mut self,
        cell: u32,
        potential: f64,
        pairs: &[Pair],
        rivals: &[Rival],
    ) -> Result<(), SpendError> {
        self.check(cell, potential, pairs)?;
        let rivals = self.in_order(cell, rivals)?;
        if potential <= 0.0 {
            self.left_out.rows += 1;
            self.left_out.revenue += pairs.iter().map(|pair| pair.flow).sum::<f64>();
            return Ok(());
        }
        let (first, first_flow) = (self.pair_stores.len(), self.flows.len());
        let mut add = |place: usize, pair: &Pair| {
            self.pair_stores.push(pair.store);
            self.pair_distances.push(pair.distance);
            if pair.flow != 0.0 {
                self.flow_places.push(place as u16);
                self.flows.push(pair.flow);
            }
        };
        if pairs.is_sorted_by_key(|pair| pair.store) {
            pairs.iter().enumerate().for_each(|(place, pair)| add(place, pair));
        } else {
            let mut pairs = pairs.to_vec();
            pairs.sort_unstable_by_key(|pair| pair.store);
            pairs.iter().enumerate().for_each(|(place, pair)| add(place, pair));
        }
        if let Some(twice) = self.pair_stores[first..].windows(2).find(|two| two[0] == two[1]) {
            let store = twice[0];
            self.pair_stores.truncate(first);
            self.pair_distances.truncate(first);
            self.flow_places.truncate(first_flow);
            self.flows.truncate(first_flow);
            return Err(SpendError::StoreTwice { cell, store });
        }
        self.cells.push(cell);
        self.potentials.push(potential);
        self.revenues.push(self.flows[first_flow..].iter().sum());
        self.pair_starts.push(self.pair_stores.len() as u32);
        self.flow_starts.push(self.flows.len() as u32);
        if self.rivals > 0 {
            self.rival_numbers.extend(rivals.iter().map(|rival| rival.rival));
            self.rival_distances.extend(rivals.iter().map(|rival| rival.distance));
            self.rival_starts.push(self.rival_numbers.len() as u32);
        }
        Ok(())
    }

    /// The rivals of a row by their number, checked.
    fn in_order<'r>(&self, cell: u32, rivals: &'r [Rival]) -> Result<Cow<'r, [Rival]>, SpendError> {
        if u32::try_from(self.rival_numbers.len() + rivals.len()).is_err() {
            return Err(SpendError::TooManyPairs);
        }
        for &Rival { rival, distance } in rivals {
            if usize::from(rival) >= self.rivals {
                let rivals = self.rivals;
                return Err(SpendError::UnknownRival { cell, rival, rivals });
            }
            if !distance.is_finite() || distance < 0.0 {
                return Err(SpendError::RivalDistance { cell, rival, distance });
            }
        }
        let mut rivals = Cow::Borrowed(rivals);
        if !rivals.is_sorted_by_key(|rival| rival.rival) {
            rivals.to_mut().sort_unstable_by_key(|rival| rival.rival);
        }
        if let Some(twice) = rivals.windows(2).find(|two| two[0].rival == two[1].rival) {
            let rival = twice[0].rival;
            return Err(SpendError::RivalTwice { cell, rival });
        }
        Ok(rivals)
    }

    fn check(&self, cell: u32, potential: f64, pairs: &[Pair]) -> Result<(), SpendError> {
        if let Some(before) = self.cells.last().filter(|before| **before > cell) {
            return Err(SpendError::CellOrder { cell, before: *before });
        }
        if !potential.is_finite() {
            return Err(SpendError::Potential { cell, potential });
        }
        if u32::try_from(self.pair_stores.len() + pairs.len()).is_err() {
            return Err(SpendError::TooManyPairs);
        }
        for &Pair { store, distance, flow } in pairs {
            if usize::from(store) >= self.stores {
                let stores = self.stores;
                return Err(SpendError::UnknownStore { cell, store, stores });
            }
            if !distance.is_finite() || distance < 0.0 {
                return Err(SpendError::Distance { cell, store, distance });
            }
            if !flow.is_finite() {
                return Err(SpendError::Flow { cell, store, flow });
            }
        }
        Ok(())
    }

    /// Rows with a potential.
    pub fn rows(&self) -> usize {
        self.cells.len()
    }

    /// Pairs of a row and a store.
    pub fn pairs(&self) -> usize {
        self.pair_stores.len()
    }

    /// Stores, within reach of a cell or not.
    pub fn stores(&self) -> usize {
        self.stores
    }

    /// Pairs of a row and a rival.
    pub fn rival_pairs(&self) -> usize {
        self.rival_numbers.len()
    }

    /// Outlets of competitors, within reach of a cell or not.
    pub fn rivals(&self) -> usize {
        self.rivals
    }

    /// What was left out.
    pub fn left_out(&self) -> LeftOut {
        self.left_out
    }

    /// Sum of the potentials, in money.
    pub fn potential(&self) -> f64 {
        self.potentials.iter().sum()
    }

    /// Sum of the flows, in money.
    pub fn revenue(&self) -> f64 {
        self.revenues.iter().sum()
    }

    /// Sum of each store's flows, in money.
    pub fn store_revenues(&self) -> Vec<f64> {
        let mut revenues = vec![0.0; self.stores];
        for row in (0..self.rows()).map(|row| self.row(row)) {
            for (place, flow) in row.flows() {
                revenues[usize::from(row.stores[place])] += flow;
            }
        }
        revenues
    }

    /// The same without the pairs and flows of some stores, which keep their numbers; rivals stay.
    #[must_use]
    pub fn without(&self, left_out: &[u16]) -> Situations {
        let mut kept = Situations {
            pair_starts: Vec::with_capacity(self.pair_starts.len()),
            flow_starts: Vec::with_capacity(self.flow_starts.len()),
            pair_stores: Vec::with_capacity(self.pair_stores.len()),
            pair_distances: Vec::with_capacity(self.pair_distances.len()),
            flow_places: Vec::with_capacity(self.flow_places.len()),
            flows: Vec::with_capacity(self.flows.len()),
            revenues: Vec::with_capacity(self.revenues.len()),
            cells: self.cells.clone(),
            potentials: self.potentials.clone(),
            rival_starts: self.rival_starts.clone(),
            rival_numbers: self.rival_numbers.clone(),
            rival_distances: self.rival_distances.clone(),
            ..*self
        };
        kept.pair_starts.push(0);
        kept.flow_starts.push(0);
        for row in (0..self.rows()).map(|row| self.row(row)) {
            let (first, first_flow) = (kept.pair_stores.len(), kept.flows.len());
            let mut flows = row.flows().peekable();
            for (place, store) in row.stores.iter().enumerate() {
                let flow = flows.next_if(|(at, _)| *at == place);
                if left_out.contains(store) {
                    continue;
                }
                if let Some((_, flow)) = flow {
                    kept.flow_places.push((kept.pair_stores.len() - first) as u16);
                    kept.flows.push(flow);
                }
                kept.pair_stores.push(*store);
                kept.pair_distances.push(self.pair_distances[row.first + place]);
            }
            kept.revenues.push(kept.flows[first_flow..].iter().sum());
            kept.pair_starts.push(kept.pair_stores.len() as u32);
            kept.flow_starts.push(kept.flows.len() as u32);
        }
        kept
    }

    pub(super) fn row(&self, number: usize) -> Row<'_> {
        let pairs = self.pair_starts[number] as usize..self.pair_starts[number + 1] as usize;
        let flows = self.flow_starts[number] as usize..self.flow_starts[number + 1] as usize;
        let rivals = match self.rival_starts.get(number..number + 2) {
            Some(ends) => ends[0] as usize..ends[1] as usize,
            None => 0..0,
        };
        Row {
            cell: self.cells[number],
            potential: self.potentials[number],
            revenue: self.revenues[number],
            first: pairs.start,
            stores: &self.pair_stores[pairs],
            flow_places: &self.flow_places[flows.clone()],
            flows: &self.flows[flows],
            first_rival: rivals.start,
            rivals: &self.rival_numbers[rivals],
        }
    }

    /// Every pair's distance, row by row.
    pub(super) fn distances(&self) -> &[f32] {
        &self.pair_distances
    }

    /// Every rival's distance, row by row.
    pub(super) fn rival_distances(&self) -> &[f32] {
        &self.rival_distances
    }

    /// At most so many runs of rows with about as many pairs each, none of which parts the rows of a cell. They depend on the rows alone.
    pub(super) fn pieces(&self, most: usize) -> Vec<std::ops::Range<usize>> {
        let before =
            |row: usize| u64::from(self.pair_starts[row]) + self.rival_starts.get(row).map_or(0, |it| u64::from(*it));
        let all = before(self.rows());
        let mut pieces = Vec::with_capacity(most);
        let mut from = 0;
        for piece in 1..=most {
            let until = all * piece as u64 / most as u64;
            let mut to = from;
            while to < self.rows() && (piece == most || before(to + 1) <= until) {
                to += 1;
            }
            while to > from && to < self.rows() && self.cells[to] == self.cells[to - 1] {
                to += 1;
            }
            if to > from {
                pieces.push(from..to);
                from = to;
            }
        }
        pieces
    }
}
