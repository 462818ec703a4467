//! Validation: what is refused before anything is sent, and how it is told.

mod agree;

use rex_orm::{Error, Kind, New};
use rust_decimal::Decimal;

use crate::fixtures::rules::{Account, City, Country, Db, Measure, Mood, NewAccount, NewMeasure, NewTyped};

// The functions that the fixture names.

pub(crate) fn nick(nick: &str) -> Result<(), String> {
    match nick.chars().find(|c| !c.is_alphanumeric()) {
        Some(_) => Err("must have letters and digits only".to_owned()),
        None => Ok(()),
    }
}

pub(crate) fn even(number: &i32) -> Result<(), &'static str> {
    if number % 2 == 0 { Ok(()) } else { Err("must be even") }
}

pub(crate) fn calm(mood: &Mood) -> Result<(), &'static str> {
    if *mood == Mood::Calm { Ok(()) } else { Err("must be calm") }
}

pub(crate) fn sorted(numbers: &[i32]) -> Result<(), &'static str> {
    if numbers.is_sorted() { Ok(()) } else { Err("must be sorted") }
}

pub(crate) fn whole(number: &Decimal) -> Result<(), &'static str> {
    if number.is_integer() { Ok(()) } else { Err("must be whole") }
}

pub(crate) fn first_of_a_month(day: &chrono::NaiveDate) -> Result<(), &'static str> {
    if chrono::Datelike::day(day) == 1 { Ok(()) } else { Err("must be the first of a month") }
}

pub(crate) fn not_nil(token: &uuid::Uuid) -> Result<(), &'static str> {
    if token.is_nil() { Err("must not be nil") } else { Ok(()) }
}

/// A text, as a type of the program's own.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Tag(String);

impl From<Tag> for String {
    fn from(tag: Tag) -> String {
        tag.0
    }
}

impl From<String> for Tag {
    fn from(text: String) -> Tag {
        Tag(text)
    }
}

pub(crate) fn lower_tag(tag: &Tag) -> Result<(), &'static str> {
    if tag.0 == tag.0.to_lowercase() { Ok(()) } else { Err("must be lower case") }
}

pub(crate) fn few_tags(tags: &[Tag]) -> Result<(), String> {
    if tags.len() < 3 { Ok(()) } else { Err(format!("must be fewer than {}", tags.len())) }
}

#[tokio::test]
async fn rules_are_run_before_anything_is_sent() {
    super::on_every_database("rules", async |url| run(url).await.expect("the scenario runs")).await;
}

async fn run(url: &str) -> rex_orm::Result<()> {
    let db = Db::connect(url).await?;
    db.create_schema().await?;
    all_at_once(&db).await?;
    many_rows(&db).await?;
    updates(&db).await?;
    measures(&db).await?;
    types_of_ones_own(&db).await?;
    keys(&db).await
}

/// The violations, a line each.
fn told(error: &Error) -> Vec<String> {
    assert_eq!(error.kind(), Kind::Validation, "{error:?}");
    let violations = error.violations().expect("an error of validation has violations");
    violations.iter().map(|found| format!("{}: {found}", found.code)).collect()
}

fn account() -> NewAccount {
    NewAccount { labels: vec![], ..NewAccount::new("Ada", "ada@example.com", "s", ["x"; 0]) }
}

async fn all_at_once(db: &Db) -> rex_orm::Result<()> {
    let bad = NewAccount {
        name: " ".repeat(81),
        email: "Ada <ada@example.com>".to_owned(),
        site: Some("/home".to_owned()),
        address: Some("1.2.3".to_owned()),
        slug: Some("A".to_owned()),
        size: "xl".to_owned(),
        nick: Some("a_b".to_owned()),
        bio: Some("x".repeat(201)),
        labels: vec!["a".repeat(11), "b".to_owned(), "c".to_owned(), "d".to_owned()],
        photo: Some(vec![1]),
        code: Some("abc".to_owned()),
        ..account()
    };
    let error = db.account().insert(bad.clone()).await.expect_err("much is wrong");
    let expected = [
        "length: `name` must have 1 to 80 characters",
        "trimmed: `name` must not begin or end with a space",
        "email: `email` must be an email address",
        "url: `site` must be a URL",
        "ip: `address` must be an IP address",
        "pattern: `slug` must be lower case",
        "one_of: `size` must be one of s, m, l",
        "validate: `nick` must have letters and digits only",
        "length: `bio` must have at most 200 characters",
        "length: `labels` must have at most 3 elements",
        "length: `labels` must have at most 10 characters in each element",
        "length: `photo` must have 2 to 4 bytes",
        "length: `code` takes four letters",
    ];
    assert_eq!(told(&error), expected);
    let text = error.to_string();
    assert!(text.starts_with("Account.insert: `name` must have 1 to 80 characters; "), "{text}");
    assert!(text.ends_with("and 8 more") && !format!("{error:?}").contains("Ada"), "{text}");
    assert_eq!(told(&bad.validate().expect_err("the same is wrong")), expected);
    assert_eq!(db.account().find().count().await?, 0);
    account().validate()?;
    let good = NewAccount {
        site: Some("https://example.com/?q=ü".to_owned()),
        address: Some("::1".to_owned()),
        slug: Some("\"-".to_owned()),
        nick: Some("ä1".to_owned()),
        photo: Some(vec![1, 2]),
        ..account()
    };
    let good = db.account().insert(good).await?;
    assert_eq!(good.address.as_deref(), Some("::1"));
    let created = db.account().create().name("").email("a@b").size("").nick("").labels(["a"; 4]).save().await;
    assert_eq!(
        told(&created.expect_err("five are wrong")),
        [
            "length: `name` must have 1 to 80 characters",
            "one_of: `size` must be one of s, m, l",
            "non_empty: `nick` must not be empty",
            "length: `labels` must have at most 3 elements",
        ]
    );
    Ok(())
}

async fn many_rows(db: &Db) -> rex_orm::Result<()> {
    let before = db.account().find().count().await?;
    let rows =
        (0..4).map(|row| NewAccount { size: if row % 2 == 0 { "s" } else { "?" }.to_owned(), ..account() });
    let error = db.account().insert_many(rows).await.expect_err("two rows are wrong");
    let expected =
        ["one_of: row 1: `size` must be one of s, m, l", "one_of: row 3: `size` must be one of s, m, l"];
    assert_eq!(told(&error), expected);
    assert_eq!(db.account().find().count().await?, before);
    Ok(())
}

async fn updates(db: &Db) -> rex_orm::Result<()> {
    let ada = db.account().insert(account()).await?;
    let one = db.account().update(&ada).name("").bio(None::<String>).save().await;
    assert_eq!(told(&one.expect_err("no name")), ["length: `name` must have 1 to 80 characters"]);
    let bulk = db.account().find().update().size("xxl").slug("").save().await;
    let error = bulk.expect_err("neither fits");
    assert_eq!(told(&error), ["pattern: `slug` must be lower case", "one_of: `size` must be one of s, m, l"]);
    assert!(error.to_string().starts_with("Account.update: "), "{error}");
    // What is not set is not looked at.
    let changed: Account = db.account().update(&ada).size("m").save().await?;
    assert_eq!(changed.size, "m");
    db.account().find().update().size("l").save().await?;
    Ok(())
}

async fn measures(db: &Db) -> rex_orm::Result<()> {
    let time = |text: &str| Some(text.parse().expect("a time"));
    let lowest = NewMeasure {
        small: Some(-5),
        int: Some(13),
        big: Some(-1),
        float: Some(0.1),
        double: Some(-90.0),
        price: Some(Decimal::new(1, 2)),
        grade: Some(Decimal::new(150, 2)),
        date: Some("2000-01-01".parse().expect("a date")),
        time: time("08:00:00"),
        at: Some("2000-01-01T00:00:00Z".parse().expect("an instant")),
        local: Some("2099-12-31T23:59:59".parse().expect("a date and time")),
        even: Some(0),
        calm: Some(Mood::Calm),
        sorted: vec![1, 2, 2],
        worth: Some(Decimal::new(300, 2)),
        day: Some("2026-05-01".parse().expect("a date")),
        token: Some(uuid::Uuid::from_u128(1)),
        ..NewMeasure::new([0; 0])
    };
    let row: Measure = db.measure().insert(lowest).await?;
    assert_eq!((row.float, row.grade), (Some(0.1), Some(Decimal::new(15, 1))));
    let beyond = NewMeasure {
        small: Some(5),
        int: Some(151),
        big: Some(0),
        float: Some(f32::NAN),
        double: Some(-90.000_001),
        price: Some(Decimal::new(1000, 0)),
        grade: Some(Decimal::new(16, 1)),
        date: Some("2100-01-01".parse().expect("a date")),
        time: time("17:30:00.000001"),
        at: Some("1999-12-31T23:59:59Z".parse().expect("an instant")),
        local: Some("2100-01-01T00:00:00".parse().expect("a date and time")),
        even: Some(1),
        calm: Some(Mood::Angry),
        sorted: vec![2, 1],
        worth: Some(Decimal::new(301, 2)),
        day: Some("2026-05-02".parse().expect("a date")),
        token: Some(uuid::Uuid::nil()),
        ..NewMeasure::new([0; 0])
    };
    let error = db.measure().insert(beyond).await.expect_err("all is wrong");
    assert_eq!(
        told(&error),
        [
            "range: `small` must be at least -5 and below 5",
            "range: `int` must be 13 to 150",
            "one_of: `big` must be one of -1, 1, 9000000000",
            "range: `float` must be 0.1 to 0.9",
            "range: `double` must be -90 to 90",
            "range: `price` must be at least 0.01 and below 1000",
            "one_of: `grade` must be one of 1.0, 1.5, 2",
            "range: `date` must be at least 2000-01-01 and below 2100-01-01",
            "range: `time` must be 08:00:00 to 17:30:00",
            "range: `at` must be at least 2000-01-01T00:00:00Z",
            "range: `local` must be at most 2099-12-31T23:59:59",
            "validate: `even` must be even",
            "validate: `calm` must be calm",
            "validate: `sorted` must be sorted",
            "validate: `worth` must be whole",
            "validate: `day` must be the first of a month",
            "validate: `token` must not be nil",
        ]
    );
    // Null satisfies every rule.
    let empty = db.measure().insert(NewMeasure::new([0; 0])).await?;
    // What a column cannot hold is not made to fit.
    let too_fine = NewMeasure { price: Some(Decimal::new(1_005, 3)), ..NewMeasure::new([0; 0]) };
    let created = db.measure().insert(too_fine).await.map(drop).expect_err("a third digit");
    let updated = db.measure().update(&empty).price(Decimal::new(1_005, 3)).save().await.map(drop);
    for error in [created, updated.expect_err("a third digit")] {
        assert_eq!((error.kind(), error.column()), (Kind::InvalidValue, Some("price")), "{error}");
        assert!(error.to_string().contains("round_dp(2)"), "{error}");
    }
    let same = db.measure().update(&empty).price(Decimal::new(1_500, 3)).save().await?;
    assert_eq!(same.price, Some(Decimal::new(15, 1)), "a zero is no digit");
    Ok(())
}

async fn types_of_ones_own(db: &Db) -> rex_orm::Result<()> {
    let tag = |text: &str| Tag(text.to_owned());
    let ada = db.account().insert(account()).await?;
    let row = |text: &str, tags: usize| NewTyped::new(tag(text), vec![tag("x"); tags], &ada);
    assert_eq!(db.typed().insert(row("a", 2)).await?.tag, tag("a"));
    let error = db.typed().insert(row("ABCDEFGHI", 3)).await.expect_err("three are broken");
    assert_eq!(
        told(&error),
        [
            "length: `tag` must have at most 8 characters",
            "validate: `tag` must be lower case",
            "validate: `tags` must be fewer than 3",
        ]
    );
    let error = db.typed().insert(row("", 0)).await.expect_err("nothing");
    assert_eq!(told(&error), ["non_empty: `tag` must not be empty"]);
    Ok(())
}

async fn keys(db: &Db) -> rex_orm::Result<()> {
    let error = db.country().create().code("de").save().await.expect_err("lower case");
    assert_eq!(told(&error), ["pattern: `code` has the wrong form"]);
    let germany: Country = db.country().create().code("DE").save().await?;
    let city: City = db.city().create().country(&germany).save().await?;
    assert_eq!(city.country_code, germany.code);
    let error = db.city().create().country("DEU").save().await.expect_err("too long");
    assert_eq!(told(&error), ["length: `country_code` must have at most 2 characters"]);
    Ok(())
}
