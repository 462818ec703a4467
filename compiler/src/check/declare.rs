//! First pass: who is declared, and under which name.

use std::collections::HashMap;

use heck::{ToSnakeCase, ToUpperCamelCase};
use rex_grammar::ast::{self, BlockKind, Item};
use rex_schema::model::Scalar;
use rex_schema::names as made;

use super::draft::{Declared, EnumDraft, ModelDraft, UnionDraft, VariantDraft};
use super::fields::{MAX_NAME, check_name};
use super::former::Former;
use super::{Cx, ModelIx};
use crate::diagnostic::{declarations, lints, names, types};
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
                    BlockKind::Model => Declared::Model(model(cx, file, block)),
                    BlockKind::Mixin => Declared::Mixin(fields_only(cx, file, block)),
                    BlockKind::Type => {
                        cx.report(types::not_built("`type`", Place { file, span: block.keyword }));
                        Declared::Type(fields_only(cx, file, block))
                    }
                    BlockKind::View => {
                        let keyword = Place { file, span: block.keyword };
                        cx.report(types::not_built("`view`", keyword));
                        Declared::Unbuilt
                    }
                },
                Item::Enum(item) => enumeration(cx, file, item),
                Item::Union(item) => {
                    cx.report(types::not_built("`union`", place));
                    cx.unions.push(UnionDraft { ast: item, file, used: false });
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
    if !names_table && block.name.text.len() <= MAX_NAME {
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

fn enumeration<'a>(cx: &mut Cx<'a>, file: FileId, item: &'a ast::Enum) -> Declared {
    let place = Place { file, span: item.name.span };
    if item.variants.is_empty() && !item.broken {
        cx.report(declarations::empty_enum(place, &item.name.text));
    }
    let variants = variants(cx, file, item);
    let type_name = type_name(cx, file, item);
    cx.enums.push(EnumDraft { ast: item, file, type_name, variants, used: false });
    Declared::Enum(cx.enums.len() - 1)
}

fn variants<'a>(cx: &mut Cx<'a>, file: FileId, item: &'a ast::Enum) -> Vec<VariantDraft<'a>> {
    let mut variants: Vec<VariantDraft<'a>> = Vec::new();
    // By name in Rust, and by label, with where they stand.
    let mut in_rust: HashMap<String, (&str, Place)> = HashMap::new();
    let mut labels: HashMap<String, Place> = HashMap::new();
    for variant in &item.variants {
        let name = variant.name.text.as_str();
        let at = Place { file, span: variant.name.span };
        let Said { name: label, deprecated, renamed_from } = said(cx, file, variant);
        let label = label.unwrap_or_else(|| name.to_owned());
        let sound = check_name(cx, at, "variant", name);
        if let Some(&(other, first)) = in_rust.get(&name.to_upper_camel_case()) {
            cx.report(match other == name {
                true => names::duplicate_variant(&item.name.text, name, at, first),
                false => names::same_in_rust("variant", name, at, other, first),
            });
            continue;
        }
        if let Some(first) = labels.get(&label) {
            cx.report(names::same_label(&label, at, *first));
            continue;
        }
        if sound {
            in_rust.insert(name.to_upper_camel_case(), (name, at));
            labels.insert(label.clone(), at);
            variants.push(VariantDraft { ast: variant, label, deprecated, renamed_from });
        }
    }
    former_labels(cx, &variants, &labels);
    variants
}

/// What the attributes of a variant say.
#[derive(Default)]
struct Said {
    name: Option<String>,
    deprecated: Option<String>,
    renamed_from: Option<(String, Place)>,
}

fn said(cx: &mut Cx<'_>, file: FileId, variant: &ast::Variant) -> Said {
    let mut said = Said::default();
    let mut seen: Vec<(&str, Place)> = Vec::new();
    for attribute in &variant.attributes {
        let at = Place { file, span: attribute.name.span };
        let whole = Place { file, span: attribute.span };
        let name = attribute.name.text.as_str();
        let Some(usage) = VARIANTS.iter().find(|(known, _)| *known == name).map(|(_, usage)| *usage) else {
            let translation = variant_translation(cx, whole, attribute);
            let known = VARIANTS.iter().map(|(known, _)| *known);
            cx.report(types::unknown_attribute(name, at, known, translation));
            continue;
        };
        if let Some((_, first)) = seen.iter().find(|(other, _)| *other == name) {
            cx.report(types::attribute_twice(name, whole, *first));
            continue;
        }
        seen.push((name, whole));
        let text = super::attributes::one_string(attribute).map(|text| text.text);
        let text = text.filter(|text| name != "deprecated" || !text.trim().is_empty());
        let Some(text) = text else {
            cx.report(types::attribute_arguments(name, whole, usage));
            continue;
        };
        if name != "deprecated" {
            cx.database_name("the variant", whole, &text, false);
        }
        match name {
            "name" => said.name = Some(text),
            "deprecated" => said.deprecated = Some(text),
            _ => said.renamed_from = Some((text, whole)),
        }
    }
    said
}

/// The attributes of variants, each as it is written.
const VARIANTS: [(&str, &str); 3] = [
    ("name", "@name(\"…\")"),
    ("renamed_from", "@renamed_from(\"old\")"),
    ("deprecated", "@deprecated(\"why\")"),
];

/// `@renamed_from`: labels that variants had before.
fn former_labels(cx: &mut Cx<'_>, variants: &[VariantDraft<'_>], labels: &HashMap<String, Place>) {
    let mut former = Former::default();
    for variant in variants {
        let Some((name, place)) = &variant.renamed_from else { continue };
        let other = labels.get(name).copied();
        cx.diagnostics.extend(former.check(name, *place, &variant.label, other, "a variant"));
    }
}

/// `@map("…")` and its like name the label.
fn variant_translation(cx: &Cx<'_>, place: Place, attribute: &ast::Attribute) -> Option<types::Translation> {
    let named = matches!(attribute.name.text.as_str(), "map" | "label" | "value" | "column" | "rename");
    let [only] = attribute.args.as_ref()?.args.as_slice() else { return None };
    let text = format!("@name({})", cx.text(Place { span: only.span, ..place }));
    let title = format!("write `{text}`");
    named.then(|| types::Translation { title, edits: vec![(place, text)], whole: true })
}

fn type_name(cx: &mut Cx<'_>, file: FileId, item: &ast::Enum) -> String {
    let mut name = made::enum_type(&item.name.text);
    let mut named: Option<Place> = None;
    for statement in &item.statements {
        let place = Place { file, span: statement.keyword.span };
        match (statement.keyword.text.as_str(), statement.strings.first()) {
            ("type", Some(text)) => {
                cx.database_name("the type", Place { file, span: text.span }, &text.text, true);
                match named {
                    Some(first) => cx.report(types::statement_twice("type", place, first)),
                    None => name = text.text.clone(),
                }
                named = Some(place);
            }
            (keyword, _) => cx.report(types::not_built(&format!("`{keyword}` of an enum"), place)),
        }
    }
    if named.is_none() && item.name.text.len() <= MAX_NAME {
        cx.database_name("the type", Place { file, span: item.name.span }, &name, true);
    }
    name
}
