//! Drafts: declarations on their way to the schema. They hold what the passes have found so far,
//! and decide nothing.

use std::collections::HashMap;

use rex_grammar::ast::{self, Span};
use rex_schema::{model, names};

use super::attributes::Attributes;
use super::keys::Part;
use super::methods::Method;
use super::storage::Storage;
use super::{FieldIx, ModelIx};
use crate::source::{FileId, Place};

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Declared {
    Model(ModelIx),
    Enum(usize),
    /// By its place among the models: its fields are read as theirs are.
    Mixin(ModelIx),
    /// An embedded type, by its place among the models: its fields are read as theirs are.
    Type(ModelIx),
    Union(usize),
}

pub(super) struct EnumDraft<'a> {
    pub(super) ast: &'a ast::Enum,
    pub(super) file: FileId,
    pub(super) type_name: String,
    pub(super) schema: Option<String>,
    pub(super) renamed_from: Option<(String, Place)>,
    pub(super) variants: Vec<VariantDraft<'a>>,
    pub(super) by_name: HashMap<&'a str, usize>,
    pub(super) used: bool,
}

pub(super) struct VariantDraft<'a> {
    pub(super) ast: &'a ast::Variant,
    pub(super) label: String,
    pub(super) deprecated: Option<String>,
    pub(super) renamed_from: Option<(String, Place)>,
}

pub(super) struct UnionDraft<'a> {
    pub(super) ast: &'a ast::Union,
    pub(super) file: FileId,
    /// In order, each with where it is named.
    pub(super) members: Vec<(ModelIx, Place)>,
    /// Whether a member could not be made out, or has no key that a column can hold.
    pub(super) broken: bool,
    pub(super) used: bool,
}

/// A model; also a mixin or an embedded type, which have fields as models do, and no table.
pub(super) struct ModelDraft<'a> {
    pub(super) ast: &'a ast::Block,
    pub(super) file: FileId,
    /// The mixins that it takes in, each once, those of mixins behind them.
    pub(super) mixins: Vec<ModelIx>,
    /// Whether part of it, or of what it takes in, could not be read: what seems to be missing may
    /// be there.
    pub(super) broken: bool,
    /// Whether a mixin is taken in, or an embedded type has a field.
    pub(super) used: bool,
    pub(super) table: String,
    pub(super) table_place: Place,
    pub(super) storage: Storage,
    pub(super) fields: Vec<FieldDraft<'a>>,
    /// The places of `fields`.
    pub(super) by_name: HashMap<&'a str, FieldIx>,
    /// The fields of the primary key; none if there is no sound one.
    pub(super) key: Option<Key<'a>>,
    /// Whether the model says what its key is, soundly or not.
    pub(super) names_key: bool,
    /// The columns of the key, once they are known.
    pub(super) key_parts: Option<Vec<Part>>,
    pub(super) columns: Vec<ColumnDraft>,
    pub(super) uniques: Vec<IndexDraft>,
    pub(super) indexes: Vec<IndexDraft>,
    pub(super) checks: Vec<CheckDraft>,
    pub(super) foreign_keys: Vec<ForeignKeyDraft>,
}

#[derive(Clone)]
pub(super) struct FieldDraft<'a> {
    pub(super) ast: &'a ast::Field,
    /// The file it stands in: a mixin's, for a field that came from one.
    pub(super) file: FileId,
    /// The mixin that it came from.
    pub(super) mixin: Option<ModelIx>,
    pub(super) shape: Shape,
    pub(super) attributes: Attributes<'a>,
    /// Places in the model's `columns`: one for a scalar, any number for a to-one with a key.
    pub(super) columns: Vec<usize>,
    /// How a relation leads to its target, once that is known.
    pub(super) link: Option<Link>,
}

/// How many fields a field or a statement counts for where a few words make many of it: one, more
/// where it is long, since its rules are copied with it, and three where it makes an index.
pub(super) fn weight(whole: Span, makes_index: bool) -> usize {
    (if makes_index { 3 } else { 1 }) + whole.range().len() / 64
}

/// What a field is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Shape {
    Scalar {
        ty: model::Type,
        list: bool,
        nullable: bool,
    },
    ToOne {
        target: ModelIx,
        optional: bool,
    },
    ToMany {
        target: ModelIx,
    },
    /// An embedded type, by its place among the models.
    Embedded {
        ty: ModelIx,
        optional: bool,
    },
    Union {
        union: usize,
        optional: bool,
    },
    Broken,
}

/// A statement, with the file that it stands in: the model's, or that of a mixin.
#[derive(Clone, Copy)]
pub(super) struct Statement<'a> {
    pub(super) ast: &'a ast::Statement,
    pub(super) file: FileId,
}

/// The fields of a primary key and where it is declared.
#[derive(Clone, Debug)]
pub(super) struct Key<'a> {
    pub(super) fields: Vec<FieldIx>,
    /// Where each field is named.
    pub(super) places: Vec<Place>,
    pub(super) place: Place,
    /// Fields that it names by a column (`author_id` for `author`), to be verified.
    pub(super) by_column: Vec<(FieldIx, &'a ast::Name)>,
}

#[derive(Clone)]
pub(super) struct ColumnDraft {
    /// The column of an embedded type that it is, and that type.
    pub(super) part_of: Option<(ModelIx, usize)>,
    /// Whether it is a part of what may be absent.
    pub(super) may_be_absent: bool,
    pub(super) field: String,
    pub(super) name: String,
    /// What it was called, where its field or a part on the way to it was renamed.
    pub(super) former: Option<String>,
    pub(super) place: Place,
    /// The field that it is, or that made it.
    pub(super) owner: FieldIx,
    pub(super) made: bool,
    pub(super) ty: model::Type,
    pub(super) list: bool,
    pub(super) nullable: bool,
    pub(super) default: Option<model::Default>,
    /// What the database makes of the others.
    pub(super) computed: Option<model::Formula>,
    pub(super) on_update: Option<model::Default>,
    pub(super) backfill: Option<model::Formula>,
    pub(super) native: model::SqlText,
    pub(super) rules: Vec<model::Rule>,
    pub(super) id_of: Option<ModelIx>,
}

/// A unique constraint or an index, by fields until the columns are known.
#[derive(Clone, Debug)]
pub(super) struct IndexDraft {
    pub(super) name: Option<(String, Place)>,
    pub(super) parts: Vec<PartDraft>,
    pub(super) place: Place,
    /// Made by a foreign key, not by the user.
    pub(super) made: bool,
    /// Which rows it is over, if not all.
    pub(super) condition: Option<model::Formula>,
    /// How PostgreSQL keeps it, where that is said.
    pub(super) method: Option<(Method, Place)>,
    /// Columns that it holds along.
    pub(super) include: Option<(Vec<usize>, Place)>,
    pub(super) nulls_not_distinct: bool,
}

impl IndexDraft {
    pub(super) fn new(parts: Vec<PartDraft>, place: Place) -> IndexDraft {
        IndexDraft {
            name: None,
            parts,
            place,
            made: false,
            condition: None,
            method: None,
            include: None,
            nulls_not_distinct: false,
        }
    }

    /// Whether it is over all rows, and finds them by its first parts: what is unique in it is
    /// unique.
    pub(super) fn is_total(&self) -> bool {
        let sorts = self.method.is_none_or(|(method, _)| method == Method::Btree);
        let is_usual = |part: &PartDraft| part.collate.is_none() && part.ops.is_none();
        self.condition.is_none() && sorts && self.parts.iter().all(is_usual)
    }
}

#[derive(Clone, Debug)]
pub(super) struct PartDraft {
    pub(super) key: PartKey,
    pub(super) descending: bool,
    pub(super) nulls: Option<model::Nulls>,
    pub(super) collate: Option<(String, Place)>,
    /// The operator class.
    pub(super) ops: Option<(String, Place)>,
    /// The first word about its order.
    pub(super) order: Option<Place>,
    pub(super) place: Place,
}

/// What a part of an index sorts.
#[derive(Clone, Debug)]
pub(super) enum PartKey {
    /// The columns of a field, or only one of them (`author_id` of `author`).
    Field { field: FieldIx, column: Option<usize> },
    /// What is made of columns.
    Formula(model::Formula),
}

impl PartDraft {
    pub(super) fn new(key: PartKey, place: Place) -> PartDraft {
        PartDraft { key, descending: false, nulls: None, collate: None, ops: None, order: None, place }
    }

    /// The one column of a field that it is, if it is not all of them.
    pub(super) fn column(&self) -> Option<usize> {
        match self.key {
            PartKey::Field { column, .. } => column,
            PartKey::Formula(_) => None,
        }
    }

    /// The field, if it is no expression.
    pub(super) fn field(&self) -> Option<FieldIx> {
        match self.key {
            PartKey::Field { field, .. } => Some(field),
            PartKey::Formula(_) => None,
        }
    }
}

/// A rule over the row.
#[derive(Clone, Debug)]
pub(super) struct CheckDraft {
    pub(super) name: Option<(String, Place)>,
    pub(super) condition: model::Formula,
    pub(super) message: Option<String>,
    /// The condition's place.
    pub(super) place: Place,
}

pub(super) struct ForeignKeyDraft {
    pub(super) field: FieldIx,
    /// Which member of the union that the field is; 0 for a to-one.
    pub(super) member: usize,
    pub(super) name: Option<String>,
    pub(super) columns: Vec<usize>,
    pub(super) target: ModelIx,
    pub(super) target_columns: Vec<usize>,
    pub(super) on_delete: model::Action,
    pub(super) on_key_change: model::Action,
    pub(super) deferrable: bool,
}

/// How a relation leads to its target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Link {
    /// This side holds the key.
    Key,
    /// The target's field holds the key.
    Inverse(FieldIx),
    /// A join table, by its place, and this side's place in it.
    Join(usize, usize),
    /// A model with its two to-ones: to here, to the target.
    Through(ModelIx, FieldIx, FieldIx),
}

pub(super) struct JoinDraft {
    pub(super) schema: Option<String>,
    pub(super) table: String,
    pub(super) place: Place,
    /// The models, and their columns' names.
    pub(super) sides: [(ModelIx, Vec<String>); 2],
    /// The relation that declared it.
    pub(super) owner: (ModelIx, FieldIx),
}

impl<'a> ModelDraft<'a> {
    pub(super) fn name(&self) -> &'a str {
        &self.ast.name.text
    }

    pub(super) fn place(&self) -> Place {
        Place { file: self.file, span: self.ast.name.span }
    }

    /// What names of its constraints and indexes begin with.
    pub(super) fn stem(&self) -> String {
        names::stem(self.storage.schema_name(), &self.table)
    }

    /// Where a first member would be written.
    pub(super) fn inside(&self) -> Place {
        Place { file: self.file, span: self.ast.open.after() }
    }

    /// Whether it has rows of its own: it is no mixin and no embedded type.
    pub(super) fn has_rows(&self) -> bool {
        matches!(self.ast.kind, ast::BlockKind::Model | ast::BlockKind::View)
    }

    pub(super) fn find(&self, name: &str) -> Option<FieldIx> {
        self.by_name.get(name).copied()
    }

    pub(super) fn field_names(&self) -> impl Iterator<Item = &'a str> {
        self.fields.iter().map(|field| field.name())
    }
}

impl<'a> EnumDraft<'a> {
    pub(super) fn place(&self) -> Place {
        Place { file: self.file, span: self.ast.name.span }
    }

    /// The place of a variant among all.
    pub(super) fn find(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    pub(super) fn variant_names(&self) -> impl Iterator<Item = &'a str> {
        self.variants.iter().map(|variant| variant.ast.name.text.as_str())
    }

    /// What tells its type from others: see [`names::stem`].
    pub(super) fn stem(&self) -> String {
        names::stem(self.schema.as_deref(), &self.type_name)
    }
}

impl JoinDraft {
    /// What names of its constraints and indexes begin with.
    pub(super) fn stem(&self) -> String {
        names::stem(self.schema.as_deref(), &self.table)
    }
}

impl<'a> FieldDraft<'a> {
    pub(super) fn name(&self) -> &'a str {
        &self.ast.name.text
    }

    pub(super) fn place(&self) -> Place {
        Place { file: self.file, span: self.ast.name.span }
    }

    pub(super) fn type_place(&self) -> Place {
        let span = self.ast.ty.as_ref().map_or(self.ast.name.span, |ty| ty.span);
        Place { file: self.file, span }
    }

    /// The type without its `?`; of a list, without its brackets.
    pub(super) fn bare_type_place(&self) -> Place {
        let span = match &self.ast.ty {
            Some(ast::TypeRef { kind: ast::TypeKind::List(element), .. }) => element.bare(),
            Some(ty) => ty.bare(),
            None => self.ast.name.span,
        };
        Place { file: self.file, span }
    }

    /// Where the `?` of its type is, or would be.
    pub(super) fn mark(&self) -> Place {
        let optional = self.ast.ty.as_ref().and_then(|ty| ty.optional);
        let place = self.type_place();
        Place { span: optional.unwrap_or(place.span.after()), ..place }
    }

    /// Where another attribute would be written.
    pub(super) fn end(&self) -> Place {
        Place { file: self.file, span: self.ast.span.after() }
    }

    /// A to-one without `@inverse`: it holds a key. A union holds several.
    pub(super) fn holds_key(&self) -> bool {
        match self.shape {
            Shape::ToOne { .. } => self.attributes.inverse.is_none(),
            Shape::Union { .. } => true,
            Shape::Scalar { .. } | Shape::ToMany { .. } | Shape::Embedded { .. } | Shape::Broken => false,
        }
    }
}
