//! The direction of imports: which room of `src/` may use which, and which crate only where.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Rooms that a room may import, the room itself aside.
fn allowed() -> BTreeMap<&'static str, Vec<&'static str>> {
    let all = vec![
        "config",
        "query",
        "notebook",
        "lake",
        "generate",
        "model",
        "dashboard",
        "http",
    ];
    BTreeMap::from([
        ("config", vec![]),
        ("query", vec![]),
        ("notebook", vec![]),
        ("lake", vec!["query"]),
        ("generate", vec!["lake"]),
        ("model", vec!["lake", "query", "notebook"]),
        ("dashboard", vec!["query", "lake"]),
        ("http", vec!["dashboard", "model", "lake", "query", "notebook"]),
        ("command", all),
        ("main", vec!["command"]),
    ])
}

/// Rooms in which a crate may be named; crates not listed are free.
const CRATES: [(&str, &[&str]); 8] = [
    ("axum", &["http"]),
    ("datafusion", &["query", "lake", "model"]),
    ("deltalake", &["lake"]),
    ("plotters", &[]),
    ("geo", &["lake", "generate"]),
    ("chalandise_chart", &["dashboard", "http", "command"]),
    ("maud", &["dashboard", "http"]),
    ("rusqlite", &["notebook"]),
];

#[test]
fn rooms_import_only_what_lies_below_them() {
    let allowed = allowed();
    let mut wrong = Vec::new();
    for (path, room, text) in sources() {
        for (number, line) in code_lines(&text) {
            for other in allowed.keys().filter(|other| **other != room) {
                if line.contains(&format!("crate::{other}::")) && !allowed[room.as_str()].contains(other) {
                    wrong.push(format!("{}:{number}: {room} imports {other}", path.display()));
                }
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "imports against the direction of ARCHITECTURE.md:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn crates_stay_in_their_rooms() {
    let mut wrong = Vec::new();
    for (path, room, text) in sources() {
        for (number, line) in code_lines(&text) {
            for (name, rooms) in CRATES {
                let named = [
                    format!("use {name}::"),
                    format!(" {name}::"),
                    format!("({name}::"),
                    format!("<{name}::"),
                ];
                if named.iter().any(|form| line.contains(form)) && !rooms.contains(&room.as_str()) {
                    wrong.push(format!("{}:{number}: {name} in {room}", path.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "crates outside their rooms:\n{}", wrong.join("\n"));
}

#[test]
fn every_room_is_in_the_rule() {
    for (path, room, _) in sources() {
        assert!(
            allowed().contains_key(room.as_str()),
            "{} belongs to no known room",
            path.display()
        );
    }
}

/// Lines of code with their numbers; comments may name any room.
fn code_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_comment = |line: &str| line.trim_start().starts_with("//");
    text.lines()
        .enumerate()
        .filter(move |(_, line)| !is_comment(line))
        .map(|(index, line)| (index + 1, line))
}

/// Every source file of the root package with its room: the folder or file directly in `src/`.
fn sources() -> Vec<(PathBuf, String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&root, &mut files);
    files.sort();
    files
        .into_iter()
        .filter(|path| *path != root.join("lib.rs"))
        .map(|path| {
            let first = path
                .strip_prefix(&root)
                .ok()
                .and_then(|path| path.iter().next())
                .unwrap_or_default();
            let room = first.to_string_lossy().trim_end_matches(".rs").to_owned();
            let text = std::fs::read_to_string(&path).expect("a source file is readable");
            (path, room, text)
        })
        .collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder)
        .expect("a source folder is readable")
        .flatten()
    {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}
