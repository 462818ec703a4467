//! Arithmetic to text.
//!
//! What leaves its type is an error, in both dialects. PostgreSQL sees to that by itself. SQLite's
//! numbers have no types: beside each operation stands a guard, a condition that is true when the
//! result has left its type, and the whole of what is computed together is an error where one is.

use std::fmt::Write as _;

use super::Writer;
use crate::Dialect;
use crate::compute::{Arithmetic, Number};
use crate::expr::Expr;

/// The only thing that SQLite refuses to compute: "integer overflow".
pub const FAILS: &str = "abs(-9223372036854775807 - 1)";

/// The largest finite number.
const LARGEST: &str = "1.7976931348623157e308";

/// What is true in SQLite when the value of `text` has left an integer's type.
pub fn integer_guard(number: Number, text: &str) -> Option<String> {
    match number {
        Number::I16 => Some(format!("{text} NOT BETWEEN {} AND {}", i16::MIN, i16::MAX)),
        Number::I32 => Some(format!("{text} NOT BETWEEN {} AND {}", i32::MIN, i32::MAX)),
        Number::I64 | Number::Decimal(_) => Some(format!("typeof({text}) = 'real'")),
        Number::Double => None,
    }
}

/// What is true in SQLite when `text`, which computes `a` and `b` as doubles, has left the type: by
/// growing too large, or by vanishing.
pub fn double_guards(operator: Arithmetic, text: &str, a: &str, b: &str) -> Vec<String> {
    let large = || format!("abs({text}) > {LARGEST}");
    match operator {
        Arithmetic::Add | Arithmetic::Subtract => vec![large()],
        Arithmetic::Multiply | Arithmetic::Divide => {
            vec![large(), format!("({text}) = 0.0 AND {a} <> 0.0 AND {b} <> 0.0")]
        }
        Arithmetic::Remainder => Vec::new(),
    }
}

impl Arithmetic {
    /// The operator in SQL.
    pub fn sql(self) -> &'static str {
        match self {
            Arithmetic::Add => "+",
            Arithmetic::Subtract => "-",
            Arithmetic::Multiply => "*",
            Arithmetic::Divide => "/",
            Arithmetic::Remainder => "%",
        }
    }
}

impl<'a, V> Writer<'a, V> {
    /// A number that is computed, with the guards of all that is computed for it.
    pub(super) fn number(&mut self, expr: &'a Expr<V>) {
        let outer = std::mem::take(&mut self.guards);
        let text = self.computed(expr);
        let guards = std::mem::replace(&mut self.guards, outer);
        if guards.is_empty() {
            self.push(&text);
        } else {
            _ = write!(self.out, "CASE WHEN {} THEN {FAILS} ELSE {text} END", guards.join(" OR "));
        }
    }

    fn computed(&mut self, expr: &'a Expr<V>) -> String {
        match expr {
            Expr::Arithmetic(operator, number, left, right) => {
                let (left, right) = (self.computed(left), self.computed(right));
                self.operation(*operator, *number, &left, &right)
            }
            Expr::Negate(number, of) => {
                let text = format!("(-{})", self.computed(of));
                self.guard(*number, &text);
                text
            }
            Expr::Abs(number, of) => {
                let text = format!("abs({})", self.computed(of));
                // `abs` of the smallest `BigInt` fails by itself.
                if matches!(number, Number::I16 | Number::I32) {
                    self.guard(*number, &text);
                }
                text
            }
            Expr::Widen { of, from, to } => {
                let text = self.computed(of);
                self.widened(text, *from, *to)
            }
            Expr::Column(_) | Expr::Value(_) | Expr::Typed(..) | Expr::Query(_) => self.captured(expr),
            other => format!("({})", self.captured(other)),
        }
    }

    fn operation(&mut self, operator: Arithmetic, number: Number, a: &str, b: &str) -> String {
        let sign = operator.sql();
        match (self.dialect, operator) {
            // Division by zero is null.
            (Dialect::Postgres, Arithmetic::Divide | Arithmetic::Remainder) => {
                format!("({a} {sign} NULLIF({b}, 0))")
            }
            (Dialect::Postgres, Arithmetic::Add | Arithmetic::Subtract | Arithmetic::Multiply) => {
                format!("({a} {sign} {b})")
            }
            (Dialect::Sqlite, _) => {
                let text = format!("({a} {sign} {b})");
                match number {
                    Number::Double => self.guards.extend(double_guards(operator, &text, a, b)),
                    _ if operator == Arithmetic::Remainder => {}
                    number => self.guard(number, &text),
                }
                text
            }
        }
    }

    fn guard(&mut self, number: Number, text: &str) {
        if self.dialect == Dialect::Sqlite {
            self.guards.extend(integer_guard(number, text));
        }
    }

    fn widened(&mut self, text: String, from: Number, to: Number) -> String {
        match (self.dialect, from, to) {
            (Dialect::Postgres, Number::Decimal(_), Number::Decimal(_)) => text,
            (Dialect::Postgres, _, Number::Decimal(_)) => format!("({text})::numeric"),
            (Dialect::Postgres, _, Number::Double) => format!("({text})::double precision"),
            (Dialect::Postgres, _, Number::I64) => format!("({text})::bigint"),
            (Dialect::Postgres, _, Number::I32) => format!("({text})::integer"),
            (Dialect::Postgres, _, Number::I16) => format!("({text})::smallint"),
            (Dialect::Sqlite, _, Number::Double) => format!("CAST({text} AS REAL)"),
            (Dialect::Sqlite, from, Number::Decimal(scale)) => {
                let digits = if let Number::Decimal(from) = from { from } else { 0 };
                let Some(unit) = 10i64.checked_pow(scale.saturating_sub(digits)) else { return text };
                if unit == 1 {
                    return text;
                }
                let scaled = format!("({text} * {unit})");
                self.guard(to, &scaled);
                scaled
            }
            (Dialect::Sqlite, _, Number::I16 | Number::I32 | Number::I64) => text,
        }
    }
}
