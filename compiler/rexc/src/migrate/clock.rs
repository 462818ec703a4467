//! The time in names of migrations: `20261122T093000`, in UTC.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rex_sql::calendar;

/// The time as it begins a migration's name: later than `last`, another migration's name.
pub(super) fn stamp(now: SystemTime, last: Option<&str>) -> String {
    let mut now = now;
    loop {
        let stamp = text(now);
        // The clock may be behind that of whoever made the last one, or two are made in one second.
        match last {
            Some(last) if !last.is_empty() && stamp.as_str() <= &last[..last.len().min(stamp.len())] => {
                now += Duration::from_secs(step(&stamp, last));
            }
            _ => return stamp,
        }
    }
}

/// One second, or a day where the last one lies far ahead.
fn step(stamp: &str, last: &str) -> u64 {
    if stamp.get(..8) < last.get(..8) { 86_400 } else { 1 }
}

fn text(now: SystemTime) -> String {
    let since = now.duration_since(UNIX_EPOCH).unwrap_or_default();
    let micros = i64::try_from(since.as_micros()).unwrap_or_default();
    let text = calendar::date_time_text(micros).unwrap_or_default();
    text.chars().take(19).filter(|char| !matches!(char, '-' | ':')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_migration_is_later_than_the_last_one() {
        let now = UNIX_EPOCH + Duration::from_secs(1_795_253_400);
        assert_eq!(stamp(now, None), "20261121T093000");
        assert_eq!(stamp(now, Some("20251121T093000_a")), "20261121T093000");
        assert_eq!(stamp(now, Some("20261121T093000_a")), "20261121T093001");
        assert_eq!(stamp(now, Some("20261121T100000_a")), "20261121T100001");
        assert_eq!(stamp(now, Some("20271231T235959_a")), "20280101T000000");
    }
}
