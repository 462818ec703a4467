//! A row as a tuple of its fields, by which rows are copied, compared, shown and read. To take
//! a struct apart and put it together costs rustc less than the derives of `Clone`, `PartialEq` and `Debug`.

use std::fmt::{self, Debug, DebugStruct};

use crate::error::Result;
use crate::row::Row;
use crate::scalar::Scalar;

/// A struct that is the same as a tuple of its fields.
pub trait Parts: Sized {
    /// The fields: up to sixteen, or [`Two`] of such tuples.
    type Of: Tuple;

    /// Puts the struct together.
    fn of(parts: Self::Of) -> Self;

    /// Takes it apart by reference.
    fn parts(&self) -> <Self::Of as Tuple>::Refs<'_>;
}

/// A tuple of fields.
pub trait Tuple: Sized + 'static {
    /// The fields by reference.
    type Refs<'a>;

    /// Copies them.
    fn cloned(refs: Self::Refs<'_>) -> Self;

    /// Whether each is equal to the other's.
    fn same(one: Self::Refs<'_>, other: Self::Refs<'_>) -> bool;
}

/// A tuple of fields that everybody may see.
pub trait Shown: Tuple {
    /// Shows them, by the next names.
    fn show(refs: Self::Refs<'_>, shown: &mut Showing<'_, '_, '_>);
}

/// A tuple whose fields are columns, which stand next to one another in a row.
pub trait Fields: Sized {
    /// Reads them.
    ///
    /// # Errors
    ///
    /// As [`Row::next`].
    fn read(row: &mut Row<'_>) -> Result<Self>;
}

/// More fields than a tuple has.
#[derive(Debug)]
pub struct Two<A, B>(pub A, pub B);

/// A struct that is being shown.
pub struct Showing<'n, 's, 'f> {
    names: std::str::Split<'n, char>,
    shown: DebugStruct<'s, 'f>,
}

impl Showing<'_, '_, '_> {
    fn field(&mut self, value: &dyn Debug) {
        self.shown.field(self.names.next().unwrap_or_default(), value);
    }
}

/// The type of each field, and a name for the one that it is compared with.
macro_rules! tuples {
    () => {};
    ($first:ident $other:ident $($part:ident $others:ident)*) => {
        tuple! { $first $other $($part $others)* }
        tuples! { $($part $others)* }
    };
}

macro_rules! tuple {
    ($($part:ident $other:ident)*) => {
        impl<$($part: Scalar),*> Fields for ($($part,)*) {
            #[inline]
            fn read(row: &mut Row<'_>) -> Result<Self> {
                Ok(($(row.next::<$part>()?,)*))
            }
        }

        #[allow(non_snake_case, reason = "a variable for each type")]
        impl<$($part: Clone + PartialEq + 'static),*> Tuple for ($($part,)*) {
            type Refs<'a> = ($(&'a $part,)*);

            #[inline]
            fn cloned(($($part,)*): Self::Refs<'_>) -> Self {
                ($($part.clone(),)*)
            }

            #[inline]
            fn same(($($part,)*): Self::Refs<'_>, ($($other,)*): Self::Refs<'_>) -> bool {
                $($part == $other)&&*
            }
        }

        #[allow(non_snake_case, reason = "a variable for each type")]
        impl<$($part: Clone + PartialEq + Debug + 'static),*> Shown for ($($part,)*) {
            fn show(($($part,)*): Self::Refs<'_>, shown: &mut Showing<'_, '_, '_>) {
                $(shown.field($part);)*
            }
        }
    };
}

tuples! { A a B b C c D d E e F f G g H h I i J j K k L l M m N n O o P p }

impl<A: Tuple, B: Tuple> Tuple for Two<A, B> {
    type Refs<'a> = Two<A::Refs<'a>, B::Refs<'a>>;

    #[inline]
    fn cloned(Two(first, rest): Self::Refs<'_>) -> Self {
        Two(A::cloned(first), B::cloned(rest))
    }

    #[inline]
    fn same(one: Self::Refs<'_>, other: Self::Refs<'_>) -> bool {
        A::same(one.0, other.0) && B::same(one.1, other.1)
    }
}

impl<A: Shown, B: Shown> Shown for Two<A, B> {
    fn show(Two(first, rest): Self::Refs<'_>, shown: &mut Showing<'_, '_, '_>) {
        A::show(first, shown);
        B::show(rest, shown);
    }
}

impl<A: Fields, B: Fields> Fields for Two<A, B> {
    #[inline]
    fn read(row: &mut Row<'_>) -> Result<Self> {
        Ok(Two(A::read(row)?, B::read(row)?))
    }
}

/// `Clone` of a row.
#[inline]
pub fn copied<T: Parts>(row: &T) -> T {
    T::of(T::Of::cloned(row.parts()))
}

/// `PartialEq` of rows.
#[inline]
pub fn same<T: Parts>(one: &T, other: &T) -> bool {
    T::Of::same(one.parts(), other.parts())
}

/// `Debug` of a row. Its fields' names stand with blanks between them.
///
/// # Errors
///
/// When nothing can be written.
pub fn show<T: Parts<Of: Shown>>(
    row: &T,
    f: &mut fmt::Formatter<'_>,
    name: &str,
    fields: &str,
) -> fmt::Result {
    let mut showing = Showing { names: fields.split(' '), shown: f.debug_struct(name) };
    T::Of::show(row.parts(), &mut showing);
    showing.shown.finish()
}

/// Reads a row whose fields are columns.
///
/// # Errors
///
/// As [`Row::next`].
#[inline]
pub fn read<T: Parts<Of: Fields>>(row: &mut Row<'_>) -> Result<T> {
    T::Of::read(row).map(T::of)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Clone, PartialEq)]
    struct Derived {
        id: i64,
        name: Option<String>,
    }

    struct Row2 {
        id: i64,
        name: Option<String>,
    }

    impl Parts for Row2 {
        type Of = Two<(i64,), (Option<String>,)>;

        fn of(Two((id,), (name,)): Self::Of) -> Self {
            Row2 { id, name }
        }

        fn parts(&self) -> <Self::Of as Tuple>::Refs<'_> {
            Two((&self.id,), (&self.name,))
        }
    }

    impl Debug for Row2 {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            show(self, f, "Derived", "id name")
        }
    }

    #[test]
    fn rows_are_as_derives_have_them() {
        let row = Row2 { id: 1, name: Some("Ada".to_owned()) };
        let derived = Derived { id: 1, name: Some("Ada".to_owned()) };
        assert_eq!(format!("{row:?}"), format!("{derived:?}"));
        assert_eq!(format!("{row:#?}"), format!("{derived:#?}"));
        let copy = copied(&row);
        assert!(same(&row, &copy) && copy.name == derived.clone().name);
        for other in [Row2 { id: 2, ..copied(&row) }, Row2 { name: None, ..copied(&row) }] {
            assert!(!same(&row, &other));
        }
    }
}
