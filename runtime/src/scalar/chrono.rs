//! Date and time columns as chrono's types. Fractions of a microsecond are cut off.

use ::chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Timelike, Utc};

use super::{Element, Scalar, moment};
use crate::value::{Cell, Value};

impl Scalar for NaiveDate {
    const NAME: &'static str = "Date";
    type Nullable = Option<Self>;

    fn encode(self) -> Value {
        Value::Date(self.to_epoch_days())
    }

    fn decode(cell: Cell<'_>) -> Option<Self> {
        NaiveDate::from_epoch_days(moment::date(cell)?.try_into().ok()?)
    }
}

impl Scalar for NaiveTime {
    const NAME: &'static str = "Time";
    type Nullable = Option<Self>;

    fn encode(self) -> Value {
        let seconds = i64::from(self.num_seconds_from_midnight());
        // A leap second has a nanosecond of a billion and more.
        let micros = i64::from(self.nanosecond().min(999_999_999) / 1_000);
        Value::Time(seconds * 1_000_000 + micros)
    }

    fn decode(cell: Cell<'_>) -> Option<Self> {
        let micros = moment::time(cell)?;
        let seconds = u32::try_from(micros / 1_000_000).ok()?;
        NaiveTime::from_num_seconds_from_midnight_opt(seconds, (micros % 1_000_000) as u32 * 1_000)
    }
}

impl Scalar for NaiveDateTime {
    const NAME: &'static str = "LocalDateTime";
    type Nullable = Option<Self>;

    fn encode(self) -> Value {
        Value::LocalDateTime(self.and_utc().timestamp_micros())
    }

    fn decode(cell: Cell<'_>) -> Option<Self> {
        DateTime::from_timestamp_micros(moment::local(cell)?).map(|instant| instant.naive_utc())
    }
}

impl Scalar for DateTime<Utc> {
    const NAME: &'static str = "DateTime";
    type Nullable = Option<Self>;

    fn encode(self) -> Value {
        Value::DateTime(self.timestamp_micros())
    }

    fn decode(cell: Cell<'_>) -> Option<Self> {
        DateTime::from_timestamp_micros(moment::instant(cell)?)
    }
}

impl Element for NaiveDate {}
impl Element for NaiveTime {}
impl Element for NaiveDateTime {}
impl Element for DateTime<Utc> {}
