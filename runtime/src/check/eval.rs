//! Runs an expression over the values of a row. What operators and functions give is defined in
//! [`rex_sql::compute`]; here is only which operands are computed, and when.

use std::borrow::Cow;

use rex_sql::compute::{self, Datum, Exact, Failure};
use rex_sql::{Comparison, Function};

use super::{Expr, Lookup};
use crate::meta::{ColumnMeta, Type};
use crate::value::Value;

pub(super) struct Evaluator<'t, 'a> {
    pub(super) columns: &'t [ColumnMeta],
    pub(super) row: Lookup<'t, 'a>,
}

type Computed<'a> = Result<Datum<'a>, Failure>;

impl<'a> Evaluator<'_, 'a> {
    pub(super) fn value(&self, expr: &Expr) -> Computed<'a> {
        Ok(match expr {
            Expr::Null => Datum::Null,
            Expr::Bool(value) => Datum::Bool(*value),
            Expr::Int(value) => Datum::Int(*value),
            Expr::Double(value) => Datum::Double(*value),
            Expr::Decimal(digits) => Datum::Decimal(Exact::parse(digits).ok_or(Failure::Beyond)?),
            Expr::Text(text) => Datum::Text(Cow::Borrowed(text)),
            Expr::Bytes(bytes) => Datum::Bytes(Cow::Borrowed(bytes)),
            Expr::Column(place) => self.column(*place)?,
            Expr::Widen(to, inner) => compute::widen(*to, self.value(inner)?)?,
            Expr::Not(inner) => match self.value(inner)? {
                Datum::Bool(value) => Datum::Bool(!value),
                _ => Datum::Null,
            },
            Expr::All(list) => self.decided_by(list, false)?,
            Expr::Any(list) => self.decided_by(list, true)?,
            Expr::Compare(comparison, [left, right]) => {
                compute::compare(*comparison, &self.value(left)?, &self.value(right)?)
            }
            Expr::IsNull(inner) => Datum::Bool(self.value(inner)? == Datum::Null),
            Expr::IsNotNull(inner) => Datum::Bool(self.value(inner)? != Datum::Null),
            Expr::In(one, list) => self.member(one, list)?,
            Expr::Negate(number, inner) => compute::negate(*number, &self.value(inner)?)?,
            Expr::Abs(number, inner) => compute::abs(*number, &self.value(inner)?)?,
            Expr::Arithmetic(operator, number, [left, right]) => {
                compute::arithmetic(*operator, *number, &self.value(left)?, &self.value(right)?)?
            }
            Expr::Call(Function::Coalesce, list) => self.first(list)?,
            Expr::Call(function, list) => {
                let arguments: Vec<Datum<'a>> =
                    list.iter().map(|one| self.value(one)).collect::<Result<_, _>>()?;
                compute::call(*function, &arguments)
            }
        })
    }

    /// The value that decides as soon as one has it; else its opposite, unless one is unknown.
    fn decided_by(&self, list: &[Expr], decides: bool) -> Computed<'a> {
        let mut is_open = false;
        for one in list {
            match self.value(one)? {
                Datum::Bool(value) if value == decides => return Ok(Datum::Bool(decides)),
                Datum::Bool(_) => {}
                _ => is_open = true,
            }
        }
        Ok(if is_open { Datum::Null } else { Datum::Bool(!decides) })
    }

    /// All elements are computed, whichever is equal.
    fn member(&self, one: &Expr, list: &[Expr]) -> Computed<'a> {
        let one = self.value(one)?;
        let (mut found, mut is_open) = (false, false);
        for other in list {
            match compute::compare(Comparison::Equal, &one, &self.value(other)?) {
                Datum::Bool(equal) => found |= equal,
                _ => is_open = true,
            }
        }
        Ok(if is_open && !found { Datum::Null } else { Datum::Bool(found) })
    }

    fn first(&self, list: &[Expr]) -> Computed<'a> {
        for one in list {
            let value = self.value(one)?;
            if value != Datum::Null {
                return Ok(value);
            }
        }
        Ok(Datum::Null)
    }

    fn column(&self, place: u16) -> Computed<'a> {
        let value = (self.row)(place).ok_or(Failure::Beyond)?;
        Ok(match value {
            Value::Null => Datum::Null,
            Value::Unset | Value::BeyondScale { .. } => return Err(Failure::Beyond),
            Value::Bool(value) => Datum::Bool(*value),
            Value::I16(value) => Datum::Int((*value).into()),
            Value::I32(value) => Datum::Int((*value).into()),
            Value::I64(value) => Datum::Int(*value),
            Value::F32(value) => Datum::Double((*value).into()),
            Value::F64(value) => Datum::Double(*value),
            Value::Text(text) => Datum::Text(Cow::Borrowed(text)),
            Value::Bytes(bytes) => Datum::Bytes(Cow::Borrowed(bytes)),
            Value::Uuid(bytes) => Datum::Bytes(Cow::Borrowed(bytes)),
            Value::Decimal(number) => {
                Datum::Decimal(Exact { mantissa: number.mantissa, scale: number.scale })
            }
            Value::Date(days) => Datum::Int((*days).into()),
            Value::Time(micros) | Value::DateTime(micros) | Value::LocalDateTime(micros) => {
                Datum::Int(*micros)
            }
            Value::Json(_) => Datum::Opaque,
            Value::Label(label) => self.rank(place, label)?,
            Value::List(elements) => Datum::Elements(elements.len()),
        })
    }

    /// The place of a variant in declared order.
    fn rank(&self, place: u16, label: &str) -> Computed<'a> {
        let Some(Type::Enum(labels)) = self.columns.get(usize::from(place)).map(|column| column.ty) else {
            return Err(Failure::Beyond);
        };
        let rank = labels.iter().position(|other| *other == label).ok_or(Failure::Beyond)?;
        Ok(Datum::Int(i64::try_from(rank).unwrap_or(i64::MAX)))
    }
}
