//! `CREATE INDEX`.

use super::Kind;
use super::cursor::Cursor;
use super::without_parentheses;
use crate::database::{Index, IndexKey, IndexPart, Nulls, Sql};

/// The index that a statement makes; none where it says what Rex has no word for. `sql` makes
/// what stands in it.
pub(crate) fn index(statement: &str, sql: fn(&str) -> Sql) -> Option<Index> {
    let mut cursor = Cursor::new(statement)?;
    let cursor = &mut cursor;
    if !cursor.words("create") {
        return None;
    }
    let unique = cursor.words("unique");
    if !cursor.words("index") {
        return None;
    }
    cursor.words("if not exists");
    let name = cursor.path()?.pop()?;
    if !cursor.words("on") || cursor.is_word("only") {
        return None;
    }
    cursor.path()?;
    let method = if cursor.words("using") { cursor.name().filter(|method| method != "btree") } else { None };
    let parts = parts(cursor, sql)?;
    let include = if cursor.words("include") { cursor.names()? } else { Vec::new() };
    let nulls_not_distinct = cursor.words("nulls not distinct");
    let condition = cursor.words("where").then(|| sql(without_parentheses(cursor.rest())));
    cursor.is_done().then_some(Index { name, parts, unique, condition, method, include, nulls_not_distinct })
}

fn parts(cursor: &mut Cursor<'_>, sql: fn(&str) -> Sql) -> Option<Vec<IndexPart>> {
    if !cursor.symbol("(") {
        return None;
    }
    let mut parts = Vec::new();
    loop {
        parts.push(part(cursor, sql)?);
        if cursor.symbol(")") {
            return Some(parts);
        }
        if !cursor.symbol(",") {
            return None;
        }
    }
}

fn part(cursor: &mut Cursor<'_>, sql: fn(&str) -> Sql) -> Option<IndexPart> {
    let is_call = cursor.peek_after(1).is_some_and(|token| token.is_symbol("(") || token.is_symbol("."));
    let key = if cursor.is_symbol("(") {
        IndexKey::Sql(sql(without_parentheses(cursor.parenthesised()?)))
    } else if is_call {
        let ends = |cursor: &Cursor<'_>| {
            cursor.is_symbol(",")
                || cursor.is_word("collate")
                || cursor.is_word("desc")
                || cursor.is_word("asc")
        };
        IndexKey::Sql(sql(cursor.until(ends)))
    } else {
        IndexKey::Column(cursor.name()?)
    };
    let collate = if cursor.words("collate") { Some(cursor.path()?.join(".")) } else { None };
    let is_class = |cursor: &Cursor<'_>| {
        let token = cursor.peek();
        token.is_some_and(|token| match token.kind {
            Kind::Quoted => true,
            Kind::Word => !["asc", "desc", "nulls"].iter().any(|word| token.is_word(word)),
            _ => false,
        })
    };
    let ops = if is_class(cursor) { Some(cursor.path()?.join(".")) } else { None };
    let descending = cursor.words("desc");
    cursor.words("asc");
    let nulls = match (cursor.words("nulls first"), cursor.words("nulls last")) {
        (true, _) if !descending => Some(Nulls::First),
        (_, true) if descending => Some(Nulls::Last),
        _ => None,
    };
    Some(IndexPart { key, descending, nulls, collate, ops })
}
