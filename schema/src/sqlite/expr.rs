//! Expressions in SQLite's words.
//!
//! SQLite's numbers have no types of their own: an integer that grows too large becomes a floating
//! point number, and `SmallInt` and `Int` have no limits. So arithmetic is *guarded*: beside each
//! operation stands a condition that is true when its result has left its type, and where one is,
//! the whole is an error. A guard covers as much of the expression as is computed whenever the
//! operation is: up to the next `AND`, `OR` or `coalesce`, which compute their later operands only
//! when they need them.

use rex_sql::{Arithmetic, FAILS, Function, Number, double_guards, ident, integer_guard};

use super::{render, types};
use crate::model::{Comparison, Expr, Model, Node, Scalar, Schema, Type, Value, ValueType};

/// The expression over the columns of a row.
pub(super) fn text(schema: &Schema, model: &Model, expr: &Expr) -> String {
    Writer { schema, model, guards: Vec::new() }.closed(expr)
}

struct Writer<'a> {
    schema: &'a Schema,
    model: &'a Model,
    /// What is true when something has left its type.
    guards: Vec<String>,
}

impl Writer<'_> {
    /// With the guards of all that is in it.
    fn closed(&mut self, expr: &Expr) -> String {
        let outer = std::mem::take(&mut self.guards);
        let text = self.expr(expr);
        let guards = std::mem::replace(&mut self.guards, outer);
        if guards.is_empty() {
            return text;
        }
        format!("CASE WHEN {} THEN {FAILS} ELSE {text} END", guards.join(" OR "))
    }

    fn expr(&mut self, expr: &Expr) -> String {
        match &expr.node {
            Node::Null => "NULL".to_owned(),
            Node::Value(value) => self.constant(expr.ty, value),
            Node::Column(place) => ident(&self.model.columns[*place].name),
            Node::Widen(inner) => self.widened(inner, expr.ty),
            Node::Not(inner) => format!("NOT {}", self.operand(inner)),
            Node::All(list) => self.chain(list, true),
            Node::Any(list) => self.chain(list, false),
            Node::Compare(comparison, left, right) => self.compare(*comparison, left, right),
            Node::IsNull(inner) => format!("{} IS NULL", self.operand(inner)),
            Node::IsNotNull(inner) => format!("{} IS NOT NULL", self.operand(inner)),
            Node::In(inner, list) => {
                let inner = self.operand(inner);
                let list: Vec<String> = list.iter().map(|one| self.expr(one)).collect();
                format!("{inner} IN ({})", list.join(", "))
            }
            Node::Negate(inner) => {
                let text = format!("-{}", self.operand(inner));
                self.guard_integer(expr.ty, &text);
                text
            }
            Node::Arithmetic(operator, left, right) => self.arithmetic(*operator, left, right, expr.ty),
            Node::Call(function, arguments) => self.call(*function, arguments, expr.ty),
        }
    }

    /// In parentheses, unless it binds tighter than any operator.
    fn operand(&mut self, expr: &Expr) -> String {
        let text = self.expr(expr);
        if is_atom(expr) && !text.starts_with('-') { text } else { format!("({text})") }
    }

    fn widened(&mut self, inner: &Expr, ty: ValueType) -> String {
        let Type::Scalar(to) = ty.ty else { return self.expr(inner) };
        match (inner.ty.ty, to) {
            (Type::Scalar(Scalar::Float), _) => self.expr(inner),
            (_, Scalar::Double) => format!("CAST({} AS REAL)", self.expr(inner)),
            (from, Scalar::Decimal { scale, .. }) => {
                let more = u32::from(scale - crate::lower::scale(from));
                match 10i64.checked_pow(more) {
                    Some(1) => self.expr(inner),
                    power => format!("{} * {}", self.operand(inner), power.expect(types::DECIMAL)),
                }
            }
            _ => self.expr(inner),
        }
    }

    /// `AND` or `OR`. SQLite may compute all operands: where one can fail, those before it stand in
    /// a `CASE`, so that it is computed only if they leave it open.
    fn chain(&mut self, list: &[Expr], all: bool) -> String {
        let (between, decides, open) = if all { (" AND ", "0", "1") } else { (" OR ", "1", "0") };
        let mut terms = Vec::with_capacity(list.len());
        for (at, one) in list.iter().enumerate() {
            let text = if at == 0 { self.expr(one) } else { self.closed(one) };
            let is_chain = matches!(one.node, Node::All(_) | Node::Any(_));
            terms.push(if is_chain { format!("({text})") } else { text });
        }
        let plain = terms.join(between);
        let Some(last) = list.iter().skip(1).rposition(can_fail) else { return plain };
        if let [left, right] = terms.as_slice()
            && right.len() < left.len()
        {
            return format!(
                "CASE ({left}) WHEN {decides} THEN {decides} WHEN {open} THEN {right} \
                 ELSE nullif({right}, {open}) END"
            );
        }
        let test = |term: &String| match all {
            true => format!("WHEN NOT ({term}) THEN 0"),
            false => format!("WHEN {term} THEN 1"),
        };
        let tests: Vec<String> = terms[..=last].iter().map(test).collect();
        format!("CASE {} ELSE {plain} END", tests.join(" "))
    }

    fn compare(&mut self, comparison: Comparison, left: &Expr, right: &Expr) -> String {
        let by_rank = !matches!(comparison, Comparison::Equal | Comparison::NotEqual);
        let (left, right) = match by_rank {
            true => (self.ranked(left), self.ranked(right)),
            false => (self.operand(left), self.operand(right)),
        };
        format!("{left} {} {right}", comparison.sql())
    }

    /// The place of an enum's variant in declared order; any other value as it is.
    fn ranked(&mut self, expr: &Expr) -> String {
        let Type::Enum(id) = expr.ty.ty else { return self.operand(expr) };
        if let Node::Value(Value::Variant(place)) = &expr.node {
            return place.to_string();
        }
        let mut text = format!("CASE {}", self.operand(expr));
        for (place, variant) in self.schema[id].variants.iter().enumerate() {
            text += &format!(" WHEN {} THEN {place}", rex_sql::text(&variant.label));
        }
        text + " END"
    }

    fn arithmetic(&mut self, operator: Arithmetic, left: &Expr, right: &Expr, ty: ValueType) -> String {
        let (a, b) = (self.operand(left), self.operand(right));
        let text = format!("{a} {} {b}", operator.sql());
        let is_double = ty == ValueType::of(Scalar::Double);
        match operator {
            _ if is_double => self.guards.extend(double_guards(operator, &text, &a, &b)),
            Arithmetic::Remainder => {}
            // Only the smallest number by -1 is too large.
            Arithmetic::Divide if divides_safely(right) => {}
            Arithmetic::Add | Arithmetic::Subtract | Arithmetic::Multiply | Arithmetic::Divide => {
                self.guard_integer(ty, &text);
            }
        }
        text
    }

    /// Decimals need none: the checker lets in no more digits than an integer holds.
    fn guard_integer(&mut self, ty: ValueType, text: &str) {
        let number = match ty.ty {
            Type::Scalar(Scalar::SmallInt) => Number::I16,
            Type::Scalar(Scalar::Int) => Number::I32,
            Type::Scalar(Scalar::BigInt) => Number::I64,
            Type::Scalar(_) | Type::Enum(_) => return,
        };
        self.guards.extend(integer_guard(number, text));
    }

    fn call(&mut self, function: Function, arguments: &[Expr], ty: ValueType) -> String {
        if function == Function::Coalesce {
            let list = arguments.iter().enumerate();
            let list: Vec<String> =
                list.map(|(at, one)| if at == 0 { self.expr(one) } else { self.closed(one) }).collect();
            return format!("coalesce({})", list.join(", "));
        }
        let is_list = arguments.first().is_some_and(|one| one.ty.list);
        let operands: Vec<String> = match function {
            Function::Concat => arguments.iter().map(|one| self.operand(one)).collect(),
            _ => arguments.iter().map(|one| self.expr(one)).collect(),
        };
        let list = operands.join(", ");
        match function {
            Function::Length if is_list => format!("json_array_length({list})"),
            Function::Length => format!("length({list})"),
            Function::Lower => format!("lower({list})"),
            Function::Upper => format!("upper({list})"),
            Function::Trim => format!("trim({list})"),
            Function::Concat => operands.join(" || "),
            Function::StartsWith => format!("instr({list}) = 1"),
            Function::Contains => format!("instr({list}) > 0"),
            Function::Abs => {
                let text = format!("abs({list})");
                // `abs` of the smallest `BigInt` fails by itself.
                if ty != ValueType::of(Scalar::BigInt) {
                    self.guard_integer(ty, &text);
                }
                text
            }
            Function::Coalesce => unreachable!("written above"),
            Function::Now => render::default(&types::now(ty.ty)),
            Function::Today => render::default(&types::Default::Today),
        }
    }

    fn constant(&self, ty: ValueType, value: &Value) -> String {
        render::constant(&types::constant(self.schema, ty.ty, value))
    }
}

/// Whether it needs no parentheses as an operand, unless it is a negative number.
fn is_atom(expr: &Expr) -> bool {
    match &expr.node {
        Node::Null | Node::Value(_) | Node::Column(_) => true,
        Node::Call(function, _) => {
            !matches!(function, Function::Concat | Function::StartsWith | Function::Contains)
        }
        Node::Widen(inner) => match (inner.ty.ty, expr.ty.ty) {
            (Type::Scalar(Scalar::Float), _) => is_atom(inner),
            (_, Type::Scalar(Scalar::Double)) => true,
            (from, to) => crate::lower::scale(from) == crate::lower::scale(to) && is_atom(inner),
        },
        Node::Not(_)
        | Node::All(_)
        | Node::Any(_)
        | Node::Compare(..)
        | Node::IsNull(_)
        | Node::IsNotNull(_)
        | Node::In(..)
        | Node::Negate(_)
        | Node::Arithmetic(..) => false,
    }
}

fn divides_safely(divisor: &Expr) -> bool {
    matches!(divisor.node, Node::Value(Value::Int(number)) if number != -1)
}

/// Whether computing it can be an error.
pub(super) fn can_fail(expr: &Expr) -> bool {
    match &expr.node {
        Node::Arithmetic(..) | Node::Negate(_) | Node::Call(Function::Abs, _) => true,
        Node::Null | Node::Value(_) | Node::Column(_) => false,
        Node::Widen(one) | Node::Not(one) | Node::IsNull(one) | Node::IsNotNull(one) => can_fail(one),
        Node::All(list) | Node::Any(list) | Node::Call(_, list) => list.iter().any(can_fail),
        Node::Compare(_, left, right) => can_fail(left) || can_fail(right),
        Node::In(one, list) => can_fail(one) || list.iter().any(can_fail),
    }
}
