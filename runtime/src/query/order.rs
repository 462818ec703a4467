//! Orders of rows.

use std::marker::PhantomData;

use rex_sql::{Direction, Expr, Nulls};

use crate::meta::Type;
use crate::value::Value;

/// A key to sort the rows of `M` by. Nulls count as the largest value, on every database.
#[derive(Debug)]
#[must_use = "an order does nothing until it is handed to `order`"]
pub struct Order<M> {
    key: rex_sql::Order<Value>,
    /// The type of what is sorted, where it is known.
    ty: Option<Type>,
    of: PhantomData<fn() -> M>,
}

impl<M> Clone for Order<M> {
    fn clone(&self) -> Self {
        Order { key: self.key.clone(), ty: self.ty, of: PhantomData }
    }
}

impl<M> Order<M> {
    pub(crate) fn new(by: Expr<Value>, nullable: bool, direction: Direction) -> Self {
        let nulls = if nullable { Nulls::Largest } else { Nulls::Never };
        Order { key: rex_sql::Order { by, direction, nulls }, ty: None, of: PhantomData }
    }

    pub(crate) fn of_type(self, ty: Option<Type>) -> Self {
        Order { ty, ..self }
    }

    /// Nulls before all others.
    pub fn nulls_first(mut self) -> Self {
        self.key.nulls = Nulls::First;
        self
    }

    /// Nulls after all others.
    pub fn nulls_last(mut self) -> Self {
        self.key.nulls = Nulls::Last;
        self
    }
}

/// One key to sort by, or several: a tuple or a `Vec`, the most important first.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an order of `{M}`",
    note = "hand over `column.asc()`, `column.desc()`, or a tuple of them"
)]
pub trait Orders<M> {
    /// Appends the keys.
    fn push_to(self, keys: &mut Vec<rex_sql::Order<Value>>);

    /// Appends what each of them sorts.
    #[doc(hidden)]
    fn types(&self, types: &mut Types);
}

/// What each key of an order sorts. Most orders have one, for which no memory is asked for.
#[derive(Clone, Debug, Default)]
pub struct Types {
    first: Option<Option<Type>>,
    more: Vec<Option<Type>>,
}

impl Types {
    fn push(&mut self, ty: Option<Type>) {
        match self.first {
            None => self.first = Some(ty),
            Some(_) => self.more.push(ty),
        }
    }

    /// All of them, in their order.
    pub(super) fn all(self) -> impl Iterator<Item = Option<Type>> {
        self.first.into_iter().chain(self.more)
    }
}

#[diagnostic::do_not_recommend]
impl<M> Orders<M> for Order<M> {
    fn push_to(self, keys: &mut Vec<rex_sql::Order<Value>>) {
        keys.push(self.key);
    }

    fn types(&self, types: &mut Types) {
        types.push(self.ty);
    }
}

#[diagnostic::do_not_recommend]
impl<M> Orders<M> for Vec<Order<M>> {
    fn push_to(self, keys: &mut Vec<rex_sql::Order<Value>>) {
        keys.extend(self.into_iter().map(|order| order.key));
    }

    fn types(&self, types: &mut Types) {
        self.iter().for_each(|order| types.push(order.ty));
    }
}

macro_rules! tuple_orders {
    ($($($name:ident)*;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<M, $($name: Orders<M>),*> Orders<M> for ($($name,)*) {
            #[allow(non_snake_case, reason = "a variable for each type")]
            fn push_to(self, keys: &mut Vec<rex_sql::Order<Value>>) {
                let ($($name,)*) = self;
                $($name.push_to(keys);)*
            }

            #[allow(non_snake_case, reason = "a variable for each type")]
            fn types(&self, types: &mut Types) {
                let ($($name,)*) = self;
                $($name.types(types);)*
            }
        }
    )*};
}

tuple_orders! {
    A;
    A B;
    A B C;
    A B C D;
    A B C D E;
    A B C D E F;
    A B C D E F G;
    A B C D E F G H;
}
