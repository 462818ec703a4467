//! Enums: their variants, and what their statements say.

use std::collections::HashMap;

use heck::ToUpperCamelCase;
use rex_grammar::ast;
use rex_schema::names as made;

use super::Cx;
use super::attributes::one_string;
use super::draft::{Declared, EnumDraft, VariantDraft};
use super::fields::{MAX_NAME, check_name};
use super::former::Former;
use super::storage::check_schema;
use crate::diagnostic::{declarations, names, types};
use crate::source::{FileId, Place};

/// Reads an enum; the first pass does, since nothing in it depends on other declarations.
pub(super) fn declare<'a>(cx: &mut Cx<'a>, file: FileId, item: &'a ast::Enum) -> Declared {
    let place = Place { file, span: item.name.span };
    if item.variants.is_empty() && !item.broken {
        cx.report(declarations::empty_enum(place, &item.name.text));
    }
    let variants = variants(cx, file, item);
    let statements = Statements::read(cx, file, item);
    let type_name = match statements.type_name {
        Some(name) => name.text.clone(),
        None => {
            let made = made::enum_type(&item.name.text);
            if item.name.text.len() <= MAX_NAME {
                cx.database_name("the type", place, &made, true);
            }
            made
        }
    };
    let names = variants.iter().map(|variant| variant.ast.name.text.as_str());
    let by_name = names.zip(0..).collect();
    cx.enums.push(EnumDraft {
        ast: item,
        file,
        type_name,
        schema: statements.schema.map(|name| name.text.clone()),
        renamed_from: statements.renamed_from.map(|(name, place)| (name.text.clone(), place)),
        variants,
        by_name,
        used: false,
    });
    Declared::Enum(cx.enums.len() - 1)
}

/// What the statements of an enum say.
#[derive(Default)]
struct Statements<'a> {
    type_name: Option<&'a ast::Str>,
    schema: Option<&'a ast::Str>,
    renamed_from: Option<(&'a ast::Str, Place)>,
}

impl<'a> Statements<'a> {
    fn read(cx: &mut Cx<'_>, file: FileId, item: &'a ast::Enum) -> Statements<'a> {
        let mut statements = Statements::default();
        let mut first: HashMap<&str, Place> = HashMap::new();
        for statement in &item.statements {
            let keyword = statement.keyword.text.as_str();
            let place = Place { file, span: statement.keyword.span };
            let Some(text) = statement.strings.first() else { continue };
            if let Some(first) = first.insert(keyword, place) {
                cx.report(types::statement_twice(keyword, place, first));
                continue;
            }
            let at = Place { file, span: text.span };
            match keyword {
                "type" => {
                    cx.database_name("the type", at, &text.text, true);
                    statements.type_name = Some(text);
                }
                "schema" => {
                    check_schema(cx, at, &text.text);
                    statements.schema = Some(text);
                }
                _ => {
                    cx.database_name("the type", at, &text.text, true);
                    statements.renamed_from = Some((text, Place { file, span: statement.span }));
                }
            }
        }
        statements
    }
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
        let text = one_string(attribute).map(|text| text.text);
        let text = text.filter(|text| name != "deprecated" || !text.trim().is_empty());
        let Some(text) = text else {
            let args = attribute.args.as_ref().map(|args| Place { file, span: args.span });
            cx.report(types::attribute_arguments(name, whole, args, usage));
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
