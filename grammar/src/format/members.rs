//! What stands in a block: fields, in columns, and statements.

use super::printer::{Printer, SPACE, Separator};
use super::tokens::Kind;

/// Names, and types with their defaults, that are longer than this do not move the columns of
/// their neighbours.
const MAX_CELL: usize = 40;

/// The spaces before the attributes of the longest type.
const BEFORE_ATTRIBUTES: usize = 2;

/// The columns of a field that are not aligned yet.
pub(super) struct Columns {
    /// The piece before the type.
    ty: usize,
    /// How long the name is, with its colon; none if it is too long, or does not stand on one line.
    name: Option<usize>,
    /// The piece before the attributes and how long the type is, with its default.
    attributes: Option<(usize, Option<usize>)>,
}

impl Printer<'_> {
    /// Aligns fields with each other.
    pub(super) fn align(&mut self, fields: &mut Vec<Columns>) {
        let longest = fields.iter().filter_map(|field| field.name).max().unwrap_or(0);
        let types = fields.iter().filter_map(|field| field.attributes?.1);
        let longest_type = types.max().unwrap_or(0);
        for field in fields.drain(..) {
            if let Some(name) = field.name {
                self.layout.set_spaces(field.ty, longest - name + 1);
            }
            if let Some((place, Some(width))) = field.attributes {
                self.layout.set_spaces(place, longest_type - width + BEFORE_ATTRIBUTES);
            }
        }
    }

    /// `name: Type = default @attribute`; the gap before it is written.
    pub(super) fn field(&mut self) -> Columns {
        self.layout.open();
        let start = self.layout.here();
        self.word();
        self.token(Separator::Tight);
        let name = self.layout.flat_width(start..self.layout.here(), MAX_CELL);
        let ty = self.gap(SPACE);
        self.type_ref();
        if self.next().is("=") {
            self.token(SPACE);
            self.gap(SPACE);
            self.expr();
        }
        let width = self.layout.flat_width(ty + 1..self.layout.here(), MAX_CELL);
        let place = self.attributes(BEFORE_ATTRIBUTES);
        // Where a comment ends the line, the attributes stand below.
        let attributes = place.filter(|_| !self.layout.is_forced()).map(|place| (place, width));
        self.layout.close();
        Columns { ty, name, attributes }
    }

    /// A type whose gap is written: it stays on its line.
    fn type_ref(&mut self) {
        while self.next().is("[") {
            self.word();
            self.gap(Separator::Tight);
        }
        self.reference();
        while self.next().is("]") || self.next().is("?") {
            self.token(Separator::Tight);
        }
    }

    /// Attributes on one line, or one a line. Gives the piece before the first.
    pub(super) fn attributes(&mut self, before: usize) -> Option<usize> {
        let mut first = None;
        self.layout.indent();
        while self.next().is("@") {
            let place = self.token(Separator::Line(if first.is_none() { before } else { 1 }));
            first.get_or_insert(place);
            self.reference();
        }
        self.layout.dedent();
        first
    }

    /// `index "name" (a, b) where expr`; the gap before it is written.
    pub(super) fn statement(&mut self) {
        self.layout.open();
        let is_call = self.next().text == "sql";
        self.word();
        let mut separator = if is_call { Separator::Tight } else { SPACE };
        self.layout.indent();
        loop {
            if self.next().kind == Kind::Str {
                self.token(SPACE);
            } else if self.next().is("(") {
                self.gap(separator);
                self.outdented(Self::group);
            } else if self.is_clause() {
                self.clause();
            } else {
                break;
            }
            separator = SPACE;
        }
        self.layout.dedent();
        self.layout.close();
    }

    /// Elements of a broken group stand one level to the right of the statement.
    fn outdented(&mut self, part: impl FnOnce(&mut Self)) {
        self.layout.dedent();
        part(self);
        self.layout.indent();
    }

    fn is_clause(&self) -> bool {
        let words = ["where", "using", "include", "nulls_not_distinct"];
        self.next().is_word(&words) && !self.behind_next().is(":")
    }

    fn clause(&mut self) {
        let keyword = self.next().text;
        self.token(Separator::Line(1));
        match keyword {
            "where" => {
                self.gap(SPACE);
                self.expr();
            }
            "using" => _ = self.token(SPACE),
            "include" => {
                self.gap(SPACE);
                self.group();
            }
            _ => {}
        }
    }
}
