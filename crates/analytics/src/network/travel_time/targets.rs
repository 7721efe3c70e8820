//! Times to the cells that a caller wants, and to no other.

use h3o::CellIndex;

use super::grid::NOWHERE;
use super::{Friction, MS_PER_MINUTE, Point, TravelTimeError};

/// The cells that a caller wants, such as those of his market, by their place in the land.
#[derive(Clone, Debug)]
pub struct Targets {
    /// Of each cell of the land: its number among those wanted, or [`NOWHERE`].
    numbers: Vec<u32>,
}

impl Friction {
    /// The cells wanted, each once; those that are no land are never reached.
    pub fn targets(&self, cells: impl IntoIterator<Item = u64>) -> Targets {
        let mut numbers = vec![NOWHERE; self.grid.len()];
        for (number, cell) in (0..).zip(cells) {
            let place = CellIndex::try_from(cell).ok().and_then(|cell| self.grid.place(cell));
            if let Some(place) = place {
                numbers[place as usize] = number;
            }
        }
        Targets { numbers }
    }

    /// Minutes from each of some points to the targets within reach: the number of the target, in rising order, and what
    /// [`Friction::from_point`] says of it, exactly. Points near each other, such as neighbouring candidates, cost a fraction of as many
    /// single searches; at most 64 are measured together. On one thread: who has many groups of points has them done side by side.
    ///
    /// # Errors
    /// For each point those of [`Friction::from_point`].
    ///
    /// ```
    /// use chalandise_analytics::network::travel_time::Friction;
    /// use h3o::{LatLng, Resolution};
    /// let home = LatLng::new(47.0667, 3.0118).expect("finite degrees").to_cell(Resolution::Eight);
    /// let land: Vec<u64> = home.grid_disk::<Vec<_>>(10).into_iter().map(u64::from).collect();
    /// let friction = Friction::new(&[], &land)?;
    /// let targets = friction.targets([u64::from(home)]);
    /// let minutes = friction.minutes_to(&targets, &[(47.07, 3.01), (47.06, 3.02)], 30.0);
    /// assert_eq!(minutes[0].as_ref().map(Vec::len), Ok(1));
    /// # Ok::<(), chalandise_analytics::network::travel_time::TravelTimeError>(())
    /// ```
    pub fn minutes_to(
        &self,
        targets: &Targets,
        points: &[Point],
        most_minutes: f64,
    ) -> Vec<Result<Vec<(u32, f64)>, TravelTimeError>> {
        let left_ms = match self.left_ms(most_minutes) {
            Ok(Some(left_ms)) => left_ms,
            Ok(None) => return vec![Ok(Vec::new()); points.len()],
            Err(error) => return vec![Err(error); points.len()],
        };
        let starts: Vec<_> = points
            .iter()
            .map(|(latitude, longitude)| self.departures_from(*latitude, *longitude))
            .collect();
        let sound: Vec<_> = starts.iter().flatten().cloned().collect();
        let mut found: Vec<Vec<(u32, f64)>> = vec![Vec::new(); sound.len()];
        let access_ms = self.access_ms();
        self.grid
            .search_near(&sound, &targets.numbers, left_ms, |start, number, ms| {
                found[start].push((number, (f64::from(ms) + access_ms) / MS_PER_MINUTE));
            });
        let mut found = found.into_iter();
        starts
            .into_iter()
            .map(|start| start.map(|_| found.next().unwrap_or_default()))
            .collect()
    }
}
