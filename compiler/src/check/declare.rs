//! First pass: who is declared, and under which name.

use std::collections::HashMap;

use heck::{ToSnakeCase, ToUpperCamelCase};
use rex_grammar::ast::{self, BlockKind, Item};
use rex_schema::model::Scalar;
use rex_schema::names as made;

use super::draft::{Declared, ModelDraft, UnionDraft};
use super::fields::MAX_NAME;
use super::storage::Storage;
use super::{Cx, ModelIx, enums};
use crate::diagnostic::{lints, names};
use crate::source::{FileId, Place};

/// Files every declaration under its name; the later of two is the fault.
pub(super) fn declare<'a>(cx: &mut Cx<'a>, files: &'a [ast::File]) {
    let mut first: HashMap<&'a str, Place> = HashMap::new();
    for (file, ast) in files.iter().enumerate() {
        let file = FileId(file as u32);
        for item in &ast.items {
            let name = item.name();
            let place = Place { file, span: name.span };
            check_case(cx, place, item);
            if Scalar::NAMES.contains(&name.text.as_str()) {
                cx.report(names::scalar_name(&name.text, place));
                continue;
            }
            if let Some(&other) = first.get(name.text.as_str()) {
                cx.report(names::duplicate_declaration(&name.text, place, other));
                continue;
            }
            first.insert(&name.text, place);
            let declared = match item {
                Item::Block(block) => match block.kind {
                    BlockKind::Model | BlockKind::View => Declared::Model(model(cx, file, block)),
                    BlockKind::Mixin => Declared::Mixin(fields_only(cx, file, block)),
                    BlockKind::Type => Declared::Type(fields_only(cx, file, block)),
                },
                Item::Enum(item) => enums::declare(cx, file, item),
                Item::Union(item) => {
                    cx.unions.push(UnionDraft {
                        ast: item,
                        file,
                        members: Vec::new(),
                        broken: false,
                        used: false,
                    });
                    Declared::Union(cx.unions.len() - 1)
                }
            };
            cx.declared.insert(&name.text, declared);
        }
    }
}

fn check_case(cx: &mut Cx<'_>, place: Place, item: &Item) {
    let name = &item.name().text;
    let kind = match item {
        Item::Block(block) => block.kind.keyword(),
        Item::Enum(_) => "enum",
        Item::Union(_) => "union",
    };
    let begins = name.trim_start_matches('_').starts_with(|c: char| c.is_ascii_alphabetic());
    if name.eq_ignore_ascii_case("self") || !begins {
        cx.report(names::unwritable(kind, name, place));
        return;
    }
    if name.len() > MAX_NAME {
        cx.report(names::too_long(kind, place, name.len()));
        return;
    }
    let wanted = name.to_upper_camel_case();
    let camel = name.starts_with(|c: char| c.is_ascii_uppercase()) && !name.contains('_');
    if !camel && !wanted.is_empty() && wanted != *name {
        cx.report(lints::naming_case(place, kind, name, &wanted));
    }
}

fn model<'a>(cx: &mut Cx<'a>, file: FileId, block: &'a ast::Block) -> ModelIx {
    let place = Place { file, span: block.name.span };
    let table = match cx.options.singular_tables {
        true => block.name.text.to_snake_case(),
        false => made::table(&block.name.text),
    };
    let names_table = block.members.iter().any(
        |member| matches!(member, ast::Member::Statement(statement) if statement.keyword.text == "table"),
    );
    // A name without a letter is told already.
    if !names_table && !table.is_empty() && block.name.text.len() <= MAX_NAME {
        cx.database_name("the table", place, &table, true);
    }
    draft(cx, file, block, table)
}

/// A mixin or an embedded type.
fn fields_only<'a>(cx: &mut Cx<'a>, file: FileId, block: &'a ast::Block) -> ModelIx {
    draft(cx, file, block, String::new())
}

fn draft<'a>(cx: &mut Cx<'a>, file: FileId, block: &'a ast::Block, table: String) -> ModelIx {
    let place = Place { file, span: block.name.span };
    cx.models.push(ModelDraft {
        ast: block,
        file,
        mixins: Vec::new(),
        broken: block.broken,
        used: false,
        table,
        table_place: place,
        storage: Storage::of(block),
        fields: Vec::new(),
        by_name: HashMap::new(),
        key: None,
        names_key: false,
        key_parts: None,
        columns: Vec::new(),
        uniques: Vec::new(),
        indexes: Vec::new(),
        checks: Vec::new(),
        foreign_keys: Vec::new(),
    });
    cx.models.len() - 1
}
