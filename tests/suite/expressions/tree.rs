//! The schema's expressions as the runtime's, as generated code would have them.

use rex_orm::__::expr::{Expr as Tree, Failure, Number, evaluate};
use rex_orm::__::{ColumnMeta, Type as MetaType, Value as RuntimeValue};
use rex_schema::model::{Expr, Function, Model, Node, Scalar, Schema, Type, Value, ValueType};

/// Constant trees live as long as the program; so do these.
fn leak<T>(value: T) -> &'static T {
    Box::leak(Box::new(value))
}

fn list(list: &[Expr]) -> &'static [Tree] {
    Box::leak(list.iter().map(of).collect())
}

fn pair(left: &Expr, right: &Expr) -> &'static [Tree; 2] {
    leak([of(left), of(right)])
}

pub(super) fn of(expr: &Expr) -> Tree {
    match &expr.node {
        Node::Null => Tree::Null,
        Node::Value(value) => constant(value),
        Node::Column(place) => Tree::Column(u16::try_from(*place).expect("there are few columns")),
        Node::Widen(inner) => match number(expr.ty) {
            to @ (Number::Double | Number::Decimal(_)) => Tree::Widen(to, leak(of(inner))),
            Number::I16 | Number::I32 | Number::I64 => of(inner),
        },
        Node::Not(inner) => Tree::Not(leak(of(inner))),
        Node::All(terms) => Tree::All(list(terms)),
        Node::Any(terms) => Tree::Any(list(terms)),
        Node::Compare(comparison, left, right) => Tree::Compare(*comparison, pair(left, right)),
        Node::IsNull(inner) => Tree::IsNull(leak(of(inner))),
        Node::IsNotNull(inner) => Tree::IsNotNull(leak(of(inner))),
        Node::In(inner, others) => Tree::In(leak(of(inner)), list(others)),
        Node::Negate(inner) => Tree::Negate(number(expr.ty), leak(of(inner))),
        Node::Arithmetic(operator, left, right) => {
            Tree::Arithmetic(*operator, number(expr.ty), pair(left, right))
        }
        Node::Call(Function::Abs, arguments) => Tree::Abs(number(expr.ty), leak(of(&arguments[0]))),
        Node::Call(function, arguments) => Tree::Call(*function, list(arguments)),
    }
}

fn number(ty: ValueType) -> Number {
    match ty.ty {
        Type::Scalar(Scalar::SmallInt) => Number::I16,
        Type::Scalar(Scalar::Int) => Number::I32,
        Type::Scalar(Scalar::Decimal { scale, .. }) => Number::Decimal(scale.into()),
        Type::Scalar(Scalar::Float | Scalar::Double) => Number::Double,
        Type::Scalar(_) | Type::Enum(_) => Number::I64,
    }
}

fn constant(value: &Value) -> Tree {
    match value {
        Value::Bool(value) => Tree::Bool(*value),
        Value::Int(value) => Tree::Int(*value),
        Value::Float(value) => Tree::Double(*value),
        Value::Decimal(digits) => Tree::Decimal(leak(digits.clone())),
        Value::String(text) | Value::Json(text) => Tree::Text(leak(text.clone())),
        Value::Bytes(bytes) => Tree::Bytes(leak(bytes.clone())),
        Value::Uuid(text) => Tree::Bytes(leak(super::datum::uuid(text).to_vec())),
        Value::Date(days) => Tree::Int((*days).into()),
        Value::Time(micros) | Value::DateTime(micros) | Value::LocalDateTime(micros) => Tree::Int(*micros),
        Value::Variant(place) => Tree::Int(i64::try_from(*place).expect("there are few variants")),
    }
}

/// The columns, as far as an evaluator asks.
pub(super) fn columns(schema: &Schema, model: &Model) -> Vec<ColumnMeta> {
    let column = |column: &rex_schema::model::Column| {
        let ty = match column.ty {
            Type::Enum(id) => {
                let labels = schema[id].variants.iter().map(|variant| &**leak(variant.label.clone()));
                MetaType::Enum(Box::leak(labels.collect()))
            }
            Type::Scalar(_) => MetaType::Text,
        };
        ColumnMeta::new(leak(column.name.clone()), ty)
    };
    model.columns.iter().map(column).collect()
}

/// What an operation is called where it is counted: with the type of what it is of. None for what
/// is no operation.
pub(super) fn name(expr: &Expr) -> Option<String> {
    let (operation, of) = match &expr.node {
        Node::Null | Node::Value(_) | Node::Column(_) | Node::Widen(_) => return None,
        Node::Not(inner) => ("!".to_owned(), &**inner),
        Node::All(list) => ("&&".to_owned(), list.first()?),
        Node::Any(list) => ("||".to_owned(), list.first()?),
        Node::Compare(comparison, left, _) => (format!("{comparison:?}"), &**left),
        Node::IsNull(inner) => ("== null".to_owned(), &**inner),
        Node::IsNotNull(inner) => ("!= null".to_owned(), &**inner),
        Node::In(inner, _) => ("in".to_owned(), &**inner),
        Node::Negate(inner) => ("-".to_owned(), &**inner),
        Node::Arithmetic(operator, left, _) => (format!("{operator:?}"), &**left),
        Node::Call(function, arguments) => (function.name().to_owned(), arguments.first()?),
    };
    let of = match &of.node {
        Node::Widen(inner) => inner,
        _ => of,
    };
    Some(format!("{operation} {}", type_name(of.ty)))
}

fn type_name(ty: ValueType) -> String {
    let name = match ty.ty {
        Type::Enum(_) => "enum".to_owned(),
        Type::Scalar(scalar) => format!("{scalar:?}").split([' ', '{']).next().unwrap_or_default().to_owned(),
    };
    if ty.list { format!("[{name}]") } else { name }
}

/// The operation at the top with what it gave for each row: a value, null, an error.
pub(super) fn outcomes<'e>(
    expr: &'e Expr,
    rows: &[Vec<RuntimeValue>],
    columns: &[ColumnMeta],
) -> Vec<(&'e Expr, usize)> {
    let tree = of(expr);
    let of_row =
        |row: &Vec<RuntimeValue>| match evaluate(&tree, columns, &|place| row.get(usize::from(place))) {
            Ok(rex_orm::__::expr::Datum::Null) => Some(1),
            Ok(_) => Some(0),
            Err(Failure::Overflow) => Some(2),
            Err(Failure::Beyond) => None,
        };
    rows.iter().filter_map(of_row).map(|outcome| (expr, outcome)).collect()
}
