//! Rust's operators of comparison, which columns do not have: a query is not answered by a `bool`. They are
//! here so that rustc says what does.

use std::cmp::Ordering;
use std::convert::Infallible;

use super::Ex;
use crate::query::Column;

/// What columns are compared with by operators: nothing.
#[diagnostic::on_unimplemented(
    message = "columns are compared by methods, not by operators",
    label = "this answers with a `bool`, and a condition is for the database",
    note = "write `.eq(…)`, `.ne(…)`, `.lt(…)`, `.le(…)`, `.gt(…)`, `.ge(…)`; for null `.is_none()` and `.is_some()`; combine conditions with `&`, `|` and `!`"
)]
pub trait ComparedByOperators {}

#[diagnostic::do_not_recommend]
impl ComparedByOperators for Infallible {}

macro_rules! operators {
    ($($compared:ident)*) => {$(
        impl<P, T, R: ComparedByOperators> PartialEq<R> for $compared<P, T> {
            fn eq(&self, _: &R) -> bool {
                false
            }
        }

        impl<P, T, R: ComparedByOperators> PartialOrd<R> for $compared<P, T> {
            fn partial_cmp(&self, _: &R) -> Option<Ordering> {
                None
            }
        }
    )*};
}

operators! { Column Ex }
