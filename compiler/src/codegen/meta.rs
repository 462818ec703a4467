//! What the runtime is told about tables, keys and relations, as constants.

use quote::{format_ident, quote};
use rex_schema::model::{
    Action, Column, Default, ForeignKey, JoinTable, JoinTableId, Model, ModelId, ModelKind, Relation,
    RelationKind, Scalar, Type, Unique, Value,
};
use rex_schema::{Dialect, names as made};
use syn::Expr;

use super::layout::Piece;
use super::{Cx, checks, column_words, constant, layout, names, repository, rules, types};

/// `&[0, 2]`
pub(super) fn places(places: &[usize]) -> Expr {
    constant::list(places.iter().map(|&place| constant::number(place)))
}

/// A list of names.
fn texts<'a>(texts: impl IntoIterator<Item = &'a str>) -> Expr {
    constant::list(texts.into_iter().map(constant::text))
}

/// A `ModelMeta`.
pub(super) fn model(cx: &Cx<'_>, id: ModelId) -> Expr {
    let model = &cx.schema[id];
    let statements = cx.statements.of(id);
    let key = Some(("get".to_owned(), &model.primary_key)).filter(|(_, key)| !key.is_empty());
    let uniques =
        repository::total(model).map(|(at, unique)| (repository::by_name(model, at), &unique.columns));
    let gets = key.into_iter().chain(uniques).zip(&statements.gets).map(|((name, columns), text)| {
        let statement = constant::reference(text.constant());
        let fields =
            [("name", constant::text(&name)), ("columns", places(columns)), ("statement", statement)];
        constant::structure("__::GetMeta", fields)
    });
    let [insert, delete] = match &statements.writes {
        Some(writes) => [writes.insert.constant(), writes.delete.constant()],
        None => [(); 2].map(|()| constant::named("__::Statement::NONE")),
    };
    let fields = [
        ("name", constant::text(&model.name)),
        ("table", table(cx, id)),
        ("listed", statements.listed()),
        ("gets", constant::list(gets)),
        ("checks", checks::list(model)),
        ("insert", constant::reference(insert)),
        ("delete", constant::reference(delete)),
        ("rules", constant::list(rules::of_model(cx, model))),
    ];
    constant::structure("__::ModelMeta", fields)
}

/// The name of a PostgreSQL schema, or none for the default one.
fn schema_name(schema: Option<&str>) -> Expr {
    constant::optional(schema.map(constant::text))
}

/// The foreign keys that a database enforces: those of a view only say how to load along.
fn enforced_keys(model: &Model) -> impl Iterator<Item = &ForeignKey> {
    let is_view = matches!(model.kind, ModelKind::View(_));
    model.foreign_keys.iter().filter(move |_| !is_view)
}

/// A model's `TableMeta`.
fn table(cx: &Cx<'_>, id: ModelId) -> Expr {
    let model = &cx.schema[id];
    let key = unique(&made::primary_key(&model.stem()), &model.primary_key, None);
    let uniques = model.uniques.iter().map(|item| unique(&item.name, &item.columns, only(cx, model, item)));
    let fields = [
        ("schema", schema_name(model.schema.as_deref())),
        ("name", constant::text(&model.table)),
        ("columns", column_words::columns(cx, model)),
        ("key", key),
        ("uniques", constant::list(uniques)),
        ("foreign_keys", constant::list(enforced_keys(model).map(|key| foreign_key(cx, key)))),
        ("referenced_by", constant::list(references(cx, id))),
        ("upkeep", upkeep(cx, model)),
    ];
    constant::structure("__::TableMeta", fields)
}

fn unique(name: &str, columns: &[usize], only: Option<Expr>) -> Expr {
    let fields =
        [("name", constant::text(name)), ("columns", places(columns)), ("only", constant::optional(only))];
    constant::structure("__::UniqueMeta", fields)
}

/// Which rows a unique holds for, if not all.
fn only(cx: &Cx<'_>, model: &Model, unique: &Unique) -> Option<Expr> {
    let condition = unique.condition.as_ref()?;
    let text = |dialect| {
        let serves = cx.options.databases.contains(&dialect);
        let text = serves.then(|| rex_schema::condition(cx.schema, model, condition, dialect)).flatten();
        constant::raw(&text.unwrap_or_default())
    };
    let fields = [("postgres", text(Dialect::Postgres)), ("sqlite", text(Dialect::Sqlite))];
    Some(constant::structure("__::Only", fields))
}

/// A model's `Upkeep`.
fn upkeep(cx: &Cx<'_>, model: &Model) -> Expr {
    let mut upkeep = constant::named("__::Upkeep::NONE");
    if let Some(place) = model.version {
        upkeep = constant::method(upkeep, "version", [constant::number(place)]);
    }
    if let Some(place) = model.soft_delete {
        upkeep = constant::method(upkeep, "soft_delete", [constant::number(place)]);
    }
    let immutable = model.columns.iter().enumerate().filter(|(_, column)| column.immutable);
    let immutable: Vec<usize> = immutable.map(|(place, _)| place).collect();
    if !immutable.is_empty() {
        upkeep = constant::method(upkeep, "immutable", [places(&immutable)]);
    }
    let columns = model.columns.iter().enumerate();
    let on_update = columns.filter_map(|(place, column)| {
        let value = default_value(cx, column.ty, column.on_update.as_ref()?);
        Some(constant::tuple([constant::number(place), value]))
    });
    let on_update: Vec<Expr> = on_update.collect();
    match on_update.is_empty() {
        true => upkeep,
        false => constant::method(upkeep, "on_update", [constant::list(on_update)]),
    }
}

/// A column's name and type.
fn plain_column(cx: &Cx<'_>, name: &str, column: &Column) -> Expr {
    constant::call("__::ColumnMeta::new", [constant::text(name), column_type(cx, column)])
}

/// The runtime's `Type` of a column.
pub(super) fn column_type(cx: &Cx<'_>, column: &Column) -> Expr {
    let ty = ty(cx, column.ty);
    match column.list {
        true => constant::call("__::Type::List", [constant::reference(ty)]),
        false => ty,
    }
}

fn as_text(meta: Expr, column: &Column) -> Expr {
    if types::as_text(column) { constant::method(meta, "as_text", []) } else { meta }
}

fn ty(cx: &Cx<'_>, ty: Type) -> Expr {
    let scalar = match ty {
        Type::Scalar(scalar) => scalar,
        Type::Enum(id) => {
            let name = names::enum_path(cx.schema, id);
            return constant::parsed(quote!(__::Type::Enum(#name::LABELS)));
        }
    };
    let name = match scalar {
        Scalar::Decimal { precision, scale } => {
            let [precision, scale] = [precision, scale].map(|digits| constant::number(digits.into()));
            return constant::structure("__::Type::Decimal", [("precision", precision), ("scale", scale)]);
        }
        Scalar::Bool => "__::Type::Bool",
        Scalar::SmallInt => "__::Type::I16",
        Scalar::Int => "__::Type::I32",
        Scalar::BigInt => "__::Type::I64",
        Scalar::Float => "__::Type::F32",
        Scalar::Double => "__::Type::F64",
        Scalar::String { .. } => "__::Type::Text",
        Scalar::Bytes => "__::Type::Bytes",
        Scalar::Uuid => "__::Type::Uuid",
        Scalar::Date => "__::Type::Date",
        Scalar::Time => "__::Type::Time",
        Scalar::DateTime => "__::Type::DateTime",
        Scalar::LocalDateTime => "__::Type::LocalDateTime",
        Scalar::Json => "__::Type::Json",
    };
    constant::named(name)
}

pub(super) fn default_value(cx: &Cx<'_>, ty: Type, default: &Default) -> Expr {
    let name = match default {
        Default::Value(value) => return constant(cx, ty, value),
        Default::List(values) => {
            let values = constant::list(values.iter().map(|value| constant(cx, ty, value)));
            return constant::call("__::DefaultValue::List", [values]);
        }
        Default::Autoincrement => "__::DefaultValue::Autoincrement",
        Default::Sql(_) => "__::DefaultValue::Database",
        Default::Now => "__::DefaultValue::Now",
        Default::Today => "__::DefaultValue::Today",
        Default::Uuid4 => "__::DefaultValue::Uuid4",
        Default::Uuid7 => "__::DefaultValue::Uuid7",
    };
    constant::named(name)
}

pub(super) fn constant(cx: &Cx<'_>, ty: Type, value: &Value) -> Expr {
    let (kind, value) = match value {
        Value::Bool(value) => ("Bool", constant::boolean(*value)),
        Value::Int(value) => ("Int", constant::parsed(quote!(#value))),
        Value::Float(value) => ("Float", constant::parsed(quote!(#value))),
        Value::Decimal(digits) => ("Decimal", constant::text(digits)),
        Value::String(text) => ("Text", constant::text(text)),
        Value::Bytes(bytes) => ("Bytes", constant::parsed(quote!(&[#(#bytes),*]))),
        Value::Uuid(text) => {
            let bytes = uuid(text);
            ("Uuid", constant::parsed(quote!([#(#bytes),*])))
        }
        Value::Date(days) => ("Date", constant::parsed(quote!(#days))),
        Value::Time(micros) => ("Time", constant::parsed(quote!(#micros))),
        Value::DateTime(micros) | Value::LocalDateTime(micros) => {
            ("DateTime", constant::parsed(quote!(#micros)))
        }
        Value::Json(text) => ("Json", constant::text(text)),
        Value::Variant(at) => {
            let label = match ty {
                Type::Enum(id) => cx.schema[id].variants[*at].label.as_str(),
                Type::Scalar(_) => unreachable!("only an enum's default is a variant"),
            };
            ("Label", constant::text(label))
        }
    };
    constant::call(&format!("__::DefaultValue::{kind}"), [value])
}

/// The bytes of a checked UUID.
pub(super) fn uuid(text: &str) -> Vec<u8> {
    let digits: Vec<u8> =
        text.bytes().filter_map(|byte| char::from(byte).to_digit(16)).map(|d| d as u8).collect();
    digits.chunks(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect()
}

fn foreign_key(cx: &Cx<'_>, key: &ForeignKey) -> Expr {
    let target = &cx.schema[key.target];
    let target_columns = key.target_columns.iter().map(|&place| target.columns[place].name.as_str());
    foreign_key_meta(&key.name, &key.columns, target, target_columns)
}

fn foreign_key_meta<'a>(
    name: &str,
    columns: &[usize],
    target: &Model,
    target_columns: impl Iterator<Item = &'a str>,
) -> Expr {
    let fields = [
        ("name", constant::text(name)),
        ("columns", places(columns)),
        ("target_schema", schema_name(target.schema.as_deref())),
        ("target", constant::text(&target.table)),
        ("target_columns", texts(target_columns)),
    ];
    constant::structure("__::ForeignKeyMeta", fields)
}

/// The keys of all tables that refer to a model's.
fn references(cx: &Cx<'_>, id: ModelId) -> Vec<Expr> {
    let mut found = Vec::new();
    let referring = cx.schema.referring(id);
    for model in referring.models.iter().map(|&holder| &cx.schema[holder]) {
        for key in enforced_keys(model).filter(|key| key.target == id) {
            let columns: Vec<&str> =
                key.columns.iter().map(|&place| model.columns[place].name.as_str()).collect();
            let actions = [key.on_delete, key.on_key_change];
            let source = (model.schema.as_deref(), model.table.as_str());
            found.push(reference(&key.name, source, &columns, &key.target_columns, actions));
        }
    }
    for join in referring.join_tables.iter().map(|&join| &cx.schema[join]) {
        for side in join.sides.iter().filter(|side| side.model == id) {
            let columns: Vec<&str> = side.columns.iter().map(String::as_str).collect();
            let name = made::foreign_key(&join.stem(), &columns);
            let source = (join.schema.as_deref(), join.table.as_str());
            found.push(reference(&name, source, &columns, &cx.schema[id].primary_key, [Action::Cascade; 2]));
        }
    }
    found
}

/// `source` is the schema and the name of the table that holds the key; `actions` are those on delete and on a change of the key.
fn reference(
    name: &str,
    source: (Option<&str>, &str),
    source_columns: &[&str],
    columns: &[usize],
    actions: [Action; 2],
) -> Expr {
    let [delete, key_change] = actions.map(|action| matches!(action, Action::Restrict | Action::NoAction));
    let fields = [
        ("name", constant::text(name)),
        ("source_schema", schema_name(source.0)),
        ("source", constant::text(source.1)),
        ("source_columns", texts(source_columns.iter().copied())),
        ("columns", places(columns)),
        ("refuses_delete", constant::boolean(delete)),
        ("refuses_key_change", constant::boolean(key_change)),
    ];
    constant::structure("__::ReferenceMeta", fields)
}

/// The constant of a join table: `POSTS_TAGS`, numbered since tables may differ in case only.
pub(super) fn join_table_name(id: JoinTableId) -> proc_macro2::Ident {
    format_ident!("JOIN_TABLE_{}", id.index())
}

/// A join table's `TableMeta`, as a constant.
pub(super) fn join_table(cx: &Cx<'_>, id: JoinTableId, join: &JoinTable) -> Piece {
    let name = join_table_name(id);
    let [first, second] = &join.sides;
    let names = [first, second].map(|side| names::shown(&cx.schema[side.model].name));
    let docs = layout::docs(&[&format!(
        "The table `{}` between [`{}`] and [`{}`].",
        join.table, names[0], names[1]
    )]);
    let mut columns = Vec::new();
    let mut foreign_keys = Vec::new();
    for side in &join.sides {
        let (model, from) = (&cx.schema[side.model], columns.len());
        let own: Vec<&str> = side.columns.iter().map(String::as_str).collect();
        let here: Vec<usize> = (from..from + own.len()).collect();
        let there = model.primary_key.iter().map(|&place| model.columns[place].name.as_str());
        foreign_keys.push(foreign_key_meta(&made::foreign_key(&join.stem(), &own), &here, model, there));
        for (name, &place) in own.iter().zip(&model.primary_key) {
            let column = &model.columns[place];
            columns.push(as_text(plain_column(cx, name, column), column));
        }
    }
    let key: Vec<usize> = (0..columns.len()).collect();
    let fields = [
        ("schema", schema_name(join.schema.as_deref())),
        ("name", constant::text(&join.table)),
        ("columns", constant::list(columns)),
        ("key", unique(&made::primary_key(&join.stem()), &key, None)),
        ("uniques", constant::list([])),
        ("foreign_keys", constant::list(foreign_keys)),
        ("referenced_by", constant::list([])),
        ("upkeep", constant::named("__::Upkeep::NONE")),
    ];
    let meta = constant::structure("__::TableMeta", fields);
    let item = quote! {
        #docs
        const #name: &__::TableMeta = ();
    };
    Piece::Item(Box::new(constant::with_values(item, [constant::reference(meta)])))
}

/// A relation's `Path`.
pub(super) fn path(cx: &Cx<'_>, relation: &Relation) -> Expr {
    let direct = |columns: &[usize]| constant::structure("__::Path::Direct", [("to", places(columns))]);
    match relation.kind {
        RelationKind::ToOne { foreign_key, .. } => {
            direct(&cx.schema[relation.model].foreign_keys[foreign_key].target_columns)
        }
        RelationKind::InverseOne { inverse } | RelationKind::InverseMany { inverse } => {
            direct(&cx.schema.foreign_key(inverse).1.columns)
        }
        RelationKind::ManyToMany { join_table, side } => {
            let table = constant::named(&format!("super::{}", join_table_name(join_table)));
            let sides = &cx.schema[join_table].sides;
            let first: Vec<usize> = (0..sides[0].columns.len()).collect();
            let second: Vec<usize> = (first.len()..first.len() + sides[1].columns.len()).collect();
            let (from, to) = if side == 0 { (first, second) } else { (second, first) };
            through(table, &from, &to, &cx.schema[relation.target].primary_key)
        }
        RelationKind::Through { here, there } => {
            let (joining, here) = cx.schema.foreign_key(here);
            let there = cx.schema.foreign_key(there).1;
            let joining = names::model_path(cx.schema, joining);
            let table = constant::parsed(quote!(&<#joining as __::Model>::META.table));
            through(table, &here.columns, &there.columns, &there.target_columns)
        }
    }
}

fn through(table: Expr, from: &[usize], to: &[usize], target: &[usize]) -> Expr {
    let fields = [("table", table), ("from", places(from)), ("to", places(to)), ("target", places(target))];
    let through = constant::structure("__::Through", fields);
    constant::call("__::Path::Through", [constant::reference(through)])
}
