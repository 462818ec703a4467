//! Rules of one field among themselves, and against its default. Comes behind the pass over
//! defaults.

use regex::Regex;
use rex_schema::model::{Default, RuleKind, Scalar, Type, Value};

use super::attributes::RuleDraft;
use super::draft::Shape;
use super::{Cx, FieldIx, ModelIx, patterns};
use crate::diagnostic::{lints, rules};
use crate::source::Place;

/// Checks the rules of all fields.
pub(super) fn check(cx: &mut Cx<'_>) {
    for model in 0..cx.models.len() {
        for field in 0..cx.models[model].fields.len() {
            let own = cx.field(model, field).attributes.rules.clone();
            if !own.is_empty() {
                exclusions(cx, &own);
                refused_values(cx, &own);
                refused_default(cx, model, field, &own);
                exclusive_length(cx, model, field, &own);
            }
        }
    }
}

/// Pairs of which no value satisfies both.
fn exclusions(cx: &mut Cx<'_>, own: &[RuleDraft]) {
    for (at, rule) in own.iter().enumerate() {
        for first in &own[..at] {
            let pair = [&first.rule.kind, &rule.rule.kind];
            let why = exclude(pair[0], pair[1]).or_else(|| exclude(pair[1], pair[0]));
            if let Some(why) = why {
                let (code, other) = (rule.rule.kind.code(), first.rule.kind.code());
                cx.report(rules::excluded((code, rule.place), (other, first.place), why));
            }
        }
    }
}

fn exclude(one: &RuleKind, other: &RuleKind) -> Option<&'static str> {
    match (one, other) {
        (RuleKind::NonEmpty, RuleKind::Length { max: Some(0), .. }) => {
            Some("only the empty text is that short")
        }
        (RuleKind::Email, RuleKind::Url) => Some("an email address is no URL"),
        (RuleKind::Email, RuleKind::Ip) => Some("an email address is no IP address"),
        (RuleKind::Url, RuleKind::Ip) => Some("a URL is no IP address"),
        (RuleKind::Email | RuleKind::Url | RuleKind::Ip, RuleKind::Length { max: Some(0 | 1), .. }) => {
            Some("none is that short")
        }
        _ => None,
    }
}

/// Values of `@one_of` that another rule refuses: then nobody can choose them.
fn refused_values(cx: &mut Cx<'_>, own: &[RuleDraft]) {
    let Some(choice) = own.iter().find(|draft| matches!(draft.rule.kind, RuleKind::OneOf(_))) else { return };
    let RuleKind::OneOf(values) = &choice.rule.kind else { return };
    // Where one of them is written twice, places and values do not go together: that was told.
    if values.len() != choice.arguments.len() {
        return;
    }
    let others = own.iter().filter(|draft| draft.place != choice.place);
    let others: Vec<(&RuleDraft, Judge<'_>)> =
        others.map(|draft| (draft, Judge::new(&draft.rule.kind))).collect();
    for (value, &place) in values.iter().zip(&choice.arguments) {
        if let Some((other, _)) = others.iter().find(|(_, judge)| judge.allows(value) == Some(false)) {
            let text = cx.text(place).trim_matches('"');
            cx.report(rules::refused_value(place, text, (other.rule.kind.code(), other.place)));
        }
    }
}

/// A rule that is asked about values.
struct Judge<'r> {
    rule: &'r RuleKind,
    /// Its pattern, where it has one that is soon compiled.
    pattern: Option<Regex>,
}

impl Judge<'_> {
    fn new(rule: &RuleKind) -> Judge<'_> {
        let pattern = match rule {
            RuleKind::Pattern(pattern) => patterns::compile(pattern),
            _ => None,
        };
        Judge { rule, pattern }
    }

    /// Whether the rule allows a value; none where only the program can tell.
    fn allows(&self, value: &Value) -> Option<bool> {
        match (self.rule, value) {
            (RuleKind::Pattern(_), Value::String(text)) => {
                self.pattern.as_ref().map(|pattern| pattern.is_match(text))
            }
            (RuleKind::Email, Value::String(text)) => {
                let options =
                    email_address::Options::default().without_display_text().without_domain_literal();
                Some(email_address::EmailAddress::parse_with_options(text, options).is_ok())
            }
            // What is allowed takes a parser; what begins with no scheme is surely none.
            (RuleKind::Url, Value::String(text)) => {
                let is_scheme = |word: &str| {
                    !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
                };
                let is_relative = text.split_once(':').is_none_or(|(scheme, _)| !is_scheme(scheme));
                is_relative.then_some(false)
            }
            (rule, value) => rule.allows(value),
        }
    }
}

/// A default that breaks a rule.
fn refused_default(cx: &mut Cx<'_>, model: ModelIx, field: FieldIx, own: &[RuleDraft]) {
    let draft = cx.field(model, field);
    let (Some(expr), &[column]) = (&draft.ast.default, draft.columns.as_slice()) else { return };
    let place = Place { file: draft.file, span: expr.span };
    let Some(default) = cx.models[model].columns[column].default.clone() else { return };
    for rule in own {
        let kept = match &default {
            Default::Value(value) => Judge::new(&rule.rule.kind).allows(value) != Some(false),
            Default::List(values) => rule.rule.kind.allows_length(values.len()),
            Default::Autoincrement
            | Default::Sql(_)
            | Default::Now
            | Default::Today
            | Default::Uuid4
            | Default::Uuid7 => true,
        };
        if !kept {
            let text = cx.text(place);
            cx.report(rules::default_refused(place, text, (rule.rule.kind.code(), rule.place)));
            return;
        }
    }
}

/// `@length(1..80)` on `String(80)`: the last character is probably meant too.
fn exclusive_length(cx: &mut Cx<'_>, model: ModelIx, field: FieldIx, own: &[RuleDraft]) {
    let Shape::Scalar { ty: Type::Scalar(Scalar::String { max: Some(limit) }), list: false, .. } =
        cx.field(model, field).shape
    else {
        return;
    };
    for draft in own.iter().filter(|draft| draft.exclusive) {
        let RuleKind::Length { max: Some(max), .. } = draft.rule.kind else { continue };
        if let (&[range], true) = (draft.arguments.as_slice(), max + 1 == u64::from(limit)) {
            let text = cx.text(range);
            let instead = text.replacen("..", "..=", 1);
            cx.report(lints::exclusive_length(range, text, limit, &instead));
        }
    }
}
