//! Dates and times of a schema as text, in the one form of [`rex_sql::calendar`].
//!
//! The checker lets in the years 0001 to 9999 only, so there is always such a text.

use rex_sql::calendar;

const IN_RANGE: &str = "the dates and times of a schema are of the years 0001 to 9999";

/// `2026-01-01`, from days since 1970-01-01.
pub fn date(days: i32) -> String {
    calendar::date_text(days.into()).expect(IN_RANGE)
}

/// `23:59:59.999999`, from microseconds since midnight.
pub fn time(micros: i64) -> String {
    calendar::time_text(micros).expect(IN_RANGE)
}

/// `2026-01-01T00:00:00.000000`, from microseconds since 1970-01-01T00:00:00.
pub fn date_time(micros: i64) -> String {
    calendar::date_time_text(micros).expect(IN_RANGE)
}
