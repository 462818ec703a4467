//! Date and time columns as chrono's types. Fractions of a microsecond are cut off.

use ::chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Timelike, Utc};

use super::{Element, Scalar};
use crate::value::{Cell, Value};
use rex_sql::calendar;

/// The days from 1970-01-01, Unix's first, to 2000-01-01, PostgreSQL's.
const POSTGRES_EPOCH_DAYS: i64 = 10_957;
const POSTGRES_EPOCH: i64 = POSTGRES_EPOCH_DAYS * calendar::DAY;

impl Scalar for NaiveDate {
    const NAME: &'static str = "Date";

    fn encode(self) -> Value {
        Value::Date(self.to_epoch_days())
    }

    fn decode(cell: Cell<'_>) -> Option<Self> {
        let days = match cell {
            Cell::Text(text) => calendar::parse_date(text)?,
            Cell::Wire(wire) => {
                i64::from(finite(i32::from_be_bytes(wire.try_into().ok()?))?) + POSTGRES_EPOCH_DAYS
            }
            _ => return None,
        };
        NaiveDate::from_epoch_days(days.try_into().ok()?)
    }
}

impl Scalar for NaiveTime {
    const NAME: &'static str = "Time";

    fn encode(self) -> Value {
        let seconds = i64::from(self.num_seconds_from_midnight());
        // A leap second has a nanosecond of a billion and more.
        let micros = i64::from(self.nanosecond().min(999_999_999) / 1_000);
        Value::Time(seconds * 1_000_000 + micros)
    }

    fn decode(cell: Cell<'_>) -> Option<Self> {
        let micros = match cell {
            Cell::Text(text) => calendar::parse_time(text)?,
            cell => wire_i64(cell)?,
        };
        let seconds = u32::try_from(micros / 1_000_000).ok()?;
        NaiveTime::from_num_seconds_from_midnight_opt(seconds, (micros % 1_000_000) as u32 * 1_000)
    }
}

impl Scalar for NaiveDateTime {
    const NAME: &'static str = "LocalDateTime";

    fn encode(self) -> Value {
        Value::LocalDateTime(self.and_utc().timestamp_micros())
    }

    fn decode(cell: Cell<'_>) -> Option<Self> {
        let micros = match cell {
            Cell::Text(text) => calendar::parse_date_time(text)?,
            cell => finite_i64(wire_i64(cell)?)?.checked_add(POSTGRES_EPOCH)?,
        };
        DateTime::from_timestamp_micros(micros).map(|instant| instant.naive_utc())
    }
}

impl Scalar for DateTime<Utc> {
    const NAME: &'static str = "DateTime";

    fn encode(self) -> Value {
        Value::DateTime(self.timestamp_micros())
    }

    fn decode(cell: Cell<'_>) -> Option<Self> {
        let micros = match cell {
            Cell::Text(text) => calendar::parse_date_time(text.strip_suffix('Z')?)?,
            cell => finite_i64(wire_i64(cell)?)?.checked_add(POSTGRES_EPOCH)?,
        };
        DateTime::from_timestamp_micros(micros)
    }
}

impl Element for NaiveDate {}
impl Element for NaiveTime {}
impl Element for NaiveDateTime {}
impl Element for DateTime<Utc> {}

/// PostgreSQL's `infinity` and `-infinity` are no days.
fn finite(days: i32) -> Option<i32> {
    (days != i32::MAX && days != i32::MIN).then_some(days)
}

fn finite_i64(micros: i64) -> Option<i64> {
    (micros != i64::MAX && micros != i64::MIN).then_some(micros)
}

fn wire_i64(cell: Cell<'_>) -> Option<i64> {
    match cell {
        Cell::Wire(wire) => Some(i64::from_be_bytes(wire.try_into().ok()?)),
        _ => None,
    }
}
