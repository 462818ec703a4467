//! Typed ids, once for all models: `UserId` is an `IdOf<User>`.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use crate::fits::Fits;
use crate::model::Model;
use crate::scalar::{Element, Scalar};
use crate::value::{Cell, Value};

/// A model whose primary key is one column of its own, so that its key has a type.
pub trait Identified: Model<Key = IdOf<Self>> {
    /// What the column holds.
    type Value: Scalar + fmt::Debug + Eq + Hash + Ord;
}

/// The id of a row of `M`. It is its value in the database, in JSON and when it is shown; ids of two models
/// are two types.
pub struct IdOf<M: Identified>(
    /// What the column holds.
    pub M::Value,
);

impl<M: Identified> Clone for IdOf<M> {
    fn clone(&self) -> Self {
        IdOf(self.0.clone())
    }
}

impl<M: Identified> Copy for IdOf<M> where M::Value: Copy {}

impl<M: Identified> PartialEq for IdOf<M> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<M: Identified> Eq for IdOf<M> {}

impl<M: Identified> PartialOrd for IdOf<M> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<M: Identified> Ord for IdOf<M> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}

impl<M: Identified> Hash for IdOf<M> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

/// `UserId(1)`
impl<M: Identified> fmt::Debug for IdOf<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple(&format!("{}Id", M::META.name)).field(&self.0).finish()
    }
}

impl<M: Identified> fmt::Display for IdOf<M>
where
    M::Value: fmt::Display,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<M: Identified> Scalar for IdOf<M> {
    const NAME: &'static str = M::Value::NAME;
    const SCALES: bool = M::Value::SCALES;
    type Nullable = Option<Self>;

    fn encode(self) -> Value {
        self.0.encode()
    }

    #[inline]
    fn decode(cell: Cell<'_>) -> Option<Self> {
        M::Value::decode(cell).map(IdOf)
    }
}

impl<M: Identified> Element for IdOf<M> {}

#[cfg(feature = "serde")]
impl<M: Identified> serde::Serialize for IdOf<M>
where
    M::Value: serde::Serialize,
{
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

#[cfg(feature = "serde")]
impl<'de, M: Identified> serde::Deserialize<'de> for IdOf<M>
where
    M::Value: serde::Deserialize<'de>,
{
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        M::Value::deserialize(deserializer).map(IdOf)
    }
}

/// A row stands for its id.
#[diagnostic::do_not_recommend]
impl<M: Identified> Fits<IdOf<M>> for &M {
    fn fit(self) -> IdOf<M> {
        self.key()
    }
}

#[diagnostic::do_not_recommend]
impl<M: Identified<Value = String>> Fits<IdOf<M>> for &str {
    fn fit(self) -> IdOf<M> {
        IdOf(self.to_owned())
    }
}

macro_rules! plain_values {
    ($($(#[$attribute:meta])* $value:ty;)*) => {$(
        $(#[$attribute])*
        #[diagnostic::do_not_recommend]
        impl<M: Identified<Value = $value>> Fits<IdOf<M>> for $value {
            fn fit(self) -> IdOf<M> {
                IdOf(self)
            }
        }
    )*};
}

plain_values! {
    bool;
    i16;
    i32;
    i64;
    String;
    Vec<u8>;
    #[cfg(feature = "decimal")] crate::types::Decimal;
    #[cfg(feature = "uuid")] crate::types::Uuid;
    #[cfg(feature = "chrono")] crate::types::chrono::Date;
    #[cfg(feature = "chrono")] crate::types::chrono::Time;
    #[cfg(feature = "chrono")] crate::types::chrono::DateTime;
    #[cfg(feature = "chrono")] crate::types::chrono::LocalDateTime;
    #[cfg(feature = "jiff")] crate::types::jiff::Date;
    #[cfg(feature = "jiff")] crate::types::jiff::Time;
    #[cfg(feature = "jiff")] crate::types::jiff::DateTime;
    #[cfg(feature = "jiff")] crate::types::jiff::LocalDateTime;
    #[cfg(feature = "time")] crate::types::time::Date;
    #[cfg(feature = "time")] crate::types::time::Time;
    #[cfg(feature = "time")] crate::types::time::DateTime;
    #[cfg(feature = "time")] crate::types::time::LocalDateTime;
}
