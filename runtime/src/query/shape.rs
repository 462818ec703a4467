//! The shape of queries: what they select, join, group, aggregate, and read from other queries.
//!
//! Terms: a *scope* is what a query ranges over, a model or a tuple of what is joined; where rows are
//! made one, it is [`Grouped`]. A *selection* is what a row becomes; whatever its parts are, a
//! [`Selected`] knows only the type of its rows. A *record* is such a row as another query sees it.
//!
//! ```text
//! Find<M> ──┐ join           ┌─▶ select ─────────▶ Selected<R> ─▶ Vec<R>
//!           ├─────▶ Query<S> ┤                        ▲   │ nested, common, union
//!           │                └─▶ group_by ─▶ Groups ──┘   ▼
//!           └───────────────────────────────────────── Query<Nested<R>>
//! ```
//!
//! All of it is one [`Statement`], which is not generic, so that little is compiled for each query of
//! a program.

mod aggregate;
mod beside;
pub(crate) mod calls;
pub(crate) mod group;
pub(crate) mod joined;
mod nested;
mod record;
mod selected;
mod selection;
pub(crate) mod source;
mod statement;
mod subquery;
mod whole;
mod window;

pub use aggregate::{Listed, Summed, count};
pub use group::Groups;
pub use joined::Query;
pub use nested::{Common, Tabular};
pub use record::Record;
pub use selected::Selected;
pub use selection::{Item, Keys, Mapped, Mode, Read, Selection};
pub use source::{Extent, Nested, Plus, Source};
pub use subquery::{Subquery, exists, scalar};
pub use whole::RowsOf;
pub use window::{Over, cume_dist, dense_rank, ntile, percent_rank, rank, row_number};

pub(crate) use calls::calls;
pub(crate) use source::{Entry, Output};
pub(crate) use statement::Statement;
