//! Whole rows among what is selected: `.select(|u| (u, u.posts().count()))`.

use std::sync::Arc;

use rex_sql::{ColumnRef, Expr};

use super::selection::Read;
use crate::error::Result;
use crate::meta::ColumnMeta;
use crate::model::Model;
use crate::query::expr::Term;
use crate::query::place::{At, OrNull, Place, Whole};
use crate::row::Row;

/// A place in `S` where each row of `S` has one row, or none.
#[diagnostic::on_unimplemented(
    message = "`{S}` has no whole row of `{Self}`",
    label = "a group has many rows",
    note = "of a group, its keys and aggregates of columns are selected"
)]
pub trait RowsOf<S>: Place {
    /// That row.
    type Row<M: Model>: Send + Clone + 'static;

    /// Reads it: its columns come next.
    #[doc(hidden)]
    fn read<M: Model>(row: &mut Row<'_>) -> Result<Self::Row<M>>;

    /// Selects it: what generated code makes of the columns of `M`.
    #[doc(hidden)]
    fn select<M: Model>(at: At, terms: &mut Vec<Term>) -> Read<Self::Row<M>> {
        terms.extend(columns(at.table().columns, at.source(), Self::OR_NULL));
        Arc::new(|row: &mut Row<'_>| Self::read::<M>(row))
    }
}

#[diagnostic::do_not_recommend]
impl<S: Whole> RowsOf<S> for S {
    type Row<M: Model> = M;

    fn read<M: Model>(row: &mut Row<'_>) -> Result<M> {
        row.enter(M::META.table.columns);
        M::from_row(row)
    }
}

#[diagnostic::do_not_recommend]
impl<S: Whole> RowsOf<S> for OrNull<S> {
    type Row<M: Model> = Option<M>;

    fn read<M: Model>(row: &mut Row<'_>) -> Result<Option<M>> {
        row.enter(M::META.table.columns);
        let is_none = row.skip_nulls(M::META.table.columns.len())?;
        if is_none { Ok(None) } else { <S as RowsOf<S>>::read(row).map(Some) }
    }
}

/// The columns of a table with a number; whether all may be null.
pub(super) fn columns(
    columns: &'static [ColumnMeta],
    source: u16,
    or_null: bool,
) -> impl Iterator<Item = Term> {
    columns.iter().map(move |column| {
        let name = ColumnRef { source, ..column.shown() };
        let nullable = column.nullable || or_null;
        Term { expr: Expr::Column(name), ty: Some(column.ty), nullable }
    })
}
