//! What somebody has to decide before a migration is made: what is lost, and whether something that
//! goes and something that comes are one thing under another name.

use rex_build::migrations::Way;
use rex_schema::database::{Enum, Table};
use rex_schema::diff::{Change, TableChange, diff};
use rex_schema::model::Schema;
use rex_schema::plan::{Code, Hazard};

use super::alike;
use crate::Stop;

/// Something to be decided.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub(crate) struct Question {
    /// The name of the hazard: `drop_column:posts.body`.
    pub(crate) name: String,
    /// What happens.
    pub(crate) message: String,
    /// What it may be a former name of.
    pub(crate) renames: Vec<Rename>,
    /// The way out that needs no consent, if there is one.
    pub(crate) help: Option<String>,
}

/// Something that may have another name now.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub(crate) struct Rename {
    /// What it is called now: `posts.text`.
    pub(crate) to: String,
    /// What is to be written in the schema: `@renamed_from("body")`.
    pub(crate) attribute: String,
    /// Where: behind the field `text` of the model `Post`.
    pub(crate) place: String,
    #[serde(skip)]
    pub(crate) target: Target,
}

/// A place in the schema.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Target {
    /// A field, or a variant of an enum: of this declaration, of this name.
    Member(String, String),
    /// A model or an enum.
    Declaration(String),
}

/// What is to be decided about ways to a schema, each with the schema that it begins with, where that is
/// known. What several databases ask is asked once.
pub(crate) fn questions<'w>(
    ways: impl IntoIterator<Item = (Option<&'w Schema>, &'w Way)>,
    schema: &Schema,
    allowed: &[String],
) -> Vec<Question> {
    let mut questions: Vec<Question> = Vec::new();
    for (before, way) in ways {
        for hazard in way.up.to_allow(allowed) {
            let name = hazard.name();
            if is_allowed(hazard, allowed) || questions.iter().any(|question| question.name == name) {
                continue;
            }
            questions.push(Question {
                name,
                message: hazard.message.clone(),
                renames: renames(hazard, way, before, schema),
                help: help(hazard, way, before, schema),
            });
        }
    }
    questions
}

/// The names between commas. What does not begin as a name of a kind is the rest of the one before, in which
/// there is a comma.
pub(crate) fn split(names: &str) -> Vec<String> {
    let is_kind = |word: &str| Code::ALL.iter().any(|code| code.name() == word);
    let mut all: Vec<String> = Vec::new();
    for part in names.split(',') {
        let name = part.trim();
        let (kind, rest) = name.split_once(':').map_or((name, None), |(kind, rest)| (kind, Some(rest)));
        match all.last_mut().filter(|last| last.contains(':') && !is_kind(kind)) {
            Some(last) if rest.is_none() || kind.contains(|c: char| !c.is_ascii_lowercase() && c != '_') => {
                *last += ",";
                *last += part;
            }
            _ => all.push(name.to_owned()),
        }
    }
    all
}

/// Refuses what is accepted and does not happen: a name that is mistyped would be taken for an answer.
pub(crate) fn check_allowed(allowed: &[String], names: &[String]) -> Result<(), Stop> {
    let kinds: Vec<&str> = Code::ALL.iter().map(|code| code.name()).collect();
    check_allowed_of(&kinds, allowed, names)
}

/// The same, with the kinds that there are.
pub(super) fn check_allowed_of(kinds: &[&str], allowed: &[String], names: &[String]) -> Result<(), Stop> {
    // Whoever accepts a kind accepts whatever there is of it.
    let is_there = |allowed: &&String| names.contains(*allowed) || kinds.contains(&allowed.as_str());
    let Some(wrong) = allowed.iter().find(|allowed| !is_there(allowed)) else { return Ok(()) };
    let mut names = names.to_vec();
    names.sort_unstable();
    names.dedup();
    let there = match names.as_slice() {
        [] => "there is nothing to be accepted: leave it out".to_owned(),
        names => format!("what happens is {}", names.join(", ")),
    };
    Err(Stop::Reason(format!("`--allow {wrong}` accepts what does not happen; {there}")))
}

/// The names of the hazards of some ways.
pub(crate) fn names<'w>(ways: impl IntoIterator<Item = &'w Way>) -> Vec<String> {
    ways.into_iter().flat_map(|way| &way.up.steps).flat_map(|step| &step.hazards).map(Hazard::name).collect()
}

/// Whether it is accepted by its kind.
pub(crate) fn is_allowed(hazard: &Hazard, allowed: &[String]) -> bool {
    allowed.iter().any(|name| name == hazard.code.name() || *name == hazard.name())
}

/// The names of what is accepted by kind, which a plan does not know.
pub(crate) fn by_name<'w>(ways: impl IntoIterator<Item = &'w Way>, allowed: &[String]) -> Vec<String> {
    let mut names = allowed.to_vec();
    for hazard in ways.into_iter().flat_map(|way| &way.up.steps).flat_map(|step| &step.hazards) {
        if is_allowed(hazard, allowed) && !names.contains(&hazard.name()) {
            names.push(hazard.name());
        }
    }
    names
}

fn help(hazard: &Hazard, way: &Way, before: Option<&Schema>, schema: &Schema) -> Option<String> {
    match hazard.code {
        Code::NoValue => {
            let (table, column) = hazard.object.rsplit_once('.')?;
            let (model, field) = field(schema, table, column)?;
            Some(format!(
                "give the field `{field}` of the model `{model}` a default, or `@backfill(…)` with what the rows \
                 that are there get"
            ))
        }
        Code::DropTable => moved(hazard, before?, schema).map(|name| {
            format!(
                "if `{name}` is the same model in another schema, move it in a migration of its own, in which its \
                 fields stay what they are: its rows go along"
            )
        }),
        Code::AdoptTable => {
            let dialect = way.before.dialect.title();
            Some(format!("with `--database-url` of a {dialect} database that has the table, it is looked at"))
        }
        Code::DropNotNull
        | Code::DropColumn
        | Code::DropConstraint
        | Code::DropLabel
        | Code::DropView
        | Code::SetNotNull
        | Code::LossyType
        | Code::Rewrite
        | Code::Rename
        | Code::NewRule => None,
    }
}

/// The model of a table that goes, where there is one of its name in another schema.
fn moved(hazard: &Hazard, before: &Schema, schema: &Schema) -> Option<String> {
    let old = model(before, &hazard.object)?;
    let mut models = schema.models().map(|(_, model)| model);
    models.find(|new| new.name == old.name && new.schema != old.schema).map(|new| new.name.clone())
}

fn renames(hazard: &Hazard, way: &Way, before: Option<&Schema>, schema: &Schema) -> Vec<Rename> {
    let changes = diff(&way.before, &way.after, &way.intent);
    match hazard.code {
        Code::DropColumn => columns(hazard, &changes, before, schema),
        Code::DropTable => tables(hazard, &changes, schema),
        Code::DropLabel => labels(hazard, &changes, schema),
        Code::DropConstraint
        | Code::DropNotNull
        | Code::DropView
        | Code::NoValue
        | Code::SetNotNull
        | Code::LossyType
        | Code::Rewrite
        | Code::Rename
        | Code::NewRule
        | Code::AdoptTable => Vec::new(),
    }
}

/// The columns that come in the same table, and whose values may be those of the one that goes.
fn columns(hazard: &Hazard, changes: &[Change], before: Option<&Schema>, schema: &Schema) -> Vec<Rename> {
    let Some((table, gone)) = hazard.object.rsplit_once('.') else { return Vec::new() };
    let alter = changes.iter().find_map(|change| match change {
        Change::AlterTable(alter) if shown(alter.after.schema.as_deref(), &alter.after.name) == table => {
            Some(alter)
        }
        _ => None,
    });
    let Some(alter) = alter else { return Vec::new() };
    let Some(old) = alter.before.columns.iter().find(|column| column.name == gone) else { return Vec::new() };
    let new = alter.changes.iter().filter_map(|change| match change {
        TableChange::AddColumn(column, _) if column.computed.is_none() => Some(column),
        _ => None,
    });
    // Types of SQLite say little: what a schema says of both goes before them.
    let table_of = model(schema, table);
    let is_alike = |new: &&rex_schema::database::Column| {
        let known = before.zip(table_of);
        known
            .and_then(|(before, model)| alike::are_alike((before, gone), (schema, model, &new.name)))
            .unwrap_or(new.ty == old.ty)
    };
    let rename = |column: &rex_schema::database::Column| {
        let (model, field) = field(schema, table, &column.name)?;
        Some(Rename {
            to: format!("{table}.{}", column.name),
            attribute: format!("@renamed_from({})", quoted(gone)),
            place: format!("behind the field `{field}` of the model `{model}`"),
            target: Target::Member(model, field),
        })
    };
    new.filter(is_alike).filter_map(rename).collect()
}

/// The tables that come with the columns of the one that goes.
fn tables(hazard: &Hazard, changes: &[Change], schema: &Schema) -> Vec<Rename> {
    let gone = changes.iter().find_map(|change| match change {
        Change::DropTable(table) if shown(table.schema.as_deref(), &table.name) == hazard.object => {
            Some(table)
        }
        _ => None,
    });
    let Some(gone) = gone else { return Vec::new() };
    let columns = |table: &Table| {
        let mut columns: Vec<(String, String)> =
            table.columns.iter().map(|column| (column.name.clone(), format!("{:?}", column.ty))).collect();
        columns.sort();
        columns
    };
    let new = changes.iter().filter_map(|change| match change {
        Change::CreateTable(table) if columns(table) == columns(gone) => Some(table),
        _ => None,
    });
    let rename = |table: &Table| {
        let name = shown(table.schema.as_deref(), &table.name);
        let model = model(schema, &name)?;
        Some(Rename {
            to: name,
            attribute: format!("renamed_from {}", quoted(&gone.name)),
            place: format!("in the model `{}`", model.name),
            target: Target::Declaration(model.name.clone()),
        })
    };
    new.filter_map(rename).collect()
}

/// The labels that come in the same enum.
fn labels(hazard: &Hazard, changes: &[Change], schema: &Schema) -> Vec<Rename> {
    let Some((ty, gone)) = hazard.object.rsplit_once('.') else { return Vec::new() };
    let pair: Option<(&Enum, &Enum)> = changes.iter().find_map(|change| match change {
        Change::AlterEnum(before, after) if shown(after.schema.as_deref(), &after.name) == ty => {
            Some((before, after))
        }
        _ => None,
    });
    let Some((before, after)) = pair else { return Vec::new() };
    let Some((_, item)) =
        schema.enums().find(|(_, item)| shown(item.schema.as_deref(), &item.type_name) == ty)
    else {
        return Vec::new();
    };
    let new = after.labels.iter().filter(|label| !before.labels.contains(label));
    let rename = |label: &String| {
        let variant = item.variants.iter().find(|variant| variant.label == *label)?;
        Some(Rename {
            to: format!("{ty}.{label}"),
            attribute: format!("@renamed_from({})", quoted(gone)),
            place: format!("behind the variant `{}` of the enum `{}`", variant.name, item.name),
            target: Target::Member(item.name.clone(), variant.name.clone()),
        })
    };
    new.filter_map(rename).collect()
}

/// A text in the language of schemas.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn shown(schema: Option<&str>, name: &str) -> String {
    schema.map_or_else(|| name.to_owned(), |schema| format!("{schema}.{name}"))
}

/// The model of a table, as hazards call it. Where a database has no schemas, the name of one stands
/// before that of the table.
fn model<'s>(schema: &'s Schema, table: &str) -> Option<&'s rex_schema::model::Model> {
    let is = |model: &rex_schema::model::Model| {
        let prefixed = model.schema.as_ref().map(|schema| format!("{schema}_{}", model.table));
        shown(model.schema.as_deref(), &model.table) == table || prefixed.as_deref() == Some(table)
    };
    schema.models().map(|(_, model)| model).find(|model| is(model))
}

/// The model and the field of a column.
fn field(schema: &Schema, table: &str, column: &str) -> Option<(String, String)> {
    let model = model(schema, table)?;
    let column = model.columns.iter().find(|one| one.name == column)?;
    // The key of a relation stands in the schema as the relation.
    let relation = schema.relations().map(|(_, relation)| relation).find(|relation| {
        let is_key = match relation.kind {
            rex_schema::model::RelationKind::ToOne { foreign_key, .. } => {
                let key = &schema[relation.model].foreign_keys[foreign_key];
                let names: Vec<&str> =
                    key.columns.iter().map(|&at| schema[relation.model].columns[at].name.as_str()).collect();
                names == [column.name.as_str()]
            }
            _ => false,
        };
        is_key && std::ptr::eq(&schema[relation.model], model)
    });
    let is_implied = relation.filter(|relation| column.field == format!("{}_id", relation.name));
    Some((
        model.name.clone(),
        is_implied.map_or_else(|| column.field.clone(), |relation| relation.name.clone()),
    ))
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn a_name_may_have_a_comma_in_it() {
        assert_eq!(split("drop_table:a,drop_column"), ["drop_table:a", "drop_column"]);
        assert_eq!(split("drop_table:a, drop_column:b"), ["drop_table:a", "drop_column:b"]);
        assert_eq!(
            split("drop_table:a, b,drop_column:a, b.c,d"),
            ["drop_table:a, b", "drop_column:a, b.c,d"]
        );
        assert_eq!(split("drop_tabel,drop_column:a"), ["drop_tabel", "drop_column:a"]);
        assert_eq!(split("by_hand:a,by_hand:b"), ["by_hand:a", "by_hand:b"]);
        assert_eq!(split("drop_column:a.x,drop_tabel:b"), ["drop_column:a.x", "drop_tabel:b"]);
    }
}
