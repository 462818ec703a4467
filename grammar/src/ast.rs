//! The syntax tree of one file: what was written, and where. No meaning.

use std::fmt;

/// A range of bytes in the source, end excluded.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, PartialOrd, Ord)]
pub struct Span {
    /// The first byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// From `start` to `end`.
    pub fn new(start: usize, end: usize) -> Span {
        Span { start: start as u32, end: end as u32 }
    }

    /// From the beginning of this one to the end of the other.
    pub fn to(self, other: Span) -> Span {
        Span { start: self.start, end: other.end.max(self.end) }
    }

    /// The empty place right behind this one.
    pub fn after(self) -> Span {
        Span { start: self.end, end: self.end }
    }

    /// The empty place right before this one.
    pub fn before(self) -> Span {
        Span { start: self.start, end: self.start }
    }

    /// As a range of bytes.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }

    /// Whether `other` lies within.
    pub fn contains(self, other: Span) -> bool {
        self.start <= other.start && other.end <= self.end
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.start, self.end)
    }
}

/// A file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct File {
    /// The lines of `//!`.
    pub docs: Vec<Doc>,
    /// Declarations, in order.
    pub items: Vec<Item>,
}

/// A declaration.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    /// A model, mixin, type or view.
    Block(Block),
    /// An enum.
    Enum(Enum),
    /// A union.
    Union(Union),
}

impl Item {
    /// The name it declares.
    pub fn name(&self) -> &Name {
        match self {
            Item::Block(block) => &block.name,
            Item::Enum(item) => &item.name,
            Item::Union(item) => &item.name,
        }
    }
}

/// A word with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Name {
    /// The word.
    pub text: String,
    /// Its place.
    pub span: Span,
}

/// A line of documentation.
#[derive(Clone, Debug, PartialEq)]
pub struct Doc {
    /// The text behind the slashes, without one leading space.
    pub text: String,
    /// The line, slashes included.
    pub span: Span,
}

/// What a block declares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockKind {
    /// `model`
    Model,
    /// `mixin`
    Mixin,
    /// `type`
    Type,
    /// `view`
    View,
}

impl BlockKind {
    /// The keyword.
    pub fn keyword(self) -> &'static str {
        match self {
            BlockKind::Model => "model",
            BlockKind::Mixin => "mixin",
            BlockKind::Type => "type",
            BlockKind::View => "view",
        }
    }
}

/// A declaration with fields and statements.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// What it declares.
    pub kind: BlockKind,
    /// The keyword's place.
    pub keyword: Span,
    /// Documentation.
    pub docs: Vec<Doc>,
    /// Its name.
    pub name: Name,
    /// The mixins behind `with`.
    pub with: Vec<Name>,
    /// Fields and statements, in order.
    pub members: Vec<Member>,
    /// The opening brace.
    pub open: Span,
    /// Whether part of the body could not be read: what seems to be missing may be there.
    pub broken: bool,
    /// From the keyword to the closing brace.
    pub span: Span,
}

/// What stands in a block.
#[derive(Clone, Debug, PartialEq)]
pub enum Member {
    /// `name: Type`
    Field(Field),
    /// `index (a, b)`
    Statement(Statement),
}

/// A field.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Documentation.
    pub docs: Vec<Doc>,
    /// Its name.
    pub name: Name,
    /// Its type; none where it was left out, which is an error already told.
    pub ty: Option<TypeRef>,
    /// The expression behind `=`.
    pub default: Option<Expr>,
    /// Attributes, in order.
    pub attributes: Vec<Attribute>,
    /// From the name to the end of the last part.
    pub span: Span,
}

/// A type as written.
#[derive(Clone, Debug, PartialEq)]
pub struct TypeRef {
    /// The shape.
    pub kind: TypeKind,
    /// The `?` behind it.
    pub optional: Option<Span>,
    /// The whole.
    pub span: Span,
}

impl TypeRef {
    /// Whether it is the bare type of this name.
    pub(crate) fn is(&self, name: &str) -> bool {
        matches!(&self.kind, TypeKind::Named { name: title, .. } if title.text == name)
    }

    /// Without the `?`.
    pub fn bare(&self) -> Span {
        let end = self.optional.map_or(self.span.end, |mark| mark.start);
        Span { start: self.span.start, end }
    }
}

/// The shape of a type.
#[derive(Clone, Debug, PartialEq)]
pub enum TypeKind {
    /// `String(255)`
    Named {
        /// The name.
        name: Name,
        /// What stands in parentheses.
        args: Option<Group>,
    },
    /// `[Post]`
    List(Box<TypeRef>),
}

/// `@name(…)`
#[derive(Clone, Debug, PartialEq)]
pub struct Attribute {
    /// The name, without `@`.
    pub name: Name,
    /// What stands in parentheses.
    pub args: Option<Group>,
    /// From `@` to the end.
    pub span: Span,
}

/// Arguments in parentheses.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// In order.
    pub args: Vec<Arg>,
    /// The parentheses and what is between.
    pub span: Span,
}

/// An argument: `message: "…"`, `created_at desc`.
#[derive(Clone, Debug, PartialEq)]
pub struct Arg {
    /// The word before the colon.
    pub label: Option<Name>,
    /// The value.
    pub value: Expr,
    /// The words behind it (`desc`, `collate("C")`).
    pub modifiers: Vec<Modifier>,
    /// The whole.
    pub span: Span,
}

/// A word behind an argument.
#[derive(Clone, Debug, PartialEq)]
pub struct Modifier {
    /// The word.
    pub name: Name,
    /// Its own arguments.
    pub args: Option<Group>,
    /// The whole.
    pub span: Span,
}

/// A statement of a block.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// Documentation.
    pub docs: Vec<Doc>,
    /// `table`, `index`, …
    pub keyword: Name,
    /// Strings behind the keyword, in order.
    pub strings: Vec<Str>,
    /// Parenthesised parts, in order.
    pub groups: Vec<Group>,
    /// `where`, `using`, …, in order.
    pub clauses: Vec<Clause>,
    /// The whole.
    pub span: Span,
}

/// A string with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Str {
    /// What it says, escapes resolved.
    pub text: String,
    /// Quotes included.
    pub span: Span,
}

/// A clause of a statement.
#[derive(Clone, Debug, PartialEq)]
pub struct Clause {
    /// Which.
    pub kind: ClauseKind,
    /// The whole.
    pub span: Span,
}

/// What a clause says.
#[derive(Clone, Debug, PartialEq)]
pub enum ClauseKind {
    /// `where expr`
    Where(Expr),
    /// `using gin`
    Using(Name),
    /// `include (a, b)`
    Include(Group),
    /// `nulls_not_distinct`
    NullsNotDistinct,
}

/// An enum.
#[derive(Clone, Debug, PartialEq)]
pub struct Enum {
    /// Documentation.
    pub docs: Vec<Doc>,
    /// Its name.
    pub name: Name,
    /// Variants, in order.
    pub variants: Vec<Variant>,
    /// `type "…"`, `schema "…"`, `renamed_from "…"`.
    pub statements: Vec<Statement>,
    /// Whether part of the body could not be read.
    pub broken: bool,
    /// From the keyword to the closing brace.
    pub span: Span,
}

/// A variant of an enum.
#[derive(Clone, Debug, PartialEq)]
pub struct Variant {
    /// Documentation.
    pub docs: Vec<Doc>,
    /// Its name.
    pub name: Name,
    /// Attributes, in order.
    pub attributes: Vec<Attribute>,
    /// The whole.
    pub span: Span,
}

/// A union.
#[derive(Clone, Debug, PartialEq)]
pub struct Union {
    /// Documentation.
    pub docs: Vec<Doc>,
    /// Its name.
    pub name: Name,
    /// Members, in order.
    pub members: Vec<Name>,
    /// Whether one is missing, which was told.
    pub broken: bool,
    /// The whole.
    pub span: Span,
}

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// Which.
    pub kind: ExprKind,
    /// The whole.
    pub span: Span,
}

/// What an expression says.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// `true`, `false`
    Bool(bool),
    /// `null`
    Null,
    /// A number as written, underscores removed.
    Number(String),
    /// A string, escapes resolved.
    String(String),
    /// `name`, `Role.admin`
    Path(Vec<Name>),
    /// `now()`
    Call {
        /// The function.
        path: Vec<Name>,
        /// Its arguments.
        args: Group,
    },
    /// `[a, b]`
    List(Vec<Expr>),
    /// `-a`, `!a`
    Unary(UnaryOp, Box<Expr>),
    /// `a + b`
    Binary(Box<Expr>, BinaryOp, Box<Expr>),
    /// `1..=80`
    Range {
        /// The lower bound.
        low: Option<Box<Expr>>,
        /// The upper bound.
        high: Option<Box<Expr>>,
        /// Whether the upper bound is part of it.
        inclusive: bool,
    },
}

/// An operator before its operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnaryOp {
    /// `!`
    Not,
    /// `-`
    Neg,
}

/// An operator between its operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum BinaryOp {
    Or,
    And,
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    In,
    Add,
    Sub,
    Mul,
    Div,
    Rem,
}

impl BinaryOp {
    /// As it is written.
    pub fn from_text(text: &str) -> Option<BinaryOp> {
        Some(match text {
            "||" => BinaryOp::Or,
            "&&" => BinaryOp::And,
            "==" => BinaryOp::Eq,
            "!=" => BinaryOp::Ne,
            "<" => BinaryOp::Lt,
            "<=" => BinaryOp::Le,
            ">" => BinaryOp::Gt,
            ">=" => BinaryOp::Ge,
            "in" => BinaryOp::In,
            "+" => BinaryOp::Add,
            "-" => BinaryOp::Sub,
            "*" => BinaryOp::Mul,
            "/" => BinaryOp::Div,
            "%" => BinaryOp::Rem,
            _ => return None,
        })
    }

    /// How tightly it binds; larger binds tighter.
    pub fn precedence(self) -> u8 {
        match self {
            BinaryOp::Or => 1,
            BinaryOp::And => 2,
            BinaryOp::Eq
            | BinaryOp::Ne
            | BinaryOp::Lt
            | BinaryOp::Le
            | BinaryOp::Gt
            | BinaryOp::Ge
            | BinaryOp::In => 3,
            BinaryOp::Add | BinaryOp::Sub => 4,
            BinaryOp::Mul | BinaryOp::Div | BinaryOp::Rem => 5,
        }
    }
}
