//! Validation rules: what each says, on which types it may stand, and whether a value can satisfy
//! it. How the rules of a field get on with each other is in [`crate::check::rules`].

use std::collections::HashMap;

use rex_grammar::ast::{self, ExprKind, UnaryOp};
use rex_schema::model::{Rule, RuleKind, Scalar, Type, Value, order};

use super::Cx;
use crate::check::draft::Shape;
use crate::check::literals::{self, Fault};
use crate::check::patterns;
use crate::diagnostic::rules;
use crate::source::{FileId, Place};

/// A rule with its place.
#[derive(Clone)]
pub(in crate::check) struct RuleDraft {
    pub(in crate::check) rule: Rule,
    /// From `@` to the end.
    pub(in crate::check) place: Place,
    /// Its arguments, one by one, without the message.
    pub(in crate::check) arguments: Vec<Place>,
    /// A `@length` whose upper end is excluded.
    pub(in crate::check) exclusive: bool,
}

/// Reads a rule on a scalar. None if its arguments are not as they should be.
pub(super) fn read(
    cx: &mut Cx<'_>,
    file: FileId,
    attribute: &ast::Attribute,
    field: &ast::Field,
    shape: Shape,
) -> Option<Option<RuleDraft>> {
    let Shape::Scalar { ty, list, .. } = shape else { return Some(None) };
    let field = Place { file, span: field.ty.as_ref().map_or(field.name.span, |ty| ty.span) };
    let place = Place { file, span: attribute.span };
    let mut reader = Reader { cx, place, name: &attribute.name.text, ty, list, field };
    let arguments = reader.arguments(attribute)?;
    if !reader.fits(attribute) {
        return Some(None);
    }
    let kind = reader.kind(&arguments.plain)?;
    let arguments_at = arguments.plain.iter().map(|arg| reader.at(arg.span)).collect();
    let exclusive = arguments
        .plain
        .iter()
        .any(|arg| matches!(&arg.value.kind, ExprKind::Range { high: Some(_), inclusive: false, .. }));
    Some(kind.map(|kind| RuleDraft {
        rule: Rule { kind, message: arguments.message },
        place,
        arguments: arguments_at,
        exclusive,
    }))
}

struct Reader<'c, 'a, 'n> {
    cx: &'c mut Cx<'a>,
    /// The attribute.
    place: Place,
    name: &'n str,
    ty: Type,
    list: bool,
    /// The field's type.
    field: Place,
}

struct Arguments<'n> {
    plain: Vec<&'n ast::Arg>,
    message: Option<String>,
}

impl Reader<'_, '_, '_> {
    fn at(&self, span: ast::Span) -> Place {
        Place { span, ..self.place }
    }

    fn arguments<'n>(&mut self, attribute: &'n ast::Attribute) -> Option<Arguments<'n>> {
        let mut arguments = Arguments { plain: Vec::new(), message: None };
        let Some(group) = &attribute.args else { return Some(arguments) };
        for arg in &group.args {
            if !arg.modifiers.is_empty() {
                return None;
            }
            match (&arg.label, &arg.value.kind) {
                (None, _) => arguments.plain.push(arg),
                (Some(label), ExprKind::String(text)) if label.text == "message" && !text.is_empty() => {
                    if arguments.message.replace(text.clone()).is_some() {
                        return None;
                    }
                }
                (Some(label), _) if label.text == "message" => return None,
                // `@length(min: 1)` is told as a whole.
                (Some(label), _) if matches!(label.text.as_str(), "min" | "max") => {
                    arguments.plain.push(arg);
                }
                (Some(label), _) => {
                    let at = self.at(label.span);
                    self.cx.report(rules::unknown_argument(self.name, &label.text, at));
                }
            }
        }
        Some(arguments)
    }

    fn scalar(&self) -> Option<Scalar> {
        match self.ty {
            Type::Scalar(scalar) if !self.list => Some(scalar),
            Type::Scalar(_) | Type::Enum(_) => None,
        }
    }

    /// Whether the rule may stand on such a type; if not, it is told.
    fn fits(&mut self, attribute: &ast::Attribute) -> bool {
        let scalar = self.scalar();
        let is_text = matches!(scalar, Some(Scalar::String { .. }));
        let has_length = self.list || is_text || scalar == Some(Scalar::Bytes);
        let (takes, fits) = match self.name {
            "length" => ("`String`, `Bytes` and lists", has_length),
            "range" => ("numbers, dates and times", scalar.is_some_and(is_ordered)),
            "one_of" => ("`String` and numbers", is_text || scalar.is_some_and(is_number)),
            "validate" => return true,
            _ => ("`String`", is_text),
        };
        if !fits {
            let ty = self.cx.type_name(self.ty);
            let is = if self.list { "a list".to_owned() } else { format!("`{ty}`") };
            let name = self.at(attribute.name.span);
            let meant = match self.name {
                "length" if scalar.is_some_and(is_number) => Some(("range", name)),
                "range" if has_length => Some(("length", name)),
                "non_empty" if has_length => Some(("@length(1..)", self.place)),
                _ => None,
            };
            let meant = meant.map(|(text, place)| (text.to_owned(), place));
            self.cx.report(rules::wrong_type(self.name, name, takes, (&is, self.field), meant));
        }
        fits
    }

    /// What the rule asks for; the inner none where a fault of it was told.
    #[allow(clippy::option_option)]
    fn kind(&mut self, arguments: &[&ast::Arg]) -> Option<Option<RuleKind>> {
        let flag = |kind| arguments.is_empty().then_some(Some(kind));
        match (self.name, arguments) {
            ("length" | "range", [_, ..]) if arguments.iter().all(|arg| arg.label.is_some()) => {
                self.labelled(arguments)
            }
            (_, arguments) if arguments.iter().any(|arg| arg.label.is_some()) => None,
            ("length", [arg]) => self.length(&arg.value),
            ("range", [arg]) => self.range(&arg.value),
            ("length" | "range", [low, high]) if is_literal(&low.value) && is_literal(&high.value) => {
                let (low, high) = (self.at(low.span), self.at(high.span));
                let whole = Place { span: low.span.to(high.span), ..low };
                let instead = format!("{}..={}", self.cx.text(low), self.cx.text(high));
                self.cx.report(rules::not_a_range(self.name, whole, &instead));
                Some(None)
            }
            ("one_of", [_, ..]) => Some(self.one_of(arguments)),
            ("pattern", [arg]) => match &arg.value.kind {
                ExprKind::String(pattern) => Some(self.pattern(pattern, arg.span)),
                _ => None,
            },
            ("validate", [arg]) => match &arg.value.kind {
                ExprKind::String(path) => Some(self.path(path, arg.span)),
                _ => None,
            },
            ("email", _) => flag(RuleKind::Email),
            ("url", _) => flag(RuleKind::Url),
            ("ip", _) => flag(RuleKind::Ip),
            ("non_empty", _) => flag(RuleKind::NonEmpty),
            ("trimmed", _) => flag(RuleKind::Trimmed),
            _ => None,
        }
    }

    #[allow(clippy::option_option)]
    fn length(&mut self, expr: &ast::Expr) -> Option<Option<RuleKind>> {
        let ExprKind::Range { low, high, inclusive } = &expr.kind else { return self.single(expr) };
        let min = low.as_ref().map(|bound| self.one_length(bound));
        let max = high.as_ref().map(|bound| self.one_length(bound));
        let (Some(min), Some(end)) = (min.unwrap_or(Some(0)), max.unwrap_or(Some(u64::MAX))) else {
            return Some(None);
        };
        let end_is_least = high.is_some() && !inclusive && end == 0;
        let max = high.as_ref().map(|_| if *inclusive { end } else { end.saturating_sub(1) });
        if end_is_least || max.is_some_and(|max| min > max) {
            self.empty(expr, min > end);
            return Some(None);
        }
        if let Some(limit) = self.scalar().and_then(|scalar| match scalar {
            Scalar::String { max } => max,
            _ => None,
        }) && min > u64::from(limit)
        {
            let at = self.at(expr.span);
            let why = format!("this holds {limit} characters at most");
            self.cx.report(rules::unsatisfiable(at, why, self.field));
            return Some(None);
        }
        Some(Some(RuleKind::Length { min, max }))
    }

    fn one_length(&mut self, bound: &ast::Expr) -> Option<u64> {
        let read = match &bound.kind {
            ExprKind::Number(digits) => digits.parse::<u64>().ok().filter(|&length| length < MAX_LENGTH),
            _ => None,
        };
        if read.is_none() {
            let at = self.at(bound.span);
            let text = self.cx.text(at);
            self.cx.report(rules::not_a_length(at, text));
        }
        read
    }

    #[allow(clippy::option_option)]
    fn range(&mut self, expr: &ast::Expr) -> Option<Option<RuleKind>> {
        let ExprKind::Range { low, high, inclusive } = &expr.kind else { return self.single(expr) };
        let bounds = [low, high].map(|bound| bound.as_ref().map(|bound| self.value(bound)));
        let sound = bounds.iter().all(|bound| !matches!(bound, Some(None)));
        let [low, high] = bounds.map(Option::flatten);
        if !sound {
            return Some(None);
        }
        if let (Some(low), Some(high)) = (&low, &high) {
            let order = order(low, high);
            if order.is_none_or(|order| order.is_gt() || (order.is_eq() && !inclusive)) {
                self.empty(expr, order.is_some_and(std::cmp::Ordering::is_gt));
                return Some(None);
            }
        }
        if let (None, Some(high), false) = (&low, &high, inclusive)
            && is_least(high, self.ty)
        {
            let at = self.at(expr.span);
            let why = format!("nothing that this holds is below {}", self.cx.text(at).trim_matches('.'));
            self.cx.report(rules::unsatisfiable(at, why, self.field));
            return Some(None);
        }
        Some(Some(RuleKind::Range { low, high, inclusive: *inclusive }))
    }

    /// `@length(min: 1, max: 80)`: told with the range.
    #[allow(clippy::option_option)]
    fn labelled(&mut self, arguments: &[&ast::Arg]) -> Option<Option<RuleKind>> {
        let end = |name: &str| {
            let is = |arg: &&&ast::Arg| arg.label.as_ref().is_some_and(|label| label.text == name);
            arguments.iter().find(is).map(|arg| self.cx.text(self.at(arg.value.span)))
        };
        let instead = match (end("min"), end("max")) {
            (low, Some(high)) => format!("{}..={high}", low.unwrap_or_default()),
            (Some(low), None) => format!("{low}.."),
            (None, None) => return None,
        };
        let (first, last) = (arguments.first()?, arguments.last()?);
        let whole = self.at(first.span.to(last.span));
        self.cx.report(rules::not_a_range(self.name, whole, &instead));
        Some(None)
    }

    /// `@length(80)`: told with the range that was probably meant.
    #[allow(clippy::option_option)]
    fn single(&mut self, expr: &ast::Expr) -> Option<Option<RuleKind>> {
        if !is_literal(expr) {
            return None;
        }
        let at = self.at(expr.span);
        let instead = format!("..={}", self.cx.text(at));
        self.cx.report(rules::not_a_range(self.name, at, &instead));
        Some(None)
    }

    /// A range in which nothing lies; `reversed` where its ends only need to change places.
    fn empty(&mut self, expr: &ast::Expr, reversed: bool) {
        let ExprKind::Range { low, high, .. } = &expr.kind else { return };
        let at = self.at(expr.span);
        let text = |bound: &Option<Box<ast::Expr>>| {
            bound.as_ref().map_or("", |bound| self.cx.text(self.at(bound.span)))
        };
        let (low, high) = (text(low), text(high));
        let instead = if reversed { format!("{high}..={low}") } else { format!("{low}..={high}") };
        let text = self.cx.text(at);
        self.cx.report(rules::empty_range(at, text, Some(instead).filter(|instead| instead != text)));
    }

    fn one_of(&mut self, arguments: &[&ast::Arg]) -> Option<RuleKind> {
        let mut values: Vec<Value> = Vec::new();
        // Equal values read alike.
        let mut first: HashMap<String, ast::Span> = HashMap::new();
        let mut sound = true;
        let mut before = self.place.span;
        for arg in arguments {
            match self.value(&arg.value) {
                None => sound = false,
                Some(value) => match first.get(&format!("{value:?}")) {
                    Some(&first) => {
                        let (at, first) = (self.at(arg.span), self.at(first));
                        let with_comma = self.at(ast::Span { start: before.end, end: arg.span.end });
                        let text = self.cx.text(at);
                        self.cx.report(rules::value_twice(at, text, first, with_comma));
                    }
                    None => {
                        first.insert(format!("{value:?}"), arg.span);
                        values.push(value);
                    }
                },
            }
            before = arg.span;
        }
        sound.then_some(RuleKind::OneOf(values))
    }

    /// A constant of the field's type; faults are told.
    fn value(&mut self, expr: &ast::Expr) -> Option<Value> {
        let scalar = self.scalar()?;
        let read = match &expr.kind {
            ExprKind::Number(digits) => literals::number(digits, scalar),
            ExprKind::Unary(UnaryOp::Neg, inner) => match &inner.kind {
                ExprKind::Number(digits) => literals::number(&format!("-{digits}"), scalar),
                _ => Err(Fault::Type),
            },
            ExprKind::String(text) => literals::text(text, scalar),
            _ => Err(Fault::Type),
        };
        read.map_err(|fault| self.fault(expr, fault)).ok()
    }

    fn fault(&mut self, expr: &ast::Expr, fault: Fault) {
        let at = self.at(expr.span);
        let (text, ty) = (self.cx.text(at), self.cx.type_name(self.ty));
        let message = match &fault {
            Fault::Length(what) => what.clone(),
            Fault::Type | Fault::Range(..) | Fault::Form(_) => format!("`{text}` is no `{ty}`"),
        };
        let diagnostic = rules::not_a_value(at, message, &ty, self.field);
        let diagnostic = match fault {
            Fault::Range(low, high) => diagnostic.note(format!("it holds {low} to {high}")),
            Fault::Form(form) => diagnostic.help(format!("write it as {form}")),
            Fault::Type | Fault::Length(_) => diagnostic,
        };
        self.cx.report(diagnostic);
    }

    fn pattern(&mut self, pattern: &str, literal: ast::Span) -> Option<RuleKind> {
        let whole = self.at(literal);
        match patterns::check(pattern) {
            Ok(()) => return Some(RuleKind::Pattern(pattern.to_owned())),
            Err(patterns::Fault::TooLarge) => self.cx.report(rules::pattern_too_large(whole)),
            // An escape that was told already is left out of the text.
            Err(patterns::Fault::Syntax { .. }) if rex_grammar::has_bad_escape(self.cx.text(whole)) => {}
            Err(patterns::Fault::Syntax { start, end, what }) => {
                let literal = self.cx.text(whole);
                let place = |at| whole.span.start as usize + rex_grammar::place_in_literal(literal, at);
                let at = self.at(ast::Span::new(place(start), place(end)));
                self.cx.report(rules::bad_pattern(at, &what));
            }
        }
        None
    }

    fn path(&mut self, path: &str, literal: ast::Span) -> Option<RuleKind> {
        let from_root = path.starts_with("crate::") || path.starts_with("::");
        let parts: Vec<&str> = path.trim_start_matches("::").split("::").collect();
        let is_path = parts.iter().all(|part| is_word(part));
        if is_path && from_root && parts.len() > 1 {
            return Some(RuleKind::Validate(path.to_owned()));
        }
        let relative = is_path && !from_root && !matches!(parts[0], "self" | "super" | "crate");
        let crate_path = relative.then(|| format!("crate::{path}"));
        self.cx.report(rules::not_a_path(self.at(literal), path, crate_path));
        None
    }
}

/// More than any text, list or run of bytes has.
const MAX_LENGTH: u64 = 1 << 40;

fn is_literal(expr: &ast::Expr) -> bool {
    match &expr.kind {
        ExprKind::Number(_) | ExprKind::String(_) => true,
        ExprKind::Unary(UnaryOp::Neg, inner) => matches!(inner.kind, ExprKind::Number(_)),
        _ => false,
    }
}

fn is_word(word: &str) -> bool {
    let word = word.strip_prefix("r#").unwrap_or(word);
    word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

fn is_number(scalar: Scalar) -> bool {
    scalar.is_integer() || matches!(scalar, Scalar::Float | Scalar::Double | Scalar::Decimal { .. })
}

fn is_ordered(scalar: Scalar) -> bool {
    let is_time = matches!(scalar, Scalar::Date | Scalar::Time | Scalar::DateTime | Scalar::LocalDateTime);
    is_number(scalar) || is_time
}

/// Whether no value of the type is smaller.
fn is_least(value: &Value, ty: Type) -> bool {
    let least = match ty {
        Type::Scalar(Scalar::SmallInt) => Value::Int(i16::MIN.into()),
        Type::Scalar(Scalar::Int) => Value::Int(i32::MIN.into()),
        Type::Scalar(Scalar::BigInt) => Value::Int(i64::MIN),
        Type::Scalar(Scalar::Time) => Value::Time(0),
        Type::Scalar(_) | Type::Enum(_) => return false,
    };
    *value == least
}
