//! Dates and times as integers and as the texts that SQLite holds. No date-time crate.
//!
//! The texts have a fixed width, so that they sort as the times do: years 0000 to 9999.

/// The days from 1970-01-01 to a day of the proleptic Gregorian calendar.
///
/// After Howard Hinnant, "chrono-compatible low-level date algorithms".
pub fn days_from_civil(year: i64, month: u32, day: u32) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let month_from_march = i64::from((month + 9) % 12);
    let day_of_year = (153 * month_from_march + 2) / 5 + i64::from(day) - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// The year, month and day that are `days` after 1970-01-01.
pub fn civil_from_days(days: i64) -> (i64, u32, u32) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = (day_of_year - (153 * month_from_march + 2) / 5 + 1) as u32;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 } as u32;
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

/// Microseconds of a day.
pub const DAY: i64 = 86_400_000_000;

/// `2026-01-01`; none outside the years 0000 to 9999.
pub fn date_text(days: i64) -> Option<String> {
    let (year, month, day) = civil_from_days(days);
    (0..=9999).contains(&year).then(|| format!("{year:04}-{month:02}-{day:02}"))
}

/// `12:34:56.000000`; none outside of a day.
pub fn time_text(micros: i64) -> Option<String> {
    (0..=DAY).contains(&micros).then(|| {
        let (seconds, fraction) = (micros / 1_000_000, micros % 1_000_000);
        let (minutes, second) = (seconds / 60, seconds % 60);
        format!("{:02}:{:02}:{second:02}.{fraction:06}", minutes / 60, minutes % 60)
    })
}

/// `2026-01-01T12:34:56.000000`; none outside the years 0000 to 9999.
pub fn date_time_text(micros: i64) -> Option<String> {
    let date = date_text(micros.div_euclid(DAY))?;
    let time = time_text(micros.rem_euclid(DAY))?;
    Some(format!("{date}T{time}"))
}

/// Reads [`date_text`].
pub fn parse_date(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    let (year, month, day) = (digits(&bytes[..4])?, digits(&bytes[5..7])?, digits(&bytes[8..])?);
    let days = days_from_civil(year, u32::try_from(month).ok()?, u32::try_from(day).ok()?);
    // A day that does not exist, such as 30 February, comes back as another.
    let (back_year, back_month, back_day) = civil_from_days(days);
    let exists = (back_year, i64::from(back_month), i64::from(back_day)) == (year, month, day);
    exists.then_some(days)
}

/// Reads [`time_text`], with any number of digits up to six after the point.
pub fn parse_time(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    let clock = bytes.get(..8)?;
    if clock[2] != b':' || clock[5] != b':' {
        return None;
    }
    let (hour, minute, second) = (digits(&clock[..2])?, digits(&clock[3..5])?, digits(&clock[6..])?);
    let fraction = match &bytes[8..] {
        [] => 0,
        [b'.', rest @ ..] if (1..=6).contains(&rest.len()) => {
            digits(rest)? * 10i64.pow(6 - rest.len() as u32)
        }
        _ => return None,
    };
    let in_range = hour <= 24 && minute < 60 && second < 60;
    let micros = ((hour * 60 + minute) * 60 + second) * 1_000_000 + fraction;
    (in_range && micros <= DAY).then_some(micros)
}

/// Reads [`date_time_text`].
pub fn parse_date_time(text: &str) -> Option<i64> {
    let date = parse_date(text.get(..10)?)?;
    let time = parse_time(text.get(10..)?.strip_prefix(['T', ' '])?)?;
    Some(date * DAY + time)
}

fn digits(bytes: &[u8]) -> Option<i64> {
    bytes.iter().try_fold(0, |sum, byte| byte.is_ascii_digit().then(|| sum * 10 + i64::from(byte - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn date(text: &str, days: i64) {
        assert_eq!(parse_date(text), Some(days), "{text}");
        assert_eq!(date_text(days).as_deref(), Some(text));
    }

    #[test]
    fn days_at_the_edges() {
        date("1970-01-01", 0);
        date("1969-12-31", -1);
        date("2000-02-29", 11_016);
        date("0001-01-01", -719_162);
        date("1582-10-15", -141_427);
        date("1900-02-28", -25_509);
        date("1900-03-01", -25_508);
        date("2026-01-01", 20_454);
        date("0000-01-01", -719_528);
        date("9999-12-31", 2_932_896);
        assert_eq!(date_text(2_932_897), None);
        assert_eq!(date_text(-719_529), None);
    }

    /// Against a calendar that only counts.
    #[test]
    fn every_day_of_ten_thousand_years() {
        let mut days = -719_162;
        for year in 1..=9999 {
            let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            let lengths = [31, if leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
            for (month, length) in (1..).zip(lengths) {
                for day in 1..=length {
                    assert_eq!(date_text(days).as_deref(), Some(&*format!("{year:04}-{month:02}-{day:02}")));
                    days += 1;
                }
            }
        }
        assert_eq!(days, 2_932_897);
    }

    #[test]
    fn every_day_comes_back() {
        for days in (-719_528..=2_932_896).step_by(13) {
            assert_eq!(date_text(days).as_deref().and_then(parse_date), Some(days));
        }
    }

    #[test]
    fn days_that_do_not_exist_are_refused() {
        for text in ["2026-02-30", "2026-13-01", "2026-00-10", "1900-02-29", "2026-1-1", "2026-01-01 "] {
            assert_eq!(parse_date(text), None, "{text}");
        }
    }

    #[test]
    fn instants_before_1970_keep_their_fraction() {
        assert_eq!(date_time_text(0).as_deref(), Some("1970-01-01T00:00:00.000000"));
        assert_eq!(date_time_text(-1).as_deref(), Some("1969-12-31T23:59:59.999999"));
        assert_eq!(date_time_text(-719_162 * DAY).as_deref(), Some("0001-01-01T00:00:00.000000"));
        assert_eq!(date_time_text(2_932_897 * DAY - 1).as_deref(), Some("9999-12-31T23:59:59.999999"));
        assert_eq!(parse_date_time("1969-12-31T23:59:59.999999"), Some(-1));
        assert_eq!(parse_date_time("1969-12-31 23:59:59.5"), Some(-500_000));
        assert_eq!(parse_date_time("1969-12-31T25:00:00"), None);
    }

    #[test]
    fn times_at_the_edges() {
        assert_eq!(time_text(45_296_000_007).as_deref(), Some("12:34:56.000007"));
        assert_eq!(time_text(0).as_deref(), Some("00:00:00.000000"));
        assert_eq!(time_text(DAY - 1).as_deref(), Some("23:59:59.999999"));
        assert_eq!(time_text(-1), None);
        assert_eq!(parse_time("24:00:00"), Some(DAY));
        assert_eq!(parse_time("24:00:01"), None);
        assert_eq!(parse_time("12:60:00"), None);
    }
}
