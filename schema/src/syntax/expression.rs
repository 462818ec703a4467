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

pub(super) struct Parser<'a> {
    pub(super) cursor: Cursor<'a>,
    depth: usize,
}

const NOT: u8 = 3;
const IS: u8 = 4;
const COMPARE: u8 = 5;
pub(super) const WITHIN: u8 = 6;
const OPERATOR: u8 = 7;
const ZONE: u8 = 11;
const COLLATE: u8 = 12;
const SIGN: u8 = 13;

impl Parser<'_> {
    /// An expression whose operators bind tighter than `than`.
    pub(super) fn expression(&mut self, than: u8) -> Option<Tree> {
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
        for operator in ["~", "@", "|/"] {
            if self.cursor.symbol(operator) {
                return Some(node(operator, [self.expression(SIGN)?]));
            }
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

    pub(super) fn expect(&mut self, symbol: &str) -> Option<()> {
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
        Some(Some(compared(name, left.clone(), right)))
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
            "not" | "in" | "between" | "like" | "ilike" | "similar" if than < WITHIN => {
                self.within(left).map(Some)
            }
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
        if self.cursor.words("similar to") {
            let pattern = node("similar_to_escape", [self.expression(WITHIN)?]);
            return Some(node(if not { "!~" } else { "~" }, [left, pattern]));
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

/// Rows are equal when their parts are.
fn compared(operator: &str, left: Tree, right: Tree) -> Tree {
    match (operator, left, right) {
        ("=", Tree::Node(row, left), Tree::Node(other, right))
            if row == "row" && other == "row" && left.len() == right.len() =>
        {
            let pairs = left.into_iter().zip(right);
            Tree::Node("and".to_owned(), pairs.map(|(left, right)| node("=", [left, right])).collect())
        }
        (_, left, right) => node(operator, [left, right]),
    }
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
