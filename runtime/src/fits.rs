//! What a program may hand to a setter, a comparison or a key.
//!
//! `Into` would refuse `5` for an `i16` and `"x"` for an `Option<String>`, and explains itself
//! at length. So there is a trait of our own, one implementation for each accepted type. Its
//! second parameter only keeps apart how a value fits; it is always inferred.
//!
//! Of `Option` there is the column's own type and no other: `None` says nothing of what it lacks, and rustc
//! infers that only where one implementation is left. So an `Option<&str>` is handed over by
//! `.map(str::to_owned)`, and what is lent by `.cloned()`; of `Vec` and `vec![]` it is the same.

use crate::composite::Composite;
use crate::model::{Model, Versioned};
use crate::scalar::{Element, Scalar};

/// The value is of the column's type, or becomes it in one step.
#[derive(Debug)]
pub enum Itself {}

/// The value fits what the column holds when it is not null.
#[derive(Debug)]
pub struct Present<How>(std::marker::PhantomData<How>);

/// The value is a floating-point number, which no exact one is made of.
#[cfg(feature = "decimal")]
#[derive(Debug)]
pub enum Inexact {}

/// A way to fit by which nothing is lost.
#[diagnostic::on_unimplemented(
    message = "a floating-point number does not fit a column of type `Decimal`, which is exact",
    label = "the number is not exact",
    note = "`Decimal::new(15, 1)` is 1.5, and `\"1.5\".parse::<Decimal>()` reads it; `Decimal::try_from(number)` makes one of an `f64`"
)]
pub trait Exact {}

#[diagnostic::do_not_recommend]
impl Exact for Itself {}
#[diagnostic::do_not_recommend]
impl Exact for Whole {}
#[diagnostic::do_not_recommend]
impl<How: Exact> Exact for Present<How> {}
#[diagnostic::do_not_recommend]
impl<How: Exact> Exact for PresentWhole<How> {}

/// A value that fits a column of type `T`.
#[diagnostic::on_unimplemented(
    message = "a `{Self}` does not fit a column of type `{T}`",
    label = "this is a `{Self}`",
    note = "the column takes a `{T}`"
)]
pub trait Fits<T, How = Itself> {
    /// The column's value.
    fn fit(self) -> T;
}

#[diagnostic::do_not_recommend]
impl<T: Scalar> Fits<T> for T {
    fn fit(self) -> T {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<T: Scalar, How, V: Fits<T, How>> Fits<Option<T>, Present<How>> for V {
    fn fit(self) -> Option<T> {
        Some(V::fit(self))
    }
}

/// The value is an embedded type or a union itself, or an `Option` of it.
#[derive(Debug)]
pub enum Whole {}

/// The value fits the embedded type or the union when it is there.
#[derive(Debug)]
pub struct PresentWhole<How>(std::marker::PhantomData<How>);

#[diagnostic::do_not_recommend]
impl<T: Composite> Fits<T, Whole> for T {
    fn fit(self) -> T {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<T: Composite, How, V: Fits<T, How>> Fits<Option<T>, PresentWhole<How>> for V {
    fn fit(self) -> Option<T> {
        Some(V::fit(self))
    }
}

#[diagnostic::do_not_recommend]
impl<T: Element, V: Fits<T>, const N: usize> Fits<Vec<T>> for [V; N] {
    fn fit(self) -> Vec<T> {
        self.into_iter().map(V::fit).collect()
    }
}

#[diagnostic::do_not_recommend]
impl<T: Element> Fits<Vec<T>> for &[T] {
    fn fit(self) -> Vec<T> {
        self.to_vec()
    }
}

/// A value that is lent is copied.
#[diagnostic::do_not_recommend]
impl<T: Scalar> Fits<T> for &T {
    fn fit(self) -> T {
        self.clone()
    }
}

macro_rules! fits {
    ($($from:ty => $to:ty: $with:expr;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl Fits<$to> for $from {
            fn fit(self) -> $to {
                ($with)(self)
            }
        }
    )*};
}

fits! {
    &str => String: str::to_owned;
    // Of a type that fits one thing only, rustc tells the one, however little it has to do with
    // what is wrong; of two it tells none.
    &str => Box<str>: Box::from;
    std::borrow::Cow<'_, str> => String: std::borrow::Cow::into_owned;
    Box<str> => String: String::from;
    char => String: String::from;
    &[u8] => Vec<u8>: <[u8]>::to_vec;
    &[&str] => Vec<String>: |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
}

#[diagnostic::do_not_recommend]
impl<const N: usize> Fits<Vec<u8>> for [u8; N] {
    fn fit(self) -> Vec<u8> {
        self.to_vec()
    }
}

#[diagnostic::do_not_recommend]
impl<const N: usize> Fits<Vec<u8>> for &[u8; N] {
    fn fit(self) -> Vec<u8> {
        self.to_vec()
    }
}

#[cfg(feature = "decimal")]
fits! {
    i32 => rust_decimal::Decimal: Into::into;
    i64 => rust_decimal::Decimal: Into::into;
}

#[cfg(feature = "decimal")]
macro_rules! inexact {
    ($($float:ty)*) => {$(
        // Nobody gets here: all that takes a value asks for an [`Exact`] way.
        #[diagnostic::do_not_recommend]
        impl Fits<rust_decimal::Decimal, Inexact> for $float {
            fn fit(self) -> rust_decimal::Decimal {
                rust_decimal::Decimal::try_from(self).unwrap_or_default()
            }
        }
    )*};
}

#[cfg(feature = "decimal")]
inexact! { f32 f64 }

macro_rules! tuple_fits {
    ($($($from:ident $to:ident)*;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($to: Scalar, $from: Fits<$to>),*> Fits<($($to,)*)> for ($($from,)*) {
            #[allow(non_snake_case, reason = "a variable for each type")]
            fn fit(self) -> ($($to,)*) {
                let ($($from,)*) = self;
                ($($from.fit(),)*)
            }
        }
    )*};
}

tuple_fits! {
    A TA B TB;
    A TA B TB C TC;
    A TA B TB C TC D TD;
    A TA B TB C TC D TD E TE;
    A TA B TB C TC D TD E TE F TF;
    A TA B TB C TC D TD E TE F TF G TG;
    A TA B TB C TC D TD E TE F TF G TG H TH;
}

/// What names a row of `M`: its id, the id's plain value, or a row.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a key of `{M}`",
    label = "not a key of `{M}`",
    note = "a key of `{M}` is its id, the id's plain value, or a `&{M}`"
)]
pub trait Key<M: Model> {
    /// The key's values.
    fn into_key(self) -> M::Key;
}

#[diagnostic::do_not_recommend]
impl<M: Model, V: Fits<M::Key>> Key<M> for V {
    fn into_key(self) -> M::Key {
        self.fit()
    }
}

/// What names one version of a row of `M`: the row, or its key and version.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say which version of `{M}` is meant",
    label = "the version is missing",
    note = "`{M}` has a `@version`, so that no change is lost: hand over the row, `&{M}`, or `(key, version)`"
)]
pub trait KeyVersion<M: Versioned> {
    /// The key and the version.
    fn into_key_version(self) -> (M::Key, M::Version);
}

#[diagnostic::do_not_recommend]
impl<M: Versioned> KeyVersion<M> for &M {
    fn into_key_version(self) -> (M::Key, M::Version) {
        (self.key(), self.version())
    }
}

#[diagnostic::do_not_recommend]
impl<M: Versioned, K: Fits<M::Key>, V: Fits<M::Version>> KeyVersion<M> for (K, V) {
    fn into_key_version(self) -> (M::Key, M::Version) {
        (self.0.fit(), self.1.fit())
    }
}
