//! For whom a session is opened, and so what it holds.
//!
//! What somebody may not see is not there: a personal table is no table of the analyst's session, so that no statement, catalogue,
//! `information_schema`, completion or error text can tell of it.

use super::contract::{Column, Table};

/// Columns by which rejected rows are known.
const REJECTS: [&str; 4] = ["line", "column", "reason", "row"];

/// Somebody who reads the lake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reader {
    who: &'static str,
    personal: bool,
    min_group_size: u32,
    stores: Scope,
    regions: Scope,
}

/// Which stores or regions somebody sees. There is no narrower one yet: whoever makes it makes sessions keep it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope(());

impl Scope {
    /// All of them.
    #[must_use]
    pub fn all() -> Scope {
        Scope(())
    }
}

impl Reader {
    /// Whoever looks at pages or writes SQL: everything but personal data.
    #[must_use]
    pub fn analyst(min_group_size: u32) -> Reader {
        Reader {
            who: "analyst",
            personal: false,
            min_group_size,
            stores: Scope::all(),
            regions: Scope::all(),
        }
    }

    /// Whoever looks after personal data, in a session of their own.
    #[must_use]
    pub fn steward(min_group_size: u32) -> Reader {
        Reader {
            who: "steward",
            personal: true,
            ..Reader::analyst(min_group_size)
        }
    }

    /// The program itself: imports, builds and checks, which show nobody a row.
    #[must_use]
    pub fn program() -> Reader {
        Reader {
            who: "program",
            personal: true,
            ..Reader::analyst(1)
        }
    }

    /// Whether personal tables and columns exist for them.
    #[must_use]
    pub fn sees_personal(&self) -> bool {
        self.personal
    }

    /// Groups of fewer customers carry no figure for them.
    #[must_use]
    pub fn min_group_size(&self) -> u32 {
        self.min_group_size
    }

    /// The stores that they see.
    #[must_use]
    pub fn stores(&self) -> &Scope {
        &self.stores
    }

    /// The regions that they see.
    #[must_use]
    pub fn regions(&self) -> &Scope {
        &self.regions
    }

    /// Whether a table exists for them.
    #[must_use]
    pub fn sees(&self, table: &Table) -> bool {
        self.personal || !table.personal
    }

    /// The columns of a table that exist for them, in stored order; none of a table that does not.
    #[must_use]
    pub fn columns(&self, table: &'static Table) -> Vec<&'static Column> {
        let columns = table.columns.iter().filter(|_| self.sees(table));
        columns.filter(|column| self.personal || !column.personal).collect()
    }

    /// Whether a folder of the user's own, attached as a table of these columns, exists for them. Rejected rows hold what a source wrote
    /// and may be personal, wherever they were copied to.
    #[must_use]
    pub fn sees_attached(&self, columns: &[&str]) -> bool {
        self.personal || !REJECTS.iter().all(|name| columns.contains(name))
    }

    /// One text for readers who see the same: part of the key of whatever is kept of an answer.
    #[must_use]
    pub fn key(&self) -> String {
        format!("{} {}", self.who, self.min_group_size)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract;

    #[test]
    fn personal_tables_and_rejected_rows_exist_for_the_steward_alone() {
        let (analyst, steward) = (Reader::analyst(11), Reader::steward(11));
        for table in contract::tables() {
            assert_eq!(analyst.sees(table), !table.personal, "{}", table.name);
            assert!(steward.sees(table) && Reader::program().sees(table));
            assert_eq!(analyst.columns(table).is_empty(), table.personal, "{}", table.name);
        }
        let rejects = ["file", "line", "table", "column", "class", "reason", "row"];
        assert!(!analyst.sees_attached(&rejects) && steward.sees_attached(&rejects));
        assert!(analyst.sees_attached(&["store_id", "net_revenue"]));
    }

    #[test]
    fn readers_who_see_other_things_have_other_keys() {
        let readers = [
            Reader::analyst(11),
            Reader::analyst(20),
            Reader::steward(11),
            Reader::program(),
        ];
        let keys: std::collections::BTreeSet<String> = readers.iter().map(Reader::key).collect();
        assert_eq!(keys.len(), readers.len());
    }
}
