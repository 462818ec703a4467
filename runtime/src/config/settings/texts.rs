//! How the texts of settings are read. An error says what is expected, and never holds the text: it
//! may be a password that went astray.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use crate::config::choices::Choice;
use crate::config::nearest::nearest;
use crate::config::{Password, SslMode};

pub(super) fn text(text: &str) -> Result<String, String> {
    if text.is_empty() || text.contains('\0') {
        return Err("a text that is not empty".to_owned());
    }
    Ok(text.to_owned())
}

pub(super) fn password(text: &str) -> Result<Password, String> {
    Ok(Password::new(text))
}

pub(super) fn path(text: &str) -> Result<PathBuf, String> {
    self::text(text).map(PathBuf::from).map_err(|_| "a path".to_owned())
}

pub(super) fn number<T: Number>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("a whole number up to {}", T::MOST))
}

pub(super) trait Number: FromStr {
    const MOST: u32;
}

impl Number for u16 {
    const MOST: u32 = u16::MAX as u32;
}

impl Number for u32 {
    const MOST: u32 = u32::MAX;
}

pub(super) fn switch(text: &str) -> Result<bool, String> {
    match text {
        "true" | "on" | "1" => Ok(true),
        "false" | "off" | "0" => Ok(false),
        _ => Err("`true` or `false`".to_owned()),
    }
}

pub(super) fn choice<T: Choice>(text: &str) -> Result<T, String> {
    let found = T::ALL.iter().find(|(word, _)| word.eq_ignore_ascii_case(text));
    found.map(|(_, choice)| *choice).ok_or_else(|| {
        let words = T::ALL.iter().map(|(word, _)| *word);
        let meant = nearest(text, words.clone()).map(|word| format!("; did you mean `{word}`?"));
        format!("one of {}{}", words.collect::<Vec<_>>().join(", "), meant.unwrap_or_default())
    })
}

pub(super) fn ssl_mode(text: &str) -> Result<SslMode, String> {
    match text {
        "allow" | "prefer" => Err(format!(
            "another one than `{text}`, which falls back to an unencrypted connection in silence: say `disable`, \
             or `verify-full`"
        )),
        _ => choice(text),
    }
}

/// Without a unit, seconds.
pub(super) fn time(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().map(Duration::from_secs).ok();
    seconds
        .or_else(|| with_unit(text))
        .ok_or_else(|| format!("a time, as in {TIMES}; without a unit, seconds"))
}

/// For what other libraries take in milliseconds.
pub(super) fn time_with_unit(text: &str) -> Result<Duration, String> {
    if text == "0" {
        return Ok(Duration::ZERO);
    }
    with_unit(text).ok_or_else(|| match text.parse::<u64>() {
        Ok(_) => format!("a time with its unit, as in {TIMES}: milliseconds and seconds are easily mistaken"),
        Err(_) => format!("a time with its unit, as in {TIMES}"),
    })
}

const TIMES: &str = "`500ms`, `10s`, `5min`, `1h`";

fn with_unit(text: &str) -> Option<Duration> {
    let unit = text.find(|c: char| !c.is_ascii_digit())?;
    let number: u64 = text[..unit].parse().ok()?;
    let milliseconds = match &text[unit..] {
        "ms" => 1,
        "s" => 1_000,
        "min" => 60_000,
        "h" => 3_600_000,
        _ => return None,
    };
    number.checked_mul(milliseconds).map(Duration::from_millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_units() {
        assert_eq!(time("30"), Ok(Duration::from_secs(30)));
        assert_eq!(time("1500ms"), Ok(Duration::from_millis(1500)));
        assert_eq!(time("2min"), Ok(Duration::from_secs(120)));
        assert_eq!(time_with_unit("1h"), Ok(Duration::from_secs(3600)));
        assert_eq!(time_with_unit("0"), Ok(Duration::ZERO));
        for wrong in
            ["", "s", "-1", "1.5", "5 s", "5m", "5000", "99999999999999999999", "18446744073709551615h"]
        {
            assert!(time_with_unit(wrong).is_err(), "{wrong}");
        }
        assert!(time_with_unit("5000").is_err_and(|said| said.contains("mistaken")));
    }

    #[test]
    fn a_choice_that_is_misspelt_is_guessed() {
        assert_eq!(choice("WAL"), Ok(crate::config::JournalMode::Wal));
        let said = choice::<SslMode>("verify_ful").expect_err("no such mode");
        assert_eq!(said, "one of disable, require, verify-ca, verify-full; did you mean `verify-full`?");
    }
}
