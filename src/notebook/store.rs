//! What can be done with entries, whatever their kind.

use chrono::{DateTime, SecondsFormat, SubsecRound, Utc};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::file::Stop;
use super::plain::{self, LONGEST_NAME};
use super::{Content, Entry, EntryId, Listed, NewEntry, Notebook, NotebookError, Unreadable};

const COLUMNS: &str = "id, name, note, content, lake_version, revision, created_at, updated_at, deleted_at";

impl Notebook {
    /// Writes a new entry. `lake_version` is the one whose figures its author saw, `now` the time.
    ///
    /// # Errors
    /// [`NotebookError::NameTaken`] with the entry that has the name, which [`Notebook::replace`] would replace;
    /// [`NotebookError::Name`], [`NotebookError::Note`]; errors of the file.
    pub fn save<C: Content>(
        &self,
        new: &NewEntry<C>,
        lake_version: Option<u64>,
        now: DateTime<Utc>,
    ) -> Result<Entry<C>, NotebookError> {
        let written = Written::of(new)?;
        self.write("saving an entry", |connection| {
            free::<C>(connection, &written.name, None)?;
            let id = insert::<C>(connection, &written, lake_version.map(number), now)?;
            standing::<C>(connection, id)?.entry()
        })
    }

    /// Writes another version of an entry over it, made from its revision `expected`; the name may change, too.
    ///
    /// # Errors
    /// [`NotebookError::Changed`] when the entry has another revision by now; as [`Notebook::save`] and [`Notebook::get`].
    pub fn replace<C: Content>(
        &self,
        id: EntryId,
        expected: i64,
        new: &NewEntry<C>,
        lake_version: Option<u64>,
        now: DateTime<Utc>,
    ) -> Result<Entry<C>, NotebookError> {
        let written = Written::of(new)?;
        self.write("replacing an entry", |connection| {
            let found = standing::<C>(connection, id)?;
            if found.revision != expected {
                return Err(Stop::Refused(NotebookError::Changed {
                    kind: C::KIND,
                    name: found.name,
                    expected,
                    found: found.revision,
                }));
            }
            free::<C>(connection, &written.name, Some(id))?;
            connection.execute(
                "update entries set name = ?2, name_key = ?3, note = ?4, content = ?5, lake_version = ?6, updated_at = ?7, \
                 revision = revision + 1 where id = ?1",
                params![
                    id.0,
                    written.name,
                    plain::key(&written.name),
                    written.note,
                    written.content,
                    lake_version.map(number),
                    instant(now)
                ],
            )?;
            standing::<C>(connection, id)?.entry()
        })
    }

    /// All entries of a kind that are not in the trash, the last changed first.
    ///
    /// # Errors
    /// Errors of the file.
    pub fn list<C: Content>(&self) -> Result<Listed<C>, NotebookError> {
        self.listed("deleted_at is null order by updated_at desc, id desc")
    }

    /// The entries of a kind in the trash, the last deleted first.
    ///
    /// # Errors
    /// Errors of the file.
    pub fn trash<C: Content>(&self) -> Result<Listed<C>, NotebookError> {
        self.listed("deleted_at is not null order by deleted_at desc, id desc")
    }

    /// One entry.
    ///
    /// # Errors
    /// [`NotebookError::Missing`] when there is none, [`NotebookError::Deleted`] when it is in the trash,
    /// [`NotebookError::Unreadable`] when the file was edited; errors of the file.
    pub fn get<C: Content>(&self, id: EntryId) -> Result<Entry<C>, NotebookError> {
        let read = self.read("reading an entry", |connection| standing::<C>(connection, id)?.entry())?;
        read.ok_or(NotebookError::Missing { kind: C::KIND, id })
    }

    /// The entry with a name, case and spaces aside; none when no entry has it.
    ///
    /// # Errors
    /// [`NotebookError::Unreadable`] when the file was edited; errors of the file.
    pub fn named<C: Content>(&self, name: &str) -> Result<Option<Entry<C>>, NotebookError> {
        let read = self.read("finding an entry", |connection| {
            holder::<C>(connection, name)?.map(Stored::entry).transpose()
        })?;
        Ok(read.flatten())
    }

    /// Gives an entry another name; the number stays.
    ///
    /// # Errors
    /// [`NotebookError::Name`], [`NotebookError::NameTaken`]; as [`Notebook::get`].
    pub fn rename<C: Content>(&self, id: EntryId, name: &str, now: DateTime<Utc>) -> Result<Entry<C>, NotebookError> {
        let name = name_of::<C>(name)?;
        self.write("renaming an entry", |connection| {
            standing::<C>(connection, id)?;
            free::<C>(connection, name, Some(id))?;
            connection.execute(
                "update entries set name = ?2, name_key = ?3, updated_at = ?4, revision = revision + 1 where id = ?1",
                params![id.0, name, plain::key(name), instant(now)],
            )?;
            standing::<C>(connection, id)?.entry()
        })
    }

    /// A copy of an entry under the same name with the next free number behind it: `Loire (2)`.
    ///
    /// # Errors
    /// As [`Notebook::get`].
    pub fn duplicate<C: Content>(&self, id: EntryId, now: DateTime<Utc>) -> Result<Entry<C>, NotebookError> {
        self.write("copying an entry", |connection| {
            let found = standing::<C>(connection, id)?;
            let copy = Written {
                name: free_name::<C>(connection, &found.name)?,
                note: found.note,
                content: found.content,
            };
            let copy = insert::<C>(connection, &copy, found.lake_version, now)?;
            standing::<C>(connection, copy)?.entry()
        })
    }

    /// Puts an entry into the trash, from which [`Notebook::restore`] takes it; its name is free at once.
    ///
    /// # Errors
    /// [`NotebookError::Missing`], [`NotebookError::Deleted`]; errors of the file. An unreadable entry can be deleted.
    pub fn delete<C: Content>(&self, id: EntryId, now: DateTime<Utc>) -> Result<(), NotebookError> {
        self.write("deleting an entry", |connection| {
            standing::<C>(connection, id)?;
            connection.execute(
                "update entries set deleted_at = ?2, revision = revision + 1 where id = ?1",
                params![id.0, instant(now)],
            )?;
            Ok(())
        })
    }

    /// Takes an entry out of the trash, under its own name or, when that was given away, under another.
    ///
    /// # Errors
    /// [`NotebookError::NameTaken`]; [`NotebookError::NotDeleted`] when it is not in the trash; as [`Notebook::get`].
    pub fn restore<C: Content>(
        &self,
        id: EntryId,
        name: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<Entry<C>, NotebookError> {
        let name = name.map(name_of::<C>).transpose()?;
        self.write("restoring an entry", |connection| {
            let found = stored::<C>(connection, id)?;
            if found.deleted_at.is_none() {
                return Err(Stop::Refused(NotebookError::NotDeleted {
                    kind: C::KIND,
                    name: found.name,
                }));
            }
            let name = name.unwrap_or(&found.name);
            free::<C>(connection, name, Some(id))?;
            connection.execute(
                "update entries set name = ?2, name_key = ?3, deleted_at = null, updated_at = ?4, revision = revision + 1 \
                 where id = ?1",
                params![id.0, name, plain::key(name), instant(now)],
            )?;
            standing::<C>(connection, id)?.entry()
        })
    }

    fn listed<C: Content>(&self, which: &str) -> Result<Listed<C>, NotebookError> {
        let listed = self.read("listing entries", |connection| {
            let mut statement =
                connection.prepare(&format!("select {COLUMNS} from entries where kind = ?1 and {which}"))?;
            let mut listed = Listed::default();
            for stored in statement.query_map([C::KIND], Stored::from_row)? {
                match stored?.readable() {
                    Ok(entry) => listed.entries.push(entry),
                    Err(unreadable) => listed.unreadable.push(unreadable),
                }
            }
            Ok(listed)
        })?;
        Ok(listed.unwrap_or_default())
    }
}

/// A new entry as it goes into the file.
struct Written {
    name: String,
    note: String,
    content: String,
}

impl Written {
    fn of<C: Content>(new: &NewEntry<C>) -> Result<Written, NotebookError> {
        let name = name_of::<C>(&new.name)?.to_owned();
        let note = plain::note(&new.note).map_err(|fault| NotebookError::Note {
            kind: C::KIND,
            name: name.clone(),
            fault,
        })?;
        match serde_json::to_string(&new.content) {
            Ok(content) => Ok(Written { name, note, content }),
            Err(source) => Err(NotebookError::Unwritable {
                kind: C::KIND,
                name,
                source,
            }),
        }
    }
}

fn name_of<C: Content>(name: &str) -> Result<&str, NotebookError> {
    plain::name(name).map_err(|fault| NotebookError::Name {
        kind: C::KIND,
        name: plain::shown(name),
        fault,
    })
}

/// An entry as it stands in the file.
struct Stored {
    id: EntryId,
    name: String,
    note: String,
    content: String,
    lake_version: Option<i64>,
    revision: i64,
    created_at: String,
    updated_at: String,
    deleted_at: Option<String>,
}

impl Stored {
    fn from_row(row: &Row<'_>) -> rusqlite::Result<Stored> {
        Ok(Stored {
            id: EntryId(row.get(0)?),
            name: row.get(1)?,
            note: row.get(2)?,
            content: row.get(3)?,
            lake_version: row.get(4)?,
            revision: row.get(5)?,
            created_at: row.get(6)?,
            updated_at: row.get(7)?,
            deleted_at: row.get(8)?,
        })
    }

    fn readable<C: Content>(self) -> Result<Entry<C>, Unreadable> {
        let reason = match self.parsed() {
            Ok((content, lake_version, [created_at, updated_at], deleted_at)) => {
                return Ok(Entry {
                    id: self.id,
                    name: self.name,
                    note: self.note,
                    content,
                    lake_version,
                    revision: self.revision,
                    created_at,
                    updated_at,
                    deleted_at,
                });
            }
            Err(error) => error.to_string(),
        };
        Err(Unreadable {
            id: self.id,
            name: self.name,
            reason,
        })
    }

    #[expect(clippy::type_complexity, reason = "the parts of one entry, used once")]
    fn parsed<C: Content>(
        &self,
    ) -> Result<(C, Option<u64>, [DateTime<Utc>; 2], Option<DateTime<Utc>>), Box<dyn std::error::Error>> {
        Ok((
            serde_json::from_str(&self.content)?,
            self.lake_version.map(u64::try_from).transpose()?,
            [read_instant(&self.created_at)?, read_instant(&self.updated_at)?],
            self.deleted_at.as_deref().map(read_instant).transpose()?,
        ))
    }

    fn entry<C: Content>(self) -> Result<Entry<C>, Stop> {
        self.readable().map_err(|unreadable| {
            Stop::Refused(NotebookError::Unreadable {
                kind: C::KIND,
                name: unreadable.name,
                reason: unreadable.reason,
            })
        })
    }
}

/// The entry, in the trash or not.
fn stored<C: Content>(connection: &Connection, id: EntryId) -> Result<Stored, Stop> {
    let found = connection
        .query_row(
            &format!("select {COLUMNS} from entries where kind = ?1 and id = ?2"),
            params![C::KIND, id.0],
            Stored::from_row,
        )
        .optional()?;
    found.ok_or(Stop::Refused(NotebookError::Missing { kind: C::KIND, id }))
}

/// The entry, when it is not in the trash.
fn standing<C: Content>(connection: &Connection, id: EntryId) -> Result<Stored, Stop> {
    let found = stored::<C>(connection, id)?;
    if found.deleted_at.is_some() {
        return Err(Stop::Refused(NotebookError::Deleted {
            kind: C::KIND,
            name: found.name,
        }));
    }
    Ok(found)
}

/// The entry that has a name.
fn holder<C: Content>(connection: &Connection, name: &str) -> Result<Option<Stored>, Stop> {
    let found = connection.query_row(
        &format!("select {COLUMNS} from entries where kind = ?1 and name_key = ?2 and deleted_at is null"),
        params![C::KIND, plain::key(name)],
        Stored::from_row,
    );
    Ok(found.optional()?)
}

/// Refuses a name that another entry than `but` has.
fn free<C: Content>(connection: &Connection, name: &str, but: Option<EntryId>) -> Result<(), Stop> {
    match holder::<C>(connection, name)? {
        Some(found) if Some(found.id) != but => Err(Stop::Refused(NotebookError::NameTaken {
            kind: C::KIND,
            name: found.name,
            id: found.id,
            revision: found.revision,
        })),
        _ => Ok(()),
    }
}

/// `Loire (2)` for `Loire`, `Loire (3)` when that is taken, too; cut so that it stays a name.
fn free_name<C: Content>(connection: &Connection, name: &str) -> Result<String, Stop> {
    let numbered = name.strip_suffix(')').and_then(|name| name.rsplit_once(" ("));
    let stem = match numbered {
        Some((stem, digits)) if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) => stem,
        _ => name,
    };
    let mut count = 2_u64;
    loop {
        let ending = format!(" ({count})");
        let kept: String = stem.chars().take(LONGEST_NAME - ending.len()).collect();
        let name = kept + &ending;
        if holder::<C>(connection, &name)?.is_none() {
            return Ok(name);
        }
        count += 1;
    }
}

fn insert<C: Content>(
    connection: &Connection,
    written: &Written,
    lake_version: Option<i64>,
    now: DateTime<Utc>,
) -> Result<EntryId, Stop> {
    let mut statement = connection.prepare(
        "insert into entries (kind, name, name_key, note, content, lake_version, revision, created_at, updated_at) \
         values (?1, ?2, ?3, ?4, ?5, ?6, 1, ?7, ?7)",
    )?;
    let id = statement.insert(params![
        C::KIND,
        written.name,
        plain::key(&written.name),
        written.note,
        written.content,
        lake_version,
        instant(now)
    ])?;
    Ok(EntryId(id))
}

/// Lake versions are counted from 1: no lake reaches the last of SQLite's integers.
fn number(lake_version: u64) -> i64 {
    i64::try_from(lake_version).unwrap_or(i64::MAX)
}

/// Always 27 characters, so that texts sort as instants do.
fn instant(at: DateTime<Utc>) -> String {
    at.trunc_subsecs(6).to_rfc3339_opts(SecondsFormat::Micros, true)
}

fn read_instant(text: &str) -> chrono::ParseResult<DateTime<Utc>> {
    Ok(DateTime::parse_from_rfc3339(text)?.to_utc())
}
