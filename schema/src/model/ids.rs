//! What parts of a schema refer to each other by: places in its lists.

use std::fmt;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub u32);

        impl $name {
            /// The place in the schema's list.
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }
    };
}

id!(
    /// A model of the schema.
    ModelId
);
id!(
    /// An enum of the schema.
    EnumId
);
id!(
    /// A relation: one side, as one model sees it.
    RelationId
);
id!(
    /// A join table of a many-to-many relation.
    JoinTableId
);
id!(
    /// An embedded type of the schema.
    TypeId
);
id!(
    /// A union of the schema.
    UnionId
);
