//! The notebook's tables, as a list of migrations: the number of those done is the file's `user_version`.

use rusqlite::{Connection, Result};

/// Says in the file's header whose file it is: "CHAL".
pub(super) const APPLICATION: i32 = 0x4348_414c;

/// What made the tables, oldest first. A migration that was released is never changed: add one behind it.
pub(super) const MIGRATIONS: &[&str] = &["
    create table entries (
        id integer primary key autoincrement,
        kind text not null check (kind <> ''),
        name text not null check (name <> ''),
        name_key text not null check (name_key <> ''),
        note text not null,
        content text not null check (json_valid(content)),
        lake_version integer,
        revision integer not null check (revision > 0),
        created_at text not null,
        updated_at text not null,
        deleted_at text
    ) strict;
    create unique index entries_name on entries (kind, name_key) where deleted_at is null;
"];

/// Newest schema version that this program knows.
pub(super) fn known() -> i32 {
    i32::try_from(MIGRATIONS.len()).unwrap_or(i32::MAX)
}

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Empty, as a file is before its first entry.
    Fresh,
    /// A notebook of the schema that this program knows.
    Ready,
    /// A notebook of an older schema.
    Older,
    /// A notebook of a newer schema, with its version.
    Newer(i32),
    /// Someone else's database.
    Foreign,
}

/// Reads the state; must run in a transaction, else another process may migrate between its reads.
pub(super) fn state(connection: &Connection) -> Result<State> {
    let (application, version) = header(connection)?;
    let known = known();
    Ok(match (application, version) {
        (APPLICATION, version) if version == known => State::Ready,
        (APPLICATION, version) if version > known => State::Newer(version),
        (APPLICATION, 1..) => State::Older,
        (0, 0) if is_empty(connection)? => State::Fresh,
        _ => State::Foreign,
    })
}

/// Does the migrations that the file lacks; must run in a transaction for writing.
pub(super) fn migrate(connection: &Connection, migrations: &[&str]) -> Result<()> {
    let (_, done) = header(connection)?;
    let missing = migrations.iter().skip(usize::try_from(done).unwrap_or(0));
    for migration in missing {
        connection.execute_batch(migration)?;
    }
    connection.pragma_update(None, "application_id", APPLICATION)?;
    connection.pragma_update(
        None,
        "user_version",
        i32::try_from(migrations.len()).unwrap_or(i32::MAX),
    )
}

fn header(connection: &Connection) -> Result<(i32, i32)> {
    let read = |name| connection.pragma_query_value(None, name, |row| row.get(0));
    Ok((read("application_id")?, read("user_version")?))
}

fn is_empty(connection: &Connection) -> Result<bool> {
    connection.query_row("select not exists (select 1 from sqlite_schema)", [], |row| row.get(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_file_gets_every_migration_and_an_old_one_the_rest() {
        let connection = Connection::open_in_memory().expect("memory");
        assert_eq!(state(&connection), Ok(State::Fresh));
        migrate(&connection, MIGRATIONS).expect("migrates");
        assert_eq!(state(&connection), Ok(State::Ready));

        connection
            .execute_batch("insert into entries values (7, 'k', 'n', 'n', '', '{}', null, 1, 'a', 'b', null)")
            .expect("inserts");
        let later = [MIGRATIONS, &["alter table entries add column author text"]].concat();
        migrate(&connection, &later).expect("migrates");
        assert_eq!(state(&connection), Ok(State::Newer(known() + 1)));
        let kept: i64 = connection
            .query_row("select id from entries where author is null", [], |row| row.get(0))
            .expect("the row stays");
        assert_eq!(kept, 7);
    }

    #[test]
    fn a_database_of_another_program_is_foreign() {
        let connection = Connection::open_in_memory().expect("memory");
        connection.execute_batch("create table theirs (a)").expect("creates");
        assert_eq!(state(&connection), Ok(State::Foreign));
        let connection = Connection::open_in_memory().expect("memory");
        connection.execute_batch("pragma user_version = 1").expect("sets");
        assert_eq!(state(&connection), Ok(State::Foreign));
    }
}
