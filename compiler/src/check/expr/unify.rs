//! One type for several operands: literals are read by it, narrow numbers are widened to it.

use rex_schema::Dialect;
use rex_schema::model::{Expr, Node, Scalar, Type, Value, ValueType};

use super::infer::{Operand, Part, Typer};
use super::literal::INTEGERS;
use super::{any_length, told};
use crate::source::Place;

/// The most digits of a decimal: SQLite's, then PostgreSQL's.
const MAX_SQLITE: u32 = 18;
const MAX_POSTGRES: u32 = 1000;

/// Two types that do not go together.
pub(super) struct Mismatch;

impl Typer<'_, '_> {
    /// Operands of one type; what does not go together is told at the first that differs.
    pub(super) fn one_type(&mut self, parts: Vec<Part<'_>>) -> Option<Vec<Expr>> {
        let mut hint = parts.iter().find_map(|part| part.operand.ty());
        if hint.is_none() && parts.iter().any(|part| matches!(part.operand, Operand::Now)) {
            hint = Some(ValueType::of(Scalar::DateTime));
        }
        let mut found: Vec<(Expr, Place)> = Vec::with_capacity(parts.len());
        let mut sound = true;
        for part in parts {
            let place = part.place;
            let written = part.operand.clone();
            match self.settle(part, hint) {
                Some(expr) => match found.first().map(|first| (common(first.0.ty, expr.ty), first.1)) {
                    Some((Err(Mismatch), first_place)) => {
                        let first = found[0].0.ty;
                        self.mismatch((first, first_place), (expr.ty, place), &written);
                        sound = false;
                    }
                    _ => found.push((expr, place)),
                },
                None => sound = false,
            }
        }
        if !sound {
            return None;
        }
        let mut ty = found.first()?.0.ty;
        for (expr, _) in &found {
            ty = common(ty, expr.ty).ok()?;
        }
        let whole =
            found.iter().map(|(_, place)| *place).reduce(|a, b| Place { span: a.span.to(b.span), ..a })?;
        self.digits(ty, whole)?;
        Some(found.into_iter().map(|(expr, _)| widen(expr, ty)).collect())
    }

    /// Two operands that have no type in common.
    fn mismatch(&mut self, first: (ValueType, Place), other: (ValueType, Place), written: &Operand<'_>) {
        let (one, two) = (self.name_of(first.0), self.name_of(other.0));
        let mut diagnostic = told::mismatch((&one, first.1), (&two, other.1));
        // The literal is the one to mend.
        let text = |place: Place| self.cx.text(place).to_owned();
        let (literal, place, ty) = match written {
            Operand::Text(text) => ((*text).to_owned(), other.1, first.0),
            _ if text(first.1).starts_with('"') => {
                (text(first.1).trim_matches('"').to_owned(), first.1, other.0)
            }
            _ => (String::new(), other.1, first.0),
        };
        if !literal.is_empty()
            && let Some(meant) = self.meant(&literal, ty)
        {
            diagnostic = diagnostic.fix(format!("write `{meant}`"), place, meant);
        }
        self.cx.report(diagnostic);
    }

    /// What was meant by a text that stands beside another type.
    fn meant(&self, text: &str, ty: ValueType) -> Option<String> {
        let is_number = crate::check::literals::number(text, Scalar::Double).is_ok()
            && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.' || byte == b'-');
        match ty.ty {
            Type::Enum(id) if !ty.list => self.cx.enums[id.index()].find(text).map(|_| text.to_owned()),
            Type::Scalar(Scalar::Bool) if text == "true" || text == "false" => Some(text.to_owned()),
            Type::Scalar(scalar) if is_number && is_number_type(scalar) => Some(text.to_owned()),
            _ => None,
        }
    }

    /// A value that goes into a column of a type.
    pub(super) fn assigned(&mut self, part: Part<'_>, ty: ValueType) -> Option<Expr> {
        let wanted = any_length(ty);
        let place = part.place;
        if matches!(part.operand, Operand::Null) {
            return Some(Expr::new(Node::Null, wanted));
        }
        let found = self.settle(part, Some(wanted))?;
        if found.ty == wanted {
            return Some(found);
        }
        let fits = match (found.ty, wanted) {
            (ValueType { list: false, .. }, ValueType { list: false, .. }) => fits(found.ty.ty, wanted.ty),
            _ => None,
        };
        match fits {
            Some(ty) => Some(widen(found, ValueType { ty, list: false })),
            None => {
                let (is, wanted) = (self.name_of(found.ty), self.name_of(ty));
                self.cx.report(told::wrong_value(place, &is, &wanted));
                None
            }
        }
    }

    /// Tells a decimal of more digits than a database computes with.
    pub(super) fn digits(&mut self, ty: ValueType, place: Place) -> Option<()> {
        let Type::Scalar(Scalar::Decimal { precision, .. }) = ty.ty else { return Some(()) };
        let most = if self.cx.has(Dialect::Sqlite) { MAX_SQLITE } else { MAX_POSTGRES };
        if u32::from(precision) > most {
            self.cx.report(told::too_many_digits(place, precision, most));
            return None;
        }
        Some(())
    }
}

fn is_number_type(scalar: Scalar) -> bool {
    scalar.is_integer() || matches!(scalar, Scalar::Float | Scalar::Double | Scalar::Decimal { .. })
}

/// The type that both widen to.
pub(super) fn common(one: ValueType, two: ValueType) -> Result<ValueType, Mismatch> {
    if one == two {
        return Ok(one);
    }
    match (one, two) {
        (ValueType { ty: Type::Scalar(a), list: false }, ValueType { ty: Type::Scalar(b), list: false }) => {
            scalar(a, b).map(ValueType::of).ok_or(Mismatch)
        }
        _ => Err(Mismatch),
    }
}

fn scalar(a: Scalar, b: Scalar) -> Option<Scalar> {
    let is_float = |scalar| matches!(scalar, Scalar::Float | Scalar::Double);
    if a.is_integer() && b.is_integer() {
        return INTEGERS.into_iter().rev().find(|&wide| wide == a || wide == b);
    }
    if is_float(a) && is_float(b) || is_float(a) && b.is_integer() || a.is_integer() && is_float(b) {
        return Some(Scalar::Double);
    }
    let ((p, s), (q, t)) = (decimal_digits(a)?, decimal_digits(b)?);
    let scale = s.max(t);
    Some(Scalar::Decimal { precision: (p - s).max(q - t) + scale, scale })
}

/// The digits, and those behind the point, of a decimal or an integer.
pub(super) fn decimal_digits(scalar: Scalar) -> Option<(u16, u16)> {
    match scalar {
        Scalar::SmallInt => Some((5, 0)),
        Scalar::Int => Some((10, 0)),
        Scalar::BigInt => Some((19, 0)),
        Scalar::Decimal { precision, scale } => Some((precision, scale)),
        _ => None,
    }
}

/// The type in which a value of one type is stored as the other. Digits before the point that may
/// be too many are the column's to refuse, since every sum has one more.
fn fits(from: Type, to: Type) -> Option<Type> {
    let (Type::Scalar(from), Type::Scalar(to)) = (from, to) else { return None };
    match (from, to) {
        (
            Scalar::Decimal { .. } | Scalar::SmallInt | Scalar::Int | Scalar::BigInt,
            Scalar::Decimal { scale, .. },
        ) => {
            let (precision, own) = decimal_digits(from)?;
            (own <= scale)
                .then(|| Type::Scalar(Scalar::Decimal { precision: precision - own + scale, scale }))
        }
        (Scalar::Float, Scalar::Double) => Some(Type::Scalar(Scalar::Double)),
        (from, Scalar::Double) if from.is_integer() => Some(Type::Scalar(Scalar::Double)),
        _ if from.is_integer() && to.is_integer() => (scalar(from, to)? == to).then_some(Type::Scalar(to)),
        _ => None,
    }
}

/// The same number in a wider type. A constant takes it at once.
pub(super) fn widen(expr: Expr, ty: ValueType) -> Expr {
    if expr.ty == ty {
        return expr;
    }
    let is = |wanted: fn(Scalar) -> bool| matches!(ty.ty, Type::Scalar(scalar) if wanted(scalar));
    let is_double = is(|scalar| matches!(scalar, Scalar::Double));
    let is_decimal = is(|scalar| matches!(scalar, Scalar::Decimal { .. }));
    let node = match expr.node {
        Node::Value(Value::Int(number)) if is_double => Node::Value(Value::Float(number as f64)),
        Node::Value(Value::Int(number)) if is_decimal => Node::Value(Value::Decimal(number.to_string())),
        Node::Value(value @ (Value::Int(_) | Value::Float(_) | Value::Decimal(_))) => Node::Value(value),
        node => Node::Widen(Box::new(Expr::new(node, expr.ty))),
    };
    Expr::new(node, ty)
}
