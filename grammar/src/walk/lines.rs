//! Lines of other languages, where ours has something else.

use super::Walker;
use crate::ast::*;
use crate::error::SyntaxErrorKind;
use crate::foreign::{self, Language};
use crate::parse::Rule;
use crate::recover;

impl Walker<'_> {
    /// What stands outside of blocks and declares nothing. Each line of another language that may
    /// stand there is told; what is none is told once.
    /// Each head that breaks is told: what follows it up to the next is its own.
    pub(super) fn broken_item(&mut self, place: Span) {
        let starts = recover::heads(&self.plain[place.range()]);
        for (at, start) in starts.iter().enumerate() {
            let start = place.start + *start as u32;
            let end = starts.get(at + 1).map_or(place.end, |next| place.start + *next as u32);
            let kept = self.source[start as usize..end as usize].trim_ascii_end().len() as u32;
            self.broken_head(Span { start, end: start + kept });
        }
    }

    fn broken_head(&mut self, place: Span) {
        let items = foreign::items(&self.source[place.range()]);
        let first = items.first().map_or(place.end, |(at, _)| place.start + *at as u32);
        // Other spaces than these are none to the grammar.
        let is_space = |c: char| matches!(c, ' ' | '\t' | '\n' | '\r');
        if !self.source[place.start as usize..first as usize].trim_matches(is_space).is_empty() {
            self.broken(Span { end: first, ..place }, None, Rule::lone_declaration);
        }
        for (at, (start, language)) in items.iter().enumerate() {
            let start = place.start + *start as u32;
            let end = items.get(at + 1).map_or(place.end, |(next, _)| place.start + *next as u32);
            let kept = self.source[start as usize..end as usize].trim_end().len() as u32;
            let whole = Span { start, end: start + kept };
            let line = foreign::bare(self.source, whole);
            if !self.scan_told(whole) {
                self.error(SyntaxErrorKind::Foreign { language: *language, whole }, line);
            }
        }
    }

    /// Tells a line of a block that another language has.
    pub(super) fn foreign_member(&mut self, line: Span, language: Language) {
        let shown = foreign::bare(self.source, line);
        let behind = self.source[shown.end as usize..].trim_start_matches([' ', '\t']);
        let separator = behind.starts_with([',', ';']);
        let end = self.source.len() - behind.len() + usize::from(separator);
        let whole = if separator { Span { end: end as u32, ..shown } } else { shown };
        if !self.scan_told(line) && !self.told.contains(&shown) {
            self.error(SyntaxErrorKind::Foreign { language, whole }, shown);
        }
    }

    /// From a place to the end of its line.
    pub(super) fn rest_of_line(&self, place: Span) -> Span {
        let rest = &self.source[place.start as usize..];
        Span { start: place.start, end: place.start + rest.find('\n').unwrap_or(rest.len()) as u32 }
    }

    /// Whether a default stands behind the attributes of a field, which is then told. What it says
    /// is not read: the attribute before it may be another language's.
    pub(super) fn late_default(
        &mut self,
        place: Span,
        before: Option<Span>,
        last: Option<&mut Member>,
    ) -> bool {
        let text = &self.source[place.range()];
        let Some(Member::Field(Field { ty: Some(ty), default: None, attributes, .. })) = last else {
            return false;
        };
        let is_one = text.starts_with('=') && !text.starts_with("==") && !attributes.is_empty();
        if !is_one || !self.on_line_of(before, place) || self.scan_told(place) {
            return false;
        }
        let shown = foreign::bare(self.source, place);
        let text = self.source[shown.range()].to_owned();
        // An attribute behind it would be moved as well, and is rare.
        let kind = SyntaxErrorKind::LateDefault { text, end: ty.span.after() };
        self.error(kind, shown);
        true
    }

    /// Whether what stands behind a field on its line goes on as a column of SQL does, or as a type
    /// with a dot, which is then told.
    pub(super) fn behind_member(
        &mut self,
        place: Span,
        before: Option<Span>,
        last: Option<&mut Member>,
    ) -> bool {
        let Some(Member::Field(field)) = last.filter(|_| self.on_line_of(before, place)) else {
            return false;
        };
        let Some(ty) = field.ty.as_ref().map(|ty| ty.span) else { return false };
        if self.scan_told(place) {
            return false;
        }
        let rest = Span { end: self.line_end(place.start), ..place };
        let shown = foreign::bare(self.source, rest);
        let text = &self.source[shown.range()];
        let is_behind_type = before.is_some_and(|before| before.end == ty.end);
        if is_behind_type && text.starts_with('.') && text[1..].starts_with(|c: char| c.is_ascii_alphabetic())
        {
            let length = text[1..].find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '.')));
            let end = length.map_or(shown.end, |length| shown.start + 1 + length as u32);
            // Which of the names was meant as the type is not known.
            field.ty = None;
            self.error(SyntaxErrorKind::DottedType, Span { end, ..shown });
            return true;
        }
        if !foreign::goes_on_as_sql(text) {
            return false;
        }
        let behind = self.source[shown.end as usize..rest.end as usize].trim_start();
        let end = if behind.starts_with([',', ';']) { rest.end - behind.len() as u32 + 1 } else { shown.end };
        let whole = Span { start: field.span.start, end };
        self.error(SyntaxErrorKind::SqlBehindField { whole, ty }, shown);
        true
    }

    /// Whether what stands behind an attribute on its line is an argument without parentheses, which
    /// is then told. The attribute is taken back.
    pub(super) fn bare_argument(
        &mut self,
        place: Span,
        before: Option<Span>,
        last: Option<&mut Member>,
    ) -> bool {
        let Some(Member::Field(field)) = last.filter(|_| self.on_line_of(before, place)) else {
            return false;
        };
        let (Some(attribute), Some(ty)) = (field.attributes.last(), &field.ty) else { return false };
        let is_last = before.is_some_and(|before| before.end == attribute.span.end);
        if !is_last || attribute.args.is_some() || !foreign::takes_argument(&attribute.name.text) {
            return false;
        }
        let shown = foreign::bare(self.source, place);
        let value = self.source[shown.range()].to_owned();
        if !foreign::is_one_value(&value) || self.scan_told(shown) {
            return false;
        }
        let (name, end) = (attribute.name.text.clone(), ty.span.after());
        let whole = attribute.span.to(shown);
        field.attributes.pop();
        self.error(SyntaxErrorKind::BareArgument { name, value, end }, whole);
        true
    }

    /// A word that other languages have before a field, which is then told. Gives where what is told
    /// ends.
    pub(super) fn modifier_of_field(&mut self, place: Span, next: Option<&super::Pair<'_>>) -> Option<u32> {
        let language = foreign::modifier(&self.source[place.range()])?;
        let next = next.map(super::span).filter(|next| self.on_line_of(Some(place), *next))?;
        let whole = Span { start: place.start, end: next.start };
        let is_alone = self.source[whole.range()].trim_end().len() == place.range().len();
        match language {
            _ if !is_alone => None,
            // These say what the type is, too.
            Language::EdgeDb | Language::Python => {
                let line = self.rest_of_line(place);
                self.foreign_member(line, language);
                Some(line.end)
            }
            _ => {
                self.error(SyntaxErrorKind::Foreign { language, whole }, place);
                Some(place.end)
            }
        }
    }

    /// Whether a line is one that another language has in a class, `title = Column(String)`, which
    /// is then told.
    pub(super) fn assigned(&mut self, place: Span) -> bool {
        let line = self.rest_of_line(place);
        let Some(language) = foreign::assigned(&self.source[line.range()]) else { return false };
        self.foreign_member(line, language);
        true
    }

    /// Takes back what a broken rest of its line belongs to, so that the fault is told once: a check,
    /// a statement, a type or an attribute whose arguments could not be read.
    pub(super) fn not_whole(&self, rest: Span, members: &mut Vec<Member>) {
        match members.last_mut() {
            Some(Member::Statement(statement)) if statement.keyword.text == "check" => {
                members.pop();
            }
            Some(Member::Statement(statement))
                if statement.keyword.span.end <= rest.start
                    && self.source[statement.keyword.span.end as usize..rest.start as usize]
                        .trim()
                        .is_empty() =>
            {
                members.pop();
            }
            Some(Member::Field(field)) if self.source[rest.range()].starts_with('(') => {
                let is_attribute =
                    field.attributes.pop_if(|attribute| attribute.span.end == rest.start).is_some();
                field.ty.take_if(|ty| !is_attribute && ty.span.end == rest.start);
            }
            Some(Member::Field(field)) if field.attributes.is_empty() => {
                field.default.take_if(|default| default.span.end <= rest.start);
            }
            _ => {}
        }
    }

    /// Tells a line of words, and gives its end.
    pub(super) fn prose(&mut self, start: u32) -> u32 {
        let end = self.line_end(start);
        self.broken(Span { start, end }, None, Rule::lone_field);
        end
    }

    /// Where a line ends, or a brace that it does not open.
    pub(super) fn line_end(&self, start: u32) -> u32 {
        let rest = &self.source[start as usize..];
        let mut open = 0;
        let ends = |c: char| {
            open += i32::from(c == '{') - i32::from(c == '}');
            c == '\n' || open < 0
        };
        start + rest.find(ends).unwrap_or(rest.len()) as u32
    }

    /// Whether a value stands behind a variant, which is then told.
    pub(super) fn variant_value(&mut self, place: Span) -> bool {
        let text = &self.source[place.range()];
        let value = match text.strip_prefix('=') {
            Some(value) => Some(value.trim().trim_matches(['"', '\'']).to_owned()),
            None if text.starts_with(['(', '{']) => None,
            None => return false,
        };
        if !self.scan_told(place) {
            self.error(SyntaxErrorKind::VariantValue { value }, place);
        }
        true
    }

    /// Whether what looks like a field without a colon is a column or a constraint of SQL.
    pub(super) fn is_sql(&self, place: Span) -> bool {
        let line = &self.source[self.rest_of_line(place).range()];
        let ty = self.source[place.range()].split_once(char::is_whitespace).map_or("", |(_, ty)| ty);
        foreign::is_sql_constraint(line) || foreign::is_sql_column(ty.trim_start(), line)
    }
}
