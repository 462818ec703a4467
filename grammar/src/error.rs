//! What can be wrong with a file's syntax, as data. The compiler words it.

use crate::ast::Span;
use crate::foreign::Language;

/// The most faults of one kind of pass that are told of a file, and the most lints: a file of
/// nothing else would have millions, which nobody reads.
pub(crate) const MAX_TOLD: usize = 1_000;

/// A fault of syntax. The file is parsed nevertheless.
#[derive(Clone, Debug, PartialEq)]
pub struct SyntaxError {
    /// What is wrong.
    pub kind: SyntaxErrorKind,
    /// The characters that are wrong.
    pub span: Span,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq)]
pub enum SyntaxErrorKind {
    /// Something stands where something else should.
    Unexpected {
        /// What stands there, in the user's words; empty at the end of the line.
        found: String,
        /// What could stand there, in the user's words.
        expected: Vec<&'static str>,
    },
    /// `modle User { … }`
    UnknownDeclaration {
        /// The word that is no keyword.
        word: String,
    },
    /// A block without its closing brace; the span is the opening one.
    Unclosed {
        /// `{`, `(` or `[`.
        bracket: char,
    },
    /// `type Address`, and then its fields: no brace opens it. The span is behind the head.
    MissingBrace {
        /// Whether one closes it.
        is_closed: bool,
    },
    /// A closing bracket that closes another kind; the span is the closing one.
    Mismatched {
        /// The bracket that was open.
        open: char,
        /// Where it stands.
        open_span: Span,
        /// The one that was found.
        close: char,
    },
    /// A closing bracket without an opening one.
    Unopened {
        /// Which.
        bracket: char,
    },
    /// `email String`; the span is the field's name.
    MissingColon,
    /// `email:`; the span is the field's name.
    MissingType,
    /// `Post[]`; the span is the whole type.
    ArraySuffix {
        /// The type without the suffix, as written.
        element: String,
    },
    /// `[String!]!`; the span is the first `!`.
    BangSuffix {
        /// The others of the type.
        others: Vec<Span>,
    },
    /// `?Int`, `Int | null`, `Optional[Int]`; the span is the type.
    TypeSpelling {
        /// The type in Rex's spelling; none where it has no type for it.
        rex: Option<String>,
    },
    /// `email?: String`; the span is the `?`.
    OptionalName {
        /// Where it belongs; none where one stands there already.
        end: Option<Span>,
    },
    /// `e: Int := 5`; the span is the `:=`.
    Walrus,
    /// `State::draft`; the span is the `::`.
    Colons,
    /// `n = 5`; the span is the name.
    DefaultWithoutType {
        /// A type that the default may be of.
        ty: Option<&'static str>,
    },
    /// `@default 5`, `@length 5`; the span is the attribute with what stands behind it.
    BareArgument {
        /// The attribute's name.
        name: String,
        /// What stands behind it.
        value: String,
        /// The end of the type.
        end: Span,
    },
    /// `union A = B |`; the span is the `|`.
    SurplusBar {
        /// The union's members in front of it.
        members: usize,
    },
    /// `T??`; the span is the second `?`.
    DoubleOptional,
    /// `@@index`; the span is the attribute.
    DoubleAt {
        /// The name behind it.
        name: String,
        /// The arguments as written, parentheses included.
        args: String,
    },
    /// `email: String @@unique`; the span is the `@@`.
    DoubleAtOnField {
        /// The name behind it.
        name: String,
    },
    /// `@db.VarChar(255)`; the span is the attribute.
    DottedAttribute {
        /// The name as written.
        name: String,
    },
    /// `email @unique: String`; the span is the attribute.
    AttributeBeforeType {
        /// The attribute as written.
        text: String,
        /// Where it belongs.
        end: Span,
    },
    /// `/^a/`; the span is the expression.
    Regex {
        /// What stands between the slashes.
        pattern: String,
    },
    /// An operator of SQL; the span is the operator.
    ForeignOperator {
        /// As written.
        found: String,
        /// As Rex has it.
        rex: String,
        /// What is written instead, and where; empty where no edit does it.
        edits: Vec<(Span, String)>,
    },
    /// A comma or semicolon between fields; the first one of a block.
    Separator {
        /// Which.
        found: char,
        /// The others of the block.
        others: Vec<Span>,
    },
    /// A comma where no variant stands.
    SurplusComma,
    /// `'text'`, or a name in quotes; the span is the whole with its quotes.
    Quotes {
        /// What stands between them, in Rex's spelling.
        rex: String,
        /// Whether it is a name, which has no quotes.
        is_name: bool,
    },
    /// `title: String @index = "a"`; the span is the default.
    LateDefault {
        /// The default as written.
        text: String,
        /// Where it belongs.
        end: Span,
    },
    /// `open = 1`, `open(Int)`; the span is what stands behind the name.
    VariantValue {
        /// The number or text behind the `=`.
        value: Option<String>,
    },
    /// Two variants with nothing between; the span is the end of the first one of an enum.
    MissingComma {
        /// The ends of the others.
        others: Vec<Span>,
    },
    /// A string that does not end on its line; the span is its beginning.
    UnterminatedString,
    /// A comment that does not end; the span is its beginning.
    UnterminatedComment,
    /// A backslash before something that it cannot escape.
    BadEscape {
        /// As written.
        escape: String,
    },
    /// `12ab`, `1.`.
    BadNumber,
    /// Brackets within brackets, deeper than [`crate::MAX_DEPTH`].
    TooDeep,
    /// More than [`crate::MAX_BYTES`].
    TooLarge {
        /// The file's size in bytes.
        bytes: usize,
    },
    /// More than [`crate::MAX_TOKENS`].
    TooManyTokens,
    /// More declarations than [`crate::MAX_PARTS`].
    TooManyDeclarations,
    /// More fields and statements than [`crate::MAX_MEMBERS`]; the span is the first that is not read.
    TooManyMembers,
    /// More words and signs in one than [`crate::MAX_DECLARATION`]; the span is an open bracket in it.
    LargeDeclaration,
    /// More than [`crate::MAX_PARTS`] between commas; the span is the bracket that is open.
    TooManyParts {
        /// Which.
        bracket: char,
    },
    /// More than [`crate::MAX_PARTS`] names behind `with` or in a union.
    TooManyNames,
    /// More than [`crate::MAX_PARTS`] attributes behind one another.
    TooManyAttributes,
    /// A NUL byte.
    Nul,
    /// A character that turns the direction of text.
    Bidirectional {
        /// Which.
        character: char,
        /// Whether it stands in a string that may hold escapes.
        escapes: bool,
    },
    /// A line of another language; the span is its first line.
    Foreign {
        /// Which.
        language: Language,
        /// All that belongs to it.
        whole: Span,
    },
    /// `email: String NOT NULL`; the span is what stands behind the field.
    SqlBehindField {
        /// The field, up to the end of its line.
        whole: Span,
        /// Its type.
        ty: Span,
    },
    /// `User.id` as a type; the span is the dot and what follows it.
    DottedType,
    /// `größe`, `first-name`, `2fa`: a name with characters that names do not have.
    BadName,
    /// `Option<String>`; the span is the whole type.
    Generic {
        /// The type in Rex's spelling.
        rex: String,
        /// Whether it says the same.
        is_sure: bool,
    },
    /// Documentation that documents nothing: a lint, not an error.
    DanglingDoc,
}
