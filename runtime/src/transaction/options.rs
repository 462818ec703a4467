//! How a transaction is begun.

use crate::error::{Error, Kind, Result};

/// What a transaction sees of others that run beside it.
///
/// SQLite lets one transaction write at a time, and gives every transaction the last of these
/// levels whatever is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Isolation {
    /// Each statement sees what was committed before it.
    ReadCommitted,
    /// All statements see what was committed before the first. A write to a row that somebody else
    /// has changed since fails with [`Kind::Serialization`].
    RepeatableRead,
    /// As if transactions ran one after the other; what cannot be so fails with
    /// [`Kind::Serialization`].
    Serializable,
}

/// How a transaction is begun: the argument of `transaction_with`, which also takes an
/// [`Isolation`] alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TransactionOptions {
    isolation: Option<Isolation>,
    read_only: bool,
    deferrable: bool,
}

impl TransactionOptions {
    /// The database's own: read and write, at its default level.
    pub const fn new() -> Self {
        TransactionOptions { isolation: None, read_only: false, deferrable: false }
    }

    /// The same, at a level.
    #[must_use]
    pub const fn isolation(self, isolation: Isolation) -> Self {
        TransactionOptions { isolation: Some(isolation), ..self }
    }

    /// The same, and a write in it fails with [`Kind::Transaction`]. On SQLite it does not keep
    /// others from writing.
    #[must_use]
    pub const fn read_only(self) -> Self {
        TransactionOptions { read_only: true, ..self }
    }

    /// The same, and it waits at its start until it cannot fail with [`Kind::Serialization`]. For
    /// PostgreSQL, where it is read-only and serializable; without effect elsewhere.
    #[must_use]
    pub const fn deferrable(self) -> Self {
        TransactionOptions { deferrable: true, ..self }
    }

    /// The level that was asked for.
    pub const fn asked_isolation(self) -> Option<Isolation> {
        self.isolation
    }

    /// Whether writes are refused.
    pub const fn is_read_only(self) -> bool {
        self.read_only
    }

    /// Whether it waits for a time at which it cannot fail.
    pub const fn is_deferrable(self) -> bool {
        self.deferrable
    }

    /// Whether a transaction with these options may hold a nested one that asks for others: a
    /// savepoint changes nothing of what its transaction sees and may do.
    pub(super) fn admit(self, nested: TransactionOptions) -> Result<()> {
        let wrong = if nested.isolation > self.isolation {
            "it sees no other state of the database than the transaction around it"
        } else if nested.read_only && !self.read_only {
            "it may write as the transaction around it may"
        } else {
            return Ok(());
        };
        let message =
            format!("a nested transaction is a savepoint: {wrong}; ask for this where that one begins");
        Err(Error::new(Kind::Transaction, message))
    }
}

impl From<Isolation> for TransactionOptions {
    fn from(isolation: Isolation) -> Self {
        TransactionOptions::new().isolation(isolation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_savepoint_has_what_its_transaction_has() {
        let plain = TransactionOptions::new();
        let serializable = TransactionOptions::from(Isolation::Serializable);
        assert!(plain.admit(plain).is_ok());
        assert!(serializable.admit(Isolation::ReadCommitted.into()).is_ok());
        assert!(serializable.read_only().admit(plain).is_ok(), "the outer one's");
        let error = plain.admit(serializable).expect_err("it cannot be more isolated");
        assert_eq!(error.kind(), Kind::Transaction, "{error}");
        assert!(serializable.admit(plain.read_only()).is_err());
    }
}
