//! A schema as text: enough to see what was made of a source.

use rex_schema::model::{Column, Model, RelationKind, Schema, Type};

/// All that is in a schema, a line each.
pub(super) fn summary(schema: &Schema) -> String {
    let mut lines = vec!["=== schema".to_owned()];
    for (_, item) in schema.enums() {
        let variants: Vec<String> =
            item.variants.iter().map(|variant| format!("{}={:?}", variant.name, variant.label)).collect();
        lines.push(format!("enum {} {:?}: {}", item.name, item.type_name, variants.join(", ")));
    }
    for (_, model) in schema.models() {
        lines.push(format!("model {} {:?}", model.name, model.table));
        let key = names(model, &model.primary_key);
        lines.extend(model.columns.iter().map(|column| format!("    {}", self::column(schema, column))));
        lines.push(format!("    key ({key})"));
        lines.extend(model.uniques.iter().map(|u| {
            format!("    unique {:?} ({}) by {}", u.name, names(model, &u.columns), u.fields.join("_"))
        }));
        for index in &model.indexes {
            let parts: Vec<String> = index
                .parts
                .iter()
                .map(|part| {
                    let order = if part.descending { " desc" } else { "" };
                    let nulls = part.nulls.map(|nulls| format!(" nulls {nulls:?}")).unwrap_or_default();
                    let column =
                        part.column().map_or("expression", |column| model.columns[column].name.as_str());
                    format!("{column}{order}{nulls}")
                })
                .collect();
            lines.push(format!("    index {:?} ({})", index.name, parts.join(", ")));
        }
        lines.extend(foreign_keys(schema, model));
        for &id in &model.relations {
            let relation = &schema[id];
            let kind = kind(schema, relation.kind);
            lines.push(format!("    {} -> {}: {kind}", relation.name, schema[relation.target].name));
        }
    }
    for (_, join) in schema.join_tables() {
        let sides = join
            .sides
            .iter()
            .map(|side| format!("{} ({})", schema[side.model].name, side.columns.join(", ")));
        lines.push(format!("join {:?}: {}", join.table, sides.collect::<Vec<_>>().join(" and ")));
    }
    lines.join("\n")
}

fn names(model: &Model, columns: &[usize]) -> String {
    columns.iter().map(|&column| model.columns[column].name.as_str()).collect::<Vec<_>>().join(", ")
}

fn column(schema: &Schema, column: &Column) -> String {
    let ty = match column.ty {
        Type::Scalar(scalar) => format!("{scalar:?}"),
        Type::Enum(id) => schema[id].name.clone(),
    };
    let ty = if column.list { format!("[{ty}]") } else { ty };
    let mark = if column.nullable { "?" } else { "" };
    let default = column.default.as_ref().map(|default| format!(" = {default:?}")).unwrap_or_default();
    let id = column.id_of.map(|model| format!(" id of {}", schema[model].name)).unwrap_or_default();
    let rules: String = column.rules.iter().map(|rule| format!(" @{}", rule.kind.code())).collect();
    format!("{} {:?}: {ty}{mark}{default}{id}{rules}", column.field, column.name)
}

fn foreign_keys<'a>(schema: &'a Schema, model: &'a Model) -> impl Iterator<Item = String> + 'a {
    model.foreign_keys.iter().map(move |key| {
        let target = &schema[key.target];
        let waits = if key.deferrable { " deferrable" } else { "" };
        format!(
            "    foreign key {:?} ({}) to {} ({}): {:?}, {:?}{waits}",
            key.name,
            names(model, &key.columns),
            target.name,
            names(target, &key.target_columns),
            key.on_delete,
            key.on_key_change,
        )
    })
}

fn kind(schema: &Schema, kind: RelationKind) -> String {
    match kind {
        RelationKind::ToOne { optional, .. } => {
            if optional { "to one, or none" } else { "to one" }.to_owned()
        }
        RelationKind::InverseOne { inverse } => format!("one, by {}", schema[inverse].name),
        RelationKind::InverseMany { inverse } => format!("many, by {}", schema[inverse].name),
        RelationKind::ManyToMany { join_table, side } => {
            format!("many, by {:?} from side {side}", schema[join_table].table)
        }
        RelationKind::Through { here, there } => {
            let joining = &schema[schema[here].model].name;
            format!("many, through {joining} ({}, {})", schema[here].name, schema[there].name)
        }
    }
}
