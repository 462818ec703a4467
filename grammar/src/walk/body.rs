//! What stands between the braces of a block.

use super::{Pair, Walker, span, tight};
use crate::ast::*;
use crate::error::SyntaxErrorKind;
use crate::foreign::{self, Language};
use crate::parse::{MAX_MEMBERS, Rule};
use crate::recover;

/// What a body is made of, before it becomes a block.
#[derive(Default)]
pub(super) struct Body {
    pub(super) members: Vec<Member>,
    pub(super) open: Span,
    pub(super) broken: bool,
}

/// Whether it is what may be left of a line that is no member as a whole.
fn is_rest(pair: &Pair<'_>) -> bool {
    matches!(pair.as_rule(), Rule::colonless_field | Rule::typeless_field | Rule::broken_member)
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
    pub(super) fn braced(&mut self, pair: Pair<'_>) -> Body {
        let start = pair.as_span().start();
        self.body(pair, Span::new(start, start + 1))
    }

    /// `open` is the brace, or where it should be.
    pub(super) fn body(&mut self, pair: Pair<'_>, open: Span) -> Body {
        let mut body = Body { open, ..Body::default() };
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
}
