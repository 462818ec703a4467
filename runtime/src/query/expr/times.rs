//! Dates and times: their parts, what begins them, and what comes later. In the calendar of UTC.

use std::time::Duration;

use rex_sql::{Call, Expr, Kind, Moment, Part};

use super::{Column, Ex, Operand, Place, Side, Term, expressions};
use crate::fits::Exact;
use crate::meta::Type;
use crate::scalar::Scalar;
use crate::value::Value;

/// A type with a day in the calendar, or an `Option` of one.
#[diagnostic::on_unimplemented(message = "a `{Self}` has no day in the calendar")]
pub trait Dated: Scalar {
    /// The type of one of its parts.
    type Part: Scalar;
}

/// A type with a time of day, or an `Option` of one.
#[diagnostic::on_unimplemented(message = "a `{Self}` has no time of day")]
pub trait Timed: Scalar {
    /// The type of one of its parts.
    type Part: Scalar;
}

/// A type with both, or an `Option` of one.
#[diagnostic::on_unimplemented(message = "a `{Self}` is no day with a time")]
pub trait DatedTimed: Dated + Timed {}

/// A day, or an `Option` of one.
#[diagnostic::on_unimplemented(message = "a `{Self}` is no day")]
pub trait Day: Dated {}

/// How many days or months, which may be null.
#[diagnostic::on_unimplemented(message = "a `{Self}` is no number of days or months")]
pub trait Steps {
    /// What a day becomes by it: null, where it is null.
    type From<T: Scalar>: Scalar;
}

#[diagnostic::do_not_recommend]
impl Steps for i32 {
    type From<T: Scalar> = T;
}

#[diagnostic::do_not_recommend]
impl Steps for Option<i32> {
    type From<T: Scalar> = T::Nullable;
}

#[cfg(any(feature = "chrono", feature = "jiff", feature = "time"))]
macro_rules! moments {
    ($date:ty, $time:ty, $local:ty, $instant:ty) => {
        moments! { Dated: $date, $local, $instant }
        moments! { Timed: $time, $local, $instant }

        impl DatedTimed for $local {}
        impl DatedTimed for Option<$local> {}
        impl DatedTimed for $instant {}
        impl DatedTimed for Option<$instant> {}
        impl Day for $date {}
        impl Day for Option<$date> {}
    };
    ($of:ident: $($ty:ty),*) => {$(
        impl $of for $ty {
            type Part = i32;
        }
        impl $of for Option<$ty> {
            type Part = Option<i32>;
        }
    )*};
}

#[cfg(feature = "chrono")]
moments! { chrono::NaiveDate, chrono::NaiveTime, chrono::NaiveDateTime, chrono::DateTime<chrono::Utc> }

#[cfg(feature = "jiff")]
moments! { jiff::civil::Date, jiff::civil::Time, jiff::civil::DateTime, jiff::Timestamp }

#[cfg(feature = "time")]
moments! { time::Date, time::Time, time::PrimitiveDateTime, time::OffsetDateTime }

expressions! { [T: Dated] T {
    /// The year.
    pub fn year(self) -> Ex<P, <T as Dated>::Part> {
        Ex::new(part(self.term(), Part::Year))
    }

    /// The month, from 1.
    pub fn month(self) -> Ex<P, <T as Dated>::Part> {
        Ex::new(part(self.term(), Part::Month))
    }

    /// The day of the month, from 1.
    pub fn day(self) -> Ex<P, <T as Dated>::Part> {
        Ex::new(part(self.term(), Part::Day))
    }

    /// So many months later; earlier, if the number is negative. 31 January is a month before the last day
    /// of February.
    pub fn months_later<How: Exact, O: Operand<P::Scope, i32, How>>(self, months: O) -> Ex<P, <O::Joined as Steps>::From<T>>
    where
        O::Joined: Steps,
    {
        Ex::new(months_later(self.term(), months.side()))
    }

    /// The beginning of its year.
    pub fn start_of_year(self) -> Ex<P, T> {
        Ex::new(truncate(self.term(), Part::Year))
    }

    /// The beginning of its month.
    pub fn start_of_month(self) -> Ex<P, T> {
        Ex::new(truncate(self.term(), Part::Month))
    }
} }

expressions! { [T: Timed] T {
    /// The hour, from 0.
    pub fn hour(self) -> Ex<P, <T as Timed>::Part> {
        Ex::new(part(self.term(), Part::Hour))
    }

    /// The minute, from 0.
    pub fn minute(self) -> Ex<P, <T as Timed>::Part> {
        Ex::new(part(self.term(), Part::Minute))
    }

    /// The second, from 0, without its fraction.
    pub fn second(self) -> Ex<P, <T as Timed>::Part> {
        Ex::new(part(self.term(), Part::Second))
    }

    /// The beginning of its hour.
    pub fn start_of_hour(self) -> Ex<P, T> {
        Ex::new(truncate(self.term(), Part::Hour))
    }

    /// The beginning of its minute.
    pub fn start_of_minute(self) -> Ex<P, T> {
        Ex::new(truncate(self.term(), Part::Minute))
    }
} }

expressions! { [T: DatedTimed] T {
    /// The beginning of its day.
    pub fn start_of_day(self) -> Ex<P, T> {
        Ex::new(truncate(self.term(), Part::Day))
    }

    /// So much later, to the microsecond.
    pub fn later(self, by: Duration) -> Ex<P, T> {
        Ex::new(moved(self.term(), micros(by)))
    }

    /// So much earlier, to the microsecond.
    pub fn earlier(self, by: Duration) -> Ex<P, T> {
        Ex::new(moved(self.term(), -micros(by)))
    }
} }

expressions! { [T: Day] T {
    /// So many days later; earlier, if the number is negative.
    pub fn days_later<How: Exact, O: Operand<P::Scope, i32, How>>(self, days: O) -> Ex<P, <O::Joined as Steps>::From<T>>
    where
        O::Joined: Steps,
    {
        Ex::new(days_later(self.term(), days.side()))
    }
} }

fn micros(by: Duration) -> i64 {
    i64::try_from(by.as_micros()).unwrap_or(i64::MAX)
}

fn moment(term: &Term) -> Moment {
    match term.ty {
        Some(Type::Date) => Moment::Date,
        Some(Type::Time) => Moment::Time,
        Some(Type::LocalDateTime) => Moment::Local,
        _ => Moment::Instant,
    }
}

fn part(term: Term, part: Part) -> Term {
    let call = Call::Part(part, moment(&term));
    term.call(call, [], Type::I32)
}

fn truncate(term: Term, part: Part) -> Term {
    let (call, ty) = (Call::Truncate(part, moment(&term)), term.ty);
    Term { ty, ..term.call(call, [], Type::DateTime) }
}

fn moved(term: Term, micros: i64) -> Term {
    let (call, ty) = (Call::Later(moment(&term)), term.ty);
    let micros =
        Term { expr: Expr::Typed(Value::I64(micros), Kind::I64), ty: Some(Type::I64), nullable: false };
    Term { ty, ..term.call(call, [micros], Type::DateTime) }
}

fn months_later(term: Term, months: Side) -> Term {
    let (call, ty) = (Call::MonthsLater(moment(&term)), term.ty);
    let months = number(months);
    Term { ty, ..term.call(call, [months], Type::DateTime) }
}

fn number(side: Side) -> Term {
    match side {
        Side::Value(value) => Term::value(value),
        Side::Term(term) => term,
    }
}

fn days_later(term: Term, days: Side) -> Term {
    term.call(Call::DaysLater, [number(days)], Type::Date)
}
