//! Date and time columns as the types of the crate time. Fractions of a microsecond are cut off.

use time::{Date, OffsetDateTime, PrimitiveDateTime, Time, UtcOffset};

use super::{Element, Scalar, moment};
use crate::value::{Cell, Value};
use rex_sql::calendar;

/// The Julian day of 1970-01-01.
const EPOCH: i64 = 2_440_588;

impl Scalar for Date {
    const NAME: &'static str = "Date";
    type Nullable = Option<Self>;

    fn encode(self) -> Value {
        Value::Date((i64::from(self.to_julian_day()) - EPOCH) as i32)
    }

    fn decode(cell: Cell<'_>) -> Option<Self> {
        let day = moment::date(cell)?.checked_add(EPOCH)?;
        Date::from_julian_day(day.try_into().ok()?).ok()
    }
}

impl Scalar for Time {
    const NAME: &'static str = "Time";
    type Nullable = Option<Self>;

    fn encode(self) -> Value {
        let (hour, minute, second, micro) = self.as_hms_micro();
        let seconds = i64::from(hour) * 3_600 + i64::from(minute) * 60 + i64::from(second);
        Value::Time(seconds * 1_000_000 + i64::from(micro))
    }

    fn decode(cell: Cell<'_>) -> Option<Self> {
        let micros = moment::time(cell)?;
        if !(0..calendar::DAY).contains(&micros) {
            return None;
        }
        let seconds = micros / 1_000_000;
        let part = |number: i64| number as u8;
        let (hour, minute, second) = (part(seconds / 3_600), part(seconds / 60 % 60), part(seconds % 60));
        Time::from_hms_micro(hour, minute, second, (micros % 1_000_000) as u32).ok()
    }
}

impl Scalar for PrimitiveDateTime {
    const NAME: &'static str = "LocalDateTime";
    type Nullable = Option<Self>;

    fn encode(self) -> Value {
        Value::LocalDateTime(micros(self.assume_utc()))
    }

    fn decode(cell: Cell<'_>) -> Option<Self> {
        let instant = from_micros(moment::local(cell)?)?;
        Some(PrimitiveDateTime::new(instant.date(), instant.time()))
    }
}

impl Scalar for OffsetDateTime {
    const NAME: &'static str = "DateTime";
    type Nullable = Option<Self>;

    fn encode(self) -> Value {
        Value::DateTime(micros(self))
    }

    fn decode(cell: Cell<'_>) -> Option<Self> {
        from_micros(moment::instant(cell)?)
    }
}

impl Element for Date {}
impl Element for Time {}
impl Element for PrimitiveDateTime {}
impl Element for OffsetDateTime {}

fn from_micros(micros: i64) -> Option<OffsetDateTime> {
    let instant = OffsetDateTime::from_unix_timestamp_nanos(i128::from(micros) * 1_000).ok()?;
    Some(instant.to_offset(UtcOffset::UTC))
}

/// What is before 1970 is cut off downwards too.
fn micros(instant: OffsetDateTime) -> i64 {
    // Years of four digits have less than 2^63 microseconds.
    instant.unix_timestamp_nanos().div_euclid(1_000) as i64
}
