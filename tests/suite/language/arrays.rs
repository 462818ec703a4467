//! Many rows whose columns are enums, lists, and types of the database's own: one statement in PostgreSQL,
//! whatever their number, and the same rows as one by one.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeZone, Utc};
use rex_orm::types::{Decimal, Json, Uuid};
use rex_orm::{Counts, Dialect, Kind, Result, Watch};

use super::{kind, on_every_database};
use crate::fixtures::{attributes, scalars};

/// More than one statement of `VALUES` would hold.
const MANY: usize = 2_500;

#[tokio::test]
async fn lists_of_every_type() {
    on_every_database("arrays_of_lists", async |url| lists(url).await.expect("lists of every type")).await;
}

fn instant(second: u32) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(1969, 12, 31, 23, 59, second).unwrap() + chrono::TimeDelta::microseconds(7)
}

fn date(year: i32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, 2, 28).unwrap()
}

/// A row with empty lists, one with lists of one, and one with lists that are hard to write.
fn list_rows() -> [scalars::NewLists; 3] {
    let strings = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let row = |strings: Vec<String>, number: i16, dates: Vec<NaiveDate>, jsons: Vec<Json>| {
        let count = dates.len();
        let some = |value: i64| vec![value; count];
        scalars::NewLists {
            id: None,
            bools: vec![number > 0; count],
            smalls: vec![number; count],
            ints: vec![i32::from(number) * 65_537; count],
            bigs: some(i64::MIN / i64::from(number.max(1))),
            floats: vec![f32::from(number) / 3.0, f32::MAX, -0.0][..count.min(3)].to_vec(),
            doubles: vec![f64::from(number) / 3.0, 1e-300, f64::MAX][..count.min(3)].to_vec(),
            decimals: vec![Decimal::new(-1_050, 2); count],
            wholes: vec![Decimal::from(number); count],
            shorts: strings.clone(),
            strings,
            bytes: vec![vec![0, b'\\', b'"', 255], Vec::new()][..count.min(2)].to_vec(),
            uuids: vec![Uuid::from_u128(number as u128 + 1); count],
            times: vec![NaiveTime::from_hms_micro_opt(23, 59, 59, 999_999).unwrap(); count],
            instants: vec![instant(number as u32); count],
            civils: dates.iter().map(|date| date.and_hms_micro_opt(1, 2, 3, 4).unwrap()).collect(),
            dates,
            jsons,
            colours: [scalars::Colour::Blue, scalars::Colour::Red, scalars::Colour::Blue][..count.min(3)]
                .to_vec(),
        }
    };
    let hard = strings(&["", "NULL", "null", "{", "}", ",", "\"", "\\", "'", " a\n\t\u{1}é😀", "\\x00"]);
    [
        row(Vec::new(), 0, Vec::new(), Vec::new()),
        row(strings(&["one"]), 1, vec![date(2024)], Vec::new()),
        row(hard, 3, vec![date(1), date(9_999), date(1970)], Vec::new()),
    ]
}

async fn lists(url: &str) -> Result<()> {
    let db = scalars::Db::connect(url).await?;
    db.create_schema().await?;
    let mut expected = Vec::new();
    for row in list_rows() {
        expected.push(db.lists().insert(row).await?);
    }
    let counts = Counts::new();
    let watched = db.watch(Watch::new().count(&counts));
    let rows = watched.lists().insert_many((0..MANY).map(|at| list_rows()[at % 3].clone())).await?;
    assert_eq!(rows.len(), MANY);
    for (row, expected) in rows.iter().zip(expected.iter().cycle()) {
        assert_eq!(*row, scalars::Lists { id: row.id, ..expected.clone() });
    }
    if db.dialect() == Dialect::Postgres {
        assert_eq!(counts.statements(), 1);
    }
    // What no text is certain to mean goes another way, and so does JSON.
    let odd = |row: scalars::NewLists| scalars::NewLists {
        dates: vec![date(-43), date(12_345)],
        jsons: vec!["{\"a\": \"\\\"\"}".parse().expect("it is JSON"), Json::Null],
        ..row
    };
    if db.dialect() == Dialect::Postgres {
        let rows = db.lists().insert_many(list_rows().map(odd)).await?;
        assert!(rows.iter().all(|row| row.dates == [date(-43), date(12_345)] && row.jsons.len() == 2));
        let mixed = db.lists().insert_many(list_rows().into_iter().chain(list_rows().map(odd))).await?;
        assert_eq!(mixed[2].strings, expected[2].strings);
        assert_eq!((mixed[3].dates.len(), mixed[5].strings.len()), (2, 11));
    }
    // What no database holds is refused as it is elsewhere.
    let nul = scalars::NewLists { strings: vec!["\0".to_owned()], ..list_rows()[1].clone() };
    if db.dialect() == Dialect::Postgres {
        assert_eq!(kind(db.lists().insert_many([nul.clone(), nul]).await), Kind::InvalidValue);
    }
    Ok(())
}

#[tokio::test]
async fn types_of_the_databases_own() {
    on_every_database("arrays_of_types", async |url| devices(url).await.expect("types of its own")).await;
}

async fn devices(url: &str) -> Result<()> {
    let db = attributes::Db::connect(url).await?;
    db.create_schema().await?;
    let device = |at: usize| {
        let (high, low) = (at / 256, at % 256);
        let row = attributes::NewDevice::new(
            format!("10.1.{high}.{low}"),
            format!("d{at}"),
            [1, -2],
            Json::Null,
            7,
        );
        attributes::NewDevice {
            mac: at.is_multiple_of(2).then(|| "08:00:2b:01:02:03".to_owned()),
            words: at.is_multiple_of(3).then(|| "'it' 'rains'".to_owned()),
            uplink_ip: (at > 0).then(|| attributes::DeviceId("10.1.0.0".to_owned())),
            ..row
        }
    };
    let counts = Counts::new();
    let watched = db.watch(Watch::new().count(&counts));
    let rows = watched.device().insert_many((0..MANY).map(device)).await?;
    assert_eq!(rows.len(), MANY);
    if db.dialect() == Dialect::Postgres {
        assert_eq!(counts.statements(), 1);
    }
    for (at, row) in rows.iter().enumerate().step_by(499) {
        assert_eq!(*row, db.device().get(&row.ip).await?);
        let new = device(at);
        assert_eq!((&row.ip, &row.mac, &row.words), (&new.ip, &new.mac, &new.words));
        assert_eq!((&row.numbers, row.count, &row.raw), (&new.numbers, 7, &"x".to_owned()));
    }
    let wrong = attributes::NewDevice { mac: Some("no address".to_owned()), ..device(MANY) };
    if db.dialect() == Dialect::Postgres {
        assert_eq!(kind(db.device().insert_many([wrong.clone(), wrong]).await), Kind::InvalidValue);
    }
    Ok(())
}
