//! Dates and times as the types of each crate that the configuration may name.

use rex_orm::{Cell, Kind, Scalar};

use super::on_every_database;
use crate::support::postgres;

/// A value from the form that SQLite stores.
fn of<T: Scalar>(text: &str) -> T {
    T::decode(Cell::Text(text)).unwrap_or_else(|| panic!("{text} is no {}", T::NAME))
}

/// The same, of the type of another.
fn like<T: Scalar>(_: &T, text: &str) -> T {
    of(text)
}

macro_rules! of_crate {
    ($test:ident $fixture:ident: $($shown:literal)*) => {
        #[tokio::test]
        async fn $test() {
            on_every_database(stringify!($test), async |url: &str| $fixture::check(url).await).await;
        }

        mod $fixture {
            use super::{like, of};
            use crate::fixtures::$fixture::{Db, NewMoment};

            pub(super) async fn check(url: &str) {
                run(url).await.expect("it works");
            }

            async fn run(url: &str) -> rex_orm::Result<()> {
                let db = Db::connect(url).await?;
                db.create_schema().await?;
                let [early, late] = ["1969-12-31", "2026-01-31"].map(|day| {
                    let at = format!("{day}T23:59:59.999999");
                    NewMoment {
                        day: of(day),
                        time: of("23:59:59.999999"),
                        instant: of(&format!("{at}Z")),
                        local: of(&at),
                        times: vec![of("00:00:00.000000"), of("12:34:56.000001")],
                        instants: vec![of(&format!("{at}Z"))],
                        locals: vec![of(&at)],
                        maybe: (day == "2026-01-31").then(|| of("9999-01-01T00:00:00.000000Z")),
                        id: None,
                        days: None,
                        made: None,
                        made_on: None,
                        noon: None,
                        newyear: None,
                    }
                });
                let rows = db.moment().insert_many([early.clone(), late.clone()]).await?;
                for (row, new) in rows.iter().zip([&early, &late]) {
                    assert_eq!((row.day, row.time, row.instant, row.local), (new.day, new.time, new.instant, new.local));
                    assert_eq!((&row.times, &row.instants, &row.locals), (&new.times, &new.instants, &new.locals));
                    assert_eq!((row.maybe, row.days[1], row.noon), (new.maybe, early.day, of("12:00:00.000001")));
                    assert!(row.made > late.instant && row.made_on > late.day);
                }
                let row = &rows[1];
                let shown = [row.day.to_string(), row.time.to_string(), row.instant.to_string(), row.local.to_string()];
                assert_eq!(shown, [$($shown),*]);
                // serde has them as texts, and reads them again.
                let json = serde_json::to_value(row).expect("it can be written");
                for field in ["day", "time", "instant", "local", "noon", "newyear"] {
                    assert!(json[field].is_string() && json["instants"][0].is_string(), "{json}");
                }
                let again: crate::fixtures::$fixture::Moment = serde_json::from_value(json).expect("it can be read");
                assert_eq!(&again, row);
                let later = db.moment().find().filter(|m| m.instant.gt(early.instant)).await?;
                assert_eq!(later.as_slice(), &rows[1..]);
                let found = db.moment().find().filter(|m| m.local.eq(late.local) & m.time.eq(late.time)).count().await?;
                assert_eq!(found, 1);
                let changed = db.moment().update(&rows[0]).day(late.day).maybe(late.instant).save().await?;
                assert_eq!((changed.day, changed.maybe), (late.day, Some(late.instant)));
                for day in ["0001-01-01", "9999-12-31"] {
                    let holiday = db.holiday().create().day(of::<crate::fixtures::$fixture::HolidayId>(day)).name(day).save().await?;
                    assert_eq!(db.holiday().get(holiday.day).await?.name, day);
                    let local = like(&late.local, &format!("{day}T23:59:59.999999"));
                    let changed = db.moment().update(&rows[0]).local(local).save().await?;
                    assert_eq!(changed.local, local);
                }
                Ok(())
            }
        }
    };
}

of_crate!(chrono_has_the_types times_chrono:
    "2026-01-31" "23:59:59.999999" "2026-01-31 23:59:59.999999 UTC" "2026-01-31 23:59:59.999999");
of_crate!(jiff_has_the_types times_jiff:
    "2026-01-31" "23:59:59.999999" "2026-01-31T23:59:59.999999Z" "2026-01-31T23:59:59.999999");
of_crate!(time_has_the_types times_time:
    "2026-01-31" "23:59:59.999999" "2026-01-31 23:59:59.999999 +00:00:00" "2026-01-31 23:59:59.999999");

/// PostgreSQL and chrono know years that the other crates do not.
#[tokio::test]
async fn what_a_crate_cannot_hold_is_an_error() {
    let database = postgres::server().database("years");
    let url = database.url();
    let chrono = crate::fixtures::times_chrono::Db::connect(&url).await.expect("a server");
    chrono.create_schema().await.expect("an empty database");
    let far = chrono::NaiveDate::from_ymd_opt(12_000, 1, 1).expect("chrono has it");
    let holiday = chrono.holiday().create().day(far).name("far").save().await.expect("PostgreSQL has it");
    assert_eq!(holiday.day.0, far);
    let jiff = crate::fixtures::times_jiff::Db::connect(&url).await.expect("a server");
    let time = crate::fixtures::times_time::Db::connect(&url).await.expect("a server");
    let errors = [
        jiff.holiday().find().await.expect_err("jiff ends before"),
        time.holiday().find().await.expect_err("time ends before"),
    ];
    for error in errors {
        assert_eq!((error.kind(), error.column()), (Kind::Decode, Some("day")), "{error:?}");
    }
}
