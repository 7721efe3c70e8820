//! All query files of a folder.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::compose;
use super::fragment::{Fragment, fragment_of};
use super::header::{Query, is_name};
use chalandise_faults::{Fault, Faults};

/// The queries of a folder and its sub-folders, by name.
#[derive(Clone, Debug, Default)]
pub struct Library {
    queries: BTreeMap<String, Query>,
    fragments: BTreeMap<String, Fragment>,
    /// The fragments that a query uses.
    used: BTreeSet<String>,
    pub(super) faults: Faults,
}

impl Library {
    /// Reads every `*.sql` below a folder. Faults in headers are kept and come out of [`Library::check`] together with
    /// those that only planning can find; use this where all faults are to be listed at once.
    pub fn read(root: &Path) -> Library {
        let mut library = Library::default();
        let mut files = Vec::new();
        if let Err(error) = collect(root, &mut files) {
            library.faults.push(unreadable(&root.display().to_string(), &error));
        }
        files.sort();
        // Queries are composed of fragments when they are added.
        let (fragments, queries): (Vec<_>, Vec<_>) = files
            .into_iter()
            .map(|path| (name_of(root, &path), path))
            .partition(|(name, _)| fragment_of(name).is_some());
        for (name, path) in fragments.into_iter().chain(queries) {
            library.add_file(&name, &path);
        }
        library.check_fragments();
        library
    }

    /// Reads every `*.sql` below a folder whose headers must all be sound.
    ///
    /// # Errors
    /// All faults in headers, and files that cannot be read.
    pub fn load(root: &Path) -> Result<Library, Faults> {
        let library = Library::read(root);
        library.faults.clone().into_result()?;
        Ok(library)
    }

    /// Faults in headers, and files that cannot be read.
    pub fn header_faults(&self) -> Faults {
        self.faults.clone()
    }

    /// Adds a query from text, as if it lay in the file `name.sql`; or a fragment, `overview/with/name`, which must come before
    /// the queries that use it.
    pub fn add(&mut self, name: &str, path: &Path, text: &str) {
        let words_are_names = name.split('/').all(is_name);
        if !words_are_names {
            self.faults.push(Fault::new(
                format!("{name}.sql"),
                None,
                "the name of the file or its folder is no name",
                "rename it: lower-case letters, digits and _, a letter first",
            ));
        }
        if let Some(fragment) = fragment_of(name) {
            let file = format!("{name}.sql");
            self.fragments
                .insert(fragment.clone(), Fragment::new(&fragment, &file, text));
            return;
        }
        let composed = compose::query(name, path, text, &self.fragments);
        self.note(composed.faults);
        self.used.extend(composed.used);
        self.queries.insert(name.to_owned(), composed.query);
    }

    /// Faults of the fragments themselves, and those that no query uses.
    pub(super) fn check_fragments(&mut self) {
        let mut faults = Vec::new();
        for fragment in self.fragments.values() {
            faults.extend(compose::fragment(fragment, &self.fragments));
            if !self.used.contains(&fragment.name) {
                faults.push(Fault::new(
                    fragment.file.clone(),
                    None,
                    "no query uses the fragment",
                    format!(
                        "write `-- @with {}` in those that share it, or delete the file",
                        fragment.name
                    ),
                ));
            }
        }
        self.note(faults);
    }

    /// Keeps faults, each once: a fragment shows its own in every query that uses it.
    fn note(&mut self, faults: Vec<Fault>) {
        for fault in faults {
            if !self.faults.iter().any(|known| *known == fault) {
                self.faults.push(fault);
            }
        }
    }

    /// A query by name, `overview/by_month`.
    pub fn get(&self, name: &str) -> Option<&Query> {
        self.queries.get(name)
    }

    /// All queries, in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = &Query> {
        self.queries.values()
    }

    /// The queries of one folder, in the order of their names.
    pub fn folder<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = &'a Query> {
        self.iter().filter(move |query| query.folder() == folder)
    }

    /// The names of all queries.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.queries.keys().map(String::as_str)
    }

    fn add_file(&mut self, name: &str, path: &Path) {
        match fs::read(path).map(String::from_utf8) {
            Ok(Ok(text)) => self.add(name, path, text.trim_start_matches('\u{feff}')),
            Ok(Err(error)) => {
                let line = bytes_before(error.as_bytes(), error.utf8_error().valid_up_to());
                self.faults.push(Fault::new(
                    format!("{name}.sql"),
                    line,
                    "the text is not UTF-8",
                    "save the file as UTF-8",
                ));
            }
            Err(error) => self.faults.push(unreadable(&format!("{name}.sql"), &error)),
        }
    }
}

fn name_of(root: &Path, path: &Path) -> String {
    let relative = path.strip_prefix(root).unwrap_or(path).with_extension("");
    let words = relative.components().map(|part| part.as_os_str().to_string_lossy());
    words.collect::<Vec<_>>().join("/")
}

fn bytes_before(bytes: &[u8], place: usize) -> usize {
    1 + bytes[..place].iter().filter(|byte| **byte == b'\n').count()
}

fn unreadable(file: &str, error: &io::Error) -> Fault {
    Fault::new(
        file,
        None,
        format!("cannot be read ({})", error.kind()),
        "check that it exists and that this user may read it",
    )
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "sql") {
            files.push(path);
        }
    }
    Ok(())
}
