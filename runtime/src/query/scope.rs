//! Which rows of a model with `@soft_delete` are seen.

use rex_sql::{ColumnRef, Expr};

use crate::meta::TableMeta;
use crate::value::Value;

/// Whether deleted rows are seen. It means nothing where rows are deleted for good.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Only those that are not deleted.
    #[default]
    Live,
    /// All.
    All,
    /// Only those that are deleted.
    Deleted,
}

impl Scope {
    /// What is asked of a row of the table at place `source` of a statement.
    pub(crate) fn condition(self, table: &TableMeta, source: u16) -> Option<Expr<Value>> {
        let place = table.upkeep.soft_delete?;
        let column = || Box::new(Expr::Column(ColumnRef::of(source, table.column(place).name)));
        match self {
            Scope::Live => Some(Expr::IsNull(column())),
            Scope::All => None,
            Scope::Deleted => Some(Expr::IsNotNull(column())),
        }
    }

    /// A condition over the statement's first table, and what this asks beside it.
    pub(crate) fn narrow(self, table: &TableMeta, filter: Option<Expr<Value>>) -> Option<Expr<Value>> {
        match (filter, self.condition(table, 0)) {
            (Some(filter), Some(scope)) => Some(filter.and(scope)),
            (filter, scope) => filter.or(scope),
        }
    }
}
