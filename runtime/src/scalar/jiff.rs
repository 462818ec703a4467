//! Date and time columns as jiff's types. Fractions of a microsecond are cut off.

use jiff::civil::{Date, DateTime, Time};
use jiff::{Span, Timestamp};

use super::{Element, Scalar, moment};
use crate::value::{Cell, Value};
use rex_sql::calendar;

const EPOCH: Date = Date::constant(1970, 1, 1);

impl Scalar for Date {
    const NAME: &'static str = "Date";
    type Nullable = Option<Self>;

    fn encode(self) -> Value {
        let micros = local_micros(self.to_datetime(Time::midnight()));
        Value::Date((micros / calendar::DAY) as i32)
    }

    fn decode(cell: Cell<'_>) -> Option<Self> {
        day(moment::date(cell)?)
    }
}

impl Scalar for Time {
    const NAME: &'static str = "Time";
    type Nullable = Option<Self>;

    fn encode(self) -> Value {
        let seconds =
            i64::from(self.hour()) * 3_600 + i64::from(self.minute()) * 60 + i64::from(self.second());
        Value::Time(seconds * 1_000_000 + i64::from(self.subsec_nanosecond()) / 1_000)
    }

    fn decode(cell: Cell<'_>) -> Option<Self> {
        time_of_day(moment::time(cell)?)
    }
}

impl Scalar for DateTime {
    const NAME: &'static str = "LocalDateTime";
    type Nullable = Option<Self>;

    fn encode(self) -> Value {
        Value::LocalDateTime(local_micros(self))
    }

    fn decode(cell: Cell<'_>) -> Option<Self> {
        let micros = moment::local(cell)?;
        let time = time_of_day(micros.rem_euclid(calendar::DAY))?;
        Some(day(micros.div_euclid(calendar::DAY))?.to_datetime(time))
    }
}

impl Scalar for Timestamp {
    const NAME: &'static str = "DateTime";
    type Nullable = Option<Self>;

    fn encode(self) -> Value {
        Value::DateTime(micros(self))
    }

    fn decode(cell: Cell<'_>) -> Option<Self> {
        Timestamp::from_microsecond(moment::instant(cell)?).ok()
    }
}

impl Element for Date {}
impl Element for Time {}
impl Element for DateTime {}
impl Element for Timestamp {}

/// The day so many days after the epoch.
fn day(days: i64) -> Option<Date> {
    EPOCH.checked_add(Span::new().try_days(days).ok()?).ok()
}

/// The time so many microseconds after midnight, within the same day.
fn time_of_day(micros: i64) -> Option<Time> {
    let since = Span::new().try_microseconds(micros).ok().filter(|_| micros >= 0)?;
    Time::midnight().checked_add(since).ok()
}

/// As if it were a time of UTC: days of 24 hours, so that it can be reckoned with.
fn local_micros(time: DateTime) -> i64 {
    let days = time.date().duration_since(EPOCH).as_secs();
    let Value::Time(micros) = time.time().encode() else { unreachable!("a time is a `Time`") };
    days * 1_000_000 + micros
}

/// What is before 1970 is cut off downwards too.
fn micros(instant: Timestamp) -> i64 {
    // A timestamp's range in microseconds is that of 64 bits.
    instant.as_nanosecond().div_euclid(1_000) as i64
}
