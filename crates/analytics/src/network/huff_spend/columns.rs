//! What draws customers to stores and rivals.

use super::error::SpendError;

/// What draws customers to each store, as logarithms: sales area, age, anything above 0.
///
/// Rivals are measured by the same columns, with the same exponents, so that a square metre of theirs draws as much as an own one. Where
/// that is too much to ask, a column that is 1 for every store and 0 for every rival lets the data say how much more the own ones draw: its
/// exponent is the logarithm of the factor.
///
/// ```
/// use chalandise_analytics::network::huff_spend::StoreColumns;
/// let area = |square_metres: &[f64]| {
///     let logs = square_metres.iter().map(|area| area.ln()).collect();
///     vec![("sales_area_m2".to_owned(), logs)]
/// };
/// let columns = StoreColumns::new(2, area(&[800.0, 1_200.0]))?.with_rivals(1, area(&[2_500.0]))?;
/// assert_eq!((columns.stores(), columns.rivals()), (2, 1));
/// # Ok::<(), chalandise_analytics::network::huff_spend::SpendError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct StoreColumns {
    stores: usize,
    rivals: usize,
    names: Vec<String>,
    /// Store by store, then rival by rival.
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
        let logs = by_place(stores, &columns);
        Ok(StoreColumns {
            stores,
            rivals: 0,
            names: columns.into_iter().map(|(name, _)| name).collect(),
            logs,
        })
    }

    /// The same columns of so many rivals beside, under the same names and in the same order; those given before are forgotten.
    ///
    /// # Errors
    /// [`SpendError`] when the names are others, or a column has not one finite value for each rival.
    pub fn with_rivals(mut self, rivals: usize, columns: Vec<(String, Vec<f64>)>) -> Result<StoreColumns, SpendError> {
        if !columns.iter().map(|(name, _)| name).eq(&self.names) {
            let found = columns.into_iter().map(|(name, _)| name).collect();
            let needed = self.names;
            return Err(SpendError::RivalColumns { found, needed });
        }
        for (column, logs) in &columns {
            if logs.len() != rivals {
                let (column, found) = (column.clone(), logs.len());
                return Err(SpendError::RivalColumnLength { column, found, rivals });
            }
            if let Some(rival) = logs.iter().position(|log| !log.is_finite()) {
                let (column, value) = (column.clone(), logs[rival]);
                return Err(SpendError::RivalColumnValue { column, rival, value });
            }
        }
        self.logs.truncate(self.stores * self.names.len());
        self.logs.extend(by_place(rivals, &columns));
        self.rivals = rivals;
        Ok(self)
    }

    /// Names, in the order given.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Stores.
    pub fn stores(&self) -> usize {
        self.stores
    }

    /// Rivals.
    pub fn rivals(&self) -> usize {
        self.rivals
    }

    /// The logarithms of one store; none when there is no such store.
    pub fn of(&self, store: usize) -> Option<&[f64]> {
        (store < self.stores).then(|| self.line(store))
    }

    /// The logarithms of one rival; none when there is no such rival.
    pub fn of_rival(&self, rival: usize) -> Option<&[f64]> {
        (rival < self.rivals).then(|| self.line(self.stores + rival))
    }

    /// The logarithms of one place: stores, then rivals.
    pub(super) fn line(&self, place: usize) -> &[f64] {
        let width = self.names.len();
        &self.logs[place * width..(place + 1) * width]
    }
}

/// Values column by column, place by place instead.
fn by_place(places: usize, columns: &[(String, Vec<f64>)]) -> Vec<f64> {
    (0..places)
        .flat_map(|place| columns.iter().map(move |(_, logs)| logs[place]))
        .collect()
}
