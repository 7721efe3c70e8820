//! Several writers at once, and writers that are killed.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use chalandise::notebook::scenario::Plan;
use chalandise::notebook::{Notebook, NotebookError};
use rusqlite::Connection;

use super::{at, named};

/// Tells this test binary, started anew, in which file to write.
const FILE: &str = "NOTEBOOK_OF_THE_TEST";

fn sorted_names(notebook: &Notebook) -> Vec<String> {
    let listed = notebook.list::<Plan>().expect("a list");
    let mut names: Vec<String> = listed.entries.into_iter().map(|entry| entry.name).collect();
    names.sort();
    names
}

fn is_sound(path: &Path) -> bool {
    let connection = Connection::open(path).expect("a database");
    let answer: String = connection
        .query_row("pragma integrity_check", [], |row| row.get(0))
        .expect("an answer");
    answer == "ok"
}

#[test]
fn writers_at_once_lose_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("notebook.sqlite");
    let threads = 4;
    let each = 15;
    // Each thread has its own handle and makes the file if it is the first: as processes that start together.
    std::thread::scope(|scope| {
        for thread in 0..threads {
            let path = &path;
            scope.spawn(move || {
                let notebook = Notebook::open(path).expect("a notebook");
                for index in 0..each {
                    let new = named(&format!("scenario {thread} {index:02}"), "close:S1");
                    notebook.save(&new, None, at(index)).expect("saved");
                }
            });
        }
    });
    let mut expected: Vec<String> = (0..threads)
        .flat_map(|thread| (0..each).map(move |index| format!("scenario {thread} {index:02}")))
        .collect();
    expected.sort();
    assert_eq!(sorted_names(&Notebook::open(&path).expect("a notebook")), expected);
    assert!(is_sound(&path));
}

#[test]
fn of_several_who_change_one_version_one_wins_and_the_others_are_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("notebook.sqlite");
    let notebook = Notebook::open(&path).expect("a notebook");
    let saved = notebook.save(&named("Loire", "close:S0"), None, at(0)).expect("saved");
    let outcomes: Vec<bool> = std::thread::scope(|scope| {
        let writers: Vec<_> = (1..=4)
            .map(|writer| {
                let path = &path;
                scope.spawn(move || {
                    let notebook = Notebook::open(path).expect("a notebook");
                    let new = named("Loire", &format!("close:S{writer}"));
                    match notebook.replace(saved.id, saved.revision, &new, None, at(writer)) {
                        Ok(_) => true,
                        Err(NotebookError::Changed {
                            expected: 1, found: 2, ..
                        }) => false,
                        Err(error) => panic!("{error}"),
                    }
                })
            })
            .collect();
        writers
            .into_iter()
            .map(|writer| writer.join().expect("ended"))
            .collect()
    });
    assert_eq!(outcomes.iter().filter(|won| **won).count(), 1);
    let winner = outcomes.iter().position(|won| *won).expect("one") + 1;
    let stands = notebook.get::<Plan>(saved.id).expect("there");
    assert_eq!(stands.content.changes_text(), format!("close:S{winner}"));
}

/// Not a test by itself: what [`a_killed_writer_leaves_every_entry_that_it_reported`] starts and kills.
#[test]
fn writes_until_it_is_killed() {
    let Some(path) = std::env::var_os(FILE) else {
        return;
    };
    let notebook = Notebook::open(Path::new(&path)).expect("a notebook");
    for index in 0.. {
        let name = format!("scenario {index:05}");
        notebook
            .save(&named(&name, "close:S1"), None, at(index))
            .expect("saved");
        println!("saved {name}");
    }
}

#[test]
fn a_killed_writer_leaves_every_entry_that_it_reported() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("notebook.sqlite");
    let mut reported = Vec::new();
    for count in [1, 7, 20] {
        let mut writer = Command::new(std::env::current_exe().expect("this program"))
            .args([
                "--exact",
                "notebook::processes::writes_until_it_is_killed",
                "--nocapture",
            ])
            .env(FILE, &path)
            .stdout(Stdio::piped())
            .spawn()
            .expect("started");
        let lines = BufReader::new(writer.stdout.take().expect("its output")).lines();
        let saved = lines.map_while(Result::ok).filter_map(|line| {
            let at = line.find("saved ")?;
            Some(line[at + 6..].to_owned())
        });
        reported.extend(saved.take(count));
        writer.kill().expect("killed");
        writer.wait().expect("ended");
        let names = sorted_names(&Notebook::open(&path).expect("a notebook"));
        assert!(
            reported.iter().all(|name| names.contains(name)),
            "{reported:?} {names:?}"
        );
        // The next round writes the same names into a new file.
        assert!(is_sound(&path));
        std::fs::remove_file(&path).expect("removed");
        reported.clear();
    }
}

#[test]
fn what_was_half_written_when_the_power_went_is_taken_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("notebook.sqlite");
    let notebook = Notebook::open(&path).expect("a notebook");
    notebook.save(&named("Loire", "close:S1"), None, at(1)).expect("saved");
    let writer = Connection::open(&path).expect("a database");
    // A cache of one page: the transaction reaches the file long before its end.
    writer
        .execute_batch("pragma cache_size = 1; begin immediate")
        .expect("begins");
    let insert = "insert into entries (kind, name, name_key, note, content, revision, created_at, updated_at) \
                  values ('scenario', ?1, ?1, ?2, '{}', 1, 'x', 'x')";
    for index in 0..200 {
        let name = format!("half {index}");
        writer.execute(insert, [&name, &"n".repeat(2_000)]).expect("inserts");
    }
    // The two files as a crash would leave them, the journal beside the half-written notebook.
    let crashed = folder.path().join("crashed.sqlite");
    std::fs::copy(&path, &crashed).expect("copied");
    std::fs::copy(
        folder.path().join("notebook.sqlite-journal"),
        folder.path().join("crashed.sqlite-journal"),
    )
    .expect("copied");
    let size = std::fs::metadata(&crashed).expect("a file").len();
    assert!(size > 100_000, "half of the transaction is in the file: {size} bytes");
    assert_eq!(sorted_names(&Notebook::open(&crashed).expect("a notebook")), ["Loire"]);
    assert!(is_sound(&crashed));
    drop(writer);
    assert_eq!(sorted_names(&notebook), ["Loire"]);
}
