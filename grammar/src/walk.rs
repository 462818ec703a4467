//! From pest's pairs to the syntax tree.

mod enums;
mod expr;
mod lines;
mod members;
mod operators;
mod types;

use std::collections::HashSet;
use std::iter::Peekable;

use pest::iterators::{Pair as PestPair, Pairs as PestPairs};

use crate::ast::*;
use crate::error::{MAX_TOLD, SyntaxError, SyntaxErrorKind};
use crate::foreign::{self, Language};
use crate::parse::{MAX_MEMBERS, Rule};
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

/// What a body is made of, before it becomes a block.
#[derive(Default)]
struct Body {
    members: Vec<Member>,
    open: Span,
    broken: bool,
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

/// Whether it is what may be left of a line that is no member as a whole.
fn is_rest(pair: &Pair<'_>) -> bool {
    matches!(pair.as_rule(), Rule::colonless_field | Rule::typeless_field | Rule::broken_member)
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

/// What a field without a type lacks: where it has a default, that tells what the type may be.
fn default_type(field: &Pair<'_>) -> SyntaxErrorKind {
    let Some(default) = field.clone().into_inner().find(|part| part.as_rule() == Rule::default) else {
        return SyntaxErrorKind::MissingType;
    };
    let value = default.as_str().trim_start_matches([':', '=']).trim();
    let is_number = value.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'_'));
    let ty = match value {
        "true" | "false" | "True" | "False" => Some("Bool"),
        "now()" => Some("DateTime"),
        "today()" => Some("Date"),
        "autoincrement()" => Some("BigInt"),
        "uuid4()" | "uuid7()" => Some("Uuid"),
        _ if value.starts_with(['"', '\'']) => Some("String"),
        _ if is_number => Some("Int"),
        _ => None,
    };
    SyntaxErrorKind::DefaultWithoutType { ty }
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

    fn file(&mut self, pair: Pair<'_>) -> File {
        let mut file = File::default();
        let mut pairs = pair.into_inner().peekable();
        while let Some(pair) = pairs.next() {
            match pair.as_rule() {
                Rule::file_doc => file.docs.push(doc(&pair)),
                Rule::declaration => file.items.push(self.declaration(pair)),
                Rule::unknown_declaration => file.items.extend(self.unknown_declaration(pair)),
                Rule::dangling_doc => {
                    let next = pairs.peek().map(|next| next.as_rule());
                    if !matches!(next, Some(Rule::broken_item | Rule::dangling_doc)) {
                        self.error(SyntaxErrorKind::DanglingDoc, tight(&pair));
                    }
                }
                Rule::broken_item => self.broken_item(tight(&pair)),
                _ => {}
            }
        }
        file
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

    fn declaration(&mut self, pair: Pair<'_>) -> Item {
        let mut docs = Vec::new();
        for pair in pair.into_inner() {
            match pair.as_rule() {
                Rule::doc => docs.push(doc(&pair)),
                Rule::block => return Item::Block(self.block(pair, docs)),
                Rule::enumeration => return Item::Enum(self.enumeration(pair, docs)),
                _ => return Item::Union(self.union(pair, docs)),
            }
        }
        unreachable!("a declaration holds one of three things")
    }

    /// A block under a word that is no keyword is taken for a model: what follows is not noise.
    fn unknown_declaration(&mut self, pair: Pair<'_>) -> Option<Item> {
        let mut docs = Vec::new();
        let mut whole = tight(&pair);
        let mut inner = pair.into_inner().peekable();
        while let Some(line) = inner.next_if(|pair| pair.as_rule() == Rule::doc) {
            docs.push(doc(&line));
        }
        let keyword = inner.next().expect("a keyword comes first");
        let word = keyword.as_str().to_owned();
        let keyword = span(&keyword);
        let language = match word.as_str() {
            "generator" | "datasource" => Some(Language::Prisma),
            "input" => Some(Language::GraphQl),
            "mod" | "impl" | "trait" => Some(Language::Rust),
            "module" => Some(Language::EdgeDb),
            _ => None,
        };
        if let Some(language) = language {
            let title = inner.next().map_or(keyword, |title| keyword.to(span(&title)));
            whole.start = keyword.start;
            self.error(SyntaxErrorKind::Foreign { language, whole }, title);
            let mut body = inner.flat_map(|body| body.into_inner());
            self.surplus += usize::from(body.any(|part| part.as_rule() == Rule::unclosed));
            return None;
        }
        self.error(SyntaxErrorKind::UnknownDeclaration { word }, keyword);
        let rest: Vec<Pair<'_>> = inner.collect();
        if let Some(item) = self.unknown_enum(&rest, &docs, whole) {
            return Some(Item::Enum(item));
        }
        let inner = rest.into_iter();
        Some(Item::Block(self.block_parts(BlockKind::Model, keyword, docs, inner, whole)))
    }

    fn block(&mut self, pair: Pair<'_>, docs: Vec<Doc>) -> Block {
        let whole = tight(&pair);
        let mut inner = pair.into_inner();
        let keyword = inner.next().expect("a keyword comes first");
        let kind = match keyword.as_str() {
            "model" => BlockKind::Model,
            "mixin" => BlockKind::Mixin,
            "type" => BlockKind::Type,
            _ => BlockKind::View,
        };
        self.block_parts(kind, span(&keyword), docs, inner, whole)
    }

    fn block_parts<'b>(
        &mut self,
        kind: BlockKind,
        keyword: Span,
        docs: Vec<Doc>,
        mut inner: impl Iterator<Item = Pair<'b>>,
        whole: Span,
    ) -> Block {
        let title = name(&inner.next().expect("a block has a name"));
        let mut with = Vec::new();
        let mut body = Body::default();
        for pair in inner {
            match pair.as_rule() {
                Rule::with => with = pair.into_inner().skip(1).map(|mixin| name(&mixin)).collect(),
                _ => body = self.body(pair),
            }
        }
        let Body { members, open, broken } = body;
        // GraphQL's `type` has an id; an embedded type of ours has none.
        let is_id =
            |member: &Member| matches!(member, Member::Field(Field { ty: Some(ty), .. }) if ty.is("ID"));
        let kind = match kind {
            BlockKind::Type if members.iter().any(is_id) => {
                self.error(SyntaxErrorKind::Foreign { language: Language::GraphQl, whole: keyword }, keyword);
                BlockKind::Model
            }
            kind => kind,
        };
        Block { kind, keyword, docs, name: title, with, members, open, broken, span: whole }
    }

    fn body(&mut self, pair: Pair<'_>) -> Body {
        let start = pair.as_span().start();
        let mut body = Body { open: Span::new(start, start + 1), ..Body::default() };
        let mut before = None;
        // Where a line ends that is no member at all: what the grammar made of it is not looked at.
        let mut prose = 0;
        // Where a line ends of which something is told: what is left of it is not told as well.
        let mut told = 0;
        let mut separators: Vec<(char, Span)> = Vec::new();
        let mut pairs = pair.into_inner().peekable();
        while let Some(pair) = pairs.next() {
            let place = tight(&pair);
            let (is_close, is_rest) =
                (matches!(pair.as_rule(), Rule::close | Rule::unclosed), is_rest(&pair));
            if (place.start < prose && !is_close) || (place.start < told && is_rest) {
                continue;
            }
            if !is_close && !self.may_read_member(place) {
                body.broken = true;
                continue;
            }
            match pair.as_rule() {
                Rule::field => body.members.push(Member::Field(self.field(pair))),
                _ if is_rest && self.behind_member(place, before, body.members.last_mut()) => {
                    body.broken = true;
                    prose = self.line_end(place.start);
                }
                _ if is_rest && self.bare_argument(place, before, body.members.last_mut()) => {
                    prose = self.line_end(place.start);
                }
                Rule::colonless_field | Rule::typeless_field if self.on_line_of(before, place) => {
                    body.broken = true;
                    self.broken(place, before, Rule::lone_field);
                    told = self.line_end(place.start);
                }
                Rule::block_attribute => {
                    body.broken |= pair.as_str().starts_with("@@id");
                    self.block_attribute(pair, self.on_line_of(before, place));
                }
                Rule::colonless_field if pairs.peek().is_some_and(|next| self.goes_on(place, next)) => {
                    body.broken = true;
                    prose = self.prose(place.start);
                }
                Rule::colonless_field if self.is_sql(place) => {
                    body.broken = true;
                    let line = self.rest_of_line(place);
                    self.foreign_member(line, Language::Sql);
                    prose = line.end;
                }
                Rule::typeless_field if foreign::modifier(&self.source[place.range()]).is_some() => {
                    match self.modifier_of_field(place, pairs.peek()) {
                        Some(end) => {
                            body.broken |= end > place.end;
                            prose = end;
                        }
                        None => body.members.push(self.lacking_field(pair, SyntaxErrorKind::MissingType)),
                    }
                }
                Rule::typeless_field | Rule::colonless_field if self.assigned(place) => {
                    body.broken = true;
                    prose = self.line_end(place.start);
                }
                Rule::colonless_field => {
                    body.members.push(self.lacking_field(pair, SyntaxErrorKind::MissingColon));
                }
                Rule::typeless_field => {
                    let lacks = default_type(&pair);
                    body.members.push(self.lacking_field(pair, lacks));
                }
                Rule::statement => body.members.push(Member::Statement(self.statement(pair))),
                Rule::separator => {
                    separators.push((pair.as_str().chars().next().unwrap_or(','), place));
                }
                Rule::dangling_member_doc => {
                    self.dangling(place, pairs.peek().map(|next| next.as_rule()));
                }
                Rule::broken_member if self.late_default(place, before, body.members.last_mut()) => {}
                Rule::broken_member => {
                    if self.on_line_of(before, place) {
                        self.not_whole(place, &mut body.members);
                    }
                    body.broken |= !recover::is_keyless_statement(&self.source[place.range()]);
                    self.broken(place, before, Rule::lone_field);
                }
                Rule::unclosed => {
                    body.broken = true;
                    self.unclosed(body.open);
                }
                _ => {}
            }
            before = Some(place);
        }
        if let Some((&(found, first), others)) = separators.split_first() {
            // Who separates fields separates all of them.
            let others = others.iter().map(|(_, place)| *place).collect();
            self.error(SyntaxErrorKind::Separator { found, others }, first);
        }
        body
    }

    /// Whether one more is read. The first that is not is told.
    fn may_read_member(&mut self, place: Span) -> bool {
        self.members += 1;
        if self.members == MAX_MEMBERS + 1 {
            self.error(SyntaxErrorKind::TooManyMembers, place);
        }
        self.members <= MAX_MEMBERS
    }

    /// Whether `place` stands on the line where `before` ends.
    fn on_line_of(&self, before: Option<Span>, place: Span) -> bool {
        before.is_some_and(|before| !self.source[before.end as usize..place.start as usize].contains('\n'))
    }

    fn lacking_field(&mut self, pair: Pair<'_>, lacks: SyntaxErrorKind) -> Member {
        let field = self.field(pair);
        self.error(lacks, field.name.span);
        Member::Field(field)
    }

    /// Whether what looks like a field without a colon goes on with more words on its line.
    fn goes_on(&self, place: Span, next: &Pair<'_>) -> bool {
        let words =
            matches!(next.as_rule(), Rule::colonless_field | Rule::typeless_field | Rule::broken_member);
        words && self.on_line_of(Some(place), span(next))
    }

    /// A block that another declaration ends. Its closing brace may stand further down: the
    /// brace that is then one too many is not told as well.
    fn unclosed(&mut self, open: Span) {
        if !self.told.contains(&open) && !self.scan_told(open) {
            self.error(SyntaxErrorKind::Unclosed { bracket: '{' }, open);
            self.surplus += 1;
        }
    }

    fn block_attribute(&mut self, pair: Pair<'_>, is_of_field: bool) {
        let mut whole = tight(&pair);
        let mut inner = pair.into_inner().skip_while(|pair| pair.as_rule() == Rule::doc).peekable();
        let (title, path) = self.path(&mut inner);
        whole.start = path.start - 2;
        let args =
            inner.next().map(|group| self.source[tight(&group).range()].to_owned()).unwrap_or_default();
        match is_of_field {
            true => {
                let signs = Span { start: whole.start, end: whole.start + 2 };
                self.error(SyntaxErrorKind::DoubleAtOnField { name: title }, signs);
            }
            false => self.error(SyntaxErrorKind::DoubleAt { name: title, args }, whole),
        }
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

    fn union(&mut self, pair: Pair<'_>, docs: Vec<Doc>) -> Union {
        let whole = tight(&pair);
        let mut title = None;
        let mut members = Vec::new();
        let mut broken = false;
        for pair in pair.into_inner().skip(1) {
            match pair.as_rule() {
                Rule::surplus_bar => {
                    broken = true;
                    self.error(SyntaxErrorKind::SurplusBar { members: members.len() }, tight(&pair));
                }
                Rule::equals => {}
                _ if title.is_none() => title = Some(name(&pair)),
                _ => members.push(name(&pair)),
            }
        }
        let title = title.expect("a union has a name");
        Union { docs, name: title, members, broken, span: whole }
    }
}
