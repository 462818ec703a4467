//! Expressions to text.

use std::fmt::Write as _;

use super::{Bind, Writer};
use crate::Dialect;
use crate::expr::{ColumnRef, Expr, Kind, TextTest};
use crate::statement::Select;

/// Longer chains of `AND` and `OR` are written as halves.
const CHAIN: usize = 100;

impl<'a, V> Writer<'a, V> {
    pub(super) fn expr(&mut self, expr: &'a Expr<V>) {
        match expr {
            Expr::Column(column) => self.column(column),
            Expr::Value(value) => self.bind(Bind::One(value)),
            Expr::Typed(value, kind) => self.typed(value, *kind),
            Expr::Next(column) => {
                self.column(column);
                self.push(" + 1");
            }
            Expr::All(all) if all.is_empty() => self.push("(1 = 1)"),
            Expr::Any(any) if any.is_empty() => self.push("(1 = 0)"),
            Expr::All(all) => self.group(all, " AND "),
            Expr::Any(any) => self.group(any, " OR "),
            Expr::Not(inner) => {
                self.push("(NOT ");
                self.expr(inner);
                self.push(")");
            }
            Expr::Compare(comparison, sides) => {
                let [left, right] = &**sides;
                self.operand(left);
                self.push(" ");
                self.push(comparison.sql());
                self.push(" ");
                self.operand(right);
            }
            Expr::IsNull(inner) => self.suffixed(inner, " IS NULL"),
            Expr::IsNotNull(inner) => self.suffixed(inner, " IS NOT NULL"),
            Expr::Same(left, right) => self.same(left, right),
            Expr::Exists(select) => self.exists(select),
            Expr::Query(select) => self.query(select),
            Expr::InQuery(inner, select) => {
                self.suffixed(inner, " IN ");
                self.query(select);
            }
            Expr::In(inner, values) => self.member(inner, values, true),
            Expr::NotIn(inner, values) => self.member(inner, values, false),
            Expr::InSelect(columns, select) => self.in_select(columns, select),
            Expr::Text(test, inner, value) => self.text_test(*test, inner, value),
            Expr::TextOf(test, inner, of) => self.text_test_of(*test, inner, of),
            Expr::Arithmetic(..) | Expr::Negate(..) | Expr::Abs(..) | Expr::Widen { .. } => {
                self.number(expr);
            }
            Expr::Call(call, arguments) => {
                let arguments: Vec<String> = arguments.iter().map(|one| self.captured(one)).collect();
                let words = call.words(self.dialect, &arguments);
                self.push(&words);
            }
            Expr::Case(branches, last) => self.case(branches, last.as_deref()),
            Expr::Rank(inner, labels) => self.rank(inner, labels),
            Expr::Aggregate(aggregate) => self.aggregate(aggregate, None),
            Expr::Window(window) => self.window(window),
            Expr::Key(place) => self.key(usize::from(*place)),
            Expr::General(inner, kind) => match self.dialect {
                Dialect::Sqlite => self.expr(inner),
                Dialect::Postgres => {
                    self.push("CAST(");
                    self.expr(inner);
                    _ = write!(self.out, " AS {})", kind.postgres());
                }
            },
        }
    }

    fn group(&mut self, terms: &'a [Expr<V>], between: &str) {
        self.push("(");
        self.terms(terms, between);
        self.push(")");
    }

    /// SQLite bounds the depth of expressions, and takes a chain for a tree that leans to one side:
    /// a long one is written as halves.
    pub(super) fn terms(&mut self, terms: &'a [Expr<V>], between: &str) {
        if terms.len() > CHAIN {
            let (left, right) = terms.split_at(terms.len() / 2);
            self.group(left, between);
            self.push(between);
            return self.group(right, between);
        }
        for (place, term) in terms.iter().enumerate() {
            if place > 0 {
                self.push(between);
            }
            self.expr(term);
        }
    }

    /// In parentheses, where it is made of operators.
    fn operand(&mut self, expr: &'a Expr<V>) {
        let is_condition = matches!(
            expr,
            Expr::Compare(..)
                | Expr::IsNull(_)
                | Expr::IsNotNull(_)
                | Expr::In(..)
                | Expr::NotIn(..)
                | Expr::InSelect(..)
                | Expr::InQuery(..)
                | Expr::Same(..)
                | Expr::Text(..)
                | Expr::TextOf(..)
        );
        if is_condition {
            self.push("(");
        }
        self.expr(expr);
        if is_condition {
            self.push(")");
        }
    }

    /// What `write` writes, by itself.
    fn capture(&mut self, write: impl FnOnce(&mut Self)) -> String {
        let outer = std::mem::take(&mut self.out);
        write(self);
        std::mem::replace(&mut self.out, outer)
    }

    /// The text of an expression, which may stand in several places: placeholders have numbers.
    pub(super) fn captured(&mut self, expr: &'a Expr<V>) -> String {
        self.capture(|this| this.expr(expr))
    }

    fn typed(&mut self, value: &'a V, kind: Kind) {
        self.bind(match (kind, self.dialect) {
            (Kind::Member, Dialect::Sqlite) => Bind::Member(value),
            _ => Bind::One(value),
        });
        if self.dialect == Dialect::Postgres {
            _ = write!(self.out, "::{}", kind.postgres());
        }
    }

    fn query(&mut self, select: &'a Select<V>) {
        self.push("(");
        self.select(select);
        self.push(")");
    }

    fn same(&mut self, left: &'a Expr<V>, right: &'a Expr<V>) {
        self.operand(left);
        self.push(match self.dialect {
            Dialect::Postgres => " IS NOT DISTINCT FROM ",
            Dialect::Sqlite => " IS ",
        });
        self.operand(right);
    }

    fn case(&mut self, branches: &'a [(Expr<V>, Expr<V>)], last: Option<&'a Expr<V>>) {
        self.push("CASE");
        for (when, then) in branches {
            self.push(" WHEN ");
            self.expr(when);
            self.push(" THEN ");
            self.expr(then);
        }
        if let Some(last) = last {
            self.push(" ELSE ");
            self.expr(last);
        }
        self.push(" END");
    }

    fn suffixed(&mut self, inner: &'a Expr<V>, suffix: &str) {
        self.operand(inner);
        self.push(suffix);
    }

    fn member(&mut self, inner: &'a Expr<V>, values: &'a [V], inside: bool) {
        self.operand(inner);
        self.push(match (self.dialect, inside) {
            (Dialect::Postgres, true) => " = ANY(",
            (Dialect::Postgres, false) => " <> ALL(",
            (Dialect::Sqlite, true) => " IN (SELECT value FROM rarray(",
            (Dialect::Sqlite, false) => " NOT IN (SELECT value FROM rarray(",
        });
        self.bind(Bind::Set(values));
        self.push(if self.dialect == Dialect::Sqlite { "))" } else { ")" });
    }

    fn in_select(&mut self, columns: &'a [ColumnRef], select: &'a Select<V>) {
        self.push("(");
        self.list(columns.iter(), Self::column);
        self.push(") IN (");
        self.select(select);
        self.push(")");
    }

    fn text_test(&mut self, test: TextTest, inner: &'a Expr<V>, value: &'a V) {
        match (test, self.dialect) {
            (TextTest::Contains, Dialect::Postgres) => {
                self.call("strpos(", inner, Bind::One(value));
                self.push(" > 0");
            }
            (TextTest::Contains, Dialect::Sqlite) => {
                self.call("instr(", inner, Bind::One(value));
                self.push(" > 0");
            }
            (TextTest::StartsWith, Dialect::Postgres) => self.call("starts_with(", inner, Bind::One(value)),
            (TextTest::StartsWith, Dialect::Sqlite) => {
                self.octets(inner);
                let place = self.place(Bind::One(value));
                _ = write!(self.out, ", 2, octet_length(?{place})) = CAST(?{place} AS BLOB)");
            }
            (TextTest::EndsWith, Dialect::Postgres) => {
                self.push("right(");
                self.expr(inner);
                let place = self.place(Bind::One(value));
                _ = write!(self.out, ", length(${place}::text)) = ${place}::text");
            }
            (TextTest::EndsWith, Dialect::Sqlite) => {
                self.octets(inner);
                self.push(", max(2, octet_length(");
                self.expr(inner);
                let place = self.place(Bind::One(value));
                _ = write!(self.out, ") + 2 - octet_length(?{place}))) = CAST(?{place} AS BLOB)");
            }
            (TextTest::Like, Dialect::Postgres) => {
                self.expr(inner);
                self.push(" LIKE ");
                self.bind(Bind::One(value));
            }
            (TextTest::Like, Dialect::Sqlite) => {
                self.expr(inner);
                self.push(" GLOB ");
                self.bind(Bind::Pattern(value));
            }
        }
    }

    /// A pattern is no value here, and SQLite's `GLOB` has others: it is only bound as one.
    fn text_test_of(&mut self, test: TextTest, inner: &'a Expr<V>, of: &'a Expr<V>) {
        let (text, of) = (self.captured(inner), self.captured(of));
        _ = match (test, self.dialect) {
            (TextTest::Contains, Dialect::Postgres) => write!(self.out, "strpos({text}, {of}) > 0"),
            (TextTest::Contains, Dialect::Sqlite) => write!(self.out, "instr({text}, {of}) > 0"),
            (TextTest::StartsWith, Dialect::Postgres) => write!(self.out, "starts_with({text}, {of})"),
            (TextTest::StartsWith, Dialect::Sqlite) => {
                write!(self.out, "substr({text}, 1, length({of})) = {of}")
            }
            (TextTest::EndsWith, Dialect::Postgres) => {
                write!(self.out, "right({text}, length({of})) = ({of})")
            }
            (TextTest::EndsWith, Dialect::Sqlite) => {
                write!(self.out, "substr({text}, length({text}) + 1 - length({of})) = ({of})")
            }
            (TextTest::Like, Dialect::Postgres) => write!(self.out, "({text}) LIKE ({of})"),
            (TextTest::Like, Dialect::Sqlite) => write!(self.out, "({text}) GLOB ({of})"),
        };
    }

    /// The start of a `substr` of a text's octets, the first of which is the second here: for SQLite's
    /// functions a text ends where it has a NUL, and of no octets they make null.
    fn octets(&mut self, inner: &'a Expr<V>) {
        self.push("substr(CAST('.' || ");
        self.expr(inner);
        self.push(" AS BLOB)");
    }

    fn call(&mut self, name: &str, inner: &'a Expr<V>, value: Bind<'a, V>) {
        self.push(name);
        self.expr(inner);
        self.push(", ");
        self.bind(value);
        self.push(")");
    }

    fn rank(&mut self, inner: &'a Expr<V>, labels: &[&str]) {
        if self.dialect == Dialect::Postgres {
            return self.expr(inner);
        }
        self.push("CASE ");
        self.expr(inner);
        for (place, label) in labels.iter().enumerate() {
            _ = write!(self.out, " WHEN {} THEN {place}", crate::text(label));
        }
        self.push(" END");
    }
}
