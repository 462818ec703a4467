//! The functions that queries call, each with its words in both dialects.
//!
//! Every function has one meaning, which [`crate::compute`] defines for those that the language has
//! too; a dialect whose own function of that name means something else is given other words.

use std::fmt::Write as _;

use crate::Dialect;

/// A function of a query. It is null when an argument is, but for `Coalesce`, `NullIf` and what says
/// otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Call {
    /// Of a text: ASCII letters in lower case.
    Lower,
    /// Of a text: ASCII letters in upper case.
    Upper,
    /// Of a text: without the spaces at both ends.
    Trim,
    /// Of a text: how many Unicode scalar values it has.
    Length,
    /// Of octets: how many there are.
    Octets,
    /// Of a list: how many elements it has.
    Elements,
    /// Of texts: one behind the other.
    Concat,
    /// The first that is not null.
    Coalesce,
    /// The first; null if it equals the second.
    NullIf,
    /// Of two lists: whether the first has all elements of the second.
    HasAll,
    /// Of two lists: whether they have an element in common.
    HasAny,
    /// Of two lists: one behind the other.
    Append,
    /// Of an exact number: rounded to a smaller number of digits, half away from zero.
    Round {
        /// The digits after the point that it has.
        from: u32,
        /// Those that are kept.
        to: u32,
    },
    /// Of a time: one of its parts in the calendar, of UTC where it is an instant.
    Part(Part, Moment),
    /// Of a time: its beginning, of UTC where it is an instant.
    Truncate(Part, Moment),
    /// Of a time and microseconds: that much later.
    Later(Moment),
    /// Of a day and a number: so many days later.
    DaysLater,
    /// Of a time with a day and a number: so many months later, at the last day of a month that is too
    /// short.
    MonthsLater(Moment),
    /// Of JSON and a key: what an object has there.
    Member,
    /// Of JSON and a place: what an array has there.
    Element,
    /// Of two JSONs: whether the first has all that the second has, as PostgreSQL's `@>` says it. In
    /// SQLite a function of the name `rex_has_json` is asked, which the adapter makes known.
    HasJson,
    /// Of JSON: the text that it is; null if it is something else.
    JsonText,
    /// Of JSON: the integer that it is, of at most 18 digits; null if it is something else.
    JsonInteger,
    /// Of JSON: the number that it is, as a `Double`; null if it is something else.
    JsonNumber,
    /// Of JSON: the truth value that it is; null if it is something else.
    JsonBool,
}

/// A part of a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// The year.
    Year,
    /// The month, from 1.
    Month,
    /// The day of the month, from 1.
    Day,
    /// The hour, from 0.
    Hour,
    /// The minute, from 0.
    Minute,
    /// The whole second, from 0.
    Second,
}

/// A type of times.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Moment {
    /// `Date`
    Date,
    /// `Time`
    Time,
    /// `DateTime`
    Instant,
    /// `LocalDateTime`
    Local,
}

impl Part {
    /// The word for it in PostgreSQL.
    fn word(self) -> &'static str {
        match self {
            Part::Year => "year",
            Part::Month => "month",
            Part::Day => "day",
            Part::Hour => "hour",
            Part::Minute => "minute",
            Part::Second => "second",
        }
    }

    /// Where it stands in `2026-01-01T00:00:00`, from 1, and how long it is.
    fn place(self) -> (usize, usize) {
        match self {
            Part::Year => (1, 4),
            Part::Month => (6, 2),
            Part::Day => (9, 2),
            Part::Hour => (12, 2),
            Part::Minute => (15, 2),
            Part::Second => (18, 2),
        }
    }
}

/// What stands for nothing in each part of a time.
const BEGINNING: &str = "0000-01-01T00:00:00.000000";

impl Call {
    /// The words of a call, whose arguments stand as they may in a list.
    pub(crate) fn words(self, dialect: Dialect, arguments: &[String]) -> String {
        match dialect {
            Dialect::Postgres => self.postgres(arguments),
            Dialect::Sqlite => self.sqlite(arguments),
        }
    }

    fn postgres(self, arguments: &[String]) -> String {
        let list = arguments.join(", ");
        let first = arguments.first().map_or("", String::as_str);
        let second = arguments.get(1).map_or("", String::as_str);
        match self {
            Call::Lower => format!("lower(({first}) COLLATE \"C\")"),
            Call::Upper => format!("upper(({first}) COLLATE \"C\")"),
            Call::Trim => format!("btrim({list})"),
            Call::Length => format!("length({list})::bigint"),
            Call::Octets => format!("octet_length({list})::bigint"),
            Call::Elements => format!("cardinality({list})::bigint"),
            Call::Concat => chain(arguments),
            Call::Coalesce => format!("COALESCE({list})"),
            Call::NullIf => format!("NULLIF({list})"),
            Call::HasAll => format!("(({first}) @> ({second}))"),
            Call::HasAny => format!("(({first}) && ({second}))"),
            Call::Append => format!("array_cat({list})"),
            Call::Round { to, .. } => format!("round({first}, {to})"),
            Call::Part(Part::Second, moment) => {
                format!("floor(EXTRACT(second FROM {}))::integer", civil(first, moment))
            }
            Call::Part(part, moment) => {
                format!("EXTRACT({} FROM {})::integer", part.word(), civil(first, moment))
            }
            Call::Truncate(part, moment) => truncated_postgres(first, part, moment),
            Call::Later(_) => format!("(({first}) + ({second}) * interval '1 microsecond')"),
            Call::DaysLater => format!("(({first}) + ({second}))"),
            Call::MonthsLater(moment) => months_later_postgres(first, second, moment),
            Call::Member => format!("(({first}) -> ({second}))"),
            // What is no array is one of itself there.
            Call::Element => {
                format!("CASE WHEN jsonb_typeof({first}) = 'array' THEN ({first}) -> ({second}) END")
            }
            Call::HasJson => format!("(({first}) @> ({second}))"),
            Call::JsonText => {
                format!("CASE WHEN jsonb_typeof({first}) = 'string' THEN ({first}) #>> '{{}}' END")
            }
            Call::JsonInteger => format!(
                "CASE WHEN jsonb_typeof({first}) = 'number' AND ({first})::text ~ '^-?[0-9]{{1,18}}$' \
                 THEN ({first})::bigint END"
            ),
            Call::JsonNumber => {
                format!("CASE WHEN jsonb_typeof({first}) = 'number' THEN ({first})::double precision END")
            }
            Call::JsonBool => {
                format!("CASE WHEN jsonb_typeof({first}) = 'boolean' THEN ({first})::boolean END")
            }
        }
    }

    fn sqlite(self, arguments: &[String]) -> String {
        let list = arguments.join(", ");
        let first = arguments.first().map_or("", String::as_str);
        let second = arguments.get(1).map_or("", String::as_str);
        match self {
            Call::Lower => format!("lower({list})"),
            Call::Upper => format!("upper({list})"),
            Call::Trim => format!("trim({list})"),
            Call::Length => format!("length({list})"),
            Call::Octets => format!("octet_length({list})"),
            Call::Elements => format!("json_array_length({list})"),
            Call::Concat => chain(arguments),
            Call::Coalesce => format!("coalesce({list})"),
            Call::NullIf => format!("nullif({list})"),
            Call::HasAll => format!(
                "CASE WHEN ({first}) IS NOT NULL AND ({second}) IS NOT NULL THEN NOT EXISTS (SELECT 1 FROM \
                 json_each({second}) AS wanted WHERE wanted.value NOT IN (SELECT value FROM json_each({first}))) END"
            ),
            Call::HasAny => format!(
                "CASE WHEN ({first}) IS NOT NULL AND ({second}) IS NOT NULL THEN EXISTS (SELECT 1 FROM \
                 json_each({second}) AS wanted WHERE wanted.value IN (SELECT value FROM json_each({first}))) END"
            ),
            // Their texts are put together: values would come out as others, `true` as 1.
            Call::Append => format!(
                "CASE '[]' WHEN json({first}) THEN json({second}) WHEN json({second}) THEN json({first}) \
                 ELSE rtrim(json({first}), ']') || ',' || ltrim(json({second}), '[') END"
            ),
            Call::Round { from, to } => rounded_sqlite(first, from.saturating_sub(to)),
            Call::Part(part, moment) => {
                let (place, length) = part.place();
                let place = if moment == Moment::Time { place.saturating_sub(11) } else { place };
                format!("CAST(substr({first}, {place}, {length}) AS INTEGER)")
            }
            Call::Truncate(part, moment) => truncated_sqlite(first, part, moment),
            Call::Later(moment) => later_sqlite(first, second, moment),
            Call::DaysLater => format!("date({first}, ({second}) || ' days')"),
            Call::MonthsLater(_) => months_later_sqlite(first, second),
            Call::Member | Call::Element => format!("(({first}) -> ({second}))"),
            Call::HasJson => format!("rex_has_json({list})"),
            Call::JsonText => {
                format!("CASE WHEN json_type({first}) = 'text' THEN json_extract({first}, '$') END")
            }
            Call::JsonInteger => format!(
                "CASE WHEN json_type({first}) = 'integer' AND abs(json_extract({first}, '$')) < 1000000000000000000 \
                 THEN json_extract({first}, '$') END"
            ),
            Call::JsonNumber => format!(
                "CASE WHEN json_type({first}) IN ('integer', 'real') \
                 THEN CAST(json_extract({first}, '$') AS REAL) END"
            ),
            Call::JsonBool => format!("CASE json_type({first}) WHEN 'true' THEN 1 WHEN 'false' THEN 0 END"),
        }
    }
}

fn chain(arguments: &[String]) -> String {
    let operands: Vec<String> = arguments.iter().map(|one| format!("({one})")).collect();
    format!("({})", operands.join(" || "))
}

/// A time of PostgreSQL without a zone.
fn civil(of: &str, moment: Moment) -> String {
    match moment {
        Moment::Instant => format!("(({of}) AT TIME ZONE 'utc')"),
        Moment::Date | Moment::Time | Moment::Local => format!("({of})"),
    }
}

fn truncated_postgres(of: &str, part: Part, moment: Moment) -> String {
    let truncated = format!("date_trunc('{}', {})", part.word(), civil(of, moment));
    match moment {
        Moment::Instant => format!("({truncated} AT TIME ZONE 'utc')"),
        Moment::Date => format!("{truncated}::date"),
        Moment::Time => format!("{truncated}::time"),
        Moment::Local => truncated,
    }
}

/// The text up to the part, and the beginning of all that is behind.
fn truncated_sqlite(of: &str, part: Part, moment: Moment) -> String {
    let (place, length) = part.place();
    let kept = place + length - 1;
    let (skipped, end, zone) = match moment {
        Moment::Date => (0, 10, ""),
        Moment::Time => (11, BEGINNING.len(), ""),
        Moment::Instant => (0, BEGINNING.len(), "Z"),
        Moment::Local => (0, BEGINNING.len(), ""),
    };
    let kept = kept.clamp(skipped, end);
    format!("(substr({of}, 1, {}) || '{}{zone}')", kept - skipped, &BEGINNING[kept..end])
}

/// The seconds are SQLite's to count; it knows milliseconds only, so that the microseconds are counted
/// beside them.
fn later_sqlite(of: &str, micros: &str, moment: Moment) -> String {
    let all = format!("(CAST(substr({of}, 21, 6) AS INTEGER) + ({micros}))");
    let rest = format!("(({all} % 1000000 + 1000000) % 1000000)");
    let zone = if moment == Moment::Instant { "Z" } else { "" };
    format!(
        "(strftime('%Y-%m-%dT%H:%M:%S', unixepoch(substr({of}, 1, 19)) + ({all} - {rest}) / 1000000, 'unixepoch') \
         || printf('.%06d{zone}', {rest}))"
    )
}

fn months_later_postgres(of: &str, months: &str, moment: Moment) -> String {
    let later = format!("({} + make_interval(months => {months}))", civil(of, moment));
    match moment {
        Moment::Instant => format!("({later} AT TIME ZONE 'utc')"),
        Moment::Date => format!("{later}::date"),
        Moment::Time | Moment::Local => later,
    }
}

/// The month is counted from its first day, since SQLite takes 31 February for a day in March; then its day
/// is as it was, or the last one.
fn months_later_sqlite(of: &str, months: &str) -> String {
    let first = format!("date(substr({of}, 1, 8) || '01', ({months}) || ' months')");
    let last = format!("strftime('%d', {first}, '+1 month', '-1 day')");
    format!("(substr({first}, 1, 8) || min(substr({of}, 9, 2), {last}) || substr({of}, 11))")
}

fn rounded_sqlite(of: &str, digits: u32) -> String {
    let Some(unit) = 10i64.checked_pow(digits).filter(|_| digits > 0) else { return of.to_owned() };
    let mut text = String::new();
    let half = unit / 2;
    _ = write!(text, "((({of}) + CASE WHEN ({of}) < 0 THEN -{half} ELSE {half} END) / {unit})");
    text
}
