//! From drafts to the schema: everything that is sound, and only that.

mod declared;

use std::collections::{HashMap, HashSet};

use rex_schema::model::{self, JoinTableId, ModelId, Parts, RelationId, RelationKind, TypeId, UnionId};
use rex_schema::{Schema, names};

use super::draft::{
    ColumnDraft, EnumDraft, FieldDraft, IndexDraft, Link, ModelDraft, PartDraft, PartKey, Shape,
};
use super::foreign_keys::columns_of;
use super::methods::Method;
use super::{Cx, FieldIx, ModelIx, checks, docs, unions};

/// Assembles the schema. What has an error is left out, with all that leads to it.
pub(super) fn assemble(cx: &Cx<'_>) -> Schema {
    let assembler = Assembler::new(cx);
    let mut parts = Parts {
        enums: cx.enums.iter().map(|draft| enumeration(cx, draft)).collect(),
        servers: cx.options.servers,
        ..Parts::default()
    };
    parts.types = assembler.types();
    parts.unions = declared::unions(cx, &assembler.model_ids)
        .into_iter()
        .map(|union| declared::union(cx, union, &assembler.model_ids))
        .collect();
    let mut used = taken_names(cx);
    parts.models = assembler.models.iter().map(|&model| assembler.model(model, &mut used)).collect();
    parts.relations = assembler.relations.iter().map(|&side| assembler.relation(side)).collect();
    parts.join_tables = assembler.joins.iter().map(|&join| assembler.join_table(join)).collect();
    Schema::new(parts)
}

/// Names that made ones give way to: those that the user wrote, tables, and primary keys.
fn taken_names(cx: &Cx<'_>) -> Used {
    let mut used = Used::default();
    let taken = &mut used.names;
    taken.reserve(cx.models.iter().map(|model| 3 + model.columns.len()).sum());
    for model in cx.models.iter().filter(|model| model.has_rows()) {
        taken.extend([model.table.clone(), model.stem(), names::primary_key(&model.stem())]);
        let indexes = model.uniques.iter().chain(&model.indexes).filter_map(|index| index.name.as_ref());
        let keys = model.fields.iter().filter_map(|field| field.attributes.constraint.as_ref());
        let checks = model.checks.iter().filter_map(|check| check.name.as_ref());
        taken.extend(indexes.chain(keys).chain(checks).map(|(name, _)| name.clone()));
        let stem = model.stem();
        taken.extend(model.columns.iter().map(|column| names::check(&stem, &column.name)));
    }
    for join in &cx.join_tables {
        taken.extend([join.table.clone(), join.stem(), names::primary_key(&join.stem())]);
    }
    used
}

struct Assembler<'c, 'a> {
    cx: &'c Cx<'a>,
    /// The sound models, in order.
    models: Vec<ModelIx>,
    model_ids: HashMap<ModelIx, ModelId>,
    /// The sound embedded types.
    type_ids: HashMap<ModelIx, TypeId>,
    /// The unions of sound models.
    union_ids: HashMap<usize, UnionId>,
    /// The sound relations, by model, then in source order.
    relations: Vec<Side>,
    relation_ids: HashMap<Side, RelationId>,
    joins: Vec<usize>,
    /// The places of `joins`.
    join_ids: HashMap<usize, JoinTableId>,
    /// The places of to-ones' keys among those of their models that are kept.
    foreign_keys: HashMap<Side, usize>,
}

/// A relation's side; of a union each member's is one, by its place in the union.
type Side = (ModelIx, FieldIx, usize);

impl<'c, 'a> Assembler<'c, 'a> {
    fn new(cx: &'c Cx<'a>) -> Assembler<'c, 'a> {
        let models: Vec<ModelIx> = cx.with_rows().filter(|&model| is_sound(cx, model)).collect();
        let model_ids: HashMap<ModelIx, ModelId> =
            models.iter().enumerate().map(|(at, &model)| (model, ModelId(at as u32))).collect();
        let mut foreign_keys = HashMap::new();
        for &model in &models {
            let keys = cx.models[model].foreign_keys.iter().filter(|key| model_ids.contains_key(&key.target));
            foreign_keys.extend(keys.enumerate().map(|(at, key)| ((model, key.field, key.member), at)));
        }
        let mut assembler = Assembler {
            cx,
            models,
            model_ids,
            union_ids: HashMap::new(),
            type_ids: declared::types(cx).into_iter().zip((0..).map(TypeId)).collect(),
            relations: Vec::new(),
            relation_ids: HashMap::new(),
            joins: Vec::new(),
            join_ids: HashMap::new(),
            foreign_keys,
        };
        let unions = declared::unions(cx, &assembler.model_ids);
        assembler.union_ids = unions.into_iter().zip((0..).map(UnionId)).collect();
        for &model in &assembler.models {
            for field in 0..cx.models[model].fields.len() {
                let members = match cx.field(model, field).shape {
                    Shape::Union { union, .. } => cx.unions[union].members.len(),
                    _ => 1,
                };
                let sides = (0..members).map(|member| (model, field, member));
                let sound = sides.filter(|&side| assembler.is_relation(side)).collect::<Vec<Side>>();
                assembler.relations.extend(sound);
            }
        }
        assembler.relation_ids =
            assembler.relations.iter().enumerate().map(|(at, &key)| (key, RelationId(at as u32))).collect();
        for &(model, field, _) in &assembler.relations {
            if let Some(Link::Join(join, _)) = cx.field(model, field).link
                && !assembler.join_ids.contains_key(&join)
            {
                assembler.join_ids.insert(join, JoinTableId(assembler.joins.len() as u32));
                assembler.joins.push(join);
            }
        }
        assembler
    }

    /// Whether a field is a relation both of whose ends are sound.
    fn is_relation(&self, (model, field, member): Side) -> bool {
        let draft = self.cx.field(model, field);
        let target = match draft.shape {
            Shape::ToOne { target, .. } | Shape::ToMany { target } => target,
            Shape::Union { union, .. } => self.cx.unions[union].members[member].0,
            Shape::Scalar { .. } | Shape::Embedded { .. } | Shape::Broken => return false,
        };
        let sound = |model: &ModelIx| self.model_ids.contains_key(model);
        sound(&target)
            && match draft.link {
                None => false,
                Some(Link::Key) => self.foreign_key((model, field, member)).is_some(),
                Some(Link::Inverse(back)) => self.foreign_key(self.back(target, back, model)).is_some(),
                Some(Link::Join(join, _)) => {
                    self.cx.join_tables[join].sides.iter().all(|(model, columns)| {
                        sound(model) && columns.len() == key_columns(self.cx, *model).len()
                    })
                }
                Some(Link::Through(joining, here, there)) => {
                    sound(&joining)
                        && self.foreign_key((joining, here, 0)).is_some()
                        && self.foreign_key((joining, there, 0)).is_some()
                }
            }
    }

    /// The place of a to-one's key among those that are kept.
    fn foreign_key(&self, side: Side) -> Option<usize> {
        self.foreign_keys.get(&side).copied()
    }

    /// The side of a field that leads back to a model.
    fn back(&self, holder: ModelIx, field: FieldIx, to: ModelIx) -> Side {
        (holder, field, unions::member_of(self.cx, holder, field, to).unwrap_or(0))
    }

    fn model(&self, index: ModelIx, used: &mut Used) -> model::Model {
        let draft = &self.cx.models[index];
        let columns: Vec<model::Column> =
            draft.columns.iter().map(|column| self.column(index, column)).collect();
        // In order of models: those of one stand together.
        let first = self.relations.partition_point(|&(model, ..)| model < index);
        let own = self.relations[first..].iter().take_while(|&&(model, ..)| model == index);
        model::Model {
            docs: docs(&draft.ast.docs),
            file: self.cx.sources.name(draft.file).to_owned(),
            kind: draft.storage.kind(),
            schema: draft.storage.schema_name().map(str::to_owned),
            renamed_from: draft.storage.renamed_from.as_ref().map(|(name, _)| name.clone()),
            fields: declared::row_fields(draft, &self.type_ids, &self.union_ids),
            columns,
            primary_key: key_columns(self.cx, index),
            version: marked_column(draft, |field| field.attributes.of_column.version.is_some()),
            soft_delete: marked_column(draft, |field| field.attributes.of_column.soft_delete.is_some()),
            uniques: self.uniques(index, used),
            indexes: self.indexes(index, used),
            checks: self.checks(index, used),
            foreign_keys: self.foreign_keys(index, used),
            relations: own.map(|key| self.relation_ids[key]).collect(),
            ..model::Model::new(draft.name(), draft.table.clone())
        }
    }

    fn types(&self) -> Vec<model::EmbeddedType> {
        let column = |ty: ModelIx| move |at: usize| self.column(ty, &self.cx.models[ty].columns[at]);
        declared::types(self.cx)
            .into_iter()
            .map(|ty| declared::embedded_type(self.cx, ty, &self.type_ids, column(ty)))
            .collect()
    }

    fn checks(&self, index: ModelIx, used: &mut Used) -> Vec<model::Check> {
        let written = checks::assemble(&self.cx.models[index], |made| used.free(made));
        let made = declared::checks(self.cx, index, |made| used.free(made));
        written.into_iter().chain(made).collect()
    }

    fn uniques(&self, index: ModelIx, used: &mut Used) -> Vec<model::Unique> {
        let draft = &self.cx.models[index];
        let uniques =
            draft.uniques.iter().filter(|unique| !is_primary_key(self.cx, index, unique)).map(|unique| {
                let columns = columns_of(self.cx, index, &unique.parts);
                let made = names::unique(&draft.stem(), &names_of(draft, &columns));
                let fields = unique.parts.iter().filter_map(|part| part_name(self.cx, draft, part)).collect();
                let condition = unions::condition(self.cx, index, unique);
                let nulls_not_distinct = unique.nulls_not_distinct;
                model::Unique {
                    condition,
                    nulls_not_distinct,
                    ..model::Unique::new(name(used, unique, made), columns, fields)
                }
            });
        uniques.filter(|unique| !unique.columns.is_empty()).collect()
    }

    fn indexes(&self, index: ModelIx, used: &mut Used) -> Vec<model::Index> {
        let draft = &self.cx.models[index];
        let indexes = draft.indexes.iter().map(|index_draft| {
            let parts = index_parts(self.cx, index, index_draft);
            let named: Vec<&str> = parts
                .iter()
                .map(|part| part.column().map_or("expr", |place| draft.columns[place].name.as_str()))
                .collect();
            let made = names::index(&draft.stem(), &named);
            let condition = index_draft.condition.clone();
            let other = index_draft.method.filter(|(method, _)| *method != Method::Btree);
            let method = other.map(|(method, _)| method.name().to_owned());
            let include =
                index_draft.include.as_ref().map(|(columns, _)| columns.clone()).unwrap_or_default();
            model::Index {
                condition,
                method,
                include,
                ..model::Index::new(name(used, index_draft, made), parts)
            }
        });
        indexes.filter(|index| !index.parts.is_empty()).collect()
    }

    fn foreign_keys(&self, index: ModelIx, used: &mut Used) -> Vec<model::ForeignKey> {
        let draft = &self.cx.models[index];
        let keys = draft.foreign_keys.iter().filter(|key| self.model_ids.contains_key(&key.target));
        let foreign_keys = keys.map(|key| model::ForeignKey {
            name: key.name.clone().unwrap_or_else(|| {
                used.free(names::foreign_key(&draft.stem(), &names_of(draft, &key.columns)))
            }),
            columns: key.columns.clone(),
            target: self.model_ids[&key.target],
            target_columns: key.target_columns.clone(),
            on_delete: key.on_delete,
            on_key_change: key.on_key_change,
            deferrable: key.deferrable,
        });
        foreign_keys.collect()
    }

    fn column(&self, model: ModelIx, draft: &ColumnDraft) -> model::Column {
        // A part of an embedded type is what its type says.
        let (source, owner) = match draft.part_of {
            Some((ty, at)) => {
                let part = &self.cx.models[ty].columns[at];
                (part, self.cx.field(ty, part.owner))
            }
            None => (draft, self.cx.field(model, draft.owner)),
        };
        let of = &owner.attributes.of_column;
        model::Column {
            docs: docs(&owner.ast.docs),
            computed: source.computed.clone(),
            on_update: source.on_update.clone(),
            backfill: source.backfill.clone(),
            immutable: of.immutable.is_some(),
            sensitive: of.sensitive.is_some(),
            deprecated: of.deprecated.clone(),
            renamed_from: draft.former.clone(),
            native: source.native.clone(),
            rust: of.rust.as_ref().map(|(path, _)| path.clone()),
            list: draft.list,
            nullable: draft.nullable,
            // What may be absent is absent unless it is set.
            default: source.default.clone().filter(|_| !draft.may_be_absent),
            rules: source.rules.clone(),
            id_of: draft.id_of.and_then(|model| self.model_ids.get(&model).copied()),
            ..model::Column::new(draft.field.clone(), draft.name.clone(), draft.ty)
        }
    }

    fn relation(&self, (model, field, member): Side) -> model::Relation {
        let draft = self.cx.field(model, field);
        let mut name = draft.name().to_owned();
        let (target, optional) = match draft.shape {
            Shape::ToOne { target, optional } => (target, optional),
            Shape::ToMany { target } => (target, false),
            Shape::Union { union, .. } => {
                let target = self.cx.unions[union].members[member].0;
                name = unions::relation_name(self.cx, &name, target);
                (target, true)
            }
            Shape::Scalar { .. } | Shape::Embedded { .. } | Shape::Broken => {
                unreachable!("only relations are kept as relations")
            }
        };
        let relation = |side: Side| self.relation_ids[&side];
        let back = |field| relation(self.back(target, field, model));
        let kind = match draft.link.expect("a relation that is kept has a link") {
            Link::Key => RelationKind::ToOne {
                foreign_key: self.foreign_key((model, field, member)).expect("a key that is kept"),
                optional,
            },
            Link::Inverse(field) => match draft.shape {
                Shape::ToMany { .. } => RelationKind::InverseMany { inverse: back(field) },
                _ => RelationKind::InverseOne { inverse: back(field) },
            },
            Link::Join(join, side) => RelationKind::ManyToMany { join_table: self.join_ids[&join], side },
            Link::Through(joining, here, there) => RelationKind::Through {
                here: relation((joining, here, 0)),
                there: relation((joining, there, 0)),
            },
        };
        model::Relation {
            model: self.model_ids[&model],
            name,
            docs: docs(&draft.ast.docs),
            deprecated: draft.attributes.of_column.deprecated.clone(),
            target: self.model_ids[&target],
            kind,
        }
    }

    fn join_table(&self, join: usize) -> model::JoinTable {
        let draft = &self.cx.join_tables[join];
        let sides = draft
            .sides
            .clone()
            .map(|(model, columns)| model::JoinSide { model: self.model_ids[&model], columns });
        model::JoinTable { schema: draft.schema.clone(), table: draft.table.clone(), sides }
    }
}

/// The column of the first field that is marked so.
fn marked_column(draft: &ModelDraft<'_>, marked: impl Fn(&FieldDraft<'_>) -> bool) -> Option<usize> {
    draft.fields.iter().find(|field| marked(field))?.columns.first().copied()
}

/// What a part of a unique is called in Rust; none for an expression.
fn part_name(cx: &Cx<'_>, draft: &ModelDraft<'_>, part: &PartDraft) -> Option<String> {
    let PartKey::Field { field, column } = part.key else { return None };
    let field = &draft.fields[field];
    Some(match (field.shape, column) {
        (Shape::Embedded { .. }, Some(column)) => draft.columns[column].field.clone(),
        (Shape::Union { union, .. }, Some(column)) => {
            let at = field.columns.iter().position(|&other| other == column);
            let member = cx.unions[union].members[at.expect("it is a key of the union")].0;
            unions::relation_name(cx, field.name(), member)
        }
        _ => field.name().to_owned(),
    })
}

fn names_of<'d>(draft: &'d ModelDraft<'_>, places: &[usize]) -> Vec<&'d str> {
    places.iter().map(|&column| draft.columns[column].name.as_str()).collect()
}

/// A model is sound if its key is, or if it is one that needs none.
fn is_sound(cx: &Cx<'_>, model: ModelIx) -> bool {
    let columns = key_columns(cx, model);
    let parts: usize = cx.models[model].key.as_ref().map_or(0, |key| key.fields.len());
    let required = columns.iter().all(|&column| !cx.models[model].columns[column].nullable);
    let draft = &cx.models[model];
    let may_lack_one = !draft.storage.is_table() && !draft.names_key && !draft.columns.is_empty();
    (!columns.is_empty() || may_lack_one) && columns.len() >= parts && required
}

/// The columns of the primary key; empty if there is none.
fn key_columns(cx: &Cx<'_>, model: ModelIx) -> Vec<usize> {
    let draft = &cx.models[model];
    draft
        .key
        .iter()
        .flat_map(|key| &key.fields)
        .flat_map(|&field| draft.fields[field].columns.clone())
        .collect()
}

/// A unique constraint over the primary key itself: told by a lint, and not made.
fn is_primary_key(cx: &Cx<'_>, model: ModelIx, unique: &IndexDraft) -> bool {
    unique.is_total() && columns_of(cx, model, &unique.parts) == key_columns(cx, model)
}

fn index_parts(cx: &Cx<'_>, model: ModelIx, index: &IndexDraft) -> Vec<model::IndexPart> {
    let parts = index.parts.iter().flat_map(|part| {
        let keys: Vec<model::IndexKey> = match &part.key {
            PartKey::Formula(formula) => vec![model::IndexKey::Formula(formula.clone())],
            PartKey::Field { .. } => {
                let columns = columns_of(cx, model, std::slice::from_ref(part));
                columns.into_iter().map(model::IndexKey::Column).collect()
            }
        };
        keys.into_iter().map(|key| model::IndexPart {
            key,
            descending: part.descending,
            nulls: part.nulls,
            collate: part.collate.as_ref().map(|(name, _)| name.clone()),
            ops: part.ops.as_ref().map(|(name, _)| name.clone()),
        })
    });
    parts.collect()
}

/// The written name, or a made one that nobody has.
fn name(used: &mut Used, index: &IndexDraft, made: String) -> String {
    match &index.name {
        Some((written, _)) => written.clone(),
        None => used.free(made),
    }
}

/// Names that are taken.
#[derive(Default)]
struct Used {
    names: HashSet<String>,
    /// The last number behind a made name.
    numbers: HashMap<String, usize>,
}

impl Used {
    /// A name that nobody has: `…_idx`, `…_idx1`, as PostgreSQL does.
    fn free(&mut self, made: String) -> String {
        if self.names.insert(made.clone()) {
            return made;
        }
        let number = self.numbers.entry(made.clone()).or_default();
        loop {
            *number += 1;
            let free = format!("{made}{number}");
            if self.names.insert(free.clone()) {
                return free;
            }
        }
    }
}

fn enumeration(cx: &Cx<'_>, draft: &EnumDraft<'_>) -> model::Enum {
    let variants = draft.variants.iter().map(|variant| model::Variant {
        name: variant.ast.name.text.clone(),
        label: variant.label.clone(),
        docs: docs(&variant.ast.docs),
        deprecated: variant.deprecated.clone(),
        renamed_from: variant.renamed_from.as_ref().map(|(name, _)| name.clone()),
    });
    model::Enum {
        name: draft.ast.name.text.clone(),
        docs: docs(&draft.ast.docs),
        file: cx.sources.name(draft.file).to_owned(),
        schema: draft.schema.clone(),
        type_name: draft.type_name.clone(),
        renamed_from: draft.renamed_from.as_ref().map(|(name, _)| name.clone()),
        variants: variants.collect(),
    }
}
