//! Checks, computed columns, and conditions of uniques at work.

use chrono::NaiveDate;
use rex_orm::{Error, Kind, Result};
use rust_decimal::Decimal;

use crate::fixtures::expressions::{Db, NewBooking, State, booking};

#[tokio::test]
async fn expressions_mean_the_same_everywhere() {
    super::on_every_database("expressions_at_work", async |url| run(url).await.expect("the scenario runs"))
        .await;
}

async fn run(url: &str) -> Result<()> {
    let db = Db::connect(url).await?;
    db.create_schema().await?;
    db.hotel().create().name("Rex").save().await?;
    computed(&db).await?;
    checks(&db).await?;
    updates(&db).await?;
    partial_uniques(&db).await
}

fn day(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, day).expect("it is a day")
}

fn sample(email: &str) -> NewBooking {
    NewBooking::new(1, "Ada", email, day(1), day(3), Decimal::new(10_000, 2))
}

fn told(error: &Error) -> Vec<String> {
    assert_eq!(error.kind(), Kind::Validation, "{error:?}");
    let violations = error.violations().expect("an error of validation has violations");
    violations.iter().map(|found| format!("{}: {found}", found.code)).collect()
}

async fn computed(db: &Db) -> Result<()> {
    let row = NewBooking { rooms: Some(2), discount: Some(Decimal::new(50, 2)), ..sample("ada@example.com") };
    let stay = db.booking().insert(row).await?;
    assert_eq!(stay.total, Decimal::new(19_950, 2));
    assert_eq!(stay.initial.as_deref(), Some("ada"));
    assert_eq!((stay.is_late, stay.length_of_note, stay.shout.as_str()), (false, None, "ADA"));
    let stay = db.booking().update(&stay).note("Zürich".to_owned()).rooms(1).save().await?;
    assert_eq!(stay.total, Decimal::new(99_50, 2));
    assert_eq!((stay.initial.as_deref(), stay.length_of_note), (Some("zürich"), Some(6)));
    let found = db.booking().find().filter(|b| b.total.lt(Decimal::new(100, 0))).count().await?;
    assert_eq!(found, 1);
    // A computed number that leaves its type: only the database computes it.
    let wide = NewBooking { nights: Some(i32::MAX), ..sample("w@example.com") };
    assert_eq!(super::kind(db.booking().insert(wide).await), Kind::Check);
    assert_eq!(super::kind(db.booking().update(&stay).nights(i32::MAX).save().await), Kind::Check);
    let many = db.booking().insert_many([sample("b@example.com"), sample("c@example.com")]).await?;
    assert!(many.iter().all(|stay| stay.total == Decimal::new(100, 0)));
    Ok(())
}

async fn checks(db: &Db) -> Result<()> {
    let wrong = NewBooking {
        state: Some(State::Paid),
        discount: Some(Decimal::new(200, 0)),
        rating: Some(5.5),
        extras: Some(vec!["a".to_owned(); 4]),
        ..NewBooking::new(1, "Ada", "@ada", day(3), day(1), Decimal::new(100, 0))
    };
    let error = db.booking().insert(wrong).await.expect_err("it breaks most rules");
    assert_eq!(
        told(&error),
        [
            "stay: must end after it begins",
            "discount: `discount` does not hold",
            "bookings_state_paid_at_check: `bookings_state_paid_at_check` does not hold",
            "bookings_rating_check1: `bookings_rating_check1` does not hold",
            "bookings_rooms_extras_check: `bookings_rooms_extras_check` does not hold",
            "email: `email` does not hold",
        ]
    );
    let overflow = NewBooking { rooms: Some(400), ..sample("o@example.com") };
    let error = db.booking().insert(overflow).await.expect_err("400 * 100 is no SmallInt");
    let leaves = "bookings_rooms_extras_check: `bookings_rooms_extras_check` cannot be computed: a number leaves its type";
    assert_eq!(told(&error), [leaves]);
    // What only the database can say, it says.
    let nobody = NewBooking { guest: "nobody".to_owned(), ..sample("n@example.com") };
    let error = db.booking().insert(nobody).await.expect_err("the database refuses it");
    assert_eq!((error.kind(), error.constraint()), (Kind::Check, Some("loud")));
    Ok(())
}

async fn updates(db: &Db) -> Result<()> {
    let stay = db.booking().insert(sample("u@example.com")).await?;
    // A rule over what is set, and over nothing else.
    let error = db.booking().update(&stay).from(day(9)).until(day(8)).save().await;
    assert_eq!(told(&error.expect_err("it ends before it begins")), ["stay: must end after it begins"]);
    // Of the other half only the database knows.
    let error = db.booking().update(&stay).from(day(9)).save().await.expect_err("the check refuses it");
    assert_eq!((error.kind(), error.constraint()), (Kind::Check, Some("stay")));
    let all = db.booking().find().update().rating(9.0).save().await;
    assert_eq!(told(&all.expect_err("5 is the best")).len(), 1);
    Ok(())
}

async fn partial_uniques(db: &Db) -> Result<()> {
    let first = db.booking().insert(sample("p@example.com")).await?;
    let error = db.booking().insert(sample("p@example.com")).await.expect_err("there is such a draft");
    assert_eq!(error.conflict::<booking::Unique>(), Some(booking::Unique::Email));
    db.booking().update(&first).state(State::Booked).save().await?;
    db.booking().insert(sample("p@example.com")).await?;
    Ok(())
}
