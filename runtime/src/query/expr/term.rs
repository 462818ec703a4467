//! Expressions without their Rust types, and what is made of them: not generic, so that it is compiled
//! once.

use rex_sql::{Call, Comparison, Expr, Kind, Number, TextTest};

use super::Side;
use crate::meta::Type;
use crate::value::Value;

/// An expression, what it gives in the schema's terms, and whether that may be null.
#[derive(Clone, Debug)]
pub struct Term {
    pub(crate) expr: Expr<Value>,
    /// None if it is always null.
    pub(crate) ty: Option<Type>,
    pub(crate) nullable: bool,
}

impl Term {
    /// A value by itself.
    pub(crate) fn value(value: Value) -> Self {
        let (ty, nullable) = (type_of(&value), value == Value::Null);
        let expr = match ty.and_then(kind) {
            Some(kind) => Expr::Typed(value, kind),
            None => Expr::Value(value),
        };
        Term { expr, ty, nullable }
    }

    /// A value beside this one: of this one's type, if that has one.
    pub(crate) fn beside(&self, side: Side) -> Self {
        match side {
            Side::Term(term) => term,
            Side::Value(Value::Null) => {
                let expr = match self.ty.and_then(kind) {
                    Some(kind) => Expr::Typed(Value::Null, kind),
                    None => Expr::Value(Value::Null),
                };
                Term { expr, ty: self.ty, nullable: true }
            }
            Side::Value(value) => {
                let term = Term::value(value);
                // The labels of an enum, and what an empty list is of, its value does not tell.
                let ty = if is_number(term.ty) { term.ty } else { self.ty.or(term.ty) };
                Term { ty, ..term }
            }
        }
    }

    /// The function of this and further arguments; null when one of them is.
    pub(crate) fn call(self, call: Call, more: impl IntoIterator<Item = Term>, ty: Type) -> Self {
        let mut nullable = self.nullable;
        let mut arguments = vec![self.expr];
        for term in more {
            nullable |= term.nullable;
            arguments.push(term.expr);
        }
        Term { expr: Expr::Call(call, arguments), ty: Some(ty), nullable }
    }

    /// The same, and it may be null.
    pub(crate) fn or_null(self) -> Self {
        Term { nullable: true, ..self }
    }

    /// As it compares and sorts: an enum by the order in which its variants are declared.
    pub(crate) fn rank(self) -> Expr<Value> {
        match self.ty {
            Some(Type::Enum(labels)) => Expr::Rank(Box::new(self.expr), labels),
            _ => self.expr,
        }
    }

    /// What it is computed as.
    pub(crate) fn number(&self) -> Option<Number> {
        self.ty.and_then(number)
    }

    /// As a column of a type stores it.
    pub(crate) fn stored(self, ty: Type) -> Expr<Value> {
        match (self.number(), number(ty)) {
            // PostgreSQL rounds by itself, in the same way.
            (Some(Number::Decimal(from)), Some(Number::Decimal(to))) if from > to => {
                Expr::Call(Call::Round { from, to }, vec![self.expr])
            }
            (Some(_), Some(to)) => self.widen(to).expr,
            _ => self.expr,
        }
    }

    /// Computed as a wider type.
    pub(crate) fn widen(self, to: Number) -> Self {
        match self.number() {
            Some(from) if from != to => {
                let expr = Expr::Widen { of: Box::new(self.expr), from, to };
                Term { expr, ty: Some(type_of_number(to)), nullable: self.nullable }
            }
            _ => self,
        }
    }
}

/// Both as the wider of their types.
pub(crate) fn align(left: Term, right: Term) -> (Term, Term, Option<Number>) {
    let wider = match (left.number(), right.number()) {
        (Some(left), Some(right)) => wider(left, right),
        (one, other) => return (left, right, one.or(other)),
    };
    (left.widen(wider), right.widen(wider), Some(wider))
}

/// An exact number beside a floating one is computed as that.
fn wider(left: Number, right: Number) -> Number {
    match (left, right) {
        (Number::Double, _) | (_, Number::Double) => Number::Double,
        (Number::Decimal(left), Number::Decimal(right)) => Number::Decimal(left.max(right)),
        (Number::Decimal(scale), _) | (_, Number::Decimal(scale)) => Number::Decimal(scale),
        (Number::I64, _) | (_, Number::I64) => Number::I64,
        (Number::I32, _) | (_, Number::I32) => Number::I32,
        (Number::I16, Number::I16) => Number::I16,
    }
}

fn number(ty: Type) -> Option<Number> {
    match ty {
        Type::I16 => Some(Number::I16),
        Type::I32 => Some(Number::I32),
        Type::I64 => Some(Number::I64),
        Type::F32 | Type::F64 => Some(Number::Double),
        Type::Decimal { scale, .. } => Some(Number::Decimal(scale)),
        Type::Bool | Type::Text | Type::Bytes | Type::Uuid | Type::Date | Type::Time => None,
        Type::DateTime | Type::LocalDateTime | Type::Json | Type::Enum(_) | Type::List(_) => None,
    }
}

fn is_number(ty: Option<Type>) -> bool {
    ty.and_then(number).is_some()
}

/// The digits of what is computed are not counted: those behind the point are.
const DIGITS: u32 = 38;

pub(crate) fn type_of_number(number: Number) -> Type {
    match number {
        Number::I16 => Type::I16,
        Number::I32 => Type::I32,
        Number::I64 => Type::I64,
        Number::Double => Type::F64,
        Number::Decimal(scale) => Type::Decimal { precision: DIGITS, scale },
    }
}

/// What a value is; none for null, and where it does not tell.
fn type_of(value: &Value) -> Option<Type> {
    match value {
        Value::Null | Value::Unset | Value::Label(_) | Value::List(_) => None,
        Value::Bool(_) => Some(Type::Bool),
        Value::I16(_) => Some(Type::I16),
        Value::I32(_) => Some(Type::I32),
        Value::I64(_) => Some(Type::I64),
        Value::F32(_) => Some(Type::F32),
        Value::F64(_) => Some(Type::F64),
        Value::Text(_) => Some(Type::Text),
        Value::Bytes(_) => Some(Type::Bytes),
        Value::Uuid(_) => Some(Type::Uuid),
        Value::Decimal(number) | Value::BeyondScale { value: number, .. } => {
            Some(Type::Decimal { precision: DIGITS, scale: number.scale })
        }
        Value::Date(_) => Some(Type::Date),
        Value::Time(_) => Some(Type::Time),
        Value::DateTime(_) => Some(Type::DateTime),
        Value::LocalDateTime(_) => Some(Type::LocalDateTime),
        Value::Json(_) => Some(Type::Json),
    }
}

/// The type of PostgreSQL's that a value by itself is told to be of; none for enums and lists, whose
/// types are the schema's.
pub(crate) fn kind(ty: Type) -> Option<Kind> {
    match ty {
        Type::Bool => Some(Kind::Bool),
        Type::I16 => Some(Kind::I16),
        Type::I32 => Some(Kind::I32),
        Type::I64 => Some(Kind::I64),
        Type::F32 => Some(Kind::F32),
        Type::F64 => Some(Kind::F64),
        Type::Decimal { .. } => Some(Kind::Decimal),
        Type::Text => Some(Kind::Text),
        Type::Bytes => Some(Kind::Bytes),
        Type::Uuid => Some(Kind::Uuid),
        Type::Date => Some(Kind::Date),
        Type::Time => Some(Kind::Time),
        Type::DateTime => Some(Kind::DateTime),
        Type::LocalDateTime => Some(Kind::LocalDateTime),
        Type::Json => Some(Kind::Json),
        Type::Enum(_) | Type::List(_) => None,
    }
}

/// A comparison. With the value null, equality is a test for null.
pub(crate) fn compare(left: Term, comparison: Comparison, right: Side) -> Expr<Value> {
    let is_order = !matches!(comparison, Comparison::Equal | Comparison::NotEqual);
    match (comparison, right) {
        (Comparison::Equal, Side::Value(Value::Null)) => Expr::IsNull(Box::new(left.expr)),
        (Comparison::NotEqual, Side::Value(Value::Null)) => Expr::IsNotNull(Box::new(left.expr)),
        (_, Side::Value(value)) => match left.ty {
            Some(Type::Enum(labels)) if is_order => {
                left.rank().compare(comparison, Expr::Rank(Box::new(Expr::Value(value)), labels))
            }
            Some(ty) => left.expr.compare(comparison, Expr::Value(in_terms_of(ty, value))),
            None => left.expr.compare(comparison, Expr::Value(value)),
        },
        (_, Side::Term(right)) if is_order => {
            let (left, right, _) = align(left, right);
            left.rank().compare(comparison, right.rank())
        }
        (_, Side::Term(right)) => {
            let (left, right, _) = align(left, right);
            left.expr.compare(comparison, right.expr)
        }
    }
}

/// Nulls among the values are tested for apart: `IN` never finds one.
pub(crate) fn member(left: Term, values: Vec<Value>) -> Expr<Value> {
    let (values, has_null) = operands(&left, values);
    let member = Expr::In(Box::new(left.expr.clone()), values);
    if has_null { member.or(Expr::IsNull(Box::new(left.expr))) } else { member }
}

pub(crate) fn not_member(left: Term, values: Vec<Value>) -> Expr<Value> {
    let (values, has_null) = operands(&left, values);
    let other = Expr::NotIn(Box::new(left.expr.clone()), values);
    match (left.nullable, has_null) {
        (_, true) => other.and(Expr::IsNotNull(Box::new(left.expr))),
        (true, false) => other.or(Expr::IsNull(Box::new(left.expr))),
        (false, false) => other,
    }
}

fn operands(left: &Term, values: Vec<Value>) -> (Vec<Value>, bool) {
    let before = values.len();
    let in_terms = |value| left.ty.map_or_else(|| Value::clone(&value), |ty| in_terms_of(ty, value.clone()));
    let values: Vec<Value> = values.into_iter().filter(|value| *value != Value::Null).map(in_terms).collect();
    let has_null = values.len() < before;
    (values, has_null)
}

/// A value in the terms of what it is compared with.
pub(crate) fn in_terms_of(ty: Type, value: Value) -> Value {
    match (ty, value) {
        (Type::Decimal { scale, .. }, Value::Decimal(number)) => number.against(scale),
        (Type::List(element), Value::List(values)) => {
            Value::List(values.into_iter().map(|value| in_terms_of(*element, value)).collect())
        }
        (_, value) => value,
    }
}

/// A test of a text.
pub(crate) fn text_test(text: Term, test: TextTest, of: Side) -> Expr<Value> {
    match of {
        Side::Value(value) => Expr::Text(test, Box::new(text.expr), value),
        Side::Term(of) => Expr::TextOf(test, Box::new(text.expr), Box::new(of.expr)),
    }
}
