//! Of which day figures are. What models compute stands when rows are imported, until the next build: it is then older than the sales
//! beside it, and has to say so.

use chalandise_lake::{Computed, LakeVersion};
use chrono::NaiveDate;

/// A day and a lake version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dated {
    /// Last day of the orders.
    pub as_of: NaiveDate,
    /// Number of the lake version.
    pub lake_version: u64,
}

impl Dated {
    /// Of figures that read these tables, of which something that a model read has changed since: the day of the oldest model. None where
    /// every table is up to date. `as_of`: the day of the lake version's orders.
    #[must_use]
    pub fn older<'n>(
        version: &LakeVersion,
        as_of: NaiveDate,
        needs: impl IntoIterator<Item = &'n String>,
    ) -> Option<Dated> {
        let computed = needs
            .into_iter()
            .filter_map(|name| version.tables.get(name)?.computed.as_ref())
            .filter(|computed| !version.is_current(computed));
        let dated = |computed: &Computed| Dated {
            as_of: computed.as_of.unwrap_or(as_of),
            lake_version: computed.lake_version,
        };
        computed.map(dated).min_by_key(|dated| dated.lake_version)
    }
}
