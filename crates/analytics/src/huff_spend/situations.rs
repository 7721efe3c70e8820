//! What is observed: who can spend how much, which stores they reach, and what they left there.

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
/// A pair takes 6 bytes, a flow other than 0 takes 10 more: 5 million pairs are 30 MB.
///
/// ```
/// use chalandise_analytics::huff_spend::{Pair, Situations};
/// let mut situations = Situations::new(2)?;
/// // Cell 7 can spend 1,000 before store 1 opens, and as much after.
/// let old = Pair { store: 0, distance: 3.0, flow: 120.0 };
/// let new = Pair { store: 1, distance: 5.0, flow: 60.0 };
/// situations.push(7, 1_000.0, &[old])?;
/// situations.push(7, 1_000.0, &[old, new])?;
/// assert_eq!((situations.rows(), situations.pairs()), (2, 3));
/// # Ok::<(), chalandise_analytics::huff_spend::SpendError>(())
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
}

impl Row<'_> {
    /// Place within the row and money of each flow other than 0.
    pub(super) fn flows(&self) -> impl Iterator<Item = (usize, f64)> + '_ {
        let places = self.flow_places.iter().map(|place| usize::from(*place));
        places.zip(self.flows.iter().copied())
    }
}

impl Situations {
    /// No row yet, of so many stores.
    ///
    /// # Errors
    /// [`SpendError::TooManyStores`] above 65,535.
    pub fn new(stores: usize) -> Result<Situations, SpendError> {
        if stores > usize::from(u16::MAX) {
            return Err(SpendError::TooManyStores { found: stores });
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
        self.check(cell, potential, pairs)?;
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
        Ok(())
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

    /// The same without the pairs and flows of some stores, which keep their numbers.
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
        Row {
            cell: self.cells[number],
            potential: self.potentials[number],
            revenue: self.revenues[number],
            first: pairs.start,
            stores: &self.pair_stores[pairs],
            flow_places: &self.flow_places[flows.clone()],
            flows: &self.flows[flows],
        }
    }

    /// Every pair's distance, row by row.
    pub(super) fn distances(&self) -> &[f32] {
        &self.pair_distances
    }

    /// At most so many runs of rows with about as many pairs each, none of which parts the rows of a cell. They depend on the rows alone.
    pub(super) fn pieces(&self, most: usize) -> Vec<std::ops::Range<usize>> {
        let mut pieces = Vec::with_capacity(most);
        let mut from = 0;
        for piece in 1..=most {
            let until = (self.pairs() as u64 * piece as u64 / most as u64) as u32;
            let mut to = self.pair_starts.partition_point(|start| *start <= until) - 1;
            if piece == most {
                to = self.rows();
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

/// What draws customers to each store, as logarithms: sales area, age, anything above 0.
#[derive(Clone, Debug, PartialEq)]
pub struct StoreColumns {
    stores: usize,
    names: Vec<String>,
    /// Store by store.
    logs: Vec<f64>,
}

impl StoreColumns {
    /// Named columns with the logarithm of each store's value; none at all is allowed, stores then differ by their distance alone.
    ///
    /// # Errors
    /// [`SpendError`] when a column has not one finite value for each store.
    pub fn new(stores: usize, columns: Vec<(String, Vec<f64>)>) -> Result<StoreColumns, SpendError> {
        for (column, logs) in &columns {
            if logs.len() != stores {
                let (column, found) = (column.clone(), logs.len());
                return Err(SpendError::ColumnLength { column, found, stores });
            }
            if let Some(store) = logs.iter().position(|log| !log.is_finite()) {
                let (column, value) = (column.clone(), logs[store]);
                return Err(SpendError::ColumnValue { column, store, value });
            }
        }
        let logs = (0..stores)
            .flat_map(|store| columns.iter().map(move |(_, logs)| logs[store]))
            .collect();
        Ok(StoreColumns {
            stores,
            names: columns.into_iter().map(|(name, _)| name).collect(),
            logs,
        })
    }

    /// Names, in the order given.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Stores.
    pub fn stores(&self) -> usize {
        self.stores
    }

    /// The logarithms of one store; none when there is no such store.
    pub fn of(&self, store: usize) -> Option<&[f64]> {
        let width = self.names.len();
        (store < self.stores).then(|| &self.logs[store * width..(store + 1) * width])
    }
}
