//! Rows of values, by place: what queries select, as the rows of other queries.
//!
//! Whole rows are none of these: what closures are handed of a model are the columns of its table, by their
//! names, with relations that read the table's keys, and a query within another has neither names nor keys.
//! Its key is selected, and the model joined to it again.

use crate::error::Result;
use crate::query::column::Spot;
use crate::query::{Column, Place};
use crate::row::Row;
use crate::scalar::Scalar;

/// A row of values that another query can range over: one value, or a tuple of up to twelve.
#[diagnostic::on_unimplemented(
    message = "a query does not range over rows of `{Self}`",
    label = "selects other than values",
    note = "it does over rows of one value, and of tuples of up to twelve values",
    note = "select the key of a whole row, and join its model again: `.nested().join_on::<Model>(|((id, ..), row)| row.id.eq(id))`"
)]
pub trait Record: Send + Clone + 'static {
    /// What closures are handed of such a row.
    type Columns<P: Place>;
    /// How many values it has.
    const WIDTH: usize;

    #[doc(hidden)]
    fn columns<P: Place>(spots: &mut dyn Iterator<Item = Spot>) -> Self::Columns<P>;

    #[doc(hidden)]
    fn read(row: &mut Row<'_>) -> Result<Self>;
}

#[diagnostic::do_not_recommend]
impl<T: Scalar> Record for T {
    type Columns<P: Place> = Column<P, T>;
    const WIDTH: usize = 1;

    fn columns<P: Place>(spots: &mut dyn Iterator<Item = Spot>) -> Column<P, T> {
        Column::of(spots.next().expect("a query has as many columns as its rows have values"))
    }

    fn read(row: &mut Row<'_>) -> Result<T> {
        row.next()
    }
}

macro_rules! tuples {
    ($($width:literal: $($part:ident)*;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($part: Scalar),*> Record for ($($part,)*) {
            type Columns<P: Place> = ($(Column<P, $part>,)*);
            const WIDTH: usize = $width;

            fn columns<P: Place>(spots: &mut dyn Iterator<Item = Spot>) -> Self::Columns<P> {
                ($(<$part as Record>::columns(spots),)*)
            }

            fn read(row: &mut Row<'_>) -> Result<Self> {
                Ok(($(row.next::<$part>()?,)*))
            }
        }
    )*};
}

tuples! {
    1: A;
    2: A B;
    3: A B C;
    4: A B C D;
    5: A B C D E;
    6: A B C D E F;
    7: A B C D E F G;
    8: A B C D E F G H;
    9: A B C D E F G H I;
    10: A B C D E F G H I J;
    11: A B C D E F G H I J K;
    12: A B C D E F G H I J K L;
}
