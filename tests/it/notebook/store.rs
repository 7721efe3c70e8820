//! Saving, replacing, renaming, copying, deleting and restoring; and files that are no notebook.

use std::path::Path;
use std::time::Duration;

use chalandise::notebook::scenario::{Plan, Scenario, scenarios_batch, schema};
use chalandise::notebook::{Content, EntryId, NewEntry, Notebook, NotebookError, TextFault};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};

use super::{at, named};

fn notebook() -> Notebook {
    Notebook::open_in_memory().expect("a notebook")
}

fn names(notebook: &Notebook) -> Vec<String> {
    let listed = notebook.list::<Plan>().expect("a list");
    listed.entries.into_iter().map(|entry| entry.name).collect()
}

#[test]
fn what_is_saved_is_read_back() {
    let notebook = notebook();
    let mut new = named(
        "  Loire Sud ",
        "open:47.1683,-1.4712,2400:Vertou\nclose:S123\nmargin=51.8",
    );
    new.note = "one\r\ntwo ".into();
    let saved = notebook.save(&new, Some(12), at(1)).expect("saved");
    assert_eq!((saved.name.as_str(), saved.note.as_str()), ("Loire Sud", "one\ntwo"));
    assert_eq!((saved.revision, saved.lake_version), (1, Some(12)));
    assert_eq!(
        (saved.created_at, saved.updated_at, saved.deleted_at),
        (at(1), at(1), None)
    );
    assert_eq!(saved.content, new.content);
    assert_eq!(notebook.get::<Plan>(saved.id).expect("there"), saved);
    assert_eq!(notebook.named::<Plan>("loire  SUD").expect("read"), Some(saved.clone()));
    assert_eq!(notebook.named::<Plan>("Loire Nord").expect("read"), None);
    assert_eq!(notebook.list().expect("a list").entries, [saved]);
}

#[test]
fn a_name_is_taken_once_and_replaced_only_by_who_saw_the_last_version() {
    let notebook = notebook();
    let first = notebook.save(&named("Loire", "close:S1"), None, at(1)).expect("saved");
    let again = notebook
        .save(&named(" LOIRE", "close:S2"), None, at(2))
        .expect_err("taken");
    let NotebookError::NameTaken { id, revision, .. } = again else {
        panic!("{again}");
    };
    let second = notebook
        .replace(id, revision, &named("LOIRE", "close:S2"), Some(3), at(3))
        .expect("replaced");
    assert_eq!(
        (second.id, second.revision, second.lake_version),
        (first.id, 2, Some(3))
    );
    assert_eq!((second.created_at, second.updated_at), (at(1), at(3)));
    let late = notebook.replace(id, revision, &named("Loire", "close:S3"), None, at(4));
    insta::assert_snapshot!(late.expect_err("changed"), @"the scenario `LOIRE` was changed by someone else meanwhile (it is at revision 2, this change was made from revision 1); look at it again, or save under another name");
    assert_eq!(notebook.get::<Plan>(id).expect("there"), second);

    notebook.save(&named("Anjou", ""), None, at(5)).expect("saved");
    let onto = notebook
        .replace(id, 2, &named("anjou", ""), None, at(6))
        .expect_err("taken");
    insta::assert_snapshot!(onto, @"there is a scenario `Anjou` already (number 2, revision 1); take another name, or replace it");
}

#[test]
fn names_that_cannot_be_used_are_refused() {
    let notebook = notebook();
    let refused = |name: &str| match notebook.save(&named(name, ""), None, at(1)) {
        Err(NotebookError::Name { fault, .. }) => fault,
        other => panic!("{other:?}"),
    };
    assert_eq!(refused(" \u{a0}"), TextFault::Empty);
    assert_eq!(refused("a\nb"), TextFault::Invisible { character: '\n' });
    assert_eq!(refused(&"n".repeat(121)), TextFault::TooLong { length: 121, most: 120 });
    let mut noted = named("Loire", "");
    noted.note = "x".repeat(4_001);
    let error = notebook.save(&noted, None, at(1)).expect_err("too long");
    insta::assert_snapshot!(error, @"the note of the scenario `Loire` cannot be used: it has 4001 characters; give at most 4000");
    assert_eq!(names(&notebook), [""; 0]);
}

#[test]
fn renaming_keeps_the_number() {
    let notebook = notebook();
    let loire = notebook
        .save(&named("Loire", "close:S1"), Some(1), at(1))
        .expect("saved");
    notebook.save(&named("Anjou", ""), None, at(2)).expect("saved");
    let taken = notebook.rename::<Plan>(loire.id, "ANJOU", at(3)).expect_err("taken");
    assert!(matches!(taken, NotebookError::NameTaken { .. }), "{taken}");
    // Its own name in other letters is free to it.
    let renamed = notebook.rename::<Plan>(loire.id, "LOIRE", at(4)).expect("renamed");
    assert_eq!(
        (renamed.id, renamed.revision, renamed.name.as_str()),
        (loire.id, 2, "LOIRE")
    );
    assert_eq!((renamed.created_at, renamed.updated_at), (at(1), at(4)));
    assert_eq!(names(&notebook), ["LOIRE", "Anjou"], "the last changed first");
}

#[test]
fn a_copy_has_the_next_free_name() {
    let notebook = notebook();
    let loire = notebook
        .save(&named("Loire", "close:S1"), Some(7), at(1))
        .expect("saved");
    let copy = notebook.duplicate::<Plan>(loire.id, at(2)).expect("copied");
    assert_eq!(
        (copy.name.as_str(), copy.lake_version, copy.revision),
        ("Loire (2)", Some(7), 1)
    );
    assert_eq!(copy.content, loire.content);
    assert_eq!(
        notebook.duplicate::<Plan>(copy.id, at(3)).expect("copied").name,
        "Loire (3)"
    );
    let long = notebook.save(&named(&"é".repeat(120), ""), None, at(4)).expect("saved");
    let copy = notebook.duplicate::<Plan>(long.id, at(5)).expect("copied");
    assert_eq!(copy.name, format!("{} (2)", "é".repeat(116)));
}

#[test]
fn what_is_deleted_can_be_restored() {
    let notebook = notebook();
    let first = notebook.save(&named("Loire", "close:S1"), None, at(1)).expect("saved");
    notebook.delete::<Plan>(first.id, at(2)).expect("deleted");
    assert_eq!(names(&notebook), [""; 0]);
    let error = notebook.get::<Plan>(first.id).expect_err("deleted");
    insta::assert_snapshot!(error, @"the scenario `Loire` is in the trash; restore it first");
    assert!(notebook.delete::<Plan>(first.id, at(3)).is_err());
    assert!(notebook.rename::<Plan>(first.id, "Other", at(3)).is_err());
    assert!(notebook.duplicate::<Plan>(first.id, at(3)).is_err());
    let trash = notebook.trash::<Plan>().expect("trash");
    assert_eq!(trash.entries[0].deleted_at, Some(at(2)));

    let second = notebook
        .save(&named("Loire", ""), None, at(4))
        .expect("the name is free");
    let error = notebook.restore::<Plan>(first.id, None, at(5)).expect_err("taken");
    assert!(
        matches!(error, NotebookError::NameTaken { id, .. } if id == second.id),
        "{error}"
    );
    let restored = notebook
        .restore::<Plan>(first.id, Some("Loire, first"), at(6))
        .expect("restored");
    assert_eq!((restored.id, restored.deleted_at), (first.id, None));
    assert_eq!(restored.content, first.content);
    let error = notebook
        .restore::<Plan>(first.id, None, at(7))
        .expect_err("not deleted");
    insta::assert_snapshot!(error, @"the scenario `Loire, first` is not in the trash; there is nothing to restore");
}

#[test]
fn a_number_without_an_entry_is_missing() {
    let id = EntryId::parse("41").expect("a number");
    let error = notebook().get::<Plan>(id).expect_err("missing");
    insta::assert_snapshot!(error, @"there is no scenario with number 41; the list has all of them");
}

/// A further kind of entry, as the head of the room describes it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Decision {
    decided: bool,
}

impl Content for Decision {
    const KIND: &'static str = "decision";
}

#[test]
fn kinds_share_the_file_and_not_their_names() {
    let notebook = notebook();
    let scenario = notebook.save(&named("Loire", ""), None, at(1)).expect("saved");
    let decision = NewEntry {
        name: "Loire".into(),
        note: String::new(),
        content: Decision { decided: true },
    };
    let decision = notebook.save(&decision, None, at(2)).expect("saved");
    assert_ne!(scenario.id, decision.id);
    assert!(notebook.get::<Plan>(decision.id).is_err());
    assert!(notebook.delete::<Plan>(decision.id, at(3)).is_err());
    assert_eq!(notebook.get::<Decision>(decision.id).expect("there"), decision);
    assert_eq!(names(&notebook), ["Loire"]);
}

#[test]
fn the_first_entry_makes_the_file_for_its_owner_only() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("lake-notebook.sqlite");
    let notebook = Notebook::open(&path).expect("a notebook");
    assert_eq!(names(&notebook), [""; 0]);
    assert!(notebook.trash::<Plan>().expect("trash").entries.is_empty());
    assert!(!path.exists(), "reading makes no file");
    let touched = folder.path().join("touched.sqlite");
    std::fs::write(&touched, "").expect("writable");
    assert_eq!(
        names(&Notebook::open(&touched).expect("an empty file is an empty notebook")),
        [""; 0]
    );
    std::fs::remove_file(&touched).expect("removed");
    notebook.save(&named("Loire", ""), None, at(1)).expect("saved");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(&path).expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let files = std::fs::read_dir(folder.path()).expect("a folder").count();
    assert_eq!(files, 1, "one file that can be copied");
    assert_eq!(names(&Notebook::open(&path).expect("a notebook")), ["Loire"]);
}

#[test]
fn a_file_that_was_moved_away_is_seen_as_gone() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("notebook.sqlite");
    let notebook = Notebook::open(&path).expect("a notebook");
    notebook.save(&named("Loire", ""), None, at(1)).expect("saved");
    std::fs::rename(&path, folder.path().join("backup.sqlite")).expect("moved");
    assert_eq!(names(&notebook), [""; 0]);
    notebook.save(&named("Anjou", ""), None, at(2)).expect("saved");
    std::fs::rename(folder.path().join("backup.sqlite"), &path).expect("moved");
    assert_eq!(names(&notebook), ["Loire"]);
}

fn refused(path: &Path) -> String {
    let error = Notebook::open(path).expect_err("refused").to_string();
    error.replace(&path.parent().expect("a folder").display().to_string(), "FOLDER")
}

#[test]
fn files_that_are_no_notebook_are_refused_and_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = folder.path().join("text.sqlite");
    let words = "order_id;customer_id\n".repeat(100);
    std::fs::write(&text, &words).expect("writable");
    insta::assert_snapshot!(refused(&text), @"`FOLDER/text.sqlite` is not a notebook of this program; move it away, or give another path as `notebook` in the configuration");
    assert_eq!(std::fs::read_to_string(&text).expect("text"), words);

    let theirs = folder.path().join("theirs.sqlite");
    let connection = Connection::open(&theirs).expect("a database");
    connection.execute_batch("create table places (a)").expect("creates");
    assert!(refused(&theirs).contains("is not a notebook of this program"));

    let newer = folder.path().join("newer.sqlite");
    let notebook = Notebook::open(&newer).expect("a notebook");
    notebook.save(&named("Loire", ""), None, at(1)).expect("saved");
    let connection = Connection::open(&newer).expect("a database");
    connection.execute_batch("pragma user_version = 99").expect("sets");
    insta::assert_snapshot!(refused(&newer), @"the notebook `FOLDER/newer.sqlite` was written by a newer program (its schema is 99, this program knows 1); start the newer program");
    let error = notebook.save(&named("Anjou", ""), None, at(2)).expect_err("newer");
    assert!(
        matches!(error, NotebookError::Newer { found: 99, .. }),
        "a running program sees it, too: {error}"
    );

    insta::assert_snapshot!(refused(&folder.path().join("none/notebook.sqlite")), @"the notebook `FOLDER/notebook.sqlite` cannot be opened; its folder must exist, and this user must be allowed to write there");
    let is_folder = folder.path().join("folder.sqlite");
    std::fs::create_dir(&is_folder).expect("a folder");
    assert!(refused(&is_folder).contains("cannot be opened"));
}

#[test]
fn a_damaged_file_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("notebook.sqlite");
    let notebook = Notebook::open(&path).expect("a notebook");
    notebook.save(&named("Loire", ""), None, at(1)).expect("saved");
    let mut bytes = std::fs::read(&path).expect("a file");
    bytes[4096..].fill(0x5a);
    std::fs::write(&path, bytes).expect("writable");
    let error = notebook.list::<Plan>().expect_err("damaged");
    assert!(matches!(error, NotebookError::Damaged { .. }), "{error:?}");
}

#[test]
fn a_locked_file_is_waited_for_and_then_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("notebook.sqlite");
    let notebook = Notebook::open(&path).expect("a notebook");
    notebook.save(&named("Loire", ""), None, at(1)).expect("saved");
    let other = Connection::open(&path).expect("a database");
    other.execute_batch("begin exclusive").expect("locks");
    let impatient = notebook.clone().with_patience(Duration::from_millis(50));
    let error = impatient.save(&named("Anjou", ""), None, at(2)).expect_err("locked");
    let error = error
        .to_string()
        .replace(&folder.path().display().to_string(), "FOLDER");
    insta::assert_snapshot!(error, @"another program has held the notebook `FOLDER/notebook.sqlite` for 0.05 seconds: nothing was saved; try again, or close that program");
    assert!(matches!(impatient.list::<Plan>(), Err(NotebookError::Busy { .. })));
    other.execute_batch("commit").expect("unlocks");
    assert_eq!(names(&impatient), ["Loire"]);
}

#[test]
fn a_read_only_file_can_be_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("notebook.sqlite");
    let notebook = Notebook::open(&path).expect("a notebook");
    notebook.save(&named("Loire", ""), None, at(1)).expect("saved");
    let mut permissions = std::fs::metadata(&path).expect("a file").permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(&path, permissions).expect("set");
    if std::fs::OpenOptions::new().write(true).open(&path).is_ok() {
        // The superuser may write everything.
        return;
    }
    assert_eq!(names(&notebook), ["Loire"]);
    let error = notebook.save(&named("Anjou", ""), None, at(2)).expect_err("read-only");
    assert!(matches!(error, NotebookError::ReadOnly { .. }), "{error:?}");
}

#[test]
fn a_folder_that_may_not_be_written_can_be_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let inner = folder.path().join("inner");
    std::fs::create_dir(&inner).expect("a folder");
    let notebook = Notebook::open(&inner.join("notebook.sqlite")).expect("a notebook");
    notebook.save(&named("Loire", ""), None, at(1)).expect("saved");
    let usual = std::fs::metadata(&inner).expect("a folder").permissions();
    let mut permissions = usual.clone();
    permissions.set_readonly(true);
    std::fs::set_permissions(&inner, permissions).expect("set");
    if std::fs::write(inner.join("probe"), "").is_err() {
        assert_eq!(names(&notebook), ["Loire"]);
        let error = notebook.save(&named("Anjou", ""), None, at(2)).expect_err("read-only");
        let expected = matches!(error, NotebookError::ReadOnly { .. } | NotebookError::CannotOpen { .. });
        assert!(expected, "{error:?}");
        let fresh = Notebook::open(&inner.join("fresh.sqlite")).expect("no file yet");
        let error = fresh.save(&named("Anjou", ""), None, at(3)).expect_err("read-only");
        assert!(matches!(error, NotebookError::CannotOpen { .. }), "{error:?}");
    }
    std::fs::set_permissions(&inner, usual).expect("set back");
}

#[test]
fn an_edited_entry_does_not_hide_the_others() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("notebook.sqlite");
    let notebook = Notebook::open(&path).expect("a notebook");
    let broken = notebook.save(&named("Loire", "close:S1"), None, at(1)).expect("saved");
    notebook.save(&named("Anjou", "close:S1"), None, at(2)).expect("saved");
    let edit = r#"update entries set content = '{"changes":[{"kind":"explode"}]}' where name = 'Loire'"#;
    let connection = Connection::open(&path).expect("a database");
    connection.execute_batch(edit).expect("edited");
    let listed = notebook.list::<Plan>().expect("a list");
    assert_eq!(listed.entries.len(), 1);
    assert_eq!(listed.unreadable[0].id, broken.id);
    assert!(listed.unreadable[0].reason.contains("explode"));
    let error = notebook.get::<Plan>(broken.id).expect_err("unreadable");
    insta::assert_snapshot!(error, @"the scenario `Loire` cannot be read by this program, the log says why; delete it, or save it anew");
    notebook.delete::<Plan>(broken.id, at(3)).expect("deleted");
    assert!(notebook.list::<Plan>().expect("a list").unreadable.is_empty());
    // What is no JSON at all, the file refuses.
    assert!(connection.execute_batch("update entries set content = 'x'").is_err());
}

#[test]
fn scenarios_are_rows_for_sql() {
    let notebook = notebook();
    let mut new = named("Loire", "close:S1\nresize:S2:1800\nmargin=51.8\nweb=1.1");
    new.note = "why".into();
    notebook.save(&new, Some(3), at(1)).expect("saved");
    notebook.save(&named("Anjou", ""), None, at(2)).expect("saved");
    let scenarios: Vec<Scenario> = notebook.list().expect("a list").entries;
    let batch = scenarios_batch(&scenarios).expect("rows");
    assert_eq!(batch.schema(), schema());
    let rows = arrow::util::pretty::pretty_format_batches(&[batch]).expect("printable");
    insta::assert_snapshot!(rows, @r"
    +-------------+-------+------+---------+----------------+------------------+--------------+-----------------------------+-----------------------------+
    | scenario_id | name  | note | changes | changes_text   | assumptions_text | lake_version | created_at                  | updated_at                  |
    +-------------+-------+------+---------+----------------+------------------+--------------+-----------------------------+-----------------------------+
    | 2           | Anjou |      | 0       |                |                  |              | 2026-01-01T00:00:00.000002Z | 2026-01-01T00:00:00.000002Z |
    | 1           | Loire | why  | 2       | close:S1       | margin=51.8      | 3            | 2026-01-01T00:00:00.000001Z | 2026-01-01T00:00:00.000001Z |
    |             |       |      |         | resize:S2:1800 | web=1.1          |              |                             |                             |
    +-------------+-------+------+---------+----------------+------------------+--------------+-----------------------------+-----------------------------+
    ");
    assert_eq!(scenarios_batch(&[]).expect("no rows").num_rows(), 0);
}
