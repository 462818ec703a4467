//! The words for a constraint that refused, the same for every database.

use crate::error::{Error, Kind};
use crate::meta::TableMeta;

/// Another row has the value.
pub(crate) fn unique(name: &str) -> Error {
    let message = format!("another row has this value already (unique `{name}`)");
    Error::new(Kind::Unique, message).with_constraint(name.to_owned())
}

/// A check is not met.
pub(crate) fn check(name: &str) -> Error {
    let message = format!("the row breaks a rule of its table (check `{name}`)");
    Error::new(Kind::Check, message).with_constraint(name.to_owned())
}

/// A required column got no value.
pub(crate) fn not_null(column: &str) -> Error {
    Error::new(Kind::NotNull, format!("`{column}` is required")).with_column(column.to_owned())
}

/// A foreign key of the table leads nowhere.
pub(crate) fn missing(name: &str, target: &str) -> Error {
    let message = format!("it refers to a row of `{target}` that does not exist (foreign key `{name}`)");
    Error::new(Kind::ForeignKey, message).with_constraint(name.to_owned())
}

/// A foreign key of another table leads here.
pub(crate) fn referred(name: &str, source: &str) -> Error {
    let message = format!("rows of `{source}` still refer to it (foreign key `{name}`)");
    Error::new(Kind::ForeignKey, message).with_constraint(name.to_owned())
}

/// A foreign key whose name is not known.
pub(crate) fn foreign_key() -> Error {
    Error::new(Kind::ForeignKey, "a row that is referred to does not exist, or a row is still referred to")
}

/// A foreign key by its name; `leaving` when the row that is referred to was to go.
#[allow(dead_code, reason = "used by whichever adapters are compiled in")]
pub(crate) fn foreign_key_named(name: &str, leaving: bool, table: &TableMeta) -> Error {
    let own = table.foreign_keys.iter().find(|key| key.name == name);
    let other = table.referenced_by.iter().find(|key| key.name == name);
    match (leaving, own, other) {
        (false, Some(key), _) => missing(name, key.target),
        (_, _, Some(key)) => referred(name, key.source),
        _ => foreign_key().with_constraint(name.to_owned()),
    }
}
