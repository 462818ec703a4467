//! Expressions in PostgreSQL's words. What it computes in another way than the language says (the
//! order of texts, division by zero) is said so that it does not.

use rex_sql::{Arithmetic, Function, ident, text as quoted};

use super::{render, types};
use crate::model::{Comparison, Expr, Model, Node, Scalar, Schema, Type, Value, ValueType};

/// The expression over the columns of a row.
pub(super) fn text(schema: &Schema, model: &Model, expr: &Expr) -> String {
    Writer { schema, model }.expr(expr)
}

struct Writer<'a> {
    schema: &'a Schema,
    model: &'a Model,
}

impl Writer<'_> {
    fn expr(&self, expr: &Expr) -> String {
        match &expr.node {
            Node::Null => format!("NULL::{}", self.ty(expr.ty)),
            Node::Value(value) => self.constant(expr.ty, value),
            Node::Column(place) => ident(&self.model.columns[*place].name),
            Node::Widen(inner) => self.widened(inner, expr.ty),
            Node::Not(inner) => format!("NOT {}", self.operand(inner)),
            Node::All(list) => self.chain(list, " AND "),
            Node::Any(list) => self.chain(list, " OR "),
            Node::Compare(comparison, left, right) => self.compare(*comparison, left, right),
            Node::IsNull(inner) => format!("{} IS NULL", self.operand(inner)),
            Node::IsNotNull(inner) => format!("{} IS NOT NULL", self.operand(inner)),
            Node::In(inner, list) => self.member(inner, list),
            Node::Negate(inner) => format!("-{}", self.operand(inner)),
            Node::Arithmetic(operator, left, right) => self.arithmetic(*operator, left, right),
            Node::Call(function, arguments) => self.call(*function, arguments, expr.ty),
        }
    }

    /// In parentheses, unless it binds tighter than any operator.
    fn operand(&self, expr: &Expr) -> String {
        let text = self.expr(expr);
        if is_atom(expr) { text } else { format!("({text})") }
    }

    /// A side of a comparison, where integers of all sizes compare as they are.
    fn side(&self, expr: &Expr) -> String {
        match &expr.node {
            Node::Widen(inner) if is_integer(expr.ty) => self.side(inner),
            Node::Call(Function::Length, arguments) => self.length(arguments),
            Node::Value(Value::Int(number)) if *number >= 0 => number.to_string(),
            _ => self.operand(expr),
        }
    }

    fn widened(&self, inner: &Expr, ty: ValueType) -> String {
        let is_decimal = |ty: ValueType| matches!(ty.ty, Type::Scalar(Scalar::Decimal { .. }));
        match (is_decimal(inner.ty), is_decimal(ty)) {
            (true, _) => self.expr(inner),
            (false, true) => format!("{}::numeric", self.operand(inner)),
            (false, false) => format!("{}::{}", self.operand(inner), self.ty(ty)),
        }
    }

    fn chain(&self, list: &[Expr], between: &str) -> String {
        let term = |expr: &Expr| match expr.node {
            Node::All(_) | Node::Any(_) => format!("({})", self.expr(expr)),
            _ => self.expr(expr),
        };
        list.iter().map(term).collect::<Vec<_>>().join(between)
    }

    /// Texts are equal when their bytes are; their order depends on a collation.
    fn compare(&self, comparison: Comparison, left: &Expr, right: &Expr) -> String {
        let is_order = !matches!(comparison, Comparison::Equal | Comparison::NotEqual);
        let collation = if is_order && is_text(left.ty) { " COLLATE \"C\"" } else { "" };
        format!("{}{collation} {} {}", self.side(left), comparison.sql(), self.side(right))
    }

    /// An array's elements are all computed, where `IN` stops at the first that is equal.
    fn member(&self, inner: &Expr, list: &[Expr]) -> String {
        let constant = list.iter().all(|one| matches!(one.node, Node::Value(_)));
        match constant {
            true => {
                let list: Vec<String> = list.iter().map(|one| self.side(one)).collect();
                format!("{} IN ({})", self.side(inner), list.join(", "))
            }
            false => {
                let list: Vec<String> = list.iter().map(|one| self.expr(one)).collect();
                format!("{} = ANY (ARRAY[{}])", self.operand(inner), list.join(", "))
            }
        }
    }

    fn arithmetic(&self, operator: Arithmetic, left: &Expr, right: &Expr) -> String {
        let by = match operator {
            Arithmetic::Add | Arithmetic::Subtract | Arithmetic::Multiply => self.operand(right),
            Arithmetic::Divide | Arithmetic::Remainder => self.divisor(right),
        };
        format!("{} {} {by}", self.operand(left), operator.sql())
    }

    /// Division by zero is null.
    fn divisor(&self, expr: &Expr) -> String {
        match is_zero(expr) {
            Some(false) => self.operand(expr),
            _ => format!("NULLIF({}, 0)", self.expr(expr)),
        }
    }

    fn call(&self, function: Function, arguments: &[Expr], ty: ValueType) -> String {
        let list = || arguments.iter().map(|one| self.expr(one)).collect::<Vec<_>>().join(", ");
        let first = || arguments.first().map(|one| self.operand(one)).unwrap_or_default();
        match function {
            Function::Length => format!("{}::bigint", self.length(arguments)),
            Function::Lower => format!("lower({} COLLATE \"C\")", first()),
            Function::Upper => format!("upper({} COLLATE \"C\")", first()),
            Function::Trim => format!("btrim({})", list()),
            Function::Concat => {
                arguments.iter().map(|one| self.operand(one)).collect::<Vec<_>>().join(" || ")
            }
            Function::StartsWith => format!("starts_with({})", list()),
            Function::Contains => format!("strpos({}) > 0", list()),
            Function::Abs => format!("abs({})", list()),
            Function::Coalesce => format!("COALESCE({})", list()),
            Function::Now => match ty.ty {
                Type::Scalar(Scalar::LocalDateTime) => "(now() AT TIME ZONE 'utc')".to_owned(),
                Type::Scalar(Scalar::Time) => "((now() AT TIME ZONE 'utc')::time)".to_owned(),
                Type::Scalar(_) | Type::Enum(_) => "now()".to_owned(),
            },
            Function::Today => "((now() AT TIME ZONE 'utc')::date)".to_owned(),
        }
    }

    fn length(&self, arguments: &[Expr]) -> String {
        let Some(of) = arguments.first() else { return String::new() };
        let function = match of.ty {
            ValueType { list: true, .. } => "cardinality",
            ValueType { ty: Type::Scalar(Scalar::Bytes), .. } => "octet_length",
            ValueType { .. } => "length",
        };
        format!("{function}({})", self.expr(of))
    }

    fn ty(&self, ty: ValueType) -> String {
        render::ty(&types::of(self.schema, ty.ty, ty.list))
    }

    /// A constant with its type, but for texts, and for numbers that have it already.
    fn constant(&self, ty: ValueType, value: &Value) -> String {
        let plain = |text: String, is_plain: bool| match is_plain {
            true => text,
            false => format!("'{text}'::{}", self.ty(ty)),
        };
        match value {
            Value::Bool(value) => value.to_string(),
            Value::Int(number) => {
                let is_smallint = ty.ty == Type::Scalar(Scalar::SmallInt);
                plain(number.to_string(), *number >= 0 && !is_smallint)
            }
            Value::Float(number) if ty.ty == Type::Scalar(Scalar::Float) => {
                plain(format!("{:?}", *number as f32), false)
            }
            Value::Float(number) => plain(format!("{number:?}"), false),
            Value::Decimal(digits) => {
                let digits = crate::decimal::fixed(digits, crate::lower::scale(ty.ty));
                if digits.starts_with('-') { format!("'{digits}'::numeric") } else { digits }
            }
            Value::String(value) => quoted(value),
            _ => {
                format!("{}::{}", render::constant(&types::constant(self.schema, ty.ty, value)), self.ty(ty))
            }
        }
    }
}

fn is_text(ty: ValueType) -> bool {
    matches!(ty, ValueType { ty: Type::Scalar(Scalar::String { .. }), list: false })
}

fn is_integer(ty: ValueType) -> bool {
    matches!(ty.ty, Type::Scalar(scalar) if scalar.is_integer())
}

/// Whether a constant is zero; none for what is no constant.
fn is_zero(expr: &Expr) -> Option<bool> {
    match &expr.node {
        Node::Value(Value::Int(number)) => Some(*number == 0),
        Node::Value(Value::Float(number)) => Some(*number == 0.0),
        Node::Value(Value::Decimal(digits)) => Some(digits.bytes().all(|b| matches!(b, b'0' | b'.' | b'-'))),
        _ => None,
    }
}

/// Whether it needs no parentheses as an operand.
fn is_atom(expr: &Expr) -> bool {
    match &expr.node {
        Node::Null | Node::Value(_) | Node::Column(_) => true,
        Node::Call(Function::Concat | Function::Contains, _) => false,
        Node::Call(..) => true,
        Node::Widen(inner) => match (inner.ty.ty, expr.ty.ty) {
            (Type::Scalar(Scalar::Decimal { .. }), _) => is_atom(inner),
            _ => true,
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
