//! Comparisons and functions of every type.

use std::time::Duration;

use chrono::{DateTime, Datelike, Months, NaiveDate, NaiveTime, Timelike, Utc};
use rex_orm::{Kind, Result, value};
use rust_decimal::Decimal;
use serde_json::json;

use super::people::people;
use super::{agree, on_every_database};
use crate::fixtures::queries::{Db, Person, Rank};

#[tokio::test]
async fn what_is_asked_of_columns_is_found() {
    on_every_database("filters_columns", async |db| {
        let all = &people(db, 120).await?;
        comparisons(db, all).await?;
        texts(db, all).await?;
        numbers(db, all).await?;
        choices(db, all).await?;
        lists(db, all).await?;
        times(db, all).await?;
        paths(db, all).await
    })
    .await;
}

async fn comparisons(db: &Db, all: &[Person]) -> Result<()> {
    agree(db, all, "a column and a column", |p| p.name.eq(p.nick), |p| Some(&p.name) == p.nick.as_ref())
        .await?;
    agree(db, all, "turned round", |p| p.nick.ne(p.name), |p| p.nick.as_ref().is_some_and(|n| *n != p.name))
        .await?;
    agree(db, all, "of different widths", |p| p.visits.gt(p.small), |p| p.visits > p.small.into()).await?;
    agree(
        db,
        all,
        "enums by their order",
        |p| p.rank.lt(p.mood),
        |p| p.mood.is_some_and(|mood| p.rank < mood),
    )
    .await?;
    agree(db, all, "an enum and a value", |p| p.mood.ge(Rank::Middle), |p| p.mood >= Some(Rank::Middle))
        .await?;
    agree(
        db,
        all,
        "decimals of different scales",
        |p| p.salary.lt(p.bonus),
        |p| p.bonus.is_some_and(|bonus| p.salary < bonus),
    )
    .await?;
    agree(
        db,
        all,
        "a decimal and an integer",
        |p| p.salary.gt(p.age),
        |p| p.age.is_some_and(|age| p.salary > Decimal::from(age)),
    )
    .await?;
    agree(
        db,
        all,
        "a double and an integer",
        |p| p.score.lt(p.age),
        |p| p.age.zip(p.score).is_some_and(|(age, score)| score < age.into()),
    )
    .await?;
    agree(
        db,
        all,
        "between columns",
        |p| p.visits.between(p.small, p.age),
        |p| p.age.is_some_and(|age| i64::from(p.small) <= p.visits && p.visits <= age.into()),
    )
    .await?;
    agree(db, all, "the same, null or not", |p| p.rank.same(p.mood), |p| Some(p.rank) == p.mood).await?;
    agree(db, all, "the same as nothing", |p| p.nick.same(None), |p| p.nick.is_none()).await?;
    agree(db, all, "in, with null", |p| p.age.in_([Some(3), None]), |p| matches!(p.age, None | Some(3)))
        .await?;
    agree(db, all, "not in", |p| p.mood.not_in([Rank::Low]), |p| p.mood != Some(Rank::Low)).await?;
    agree(db, all, "octets", |p| p.raw.gt([1u8]), |p| p.raw.as_deref() > Some(&[1u8][..])).await?;
    agree(
        db,
        all,
        "octets' length",
        |p| p.raw.length().eq(2),
        |p| p.raw.as_ref().is_some_and(|r| r.len() == 2),
    )
    .await
}

async fn texts(db: &Db, all: &[Person]) -> Result<()> {
    let lower = |text: &str| text.to_ascii_lowercase();
    agree(db, all, "contains, escaped", |p| p.name.contains("%"), |p| p.name.contains('%')).await?;
    agree(
        db,
        all,
        "contains a column",
        |p| p.name.contains(p.nick),
        |p| p.nick.as_ref().is_some_and(|nick| p.name.contains(nick)),
    )
    .await?;
    agree(db, all, "starts with", |p| p.name.starts_with("a_"), |p| p.name.starts_with("a_")).await?;
    agree(
        db,
        all,
        "starts with a column",
        |p| p.name.concat("!").starts_with(p.nick),
        |p| p.nick.as_ref().is_some_and(|nick| format!("{}!", p.name).starts_with(nick)),
    )
    .await?;
    agree(
        db,
        all,
        "ends with a column",
        |p| value_text("!", &p).ends_with(p.nick),
        |p| p.nick.as_ref().is_some_and(|nick| format!("!{}", p.name).ends_with(nick)),
    )
    .await?;
    agree(db, all, "ends with", |p| p.name.ends_with("\\c"), |p| p.name.ends_with("\\c")).await?;
    agree(db, all, "like", |p| p.name.like("a\\_b%"), |p| p.name.starts_with("a_b")).await?;
    agree(
        db,
        all,
        "like, with signs of other patterns",
        |p| p.name.like("%[x]*?"),
        |p| p.name.ends_with("[x]*?"),
    )
    .await?;
    agree(db, all, "ilike", |p| p.name.ilike("ADA"), |p| lower(&p.name) == "ada").await?;
    agree(db, all, "lower", |p| p.name.lower().eq("ada"), |p| lower(&p.name) == "ada").await?;
    agree(db, all, "upper", |p| p.nick.upper().eq("ZOë"), |p| p.nick.as_deref() == Some("Zoë")).await?;
    agree(db, all, "trim", |p| p.nick.trim().eq("Bo"), |p| p.nick.as_deref() == Some(" Bo ")).await?;
    agree(db, all, "length", |p| p.name.length().gt(4), |p| p.name.chars().count() > 4).await?;
    agree(
        db,
        all,
        "length of what may be null",
        |p| p.nick.length().eq(6),
        |p| p.nick.as_ref().is_some_and(|nick| nick.chars().count() == 6),
    )
    .await?;
    agree(
        db,
        all,
        "concat",
        |p| p.name.concat(p.nick).length().gt(8),
        |p| p.nick.as_ref().is_some_and(|nick| (p.name.clone() + nick).chars().count() > 8),
    )
    .await
}

fn value_text(text: &str, p: &super::Columns) -> rex_orm::Ex<Person, String> {
    p.name.eq(p.name).then(value(text)).otherwise("").concat(p.name)
}

async fn numbers(db: &Db, all: &[Person]) -> Result<()> {
    agree(
        db,
        all,
        "add",
        |p| p.age.add(p.small).gt(10),
        |p| p.age.is_some_and(|age| age + i32::from(p.small) > 10),
    )
    .await?;
    agree(
        db,
        all,
        "sub and a value",
        |p| p.visits.ge(p.age.sub(1)),
        |p| p.age.is_some_and(|age| p.visits >= i64::from(age - 1)),
    )
    .await?;
    agree(
        db,
        all,
        "mul of decimals",
        |p| p.salary.mul(p.bonus).gt(1000),
        |p| p.bonus.is_some_and(|bonus| p.salary * bonus > Decimal::from(1000)),
    )
    .await?;
    agree(
        db,
        all,
        "a decimal by an integer",
        |p| p.salary.mul(p.small).lt(p.bonus),
        |p| p.bonus.is_some_and(|bonus| p.salary * Decimal::from(p.small) < bonus),
    )
    .await?;
    agree(
        db,
        all,
        "decimals added",
        |p| p.salary.add(p.bonus).sub(Decimal::new(5, 1)).gt(0),
        |p| p.bonus.is_some_and(|bonus| p.salary + bonus - Decimal::new(5, 1) > Decimal::ZERO),
    )
    .await?;
    agree(
        db,
        all,
        "div towards zero, by zero",
        |p| p.age.widen::<Option<i64>>().div(p.visits.rem(3)).eq(-1),
        |p| {
            let by = p.visits % 3;
            p.age.is_some_and(|age| by != 0 && i64::from(age) / by == -1)
        },
    )
    .await?;
    agree(
        db,
        all,
        "rem has the sign of the dividend",
        |p| p.small.rem(7i16).eq(-3i16),
        |p| p.small % 7 == -3,
    )
    .await?;
    agree(
        db,
        all,
        "neg and abs",
        |p| p.age.neg().abs().add(p.age).eq(0),
        |p| p.age.is_some_and(|age| age <= 0),
    )
    .await?;
    agree(
        db,
        all,
        "doubles",
        |p| p.score.mul(2.0).add(1.5).ge(p.age),
        |p| p.score.zip(p.age).is_some_and(|(score, age)| score * 2.0 + 1.5 >= age.into()),
    )
    .await?;
    agree(
        db,
        all,
        "round",
        |p| p.bonus.round(1).eq(p.bonus.round(2)),
        |p| {
            let round = |digits| {
                let strategy = rust_decimal::RoundingStrategy::MidpointAwayFromZero;
                p.bonus.map(|bonus| bonus.round_dp_with_strategy(digits, strategy))
            };
            p.bonus.is_some() && round(1) == round(2)
        },
    )
    .await?;
    agree(
        db,
        all,
        "widen",
        |p| p.small.widen::<i64>().mul(p.visits).gt(50),
        |p| i64::from(p.small) * p.visits > 50,
    )
    .await?;
    // What leaves its type is an error on both.
    let too_large = db.person().find().filter(|p| p.small.add(32_767i16).gt(0i16)).count().await;
    assert_eq!(too_large.map_err(|error| error.kind()), Err(Kind::Check));
    let fits = db.person().find().filter(|p| p.small.widen::<i32>().add(32_767).gt(0)).count().await?;
    assert_eq!(fits, all.len() as i64);
    Ok(())
}

async fn choices(db: &Db, all: &[Person]) -> Result<()> {
    agree(
        db,
        all,
        "coalesce",
        |p| p.nick.coalesce(p.name).eq("Ada"),
        |p| p.nick.as_ref().unwrap_or(&p.name) == "Ada",
    )
    .await?;
    agree(db, all, "coalesce with a value", |p| p.age.coalesce(0).le(0), |p| p.age.unwrap_or(0) <= 0).await?;
    agree(
        db,
        all,
        "coalesce of decimals",
        |p| p.bonus.coalesce(p.salary).gt(100),
        |p| p.bonus.unwrap_or(p.salary) > Decimal::from(100),
    )
    .await?;
    agree(db, all, "null_if", |p| p.visits.null_if(2).is_none(), |p| p.visits == 2).await?;
    agree(
        db,
        all,
        "an enum's",
        |p| p.mood.coalesce(Rank::High).eq(Rank::High),
        |p| p.mood.unwrap_or(Rank::High) == Rank::High,
    )
    .await?;
    agree(
        db,
        all,
        "case",
        |p| p.visits.eq(0).then(value("none")).or_when(p.visits.lt(3), "few").otherwise(p.nick).eq("few"),
        |p| p.visits > 0 && p.visits < 3 || p.visits >= 3 && p.nick.as_deref() == Some("few"),
    )
    .await?;
    agree(
        db,
        all,
        "case of numbers of different kinds",
        |p| p.active.eq(true).then(p.salary).otherwise(p.bonus).gt(0),
        |p| if p.active { p.salary > Decimal::ZERO } else { p.bonus > Some(Decimal::ZERO) },
    )
    .await?;
    agree(
        db,
        all,
        "case without an end",
        |p| p.age.gt(20).then(p.visits).or_none().is_none(),
        |p| p.age.is_none_or(|age| age <= 20),
    )
    .await?;
    agree(
        db,
        all,
        "a condition as a value",
        |p| p.age.gt(20).then(value(true)).otherwise(false).ne(p.active),
        |p| (p.age > Some(20)) != p.active,
    )
    .await
}

async fn lists(db: &Db, all: &[Person]) -> Result<()> {
    let has = |p: &Person, tag: &str| p.tags.iter().any(|it| it == tag);
    agree(db, all, "has", |p| p.tags.has("y\"z"), |p| has(p, "y\"z")).await?;
    agree(db, all, "has an empty text", |p| p.tags.has(""), |p| has(p, "")).await?;
    agree(db, all, "has all", |p| p.tags.has_all(["x", "Ü"]), |p| has(p, "x") && has(p, "Ü")).await?;
    agree(db, all, "has any", |p| p.tags.has_any(["x", "Ü", "no"]), |p| has(p, "x") || has(p, "Ü")).await?;
    agree(db, all, "has a number", |p| p.numbers.has(3), |p| p.numbers.contains(&3)).await?;
    agree(
        db,
        all,
        "has none of them",
        |p| !p.numbers.has_any([1, 2]),
        |p| !p.numbers.contains(&1) && !p.numbers.contains(&2),
    )
    .await?;
    agree(db, all, "len", |p| p.tags.len().gt(p.visits), |p| p.tags.len() as i64 > p.visits).await?;
    agree(db, all, "is empty", |p| p.numbers.is_empty(), |p| p.numbers.is_empty()).await?;
    assert_eq!(db.person().find().filter(|p| p.tags.has_all([""; 0])).count().await?, all.len() as i64);
    assert_eq!(db.person().find().filter(|p| p.tags.has_any([""; 0])).count().await?, 0);
    Ok(())
}

async fn times(db: &Db, all: &[Person]) -> Result<()> {
    let on = |time: Option<DateTime<Utc>>, is: &dyn Fn(DateTime<Utc>) -> bool| time.is_some_and(is);
    agree(db, all, "year", |p| p.born.year().lt(2000), |p| p.born.is_some_and(|day| day.year() < 2000))
        .await?;
    agree(
        db,
        all,
        "month",
        |p| p.seen.month().eq(p.born.month()),
        |p| on(p.seen, &|seen| p.born.is_some_and(|born| born.month() == seen.month())),
    )
    .await?;
    agree(db, all, "day", |p| p.local.day().gt(20), |p| p.local.is_some_and(|local| local.day() > 20))
        .await?;
    agree(db, all, "hour", |p| p.opens.hour().ge(12), |p| p.opens.is_some_and(|opens| opens.hour() >= 12))
        .await?;
    agree(
        db,
        all,
        "minute and second",
        |p| p.seen.minute().lt(p.seen.second()),
        |p| on(p.seen, &|seen| seen.minute() < seen.second()),
    )
    .await?;
    let later = |time: DateTime<Utc>, months: i16| match months {
        0.. => time + Months::new(months.unsigned_abs().into()),
        _ => time - Months::new(months.unsigned_abs().into()),
    };
    agree(
        db,
        all,
        "months earlier, by a column",
        |p| p.seen.months_later(p.small.neg()).lt(p.seen.months_later(-2)),
        |p| on(p.seen, &|seen| later(seen, -p.small) < later(seen, -2)),
    )
    .await?;
    let midnight = |day: NaiveDate| day.and_time(NaiveTime::MIN);
    agree(
        db,
        all,
        "the start of its day",
        |p| p.local.start_of_day().lt(midnight_of(15)),
        |p| p.local.is_some_and(|local| midnight(local.date()) < midnight_of(15)),
    )
    .await?;
    agree(
        db,
        all,
        "the start of its month",
        |p| p.born.start_of_month().eq(p.born),
        |p| p.born.is_some_and(|born| born.day() == 1),
    )
    .await?;
    agree(
        db,
        all,
        "the start of its hour",
        |p| p.seen.start_of_hour().eq(p.seen.start_of_minute()),
        |p| on(p.seen, &|seen| seen.minute() == 0),
    )
    .await?;
    let by = Duration::new(86_400 * 40 + 1, 1_000);
    let limit = midnight_of(1).and_utc();
    agree(db, all, "later", |p| p.seen.later(by).gt(limit), |p| on(p.seen, &|seen| seen + by > limit))
        .await?;
    agree(
        db,
        all,
        "earlier and later again",
        |p| p.seen.earlier(by).later(by).eq(p.seen),
        |p| p.seen.is_some(),
    )
    .await?;
    for (micros, seconds) in [(1, 0), (999_999, 0), (0, 1), (1, 59)] {
        let by = Duration::new(seconds, micros * 1_000);
        let seen = all.iter().find_map(|p| p.seen).expect("somebody was seen");
        let found = db.person().find().filter(|p| p.seen.later(by).eq(seen + by)).count().await?;
        let expected = all.iter().filter(|p| p.seen == Some(seen)).count();
        assert_eq!(found, expected as i64, "{by:?}");
    }
    agree(
        db,
        all,
        "days later",
        |p| p.born.days_later(p.age).gt(midnight_of(1).date()),
        |p| {
            p.born
                .zip(p.age)
                .is_some_and(|(born, age)| born + chrono::Duration::days(age.into()) > midnight_of(1).date())
        },
    )
    .await
}

fn midnight_of(day: u32) -> chrono::NaiveDateTime {
    NaiveDate::from_ymd_opt(1999, 7, day).expect("a day").and_time(NaiveTime::MIN)
}

async fn paths(db: &Db, all: &[Person]) -> Result<()> {
    let data = |p: &Person, of: &dyn Fn(&serde_json::Value) -> bool| p.data.as_ref().is_some_and(of);
    agree(db, all, "an integer", |p| p.data.get("a").as_integer().eq(1), |p| data(p, &|d| d["a"] == 1))
        .await?;
    agree(db, all, "a text", |p| p.data.get("a").as_text().eq("1"), |p| data(p, &|d| d["a"] == "1")).await?;
    agree(db, all, "the whole", |p| p.data.as_text().is_some(), |p| data(p, &|d| d.is_string())).await?;
    agree(
        db,
        all,
        "of a path",
        |p| p.data.get("b").get(1).as_text().eq("two"),
        |p| data(p, &|d| d["b"][1] == "two"),
    )
    .await?;
    agree(
        db,
        all,
        "a truth value",
        |p| p.data.get("c").get("d").as_bool().eq(true),
        |p| data(p, &|d| d["c"]["d"] == true),
    )
    .await?;
    agree(
        db,
        all,
        "a number at a key with signs",
        |p| p.data.get("k ey\"\\").as_number().gt(2.0),
        |p| data(p, &|d| d["k ey\"\\"] == 2.5),
    )
    .await?;
    agree(db, all, "a number", |p| p.data.as_number().lt(0.0), |p| data(p, &|d| *d == -7)).await?;
    agree(db, all, "nothing there", |p| p.data.get(0).is_none(), |p| !data(p, &|d| d.get(0).is_some()))
        .await?;
    for (part, finds) in [
        (json!({"a": 1}), true),
        (json!({"b": ["two"]}), true),
        (json!({"c": {}}), true),
        (json!({"c": {"d": false}}), false),
        (json!([{"a": 4}]), true),
        (json!(3), true),
        (json!("text"), true),
        (json!(null), true),
        (json!({"b": [2]}), false),
    ] {
        let found = db.person().find().filter(|p| p.data.has_json(part.clone())).count().await?;
        assert_eq!(found > 0, finds, "{:?}: {part}", db.dialect());
    }
    Ok(())
}
