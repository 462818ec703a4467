//! What columns are in the database and in Rust, and what nobody is shown.

use std::collections::BTreeMap;

use rex_orm::{Kind, Result};

use super::types::{Email, Score, Settings, Token};
use super::{kind, on_every_database};
use crate::fixtures::attributes::{Db, NewPerson, NewSetting, NewTicket, Person, Plan};

fn settings() -> Settings {
    Settings { theme: "dark".to_owned(), odd: Vec::new() }
}

fn email(name: &str) -> Email {
    Email(format!("{name}@example.com"))
}

fn person() -> NewPerson {
    NewPerson {
        token: Some(Token("s3cret".to_owned())),
        ..NewPerson::new("Ada", email("ada"), [email("a"), email("b")], settings(), "s3cret", 1)
    }
}

async fn database(url: &str) -> Result<Db> {
    let db = Db::connect(url).await?;
    db.create_schema().await?;
    Ok(db)
}

#[tokio::test]
async fn columns_have_types_of_the_users() {
    on_every_database("newtypes", async |url| newtypes(url).await.expect("types of the user's")).await;
}

async fn newtypes(url: &str) -> Result<()> {
    let db = database(url).await?;
    let ada = db.person().insert(person()).await?;
    assert_eq!((&ada.email, ada.score, &ada.settings), (&email("ada"), Score(7), &settings()));
    assert_eq!((&ada.emails, &ada.other), (&vec![email("a"), email("b")], &None));
    assert_eq!(db.person().by_email(email("ada")).await?.map(|row| row.id), Some(ada.id));
    let found = db.person().find().filter(|p| p.email.eq(email("ada")) & p.score.gt(Score(6))).count();
    assert_eq!(found.await?, 1);
    let none = db.person().find().filter(|p| p.email.in_([email("x"), email("y")])).count();
    assert_eq!(none.await?, 0);
    let update = db.person().update(&ada).other(email("other")).score(Score(9));
    let ada = update.settings(Settings { theme: "light".to_owned(), ..settings() }).save().await?;
    assert_eq!(
        (ada.other, ada.score, ada.settings.theme.as_str()),
        (Some(email("other")), Score(9), "light")
    );

    // What a type refuses is told without the value.
    let written = db.person().update(ada.id).other(Email("nobody".to_owned())).save().await;
    let error = written.expect_err("it is no address");
    assert_eq!((error.kind(), error.column()), (Kind::Decode, Some("other")));
    assert!(!format!("{error} {error:?}").contains("nobody"), "a value in {error:?}");
    let odd = Settings { theme: String::new(), odd: vec![BTreeMap::from([((1, 2), 3)])] };
    assert_eq!(kind(db.person().update(ada.id).settings(odd).save().await), Kind::InvalidValue);
    Ok(())
}

#[tokio::test]
async fn what_is_sensitive_is_not_shown() {
    on_every_database("sensitive", async |url| sensitive(url).await.expect("sensitive fields")).await;
}

async fn sensitive(url: &str) -> Result<()> {
    let db = database(url).await?;
    let new = format!("{:?}", person());
    let ada = db.person().insert(person()).await?;
    let row = format!("{ada:?}");
    for shown in [&new, &row] {
        assert!(shown.contains("password: .., secret: .., token: .."), "{shown}");
        assert!(!shown.contains("s3cret"), "{shown}");
    }
    assert_eq!((ada.password.as_str(), ada.secret.len()), ("s3cret", 1));
    let again = db.person().insert(person()).await.expect_err("the address is taken");
    assert!(!format!("{again} {again:?}").contains("s3cret"), "{again:?}");
    let found = db.person().find().filter(|p| p.password.eq("s3cret")).one().await?;
    assert_eq!(found, ada);
    Ok(())
}

#[tokio::test]
async fn columns_have_types_of_the_databases() {
    on_every_database("native", async |url| native(url).await.expect("native types")).await;
}

async fn native(url: &str) -> Result<()> {
    let db = database(url).await?;
    let data = serde_json::json!({ "a": [1, null] });
    let create = db.device().create().ip("10.0.0.1").name("Router").mac("08:00:2b:01:02:03");
    let router = create.numbers([1, 2]).data(data.clone()).count(3).save().await?;
    assert_eq!((router.ip.0.as_str(), router.mac.as_deref()), ("10.0.0.1", Some("08:00:2b:01:02:03")));
    assert_eq!(
        (&router.numbers, &router.data, router.count, router.raw.as_str()),
        (&vec![1, 2], &data, 3, "x")
    );
    let create = db.device().create().ip("10.0.0.2").name("Printer").numbers(Vec::new()).data(data).count(0);
    let printer = create.uplink(&router).save().await?;
    assert_eq!(printer.uplink(&db).await?.as_ref(), Some(&router));

    assert_eq!(db.device().get("10.0.0.1").await?, router);
    assert_eq!(db.device().by_name("Router").await?.as_ref(), Some(&router));
    let among = db.device().find().filter(|d| d.ip.in_(["10.0.0.1", "10.0.0.2"]));
    assert_eq!(among.count().await?, 2);
    let macs = ["08:00:2b:01:02:03", "08:00:2b:01:02:04"];
    assert_eq!(db.device().find().filter(|d| d.mac.in_(macs)).await?, std::slice::from_ref(&router));
    let renamed = db.device().update(&printer).mac("08:00:2b:01:02:04").count(4).save().await?;
    assert_eq!((renamed.mac.as_deref(), renamed.count), (Some(macs[1]), 4));
    let (_, devices, uplink) = db
        .device()
        .find()
        .order(|d| d.ip.asc())
        .with(|d| d.devices())
        .with(|d| d.uplink())
        .first()
        .await?
        .expect("a device");
    assert_eq!((devices.len(), uplink), (1, None));

    // A join table has the type too.
    let network = db.network().create().save().await?;
    assert_eq!(db.network().devices(&network).add([&router, &printer]).await?, 2);
    let (_, devices) =
        db.network().find().with(|n| n.devices().order(|d| d.ip.desc()).limit(1)).one().await?;
    assert!(devices.iter().map(|device| device.ip.0.as_str()).eq(["10.0.0.2"]));
    assert_eq!(router.networks(&db).count().await?, 1);
    Ok(())
}

#[tokio::test]
async fn case_does_not_matter_where_the_column_says_so() {
    let db = database("sqlite::memory:").await.expect("a database in memory");
    let data = serde_json::Value::Null;
    db.device()
        .create()
        .ip("1")
        .name("Router")
        .numbers(Vec::new())
        .data(data)
        .count(1)
        .save()
        .await
        .expect("a device");
    let found = db.device().by_name("ROUTER").await.expect("a query");
    assert!(found.is_some());
}

/// What is advised against works all the same.
#[tokio::test]
#[allow(deprecated, reason = "that is what is tried")]
async fn deprecated_fields_work() {
    let db = database("sqlite::memory:").await.expect("a database in memory");
    let ada: Person = db.person().insert(person()).await.expect("Ada");
    let ada = db.person().update(&ada).nick("A").friend(&ada).save().await.expect("a change");
    assert_eq!((ada.nick.as_deref(), ada.rank), (Some("A"), 1));
    assert_eq!(ada.friends(&db).count().await.expect("a query"), 1);
}

#[tokio::test]
async fn databases_make_defaults() {
    on_every_database("sql_defaults", async |url| defaults(url).await.expect("defaults")).await;
}

async fn defaults(url: &str) -> Result<()> {
    let db = database(url).await?;
    let made = db.setting().create().size(1).save().await?;
    assert_eq!(
        (made.text.as_str(), &made.tags, made.number),
        ("ab", &vec!["x".to_owned(), "y".to_owned()], Some(42))
    );
    assert_eq!((&made.plans, &made.numbers), (&vec![Plan::Free, Plan::Paid], &vec![1, -2]));
    assert_eq!((&made.note, made.plan), (&None, Some(Plan::Business)));
    let set = db.setting().create().text("c").number(None).plan(None).size(2).save().await?;
    assert_eq!((set.text.as_str(), set.number, set.plan, &set.tags), ("c", None, None, &made.tags));
    let rows = [
        NewSetting::new(1),
        NewSetting { text: Some("d".to_owned()), ..NewSetting::new(2) },
        NewSetting { number: Some(None), ..NewSetting::new(3) },
        NewSetting::new(4),
    ];
    let rows = db.setting().insert_many(rows).await?;
    assert!(rows.iter().map(|row| (row.text.as_str(), row.number, row.size)).eq([
        ("ab", Some(42), 1),
        ("d", Some(42), 2),
        ("ab", None, 3),
        ("ab", Some(42), 4)
    ]));
    assert_eq!(db.setting().get(made.id).await?, made);

    // Lists of a type of the database's own.
    let plans = [vec![Plan::Business, Plan::Free], Vec::new()];
    let with = |plans: &Vec<Plan>| NewSetting { plans: Some(plans.clone()), ..NewSetting::new(10) };
    assert_eq!(db.setting().copy_in(plans.iter().map(with)).await?, 2);
    let mut copied = db.setting().find().filter(|s| s.size.eq(10)).await?;
    copied.sort_by_key(|setting| setting.plans.is_empty());
    assert!(copied.iter().map(|setting| &setting.plans).eq(&plans));

    // Rows without any value of their own.
    let tickets = db.ticket().insert_many([NewTicket::new(), NewTicket::new(), NewTicket::new()]).await?;
    assert!(tickets.len() == 3 && tickets.iter().all(|ticket| ticket.rank == 7));
    assert_eq!(db.ticket().create().save().await?.rank, 7);
    Ok(())
}

/// A type of an extension's, and one that is written as a text but is none.
#[tokio::test]
async fn types_of_extensions_are_read_and_written() {
    let server = crate::support::postgres::server();
    let test = server.database("citext");
    let db = database(&test.url()).await.expect("an empty database");
    let altered = "CREATE EXTENSION citext; ALTER TABLE devices ALTER name TYPE citext";
    test.client().await.batch_execute(altered).await.expect("the extension is PostgreSQL's own");
    let data = serde_json::Value::Null;
    let create = db.device().create().ip("::1").name("Router").words("a b").numbers([1]).data(data).count(1);
    let router = create.save().await.expect("a device");
    assert_eq!(
        (router.name.as_str(), router.ip.0.as_str(), router.words.as_deref()),
        ("Router", "::1", Some("'a' 'b'"))
    );
    let found = db.device().by_name("ROUTER").await.expect("a query");
    assert_eq!(found.as_ref(), Some(&router));
    let found = db.device().find().filter(|d| d.name.in_(["router", "\"x\\"]) & d.name.starts_with("Rou"));
    assert_eq!(found.one().await.expect("a device"), router);
}
