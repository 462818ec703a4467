//! Builders that are not saved: awaiting one is a mistake, and rustc says which.

use std::marker::PhantomData;

/// What is written when it is awaited. No builder is: which required field is missing is told where it is
/// saved, and could not be told where it is awaited.
#[diagnostic::on_unimplemented(
    message = "nothing is written before `.save()`, and so there is nothing to wait for",
    label = "not saved",
    note = "write `.save().await?`"
)]
pub trait WrittenWhenAwaited {}

/// A builder before its `.save()`, as rustc calls it. Generated builders are futures where it is
/// [`WrittenWhenAwaited`], which is never: of what is no future at all, rustc says nothing but that. The
/// lifetime defers the question to where one is awaited.
pub struct Unsaved<'a>(PhantomData<&'a ()>);
