//! Rust types of the user's own, as `@rust("crate::Email")` names them. Generated code implements
//! [`Scalar`] for each; what it calls is here.

use super::Scalar;
use crate::value::{Cell, Value};

/// A Rust type that becomes the scalar `S`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be written as a `{S}` of the schema",
    label = "a conversion is missing",
    note = "what `@rust(\"…\")` names needs `impl From<{Self}> for {S}`"
)]
pub trait IntoScalar<S> {
    /// The scalar.
    fn into_scalar(self) -> S;
}

#[diagnostic::do_not_recommend]
impl<S: From<T>, T> IntoScalar<S> for T {
    fn into_scalar(self) -> S {
        self.into()
    }
}

/// A Rust type that is made of the scalar `S`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read from a `{S}` of the schema",
    label = "a conversion is missing",
    note = "what `@rust(\"…\")` names needs `impl TryFrom<{S}> for {Self}`, or `From`"
)]
pub trait FromScalar<S>: Sized {
    /// The value of a scalar; none if there is none.
    fn from_scalar(scalar: S) -> Option<Self>;
}

#[diagnostic::do_not_recommend]
impl<S, T: TryFrom<S>> FromScalar<S> for T {
    /// The reason of a refusal may hold the value, so it is not told.
    fn from_scalar(scalar: S) -> Option<Self> {
        T::try_from(scalar).ok()
    }
}

/// The value to bind of a type that stands for `S`.
pub fn encode_as<S: Scalar, T: IntoScalar<S>>(value: T) -> Value {
    value.into_scalar().encode()
}

/// The value of a type that stands for `S`.
pub fn decode_as<S: Scalar, T: FromScalar<S>>(cell: Cell<'_>) -> Option<T> {
    S::decode(cell).and_then(T::from_scalar)
}
