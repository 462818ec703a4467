//! What is generated for a model, as data for people: columns, relations, methods, and the SQL that
//! is fixed at build time.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use rex_schema::model::{Model, ModelId, Relation, RelationKind};
use rex_schema::{Dialect, Schema};

use super::names::{self, Names};
use super::statements::{Statements, Text};
use super::{Cx, Options, fields, repository};

/// A model, as a program sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// Its name.
    pub model: String,
    /// How a program names its rows: `db.user()`.
    pub accessor: String,
    /// Its table or view, with its PostgreSQL schema.
    pub table: String,
    /// For each field its name, its columns, and its type in Rust.
    pub fields: Vec<[String; 3]>,
    /// For each relation its name, what it leads to, and by what.
    pub relations: Vec<[String; 3]>,
    /// The methods of its repository, as they are declared.
    pub methods: Vec<String>,
    /// The statements that are fixed: what sends them, and their text for each database.
    pub queries: Vec<Query>,
}

/// A statement whose text is fixed at build time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// What sends it: `get`, `by_email`, `create`, `delete`.
    pub method: String,
    /// Its text for each database that the schema is for.
    pub sql: Vec<(Dialect, String)>,
}

/// What is generated for each model of a schema.
pub fn listings(schema: &Schema, options: &Options) -> Vec<Listing> {
    let cx = Cx { schema, options, names: Names::new(schema), statements: Statements::new(schema, options) };
    schema.models().map(|(id, model)| listing(&cx, id, model)).collect()
}

fn listing(cx: &Cx<'_>, id: ModelId, model: &Model) -> Listing {
    Listing {
        model: model.name.clone(),
        accessor: format!("db.{}()", names::accessor(&cx.names.model_module(id))),
        table: model.schema.iter().chain([&model.table]).map(String::as_str).collect::<Vec<_>>().join("."),
        fields: fields::of(cx, model).iter().map(|field| listed_field(model, field)).collect(),
        relations: model.relations.iter().map(|&id| listed_relation(cx, &cx.schema[id])).collect(),
        methods: methods(cx, id),
        queries: queries(cx, id, model),
    }
}

fn listed_field(model: &Model, field: &fields::Field<'_>) -> [String; 3] {
    let columns = field.columns.iter().map(|&place| model.columns[place].name.as_str());
    [field.text().to_owned(), columns.collect::<Vec<_>>().join(", "), rust(&field.ty)]
}

fn listed_relation(cx: &Cx<'_>, relation: &Relation) -> [String; 3] {
    let (target, schema) = (&cx.schema[relation.target].name, cx.schema);
    let columns = |model: &Model, places: &[usize]| {
        let names = places.iter().map(|&place| format!("{}.{}", model.table, model.columns[place].name));
        names.collect::<Vec<_>>().join(", ")
    };
    let by_key_of = |inverse| {
        let (model, key) = schema.foreign_key(inverse);
        columns(&schema[model], &key.columns)
    };
    let (leads, by) = match relation.kind {
        RelationKind::ToOne { foreign_key, optional } => {
            let model = &schema[relation.model];
            let leads = if optional { format!("{target}?") } else { target.clone() };
            (leads, columns(model, &model.foreign_keys[foreign_key].columns))
        }
        RelationKind::InverseOne { inverse } => (format!("{target}?"), by_key_of(inverse)),
        RelationKind::InverseMany { inverse } => (format!("[{target}]"), by_key_of(inverse)),
        RelationKind::ManyToMany { join_table, .. } => {
            (format!("[{target}]"), schema[join_table].table.clone())
        }
        RelationKind::Through { here, .. } => {
            (format!("[{target}]"), schema[schema.foreign_key(here).0].table.clone())
        }
    };
    [relation.name.clone(), leads, by]
}

/// The methods' heads, as they stand between `fn` and the body.
fn methods(cx: &Cx<'_>, id: ModelId) -> Vec<String> {
    let [_, block] = repository::items(cx, id);
    let body = block.into_iter().last();
    let Some(TokenTree::Group(body)) = body else { return repository::shared(&cx.schema[id]) };
    let mut methods = repository::shared(&cx.schema[id]);
    let mut head: Option<TokenStream> = None;
    for token in body.stream() {
        match (&token, &mut head) {
            (TokenTree::Ident(word), None) if word == "fn" => head = Some(TokenStream::new()),
            (TokenTree::Group(body), Some(_)) if body.delimiter() == Delimiter::Brace => {
                let own = head.take().map(|head| rust(&head));
                methods.extend(own.filter(|own| !methods.contains(own)));
            }
            (_, Some(head)) => head.extend([token]),
            (_, None) => {}
        }
    }
    methods
}

fn queries(cx: &Cx<'_>, id: ModelId, model: &Model) -> Vec<Query> {
    let statements = cx.statements.of(id);
    let key = (!model.primary_key.is_empty()).then(|| "get".to_owned());
    let uniques = repository::total(model).map(|(at, _)| repository::by_name(model, at));
    let gets = key.into_iter().chain(uniques).zip(&statements.gets);
    let writes = statements.writes.iter().flat_map(|writes| {
        // Where deleted rows stay, `delete` is an update, which is put together when it is sent.
        let delete = if model.soft_delete.is_some() { "delete_forever" } else { "delete" };
        [("create".to_owned(), &writes.insert), (delete.to_owned(), &writes.delete)]
    });
    let all = gets.chain(writes).map(|(method, text)| Query { method, sql: texts(text) });
    all.filter(|query| !query.sql.is_empty()).collect()
}

fn texts(text: &Text) -> Vec<(Dialect, String)> {
    let texts = [(Dialect::Postgres, &text.postgres), (Dialect::Sqlite, &text.sqlite)];
    texts
        .into_iter()
        .filter(|(_, sql)| !sql.is_empty())
        .map(|(dialect, sql)| (dialect, sql.clone()))
        .collect()
}

/// Rust as one writes it, with the names that a program knows.
fn rust(tokens: &TokenStream) -> String {
    let mut text = tokens.to_string();
    for (from, to) in [
        (" :: ", "::"),
        ("__::", ""),
        ("super::", ""),
        ("types::", ""),
        (" < ", "<"),
        (" >", ">"),
        (" ,", ","),
        (" : ", ": "),
        ("& ", "&"),
        (" (", "("),
        ("( ", "("),
        (" )", ")"),
        (",)", ")"),
        ("&self, ", ""),
        ("&self", ""),
    ] {
        text = text.replace(from, to);
    }
    text
}
