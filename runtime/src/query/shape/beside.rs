//! What a relation leads to beside each row: aggregates of it, and values of rows that may be missing.

use rex_sql::{Expr, Projection};

use super::aggregate::methods;
use crate::model::{Many, Model, Relation};
use crate::query::Column;
use crate::query::expr::{Ex, Term};
use crate::query::load::Load;
use crate::query::place::{Grouped, Place, columns};
use crate::query::related::along;
use crate::scalar::Scalar;

methods! { [T: Scalar] T {
    /// The same as an `Option`: `.left_join(|t| t.album()).select(|(_, a)| a.title.optional().coalesce("–"))`.
    pub fn optional(self) -> Ex<P::Scope, T::Nullable>
    where
        P::Scope: Place,
    {
        Ex::new(self.term())
    }
} }

impl<R: Relation<Card = Many>, P: Place> Load<R, (), P> {
    /// An aggregate of the rows that it leads to: `.select(|c| (c.name, c.invoices().aggregate(|i|
    /// i.total.sum())))`.
    pub fn aggregate<T: Scalar>(
        self,
        of: impl FnOnce(<R::To as Model>::Columns<R::To>) -> Ex<Grouped<R::To>, T>,
    ) -> Ex<P::Scope, T>
    where
        P::Scope: Place,
    {
        let Term { expr, ty, nullable } = of(columns::<R::To>()).term();
        let values = Projection::Values(vec![expr]);
        let select = along(R::META, &R::To::META.table, self.at, self.tail, values);
        Ex::new(Term { expr: Expr::Query(Box::new(select)), ty, nullable })
    }
}
