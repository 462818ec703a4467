//! Pages, and what else finders do: filters that may be empty, what a query costs, locks.

use std::process::Command;

use rex_orm::{Counts, Cursor, Kind, Result, Watch};

use super::on_every_database;
use super::people::world;
use crate::fixtures::queries::{Db, NewClub, Person};

#[tokio::test]
async fn pages_are_found_by_where_the_last_one_ended() {
    on_every_database("filters_pages", async |db| {
        let all = world(db, 30).await?.people;
        first_and_last(db, &all).await?;
        rows_that_come_and_go(db, &all).await?;
        cursors_that_are_wrong(db).await?;
        others(db, &all).await
    })
    .await;
}

fn ids(rows: &[Person]) -> Vec<i64> {
    rows.iter().map(|person| person.id.0).collect()
}

async fn first_and_last(db: &Db, all: &[Person]) -> Result<()> {
    let counts = Counts::new();
    let watched = db.watch(Watch::new().count(&counts));
    let find = || watched.person().find().order(|p| p.age.desc());
    let page = find().page(30, None).await?;
    assert_eq!((page.rows.len(), page.next, page.previous), (30, None, None));
    assert_eq!(counts.statements(), 1);
    assert_eq!(
        ids(&page.rows),
        ids(&find().order(|p| p.id.desc()).await?),
        "the key goes the way of the last one"
    );

    let page = find().page(10, None).await?;
    let second = find().page(10, page.next.as_ref()).await?;
    let back = find().page(10, second.previous.as_ref()).await?;
    assert_eq!((ids(&back.rows), back.previous), (ids(&page.rows), None));
    assert_eq!(find().page(0, None).await?.rows.len(), 0);

    // Relations come along, at one statement more.
    let before = counts.statements();
    let page = find().with(|p| p.clubs()).page(4, second.next.as_ref()).await?;
    assert_eq!((page.rows.len(), counts.statements() - before), (4, 2));

    // From a row in hand.
    let boss =
        all.iter().find(|p| all.iter().filter(|r| r.boss_id == Some(p.id)).count() > 1).expect("a boss");
    let reports = boss.reports(db).page(1, None).await?;
    let next = boss.reports(db).page(1, reports.next.as_ref()).await?;
    assert!(reports.rows[0].id < next.rows[0].id && next.rows[0].boss_id == Some(boss.id));
    let nobody = all.iter().find(|p| p.boss_id.is_none()).expect("somebody without a boss");
    assert!(nobody.reports(db).filter(|_| rex_orm::Cond::none()).page(5, None).await?.rows.is_empty());

    // Two columns of a key, and an order by a relation.
    let desk = db.desk().find().order(|d| d.number.desc()).page(1, None).await?;
    let rest = db.desk().find().order(|d| d.number.desc()).page(9, desk.next.as_ref()).await?;
    assert_eq!((desk.rows.len(), rest.rows.len()), (1, 2));
    let by_boss = || db.person().find().order(|p| p.boss().get(|b| b.name).asc());
    let page = by_boss().page(17, None).await?;
    let rest = by_boss().page(17, page.next.as_ref()).await?;
    assert_eq!([ids(&page.rows), ids(&rest.rows)].concat(), ids(&by_boss().order(|p| p.id.asc()).await?));
    Ok(())
}

/// An offset would skip a row, or show one twice.
async fn rows_that_come_and_go(db: &Db, all: &[Person]) -> Result<()> {
    let tx = db.begin().await?;
    let find = || tx.person().find().order(|p| p.visits.asc());
    let page = find().page(5, None).await?;
    let before = find().page(5, page.next.as_ref()).await?;
    tx.person().delete(&page.rows[1]).await?;
    tx.person().delete(&page.rows[4]).await?;
    let after = find().page(5, page.next.as_ref()).await?;
    assert_eq!(ids(&before.rows), ids(&after.rows));
    assert_eq!(all.len() as i64 - 2, tx.person().find().count().await?);
    tx.rollback().await
}

async fn cursors_that_are_wrong(db: &Db) -> Result<()> {
    let kind =
        |outcome: Result<_>| outcome.map(|page: rex_orm::Page<Person>| page.rows.len()).map_err(|e| e.kind());
    let find = || db.person().find().order(|p| p.age.desc());
    let next = find().page(5, None).await?.next.expect("there are more");
    let other = db.person().find().order(|p| p.age.asc()).page(5, Some(&next)).await;
    assert_eq!(kind(other), Err(Kind::InvalidValue), "of another order");
    let mut text = next.to_string();
    let last = text.pop().expect("a text");
    text.push(if last == 'A' { 'E' } else { 'A' });
    let altered = match text.parse::<Cursor>() {
        Ok(cursor) => kind(find().page(5, Some(&cursor)).await),
        Err(error) => Err(error.kind()),
    };
    assert_eq!(altered, Err(Kind::InvalidValue));
    assert_eq!(kind(db.person().find().order(|p| p.tags.asc()).page(5, None).await), Err(Kind::InvalidValue));
    assert!(!format!("{next:?}").contains(&next.to_string()));
    Ok(())
}

async fn others(db: &Db, all: &[Person]) -> Result<()> {
    let named = async |name: Option<&str>| {
        db.person().find().filter_if(name, |p, name| p.name.eq(name)).count().await
    };
    assert_eq!(named(None).await?, all.len() as i64);
    assert_eq!(named(Some("Ada")).await?, all.iter().filter(|p| p.name == "Ada").count() as i64);
    let joined = || db.person().find().join(|p| p.tasks()).filter(|(p, _)| p.email.eq("x"));
    for plan in
        [joined().explain().await?, joined().select(|(p, t)| (p.name, t.id)).limit(3).explain().await?]
    {
        assert!(plan.contains("tasks") || plan.contains("t1"), "{plan}");
    }
    let plan = db.person().find().filter(|p| p.email.eq("x") & p.age.in_([1, 2])).limit(3).explain().await?;
    assert!(plan.contains("persons") || plan.contains("people"), "{plan}");
    Ok(())
}

/// Says that this process is the one that seals: the key is the whole process's.
const SEALS: &str = "REX_TEST_SEALS_CURSORS";

/// A cursor that was made with another key, or with none, is not taken.
#[test]
fn cursors_are_sealed() {
    if std::env::var_os(SEALS).is_some() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        return runtime.block_on(sealed()).expect("cursors are sealed");
    }
    let mut command = Command::new(std::env::current_exe().expect("it runs"));
    command.args(["--exact", "suite::filters::pages::cursors_are_sealed"]).env(SEALS, "1");
    let output = command.output().expect("it can be run again");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}

async fn sealed() -> Result<()> {
    let db = Db::connect("sqlite::memory:").await?;
    db.create_schema().await?;
    db.club().insert_many(["a", "b", "c"].map(NewClub::new)).await?;
    let page = async |from: Option<&Cursor>| db.club().find().order(|c| c.name.asc()).page(1, from).await;
    let plain = page(None).await?.next.expect("there is more");
    rex_orm::seal_cursors(b"sixteen octets or more");
    let own = page(None).await?.next.expect("there is more");
    assert_ne!(own.to_string(), plain.to_string());
    assert_eq!(page(Some(&own)).await?.rows[0].name, "b");
    assert!(page(Some(&plain)).await.is_err(), "it has no seal");
    rex_orm::seal_cursors(b"sixteen other octets");
    let error = page(Some(&own)).await.expect_err("another's seal");
    assert_eq!(error.kind(), Kind::InvalidValue);
    Ok(())
}
