//! What the cells of date and time columns say, in days and microseconds: what the crates for
//! date and time have in common.

use rex_sql::calendar;

use crate::value::Cell;

/// The days from 1970-01-01, Unix's first, to 2000-01-01, PostgreSQL's.
const POSTGRES_EPOCH_DAYS: i64 = 10_957;
const POSTGRES_EPOCH: i64 = POSTGRES_EPOCH_DAYS * calendar::DAY;

/// A `Date`: days since 1970-01-01.
pub(crate) fn date(cell: Cell<'_>) -> Option<i64> {
    match cell {
        Cell::Text(text) => calendar::parse_date(text),
        Cell::Date(days) => Some(days),
        Cell::Wire(wire) => {
            let days = i32::from_be_bytes(wire.try_into().ok()?);
            // `infinity` and `-infinity` are no days.
            (days != i32::MAX && days != i32::MIN).then_some(i64::from(days) + POSTGRES_EPOCH_DAYS)
        }
        _ => None,
    }
}

/// A `Time`: microseconds since midnight.
pub(crate) fn time(cell: Cell<'_>) -> Option<i64> {
    match cell {
        Cell::Text(text) => calendar::parse_time(text),
        Cell::Time(micros) => Some(micros),
        cell => wire(cell),
    }
}

/// A `LocalDateTime`: microseconds since 1970-01-01T00:00:00.
pub(crate) fn local(cell: Cell<'_>) -> Option<i64> {
    match cell {
        Cell::Text(text) => calendar::parse_date_time(text),
        Cell::LocalDateTime(micros) => Some(micros),
        cell => since_epoch(cell),
    }
}

/// A `DateTime`: microseconds since 1970-01-01T00:00:00Z.
pub(crate) fn instant(cell: Cell<'_>) -> Option<i64> {
    match cell {
        Cell::Text(text) => calendar::parse_date_time(text.strip_suffix('Z')?),
        Cell::DateTime(micros) => Some(micros),
        cell => since_epoch(cell),
    }
}

fn since_epoch(cell: Cell<'_>) -> Option<i64> {
    let micros = wire(cell)?;
    let is_finite = micros != i64::MAX && micros != i64::MIN;
    is_finite.then_some(micros)?.checked_add(POSTGRES_EPOCH)
}

fn wire(cell: Cell<'_>) -> Option<i64> {
    match cell {
        Cell::Wire(wire) => Some(i64::from_be_bytes(wire.try_into().ok()?)),
        _ => None,
    }
}
