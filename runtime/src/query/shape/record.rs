//! Rows of values, by place: what queries select, as the rows of other queries.

use crate::error::Result;
use crate::query::column::Spot;
use crate::query::{Column, Place};
use crate::row::Row;
use crate::scalar::Scalar;

/// A row of values that another query can range over: one value, or a tuple of up to twelve.
#[diagnostic::on_unimplemented(
    message = "a query does not range over rows of `{Self}`",
    note = "it does over rows of one value, and of tuples of values"
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
