//! Which file of a package needs which: every path of the code resolved, whether written `crate::a::b`, `crate::{a, b}`, behind an alias, by
//! `self` or by any number of `super`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use syn::visit::{self, Visit};

/// The files of a package by the path of their module, and what each needs.
pub(super) struct Modules {
    /// Modules; "" is the root.
    names: BTreeSet<String>,
    /// From a module to another that it names.
    needs: BTreeSet<(String, String)>,
    /// Libraries that a module names.
    libraries: BTreeMap<String, BTreeSet<String>>,
}

impl Modules {
    /// Reads every source file below a folder; only those that begin with one of `only`, when there are any.
    pub(super) fn read(folder: &Path, only: &[&str]) -> Modules {
        let mut files = Vec::new();
        collect(folder, folder, only, &mut files);
        files.sort();
        let names: BTreeSet<String> = files.iter().map(|(name, _)| name.clone()).collect();
        let mut modules = Modules {
            names,
            needs: BTreeSet::new(),
            libraries: BTreeMap::new(),
        };
        for (name, text) in &files {
            let file = syn::parse_file(text).expect("a source file parses");
            let mut reader = Reader {
                module: name
                    .split("::")
                    .filter(|part| !part.is_empty())
                    .map(str::to_owned)
                    .collect(),
                inside: 0,
                paths: BTreeSet::new(),
            };
            reader.visit_file(&file);
            for path in reader.paths {
                modules.note(name, &path);
            }
        }
        modules
    }

    /// A path from the root of the package, or of a library.
    fn note(&mut self, from: &str, path: &[String]) {
        let Some((first, rest)) = path.split_first() else {
            return;
        };
        if first != "crate" {
            self.libraries.entry(from.to_owned()).or_default().insert(first.clone());
            return;
        }
        // The longest beginning that is a file; what follows are its items.
        let to = (0..=rest.len())
            .rev()
            .map(|length| rest[..length].join("::"))
            .find(|name| self.names.contains(name))
            .unwrap_or_default();
        if to != from {
            self.needs.insert((from.to_owned(), to));
        }
    }

    /// From a file to another that it names.
    pub(super) fn uses(&self) -> impl Iterator<Item = &(String, String)> {
        self.needs.iter()
    }

    /// Libraries named by the files whose module begins so.
    pub(super) fn libraries(&self, prefix: &str) -> BTreeSet<&String> {
        let files = self.libraries.iter().filter(|(name, _)| name.starts_with(prefix));
        files.flat_map(|(_, names)| names).collect()
    }

    /// Files that need each other round a circle. A folder's `mod.rs` and the files in it belong together: it names them, and they may name
    /// what it says for all of them.
    pub(super) fn circles(&self) -> Vec<Vec<String>> {
        let is_own =
            |one: &str, other: &str| other.is_empty() || one.is_empty() || one.starts_with(&format!("{other}::"));
        let needs: BTreeSet<&(String, String)> = self
            .needs
            .iter()
            .filter(|(from, to)| !is_own(from, to) && !is_own(to, from))
            .collect();
        let reach = |start: &str| {
            let mut seen = BTreeSet::new();
            let mut open = vec![start.to_owned()];
            while let Some(at) = open.pop() {
                for (_, to) in needs.iter().filter(|(from, _)| *from == at) {
                    if seen.insert(to.clone()) {
                        open.push(to.clone());
                    }
                }
            }
            seen
        };
        let reached: BTreeMap<&String, BTreeSet<String>> = self.names.iter().map(|name| (name, reach(name))).collect();
        let mut circles: BTreeSet<Vec<String>> = BTreeSet::new();
        for (name, to) in &reached {
            if to.contains(*name) {
                let mates = to
                    .iter()
                    .filter(|other| reached.get(other).is_some_and(|back| back.contains(*name)));
                circles.insert(mates.cloned().collect());
            }
        }
        circles.into_iter().collect()
    }
}

/// Names of modules and texts of files; tests aside.
fn collect(root: &Path, folder: &Path, only: &[&str], files: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder)
        .expect("a source folder is readable")
        .flatten()
    {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if folder == root && !only.is_empty() && !only.contains(&name.as_str()) {
            continue;
        }
        if path.is_dir() {
            // A package of its own, tests, and what is built.
            if !path.join("Cargo.toml").exists()
                && !matches!(name.as_str(), "tests" | "benches" | "examples" | "target")
            {
                collect(root, &path, only, files);
            }
        } else if name.ends_with(".rs") && name != "tests.rs" && name != "main.rs" {
            let inside = path.strip_prefix(root).expect("below the root").with_extension("");
            let parts: Vec<String> = inside.iter().map(|part| part.to_string_lossy().into_owned()).collect();
            let parts = match parts.split_last() {
                Some((last, above)) if last == "mod" || (above.is_empty() && last == "lib") => above.to_vec(),
                _ => parts.clone(),
            };
            files.push((
                parts.join("::"),
                std::fs::read_to_string(&path).expect("a source file is readable"),
            ));
        }
    }
}

/// Collects the paths of one file, resolved from the root.
struct Reader {
    module: Vec<String>,
    /// Modules written inside the file that are open.
    inside: usize,
    paths: BTreeSet<Vec<String>>,
}

impl Reader {
    fn add(&mut self, path: &[String]) {
        let Some((first, rest)) = path.split_first() else {
            return;
        };
        let depth = self.module.len() + self.inside;
        let mut above = 0;
        let resolved = match first.as_str() {
            "crate" => path.to_vec(),
            "self" | "super" => {
                let mut rest = rest;
                above += usize::from(first == "super");
                while let Some((next, others)) = rest.split_first().filter(|(next, _)| *next == "super") {
                    let _ = next;
                    above += 1;
                    rest = others;
                }
                let kept = depth.saturating_sub(above).min(self.module.len());
                let base = std::iter::once("crate".to_owned()).chain(self.module[..kept].iter().cloned());
                base.chain(rest.iter().cloned()).collect()
            }
            // A library, or something that the file itself names.
            _ => path.to_vec(),
        };
        self.paths.insert(resolved);
    }

    fn tree(&mut self, tree: &syn::UseTree, before: &[String]) {
        let with = |name: &syn::Ident| before.iter().cloned().chain([name.to_string()]).collect::<Vec<_>>();
        match tree {
            syn::UseTree::Path(path) => self.tree(&path.tree, &with(&path.ident)),
            syn::UseTree::Name(name) if name.ident == "self" => self.add(before),
            syn::UseTree::Name(name) => self.add(&with(&name.ident)),
            syn::UseTree::Rename(name) if name.ident == "self" => self.add(before),
            syn::UseTree::Rename(name) => self.add(&with(&name.ident)),
            syn::UseTree::Glob(_) => self.add(before),
            syn::UseTree::Group(group) => group.items.iter().for_each(|item| self.tree(item, before)),
        }
    }
}

/// Whether something stands only in tests.
fn is_of_tests(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute
                .parse_args::<syn::Ident>()
                .is_ok_and(|condition| condition == "test")
    })
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        if !is_of_tests(&item.attrs) {
            self.tree(&item.tree, &[]);
        }
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if !is_of_tests(&item.attrs) {
            self.inside += usize::from(item.content.is_some());
            visit::visit_item_mod(self, item);
            self.inside -= usize::from(item.content.is_some());
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let parts: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        if parts.len() > 1 {
            self.add(&parts);
        }
        visit::visit_path(self, path);
    }
}

#[test]
fn every_way_to_name_a_module_is_seen() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        std::fs::write(path, text).expect("written");
    };
    write("lib.rs", "mod a; mod b; mod c; mod deep;");
    write("a.rs", "use crate::{b, c::Thing as Other};");
    write("b.rs", "fn f() { super::c::g() }");
    write(
        "c.rs",
        "#[cfg(test)] mod tests { use crate::a::X; } use datafusion::prelude as p;",
    );
    write("deep/mod.rs", "mod under;");
    write("deep/under.rs", "use super::super::a::X; type Y = crate::deep::Z;");
    let modules = Modules::read(folder.path(), &[]);
    let uses: Vec<String> = modules.uses().map(|(from, to)| format!("{from} -> {to}")).collect();
    assert_eq!(
        uses,
        ["a -> b", "a -> c", "b -> c", "deep::under -> a", "deep::under -> deep"]
    );
    assert_eq!(modules.libraries("c").into_iter().collect::<Vec<_>>(), ["datafusion"]);
    assert!(modules.circles().is_empty());
    write("c.rs", "use super::a::X;");
    let modules = Modules::read(folder.path(), &[]);
    assert_eq!(modules.circles(), [["a", "b", "c"]]);
}
