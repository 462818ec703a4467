//! From pest's pairs to the syntax tree.

mod body;
mod enums;
mod expr;
mod items;
mod lines;
mod members;
mod operators;
mod types;

use std::collections::HashSet;
use std::iter::Peekable;

use pest::iterators::{Pair as PestPair, Pairs as PestPairs};

use crate::ast::*;
use crate::error::{MAX_TOLD, SyntaxError, SyntaxErrorKind};
use crate::parse::Rule;
use crate::recover;

type Pair<'a> = PestPair<'a, Rule>;
type Pairs<'a> = PestPairs<'a, Rule>;

/// Walks a whole file: its text, and what was parsed. `errors` are those of the scan.
pub(crate) fn walk(
    source: &str,
    plain: &str,
    file: Pair<'_>,
    errors: Vec<SyntaxError>,
) -> (File, Vec<SyntaxError>) {
    let scanned = errors.len();
    let mut walker = Walker {
        source,
        plain,
        errors,
        scanned,
        told: HashSet::new(),
        faults: 0,
        lints: 0,
        members: 0,
        surplus: 0,
    };
    let file = walker.file(file);
    walker.errors.sort_by_key(|error| error.span.start);
    (file, walker.errors)
}

struct Walker<'a> {
    source: &'a str,
    /// The text as the rules see it.
    plain: &'a str,
    /// The first `scanned` are those of the scan.
    errors: Vec<SyntaxError>,
    scanned: usize,
    /// The places that the walk has told.
    told: HashSet<Span>,
    /// How many faults and lints the walk has found.
    faults: usize,
    lints: usize,
    /// How many fields and statements of the file were read.
    members: usize,
    /// Closing braces that blocks left open by mistake will leave over.
    surplus: usize,
}

fn span(pair: &Pair<'_>) -> Span {
    let span = pair.as_span();
    Span::new(span.start(), span.end())
}

/// Without the white space and comments that pest leaves behind the last part.
fn tight(pair: &Pair<'_>) -> Span {
    // Only where a comment may be is it worth to look for the last part.
    if pair.as_str().trim_ascii_end().contains('/') {
        return Span { start: span(pair).start, end: trimmed(&last_part(pair)).end };
    }
    trimmed(pair)
}

fn trimmed(pair: &Pair<'_>) -> Span {
    let (mut span, text) = (span(pair), pair.as_str());
    span.end -= (text.len() - text.trim_ascii_end().len()) as u32;
    span
}

/// The innermost last part of a pair. What ends in a bracket of its own is one.
fn last_part<'p>(pair: &Pair<'p>) -> Pair<'p> {
    let mut last = pair.clone();
    loop {
        let is_whole = matches!(
            last.as_rule(),
            Rule::group
                | Rule::list
                | Rule::list_type
                | Rule::parenthesized
                | Rule::broken_member
                | Rule::broken_variant
                | Rule::broken_item
        );
        match last.clone().into_inner().next_back() {
            Some(inner) if !is_whole => last = inner,
            _ => return last,
        }
    }
}

fn name(pair: &Pair<'_>) -> Name {
    Name { text: pair.as_str().to_owned(), span: span(pair) }
}

/// The brace that opens the body behind a name.
fn title_end(source: &str, name: Span) -> Span {
    let at = source[name.end as usize..].find('{').map_or(name.end as usize, |at| name.end as usize + at);
    Span::new(at, at + 1)
}

fn doc(pair: &Pair<'_>) -> Doc {
    let text = pair.as_str().trim_end();
    let text = &text[3.min(text.len())..];
    Doc { text: text.strip_prefix(' ').unwrap_or(text).to_owned(), span: span(pair) }
}

impl Walker<'_> {
    fn error(&mut self, kind: SyntaxErrorKind, span: Span) {
        let is_lint = kind == SyntaxErrorKind::DanglingDoc;
        let count = if is_lint { &mut self.lints } else { &mut self.faults };
        *count += 1;
        if *count > MAX_TOLD {
            return;
        }
        self.told.insert(span);
        self.errors.push(SyntaxError { kind, span });
    }

    /// Whether the scan has told something within a place. Its errors are sorted.
    fn scan_told(&self, place: Span) -> bool {
        let scanned = &self.errors[..self.scanned];
        let first = scanned.partition_point(|error| error.span.start < place.start);
        scanned[first..]
            .iter()
            .take_while(|error| error.span.start <= place.end)
            .any(|error| place.contains(error.span))
    }

    /// Tells what is wrong with a line that is none of ours, unless the scan has told it. What
    /// stands before it on the same line is read with it: the fault may have begun there.
    fn broken(&mut self, line: Span, before: Option<Span>, rule: Rule) {
        let from = match before {
            Some(before) if self.on_line_of(Some(before), line) => before.start.max(self.line_start(line)),
            _ => line.start,
        };
        if self.surplus > 0 && self.source[line.range()].starts_with('}') {
            self.surplus -= 1;
            return;
        }
        let whole = Span { start: from, end: line.end };
        if self.scan_told(whole) {
            return;
        }
        if rule == Rule::lone_field
            && let Some(language) = crate::foreign::member(&self.source[whole.range()])
        {
            return self.foreign_member(whole, language);
        }
        let error = recover::fault(self.plain, from as usize, line.end as usize, rule);
        if !self.told.contains(&error.span) {
            self.error(error.kind, error.span);
        }
    }

    /// Where the line begins on which a place begins, without the space before it.
    fn line_start(&self, place: Span) -> u32 {
        let before = &self.source[..place.start as usize];
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        (start + before[start..].len() - before[start..].trim_start().len()) as u32
    }

    /// Whether `place` stands on the line where `before` ends.
    fn on_line_of(&self, before: Option<Span>, place: Span) -> bool {
        before.is_some_and(|before| !self.source[before.end as usize..place.start as usize].contains('\n'))
    }

    /// A name that may have dots in it, as it is written.
    fn path<'p>(&self, pairs: &mut Peekable<impl Iterator<Item = Pair<'p>>>) -> (String, Span) {
        let first = span(&pairs.next().expect("a path begins with a name"));
        let mut whole = first;
        while let Some(part) = pairs.next_if(|pair| matches!(pair.as_rule(), Rule::name | Rule::colons)) {
            whole = first.to(span(&part));
        }
        (self.source[whole.range()].to_owned(), whole)
    }

    /// Documentation before a broken line, or before more of its kind, is not told as well.
    fn dangling(&mut self, place: Span, next: Option<Rule>) {
        let followed = matches!(
            next,
            Some(Rule::broken_member | Rule::broken_variant | Rule::dangling_member_doc | Rule::unclosed)
        );
        if !followed {
            self.error(SyntaxErrorKind::DanglingDoc, place);
        }
    }

    /// Tells that no brace opens what follows a head; answers with where it should be. The one that closes
    /// it, which the scan has told, is none too many.
    fn braceless(&mut self, head: Span, body: &Pair<'_>) -> Span {
        let open = head.after();
        let close = body.clone().into_inner().last().filter(|last| last.as_rule() == Rule::close);
        let is_closed = close.is_some();
        if let Some(close) = close.map(|close| span(&close)) {
            let scanned = &self.errors[..self.scanned];
            let is_it = |error: &SyntaxError| {
                error.span == close && error.kind == SyntaxErrorKind::Unopened { bracket: '}' }
            };
            if let Some(told) = scanned.iter().position(is_it) {
                self.errors.remove(told);
                self.scanned -= 1;
            }
        }
        self.error(SyntaxErrorKind::MissingBrace { is_closed }, open);
        open
    }

    /// A block that another declaration ends. Its closing brace may stand further down: the
    /// brace that is then one too many is not told as well.
    fn unclosed(&mut self, open: Span) {
        if !self.told.contains(&open) && !self.scan_told(open) {
            self.error(SyntaxErrorKind::Unclosed { bracket: '{' }, open);
            self.surplus += 1;
        }
    }
}
