//! Failures: their kinds, what they say, and what is behind them, the same on every database.

use std::error::Error as _;

use rex_orm::{DriverError, Error, Kind};

use super::transactions::with;
use crate::fixtures::constraints::{Db, Member, NewMember, Team, member, team};
use crate::support::postgres::{self, TestDatabase};

struct Place {
    db: Db,
    url: String,
    path: Option<std::path::PathBuf>,
    server: Option<TestDatabase<'static>>,
    _folder: tempfile::TempDir,
}

impl Place {
    async fn both(settings: &str, ddl: Option<&str>) -> Vec<Place> {
        let mut places = Vec::new();
        for server in [None, Some(postgres::server().database("failures"))] {
            let folder = tempfile::tempdir().expect("a temporary folder");
            let path = server.is_none().then(|| folder.path().join("failures.db"));
            let url = match (&path, &server) {
                (Some(path), _) => with(&format!("sqlite://{}", path.display()), settings),
                (None, server) => with(&server.as_ref().expect("one of both").url(), settings),
            };
            let db = Db::connect(&url).await.unwrap_or_else(|error| panic!("{url}: {error}"));
            let place = Place { db, url, path, server, _folder: folder };
            match ddl {
                None => place.db.create_schema().await.unwrap(),
                Some(ddl) => place.execute(ddl).await,
            }
            places.push(place);
        }
        places
    }

    /// Sends statements past Rex.
    async fn execute(&self, sql: &str) {
        match (&self.path, &self.server) {
            (Some(path), _) => rusqlite::Connection::open(path).unwrap().execute_batch(sql).unwrap(),
            (None, server) => server.as_ref().unwrap().client().await.batch_execute(sql).await.unwrap(),
        }
    }
}

/// One line, that says no value, and has the driver's error behind it.
#[track_caller]
fn is_told(error: &Error, kind: Kind, place: &Place) {
    let text = error.to_string();
    assert_eq!(error.kind(), kind, "{}: {error:?}", place.url);
    assert!(!text.contains('\n') && text.len() < 300, "{text}");
    assert!(!text.contains("canary"), "{text}");
    let driver = error.source().and_then(|source| source.downcast_ref::<DriverError>());
    let driver = driver.unwrap_or_else(|| panic!("{}: {error:?} has no source", place.url));
    let known = driver.get().is::<tokio_postgres::Error>() || driver.get().is::<rusqlite::Error>();
    assert!(known, "{:?}", driver.get());
}

async fn team(db: &Db, name: &str) -> Team {
    db.team().create().name(name).save().await.expect("a team")
}

async fn refused(db: &Db, member: NewMember) -> Error {
    db.member().insert(member).await.expect_err("it breaks a constraint")
}

#[tokio::test]
async fn each_constraint_has_its_name_in_rust() {
    for place in Place::both("", None).await {
        let db = &place.db;
        let (one, other) = (team(db, "one").await, team(db, "other").await);
        let new = |nick: &str| NewMember::new(&one, nick, 20);
        db.member().insert(new("canary")).await.unwrap();

        let error = refused(db, new("canary")).await;
        is_told(&error, Kind::Unique, &place);
        assert_eq!(error.conflict::<member::Unique>(), Some(member::Unique::TeamNick));
        assert_eq!(error.conflict::<team::Unique>(), None);
        assert_eq!(error.conflict::<member::ForeignKey>(), None);

        // Two keys to one table: which of them?
        let error = refused(db, NewMember { team_id: team::TeamId(99), ..new("canary 2") }).await;
        is_told(&error, Kind::ForeignKey, &place);
        assert_eq!(error.conflict::<member::ForeignKey>(), Some(member::ForeignKey::Team), "{error}");
        let error = refused(db, NewMember { host_id: Some(team::TeamId(99)), ..new("canary 2") }).await;
        assert_eq!(error.conflict::<member::ForeignKey>(), Some(member::ForeignKey::Host), "{error}");

        // And from the other side.
        let error = db.team().delete(&one).await.expect_err("it has a member");
        is_told(&error, Kind::ForeignKey, &place);
        assert_eq!(error.conflict::<member::ForeignKey>(), Some(member::ForeignKey::Team), "{error}");
        db.member().insert(NewMember { host_id: Some(other.id), ..new("guest") }).await.unwrap();
        let error = db.team().delete(&other).await.expect_err("it has a guest");
        assert_eq!(error.conflict::<member::ForeignKey>(), Some(member::ForeignKey::Host), "{error}");

        let error = refused(db, new("nobody")).await;
        is_told(&error, Kind::Check, &place);
        assert_eq!(error.conflict::<member::Check>(), Some(member::Check::Known), "{error}");
    }
}

/// What Rust finds before is found by the database too, under the same name.
#[tokio::test]
async fn checks_that_are_gone_round_have_their_names() {
    assert_eq!([member::Check::Grown, member::Check::Known, member::Check::NickLength].len(), 3);
    for place in Place::both("", None).await {
        let one = team(&place.db, "one").await;
        let young = NewMember { age: 3, ..NewMember::new(&one, "canary", 20) };
        let error = place.db.member().insert(young).await.expect_err("too young");
        assert_eq!(error.kind(), Kind::Validation, "{error}");
        assert_eq!(error.violations().expect("some")[0].code, "grown");
    }
}

#[tokio::test]
async fn a_key_that_is_checked_at_the_commit_is_named() {
    for place in Place::both("", None).await {
        let one = team(&place.db, "one").await;
        let lost = || NewMember { boss_id: Some(member::MemberId(99)), ..NewMember::new(&one, "canary", 20) };
        let outcome = place.db.transaction(async |tx| tx.member().insert(lost()).await).await;
        let error = outcome.expect_err("there is no such boss");
        is_told(&error, Kind::ForeignKey, &place);
        assert_eq!(error.conflict::<member::ForeignKey>(), Some(member::ForeignKey::Boss), "{error:?}");
        let error = refused(&place.db, lost()).await;
        assert_eq!(error.conflict::<member::ForeignKey>(), Some(member::ForeignKey::Boss), "{error:?}");
        let members: Vec<Member> = place.db.member().find().await.unwrap();
        assert!(members.is_empty(), "{}", place.url);
        // The other way round it is kept.
        let tx = place.db.begin().await.unwrap();
        let boss = Some(member::MemberId(500));
        tx.member().insert(NewMember { boss_id: boss, ..lost() }).await.unwrap();
        let nick = NewMember { id: boss, ..NewMember::new(&one, "boss", 50) };
        tx.member().insert(nick).await.unwrap();
        tx.commit().await.unwrap();
    }
}

/// Tables that are not what the schema says.
#[tokio::test]
async fn what_was_expected_and_what_was_found_are_told() {
    let ddl = "CREATE TABLE teams (id integer PRIMARY KEY, name text, motto text NOT NULL);
        INSERT INTO teams (id, name, motto) VALUES (1, NULL, 'canary')";
    for place in Place::both("", Some(ddl)).await {
        let error = place.db.team().get(1).await.expect_err("the name is null");
        assert_eq!(error.kind(), Kind::Decode, "{error}");
        let told = (error.column(), error.expected(), error.found());
        assert_eq!(told, (Some("name"), Some("String"), Some("null")), "{}: {error}", place.url);
        assert!(!error.to_string().contains('\n'));

        let created = place.db.team().create().id(2).name("canary").save().await;
        let error = created.expect_err("the motto is null");
        is_told(&error, Kind::NotNull, &place);
        assert_eq!(error.column(), Some("motto"));

        let error = place.db.member().find().await.expect_err("there is no such table");
        is_told(&error, Kind::Schema, &place);
    }
}

/// A database that nobody has brought to the schema, or that is behind it.
#[tokio::test]
async fn a_database_without_the_schema_says_what_to_do() {
    let mut told = String::new();
    for place in Place::both("", Some("CREATE TABLE teams (id integer PRIMARY KEY)")).await {
        let db = &place.db;
        let mut stream = db.member().find().stream();
        let outcomes = [
            ("a table, read", db.member().find().await.map(drop)),
            ("a table, in a stream", stream.try_next().await.map(drop)),
            ("a table, written", db.member().insert(NewMember::new(1, "canary", 20)).await.map(drop)),
            ("a column, read", db.team().find().await.map(drop)),
            ("a column, written", db.team().create().name("canary").save().await.map(drop)),
        ];
        for (what, outcome) in outcomes {
            let error = outcome.expect_err("it is not there");
            assert_eq!(error.kind(), Kind::Schema, "{error}");
            told.push_str(&format!("{} {what}: {error}\n", db.dialect().title()));
        }
        // What one's own SQL speaks of need not be the schema's.
        let error = db.sql::<i64>("SELECT nobody FROM nowhere").one().await.expect_err("nor is this");
        assert_eq!(error.kind(), Kind::Database, "{error}");
        told.push_str(&format!("{} raw: {error}\n", db.dialect().title()));
    }
    insta::assert_snapshot!("without_the_schema", told);
}

/// Rows of one's own SQL that have more or fewer columns than are read.
#[tokio::test]
async fn how_many_columns_there_are_and_how_many_are_read_is_told() {
    for place in Place::both("", None).await {
        let told = async |outcome: rex_orm::Result<()>| outcome.expect_err("another number").to_string();
        let one = place.db.sql::<(i64, i64, String)>("SELECT 1").one().await.map(drop);
        assert_eq!(told(one).await, "sql: the rows have 1 column, and 3 are read");
        let three = place.db.sql::<i64>("SELECT 1, 2, 3").one().await.map(drop);
        assert_eq!(told(three).await, "sql: the rows have 3 columns, and 1 is read");
    }
}

/// `begin` in one task, and a write past it.
#[tokio::test]
async fn sqlite_tells_who_waits_for_oneself() {
    let db = Db::connect("sqlite::memory:?acquire_timeout=50ms").await.unwrap();
    db.create_schema().await.unwrap();
    let tx = db.begin().await.unwrap();
    let error = db.team().create().name("canary").save().await.expect_err("it waits for its own end");
    assert_eq!(error.kind(), Kind::PoolExhausted, "{error}");
    insta::assert_snapshot!("waits_for_oneself", error);
    tx.team().create().name("kept").save().await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pool_without_a_free_connection_says_so_in_time() {
    for place in Place::both("pool_size=1&acquire_timeout=100ms", None).await {
        let tx = place.db.begin().await.unwrap();
        let start = std::time::Instant::now();
        let error = place.db.team().create().name("canary").save().await.expect_err("all are taken");
        assert_eq!(error.kind(), Kind::PoolExhausted, "{error}");
        assert!(start.elapsed().as_millis() < 2_000, "{:?}", start.elapsed());
        assert!(error.to_string().contains("100ms"), "{error}");
        drop(tx);
        team(&place.db, "free").await;
    }
}
