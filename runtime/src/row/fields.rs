//! The fields of a model, read at once. A struct that is filled from a tuple costs rustc a third of one
//! whose fields are each read with a `?`.

use super::Row;
use crate::error::Result;
use crate::scalar::Scalar;

/// A tuple of values that stand next to one another in a row.
pub trait Fields: Sized {
    /// Reads them.
    ///
    /// # Errors
    ///
    /// As [`Row::next`].
    fn read(row: &mut Row<'_>) -> Result<Self>;
}

impl Row<'_> {
    /// The values of the next columns: of at most sixteen.
    ///
    /// # Errors
    ///
    /// As [`Row::next`].
    #[inline]
    pub fn fields<T: Fields>(&mut self) -> Result<T> {
        T::read(self)
    }
}

macro_rules! tuples {
    () => {};
    ($first:ident $($part:ident)*) => {
        impl<$first: Scalar, $($part: Scalar),*> Fields for ($first, $($part,)*) {
            #[inline]
            fn read(row: &mut Row<'_>) -> Result<Self> {
                Ok((row.next::<$first>()?, $(row.next::<$part>()?,)*))
            }
        }
        tuples! { $($part)* }
    };
}

tuples! { A B C D E F G H I J K L M N O P }
