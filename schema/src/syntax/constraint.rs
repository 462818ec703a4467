//! What follows the name of a constraint.

use super::cursor::Cursor;
use crate::database::Action;

/// A constraint of a table.
#[derive(Debug, PartialEq)]
pub(crate) enum Clause {
    /// `PRIMARY KEY (a, b)`
    PrimaryKey(Vec<String>),
    /// `UNIQUE (a, b)`
    Unique { columns: Vec<String>, nulls_not_distinct: bool },
    /// `FOREIGN KEY (a) REFERENCES …`
    ForeignKey { columns: Vec<String>, reference: Reference },
    /// `CHECK (…)`
    Check(String),
}

/// `REFERENCES t (a) ON DELETE CASCADE …`
#[derive(Debug, PartialEq)]
pub(crate) struct Reference {
    /// The table, with its schema before it if it has one.
    pub(crate) target: Vec<String>,
    /// Empty where it is the primary key.
    pub(crate) columns: Vec<String>,
    pub(crate) on_delete: Action,
    pub(crate) on_key_change: Action,
    pub(crate) deferrable: bool,
}

/// Reads a constraint; none where it says what Rex has no word for.
pub(crate) fn clause(cursor: &mut Cursor<'_>) -> Option<Clause> {
    if cursor.words("primary key") {
        return Some(Clause::PrimaryKey(cursor.names()?));
    }
    if cursor.words("unique") {
        let nulls_not_distinct = cursor.words("nulls not distinct");
        return Some(Clause::Unique { columns: cursor.names()?, nulls_not_distinct });
    }
    if cursor.words("check") {
        return Some(Clause::Check(cursor.parenthesised()?.to_owned()));
    }
    if cursor.words("foreign key") {
        let columns = cursor.names()?;
        return Some(Clause::ForeignKey { columns, reference: reference(cursor)? });
    }
    None
}

/// Reads from `REFERENCES` on.
pub(crate) fn reference(cursor: &mut Cursor<'_>) -> Option<Reference> {
    if !cursor.words("references") {
        return None;
    }
    let target = cursor.path()?;
    let columns = if cursor.is_symbol("(") { cursor.names()? } else { Vec::new() };
    let no = Action::NoAction;
    let mut reference = Reference { target, columns, on_delete: no, on_key_change: no, deferrable: false };
    loop {
        if cursor.words("on delete") {
            reference.on_delete = action(cursor)?;
        } else if cursor.words("on update") {
            reference.on_key_change = action(cursor)?;
        } else if cursor.words("deferrable initially deferred") {
            reference.deferrable = true;
        } else if !cursor.words("match simple") && !cursor.words("not deferrable") {
            return Some(reference);
        }
    }
}

fn action(cursor: &mut Cursor<'_>) -> Option<Action> {
    let actions = [
        ("cascade", Action::Cascade),
        ("restrict", Action::Restrict),
        ("set null", Action::SetNull),
        ("set default", Action::SetDefault),
        ("no action", Action::NoAction),
    ];
    actions.into_iter().find(|(words, _)| cursor.words(words)).map(|(_, action)| action)
}
