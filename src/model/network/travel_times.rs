//! The imported travel times, read.

use std::collections::HashMap;

use crate::ModelError;
use crate::inputs::{Inputs, NONE};
use crate::read::{integers, numbers, texts};

use super::read::{Cell, Site};

/// The table `travel_times` by site.
#[derive(Clone, Debug, Default)]
pub(super) struct TravelTimes {
    /// Of each site the cells with their minutes, by cell, each once.
    pub(super) by_site: Vec<Vec<(u64, f32)>>,
    /// Rows whose store is unknown, or has no place.
    pub(super) unknown: usize,
}

impl TravelTimes {
    /// Reads the table. A row measured from a commune holds for all cells of it that have none of their own.
    pub(super) async fn read(inputs: &Inputs<'_>, cells: &[Cell], sites: &[Site]) -> Result<TravelTimes, ModelError> {
        let places: HashMap<&str, usize> = sites
            .iter()
            .enumerate()
            .map(|(place, site)| (site.id.as_str(), place))
            .collect();
        let mut communes: HashMap<&str, Vec<u64>> = HashMap::new();
        for cell in cells {
            communes.entry(&cell.commune_code).or_default().push(cell.index.into());
        }
        let mut times = TravelTimes {
            by_site: vec![Vec::new(); sites.len()],
            unknown: 0,
        };
        let mut spread: Vec<Vec<(u64, f32)>> = vec![Vec::new(); sites.len()];
        for batch in inputs.run("model/travel_times", &NONE).await? {
            let (own, stores) = (integers(&batch, "h3_cell")?, texts(&batch, "store_id")?);
            let (minutes, of) = (numbers(&batch, "minutes")?, texts(&batch, "commune_code")?);
            for (row, store) in stores.iter().enumerate() {
                let Some(site) = places.get(store.as_str()) else {
                    times.unknown += 1;
                    continue;
                };
                let minutes = minutes[row] as f32;
                let of_commune = communes.get(of[row].as_str()).filter(|_| !of[row].is_empty());
                times.by_site[*site].push((own[row].cast_unsigned(), minutes));
                spread[*site].extend(of_commune.into_iter().flatten().map(|cell| (*cell, minutes)));
            }
        }
        for (rows, spread) in times.by_site.iter_mut().zip(spread) {
            // Stable: a cell's own row stands before those of its commune.
            rows.extend(spread);
            rows.sort_by_key(|(cell, _)| *cell);
            rows.dedup_by_key(|(cell, _)| *cell);
        }
        Ok(times)
    }
}
