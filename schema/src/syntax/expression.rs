//! Expressions as trees, in one form for all spellings of the same: see [`super::normal`] for what
//! that leaves out.

use super::cursor::Cursor;
use super::literal;
use super::{Kind, Token};

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Tree {
    /// A name, the last part of it where it has several.
    Name(String),
    /// A constant in quotes.
    Text(String),
    /// A number, in the form of [`literal`].
    Number(String),
    /// An operator, a function or a clause, with what it is applied to.
    Node(String, Vec<Tree>),
}

/// How deep trees may be.
const DEPTH: usize = 200;

/// Reads a whole text as an expression.
pub(super) fn parse(text: &str) -> Option<Tree> {
    let mut parser = Parser { cursor: Cursor::new(text)?, depth: 0 };
    let tree = parser.expression(0)?;
    parser.cursor.is_done().then_some(tree)
}

pub(super) fn node(head: &str, of: impl Into<Vec<Tree>>) -> Tree {
    Tree::Node(head.to_owned(), of.into())
}

struct Parser<'a> {
    cursor: Cursor<'a>,
    depth: usize,
}

const NOT: u8 = 3;
const IS: u8 = 4;
const COMPARE: u8 = 5;
const WITHIN: u8 = 6;
const OPERATOR: u8 = 7;
const ZONE: u8 = 11;
const COLLATE: u8 = 12;
const SIGN: u8 = 13;

impl Parser<'_> {
    /// An expression whose operators bind tighter than `than`.
    fn expression(&mut self, than: u8) -> Option<Tree> {
        self.depth += 1;
        if self.depth > DEPTH {
            return None;
        }
        let mut left = self.prefix()?;
        while let Some(next) = self.infix(&left, than)? {
            left = next;
        }
        self.depth -= 1;
        Some(left)
    }

    fn prefix(&mut self) -> Option<Tree> {
        if self.cursor.words("not") {
            return Some(node("not", [self.expression(NOT)?]));
        }
        if self.cursor.symbol("-") {
            return Some(match self.expression(SIGN)? {
                Tree::Number(digits) => Tree::Number(literal::negative(&digits)),
                tree => node("-", [tree]),
            });
        }
        if self.cursor.symbol("+") {
            return self.expression(SIGN);
        }
        let mut tree = self.atom()?;
        loop {
            if self.cursor.symbol("::") {
                let ty = self.ty()?;
                tree = literal::cast(tree, &ty);
            } else if self.cursor.symbol("[") {
                let index = self.expression(0)?;
                tree = node("[]", [tree, index]);
                self.expect("]")?;
            } else {
                return Some(tree);
            }
        }
    }

    fn expect(&mut self, symbol: &str) -> Option<()> {
        self.cursor.symbol(symbol).then_some(())
    }

    /// The tree with one more operator behind it; none within where none comes that binds so.
    #[allow(clippy::option_option, reason = "what cannot be read, and what does not go on")]
    fn infix(&mut self, left: &Tree, than: u8) -> Option<Option<Tree>> {
        let Some(token) = self.cursor.peek() else { return Some(None) };
        let Some((power, name)) = operator(&token) else { return self.keyword(left, token, than) };
        if power <= than {
            return Some(None);
        }
        self.cursor.next();
        if power == COMPARE || power == OPERATOR {
            for (word, function) in [("any", "any"), ("some", "any"), ("all", "all")] {
                if self.cursor.words(word) {
                    self.expect("(")?;
                    let list = self.expression(0)?;
                    self.expect(")")?;
                    return Some(Some(member(name, function, left.clone(), list)));
                }
            }
        }
        let right = self.expression(power)?;
        Some(Some(node(name, [left.clone(), right])))
    }

    fn keyword(&mut self, left: &Tree, token: Token<'_>, than: u8) -> Option<Option<Tree>> {
        if token.kind != Kind::Word {
            return Some(None);
        }
        let word = token.text.to_ascii_lowercase();
        match word.as_str() {
            "or" if than < 1 => {
                self.cursor.next();
                Some(Some(chain("or", left.clone(), self.expression(1)?)))
            }
            "and" if than < 2 => {
                self.cursor.next();
                Some(Some(chain("and", left.clone(), self.expression(2)?)))
            }
            "is" | "isnull" | "notnull" if than < IS => self.is(left, &word).map(Some),
            "not" | "in" | "between" | "like" | "ilike" if than < WITHIN => self.within(left).map(Some),
            "at" if than < ZONE && self.cursor.words("at time zone") => {
                Some(Some(node("timezone", [self.expression(ZONE)?, left.clone()])))
            }
            "collate" if than < COLLATE => {
                self.cursor.next();
                let name = self.cursor.path()?.pop()?;
                Some(Some(node("collate", [left.clone(), Tree::Name(name)])))
            }
            _ => Some(None),
        }
    }

    fn is(&mut self, left: &Tree, word: &str) -> Option<Tree> {
        let left = left.clone();
        self.cursor.next();
        if word != "is" {
            return Some(node(if word == "isnull" { "is null" } else { "is not null" }, [left]));
        }
        let not = self.cursor.words("not");
        if self.cursor.words("distinct from") {
            let right = self.expression(COMPARE)?;
            let tree = node("is distinct from", [left, right]);
            return Some(if not { node("not", [tree]) } else { tree });
        }
        let what = self.cursor.next().filter(|token| token.kind == Kind::Word)?.text.to_ascii_lowercase();
        let not = if not { "not " } else { "" };
        Some(node(&format!("is {not}{what}"), [left]))
    }

    fn within(&mut self, left: &Tree) -> Option<Tree> {
        let left = left.clone();
        let not = self.cursor.words("not");
        if self.cursor.words("in") {
            self.expect("(")?;
            let list = node("array", self.list(")")?);
            let (operator, of) = if not { ("<>", "all") } else { ("=", "any") };
            return Some(member(operator, of, left, list));
        }
        if self.cursor.words("between") {
            let low = self.expression(WITHIN)?;
            if !self.cursor.words("and") {
                return None;
            }
            let high = self.expression(WITHIN)?;
            let (join, below, above) = if not { ("or", "<", ">") } else { ("and", ">=", "<=") };
            return Some(chain(join, node(below, [left.clone(), low]), node(above, [left, high])));
        }
        let operator = match (self.cursor.next()?.text.to_ascii_lowercase().as_str(), not) {
            ("like", false) => "~~",
            ("like", true) => "!~~",
            ("ilike", false) => "~~*",
            ("ilike", true) => "!~~*",
            _ => return None,
        };
        let right = self.expression(WITHIN)?;
        Some(node(operator, [left, right]))
    }

    fn list(&mut self, end: &str) -> Option<Vec<Tree>> {
        let mut list = Vec::new();
        while !self.cursor.symbol(end) {
            list.push(self.expression(0)?);
            if !self.cursor.symbol(",") && !self.cursor.is_symbol(end) {
                return None;
            }
        }
        Some(list)
    }

    fn atom(&mut self) -> Option<Tree> {
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
    fn ty(&mut self) -> Option<String> {
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

/// `and` and `or`, of as many as stand side by side.
fn chain(head: &str, left: Tree, right: Tree) -> Tree {
    let mut list = Vec::new();
    for side in [left, right] {
        match side {
            Tree::Node(same, of) if same == head => list.extend(of),
            other => list.push(other),
        }
    }
    Tree::Node(head.to_owned(), list)
}

/// `a = ANY (list)`, which is also what `a IN (list)` is.
fn member(operator: &str, of: &str, left: Tree, list: Tree) -> Tree {
    match list {
        Tree::Node(array, mut one) if array == "array" && one.len() == 1 => {
            Tree::Node(operator.to_owned(), vec![left, one.remove(0)])
        }
        list => node(&format!("{operator} {of}"), [left, list]),
    }
}

/// How tight an operator binds, and its name in one spelling.
fn operator<'a>(token: &Token<'a>) -> Option<(u8, &'a str)> {
    if token.kind != Kind::Symbol {
        return None;
    }
    match token.text {
        "(" | ")" | "[" | "]" | "," | ";" | "." | "::" | ":" | ":=" => None,
        "!=" => Some((COMPARE, "<>")),
        "==" => Some((COMPARE, "=")),
        text @ ("<" | ">" | "=" | "<=" | ">=" | "<>") => Some((COMPARE, text)),
        text @ ("+" | "-") => Some((8, text)),
        text @ ("*" | "/" | "%") => Some((9, text)),
        "^" => Some((10, "^")),
        text => Some((OPERATOR, text)),
    }
}
