//! Rust types of the user's own, as `@rust("crate::Email")` names them. Generated code implements
//! [`Scalar`] for each; what it calls is here.

use super::Scalar;
use crate::value::{Cell, Value};

/// A Rust type that stands for the scalar `S`: a newtype over it, or anything that becomes one
/// and can be made of one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot stand for a `{S}` of the schema",
    label = "conversions are missing",
    note = "what `@rust(\"…\")` names needs `impl From<{Self}> for {S}`, and `impl TryFrom<{S}> for {Self}` or `From`"
)]
pub trait Newtype<S>: Sized {
    /// The scalar.
    fn into_scalar(self) -> S;

    /// The value of a scalar; none if there is none.
    fn from_scalar(scalar: S) -> Option<Self>;
}

#[diagnostic::do_not_recommend]
impl<S: From<T>, T: TryFrom<S>> Newtype<S> for T {
    fn into_scalar(self) -> S {
        self.into()
    }

    /// The reason of a refusal may hold the value, so it is not told.
    fn from_scalar(scalar: S) -> Option<Self> {
        T::try_from(scalar).ok()
    }
}

/// The value to bind of a type that stands for `S`.
pub fn encode_as<S: Scalar, T: Newtype<S>>(value: T) -> Value {
    value.into_scalar().encode()
}

/// The value of a type that stands for `S`.
pub fn decode_as<S: Scalar, T: Newtype<S>>(cell: Cell<'_>) -> Option<T> {
    S::decode(cell).and_then(T::from_scalar)
}
