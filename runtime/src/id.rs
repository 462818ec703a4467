//! Typed ids, once for all models: `UserId` is an `Id<User>`.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use crate::fits::Fits;
use crate::model::Model;
use crate::scalar::{Element, Scalar};
use crate::value::{Cell, Value};

/// A model whose primary key is one column of its own, so that its key has a type.
pub trait Identified: Model<Key = Id<Self>> {
    /// What the column holds.
    type Value: Scalar + fmt::Debug + Eq + Hash + Ord;
}

/// The id of a row of `M`. It is its value in the database, in JSON and when it is shown; ids of two models
/// are two types.
pub struct Id<M: Identified>(
    /// What the column holds.
    pub M::Value,
);

impl<M: Identified> Clone for Id<M> {
    fn clone(&self) -> Self {
        Id(self.0.clone())
    }
}

impl<M: Identified> Copy for Id<M> where M::Value: Copy {}

impl<M: Identified> PartialEq for Id<M> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<M: Identified> Eq for Id<M> {}

impl<M: Identified> PartialOrd for Id<M> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<M: Identified> Ord for Id<M> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}

impl<M: Identified> Hash for Id<M> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

/// `UserId(1)`
impl<M: Identified> fmt::Debug for Id<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple(&format!("{}Id", M::META.name)).field(&self.0).finish()
    }
}

impl<M: Identified> fmt::Display for Id<M>
where
    M::Value: fmt::Display,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<M: Identified> Scalar for Id<M> {
    const NAME: &'static str = M::Value::NAME;
    const SCALES: bool = M::Value::SCALES;
    type Nullable = Option<Self>;

    fn encode(self) -> Value {
        self.0.encode()
    }

    #[inline]
    fn decode(cell: Cell<'_>) -> Option<Self> {
        M::Value::decode(cell).map(Id)
    }
}

impl<M: Identified> Element for Id<M> {}

#[cfg(feature = "serde")]
impl<M: Identified> serde::Serialize for Id<M>
where
    M::Value: serde::Serialize,
{
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

#[cfg(feature = "serde")]
impl<'de, M: Identified> serde::Deserialize<'de> for Id<M>
where
    M::Value: serde::Deserialize<'de>,
{
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        M::Value::deserialize(deserializer).map(Id)
    }
}

/// A row stands for its id.
#[diagnostic::do_not_recommend]
impl<M: Identified> Fits<Id<M>> for &M {
    fn fit(self) -> Id<M> {
        self.key()
    }
}

#[diagnostic::do_not_recommend]
impl<M: Identified<Value = String>> Fits<Id<M>> for &str {
    fn fit(self) -> Id<M> {
        Id(self.to_owned())
    }
}

macro_rules! plain_values {
    ($($(#[$attribute:meta])* $value:ty;)*) => {$(
        $(#[$attribute])*
        #[diagnostic::do_not_recommend]
        impl<M: Identified<Value = $value>> Fits<Id<M>> for $value {
            fn fit(self) -> Id<M> {
                Id(self)
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
