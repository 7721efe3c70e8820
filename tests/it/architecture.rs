//! The direction of imports. Rooms are packages, so that the compiler refuses an import that no manifest names; these tests hold the manifests
//! against the table of ARCHITECTURE.md, keep each library in its rooms, and find circles of files inside a room.

mod modules;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use modules::Modules;

/// Rooms in whose manifests a library may stand; those not listed are free. Names that begin so are of the same kind.
const LIBRARIES: [(&str, &[&str]); 18] = [
    ("datafusion", &["query", "lake", "import", "model"]),
    ("delta", &["lake"]),
    ("object_store", &["lake", "import"]),
    ("parquet", &["lake", "import", "model", "dashboard", "command"]),
    ("axum", &["http"]),
    ("hyper", &["http"]),
    ("tower", &["http"]),
    ("maud", &["dashboard", "http"]),
    ("resvg", &["dashboard"]),
    ("plotters", &["chart"]),
    ("icu", &["chart"]),
    ("rusqlite", &["notebook"]),
    ("moka", &["serving"]),
    ("geo", &["locale", "analytics", "chart", "lake"]),
    ("clap", &["command"]),
    ("fluent", &["locale"]),
    ("unic-langid", &["locale"]),
    ("csv-core", &["import"]),
];

/// Circles of files that stay, and why.
const CIRCLES: [(&[&str], &str); 0] = [];

/// The package of the program: the rooms `config` and `command`.
const PROGRAM: &str = "command";

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// What each room may import, as the first table of ARCHITECTURE.md says; `None` is everything.
fn allowed() -> BTreeMap<String, Option<BTreeSet<String>>> {
    let text = std::fs::read_to_string(root().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md");
    let rows = text.lines().filter_map(|line| {
        let cells: Vec<&str> = line.strip_prefix("| `")?.split('|').map(str::trim).collect();
        let [place, _, may, ..] = cells[..] else { return None };
        let room = Path::new(place.trim_end_matches('`')).file_stem()?.to_str()?.to_owned();
        let may = match may {
            "all" => None,
            "nothing of ours" => Some(BTreeSet::new()),
            names => Some(names.split(", ").map(str::to_owned).collect()),
        };
        Some((room, may))
    });
    rows.collect()
}

/// A package of the workspace: its room, its folder, and the libraries that its code may name.
struct Package {
    room: String,
    folder: PathBuf,
    dependencies: BTreeSet<String>,
}

fn packages() -> Vec<Package> {
    let read = |folder: PathBuf, room: &str| {
        let text = std::fs::read_to_string(folder.join("Cargo.toml")).expect("a manifest");
        let manifest: toml::Table = toml::from_str(&text).expect("TOML");
        let names = manifest.get("dependencies").and_then(toml::Value::as_table);
        Package {
            room: room.to_owned(),
            folder,
            dependencies: names.into_iter().flatten().map(|(name, _)| name.clone()).collect(),
        }
    };
    let text = std::fs::read_to_string(root().join("Cargo.toml")).expect("a manifest");
    let manifest: toml::Table = toml::from_str(&text).expect("TOML");
    let members = manifest["workspace"]["members"].as_array().expect("members");
    let mut packages = vec![read(root(), PROGRAM)];
    for member in members.iter().filter_map(toml::Value::as_str) {
        let room = member.rsplit('/').next().unwrap_or(member);
        packages.push(read(root().join(member), room));
    }
    packages
}

#[test]
fn rooms_import_only_what_lies_below_them() {
    let allowed = allowed();
    let mut wrong = Vec::new();
    for package in packages() {
        let Some(may) = allowed.get(&package.room) else {
            wrong.push(format!("{} is not in the table of ARCHITECTURE.md", package.room));
            continue;
        };
        let ours = package
            .dependencies
            .iter()
            .filter_map(|name| name.strip_prefix("chalandise-"));
        for other in ours {
            if may.as_ref().is_some_and(|may| !may.contains(other)) {
                wrong.push(format!("{} imports {other}", package.room));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "imports against the direction of ARCHITECTURE.md:\n{}",
        wrong.join("\n")
    );
}

/// The table is no wish list: what it allows is used, and nothing lies in a circle.
#[test]
fn the_table_of_rooms_is_true() {
    let packages = packages();
    let mut wrong = Vec::new();
    for (room, may) in allowed() {
        let Some(package) = packages.iter().find(|package| package.room == room) else {
            // `config` is a room of the program's package.
            continue;
        };
        for other in may.iter().flatten() {
            if !package.dependencies.contains(&format!("chalandise-{other}")) {
                wrong.push(format!("{room} may import {other}, and does not"));
            }
        }
    }
    assert!(wrong.is_empty(), "ARCHITECTURE.md says:\n{}", wrong.join("\n"));
}

#[test]
fn libraries_stay_in_their_rooms() {
    let mut wrong = Vec::new();
    for package in packages() {
        for name in &package.dependencies {
            let is_kin = |kin: &str| {
                *name == kin
                    || name.starts_with(&format!("{kin}-"))
                    || name.starts_with(&format!("{kin}_"))
                    || (kin == "delta" && name.starts_with(kin))
            };
            let rule = LIBRARIES.iter().find(|(kin, _)| is_kin(kin));
            if rule.is_some_and(|(_, rooms)| !rooms.contains(&package.room.as_str())) {
                wrong.push(format!("{name} in {}", package.room));
            }
        }
    }
    assert!(wrong.is_empty(), "libraries outside their rooms:\n{}", wrong.join("\n"));
}

/// `config` knows nothing of what is configured, and imports what its row of the table says; `main` only starts a command.
#[test]
fn the_rooms_of_the_program_keep_their_direction() {
    let modules = Modules::read(&root().join("src"), &["lib.rs", "config.rs", "config", "command"]);
    let upwards = modules
        .uses()
        .filter(|(from, to)| from.starts_with("config") && !to.starts_with("config"));
    let upwards: Vec<String> = upwards.map(|(from, to)| format!("{from} imports {to}")).collect();
    assert!(upwards.is_empty(), "{}", upwards.join("\n"));
    let allowed = allowed();
    let may = allowed["config"].as_ref().expect("a row that names rooms");
    let imported: BTreeSet<String> = modules
        .libraries("config")
        .into_iter()
        .filter_map(|name| name.strip_prefix("chalandise_"))
        .map(str::to_owned)
        .collect();
    assert_eq!(imported, *may, "what config imports, and what it may");
}

#[test]
fn files_of_a_room_need_each_other_in_one_direction() {
    let mut found = Vec::new();
    for package in packages() {
        let folder = match package.folder.join("src") {
            sources if package.room != PROGRAM && sources.is_dir() => sources,
            sources if package.room == PROGRAM => sources,
            _ => package.folder.clone(),
        };
        let modules = match package.room == PROGRAM {
            true => Modules::read(&folder, &["lib.rs", "config.rs", "config", "command"]),
            false => Modules::read(&folder, &[]),
        };
        for circle in modules.circles() {
            let waived = CIRCLES.iter().any(|(files, _)| files.iter().eq(circle.iter()));
            if !waived {
                found.push(format!("{}: {}", package.room, circle.join(", ")));
            }
        }
    }
    assert!(
        found.is_empty(),
        "{} circles of files; what both need belongs below both:\n{}",
        found.len(),
        found.join("\n")
    );
}
