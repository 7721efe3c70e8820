//! What a stored roll-up was made by, so that rows made by other SQL than today's are not read as today's.

use std::collections::{BTreeMap, BTreeSet};

use datafusion::prelude::SessionContext;

use super::library::Library;
use super::views::{self, View};

/// What queries read, directly or through views.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reads {
    /// The tables, whether the lake has them or not. Base views and roll-ups are not among them: what those read is.
    pub tables: BTreeSet<String>,
    /// Hash of the SQL of the queries and of every view that they read.
    pub hash: String,
}

/// What the named queries of a library read; none when one of them is missing or does not parse, which
/// [`Library::check`] says.
pub fn reads(library: &Library, names: &[&str]) -> Option<Reads> {
    let context = SessionContext::new();
    let views = by_name(&context, library);
    let queries = names
        .iter()
        .map(|name| views::parse(&context, library.get(name)?))
        .collect::<Option<Vec<_>>>()?;
    Some(follow(&queries.iter().collect::<Vec<_>>(), &views))
}

/// What every roll-up of a library reads, and the hash of its SQL.
///
/// Faulty files are left out: [`Library::check`] names them.
pub fn definitions(library: &Library) -> BTreeMap<String, Reads> {
    let views = by_name(&SessionContext::new(), library);
    views
        .values()
        .filter(|view| view.query.folder() == views::ROLLUP)
        .map(|view| (view.query.stem().to_owned(), follow(&[view], &views)))
        .collect()
}

fn by_name<'a>(context: &SessionContext, library: &'a Library) -> BTreeMap<&'a str, View<'a>> {
    let views = views::parsed(context, library).into_iter();
    views.map(|view| (view.query.stem(), view)).collect()
}

fn follow(queries: &[&View<'_>], views: &BTreeMap<&str, View<'_>>) -> Reads {
    // In order of names, so that the order of files on disk does not matter.
    let mut read: BTreeMap<&str, &str> = BTreeMap::new();
    let mut tables = BTreeSet::new();
    let mut open = queries.to_vec();
    while let Some(view) = open.pop() {
        if read.insert(&view.query.name, &view.query.sql).is_none() {
            for name in &view.needs {
                match views.get(name.as_str()) {
                    Some(view) => open.push(view),
                    None => {
                        tables.insert(name.clone());
                    }
                }
            }
        }
    }
    let mut hasher = blake3::Hasher::new();
    for (name, sql) in read {
        for part in [name, sql] {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        }
    }
    let hash = hasher.finalize().to_hex().to_string();
    Reads { tables, hash }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn library(base: &str, below: &str, above: &str) -> Library {
        let mut library = Library::default();
        for (name, sql) in [
            ("base/as_of", base),
            ("rollup/by_day", below),
            ("rollup/by_month", above),
        ] {
            library.add(name, Path::new(name), sql);
        }
        library
    }

    #[test]
    fn a_definition_changes_with_every_file_that_the_roll_up_reads_and_with_no_other() {
        let files = [
            "select 1 as day",
            "select day from as_of",
            "select day as month from by_day",
        ];
        let before = definitions(&library(files[0], files[1], files[2]));
        assert_eq!(before.keys().collect::<Vec<_>>(), ["by_day", "by_month"]);

        let above = definitions(&library(files[0], files[1], "select day + 1 as month from by_day"));
        assert_eq!(above["by_day"], before["by_day"]);
        assert_ne!(above["by_month"], before["by_month"]);

        let base = definitions(&library("select 2 as day", files[1], files[2]));
        assert_ne!(base["by_day"], before["by_day"]);
        assert_ne!(base["by_month"], before["by_month"]);
    }

    #[test]
    fn what_is_read_through_views_are_tables() {
        let mut library = library(
            "select max(ordered_on) as day from orders",
            "with steps as (select 1 as one) select day from as_of, steps",
            "select day as month from by_day left join stores on true",
        );
        library.add(
            "model/costs",
            Path::new("costs"),
            "-- Costs.\nselect month from by_month, marketing_costs",
        );
        let tables = |names: &[&str]| Vec::from_iter(reads(&library, names).unwrap().tables);
        assert_eq!(tables(&["base/as_of"]), ["orders"]);
        assert_eq!(tables(&["model/costs"]), ["marketing_costs", "orders", "stores"]);
        assert_eq!(
            definitions(&library)["by_month"],
            reads(&library, &["rollup/by_month"]).unwrap()
        );
        assert_eq!(reads(&library, &["model/none"]), None);
    }
}
