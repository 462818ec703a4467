//! What things are called in Rust.

use heck::ToUpperCamelCase;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};
use rex_schema::Schema;
use rex_schema::model::{EnumId, Model, ModelId, RelationKind, TypeId, UnionId};

use crate::rust_names;

/// Words that a field cannot be called without `r#`.
const KEYWORDS: [&str; 45] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else",
    "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro",
    "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "static", "struct", "trait",
    "true", "try", "type", "typeof", "unsafe", "unsized", "use", "where",
];

/// Keywords that are left: `virtual`, `while`, `yield`.
const MORE_KEYWORDS: [&str; 3] = ["virtual", "while", "yield"];

/// Words that Rust has no raw form for.
const RESERVED: [&str; 4] = ["self", "super", "crate", "Self"];

/// Methods of every builder and repository; a field's or relation's own gets a `_` behind it.
const METHODS: [&str; 18] = [
    "copy_in",
    "save",
    "save_with",
    "upsert",
    "or_ignore",
    "or_update",
    "set",
    "get",
    "find",
    "create",
    "insert",
    "insert_many",
    "update",
    "delete",
    "delete_forever",
    "restore",
    "refresh",
    "new",
];

/// Methods of `Db` and of an open transaction; what `Db` calls a model's repository gets a `_`
/// behind it.
const HANDLE: [&str; 21] = [
    "after_commit",
    "begin",
    "builder",
    "check_schema",
    "commit",
    "connect",
    "connect_with",
    "create_schema",
    "dialect",
    "gauges",
    "handle",
    "map",
    "migrate",
    "migrations",
    "rollback",
    "schema_differences",
    "sql",
    "transaction",
    "transaction_with",
    "try_transaction",
    "watch",
];

/// The modules of a schema's declarations.
pub(super) struct Names {
    models: Vec<String>,
    enums: Vec<String>,
    types: Vec<String>,
    unions: Vec<String>,
}

impl Names {
    pub(super) fn new(schema: &Schema) -> Names {
        Names {
            models: schema.models().map(|(_, model)| rust_names::module(&model.name)).collect(),
            enums: schema.enums().map(|(_, item)| rust_names::module(&item.name)).collect(),
            types: schema.types().map(|(_, item)| rust_names::module(&item.name)).collect(),
            unions: schema.unions().map(|(_, item)| rust_names::module(&item.name)).collect(),
        }
    }

    /// The module of a model, which is also what `Db` calls its repository.
    pub(super) fn model_module(&self, id: ModelId) -> Ident {
        field(&self.models[id.index()])
    }

    /// The module of an enum.
    pub(super) fn enum_module(&self, id: EnumId) -> Ident {
        field(&self.enums[id.index()])
    }

    /// The module of an embedded type.
    pub(super) fn type_module(&self, id: TypeId) -> Ident {
        field(&self.types[id.index()])
    }

    /// The module of a union.
    pub(super) fn union_module(&self, id: UnionId) -> Ident {
        field(&self.unions[id.index()])
    }
}

/// A model as the module of any declaration names it.
pub(super) fn model_path(schema: &Schema, id: ModelId) -> TokenStream {
    let name = item(&schema[id].name);
    quote!(super::#name)
}

/// A model's typed id as the module of any declaration names it.
pub(super) fn id_path(schema: &Schema, id: ModelId) -> TokenStream {
    let name = id_type(&schema[id].name);
    quote!(super::#name)
}

/// An enum as the module of any declaration names it.
pub(super) fn enum_path(schema: &Schema, id: EnumId) -> TokenStream {
    let name = item(&schema[id].name);
    quote!(super::#name)
}

/// An embedded type as the module of any declaration names it.
pub(super) fn type_path(schema: &Schema, id: TypeId) -> TokenStream {
    let name = item(&schema[id].name);
    quote!(super::#name)
}

/// The columns of an embedded type as the module of any declaration names them.
pub(super) fn type_columns_path(schema: &Schema, id: TypeId) -> TokenStream {
    columns_path(&schema[id].name)
}

/// A union as the module of any declaration names it.
pub(super) fn union_path(schema: &Schema, id: UnionId) -> TokenStream {
    let name = item(&schema[id].name);
    quote!(super::#name)
}

/// The columns of a union as the module of any declaration names them.
pub(super) fn union_columns_path(schema: &Schema, id: UnionId) -> TokenStream {
    columns_path(&schema[id].name)
}

fn columns_path(name: &str) -> TokenStream {
    let (module, columns) = (field(&rust_names::module(name)), beside("Columns", name));
    quote!(super::#module::#columns)
}

/// The method of a union that gives the id of one member.
pub(super) fn member(schema: &Schema, id: ModelId) -> Ident {
    field(&rust_names::module(&schema[id].name))
}

/// A type that stands beside a model in its module: `Columns`, `Repository`. It gives way to a
/// model that is called the same.
pub(super) fn beside(helper: &str, model: &str) -> Ident {
    if helper == rust_names::type_of(model) { format_ident!("{helper}_") } else { format_ident!("{helper}") }
}

/// The name that setters and arguments have for a column: a to-one's own name for the single
/// column that it makes, else the column's.
pub(super) fn setter<'a>(schema: &'a Schema, model: &'a Model, place: usize) -> &'a str {
    let column = &model.columns[place];
    let relation = model.relations.iter().map(|&id| &schema[id]).find(|relation| match relation.kind {
        RelationKind::ToOne { foreign_key, .. } => {
            let key = &model.foreign_keys[foreign_key];
            let target = key.target_columns.first().map(|&there| &schema[key.target].columns[there]);
            key.columns == [place]
                && target.is_some_and(|there| column.field == format!("{}_{}", relation.name, there.field))
        }
        _ => false,
    });
    relation.map_or(column.field.as_str(), |relation| relation.name.as_str())
}

/// A field or module: `type` becomes `r#type`, `self` becomes `self_`.
pub(super) fn field(name: &str) -> Ident {
    if RESERVED.contains(&name) {
        format_ident!("{name}_")
    } else if KEYWORDS.contains(&name) || MORE_KEYWORDS.contains(&name) {
        Ident::new_raw(name, Span::call_site())
    } else {
        Ident::new(name, Span::call_site())
    }
}

/// A method beside those that every builder and repository has.
pub(super) fn method(name: &str) -> Ident {
    if METHODS.contains(&name) { format_ident!("{name}_") } else { field(name) }
}

/// What `Db` calls the repository of a model, by its module.
pub(super) fn accessor(module: &Ident) -> Ident {
    match module.to_string().as_str() {
        raw if raw.starts_with("r#") => module.clone(),
        taken if HANDLE.contains(&taken) => format_ident!("{taken}_"),
        plain => method(plain),
    }
}

/// A file's name: the module's, without `r#`. The joining file has its own name to itself.
pub(super) fn file(module: &Ident) -> String {
    match module.to_string().trim_start_matches("r#") {
        taken @ ("schema" | "mod") => format!("{taken}_.rs"),
        name => format!("{name}.rs"),
    }
}

/// The type of a declaration.
pub(super) fn item(name: &str) -> Ident {
    type_named(&rust_names::type_of(name))
}

/// The type of a declaration, in a text.
pub(super) fn shown(name: &str) -> String {
    item(name).to_string()
}

fn type_named(name: &str) -> Ident {
    if RESERVED.contains(&name) { format_ident!("{name}_") } else { Ident::new(name, Span::call_site()) }
}

/// `UserId`
pub(super) fn id_type(model: &str) -> Ident {
    format_ident!("{}Id", rust_names::type_of(model))
}

/// `NewUser`
pub(super) fn new_type(model: &str) -> Ident {
    format_ident!("New{}", rust_names::type_of(model))
}

/// A variant in Rust's case.
pub(super) fn variant(name: &str) -> Ident {
    let camel = name.to_upper_camel_case();
    // `_1` has no letter to raise.
    let camel = if camel.is_empty() || camel.starts_with(|c: char| c.is_ascii_digit()) {
        format!("_{camel}")
    } else {
        camel
    };
    type_named(&camel)
}

/// A type named after a field or a list of them.
pub(super) fn camel(names: &[&str]) -> Ident {
    type_named(&names.join("_").to_upper_camel_case())
}
