//! Literals, read by the type that they meet.

use rex_grammar::ast;
use rex_schema::model::{Expr, Function, Node, Scalar, Type, Value, ValueType};

use super::infer::{Operand, Part, Typer};
use super::told;
use crate::check::literals::{self, Fault};
use crate::source::Place;

/// Integers from narrow to wide.
pub(super) const INTEGERS: [Scalar; 3] = [Scalar::SmallInt, Scalar::Int, Scalar::BigInt];

impl Typer<'_, '_> {
    /// An operand with its type. A literal is read by `hint`, or has the type that it looks like.
    pub(super) fn settle(&mut self, part: Part<'_>, hint: Option<ValueType>) -> Option<Expr> {
        let place = part.place;
        let hint_ty = hint.filter(|ty| !ty.list).map(|ty| ty.ty);
        match part.operand {
            Operand::Typed(expr) => Some(expr),
            Operand::Number(digits) => self.number(&digits, hint_ty, place),
            Operand::Text(text) => self.text(text, hint_ty, place),
            Operand::Null => {
                self.cx.report(told::null_operand(place, "an operand"));
                None
            }
            Operand::Name(name) => self.name(name, hint_ty),
            Operand::Now => {
                let scalar = match hint_ty {
                    Some(Type::Scalar(scalar @ (Scalar::LocalDateTime | Scalar::Time))) => scalar,
                    _ => Scalar::DateTime,
                };
                Some(Expr::new(Node::Call(Function::Now, Vec::new()), ValueType::of(scalar)))
            }
        }
    }

    fn name(&mut self, name: &ast::Name, hint: Option<Type>) -> Option<Expr> {
        let Some(Type::Enum(id)) = hint else {
            let place = self.at(name.span);
            self.unknown(std::slice::from_ref(name), place);
            return None;
        };
        let variant = self.variant(id, name)?;
        Some(Expr::new(Node::Value(Value::Variant(variant)), ValueType { ty: Type::Enum(id), list: false }))
    }

    /// A number that does not fit the type it meets has a wider one: the other side widens.
    fn number(&mut self, digits: &str, hint: Option<Type>, place: Place) -> Option<Expr> {
        let is_whole = !digits.contains('.');
        let scalar = match hint {
            Some(Type::Scalar(scalar @ (Scalar::Float | Scalar::Double))) => scalar,
            Some(Type::Scalar(hint)) if is_whole && hint.is_integer() => narrowest(digits, hint),
            Some(Type::Scalar(Scalar::Decimal { .. })) => decimal_of(digits),
            _ if is_whole => Scalar::BigInt,
            _ => decimal_of(digits),
        };
        match literals::number(digits, scalar) {
            Ok(value) => Some(Expr::new(Node::Value(value), ValueType::of(scalar))),
            Err(fault) => {
                self.fault(fault, digits, Type::Scalar(scalar), place);
                None
            }
        }
    }

    /// A text is what it meets where texts are read so, and a text otherwise.
    fn text(&mut self, text: &str, hint: Option<Type>, place: Place) -> Option<Expr> {
        let scalar = match hint {
            Some(Type::Scalar(
                scalar @ (Scalar::Bytes
                | Scalar::Uuid
                | Scalar::Date
                | Scalar::Time
                | Scalar::DateTime
                | Scalar::LocalDateTime),
            )) => scalar,
            _ => Scalar::String { max: None },
        };
        match literals::text(text, scalar) {
            Ok(value) => Some(Expr::new(Node::Value(value), ValueType::of(scalar))),
            Err(fault) => {
                self.fault(fault, text, Type::Scalar(scalar), place);
                None
            }
        }
    }

    pub(super) fn fault(&mut self, fault: Fault, text: &str, ty: Type, place: Place) {
        let ty = self.cx.type_name(ty);
        self.cx.report(match fault {
            Fault::Range(low, high) => told::number_range(place, text, &ty, low, high),
            Fault::Length(what) => told::no_value(place, what, None),
            Fault::Form(form) => told::no_value(place, format!("`{text}` is no `{ty}`"), Some(form)),
            Fault::Type => told::no_value(place, format!("`{text}` is no `{ty}`"), None),
        });
    }
}

/// The narrowest integer type, from `from` on, that holds the number.
fn narrowest(digits: &str, from: Scalar) -> Scalar {
    let wide = INTEGERS.iter().copied().skip_while(|scalar| *scalar != from);
    wide.into_iter().find(|&scalar| literals::number(digits, scalar).is_ok()).unwrap_or(Scalar::BigInt)
}

/// The smallest decimal type that holds the number as it is written.
fn decimal_of(digits: &str) -> Scalar {
    let unsigned = digits.trim_start_matches('-');
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let whole = whole.trim_start_matches('0').len();
    let scale = fraction.trim_end_matches('0').len();
    let bounded = |digits: usize| u16::try_from(digits).unwrap_or(u16::MAX);
    Scalar::Decimal { precision: bounded((whole + scale).max(1)), scale: bounded(scale) }
}
