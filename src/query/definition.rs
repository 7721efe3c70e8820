//! What a stored roll-up was made by, so that rows made by other SQL than today's are not read as today's.

use std::collections::BTreeMap;

use datafusion::prelude::SessionContext;

use super::library::Library;
use super::views::{self, View};

/// For every roll-up, a hash of its file and of every base view and roll-up that it reads, directly or through others.
///
/// Faulty files are left out: [`Library::check`] names them.
pub fn definitions(library: &Library) -> BTreeMap<String, String> {
    let views: BTreeMap<&str, View<'_>> = views::parsed(&SessionContext::new(), library)
        .into_iter()
        .map(|view| (view.query.stem(), view))
        .collect();
    views
        .values()
        .filter(|view| view.query.folder() == views::ROLLUP)
        .map(|view| (view.query.stem().to_owned(), hash(view, &views)))
        .collect()
}

fn hash(view: &View<'_>, views: &BTreeMap<&str, View<'_>>) -> String {
    // In order of names, so that the order of files on disk does not matter.
    let mut read: BTreeMap<&str, &str> = BTreeMap::new();
    let mut open = vec![view];
    while let Some(view) = open.pop() {
        if read.insert(view.query.stem(), &view.query.sql).is_none() {
            open.extend(view.needs.iter().filter_map(|name| views.get(name.as_str())));
        }
    }
    let mut hasher = blake3::Hasher::new();
    for (name, sql) in read {
        for part in [name, sql] {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        }
    }
    hasher.finalize().to_hex().to_string()
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
}
