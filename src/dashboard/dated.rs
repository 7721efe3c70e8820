//! Of which day figures are. What models compute stands when rows are imported, until the next build: it is then older than the sales
//! beside it, and has to say so.

use super::view::View;
use chalandise_lake::Computed;
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
    /// Of what is computed from the lake version that is read.
    #[must_use]
    pub fn today(view: &View<'_>) -> Dated {
        Dated {
            as_of: view.reach.as_of,
            lake_version: view.data.version().number,
        }
    }

    /// Of figures that read these tables: the day of their oldest model where something that it read has changed since.
    #[must_use]
    pub fn of<'n>(view: &View<'_>, needs: impl IntoIterator<Item = &'n String>) -> Dated {
        Dated::older(view, needs).unwrap_or(Dated::today(view))
    }

    /// As [`Dated::of`]; none where every table is up to date.
    #[must_use]
    pub fn older<'n>(view: &View<'_>, needs: impl IntoIterator<Item = &'n String>) -> Option<Dated> {
        let version = view.data.version();
        let computed = needs
            .into_iter()
            .filter_map(|name| version.tables.get(name)?.computed.as_ref())
            .filter(|computed| !version.is_current(computed));
        let dated = |computed: &Computed| Dated {
            as_of: computed.as_of.unwrap_or(view.reach.as_of),
            lake_version: computed.lake_version,
        };
        computed.map(dated).min_by_key(|dated| dated.lake_version)
    }
}
