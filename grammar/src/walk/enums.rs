//! Enums and their variants.

use super::{Pair, Walker, doc, name, span, tight, title_end};
use crate::ast::*;
use crate::error::SyntaxErrorKind;
use crate::parse::Rule;

impl Walker<'_> {
    pub(super) fn enumeration(&mut self, pair: Pair<'_>, docs: Vec<Doc>) -> Enum {
        let whole = tight(&pair);
        let mut inner = pair.into_inner();
        inner.next();
        let title = name(&inner.next().expect("an enum has a name"));
        let mut item = Enum {
            docs,
            name: title,
            variants: Vec::new(),
            statements: Vec::new(),
            broken: false,
            span: whole,
        };
        let mut before: Option<Span> = None;
        let mut open_variant: Option<Span> = None;
        let mut missing: Vec<Span> = Vec::new();
        let open = title_end(self.source, item.name.span);
        let (open, inner) = match inner.peek().filter(|next| next.as_rule() == Rule::braceless_enum) {
            Some(body) => (self.braceless(item.name.span, &body), body.into_inner()),
            None => (open, inner),
        };
        let mut pairs = inner.peekable();
        while let Some(pair) = pairs.next() {
            let place = tight(&pair);
            match pair.as_rule() {
                Rule::enum_statement => item.statements.push(self.statement(pair)),
                Rule::variant => {
                    let variant = self.variant(pair);
                    missing.extend(open_variant.map(|end| end.after()));
                    open_variant = Some(variant.span);
                    item.variants.push(variant);
                }
                Rule::comma => match open_variant.take() {
                    Some(_) => {}
                    None => self.error(SyntaxErrorKind::SurplusComma, place),
                },
                Rule::dangling_member_doc => self.dangling(place, pairs.peek().map(|next| next.as_rule())),
                Rule::broken_variant if self.on_line_of(before, place) && self.variant_value(place) => {}
                Rule::broken_variant => {
                    item.broken = true;
                    self.broken(place, before, Rule::lone_variant);
                    open_variant = Some(place);
                }
                Rule::unclosed => {
                    item.broken = true;
                    self.unclosed(open);
                }
                _ => {}
            }
            before = Some(place);
        }
        if let Some((first, others)) = missing.split_first() {
            self.error(SyntaxErrorKind::MissingComma { others: others.to_vec() }, *first);
        }
        item
    }

    fn variant(&mut self, pair: Pair<'_>) -> Variant {
        let mut whole = tight(&pair);
        let mut docs = Vec::new();
        let mut title = None;
        let mut attributes = Vec::new();
        for pair in pair.into_inner() {
            match pair.as_rule() {
                Rule::doc => docs.push(doc(&pair)),
                Rule::name => title = Some(name(&pair)),
                _ => attributes.extend(self.attribute(pair)),
            }
        }
        let title = title.expect("a variant has a name");
        whole.start = title.span.start;
        Variant { docs, name: title, attributes, span: whole }
    }

    /// What stands under a word that is no keyword, where it is an enum: names with commas between. `parts`
    /// are its name and its body.
    pub(super) fn unknown_enum(&self, parts: &[Pair<'_>], docs: &[Doc], whole: Span) -> Option<Enum> {
        let [title, body] = parts else { return None };
        let body = tight(body);
        let text = self.source[body.range()].strip_prefix('{')?.strip_suffix('}')?;
        let mut variants = Vec::new();
        let mut at = body.start as usize + 1;
        for part in text.split(',') {
            let word = part.trim();
            let start = at + part.len() - part.trim_start().len();
            at += part.len() + 1;
            let is_name = word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            if !is_name || word.starts_with(|c: char| c.is_ascii_digit()) {
                return None;
            }
            if !word.is_empty() {
                let place = Span::new(start, start + word.len());
                let name = Name { text: word.to_owned(), span: place };
                variants.push(Variant { docs: Vec::new(), name, attributes: Vec::new(), span: place });
            }
        }
        // A single word may be anything.
        (variants.len() > 1).then(|| Enum {
            docs: docs.to_vec(),
            name: Name { text: title.as_str().to_owned(), span: span(title) },
            variants,
            statements: Vec::new(),
            broken: true,
            span: whole,
        })
    }
}
