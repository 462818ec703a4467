//! Reading: columns, conditions, orders, finders, and eager loading.

mod column;
mod composite;
mod condition;
mod counted;
mod expr;
mod find;
mod gather;
mod load;
mod lock;
mod order;
mod page;
mod place;
mod refused;
mod related;
mod scope;
pub(crate) mod shape;
mod tail;
mod together;
mod tree;

pub use column::Column;
pub use composite::CompositeColumn;
pub use condition::Cond;
pub use counted::{Counted, ToMany};
pub(crate) use expr::kind;
pub use expr::{
    Assigned, Case, Divisible, Ex, Expression, IntoLiteral, Literal, Numeric, Operand, Side, Step, Term,
    Widens, value,
};
pub use find::Find;
pub(crate) use find::{explained, not_found, sink};
pub use load::{Along, Append, Filterable, Load, LoadOf, Loads};
pub use order::{Order, Orders};
pub use page::{Cursor, Page, seal_cursors};
pub use place::{At, Grouped, OrNull, Place, Whole, columns};
pub use related::ToOne;
pub(crate) use scope::Scope;
pub use shape::{
    Common, Extent, Groups, Item, Keys, Listed, Mapped, Mode, Nested, Over, Plus, Query, Read, Record,
    RowsOf, Selected, Selection, Source, Subquery, Summed, Tabular, count, cume_dist, dense_rank, exists,
    ntile, percent_rank, rank, row_number, scalar,
};
pub(crate) use tail::{all_of, among, equal};
pub use tree::{Deep, Tree};

use crate::db::Db;
use crate::model::Relation;

/// From a row in hand along a relation: what `ada.posts(&db)` is made of.
pub fn follow<R: Relation>(db: &Db, from: &R::From) -> Find<R::To, (), R::Card> {
    Find::along::<R>(db.clone(), R::key(from))
}

/// A relation from a table of a query: what `u.posts()` is made of.
pub fn load<R: Relation, P>(from: At) -> Load<R, (), P> {
    Load::new(from)
}
