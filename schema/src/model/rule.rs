//! Validation rules of fields: data. What they mean in SQL is an [`Expr`](super::Expr), where SQL
//! can say the same.

use super::Value;

/// A rule over one column.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// What it asks for.
    pub kind: RuleKind,
    /// What is said when it is broken; the runtime's own words where none.
    pub message: Option<String>,
}

/// What a rule asks of a value. Null satisfies every rule.
#[derive(Clone, Debug, PartialEq)]
pub enum RuleKind {
    /// `@length(1..=80)`: characters of a text, bytes of `Bytes`, elements of a list; both ends
    /// included.
    Length {
        /// The smallest length.
        min: u64,
        /// The largest length.
        max: Option<u64>,
    },
    /// `@range(0..=150)`
    Range {
        /// The smallest value.
        low: Option<Value>,
        /// The largest value.
        high: Option<Value>,
        /// Whether `high` is allowed itself.
        inclusive: bool,
    },
    /// `@pattern(r"…")`, in the syntax of the crate `regex`; found anywhere in the text.
    Pattern(String),
    /// `@email`
    Email,
    /// `@url`
    Url,
    /// `@ip`
    Ip,
    /// `@one_of("a", "b")`
    OneOf(Vec<Value>),
    /// `@non_empty`: not the empty text.
    NonEmpty,
    /// `@trimmed`: no space at either end.
    Trimmed,
    /// `@validate("crate::rules::strong")`: a function of the user's.
    Validate(String),
}

impl RuleKind {
    /// The code of a violation: the attribute's name.
    pub fn code(&self) -> &'static str {
        match self {
            RuleKind::Length { .. } => "length",
            RuleKind::Range { .. } => "range",
            RuleKind::Pattern(_) => "pattern",
            RuleKind::Email => "email",
            RuleKind::Url => "url",
            RuleKind::Ip => "ip",
            RuleKind::OneOf(_) => "one_of",
            RuleKind::NonEmpty => "non_empty",
            RuleKind::Trimmed => "trimmed",
            RuleKind::Validate(_) => "validate",
        }
    }
}
