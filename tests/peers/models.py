"""The same models in the words of each peer: twelve columns, and the two ends of a relation to the next."""

COLUMNS = [
    ("name", "String"), ("code", "String"), ("email", "String"), ("state", "String"), ("quantity", "i32"),
    ("price", "Option<f64>"), ("weight", "Option<f64>"), ("is_active", "bool"), ("notes", "Option<String>"),
    ("created_at", "i64"), ("due_at", "Option<i64>"),
]
MORE = ("remark", "Option<String>")


def columns(place, changed):
    return COLUMNS + [MORE] if place == changed else COLUMNS


def fields(place, changed, attribute=None):
    lines = []
    for name, ty in columns(place, changed):
        if name == "code" and attribute:
            lines.append(f"    {attribute}")
        lines.append(f"    pub {name}: {ty},")
    return "\n".join(lines)


def ring(place, models):
    """Ten models lead to one another: of a hundred, rustc follows Toasty's types beyond its limit."""
    first = place - place % 10
    length = min(10, models - first)
    return first + (place + 1 - first) % length, first + (place - 1 - first) % length


def plain(models, changed):
    text = []
    for place in range(models):
        text.append(
            "#[derive(Clone, Debug, PartialEq)]\n"
            f"pub struct Model{place} {{\n    pub id: i64,\n{fields(place, changed)}\n    pub next_id: i64,\n}}\n"
        )
    return {"src/lib.rs": "\n".join(text)}


def diesel(models, changed):
    sql = {
        "String": "Text", "i32": "Integer", "i64": "BigInt", "bool": "Bool", "Option<f64>": "Nullable<Double>",
        "Option<String>": "Nullable<Text>", "Option<i64>": "Nullable<BigInt>",
    }
    text = ["use diesel::prelude::*;\n"]
    for place in range(models):
        after, _ = ring(place, models)
        listed = "\n".join(f"        {name} -> {sql[ty]}," for name, ty in columns(place, changed))
        text.append(
            f"diesel::table! {{\n    model{place} (id) {{\n        id -> BigInt,\n{listed}\n        next_id -> BigInt,\n"
            f"    }}\n}}\n\ndiesel::joinable!(model{place} -> model{after} (next_id));\n\n"
            "#[derive(Clone, Debug, PartialEq, Queryable, Selectable, Identifiable, Associations)]\n"
            f"#[diesel(table_name = model{place}, belongs_to(Model{after}, foreign_key = next_id))]\n"
            f"pub struct Model{place} {{\n    pub id: i64,\n{fields(place, changed)}\n    pub next_id: i64,\n}}\n\n"
            f"#[derive(Clone, Debug, PartialEq, Insertable, AsChangeset)]\n#[diesel(table_name = model{place})]\n"
            f"pub struct NewModel{place} {{\n{fields(place, changed)}\n    pub next_id: i64,\n}}\n"
        )
    # As `diesel print-schema` writes it.
    names = ", ".join(f"model{place}" for place in range(models))
    text.append(f"diesel::allow_tables_to_appear_in_same_query!({names});\n")
    return {"src/lib.rs": "\n".join(text)}


def seaorm(models, changed):
    text = []
    for place in range(models):
        after, before = ring(place, models)
        text.append(
            f"pub mod model{place} {{\nuse sea_orm::entity::prelude::*;\n\n#[sea_orm::model]\n"
            "#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]\n"
            f'#[sea_orm(table_name = "model{place}")]\npub struct Model {{\n    #[sea_orm(primary_key)]\n'
            f"    pub id: i64,\n{fields(place, changed, '#[sea_orm(unique)]')}\n    pub next_id: i64,\n"
            '    #[sea_orm(belongs_to, from = "next_id", to = "id")]\n'
            f"    pub next: BelongsTo<super::model{after}::Entity>,\n    #[sea_orm(has_many)]\n"
            f"    pub previous: HasMany<super::model{before}::Entity>,\n}}\n\n"
            "impl ActiveModelBehavior for ActiveModel {}\n}\n"
        )
    return {"src/lib.rs": "\n".join(text)}


def toasty(models, changed):
    text = []
    for place in range(models):
        after, before = ring(place, models)
        text.append(
            f"#[derive(Debug, toasty::Model)]\npub struct Model{place} {{\n    #[key]\n    #[auto]\n    pub id: i64,\n"
            f"{fields(place, changed, '#[unique]')}\n    #[index]\n    pub next_id: i64,\n"
            "    #[belongs_to(key = next_id, references = id)]\n"
            f"    pub next: toasty::Deferred<Model{after}>,\n    #[has_many(pair = next)]\n"
            f"    pub previous: toasty::Deferred<Vec<Model{before}>>,\n}}\n"
        )
    return {"src/lib.rs": "\n".join(text)}


def rex(models, changed):
    names = {
        "String": "String", "i32": "Int", "i64": "BigInt", "bool": "Bool", "Option<f64>": "Double?",
        "Option<String>": "String?", "Option<i64>": "BigInt?",
    }
    text = []
    for place in range(models):
        after, before = ring(place, models)
        listed = "\n".join(
            f"    {name}: {names[ty]}" + (" @unique" if name == "code" else "") for name, ty in columns(place, changed)
        )
        optional, action = ("?", "set_null") if after <= place else ("", "cascade")
        text.append(
            f"model Model{place} {{\n    id: BigInt = autoincrement() @id\n{listed}\n"
            f"    next: Model{after}{optional} @on_delete({action})\n    previous: [Model{before}] @inverse(next)\n}}\n"
        )
    return {
        "schema/models.rex": "\n".join(text),
        "build.rs": 'fn main() {\n    rex_build::compile("schema");\n}\n',
        "src/lib.rs": "rex_orm::include_schema!();\n",
    }


PEERS = {"rex": rex, "plain": plain, "diesel": diesel, "seaorm": seaorm, "toasty": toasty}
