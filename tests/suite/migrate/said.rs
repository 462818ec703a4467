//! What the language can say is created, changed and dropped by some case of `fixtures/migrate` in a table that
//! is there: whatever a database may hold because of it, with a word for each.
//!
//! Each case goes up and down, so that what differs between both sides of one is made on one way, and goes on
//! the other.

use std::collections::{BTreeMap, BTreeSet};

use rex_build::migrations::beginning;
use rex_schema::database::{
    Action, Column, Database, Default, ForeignKey, Index, IndexKey, Nulls, Table, Type, View,
};
use rex_schema::diff::{Intent, Renames};
use rex_schema::postgres::{self, Constant, Element};
use rex_schema::{Dialect, lower};

use super::cases::{cases, load};

/// Words, and how often they are true.
type Words = BTreeMap<String, usize>;

fn say(words: &mut Words, word: impl Into<String>) {
    *words.entry(word.into()).or_default() += 1;
}

/// What is said of a table.
fn of_table(table: &Table) -> Words {
    let mut words = Words::new();
    for column in &table.columns {
        of_column(column, &mut words);
    }
    if let Some(key) = &table.primary_key {
        say(&mut words, format!("primary key of {}", if key.columns.len() > 1 { "several" } else { "one" }));
    }
    for key in &table.uniques {
        say(&mut words, format!("unique of {}", if key.columns.len() > 1 { "several" } else { "one" }));
        if key.nulls_not_distinct {
            say(&mut words, "unique nulls_not_distinct");
        }
    }
    table.foreign_keys.iter().for_each(|key| of_foreign_key(table, key, &mut words));
    table.checks.iter().for_each(|_| say(&mut words, "check"));
    table.indexes.iter().for_each(|index| of_index(index, &mut words));
    if !table.comment.is_empty() {
        say(&mut words, "comment of a table");
    }
    words
}

fn of_column(column: &Column, words: &mut Words) {
    say(words, "column");
    if let Type::Postgres(ty) = &column.ty {
        say(words, format!("type {}{}", element(&ty.element), if ty.array { " list" } else { "" }));
    }
    for (is, word) in [
        (column.nullable, "nullable"),
        (column.autoincrement, "autoincrement"),
        (column.computed.is_some(), "computed"),
        (!column.comment.is_empty(), "comment of a column"),
    ] {
        if is {
            say(words, word);
        }
    }
    if let Some(Default::Postgres(default)) = &column.default {
        say(words, format!("default {}", of_default(default)));
    }
}

fn element(element: &Element) -> &'static str {
    match element {
        Element::Boolean => "Bool",
        Element::SmallInt => "SmallInt",
        Element::Integer => "Int",
        Element::BigInt => "BigInt",
        Element::Real => "Float",
        Element::DoublePrecision => "Double",
        Element::Numeric { .. } => "Decimal",
        Element::Text => "String",
        Element::Varchar(_) => "String(n)",
        Element::Bytea => "Bytes",
        Element::Uuid => "Uuid",
        Element::Date => "Date",
        Element::Time => "Time",
        Element::Timestamptz => "DateTime",
        Element::Timestamp => "LocalDateTime",
        Element::Jsonb => "Json",
        Element::Enum { .. } => "enum",
        Element::Native(_) => "@db",
    }
}

fn of_default(default: &postgres::Default) -> &'static str {
    match default {
        postgres::Default::Constant(constant) => match constant {
            Constant::Boolean(_) => "Bool",
            Constant::Integer(_) => "integer",
            Constant::Float(_) => "Double",
            Constant::Numeric(_) => "Decimal",
            Constant::Text(_) => "String",
            Constant::Bytea(_) => "Bytes",
            Constant::Uuid(_) => "Uuid",
            Constant::Date(_) => "Date",
            Constant::Time(_) => "Time",
            Constant::Timestamptz(_) => "DateTime",
            Constant::Timestamp(_) => "LocalDateTime",
            Constant::Jsonb(_) => "Json",
        },
        postgres::Default::Array(_) => "list",
        postgres::Default::Now => "now",
        postgres::Default::LocalNow => "local now",
        postgres::Default::TimeOfDay => "time of day",
        postgres::Default::Today => "today",
        postgres::Default::RandomUuid => "uuid4",
        postgres::Default::TimeUuid => "uuid7",
        postgres::Default::Sql(_) => "sql",
    }
}

fn of_foreign_key(table: &Table, key: &ForeignKey, words: &mut Words) {
    say(words, format!("foreign key of {}", if key.columns.len() > 1 { "several" } else { "one" }));
    if key.target == table.name && key.target_schema == table.schema {
        say(words, "foreign key to itself");
    }
    if key.deferrable {
        say(words, "deferrable");
    }
    for (event, action) in [("delete", key.on_delete), ("key change", key.on_key_change)] {
        let action = match action {
            Action::Cascade => "cascade",
            Action::Restrict => "restrict",
            Action::SetNull => "set null",
            Action::SetDefault => "set default",
            Action::NoAction => "no action",
        };
        say(words, format!("on {event} {action}"));
    }
}

fn of_index(index: &Index, words: &mut Words) {
    say(words, if index.unique { "unique index" } else { "index" });
    for (is, word) in [
        (index.condition.is_some(), "index where"),
        (!index.include.is_empty(), "index include"),
        (index.nulls_not_distinct, "index nulls_not_distinct"),
        (index.parts.len() > 1, "index of several"),
    ] {
        if is {
            say(words, word);
        }
    }
    if let Some(method) = &index.method {
        say(words, format!("index using {method}"));
    }
    for part in &index.parts {
        for (is, word) in [
            (matches!(part.key, IndexKey::Sql(_)), "index of an expression"),
            (part.descending, "index desc"),
            (part.nulls == Some(Nulls::First), "index nulls_first"),
            (part.nulls == Some(Nulls::Last), "index nulls_last"),
            (part.collate.is_some(), "index collate"),
            (part.ops.is_some(), "index ops"),
        ] {
            if is {
                say(words, word);
            }
        }
    }
}

fn of_view(view: &View) -> Words {
    let mut words = Words::new();
    say(&mut words, if view.materialized { "materialized view" } else { "view" });
    view.columns.iter().for_each(|_| say(&mut words, "column of a view"));
    view.indexes.iter().for_each(|index| of_index(index, &mut words));
    words
}

/// The words that are true more or less often in something that is there on both sides.
fn differing(before: &Words, after: &Words, found: &mut BTreeSet<String>) {
    let count = |words: &Words, word: &String| words.get(word).copied().unwrap_or_default();
    let all = before.keys().chain(after.keys());
    found.extend(all.filter(|word| count(before, word) != count(after, word)).cloned());
}

fn of_database(before: &Database, after: &Database, found: &mut BTreeSet<String>) {
    for new in &after.tables {
        match before.tables.iter().find(|old| old.schema == new.schema && old.name == new.name) {
            Some(old) => differing(&of_table(old), &of_table(new), found),
            None => drop(found.insert("table".to_owned())),
        }
    }
    for new in &after.views {
        match before.views.iter().find(|old| old.name == new.name) {
            Some(old) => differing(&of_view(old), &of_view(new), found),
            None => drop(found.insert("view".to_owned())),
        }
    }
    for new in &after.enums {
        match before.enums.iter().find(|old| old.schema == new.schema && old.name == new.name) {
            Some(old) if old.labels != new.labels => drop(found.insert("labels".to_owned())),
            Some(old) if old.comment != new.comment => drop(found.insert("comment of an enum".to_owned())),
            Some(_) => {}
            None => drop(found.insert("enum".to_owned())),
        }
    }
    if before.schemas != after.schemas {
        found.insert("schema".to_owned());
    }
}

/// Every word there is.
const WORDS: &str = "
    table, view, materialized view, enum, labels, schema, column, nullable, autoincrement, computed, check,
    comment of a table, comment of a column, comment of an enum, column of a view,
    type Bool, type SmallInt, type Int, type BigInt, type Float, type Double, type Decimal, type String,
    type String(n), type Bytes, type Uuid, type Date, type Time, type DateTime, type LocalDateTime, type Json,
    type enum, type @db, type String list, type BigInt list, type enum list,
    default Bool, default integer, default Double, default Decimal, default String, default Bytes, default Uuid,
    default Date, default Time, default DateTime, default LocalDateTime, default Json, default list, default now,
    default local now, default time of day, default today, default uuid4, default uuid7, default sql,
    primary key of one, primary key of several, unique of one, unique of several, unique nulls_not_distinct,
    foreign key of one, foreign key of several, foreign key to itself, deferrable,
    on delete cascade, on delete restrict, on delete set null, on delete set default, on delete no action,
    on key change cascade, on key change restrict, on key change set null, on key change set default,
    on key change no action,
    index, unique index, index where, index include, index nulls_not_distinct, index of several, index using gin,
    index using hash, index of an expression, index desc, index nulls_first, index nulls_last, index collate,
    index ops
";

#[test]
fn what_can_be_said_is_created_and_dropped() {
    let mut found = BTreeSet::new();
    for folder in cases() {
        let case = load(&folder);
        if !case.dialects.contains(&Dialect::Postgres) {
            continue;
        }
        let intent = Intent::between(&case.before, &case.after, Dialect::Postgres);
        let before = beginning(Some(&case.before), &case.after, &intent, Dialect::Postgres);
        let after = lower(&case.after, Dialect::Postgres);
        let renames = Renames::between(&before, &after, &intent);
        of_database(&renames.applied(&before), &after, &mut found);
    }
    let words = WORDS.split(',').map(|word| word.split_whitespace().collect::<Vec<_>>().join(" "));
    let missing: Vec<String> = words.filter(|word| !found.contains(word)).collect();
    assert_eq!(missing, Vec::<String>::new(), "no case of `fixtures/migrate` makes these");
    let known: BTreeSet<String> =
        WORDS.split(',').map(|word| word.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    let unknown: Vec<&String> = found.difference(&known).filter(|word| !word.ends_with(" list")).collect();
    assert_eq!(unknown, Vec::<&String>::new(), "these are to be listed");
}
