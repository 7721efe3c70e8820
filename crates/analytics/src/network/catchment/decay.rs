//! How a store's hold on its market falls with the distance.

use super::{CatchmentError, Penetration, penetration, share_of_potential};

/// Limits of the bands (km) when nobody asks for others.
pub const DISTANCE_LIMITS_KM: [f64; 9] = [2.0, 5.0, 10.0, 15.0, 20.0, 30.0, 40.0, 60.0, 80.0];

/// The same in minutes by car, those at both ends included.
pub const DISTANCE_LIMITS_MINUTES: [f64; 9] = [10.0, 15.0, 20.0, 25.0, 30.0, 40.0, 50.0, 60.0, 90.0];

/// A cell of the market as one store sees it, sold to or not.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MarketCell {
    /// Kilometres or minutes from the store, from 0.
    pub distance: f64,
    /// Households.
    pub households: f64,
    /// What they can spend on the retailer's goods, in the currency's units, over the time of the revenue.
    pub potential: f64,
    /// The store's net revenue there, in cents; 0 where it has no customers.
    pub revenue: i64,
    /// Its customers there.
    pub customers: u64,
}

impl MarketCell {
    /// Customers / households; None without households.
    pub fn penetration(&self) -> Option<Penetration> {
        penetration(self.customers, self.households)
    }

    /// Revenue / potential; None without potential.
    pub fn share_of_potential(&self) -> Option<f64> {
        share_of_potential(self.revenue, self.potential)
    }
}

/// The cells between two distances.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DecayBand {
    /// The least distance.
    pub from: f64,
    /// Every distance is below this one; None of the band beyond the last limit.
    pub to: Option<f64>,
    /// Cells of the market.
    pub cells: u64,
    /// Net revenue in cents.
    pub revenue: i64,
    /// Customers.
    pub customers: u64,
    /// Households.
    pub households: f64,
    /// Potential in the currency's units.
    pub potential: f64,
}

impl DecayBand {
    /// Customers / households with its interval; None without households.
    pub fn penetration(&self) -> Option<Penetration> {
        penetration(self.customers, self.households)
    }

    /// Revenue / potential; None without potential.
    pub fn share_of_potential(&self) -> Option<f64> {
        share_of_potential(self.revenue, self.potential)
    }
}

/// A store's bands of distance.
#[derive(Clone, Debug, PartialEq)]
pub struct DecayCurve {
    /// From the store to the last limit, those without cells too.
    pub bands: Vec<DecayBand>,
    /// What lies farther: with it the bands add up to the market.
    pub beyond: DecayBand,
}

/// The distance-decay curve over `limits`, the upper ends of the bands; a distance that equals a limit belongs to the band after it.
///
/// `market`: all cells in reach, those without customers too, else penetration and share would be those of the cells already won.
///
/// # Errors
/// Limits that do not rise; distances, households or potentials that are negative or no numbers; revenue beyond 64 bits.
///
/// ```
/// use chalandise_analytics::network::catchment::{DISTANCE_LIMITS_KM, MarketCell, decay_curve};
/// let cell = |distance, revenue, customers| MarketCell { distance, households: 400.0, potential: 8_000.0, revenue, customers };
/// let curve = decay_curve(&[cell(0.7, 90_000, 40), cell(1.5, 30_000, 12), cell(7.0, 0, 0)], &DISTANCE_LIMITS_KM)?;
/// assert_eq!(curve.bands[0].customers, 52);
/// assert_eq!(curve.bands[0].share_of_potential(), Some(0.075));
/// assert_eq!(curve.bands[2].penetration().map(|found| found.rate), Some(0.0));
/// # Ok::<(), chalandise_analytics::network::catchment::CatchmentError>(())
/// ```
pub fn decay_curve(market: &[MarketCell], limits: &[f64]) -> Result<DecayCurve, CatchmentError> {
    let mut bands = bands(limits)?;
    let mut size: i64 = 0;
    for (row, cell) in market.iter().enumerate() {
        check(row, cell)?;
        let overflow = CatchmentError::Revenue { row };
        let here = cell.revenue.checked_abs().ok_or(overflow)?;
        size = size.checked_add(here).ok_or(overflow)?;
        let band = &mut bands[limits.partition_point(|limit| *limit <= cell.distance)];
        band.cells += 1;
        band.revenue += cell.revenue;
        band.customers = band.customers.saturating_add(cell.customers);
        band.households += cell.households;
        band.potential += cell.potential;
    }
    let beyond = bands.remove(limits.len());
    Ok(DecayCurve { bands, beyond })
}

/// Limits of so many bands with equal weights, for [`decay_curve`]: from rows of a distance and a weight, such as the households or the
/// potential of a cell. Fewer limits where many cells have one distance; none without weight. The last limit lies just beyond the
/// farthest weight.
///
/// # Errors
/// Distances or weights that are negative or no numbers.
///
/// ```
/// use chalandise_analytics::network::catchment::equal_limits;
/// let limits = equal_limits(&[(1.0, 5.0), (2.0, 5.0), (3.0, 5.0), (4.0, 5.0)], 2)?;
/// assert_eq!(limits, [3.0, 4.0_f64.next_up()]);
/// # Ok::<(), chalandise_analytics::network::catchment::CatchmentError>(())
/// ```
pub fn equal_limits(rows: &[(f64, f64)], bands: u32) -> Result<Vec<f64>, CatchmentError> {
    for (row, &(distance, weight)) in rows.iter().enumerate() {
        number(distance).ok_or(CatchmentError::Distance { row, distance })?;
        let what = "households or potential";
        number(weight).ok_or(CatchmentError::Market {
            row,
            what,
            value: weight,
        })?;
    }
    let mut sorted: Vec<_> = rows.iter().copied().filter(|(_, weight)| *weight > 0.0).collect();
    sorted.sort_unstable_by(|left, right| left.0.total_cmp(&right.0).then(left.1.total_cmp(&right.1)));
    let total: f64 = sorted.iter().map(|(_, weight)| weight).sum();
    let mut limits: Vec<f64> = Vec::new();
    let mut sum = 0.0;
    let mut next = 1;
    for &(distance, weight) in &sorted {
        // The first cell after a full band begins the next one.
        if next < bands && sum >= total * f64::from(next) / f64::from(bands) {
            if distance > limits.last().copied().unwrap_or(0.0) {
                limits.push(distance);
            }
            while next < bands && sum >= total * f64::from(next) / f64::from(bands) {
                next += 1;
            }
        }
        sum += weight;
    }
    if bands > 0 {
        limits.extend(sorted.last().map(|(distance, _)| distance.next_up()));
    }
    Ok(limits)
}

/// Empty bands, one more than limits.
fn bands(limits: &[f64]) -> Result<Vec<DecayBand>, CatchmentError> {
    let mut from = 0.0;
    let mut bands = Vec::with_capacity(limits.len() + 1);
    for (number, &limit) in limits.iter().enumerate() {
        if !(limit.is_finite() && limit > from) {
            return Err(CatchmentError::Limits { number, limit });
        }
        bands.push(empty(from, Some(limit)));
        from = limit;
    }
    bands.push(empty(from, None));
    Ok(bands)
}

fn empty(from: f64, to: Option<f64>) -> DecayBand {
    DecayBand {
        from,
        to,
        cells: 0,
        revenue: 0,
        customers: 0,
        households: 0.0,
        potential: 0.0,
    }
}

fn check(row: usize, cell: &MarketCell) -> Result<(), CatchmentError> {
    let distance = cell.distance;
    number(distance).ok_or(CatchmentError::Distance { row, distance })?;
    for (what, value) in [("households", cell.households), ("potential", cell.potential)] {
        number(value).ok_or(CatchmentError::Market { row, what, value })?;
    }
    Ok(())
}

fn number(value: f64) -> Option<f64> {
    Some(value).filter(|value| value.is_finite() && *value >= 0.0)
}
