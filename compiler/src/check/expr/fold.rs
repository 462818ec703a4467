//! Constants are computed at build time, so that no database meets an expression without a column:
//! PostgreSQL would compute it when the table is made, and fail there.

use std::borrow::Cow;

use rex_schema::model::{Comparison, Expr, Function, Node, Scalar, Type, Value, ValueType};
use rex_sql::compute::{self, Datum, Exact, Failure, Number};

/// The constant that arithmetic or a function gives whose operands are constants; the expression
/// itself where they are not.
///
/// # Errors
///
/// When the result leaves its type, which is given.
pub(super) fn fold(expr: Expr) -> Result<Expr, ValueType> {
    match constant(&expr) {
        Some(Ok(datum)) => Ok(match node(&datum, expr.ty) {
            Some(node) => Expr::new(node, expr.ty),
            None => expr,
        }),
        Some(Err(Failure::Overflow)) => Err(expr.ty),
        Some(Err(Failure::Beyond)) | None => Ok(expr),
    }
}

/// What an operation over constants gives; none where there is a column, or the clock.
fn constant(expr: &Expr) -> Option<Result<Datum<'_>, Failure>> {
    let computed = match &expr.node {
        Node::Arithmetic(operator, left, right) => {
            let (left, right) = (datum(left)?, datum(right)?);
            compute::arithmetic(*operator, number(expr.ty)?, &left, &right)
        }
        Node::Compare(comparison, left, right) => {
            Ok(compute::compare(*comparison, &datum(left)?, &datum(right)?))
        }
        Node::In(one, list) => Ok(member(&datum(one)?, list)?),
        Node::Not(inner) => match datum(inner)? {
            Datum::Bool(value) => Ok(Datum::Bool(!value)),
            _ => Ok(Datum::Null),
        },
        Node::IsNull(inner) => Ok(Datum::Bool(datum(inner)? == Datum::Null)),
        Node::IsNotNull(inner) => Ok(Datum::Bool(datum(inner)? != Datum::Null)),
        Node::Call(Function::Coalesce | Function::Now | Function::Today, _) => return None,
        Node::Call(Function::Abs, list) => compute::abs(number(expr.ty)?, &datum(list.first()?)?),
        Node::Call(function, list) => {
            let arguments: Vec<Datum<'_>> = list.iter().map(datum).collect::<Option<_>>()?;
            Ok(compute::call(*function, &arguments))
        }
        _ => return None,
    };
    Some(computed)
}

fn member<'a>(one: &Datum<'_>, list: &[Expr]) -> Option<Datum<'a>> {
    let mut found = false;
    for other in list {
        found |= compute::compare(Comparison::Equal, one, &datum(other)?) == Datum::Bool(true);
    }
    Some(Datum::Bool(found))
}

/// Terms of `&&` (or of `||`) without those that change nothing; one that decides is all there is.
pub(super) fn logic(terms: Vec<Expr>, all: bool) -> Expr {
    let is = |term: &Expr, wanted: bool| term.node == Node::Value(Value::Bool(wanted));
    if terms.iter().any(|term| is(term, !all)) {
        return Expr::condition(Node::Value(Value::Bool(!all)));
    }
    let mut open: Vec<Expr> = terms.into_iter().filter(|term| !is(term, all)).collect();
    match open.len() {
        0 => Expr::condition(Node::Value(Value::Bool(all))),
        1 => open.remove(0),
        _ => Expr::condition(if all { Node::All(open) } else { Node::Any(open) }),
    }
}

/// What a number is computed as; none for other types.
pub(super) fn number(ty: ValueType) -> Option<Number> {
    match ty.ty {
        Type::Scalar(Scalar::SmallInt) => Some(Number::I16),
        Type::Scalar(Scalar::Int) => Some(Number::I32),
        Type::Scalar(Scalar::BigInt) => Some(Number::I64),
        Type::Scalar(Scalar::Float | Scalar::Double) => Some(Number::Double),
        Type::Scalar(Scalar::Decimal { scale, .. }) => Some(Number::Decimal(scale.into())),
        _ => None,
    }
}

/// A constant as it is computed with.
pub(super) fn datum(expr: &Expr) -> Option<Datum<'_>> {
    let Node::Value(value) = &expr.node else {
        return matches!(expr.node, Node::Null).then_some(Datum::Null);
    };
    Some(match value {
        Value::Bool(value) => Datum::Bool(*value),
        Value::Int(value) => Datum::Int(*value),
        Value::Float(value) => Datum::Double(*value),
        Value::Decimal(digits) => Datum::Decimal(Exact::parse(digits)?),
        Value::String(text) => Datum::Text(Cow::Borrowed(text)),
        Value::Bytes(bytes) => Datum::Bytes(Cow::Borrowed(bytes)),
        // Lower case digits sort as the bytes do.
        Value::Uuid(text) => Datum::Bytes(Cow::Borrowed(text.as_bytes())),
        Value::Date(days) => Datum::Int((*days).into()),
        Value::Time(micros) | Value::DateTime(micros) | Value::LocalDateTime(micros) => Datum::Int(*micros),
        Value::Variant(place) => Datum::Int(i64::try_from(*place).ok()?),
        Value::Json(_) => Datum::Opaque,
    })
}

/// A result as a constant of its type.
fn node(datum: &Datum<'_>, ty: ValueType) -> Option<Node> {
    let value = match datum {
        Datum::Null => return Some(Node::Null),
        Datum::Bool(value) => Value::Bool(*value),
        Datum::Int(value) if number(ty).is_some() => Value::Int(*value),
        Datum::Double(value) => Value::Float(*value),
        Datum::Decimal(exact) => Value::Decimal(digits(*exact)),
        Datum::Text(text) => Value::String(text.clone().into_owned()),
        Datum::Int(_) | Datum::Bytes(_) | Datum::Elements(_) | Datum::Opaque => return None,
    };
    Some(Node::Value(value))
}

fn digits(exact: Exact) -> String {
    let (sign, scale) = (if exact.mantissa < 0 { "-" } else { "" }, exact.scale as usize);
    let digits = format!("{:0>width$}", exact.mantissa.unsigned_abs(), width = scale + 1);
    match digits.split_at(digits.len() - scale) {
        (whole, "") => format!("{sign}{whole}"),
        (whole, fraction) => format!("{sign}{whole}.{fraction}"),
    }
}

/// Whether it is the constant zero.
pub(super) fn is_zero(expr: &Expr) -> bool {
    match datum(expr) {
        Some(Datum::Int(0)) => true,
        Some(Datum::Double(value)) => value == 0.0,
        Some(Datum::Decimal(exact)) => exact.mantissa == 0,
        _ => false,
    }
}
