//! Expressions that no operator takes apart: constants, names, calls, what stands in parentheses.

use super::expression::{Parser, Tree, WITHIN, node};
use super::literal;
use super::{Kind, Token};

impl Parser<'_> {
    pub(super) fn list(&mut self, end: &str) -> Option<Vec<Tree>> {
        let mut list = Vec::new();
        while !self.cursor.symbol(end) {
            list.push(self.expression(0)?);
            if !self.cursor.symbol(",") && !self.cursor.is_symbol(end) {
                return None;
            }
        }
        Some(list)
    }

    pub(super) fn atom(&mut self) -> Option<Tree> {
        if self.cursor.symbol("(") {
            let mut list = self.list(")")?;
            return if list.len() == 1 { list.pop() } else { Some(node("row", list)) };
        }
        let token = self.cursor.next()?;
        match token.kind {
            Kind::Text => Some(Tree::Text(token.value())),
            Kind::Blob => Some(Tree::Text(format!("\\x{}", token.value()))),
            Kind::Number => Some(Tree::Number(literal::number(token.text)?)),
            Kind::Quoted => self.name(token),
            Kind::Word => self.word(token),
            Kind::Symbol if token.text == "*" => Some(Tree::Name("*".to_owned())),
            Kind::Symbol => None,
        }
    }

    fn word(&mut self, token: Token<'_>) -> Option<Tree> {
        let word = token.text.to_ascii_lowercase();
        match word.as_str() {
            "null" => Some(Tree::Name("null".to_owned())),
            "true" | "false" => Some(Tree::Text(word)),
            "case" => self.case(),
            "cast" if self.cursor.symbol("(") => {
                let of = self.expression(0)?;
                if !self.cursor.words("as") {
                    return None;
                }
                let ty = self.ty()?;
                self.expect(")")?;
                Some(literal::cast(of, &ty))
            }
            "array" if self.cursor.symbol("[") => Some(node("array", self.list("]")?)),
            "row" if self.cursor.symbol("(") => Some(node("row", self.list(")")?)),
            "current_timestamp" => Some(node("now", [])),
            "current_date" | "localtimestamp" | "current_time" | "localtime" | "current_user"
            | "session_user" | "user" => Some(node(&word, [])),
            "trim" | "substring" | "position" | "extract" | "overlay" if self.cursor.is_symbol("(") => {
                self.special(&word)
            }
            // `date '2026-01-01'`
            _ if self.cursor.peek().is_some_and(|next| next.kind == Kind::Text) => {
                let text = self.cursor.next()?.value();
                Some(literal::cast(Tree::Text(text), &word))
            }
            _ => self.name(token),
        }
    }

    /// A name, or a call of what it names.
    fn name(&mut self, token: Token<'_>) -> Option<Tree> {
        let mut name = token.folded();
        while self.cursor.symbol(".") {
            name = self.cursor.next()?.folded();
        }
        if !self.cursor.symbol("(") {
            return Some(Tree::Name(name));
        }
        // As PostgreSQL 13 writes it.
        if name == "position" {
            name = "strpos".to_owned();
        }
        let distinct = self.cursor.words("distinct");
        let list = self.list(")")?;
        Some(literal::call(if distinct { format!("{name} distinct") } else { name }, list))
    }

    fn case(&mut self) -> Option<Tree> {
        let mut parts = Vec::new();
        if !self.cursor.is_word("when") {
            parts.push(node("of", [self.expression(0)?]));
        }
        while self.cursor.words("when") {
            let when = self.expression(0)?;
            if !self.cursor.words("then") {
                return None;
            }
            parts.push(node("when", [when, self.expression(0)?]));
        }
        if self.cursor.words("else") {
            parts.push(self.expression(0)?);
        }
        // That is what there is without one.
        parts.pop_if(|last| *last == Tree::Name("null".to_owned()));
        self.cursor.words("end").then(|| node("case", parts))
    }

    /// Functions whose arguments have words between them.
    fn special(&mut self, name: &str) -> Option<Tree> {
        self.expect("(")?;
        let side = ["both", "leading", "trailing"].into_iter().find(|side| self.cursor.words(side));
        let mut list = Vec::new();
        let mut is_reversed = false;
        while !self.cursor.symbol(")") {
            if self.cursor.words("from") || self.cursor.words("for") || self.cursor.symbol(",") {
                is_reversed |= name == "trim" && list.len() == 1;
                continue;
            }
            if self.cursor.words("in") {
                is_reversed = true;
                continue;
            }
            let than = if name == "position" { WITHIN } else { 0 };
            list.push(match self.expression(than)? {
                Tree::Name(field) if name == "extract" && list.is_empty() => Tree::Text(field),
                other => other,
            });
        }
        if is_reversed {
            list.reverse();
        }
        let name = match (name, side) {
            ("trim", Some("leading")) => "ltrim",
            ("trim", Some("trailing")) => "rtrim",
            ("trim", _) => "btrim",
            ("position", _) => "strpos",
            ("extract", _) => "date_part",
            (name, _) => name,
        };
        Some(literal::call(name.to_owned(), list))
    }

    /// A type's name, in one spelling.
    pub(super) fn ty(&mut self) -> Option<String> {
        let mut name = self.cursor.path()?.pop()?.to_ascii_lowercase();
        for more in ["varying", "precision", "with time zone", "without time zone"] {
            if self.cursor.words(more) {
                name = format!("{name} {more}");
            }
        }
        if self.cursor.is_symbol("(") {
            self.cursor.parenthesised()?;
            for more in ["with time zone", "without time zone"] {
                if self.cursor.words(more) {
                    name = format!("{name} {more}");
                }
            }
        }
        while self.cursor.symbol("[") {
            self.cursor.next().filter(|token| token.is_symbol("]"))?;
            name += "[]";
        }
        Some(name)
    }
}
