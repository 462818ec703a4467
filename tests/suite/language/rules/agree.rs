//! Rust and both databases agree on every rule that SQL can state: what one refuses, all refuse.
//!
//! The rows go to the database from a twin of the schema that knows no rules.

use std::fmt::Debug;

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use rex_orm::{Dialect, Kind, New};
use rust_decimal::Decimal;

use crate::fixtures::{rules, rules_twin};
use crate::support::postgres;

#[tokio::test]
async fn rust_and_the_databases_agree_on_rules() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = format!("sqlite://{}", folder.path().join("rules.db").display());
    let database = postgres::server().database("rules_agree");
    for url in [&file, &database.url()] {
        let db = rules::Db::connect(url).await.expect("a database");
        db.create_schema().await.expect("the tables are new");
        let twin = rules_twin::Db::connect(url).await.expect("the same database");
        let mut judge = Judge { twin, random: 0x2545_f491_4f6c_dd1d, refused: 0, allowed: 0 };
        texts(&mut judge).await;
        numbers(&mut judge).await;
        times(&mut judge).await;
        assert!(judge.refused > 200 && judge.allowed > 200, "{} and {}", judge.refused, judge.allowed);
    }
}

struct Judge {
    twin: rules_twin::Db,
    random: u64,
    refused: usize,
    allowed: usize,
}

impl Judge {
    /// The next of a fixed series of numbers, below `end`.
    fn below(&mut self, end: u64) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random % end
    }

    async fn compare(
        &mut self,
        field: &str,
        value: &dyn Debug,
        rust: rex_orm::Result<()>,
        row: rules_twin::NewSample,
    ) {
        let database = self.twin.sample().insert(row).await.map(drop);
        match (&rust, &database) {
            (Ok(()), Ok(())) => self.allowed += 1,
            (Err(rust), Err(database)) => {
                let found = rust.violations().and_then(|found| found.first()).expect("a violation");
                let names = format!("samples_{field}_{}_check", found.code);
                assert_eq!(database.kind(), Kind::Check, "{field} {value:?}: {database:?}");
                // `String(n)` is a type in PostgreSQL, and a check of the column in SQLite.
                let is_type = found.code == "length" && field == "short";
                let named = database.constraint() == Some(&names);
                assert!(named || is_type, "{field} {value:?}: {names}, {database:?}");
                self.refused += 1;
            }
            _ => panic!("{field} {value:?}: Rust says {rust:?}, the database {database:?}"),
        }
    }
}

macro_rules! compare {
    ($judge:ident, $field:ident, $values:expr) => {
        for value in $values {
            let row = rules::NewSample { $field: Some(value.clone()), ..rules::NewSample::new() };
            let raw = rules_twin::NewSample { $field: Some(value.clone()), ..rules_twin::NewSample::new() };
            $judge.compare(stringify!($field), &value, row.validate(), raw).await;
        }
    };
}

async fn texts(judge: &mut Judge) {
    let alphabet = ["a", "A", " ", "é", "🦀", "'", "\\", "\t", "%", "\u{a0}"];
    let mut texts: Vec<String> = [
        "",
        " ",
        "a",
        "A",
        "é ",
        "it's",
        "ab",
        "abcde",
        "abcdef",
        "1234567",
        "12345678",
        "123456789",
        "e\u{301}",
    ]
    .map(str::to_owned)
    .to_vec();
    for _ in 0..40 {
        let length = judge.below(10);
        texts.push((0..length).map(|_| alphabet[judge.below(10) as usize]).collect());
    }
    compare!(judge, long, texts.clone());
    compare!(judge, short, texts.clone());
    compare!(judge, solid, texts.clone());
    compare!(judge, tidy, texts.clone());
    compare!(judge, chosen, texts.clone());
    compare!(judge, octets, [0usize, 1, 2, 3, 4].map(|length| vec![0u8; length]));
    compare!(judge, labels, [0usize, 1, 2, 3, 4].map(|length| vec!["a,\"".to_owned(); length]));
}

async fn numbers(judge: &mut Judge) {
    let mut small = [-4, -3, -2, 2, 3, 4, i16::MIN, i16::MAX].to_vec();
    small.extend((0..20).map(|_| judge.below(10) as i16 - 5));
    compare!(judge, small, small);
    compare!(judge, int, [i32::MAX, i32::MAX - 1, i32::MIN, 0]);
    compare!(judge, big, [i64::MIN, i64::MIN + 1, i64::MAX, 0]);
    compare!(judge, step, [-3, -2, -1, 0, 1, i64::MAX, i64::MAX - 1, i64::MIN]);
    let near = |value: f32| [value, f32::from_bits(value.to_bits() + 1), f32::from_bits(value.to_bits() - 1)];
    let mut floats: Vec<f32> = [-0.1, 0.7, 0.1, 1.0, 1e3].iter().flat_map(|value| near(*value)).collect();
    floats.extend([0.0, -0.0, f32::MAX, f32::MIN, f32::MIN_POSITIVE, f32::INFINITY, f32::NEG_INFINITY]);
    floats.extend((0..30).map(|_| judge.below(2_000) as f32 / 1_000.0 - 1.0));
    compare!(judge, float, floats.clone());
    compare!(judge, third, floats);
    let mut doubles = vec![0.1, 0.3, 0.1 + 0.2, 0.099_999_999_999_999_99, f64::INFINITY, f64::MIN, -0.0];
    doubles.extend((0..30).map(|_| judge.below(1_000) as f64 / 2_000.0));
    compare!(judge, double, doubles.clone());
    // SQLite cannot hold NaN, and says so.
    doubles.extend((judge.twin.dialect() == Dialect::Postgres).then_some(f64::NAN));
    compare!(judge, least, doubles);
    let mut decimals: Vec<Decimal> =
        [-106, -105, -104, 999, 1000, 1001].map(|units| Decimal::new(units, 2)).to_vec();
    // Zeros behind the last digit are none.
    decimals.extend([Decimal::new(-10_500, 4), Decimal::new(100_000, 4), Decimal::new(100_100, 4)]);
    decimals.extend((0..30).map(|_| Decimal::new(judge.below(2_000) as i64 - 500, 2)));
    compare!(judge, price, decimals);
    compare!(judge, grade, [5, 9, 10, 11, 14, 15, 16, 99].map(|units| Decimal::new(units, 1)));
}

async fn times(judge: &mut Judge) {
    let date = |text: &str| text.parse::<NaiveDate>().expect("a date");
    let mut dates = ["2000-02-28", "2000-02-29", "2099-12-31", "2100-01-01", "0001-01-01", "9999-12-31"]
        .map(date)
        .to_vec();
    dates.extend((0..20).map(|_| date("1950-01-01") + Days::new(judge.below(73_000))));
    compare!(judge, date, dates);
    let clock = |text: &str| text.parse::<NaiveTime>().expect("a time");
    let mut clocks =
        ["07:59:59.999999", "08:00:00", "17:30:00.000001", "17:30:00.000002", "00:00:00", "23:59:59.999999"]
            .map(clock)
            .to_vec();
    clocks.extend((0..20).map(|_| clock("00:00:00") + TimeDelta::seconds(judge.below(86_400) as i64)));
    compare!(judge, time, clocks);
    let instant = |text: &str| text.parse::<DateTime<Utc>>().expect("an instant");
    let mut instants = ["1999-12-31T23:59:59.999999Z", "2000-01-01T00:00:00Z", "2000-01-01T00:30:00+01:00"]
        .map(instant)
        .to_vec();
    instants.extend(
        (0..20).map(|_| instant("1990-01-01T00:00:00Z") + TimeDelta::hours(judge.below(175_000) as i64)),
    );
    compare!(judge, at, instants);
    let local = |text: &str| text.parse::<NaiveDateTime>().expect("a date and time");
    let mut locals = ["1999-12-31T23:59:59.999999", "2000-01-01T00:00:00", "2000-01-01T00:00:00.000001"]
        .map(local)
        .to_vec();
    locals.extend(
        (0..20).map(|_| local("1990-01-01T00:00:00") + TimeDelta::hours(judge.below(175_000) as i64)),
    );
    compare!(judge, local, locals);
}
