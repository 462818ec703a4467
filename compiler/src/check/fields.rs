//! Second pass: what each field is.

use heck::ToSnakeCase;
use rex_grammar::ast::{self, BlockKind, ExprKind, Member, TypeKind};
use rex_schema::Dialect;
use rex_schema::model::{EnumId, Scalar, Type};

use super::draft::{Declared, FieldDraft, Shape};
use super::{Cx, ModelIx, attributes};
use crate::diagnostic::{declarations, lints, names, types, views};
use crate::source::{FileId, Place};

/// The most fields that are read of a declaration. No table has as many columns; lists of rows need
/// none.
const MAX_FIELDS: usize = 10_000;

/// Resolves the types and attributes of all fields.
pub(super) fn resolve(cx: &mut Cx<'_>) {
    for model in 0..cx.models.len() {
        resolve_model(cx, model);
    }
}

fn resolve_model(cx: &mut Cx<'_>, model: ModelIx) {
    let (block, file) = (cx.models[model].ast, cx.models[model].file);
    cx.models[model].fields.reserve(block.members.len());
    cx.models[model].by_name.reserve(block.members.len());
    for member in &block.members {
        let Member::Field(field) = member else { continue };
        let place = Place { file, span: field.name.span };
        if let Some(first) = cx.models[model].find(&field.name.text) {
            let first = cx.field(model, first).place();
            cx.report(names::duplicate_field(&block.name.text, &field.name.text, place, first));
            continue;
        }
        if cx.models[model].fields.len() == MAX_FIELDS {
            cx.report(declarations::too_many_fields(place, &block.name.text, MAX_FIELDS));
            cx.models[model].broken = true;
            return;
        }
        let sound = check_name(cx, place, "field", &field.name.text);
        let shape = match &field.ty {
            Some(ty) => shape(cx, file, ty),
            None => Shape::Broken,
        };
        let shape = if block.kind == BlockKind::Type { value(cx, file, block, field, shape) } else { shape };
        let attributes = attributes::read(cx, file, field, shape, block.kind);
        let shape = if sound { shape } else { Shape::Broken };
        let draft =
            FieldDraft { ast: field, file, mixin: None, shape, attributes, columns: Vec::new(), link: None };
        let draft_model = &mut cx.models[model];
        draft_model.by_name.insert(&field.name.text, draft_model.fields.len());
        draft_model.fields.push(draft);
    }
}

/// A field of an embedded type is a value, or several.
fn value(cx: &mut Cx<'_>, file: FileId, owner: &ast::Block, field: &ast::Field, shape: Shape) -> Shape {
    let (is, declared) = match shape {
        Shape::Scalar { .. } | Shape::Embedded { .. } | Shape::Broken => return shape,
        Shape::ToOne { target, .. } => ("a relation", Some(cx.models[target].place())),
        Shape::ToMany { target } => ("a list of rows", Some(cx.models[target].place())),
        Shape::Union { union, .. } => {
            ("a union", cx.declaration(Declared::Union(union)).map(|(place, _)| place))
        }
    };
    let span = field.ty.as_ref().map_or(field.name.span, |ty| ty.span);
    cx.report(declarations::no_value(Place { file, span }, &owner.name.text, is, declared));
    Shape::Broken
}

/// Tells declarations that hold nothing.
pub(super) fn find_empty(cx: &mut Cx<'_>) {
    for model in 0..cx.models.len() {
        let draft = &cx.models[model];
        let (place, name, inside) = (draft.place(), draft.name(), draft.inside());
        if !draft.fields.is_empty() || draft.broken {
            continue;
        }
        let has_members = !draft.ast.members.is_empty() || !draft.ast.with.is_empty();
        match draft.ast.kind {
            BlockKind::Mixin if has_members => {}
            BlockKind::Mixin => cx.report(declarations::empty_mixin(place, name)),
            BlockKind::Type => cx.report(declarations::empty_type(place, name)),
            BlockKind::Model => cx.report(declarations::empty_model(place, name, inside)),
            BlockKind::View => cx.report(views::empty_view(place, name)),
        }
    }
}

/// Tells a name in the wrong case, and one that Rust cannot write: a name of a type is made of
/// every field and variant, and must begin with a letter. False for what cannot be used at all.
pub(super) fn check_name(cx: &mut Cx<'_>, place: Place, kind: &str, name: &str) -> bool {
    let begins = name.trim_start_matches('_').starts_with(|c: char| c.is_ascii_alphabetic());
    if !begins {
        cx.report(names::unwritable(kind, name, place));
        return false;
    }
    if name.len() > MAX_NAME {
        cx.report(names::too_long(kind, place, name.len()));
        return false;
    }
    if name.chars().any(|c| c.is_ascii_uppercase()) {
        cx.report(lints::naming_case(place, kind, name, &name.to_snake_case()));
    }
    true
}

/// The longest name of anything, in bytes. Columns and tables are called by shorter ones, but may
/// be told theirs.
pub(super) const MAX_NAME: usize = 255;

/// The shape of a type as written.
fn shape(cx: &mut Cx<'_>, file: FileId, ty: &ast::TypeRef) -> Shape {
    match &ty.kind {
        TypeKind::Named { name, args } => {
            let optional = ty.optional.is_some();
            match named(cx, file, name, args.as_ref()) {
                Named::Value(ty) => Shape::Scalar { ty, list: false, nullable: optional },
                Named::Model(target) => Shape::ToOne { target, optional },
                Named::Embedded(ty) => Shape::Embedded { ty, optional },
                Named::Union(union) => Shape::Union { union, optional },
                Named::Broken => Shape::Broken,
            }
        }
        TypeKind::List(element) => {
            if let Some(mark) = ty.optional {
                cx.report(types::optional_list(Place { file, span: mark }));
            }
            list(cx, file, element)
        }
    }
}

fn list(cx: &mut Cx<'_>, file: FileId, element: &ast::TypeRef) -> Shape {
    let place = Place { file, span: element.span };
    let TypeKind::Named { name, args } = &element.kind else {
        cx.report(types::list_element(place, "a list").help("use the type `Json`, or a model of its own"));
        return Shape::Broken;
    };
    if let Some(mark) = element.optional {
        let mark = Place { file, span: mark };
        cx.report(types::list_element(mark, "nulls").fix("remove `?`", mark, ""));
    }
    match named(cx, file, name, args.as_ref()) {
        Named::Value(ty) => Shape::Scalar { ty, list: true, nullable: false },
        Named::Model(target) => Shape::ToMany { target },
        Named::Embedded(_) => {
            let help = "use the type `Json`, with its Rust type in `@rust(\"…\")`, or a model of its own";
            cx.report(types::list_element(place, "an embedded type").help(help));
            Shape::Broken
        }
        Named::Union(_) => {
            let help = format!("use a model with a field of the type `{}`", name.text);
            cx.report(types::list_element(place, "a union").help(help));
            Shape::Broken
        }
        Named::Broken => Shape::Broken,
    }
}

enum Named {
    Value(Type),
    Model(ModelIx),
    Embedded(ModelIx),
    Union(usize),
    Broken,
}

fn named(cx: &mut Cx<'_>, file: FileId, name: &ast::Name, args: Option<&ast::Group>) -> Named {
    let place = Place { file, span: name.span };
    if Scalar::NAMES.contains(&name.text.as_str()) {
        return match scalar(cx, file, name, args) {
            Some(scalar) => Named::Value(Type::Scalar(scalar)),
            None => Named::Broken,
        };
    }
    let declared = cx.declared.get(name.text.as_str()).copied();
    if let (Some(_), Some(args)) = (declared, args) {
        let at = Place { file, span: args.span };
        cx.report(types::type_arguments(&name.text, at, "no arguments").fix("remove them", at, ""));
    }
    match declared {
        Some(Declared::Model(target)) => Named::Model(target),
        Some(Declared::Enum(index)) => {
            cx.enums[index].used = true;
            Named::Value(Type::Enum(EnumId(index as u32)))
        }
        Some(found @ Declared::Mixin(_)) => {
            let declared = cx.declaration(found).map(|(place, _)| place);
            cx.report(declarations::mixin_as_type(place, &name.text, declared));
            Named::Broken
        }
        Some(Declared::Type(ty)) => {
            cx.models[ty].used = true;
            Named::Embedded(ty)
        }
        Some(Declared::Union(union)) => {
            cx.unions[union].used = true;
            Named::Union(union)
        }
        // A line of another language seems to declare it, and is told.
        None if cx.seeming.contains(&name.text) => Named::Broken,
        None => {
            let mut known: Vec<&str> = match cx.may_suggest(cx.declared.len()) {
                true => {
                    let types = cx.declared.iter().filter(|(_, it)| !matches!(it, Declared::Mixin(_)));
                    types.map(|(name, _)| *name).collect()
                }
                false => Vec::new(),
            };
            known.sort_unstable();
            cx.report(types::unknown_type(&name.text, place, args.is_some(), known));
            Named::Broken
        }
    }
}

/// A scalar with its arguments; none if they are wrong, which is told.
fn scalar(cx: &mut Cx<'_>, file: FileId, name: &ast::Name, args: Option<&ast::Group>) -> Option<Scalar> {
    let numbers: Vec<(Option<i64>, Place)> = args
        .map(|group| {
            group.args.iter().map(|arg| (integer(&arg.value), Place { file, span: arg.span })).collect()
        })
        .unwrap_or_default();
    let place = Place { file, span: args.map_or(name.span, |args| args.span) };
    if let Some(args) = args.filter(|args| args.args.iter().any(|arg| arg.label.is_some())) {
        let values = args.args.iter().map(|arg| cx.text(Place { file, span: arg.value.span }));
        cx.report(types::named_type_arguments(place, &name.text, &values.collect::<Vec<_>>()));
        return None;
    }
    let plain = match name.text.as_str() {
        "Bool" => Scalar::Bool,
        "SmallInt" => Scalar::SmallInt,
        "Int" => Scalar::Int,
        "BigInt" => Scalar::BigInt,
        "Float" => Scalar::Float,
        "Double" => Scalar::Double,
        "Bytes" => Scalar::Bytes,
        "Uuid" => Scalar::Uuid,
        "Date" => Scalar::Date,
        "Time" => Scalar::Time,
        "DateTime" => Scalar::DateTime,
        "LocalDateTime" => Scalar::LocalDateTime,
        "Json" => Scalar::Json,
        "String" => return string(cx, place, &numbers, args.is_some()),
        _ => return decimal(cx, place, &numbers),
    };
    if args.is_some() {
        cx.report(types::type_arguments(&name.text, place, "no arguments").fix("remove them", place, ""));
    }
    Some(plain)
}

fn string(cx: &mut Cx<'_>, place: Place, numbers: &[(Option<i64>, Place)], given: bool) -> Option<Scalar> {
    const MOST: i64 = 10_485_760;
    match numbers {
        [] if !given => Some(Scalar::String { max: None }),
        [(Some(max), _)] if (1..=MOST).contains(max) => Some(Scalar::String { max: Some(*max as u32) }),
        [(Some(max), at)] => {
            let help = "a length is 1 to 10485760 characters; `String` has no limit";
            cx.report(types::type_argument_range(&format!("the length {max}"), *at, help));
            None
        }
        _ => {
            cx.report(types::type_arguments("String", place, "one length, as in `String(255)`, or none"));
            None
        }
    }
}

fn decimal(cx: &mut Cx<'_>, place: Place, numbers: &[(Option<i64>, Place)]) -> Option<Scalar> {
    let (precision, at, scale, scale_at) = match numbers {
        [(Some(precision), at)] => (*precision, *at, 0, *at),
        [(Some(precision), at), (Some(scale), scale_at)] => (*precision, *at, *scale, *scale_at),
        _ => {
            cx.report(types::type_arguments(
                "Decimal",
                place,
                "a precision and a scale, as in `Decimal(10, 2)`",
            ));
            return None;
        }
    };
    if !(1..=1000).contains(&precision) {
        let help = "a precision is 1 to 1000 digits";
        cx.report(types::type_argument_range(&format!("the precision {precision}"), at, help));
        return None;
    }
    if !(0..=precision).contains(&scale) {
        let help = "the scale counts the digits after the point: 0 to the precision";
        cx.report(types::type_argument_range(&format!("the scale {scale}"), scale_at, help));
        return None;
    }
    if precision > 18 && cx.has(Dialect::Sqlite) {
        cx.report(types::decimal_for_sqlite(at, precision as u16));
        return None;
    }
    Some(Scalar::Decimal { precision: precision as u16, scale: scale as u16 })
}

fn integer(expr: &ast::Expr) -> Option<i64> {
    match &expr.kind {
        ExprKind::Number(digits) => digits.parse().ok(),
        _ => None,
    }
}
