//! Attributes: what those of a field say.

mod column;
mod foreign;
mod read;
mod rules;
mod table;

use rex_grammar::ast::{self, BlockKind};
use rex_schema::model::{Action, Type};

use self::read::{name_list, one_name, strings};
use self::table::{On, Spec, TABLE};
use super::draft::Shape;
use super::lints::known_lint;
use super::{Cx, embedded};
use crate::diagnostic::{nearest, relations, types};
use crate::source::{FileId, Place};

pub(super) use self::column::ColumnAttributes;
pub(super) use self::read::one_string;
pub(super) use self::rules::RuleDraft;

/// Whether the language has an attribute of this name.
pub(super) fn is_known(name: &str) -> bool {
    TABLE.iter().any(|spec| spec.name == name)
}

/// What the attributes of a field say.
#[derive(Clone, Default)]
pub(super) struct Attributes<'a> {
    pub(super) id: Option<Place>,
    pub(super) unique: Option<Place>,
    pub(super) index: Option<Place>,
    pub(super) column: Option<(String, Place)>,
    pub(super) inverse: Option<(&'a ast::Name, Place)>,
    pub(super) on_delete: Option<(Action, Place)>,
    pub(super) on_key_change: Option<(Action, Place)>,
    pub(super) fields: Option<(Vec<&'a ast::Name>, Place)>,
    pub(super) references: Option<(Vec<&'a ast::Name>, Place)>,
    pub(super) no_index: Option<Place>,
    pub(super) deferrable: Option<Place>,
    pub(super) constraint: Option<(String, Place)>,
    pub(super) through: Option<(Vec<&'a ast::Name>, Place)>,
    pub(super) join_table: Option<(Vec<String>, Place)>,
    pub(super) of_column: ColumnAttributes<'a>,
    /// Validation rules, in order.
    pub(super) rules: Vec<RuleDraft>,
    /// Whether some could not be read: what they say may be missing.
    pub(super) unsure: bool,
    /// Those that belong to the side that holds a key, in order, with their places.
    pub(super) of_key: Vec<(&'static str, Place)>,
}

/// Reads the attributes of a field of this shape.
pub(super) fn read<'a>(
    cx: &mut Cx<'a>,
    file: FileId,
    field: &'a ast::Field,
    shape: Shape,
    owner: BlockKind,
) -> Attributes<'a> {
    let mut attributes = Attributes::default();
    let mut seen: Vec<(&str, Place)> = Vec::new();
    for attribute in &field.attributes {
        let name = attribute.name.text.as_str();
        let whole = Place { file, span: attribute.span };
        let Some(spec) = TABLE.iter().find(|spec| spec.name == name) else {
            unknown(cx, file, field, attribute);
            attributes.unsure = true;
            continue;
        };
        if let Some((_, first)) = seen.iter().find(|(other, _)| *other == name) {
            cx.report(types::attribute_twice(name, whole, *first));
            continue;
        }
        seen.push((name, whole));
        if owner == BlockKind::Type && embedded::refuses(cx, file, attribute) {
            continue;
        }
        if !fits(cx, spec, file, attribute, field, shape) {
            continue;
        }
        if spec.of_key {
            attributes.of_key.push((spec.name, whole));
        }
        if apply(cx, &mut attributes, file, attribute, field, shape).is_none() {
            let args = attribute.args.as_ref().map(|args| Place { file, span: args.span });
            cx.report(match (args, names_in_quotes(attribute)) {
                (Some(args), Some(names)) if spec.usage.contains('(') && !spec.usage.contains('"') => {
                    types::names_in_quotes(args, name, &names)
                }
                _ => types::attribute_arguments(name, whole, args, spec.usage),
            });
            attributes.unsure = true;
        }
    }
    if field.attributes.len() > 1 {
        contradictions(cx, &attributes, shape);
    }
    attributes
}

fn unknown(cx: &mut Cx<'_>, file: FileId, field: &ast::Field, attribute: &ast::Attribute) {
    let at = Place { file, span: attribute.name.span };
    let known: &[Spec] = if cx.may_suggest(TABLE.len()) { TABLE } else { &[] };
    let known = known.iter().map(|spec| spec.name);
    let written = attribute.name.text.as_str();
    let translation = foreign::translate(cx, file, field, attribute).or_else(|| {
        // `@defualt` is nearer to another language's `@default` than to any attribute of Rex's.
        let meant = nearest(written, known.clone().chain(foreign::WORDS))?;
        let mut meant_attribute = attribute.clone();
        meant_attribute.name.text = foreign::WORDS.into_iter().find(|word| *word == meant)?.to_owned();
        let translation = foreign::translate(cx, file, field, &meant_attribute)?;
        Some(types::Translation { whole: false, ..translation })
    });
    cx.report(types::unknown_attribute(written, at, known, translation));
}

/// The arguments of an attribute without their quotes, where all are names in quotes.
fn names_in_quotes(attribute: &ast::Attribute) -> Option<Vec<&str>> {
    let is_name = |text: &str| {
        text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    let args = &attribute.args.as_ref()?.args;
    let names = args.iter().map(|arg| match &arg.value.kind {
        ast::ExprKind::String(text) if arg.label.is_none() && is_name(text) => Some(text.as_str()),
        _ => None,
    });
    names.collect::<Option<Vec<&str>>>().filter(|names| !names.is_empty())
}

/// Whether an attribute may stand on such a field; if not, it is told.
fn fits(
    cx: &mut Cx<'_>,
    spec: &Spec,
    file: FileId,
    attribute: &ast::Attribute,
    field: &ast::Field,
    shape: Shape,
) -> bool {
    let at = Place { file, span: attribute.name.span };
    if let ("on_update", Some(action)) = (spec.name, one_name(attribute))
        && !matches!(shape, Shape::Scalar { ty: Type::Enum(_), .. })
        && read::action(&action.text).is_some()
    {
        let place = Place { file, span: action.span };
        cx.report(types::on_update_action(place, at, &action.text));
        return false;
    }
    let (takes, fits) = match (spec.on, shape) {
        (_, Shape::Broken) => return matches!(spec.name, "allow" | "id"),
        (On::Any, _) => ("any field", true),
        (on, Shape::Embedded { .. }) => (takes(on), spec.name == "renamed_from"),
        (on, Shape::Union { .. }) => (takes(on), OF_UNIONS.contains(&spec.name)),
        (On::Version | On::SoftDelete, shape) => return column::fits(cx, file, attribute, field, shape),
        // Where the key is held is not known yet: told with the relation.
        (On::ToOne, Shape::ToMany { .. }) => return true,
        (on @ On::Column, shape) => (takes(on), !matches!(shape, Shape::ToMany { .. })),
        (on @ On::Scalar, shape) => (takes(on), matches!(shape, Shape::Scalar { .. })),
        (on @ On::Native, shape) => (takes(on), matches!(shape, Shape::Scalar { ty: Type::Scalar(_), .. })),
        (on @ On::ToOne, shape) => (takes(on), matches!(shape, Shape::ToOne { .. })),
        (on @ On::ToMany, shape) => (takes(on), matches!(shape, Shape::ToMany { .. })),
        (on @ On::Relation, shape) => (takes(on), !matches!(shape, Shape::Scalar { .. })),
    };
    if !fits {
        let is = kind(shape);
        let ty = field.ty.as_ref().map_or(field.name.span, |ty| ty.span);
        let whole = Place { file, span: attribute.span };
        cx.report(types::attribute_target(spec.name, at, takes, Place { file, span: ty }, is).fix(
            "remove it",
            whole,
            "",
        ));
    }
    fits
}

/// Attributes of a column or a key that a union takes too: they are about each of its keys.
const OF_UNIONS: [&str; 8] =
    ["unique", "index", "no_index", "on_delete", "on_key_change", "deferrable", "immutable", "renamed_from"];

/// What an attribute belongs on, in words.
fn takes(on: On) -> &'static str {
    match on {
        On::Column => "a scalar or a to-one relation",
        On::Scalar => "a scalar",
        On::Native => "a scalar of Rex's own",
        On::Version => "a required `Int` or `BigInt`",
        On::SoftDelete => "an optional `DateTime`",
        On::ToOne => "a to-one relation",
        On::ToMany => "a to-many relation",
        On::Relation => "a relation",
        On::Any => "any field",
    }
}

/// What a field is, in words.
fn kind(shape: Shape) -> &'static str {
    match shape {
        Shape::Scalar { list: true, .. } => "a list of values",
        Shape::Scalar { ty: Type::Enum(_), .. } => "an enum",
        Shape::Scalar { .. } => "a scalar",
        Shape::ToOne { .. } => "a to-one relation",
        Shape::ToMany { .. } | Shape::Broken => "a to-many relation",
        Shape::Embedded { .. } => "an embedded type",
        Shape::Union { .. } => "a union",
    }
}

/// Takes in what an attribute says. None if its arguments are not as they should be.
fn apply<'a>(
    cx: &mut Cx<'a>,
    attributes: &mut Attributes<'a>,
    file: FileId,
    attribute: &'a ast::Attribute,
    field: &ast::Field,
    shape: Shape,
) -> Option<()> {
    let place = Place { file, span: attribute.span };
    let flag = attribute.args.is_none().then_some(place);
    match attribute.name.text.as_str() {
        "id" => attributes.id = Some(flag?),
        "unique" => attributes.unique = Some(flag?),
        "index" => attributes.index = Some(flag?),
        "no_index" => attributes.no_index = Some(flag?),
        "deferrable" => attributes.deferrable = Some(flag?),
        "column" => {
            attributes.column = Some((read::database_name(cx, attribute, file, "the column")?, place))
        }
        "constraint" => {
            attributes.constraint =
                Some((read::database_name(cx, attribute, file, "the constraint")?, place));
        }
        "inverse" => attributes.inverse = Some((one_name(attribute)?, place)),
        "on_delete" => attributes.on_delete = read_action(cx, attribute, place)?,
        "on_key_change" => attributes.on_key_change = read_action(cx, attribute, place)?,
        "fields" => attributes.fields = Some((name_list(attribute)?, place)),
        "references" => attributes.references = Some((name_list(attribute)?, place)),
        "through" => {
            let names = name_list(attribute).filter(|names| matches!(names.len(), 1 | 3))?;
            attributes.through = Some((names, place));
        }
        "length" | "range" | "pattern" | "email" | "url" | "ip" | "one_of" | "non_empty" | "trimmed"
        | "validate" => attributes.rules.extend(rules::read(cx, file, attribute, field, shape)?),
        "join_table" => attributes.join_table = Some((join_table(cx, attribute, file)?, place)),
        "immutable" | "sensitive" | "version" | "soft_delete" | "on_update" | "backfill" | "deprecated"
        | "computed" | "renamed_from" | "db" | "rust" => {
            column::apply(cx, &mut attributes.of_column, file, attribute)?
        }
        _ => {
            for lint in name_list(attribute)? {
                let lint = known_lint(cx, &lint.text, Place { file, span: lint.span });
                cx.allowed.extend(lint.map(|lint| (Place { file, span: field.span }, lint)));
            }
        }
    }
    Some(())
}

fn join_table(cx: &mut Cx<'_>, attribute: &ast::Attribute, file: FileId) -> Option<Vec<String>> {
    let names = strings(attribute).filter(|names| matches!(names.len(), 1 | 3))?;
    for (at, name) in names.iter().enumerate() {
        let what = if at == 0 { "the join table" } else { "the column" };
        cx.database_name(what, Place { file, span: name.span }, &name.text, at == 0);
    }
    Some(names.into_iter().map(|name| name.text).collect())
}

/// None if the arguments are no word; an unknown word is told here.
#[allow(clippy::option_option)]
fn read_action(cx: &mut Cx<'_>, attribute: &ast::Attribute, place: Place) -> Option<Option<(Action, Place)>> {
    let Some(name) = one_name(attribute) else {
        // `set null`, as SQL has it.
        if let Some([words]) = attribute.args.as_ref().map(|args| args.args.as_slice())
            && matches!(words.value.kind, ast::ExprKind::Path(_))
            && words.label.is_none()
            && !words.modifiers.is_empty()
        {
            let at = Place { span: words.span, ..place };
            cx.report(relations::unknown_action(at, cx.text(at)));
            return Some(None);
        }
        let text = one_string(attribute)?;
        cx.report(relations::unknown_action(Place { span: text.span, ..place }, &text.text));
        return Some(None);
    };
    let found = read::action(&name.text);
    if found.is_none() {
        cx.report(relations::unknown_action(Place { span: name.span, ..place }, &name.text));
    }
    Some(found.map(|action| (action, place)))
}

/// Two attributes of which one must go.
fn contradictions(cx: &mut Cx<'_>, attributes: &Attributes<'_>, shape: Shape) {
    let inverse = attributes.inverse.map(|(_, place)| place);
    let through = attributes.through.as_ref().map(|(_, place)| *place);
    let join_table = attributes.join_table.as_ref().map(|(_, place)| *place);
    let fields = attributes.fields.as_ref().map(|(_, place)| *place);
    let column = attributes.column.as_ref().map(|(_, place)| *place);
    let is_key = matches!(shape, Shape::ToOne { .. }) && inverse.is_none();
    let pairs = [
        ("inverse", inverse, "through", through, "`@through` says how the two sides meet"),
        (
            "join_table",
            join_table,
            "through",
            through,
            "`@through` joins by a model, and has no table of its own",
        ),
        ("column", column, "fields", fields.filter(|_| is_key), "`@fields` uses columns that have names"),
        ("no_index", attributes.no_index, "index", attributes.index, "one asks for an index, one for none"),
    ];
    let pairs = pairs.into_iter().chain(column::contradictions(attributes, fields.filter(|_| is_key)));
    for (one, at, other, first, why) in pairs {
        if let (Some(at), Some(first)) = (at, first) {
            cx.report(types::contradiction(one, at, other, first, why));
        }
    }
}
