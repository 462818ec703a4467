//! The checks of a model as the runtime computes them: constant trees, written with short paths,
//! since they are long enough.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use rex_schema::model::{
    Arithmetic, Comparison, Expr, Formula, Function, Model, Node, Scalar, Type, Value, ValueType,
};

use super::{constant, layout, meta};

/// The list of a model's checks. What only a database can compute is left to it.
pub(super) fn list(model: &Model) -> syn::Expr {
    let checks: Vec<TokenStream> =
        model.checks.iter().filter(|check| !check.made).filter_map(check).collect();
    match checks.is_empty() {
        true => constant::list([]),
        false => constant::parsed(quote!({
            use __::expr::*;
            &[#(#checks),*]
        })),
    }
}

fn check(check: &rex_schema::model::Check) -> Option<TokenStream> {
    let Formula::Expr(condition) = &check.condition else { return None };
    let mut columns = Vec::new();
    condition.columns(&mut |place| {
        if !columns.contains(&place) {
            columns.push(place);
        }
    });
    let (name, condition) = (&check.name, expr(condition));
    let columns = columns.into_iter().map(layout::number);
    let message = match &check.message {
        Some(message) => quote!(__::Some(#message)),
        None => quote!(__::None),
    };
    Some(
        quote!(CheckMeta { name: #name, columns: &[#(#columns),*], condition: #condition, message: #message }),
    )
}

fn expr(expr: &Expr) -> TokenStream {
    match &expr.node {
        Node::Null => quote!(Expr::Null),
        Node::Value(value) => self::value(value),
        Node::Column(place) => {
            let place = layout::number(*place);
            quote!(Expr::Column(#place))
        }
        Node::Widen(inner) => widen(inner, expr.ty),
        Node::Not(inner) => one(&quote!(Not), inner),
        Node::All(terms) => many(&quote!(All), terms),
        Node::Any(terms) => many(&quote!(Any), terms),
        Node::Compare(comparison, left, right) => {
            let (comparison, left, right) =
                (self::comparison(*comparison), self::expr(left), self::expr(right));
            quote!(Expr::Compare(Comparison::#comparison, &[#left, #right]))
        }
        Node::IsNull(inner) => one(&quote!(IsNull), inner),
        Node::IsNotNull(inner) => one(&quote!(IsNotNull), inner),
        Node::In(inner, list) => {
            let (inner, list) = (self::expr(inner), list.iter().map(self::expr));
            quote!(Expr::In(&#inner, &[#(#list),*]))
        }
        Node::Negate(inner) => {
            let (number, inner) = (number(expr.ty), self::expr(inner));
            quote!(Expr::Negate(#number, &#inner))
        }
        Node::Arithmetic(operator, left, right) => {
            let (operator, number) = (arithmetic(*operator), number(expr.ty));
            let (left, right) = (self::expr(left), self::expr(right));
            quote!(Expr::Arithmetic(Arithmetic::#operator, #number, &[#left, #right]))
        }
        Node::Call(function, arguments) => call(*function, arguments, expr.ty),
    }
}

fn one(variant: &TokenStream, inner: &Expr) -> TokenStream {
    let inner = expr(inner);
    quote!(Expr::#variant(&#inner))
}

fn many(variant: &TokenStream, terms: &[Expr]) -> TokenStream {
    let terms = terms.iter().map(expr);
    quote!(Expr::#variant(&[#(#terms),*]))
}

/// Integers are of one width while they are computed with.
fn widen(inner: &Expr, ty: ValueType) -> TokenStream {
    let inner_tokens = expr(inner);
    let is_integer = |ty: ValueType| matches!(ty.ty, Type::Scalar(scalar) if scalar.is_integer());
    let is_float = |ty: ValueType| matches!(ty.ty, Type::Scalar(Scalar::Float | Scalar::Double));
    if is_integer(ty) || is_float(inner.ty) {
        return inner_tokens;
    }
    let number = number(ty);
    quote!(Expr::Widen(#number, &#inner_tokens))
}

fn call(function: Function, arguments: &[Expr], ty: ValueType) -> TokenStream {
    let list = arguments.iter().map(expr);
    let name = match function {
        Function::Abs => {
            let number = number(ty);
            return quote!(Expr::Abs(#number, #(&#list),*));
        }
        Function::Length => "Length",
        Function::Lower => "Lower",
        Function::Upper => "Upper",
        Function::Trim => "Trim",
        Function::Concat => "Concat",
        Function::StartsWith => "StartsWith",
        Function::Contains => "Contains",
        Function::Coalesce => "Coalesce",
        Function::Now => "Now",
        Function::Today => "Today",
    };
    let name = format_ident!("{name}");
    quote!(Expr::Call(Function::#name, &[#(#list),*]))
}

fn number(ty: ValueType) -> TokenStream {
    match ty.ty {
        Type::Scalar(Scalar::SmallInt) => quote!(Number::I16),
        Type::Scalar(Scalar::Int) => quote!(Number::I32),
        Type::Scalar(Scalar::Decimal { scale, .. }) => {
            let scale = layout::number(scale.into());
            quote!(Number::Decimal(#scale))
        }
        Type::Scalar(Scalar::Float | Scalar::Double) => quote!(Number::Double),
        Type::Scalar(_) | Type::Enum(_) => quote!(Number::I64),
    }
}

fn value(value: &Value) -> TokenStream {
    match value {
        Value::Bool(value) => quote!(Expr::Bool(#value)),
        Value::Int(value) => integer(*value),
        Value::Float(value) => quote!(Expr::Double(#value)),
        Value::Decimal(digits) => quote!(Expr::Decimal(#digits)),
        Value::String(text) | Value::Json(text) => quote!(Expr::Text(#text)),
        Value::Bytes(bytes) => quote!(Expr::Bytes(&[#(#bytes),*])),
        Value::Uuid(text) => {
            let bytes = meta::uuid(text);
            quote!(Expr::Bytes(&[#(#bytes),*]))
        }
        Value::Date(days) => integer((*days).into()),
        Value::Time(micros) | Value::DateTime(micros) | Value::LocalDateTime(micros) => integer(*micros),
        Value::Variant(place) => integer(i64::try_from(*place).unwrap_or(i64::MAX)),
    }
}

fn integer(value: i64) -> TokenStream {
    let value = proc_macro2::Literal::i64_unsuffixed(value);
    quote!(Expr::Int(#value))
}

fn comparison(comparison: Comparison) -> proc_macro2::Ident {
    format_ident!(
        "{}",
        match comparison {
            Comparison::Equal => "Equal",
            Comparison::NotEqual => "NotEqual",
            Comparison::Less => "Less",
            Comparison::LessOrEqual => "LessOrEqual",
            Comparison::Greater => "Greater",
            Comparison::GreaterOrEqual => "GreaterOrEqual",
        }
    )
}

fn arithmetic(operator: Arithmetic) -> proc_macro2::Ident {
    format_ident!(
        "{}",
        match operator {
            Arithmetic::Add => "Add",
            Arithmetic::Subtract => "Subtract",
            Arithmetic::Multiply => "Multiply",
            Arithmetic::Divide => "Divide",
            Arithmetic::Remainder => "Remainder",
        }
    )
}
