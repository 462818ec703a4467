//! What a step keeps others from while it runs.

use rex_sql::Dialect;

use super::Object;
use crate::database::Database;
use crate::dialect::target;

/// What others cannot do meanwhile, the least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lock {
    /// Change the table, or clean it up; reading and writing goes on.
    Changes,
    /// Write the rows that it writes.
    Rows,
    /// Write.
    Writes,
    /// Read or write.
    All,
}

/// A table that is locked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Locked {
    /// Which.
    pub table: Object,
    /// For what.
    pub lock: Lock,
}

impl Locked {
    pub(crate) fn new(table: Object, lock: Lock) -> Locked {
        Locked { table, lock }
    }
}

/// What statements that are run one after the other lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Locks {
    /// Tables, each once.
    Tables {
        /// Which, by name.
        tables: Vec<Locked>,
        /// Whether there are statements of which it cannot be told what they lock.
        unknown: bool,
    },
    /// The whole database: nobody else writes.
    Writers,
}

/// What statements lock. `known` is what is known of the database: tables that it does not name are
/// new, and nobody else's yet.
pub fn locks<'s>(
    dialect: Dialect,
    statements: impl IntoIterator<Item = &'s str>,
    before: &Database,
    after: &Database,
) -> Locks {
    let Some(locks) = target(dialect).locks else { return Locks::Writers };
    let (mut tables, mut unknown): (Vec<Locked>, bool) = (Vec::new(), false);
    for statement in statements {
        let Some(found) = locks(statement, &[before, after]) else {
            unknown = true;
            continue;
        };
        for locked in found {
            match tables.iter_mut().find(|known| known.table == locked.table) {
                Some(known) => known.lock = known.lock.max(locked.lock),
                None => tables.push(locked),
            }
        }
    }
    let is_in = |database: &Database, table: &Object| {
        let id = (table.schema.as_deref(), table.name.as_str());
        database.tables.iter().any(|one| one.id() == id)
            || database.views.iter().any(|view| (view.schema.as_deref(), view.name.as_str()) == id)
    };
    // What is new is nobody else's yet.
    tables.retain(|locked| is_in(before, &locked.table) || !is_in(after, &locked.table));
    tables.sort_by(|one, other| {
        (&one.table.schema, &one.table.name).cmp(&(&other.table.schema, &other.table.name))
    });
    Locks::Tables { tables, unknown }
}
