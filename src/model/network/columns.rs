//! What attracts customers to a store, as the Huff model takes it: logarithms of its columns, and 0 or 1 for each of its words.

use std::collections::BTreeSet;

use chalandise_analytics::network::huff_spend::{SpendError, StoreColumns};

use super::read::Site;

/// The column of words; every other is of numbers.
const FORMAT: &str = "format";

/// The columns that attract, of all sites.
#[derive(Clone, Debug)]
pub(super) struct Attraction {
    columns: StoreColumns,
    /// Where each column comes from.
    sources: Vec<Source>,
}

#[derive(Clone, Debug, PartialEq)]
enum Source {
    /// The logarithm of a column; sites without a value count as the mean of the others.
    Logarithm { column: String, mean: f64 },
    /// Whether the format is this one.
    Format(String),
}

impl Attraction {
    /// The logarithms of the columns named; the most frequent format is what the others are held against.
    ///
    /// # Errors
    /// [`SpendError`] when a column has no value above 0 at all.
    pub(super) fn new(names: &[String], sites: &[Site]) -> Result<Attraction, SpendError> {
        let mut sources = Vec::new();
        for name in names {
            if name == FORMAT {
                sources.extend(formats(sites).into_iter().map(Source::Format));
            } else {
                sources.push(logarithm(name, sites)?);
            }
        }
        let stores = sites.partition_point(|site| !site.competitor);
        let columns_of = |sites: &[Site]| -> Vec<(String, Vec<f64>)> {
            let column = |source: &Source| (source.name(), sites.iter().map(|site| source.of(site)).collect());
            sources.iter().map(column).collect()
        };
        let (own, rivals) = sites.split_at(stores);
        let columns = StoreColumns::new(stores, columns_of(own))?;
        Ok(Attraction {
            columns: columns.with_rivals(rivals.len(), columns_of(rivals))?,
            sources,
        })
    }

    /// The first of the columns named in which no store has a value above 0, as a sentence with the columns that have one.
    pub(super) fn lacking(names: &[String], sites: &[Site]) -> Option<String> {
        let stores = || sites.iter().filter(|site| !site.competitor);
        let has = |name: &str| stores().any(|site| site.column(name).is_some_and(|value| value > 0.0));
        let lacking = names.iter().find(|name| *name != FORMAT && !has(name))?;
        let known: BTreeSet<&str> = stores()
            .flat_map(|site| site.columns.keys())
            .map(String::as_str)
            .filter(|name| has(name))
            .chain([FORMAT])
            .collect();
        Some(format!(
            "no store has a value above 0 in the column `{lacking}` that is to attract customers; columns with values: {}",
            known.into_iter().collect::<Vec<_>>().join(", ")
        ))
    }

    pub(super) fn columns(&self) -> &StoreColumns {
        &self.columns
    }

    /// The columns of a site.
    pub(super) fn logs(&self, site: &Site) -> Vec<f64> {
        self.sources.iter().map(|source| source.of(site)).collect()
    }
}

impl Source {
    fn name(&self) -> String {
        match self {
            Source::Logarithm { column, .. } => column.clone(),
            Source::Format(word) => format!("{FORMAT}={word}"),
        }
    }

    fn of(&self, site: &Site) -> f64 {
        match self {
            Source::Logarithm { column, mean } => {
                site.column(column).filter(|value| *value > 0.0).map_or(*mean, f64::ln)
            }
            Source::Format(word) => f64::from(u8::from(site.format == *word)),
        }
    }
}

fn logarithm(name: &str, sites: &[Site]) -> Result<Source, SpendError> {
    let logs: Vec<f64> = sites
        .iter()
        .filter(|site| !site.competitor)
        .filter_map(|site| site.column(name))
        .filter(|value| *value > 0.0)
        .map(f64::ln)
        .collect();
    if logs.is_empty() {
        return Err(SpendError::ColumnValue {
            column: name.to_owned(),
            store: 0,
            value: f64::NEG_INFINITY,
        });
    }
    Ok(Source::Logarithm {
        column: name.to_owned(),
        mean: logs.iter().sum::<f64>() / logs.len() as f64,
    })
}

/// All formats but the most frequent one.
fn formats(sites: &[Site]) -> Vec<String> {
    let stores = || sites.iter().filter(|site| !site.competitor);
    let words: BTreeSet<&str> = stores().map(|site| site.format.as_str()).collect();
    let count = |word: &str| stores().filter(|site| site.format == word).count();
    let most = words.iter().max_by_key(|word| count(word)).copied();
    words
        .into_iter()
        .filter(|word| Some(*word) != most)
        .map(str::to_owned)
        .collect()
}
