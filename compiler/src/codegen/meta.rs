//! What the runtime is told about tables, keys and relations, as constants.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use rex_schema::model::{
    Action, Column, Default, ForeignKey, JoinTable, JoinTableId, Model, ModelId, ModelKind, Relation,
    RelationKind, Scalar, Type, Value,
};
use rex_schema::names as made;

use super::{Cx, checks, layout, names, repository, rules, types};

pub(super) fn places(places: &[usize]) -> TokenStream {
    let places = places.iter().map(|&place| layout::number(place));
    quote!(&[#(#places),*])
}

/// A `ModelMeta`.
pub(super) fn model(cx: &Cx<'_>, id: ModelId) -> TokenStream {
    let model = &cx.schema[id];
    let statements = cx.statements.of(id);
    let name = &model.name;
    let table = table(cx, id);
    let key = Some(("get".to_owned(), &model.primary_key)).filter(|(_, key)| !key.is_empty());
    let uniques =
        repository::total(model).map(|(at, unique)| (repository::by_name(model, at), &unique.columns));
    let gets = key.into_iter().chain(uniques).zip(&statements.gets).map(|((name, columns), text)| {
        let (columns, statement) = (places(columns), text.tokens());
        quote!(::rex_orm::__::GetMeta { name: #name, columns: #columns, statement: &#statement })
    });
    let checks = checks::list(model);
    let [insert, delete] = match &statements.writes {
        Some(writes) => [writes.insert.tokens(), writes.delete.tokens()],
        None => [(); 2].map(|()| quote!(::rex_orm::__::Statement::NONE)),
    };
    let rules = rules::of_model(cx, model);
    quote! {
        ::rex_orm::__::ModelMeta {
            name: #name,
            table: #table,
            gets: &[#(#gets),*],
            checks: #checks,
            insert: &#insert,
            delete: &#delete,
            rules: &[#(#rules),*],
        }
    }
}

/// The name of a PostgreSQL schema, or none for the default one.
fn schema_name(schema: Option<&str>) -> TokenStream {
    match schema {
        Some(name) => quote!(::core::option::Option::Some(#name)),
        None => quote!(::core::option::Option::None),
    }
}

/// The foreign keys that a database enforces: those of a view only say how to load along.
fn enforced_keys(model: &Model) -> impl Iterator<Item = &ForeignKey> {
    let is_view = matches!(model.kind, ModelKind::View(_));
    model.foreign_keys.iter().filter(move |_| !is_view)
}

/// A model's `TableMeta`.
fn table(cx: &Cx<'_>, id: ModelId) -> TokenStream {
    let model = &cx.schema[id];
    let (name, key_name, key) = (&model.table, made::primary_key(&model.stem()), places(&model.primary_key));
    let schema = schema_name(model.schema.as_deref());
    let columns = model.columns.iter().map(|column| self::column(cx, column));
    let uniques = model.uniques.iter().map(|unique| {
        let (name, columns) = (&unique.name, places(&unique.columns));
        quote!(::rex_orm::__::UniqueMeta { name: #name, columns: #columns })
    });
    let foreign_keys = enforced_keys(model).map(|key| foreign_key(cx, key));
    let referenced_by = references(cx, id);
    let upkeep = upkeep(cx, model);
    quote! {
        ::rex_orm::__::TableMeta {
            schema: #schema,
            name: #name,
            columns: &[#(#columns),*],
            key: ::rex_orm::__::UniqueMeta { name: #key_name, columns: #key },
            uniques: &[#(#uniques),*],
            foreign_keys: &[#(#foreign_keys),*],
            referenced_by: &[#(#referenced_by),*],
            upkeep: #upkeep,
        }
    }
}

/// A model's `Upkeep`.
fn upkeep(cx: &Cx<'_>, model: &Model) -> TokenStream {
    let version = model.version.map(layout::number).map(|place| quote!(.version(#place)));
    let soft_delete = model.soft_delete.map(layout::number).map(|place| quote!(.soft_delete(#place)));
    let columns = model.columns.iter().enumerate();
    let on_update = columns.filter_map(|(place, column)| {
        let value = default_value(cx, column.ty, column.on_update.as_ref()?);
        let place = layout::number(place);
        Some(quote!((#place, #value)))
    });
    let on_update: Vec<TokenStream> = on_update.collect();
    let on_update = (!on_update.is_empty()).then(|| quote!(.on_update(&[#(#on_update),*])));
    quote!(::rex_orm::__::Upkeep::NONE #version #soft_delete #on_update)
}

fn column(cx: &Cx<'_>, column: &Column) -> TokenStream {
    let (name, ty) = (&column.name, ty(cx, column.ty));
    let ty = if column.list { quote!(::rex_orm::__::Type::List(&#ty)) } else { ty };
    let nullable = column.nullable.then(|| quote!(.nullable()));
    let default = column.default.as_ref().map(|default| {
        let value = default_value(cx, column.ty, default);
        quote!(.or(#value))
    });
    let computed = column.computed.is_some().then(|| quote!(.or(::rex_orm::__::DefaultValue::Database)));
    let as_text = types::as_text(column).then(|| quote!(.as_text()));
    let sensitive = column.sensitive.then(|| quote!(.sensitive()));
    quote!(::rex_orm::__::ColumnMeta::new(#name, #ty) #nullable #default #computed #as_text #sensitive)
}

fn ty(cx: &Cx<'_>, ty: Type) -> TokenStream {
    let scalar = match ty {
        Type::Scalar(scalar) => scalar,
        Type::Enum(id) => {
            let name = names::enum_path(cx.schema, id);
            return quote!(::rex_orm::__::Type::Enum(#name::LABELS));
        }
    };
    let name = match scalar {
        Scalar::Decimal { precision, scale } => {
            let (precision, scale) = (layout::number(precision.into()), layout::number(scale.into()));
            return quote!(::rex_orm::__::Type::Decimal { precision: #precision, scale: #scale });
        }
        Scalar::Bool => "Bool",
        Scalar::SmallInt => "I16",
        Scalar::Int => "I32",
        Scalar::BigInt => "I64",
        Scalar::Float => "F32",
        Scalar::Double => "F64",
        Scalar::String { .. } => "Text",
        Scalar::Bytes => "Bytes",
        Scalar::Uuid => "Uuid",
        Scalar::Date => "Date",
        Scalar::Time => "Time",
        Scalar::DateTime => "DateTime",
        Scalar::LocalDateTime => "LocalDateTime",
        Scalar::Json => "Json",
    };
    let name = format_ident!("{name}");
    quote!(::rex_orm::__::Type::#name)
}

fn default_value(cx: &Cx<'_>, ty: Type, default: &Default) -> TokenStream {
    let kind = match default {
        Default::Value(value) => return constant(cx, ty, value),
        Default::List(values) => {
            let values = values.iter().map(|value| constant(cx, ty, value));
            return quote!(::rex_orm::__::DefaultValue::List(&[#(#values),*]));
        }
        Default::Autoincrement => quote!(Autoincrement),
        Default::Sql(_) => quote!(Database),
        Default::Now => quote!(Now),
        Default::Today => quote!(Today),
        Default::Uuid4 => quote!(Uuid4),
        Default::Uuid7 => quote!(Uuid7),
    };
    quote!(::rex_orm::__::DefaultValue::#kind)
}

pub(super) fn constant(cx: &Cx<'_>, ty: Type, value: &Value) -> TokenStream {
    let value = match value {
        Value::Bool(value) => quote!(Bool(#value)),
        Value::Int(value) => quote!(Int(#value)),
        Value::Float(value) => quote!(Float(#value)),
        Value::Decimal(digits) => quote!(Decimal(#digits)),
        Value::String(text) => quote!(Text(#text)),
        Value::Bytes(bytes) => quote!(Bytes(&[#(#bytes),*])),
        Value::Uuid(text) => {
            let bytes = uuid(text);
            quote!(Uuid([#(#bytes),*]))
        }
        Value::Date(days) => quote!(Date(#days)),
        Value::Time(micros) => quote!(Time(#micros)),
        Value::DateTime(micros) | Value::LocalDateTime(micros) => quote!(DateTime(#micros)),
        Value::Json(text) => quote!(Json(#text)),
        Value::Variant(at) => {
            let label = match ty {
                Type::Enum(id) => cx.schema[id].variants[*at].label.as_str(),
                Type::Scalar(_) => unreachable!("only an enum's default is a variant"),
            };
            quote!(Label(#label))
        }
    };
    quote!(::rex_orm::__::DefaultValue::#value)
}

/// The bytes of a checked UUID.
pub(super) fn uuid(text: &str) -> Vec<u8> {
    let digits: Vec<u8> =
        text.bytes().filter_map(|byte| char::from(byte).to_digit(16)).map(|d| d as u8).collect();
    digits.chunks(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect()
}

fn foreign_key(cx: &Cx<'_>, key: &ForeignKey) -> TokenStream {
    let target = &cx.schema[key.target];
    let (name, columns) = (&key.name, places(&key.columns));
    let target_columns = key.target_columns.iter().map(|&place| &target.columns[place].name);
    foreign_key_meta(name, &columns, target, target_columns)
}

fn foreign_key_meta<'a>(
    name: &str,
    columns: &TokenStream,
    target: &Model,
    target_columns: impl Iterator<Item = &'a String>,
) -> TokenStream {
    let (schema, target) = (schema_name(target.schema.as_deref()), &target.table);
    quote! {
        ::rex_orm::__::ForeignKeyMeta {
            name: #name,
            columns: #columns,
            target_schema: #schema,
            target: #target,
            target_columns: &[#(#target_columns),*],
        }
    }
}

/// The keys of all tables that refer to a model's.
fn references(cx: &Cx<'_>, id: ModelId) -> Vec<TokenStream> {
    let mut found = Vec::new();
    let referring = cx.schema.referring(id);
    for model in referring.models.iter().map(|&holder| &cx.schema[holder]) {
        for key in enforced_keys(model).filter(|key| key.target == id) {
            let columns: Vec<&str> =
                key.columns.iter().map(|&place| model.columns[place].name.as_str()).collect();
            let actions = [key.on_delete, key.on_key_change];
            let source = (model.schema.as_deref(), model.table.as_str());
            found.push(reference(&key.name, source, &columns, &places(&key.target_columns), actions));
        }
    }
    for join in referring.join_tables.iter().map(|&join| &cx.schema[join]) {
        for side in join.sides.iter().filter(|side| side.model == id) {
            let columns: Vec<&str> = side.columns.iter().map(String::as_str).collect();
            let name = made::foreign_key(&join.stem(), &columns);
            let source = (join.schema.as_deref(), join.table.as_str());
            let places = places(&cx.schema[id].primary_key);
            found.push(reference(&name, source, &columns, &places, [Action::Cascade; 2]));
        }
    }
    found
}

/// `source` is the schema and the name of the table that holds the key; `actions` are those on delete and on a change of the key.
fn reference(
    name: &str,
    source: (Option<&str>, &str),
    source_columns: &[&str],
    columns: &TokenStream,
    actions: [Action; 2],
) -> TokenStream {
    let [delete, key_change] = actions.map(|action| matches!(action, Action::Restrict | Action::NoAction));
    let (schema, source) = (schema_name(source.0), source.1);
    quote! {
        ::rex_orm::__::ReferenceMeta {
            name: #name,
            source_schema: #schema,
            source: #source,
            source_columns: &[#(#source_columns),*],
            columns: #columns,
            refuses_delete: #delete,
            refuses_key_change: #key_change,
        }
    }
}

/// The constant of a join table: `POSTS_TAGS`, numbered since tables may differ in case only.
pub(super) fn join_table_name(id: JoinTableId) -> proc_macro2::Ident {
    format_ident!("JOIN_TABLE_{}", id.index())
}

/// A join table's `TableMeta`, as a constant.
pub(super) fn join_table(cx: &Cx<'_>, id: JoinTableId, join: &JoinTable) -> TokenStream {
    let constant = join_table_name(id);
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
        let there = model.primary_key.iter().map(|&place| &model.columns[place].name);
        foreign_keys.push(foreign_key_meta(
            &made::foreign_key(&join.stem(), &own),
            &places(&here),
            model,
            there,
        ));
        for (name, &place) in own.iter().zip(&model.primary_key) {
            let ty = ty(cx, model.columns[place].ty);
            let as_text = types::as_text(&model.columns[place]).then(|| quote!(.as_text()));
            columns.push(quote!(::rex_orm::__::ColumnMeta::new(#name, #ty) #as_text));
        }
    }
    let (table, key_name) = (&join.table, made::primary_key(&join.stem()));
    let schema = schema_name(join.schema.as_deref());
    let key = places(&(0..columns.len()).collect::<Vec<usize>>());
    quote! {
        #docs
        const #constant: &::rex_orm::__::TableMeta = &::rex_orm::__::TableMeta {
            schema: #schema,
            name: #table,
            columns: &[#(#columns),*],
            key: ::rex_orm::__::UniqueMeta { name: #key_name, columns: #key },
            uniques: &[],
            foreign_keys: &[#(#foreign_keys),*],
            referenced_by: &[],
            upkeep: ::rex_orm::__::Upkeep::NONE,
        };
    }
}

/// A relation's `Path`.
pub(super) fn path(cx: &Cx<'_>, relation: &Relation) -> TokenStream {
    let direct = |columns: &[usize]| {
        let columns = places(columns);
        quote!(::rex_orm::__::Path::Direct { to: #columns })
    };
    match relation.kind {
        RelationKind::ToOne { foreign_key, .. } => {
            direct(&cx.schema[relation.model].foreign_keys[foreign_key].target_columns)
        }
        RelationKind::InverseOne { inverse } | RelationKind::InverseMany { inverse } => {
            direct(&cx.schema.foreign_key(inverse).1.columns)
        }
        RelationKind::ManyToMany { join_table, side } => {
            let constant = join_table_name(join_table);
            let sides = &cx.schema[join_table].sides;
            let first: Vec<usize> = (0..sides[0].columns.len()).collect();
            let second: Vec<usize> = (first.len()..first.len() + sides[1].columns.len()).collect();
            let (from, to) = if side == 0 { (first, second) } else { (second, first) };
            let target = &cx.schema[relation.target].primary_key;
            through(&quote!(super::#constant), &from, &to, target)
        }
        RelationKind::Through { here, there } => {
            let (joining, here) = cx.schema.foreign_key(here);
            let there = cx.schema.foreign_key(there).1;
            let joining = names::model_path(cx.schema, joining);
            let table = quote!(&<#joining as ::rex_orm::__::Model>::META.table);
            through(&table, &here.columns, &there.columns, &there.target_columns)
        }
    }
}

fn through(table: &TokenStream, from: &[usize], to: &[usize], target: &[usize]) -> TokenStream {
    let (from, to, target) = (places(from), places(to), places(target));
    quote! {
        ::rex_orm::__::Path::Through(&::rex_orm::__::Through {
            table: #table,
            from: #from,
            to: #to,
            target: #target,
        })
    }
}
