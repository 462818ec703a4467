//! Types, in Rex's spelling and in others, each of which is told once.

use super::{Pair, Walker, name, tight};
use crate::ast::*;
use crate::error::SyntaxErrorKind;
use crate::parse::Rule;

/// Types that say of another that it may be absent.
const OPTIONAL: [&str; 4] = ["option", "optional", "nullable", "maybe"];
/// Types that hold many of another.
const LIST: [&str; 10] =
    ["vec", "array", "list", "set", "sequence", "hashset", "btreeset", "hasmany", "manytomany", "onetomany"];
/// Types that only say where another is kept.
const BARE: [&str; 9] =
    ["box", "arc", "rc", "cow", "mapped", "hasone", "belongsto", "foreignkey", "relationship"];
/// Types that hold others by their keys.
const MAP: [&str; 7] = ["map", "hashmap", "btreemap", "dict", "record", "object", "indexmap"];

/// What stands in a type that is not Rex's.
#[derive(Default)]
struct Odd {
    bangs: Vec<Span>,
    /// Whether the whole is written otherwise.
    is_spelling: bool,
}

/// A type without its wrappers.
struct Unwrapped {
    name: Name,
    list: bool,
    optional: bool,
    /// Whether the wrappers are known.
    is_sure: bool,
}

impl Walker<'_> {
    pub(super) fn type_ref(&mut self, pair: Pair<'_>) -> TypeRef {
        let mut odd = Odd::default();
        let ty = self.type_within(pair, &mut odd);
        if odd.is_spelling {
            self.error(SyntaxErrorKind::TypeSpelling { rex: Some(self.spelt(&ty)) }, ty.span);
        } else if let [first, others @ ..] = odd.bangs.as_slice() {
            self.error(SyntaxErrorKind::BangSuffix { others: others.to_vec() }, *first);
        }
        ty
    }

    fn type_within(&mut self, pair: Pair<'_>, odd: &mut Odd) -> TypeRef {
        let whole = tight(&pair);
        let mut inner = pair.into_inner().peekable();
        let mut optional = None;
        let mut is_listed = false;
        while let Some(prefix) = inner.next_if(|pair| pair.as_rule() == Rule::type_prefix) {
            odd.is_spelling = true;
            match prefix.as_str().starts_with('?') {
                true => optional = Some(tight(&prefix)),
                false => is_listed = true,
            }
        }
        let head = inner.next().expect("a type begins with a name or a bracket");
        let mut end = tight(&head);
        let mut kind = self.type_head(head, odd);
        let mut lists = 0;
        for suffix in inner {
            let place = tight(&suffix);
            let before = Span { start: whole.start, end: end.end };
            match suffix.as_str().chars().next() {
                Some('?') if optional.is_none() => optional = Some(place),
                Some('?') => self.error(SyntaxErrorKind::DoubleOptional, place),
                Some('!') => odd.bangs.push(place),
                Some('|') => {
                    odd.is_spelling = true;
                    optional = optional.or(Some(place));
                }
                Some('(') => {
                    let args = suffix.into_inner().next().map(|group| self.labelled(group, false));
                    match give_arguments(&mut kind, args) {
                        true => odd.is_spelling = true,
                        false => self.error(SyntaxErrorKind::TypeSpelling { rex: None }, whole),
                    }
                }
                Some('<') => {
                    let (inner, is_optional) =
                        self.generic(kind, Span { start: whole.start, end: place.end }, place);
                    optional = is_optional.then_some(place).or(optional);
                    kind = inner;
                }
                Some('[') if suffix.clone().into_inner().next().is_some() => {
                    let place = Span { start: whole.start, end: place.end };
                    let (inner, is_optional) = self.subscript(place, odd);
                    optional = is_optional.then_some(place).or(optional);
                    kind = inner;
                }
                // What is behind the second is as wrong, and would be told with all that is before it.
                _ if lists == 2 => {}
                _ => {
                    lists += 1;
                    let element = self.source[before.range()].to_owned();
                    self.error(
                        SyntaxErrorKind::ArraySuffix { element },
                        Span { start: whole.start, end: place.end },
                    );
                    let element = TypeRef { kind, optional: None, span: before };
                    kind = TypeKind::List(Box::new(element));
                }
            }
            end = place;
        }
        if is_listed {
            kind = TypeKind::List(Box::new(TypeRef { kind, optional: None, span: whole }));
            // `[]Int?`: a list is not optional, and its elements neither.
            optional = None;
        }
        TypeRef { kind, optional, span: whole }
    }

    fn type_head(&mut self, head: Pair<'_>, odd: &mut Odd) -> TypeKind {
        match head.as_rule() {
            Rule::list_type => {
                let element = head.into_inner().next().expect("a list has an element");
                TypeKind::List(Box::new(self.type_within(element, odd)))
            }
            _ => {
                let mut parts = head.into_inner();
                let title = name(&parts.next().expect("a type has a name"));
                TypeKind::Named { name: title, args: parts.next().map(|args| self.labelled(args, false)) }
            }
        }
    }

    /// A type as Rex has it.
    fn spelt(&self, ty: &TypeRef) -> String {
        let bare = match &ty.kind {
            TypeKind::List(element) => format!("[{}]", self.spelt(element)),
            TypeKind::Named { name, args } => {
                let args = args.as_ref().map_or("", |args| &self.source[args.span.range()]);
                format!("{}{args}", name.text)
            }
        };
        let is_list = matches!(ty.kind, TypeKind::List(_));
        if ty.optional.is_some() && !is_list { format!("{bare}?") } else { bare }
    }

    /// `Option<Vec<String>>`: a type in its wrappers. Gives what it is, and whether optional.
    fn generic(&mut self, outer: TypeKind, whole: Span, suffix: Span) -> (TypeKind, bool) {
        let Some(unwrapped) = self.unwrap(whole) else {
            let found = "<".to_owned();
            self.error(SyntaxErrorKind::Unexpected { found, expected: Vec::new() }, suffix);
            return (outer, false);
        };
        let is_sure = unwrapped.is_sure;
        let (kind, optional) = kind_of(unwrapped);
        let mark = if optional { Some(whole) } else { None };
        let ty = TypeRef { kind, optional: mark, span: whole };
        self.error(SyntaxErrorKind::Generic { rex: self.spelt(&ty), is_sure }, whole);
        (ty.kind, optional)
    }

    /// `Optional[List[String]]`, the same in other brackets.
    fn subscript(&mut self, whole: Span, odd: &mut Odd) -> (TypeKind, bool) {
        match self.unwrap(whole).filter(|unwrapped| unwrapped.is_sure) {
            Some(unwrapped) => {
                odd.is_spelling = true;
                kind_of(unwrapped)
            }
            // Nothing is told of what stands in for it.
            None => {
                self.error(SyntaxErrorKind::TypeSpelling { rex: None }, whole);
                let name = Name { text: "Json".to_owned(), span: whole };
                (TypeKind::Named { name, args: None }, false)
            }
        }
    }

    /// None for what has no name within.
    fn unwrap(&self, whole: Span) -> Option<Unwrapped> {
        let text = &self.source[whole.range()];
        let (mut optional, mut list, mut at) = (false, false, 0);
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
        loop {
            at += text[at..].find(is_part)?;
            let length = text[at..].find(|c| !is_part(c)).unwrap_or(text.len() - at);
            let (word, rest) = (&text[at..at + length], &text[at + length..]);
            if !rest.trim_start().starts_with(['<', '[']) {
                let start = whole.start as usize + at;
                let name = Name { text: word.to_owned(), span: Span::new(start, start + word.len()) };
                let is_name = word.starts_with(|c: char| c.is_ascii_alphabetic());
                let is_one = !rest.contains(|c| is_part(c) || c == ',');
                return is_name.then_some(Unwrapped { name, list, optional, is_sure: is_one });
            }
            let folded = word.replace('_', "").to_lowercase();
            match folded.as_str() {
                folded if OPTIONAL.contains(&folded) => optional |= !list,
                folded if LIST.contains(&folded) => list = true,
                folded if BARE.contains(&folded) => {}
                // A map, or what else has parts: its shape is free.
                folded => {
                    let name = Name { text: "Json".to_owned(), span: whole };
                    let is_sure = MAP.contains(&folded);
                    return Some(Unwrapped { name, list, optional, is_sure });
                }
            }
            at += text[at..].find(['<', '['])? + 1;
        }
    }
}

fn kind_of(Unwrapped { name, list, optional, .. }: Unwrapped) -> (TypeKind, bool) {
    let span = name.span;
    let named = TypeKind::Named { name, args: None };
    match list {
        true => (TypeKind::List(Box::new(TypeRef { kind: named, optional: None, span })), false),
        false => (named, optional),
    }
}

/// `[String](5)`: the arguments are those of the element, unless it has some.
fn give_arguments(kind: &mut TypeKind, given: Option<Group>) -> bool {
    match kind {
        TypeKind::List(element) => give_arguments(&mut element.kind, given),
        TypeKind::Named { args, .. } => {
            let is_free = args.is_none();
            *args = args.take().or(given);
            is_free
        }
    }
}
