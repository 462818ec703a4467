//! Validation rules, as the runtime runs them.

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use rex_schema::model::{
    Column, EmbeddedType, Model, RowField, Rule, RuleKind, Scalar, Type, TypeField, Value,
};
use syn::Expr;

use super::{Cx, constant, layout, meta, types};

/// The `RuleMeta`s of a model, in the order of its columns.
pub(super) fn of_model(cx: &Cx<'_>, model: &Model) -> Vec<Expr> {
    let mut all = Vec::new();
    for (place, column) in model.columns.iter().enumerate().filter(|(_, column)| column.computed.is_none()) {
        let rules = column.validation();
        let field = &written(cx, model, place);
        all.extend(rules.iter().map(|rule| one(cx, (place, field), column, rule)));
        all.extend(elements((place, field), column));
    }
    all
}

/// A column's field as the schema names it: `home.street` is a part of an embedded type.
fn written(cx: &Cx<'_>, model: &Model, place: usize) -> String {
    let embedded = model.fields.iter().find_map(|field| match field {
        RowField::Embedded(field) => Some((field, field.columns.iter().position(|&at| at == place)?)),
        RowField::Column(_) | RowField::Union(_) => None,
    });
    match embedded {
        Some((field, at)) => format!("{}.{}", field.name, part(cx, &cx.schema[field.ty], at)),
        None => model.columns[place].field.clone(),
    }
}

/// The part of an embedded type that one of its columns belongs to.
fn part(cx: &Cx<'_>, item: &EmbeddedType, at: usize) -> String {
    let mut first = 0;
    for field in &item.fields {
        let inner = at - first;
        first += cx.schema.width(field);
        if at < first {
            return match field {
                TypeField::Column(column) => column.field.clone(),
                TypeField::Embedded { name, ty, .. } => {
                    format!("{name}.{}", part(cx, &cx.schema[*ty], inner))
                }
            };
        }
    }
    unreachable!("the columns of an embedded type are those of its parts")
}

fn one(cx: &Cx<'_>, at: (usize, &str), column: &Column, rule: &Rule) -> Expr {
    let message = rule.message.clone().unwrap_or_else(|| message(column, &rule.kind));
    rule_meta(at, rule.kind.code(), &message, test(cx, column, &rule.kind))
}

/// A column's place, and its field as the schema names it.
fn rule_meta((place, field): (usize, &str), code: &str, message: &str, test: Expr) -> Expr {
    let fields = [
        ("column", constant::number(place)),
        ("field", constant::text(field)),
        ("code", constant::text(code)),
        ("message", constant::text(message)),
        ("test", test),
    ];
    constant::structure("__::RuleMeta", fields)
}

/// The texts in a list of `String(n)` are bounded as others are.
fn elements(at: (usize, &str), column: &Column) -> Option<Expr> {
    let Type::Scalar(Scalar::String { max: Some(max) }) = column.ty else { return None };
    let test = constant::structure("__::Test::Elements", [("max", number(max.into()))]);
    let message = format!("must have at most {} in each element", counted(max.into(), "character"));
    column.list.then(|| rule_meta(at, "length", &message, test))
}

fn test(cx: &Cx<'_>, column: &Column, kind: &RuleKind) -> Expr {
    let constant = |value: &Value| meta::constant(cx, column.ty, value);
    match kind {
        RuleKind::Length { min, max } => {
            let max = max.map_or_else(|| constant::named("__::u64::MAX"), number);
            constant::structure("__::Test::Length", [("min", number(*min)), ("max", max)])
        }
        RuleKind::Range { low, high, inclusive } => {
            let end = |end: &Option<Value>| {
                end.as_ref().map_or_else(|| constant::named("__::DefaultValue::None"), constant)
            };
            let inclusive = constant::boolean(*inclusive);
            let fields = [("low", end(low)), ("high", end(high)), ("inclusive", inclusive)];
            constant::structure("__::Test::Range", fields)
        }
        RuleKind::OneOf(values) => {
            constant::call("__::Test::OneOf", [constant::list(values.iter().map(constant))])
        }
        RuleKind::NonEmpty => constant::named("__::Test::NonEmpty"),
        RuleKind::Trimmed => constant::named("__::Test::Trimmed"),
        RuleKind::Email => constant::call("__::email", []),
        RuleKind::Url => constant::call("__::url", []),
        RuleKind::Ip => constant::call("__::ip", []),
        RuleKind::Pattern(pattern) => {
            let pattern = layout::raw(pattern);
            constant::parsed(quote!(__::Test::Form(|text| {
                static PATTERN: __::Pattern = __::Pattern::new(#pattern);
                PATTERN.is_in(text)
            })))
        }
        RuleKind::Validate(path) => custom(cx, column, path),
    }
}

/// The feature of the runtime that tests a rule.
pub(super) fn feature(kind: &RuleKind) -> Option<&'static str> {
    match kind {
        RuleKind::Email => Some("email"),
        RuleKind::Url => Some("url"),
        RuleKind::Pattern(_) => Some("pattern"),
        RuleKind::Length { .. }
        | RuleKind::Range { .. }
        | RuleKind::OneOf(_)
        | RuleKind::NonEmpty
        | RuleKind::Trimmed
        | RuleKind::Ip
        | RuleKind::Validate(_) => None,
    }
}

/// The function of a `@validate`, with the type of its argument.
fn custom(cx: &Cx<'_>, column: &Column, path: &str) -> Expr {
    let function: TokenStream = path.parse().expect("the checker reads the path");
    let is_text = matches!(column.ty, Type::Scalar(Scalar::String { .. }))
        && column.id_of.is_none()
        && column.rust.is_none();
    let check = match (column.list, is_text) {
        (true, _) => {
            let ty = types::element(cx, column);
            quote!(check_list::<#ty, _>)
        }
        (false, true) => quote!(check_text),
        (false, false) => {
            let ty = types::plain(cx, column);
            quote!(check_value::<#ty, _>)
        }
    };
    constant::parsed(quote!(__::Test::Custom(|value| __::#check(value, #function))))
}

/// What must be, behind the field's name; nothing where the user's function says it.
fn message(column: &Column, kind: &RuleKind) -> String {
    match kind {
        RuleKind::Length { min, max } => length(column, *min, *max),
        RuleKind::Range { low, high, inclusive } => {
            let [low, high] = [low, high].map(|end| end.as_ref().map(|end| shown(column.ty, end)));
            range(low, high, *inclusive)
        }
        RuleKind::OneOf(values) => {
            let values: Vec<String> = values.iter().map(|value| shown(column.ty, value)).collect();
            format!("must be one of {}", values.join(", "))
        }
        RuleKind::Pattern(_) => "has the wrong form".to_owned(),
        RuleKind::Email => "must be an email address".to_owned(),
        RuleKind::Url => "must be a URL".to_owned(),
        RuleKind::Ip => "must be an IP address".to_owned(),
        RuleKind::NonEmpty => "must not be empty".to_owned(),
        RuleKind::Trimmed => "must not begin or end with a space".to_owned(),
        RuleKind::Validate(_) => String::new(),
    }
}

fn length(column: &Column, min: u64, max: Option<u64>) -> String {
    let unit = match column.ty {
        _ if column.list => "element",
        Type::Scalar(Scalar::Bytes) => "byte",
        Type::Scalar(_) | Type::Enum(_) => "character",
    };
    match (min, max) {
        (1, None) if unit == "character" => "must not be empty".to_owned(),
        (min, None) => format!("must have at least {}", counted(min, unit)),
        (0, Some(max)) => format!("must have at most {}", counted(max, unit)),
        (min, Some(max)) if min == max => format!("must have exactly {}", counted(min, unit)),
        (min, Some(max)) => format!("must have {min} to {}", counted(max, unit)),
    }
}

fn counted(number: u64, unit: &str) -> String {
    format!("{number} {unit}{}", if number == 1 { "" } else { "s" })
}

fn range(low: Option<String>, high: Option<String>, inclusive: bool) -> String {
    match (low, high) {
        (Some(low), Some(high)) if inclusive => format!("must be {low} to {high}"),
        (Some(low), Some(high)) => format!("must be at least {low} and below {high}"),
        (Some(low), None) => format!("must be at least {low}"),
        (None, Some(high)) if inclusive => format!("must be at most {high}"),
        (None, Some(high)) => format!("must be below {high}"),
        (None, None) => unreachable!("a range has an end"),
    }
}

/// A constant of the schema, for people.
fn shown(ty: Type, value: &Value) -> String {
    match value {
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        // With the digits that tell it from other values of the type.
        Value::Float(value) if ty == Type::Scalar(Scalar::Float) => (*value as f32).to_string(),
        Value::Float(value) => value.to_string(),
        Value::Decimal(text) | Value::String(text) | Value::Uuid(text) | Value::Json(text) => text.clone(),
        Value::Date(days) => rex_schema::civil::date(*days),
        Value::Time(micros) => short(rex_schema::civil::time(*micros)),
        Value::DateTime(micros) => short(rex_schema::civil::date_time(*micros)) + "Z",
        Value::LocalDateTime(micros) => short(rex_schema::civil::date_time(*micros)),
        Value::Bytes(_) | Value::Variant(_) => unreachable!("no rule holds such a constant"),
    }
}

/// Without a fraction of a second that is none.
fn short(text: String) -> String {
    text.trim_end_matches('0').strip_suffix('.').map_or(text.clone(), str::to_owned)
}

fn number(number: u64) -> Expr {
    constant::literal(Literal::u64_unsuffixed(number))
}
