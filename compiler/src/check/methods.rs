//! The methods of indexes: PostgreSQL's, and what each of them can do.
//!
//! | method | sorts | covers | several parts | types, without `ops` |
//! |---|---|---|---|---|
//! | `btree` | yes | yes | yes | all but lists and `Json` |
//! | `hash` | no | no | no | all but lists and `Json` |
//! | `gin` | no | no | yes | lists and `Json` |
//! | `gist` | no | yes | yes | none |
//! | `spgist` | no | since 14 | no | `String` |
//! | `brin` | no | no | yes | what has an order, but for `Bool` and enums |
//!
//! An operator class (`ops`) is an extension's or the user's: Rex does not know what it indexes.

use rex_schema::model::{Formula, Scalar, Type};
use rex_schema::{Dialect, Servers, Version};

use super::draft::{IndexDraft, PartDraft, PartKey};
use super::foreign_keys::columns_of;
use super::{Cx, ModelIx};
use crate::diagnostic::{indexes, keys, lints};
use crate::source::Place;

/// How PostgreSQL keeps an index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    Btree,
    Hash,
    Gin,
    Gist,
    Spgist,
    Brin,
}

impl Method {
    pub(super) const ALL: [Method; 6] =
        [Method::Btree, Method::Hash, Method::Gin, Method::Gist, Method::Spgist, Method::Brin];

    pub(super) fn name(self) -> &'static str {
        match self {
            Method::Btree => "btree",
            Method::Hash => "hash",
            Method::Gin => "gin",
            Method::Gist => "gist",
            Method::Spgist => "spgist",
            Method::Brin => "brin",
        }
    }

    /// Whether it gives rows in an order.
    fn sorts(self) -> bool {
        self == Method::Btree
    }

    /// Since which PostgreSQL it holds other columns along; none if it does not.
    fn covers_since(self) -> Option<Version> {
        match self {
            Method::Btree | Method::Gist => Some(Servers::OLDEST.postgres),
            Method::Spgist => Some(Version::new(14, 0)),
            Method::Gin | Method::Hash | Method::Brin => None,
        }
    }

    /// Whether it takes more than one part.
    fn takes_several(self) -> bool {
        !matches!(self, Method::Hash | Method::Spgist)
    }

    /// Whether it indexes values of a type by itself.
    fn takes(self, ty: Type, list: bool) -> bool {
        let is_plain = !list && ty != Type::Scalar(Scalar::Json);
        match self {
            Method::Btree | Method::Hash => is_plain,
            Method::Gin => !is_plain,
            Method::Gist => false,
            Method::Spgist => !list && matches!(ty, Type::Scalar(Scalar::String { .. })),
            Method::Brin => is_plain && !matches!(ty, Type::Enum(_) | Type::Scalar(Scalar::Bool)),
        }
    }
}

/// Whether an index can be as it is written; if not, it is told. `end` is where a clause would be
/// added; none for an attribute.
pub(super) fn can_be(
    cx: &mut Cx<'_>,
    model: ModelIx,
    index: &IndexDraft,
    is_unique: bool,
    end: Option<Place>,
) -> bool {
    let told = cx.diagnostics.len();
    let method = index.method.map_or(Method::Btree, |(method, _)| method);
    for part in &index.parts {
        takes_part(cx, model, part, index, is_unique, end);
        if let (Some(place), false) = (part.order, method.sorts()) {
            cx.report(indexes::does_not_sort(place, method.name()));
        }
    }
    if let Some((_, place)) = &index.include {
        let least = cx.options.servers.postgres;
        match method.covers_since() {
            None => cx.report(indexes::does_not_cover(*place, method.name())),
            Some(since) if since > least && cx.has(Dialect::Postgres) => {
                cx.report(indexes::does_not_cover_before(*place, method.name(), since, least));
            }
            Some(_) => {}
        }
    }
    let several = columns_of(cx, model, &index.parts).len().max(index.parts.len()) > 1;
    if let (Some((_, place)), true, false) = (index.method, several, method.takes_several()) {
        cx.report(indexes::takes_one(place, method.name()));
    }
    cx.diagnostics.len() == told
}

/// Whether a part's values can be indexed, and have a collation where one is named.
fn takes_part(
    cx: &mut Cx<'_>,
    model: ModelIx,
    part: &PartDraft,
    index: &IndexDraft,
    is_unique: bool,
    end: Option<Place>,
) {
    let (method, using) = index.method.unwrap_or((Method::Btree, part.place));
    for (ty, list) in types(cx, model, part) {
        let what = match ty {
            _ if list => "a list".to_owned(),
            ty => format!("`{}`", cx.type_name(ty)),
        };
        let name = cx.text(part.place);
        let declared = part.field().map_or(part.place, |field| cx.field(model, field).type_place());
        if let (Some((_, place)), true) = (&part.collate, list || !is_text(ty)) {
            cx.report(indexes::no_collation(*place, name, &what, declared));
        }
        if part.ops.is_some() || method.takes(ty, list) {
            continue;
        }
        let is_document = list || ty == Type::Scalar(Scalar::Json);
        let name = part.field().map_or(name, |field| cx.field(model, field).name());
        cx.report(match index.method {
            None if is_document => {
                let end = end.filter(|_| !is_unique);
                keys::not_indexable(part.place, name, &what, is_unique, declared, end)
            }
            _ => indexes::not_of_type(using, method.name(), name, &what, is_document, declared),
        });
        return;
    }
}

/// The types of the columns of a part, or of its expression where that is known.
fn types(cx: &Cx<'_>, model: ModelIx, part: &PartDraft) -> Vec<(Type, bool)> {
    match &part.key {
        PartKey::Field { .. } => {
            let columns = columns_of(cx, model, std::slice::from_ref(part));
            let columns = columns.into_iter().map(|column| &cx.models[model].columns[column]);
            columns.map(|column| (column.ty, column.list)).collect()
        }
        PartKey::Formula(Formula::Expr(expr)) => vec![(expr.ty.ty, expr.ty.list)],
        PartKey::Formula(Formula::Sql(_)) => Vec::new(),
    }
}

fn is_text(ty: Type) -> bool {
    matches!(ty, Type::Scalar(Scalar::String { .. }))
}

/// Tells what of an index SQLite does without.
pub(super) fn postgres_only(cx: &mut Cx<'_>, index: &IndexDraft) {
    if !cx.has(Dialect::Sqlite) {
        return;
    }
    if let Some((method, place)) = index.method.filter(|(method, _)| *method != Method::Btree) {
        cx.report(lints::postgres_only_index(place, method.name(), true));
        return;
    }
    let of_parts = index.parts.iter().flat_map(|part| {
        // The order of bytes is SQLite's own.
        let collate = part.collate.as_ref().filter(|(name, _)| !matches!(name.as_str(), "C" | "POSIX"));
        let ops = part.ops.as_ref();
        [collate.map(|(_, place)| ("collate", *place)), ops.map(|(_, place)| ("ops", *place))]
    });
    let include = index.include.as_ref().map(|(_, place)| ("include", *place));
    let found: Vec<(&str, Place)> = of_parts.chain([include]).flatten().collect();
    for (word, place) in found {
        cx.report(lints::postgres_only_index(place, word, false));
    }
}
