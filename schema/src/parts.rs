//! What of a schema is read, so that what was made from it can be kept until that changes.
//!
//! A *part* is what an id stands for. Its *name* stays the same as long as the thing it names is
//! there, which its number does not: a model in front of it is enough to change that. Its
//! *fingerprint* is a hash of all that it says, with names in the place of numbers.
//!
//! Every way to a part goes through `note`, in `model.rs`: what [`recorded`] tells is complete.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::fmt::{self, Write};

use crate::model::{EnumId, JoinTableId, ModelId, RelationId, Schema, TypeId, UnionId};

/// A part of a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Part {
    /// All of it.
    Whole,
    /// A model.
    Model(ModelId),
    /// Which models refer to this one.
    Referring(ModelId),
    /// An enum.
    Enum(EnumId),
    /// A relation.
    Relation(RelationId),
    /// A join table.
    JoinTable(JoinTableId),
    /// An embedded type.
    Type(TypeId),
    /// A union.
    Union(UnionId),
    /// The oldest servers that the schema is for.
    Servers,
}

thread_local! {
    /// What this thread has read, while somebody wants to know.
    static READ: RefCell<Option<BTreeSet<Part>>> = const { RefCell::new(None) };
}

/// Does work, and tells the parts of the schema that this thread read for it.
pub fn recorded<T>(work: impl FnOnce() -> T) -> (T, BTreeSet<Part>) {
    let outer = READ.replace(Some(BTreeSet::new()));
    let out = work();
    let read = READ.replace(outer).unwrap_or_default();
    (out, read)
}

/// Remembers that a part is read.
pub(crate) fn note(part: Part) {
    READ.with_borrow_mut(|read| {
        if let Some(read) = read {
            read.insert(part);
        }
    });
}

/// The fingerprints of all parts of a schema.
pub struct Fingerprints<'a> {
    schema: &'a Schema,
    by_name: HashMap<String, u64>,
}

impl<'a> Fingerprints<'a> {
    /// Takes those of a schema.
    pub fn new(schema: &'a Schema) -> Fingerprints<'a> {
        let mut taken = Fingerprints { schema, by_name: HashMap::new() };
        let mut whole = String::new();
        for part in schema.parts() {
            let (name, print) = (taken.name(part), taken.print(part));
            write!(whole, "{name} {print:x} ").expect("a text can be written to");
            // Two of one name, in a schema with errors: whoever reads one depends on both.
            taken.by_name.entry(name).and_modify(|both| *both = mix(*both, print)).or_insert(print);
        }
        taken.by_name.insert(taken.name(Part::Whole), hash(whole.as_bytes()));
        taken
    }

    /// The fingerprint of the part of this name, if there is one.
    pub fn get(&self, name: &str) -> Option<u64> {
        self.by_name.get(name).copied()
    }

    /// The name of a part: one line, without tabs.
    pub fn name(&self, part: Part) -> String {
        let schema = self.schema;
        match part {
            Part::Whole => "whole".to_owned(),
            Part::Servers => "servers".to_owned(),
            Part::Model(id) => format!("model {}", schema[id].name),
            Part::Referring(id) => format!("referring to {}", schema[id].name),
            Part::Enum(id) => format!("enum {}", schema[id].name),
            Part::Relation(id) => {
                let relation = &schema[id];
                format!("relation {}.{}", schema[relation.model].name, relation.name)
            }
            Part::JoinTable(id) => {
                let join = &schema[id];
                format!("join table {:?} {:?}", join.schema, join.table)
            }
            Part::Type(id) => format!("type {}", schema[id].name),
            Part::Union(id) => format!("union {}", schema[id].name),
        }
    }

    fn print(&self, part: Part) -> u64 {
        let schema = self.schema;
        let mut text = Named { prints: self, text: String::new(), id: None };
        let written = match part {
            Part::Whole => Ok(()),
            Part::Servers => write!(text, "{:?}", schema.servers()),
            Part::Model(id) => write!(text, "{:?}", schema[id]),
            Part::Referring(id) => write!(text, "{:?}", schema.referring(id)),
            Part::Enum(id) => write!(text, "{:?}", schema[id]),
            Part::Relation(id) => write!(text, "{:?}", schema[id]),
            Part::JoinTable(id) => write!(text, "{:?}", schema[id]),
            Part::Type(id) => write!(text, "{:?}", schema[id]),
            Part::Union(id) => write!(text, "{:?}", schema[id]),
        };
        written.expect("a text can be written to");
        hash(text.text.as_bytes())
    }
}

/// A text in which ids are written by name. `Debug` writes the word before an id's number by
/// itself, and a word of the user's in quotes, behind which no bare number comes.
struct Named<'a> {
    prints: &'a Fingerprints<'a>,
    text: String,
    /// The kind of id whose number comes next.
    id: Option<fn(u32) -> Part>,
}

impl fmt::Write for Named<'_> {
    fn write_str(&mut self, piece: &str) -> fmt::Result {
        if let Some(part) = self.id.take()
            && let Ok(number) = piece.parse()
        {
            self.text.push_str(&self.prints.name(part(number)));
            return Ok(());
        }
        self.id = match piece {
            "ModelId(" => Some(|number| Part::Model(ModelId(number))),
            "EnumId(" => Some(|number| Part::Enum(EnumId(number))),
            "RelationId(" => Some(|number| Part::Relation(RelationId(number))),
            "JoinTableId(" => Some(|number| Part::JoinTable(JoinTableId(number))),
            "TypeId(" => Some(|number| Part::Type(TypeId(number))),
            "UnionId(" => Some(|number| Part::Union(UnionId(number))),
            _ => None,
        };
        self.text.push_str(piece);
        Ok(())
    }
}

/// A hash to tell whether something is what it was. It is fast without optimisation, the same on
/// every machine, and no defence against anyone.
pub fn hash(bytes: &[u8]) -> u64 {
    let (words, rest) = bytes.as_chunks::<8>();
    let mut hash = mix(0, bytes.len() as u64);
    for word in words {
        hash = mix(hash, u64::from_le_bytes(*word));
    }
    rest.iter().fold(hash, |hash, &byte| mix(hash, byte.into()))
}

fn mix(hash: u64, word: u64) -> u64 {
    let mixed = (hash.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95);
    mixed ^ (mixed >> 29)
}
