//! What validation found, before anything was sent.

use std::borrow::Cow;
use std::fmt;

use super::{Error, Kind};

/// A rule of the schema that a row breaks.
///
/// It never holds the value that breaks it, unless the message of a function of the user's
/// (`@validate`) does.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Violation {
    /// Which of the rows of an `insert_many`, from 0; none where there is only one.
    pub row: Option<usize>,
    /// The field, as the schema names it; none for a `check`, which is over the row.
    pub field: Option<&'static str>,
    /// The rule: the attribute's name (`length`, `email`), or that of the constraint of a `check`.
    pub code: &'static str,
    /// What must be, to be said after the field's name: `must have 1 to 80 characters`.
    pub message: Cow<'static, str>,
}

impl Violation {
    /// A rule that a field breaks.
    pub fn of_field(
        field: &'static str,
        code: &'static str,
        message: impl Into<Cow<'static, str>>,
    ) -> Violation {
        Violation { row: None, field: Some(field), code, message: message.into() }
    }

    /// A rule over the row that is broken.
    pub fn of_row(code: &'static str, message: impl Into<Cow<'static, str>>) -> Violation {
        Violation { row: None, field: None, code, message: message.into() }
    }
}

/// The violation as a clause: `` `name` must have 1 to 80 characters ``.
impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(row) = self.row {
            write!(f, "row {row}: ")?;
        }
        if let Some(field) = self.field {
            write!(f, "`{field}` ")?;
        }
        f.write_str(&self.message)
    }
}

/// So many violations are told in an error's text; [`Error::violations`] has them all.
const TOLD: usize = 5;

/// The error of a write that rules refuse. There is at least one violation.
pub(super) fn error(violations: Vec<Violation>) -> Error {
    let told: Vec<String> = violations.iter().take(TOLD).map(Violation::to_string).collect();
    let more = match violations.len() - told.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let mut error = Error::new(Kind::Validation, told.join("; ") + &more);
    error.0.violations = violations;
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_names_the_first_ones() {
        let of = |row| Violation {
            row: Some(row),
            ..Violation::of_field("name", "non_empty", "must not be empty")
        };
        let error = Error::of_violations((0..7).map(of).collect());
        assert_eq!(error.kind(), Kind::Validation);
        let text = error.to_string();
        assert!(text.starts_with("row 0: `name` must not be empty; row 1: "), "{text}");
        assert!(text.ends_with("row 4: `name` must not be empty and 2 more"), "{text}");
        assert_eq!(error.violations().map(<[_]>::len), Some(7));
        let check = Error::of_violations(vec![Violation::of_row("dates", "`dates` does not hold")]);
        assert_eq!(check.with_operation("Post.create").to_string(), "Post.create: `dates` does not hold");
        assert_eq!(Error::new(Kind::Check, "no").violations(), None);
    }
}
