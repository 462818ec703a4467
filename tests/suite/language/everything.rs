//! A schema in which every construct of the language stands (`fixtures/valid/everything`), at work.

use rex_orm::{Kind, Result};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::on_every_database;
use crate::fixtures::everything::{
    Address, Audience, Book, Db, NewBook, NewContract, NewPerson, Owner, Person, Point, Stage, book,
};

// What the schema names.

/// What somebody likes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Prefs {
    #[serde(default)]
    pub(crate) dark: bool,
}

/// A name behind an `@`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Handle(pub(crate) String);

impl From<Handle> for String {
    fn from(handle: Handle) -> String {
        handle.0
    }
}

impl TryFrom<String> for Handle {
    type Error = String;

    fn try_from(text: String) -> std::result::Result<Handle, String> {
        if text.starts_with('@') { Ok(Handle(text)) } else { Err(format!("{text} is no handle")) }
    }
}

/// A title begins with a capital.
pub(crate) fn titled(title: &str) -> std::result::Result<(), &'static str> {
    let capital = title.trim_start().chars().next().is_some_and(char::is_uppercase);
    if capital { Ok(()) } else { Err("must begin with a capital") }
}

#[tokio::test]
async fn every_construct_works_on_every_database() {
    on_every_database("language_everything", async |url| {
        let db = Db::connect(url).await.expect("a database");
        run(&db).await.unwrap_or_else(|error| panic!("{url}: {error}\n{error:?}"));
    })
    .await;
}

async fn run(db: &Db) -> Result<()> {
    db.create_schema().await?;
    let (ada, grace) = people(db).await?;
    rules(db, &ada).await?;
    let book = books(db, &ada, &grace).await?;
    parts(db, &book).await?;
    rights(db, &ada, &book).await?;
    views(db, &book).await?;
    // A table that another tool makes is not there.
    assert_eq!(db.sale().find().count().await.expect_err("no such table").kind(), Kind::Schema);
    Ok(())
}

fn address(street: &str) -> Address {
    Address { street: street.to_owned(), city: "Berlin".to_owned(), zip: None, geo: None }
}

/// Mixins, embedded types, Rust types, versions, deletions, relations to oneself.
async fn people(db: &Db) -> Result<(Person, Person)> {
    let here = Point { lat: 52.5, lon: 13.4 };
    let ada = db.person().create().email("ada@example.com").name("Ada").secret("analytical");
    let ada = ada.home(Address { geo: Some(here.clone()), ..address("Main Street") });
    let ada = ada.handle(Handle("@ada".to_owned())).lucky([7, 13]).save().await?;
    assert_eq!((ada.revision, ada.audience, ada.office.clone()), (1, Audience::Everyone, None));
    assert_eq!((ada.prefs.clone(), ada.languages.as_slice()), (Prefs::default(), &["en".to_owned()][..]));
    assert!(!format!("{ada:?}").contains("analytical"));

    let office = Address { zip: Some("10117".to_owned()), ..address("Side Street") };
    let grace = NewPerson {
        mentor_id: Some(ada.id),
        office: Some(office.clone()),
        pen_name: Some("Amazing".to_owned()),
        ..NewPerson::new("grace@example.com", "Grace", "compilers", address("Hill"), Handle("@g".to_owned()))
    };
    let grace = db.person().insert(grace).await?;
    assert_eq!((grace.office.as_ref(), grace.mentor_id), (Some(&office), Some(ada.id)));
    assert_eq!(db.person().find().filter(|p| p.home.geo.lat.gt(50.0)).count().await?, 1);
    assert_eq!(ada.pupils(db).await?, std::slice::from_ref(&grace));
    db.person().follows(&grace).add([&ada]).await?;
    assert_eq!(ada.followers(db).count().await?, 1);

    let changed = db.person().update(&grace).office(None).prefs(Prefs { dark: true }).save().await?;
    assert_eq!((changed.revision, changed.office.clone(), changed.prefs.dark), (2, None, true));
    assert!(changed.updated_at > grace.updated_at && changed.created_at == grace.created_at);
    let stale = db.person().update(&grace).name("G").save().await.expect_err("a stale row");
    assert_eq!(stale.kind(), Kind::Stale);
    db.person().delete(&changed).await?;
    assert_eq!(db.person().by_email("grace@example.com").await?, None);
    let gone = db.person().find().only_deleted().one().await?;
    let back = db.person().restore(&gone).await?;
    assert_eq!((back.retired_at, back.revision), (None, 4));

    let profile = db.profile().create().person(&ada).bio("First.").save().await?;
    assert_eq!(db.profile().by_person(&ada).await?, Some(profile));
    Ok((ada, back))
}

/// What breaks a rule is told at once, all together, and nothing is sent.
async fn rules(db: &Db, ada: &Person) -> Result<()> {
    let wrong = NewPerson {
        website: Some("nowhere".to_owned()),
        last_ip: Some("300.0.0.1".to_owned()),
        pen_name: Some(" x".to_owned()),
        languages: Some(Vec::new()),
        mentor_id: Some(ada.id),
        ..NewPerson::new("nobody", "", "short", address(""), Handle("@n".to_owned()))
    };
    let error = db.person().insert(wrong).await.expect_err("nothing of it is right");
    assert_eq!(error.kind(), Kind::Validation);
    let found: Vec<_> = error.violations().expect("violations").iter().map(|v| (v.field, v.code)).collect();
    let field = |name, code| (Some(name), code);
    let expected = [
        field("email", "email"),
        field("name", "length"),
        field("pen_name", "trimmed"),
        field("secret", "length"),
        field("website", "url"),
        field("last_ip", "ip"),
        field("home.street", "non_empty"),
        field("languages", "length"),
    ];
    assert_eq!(found, expected);
    assert!(error.to_string().contains("no address that mail reaches"), "{error}");
    assert!(!format!("{error} {error:?}").contains("short"));

    let imprint = db.imprint().create().code("UP").title("Up").save().await.expect_err("capitals");
    assert!(imprint.to_string().contains("small letters only"), "{imprint}");
    let itself = db.person().find().update().mentor(ada).save().await.expect_err("Ada is her own mentor");
    assert_eq!(itself.kind(), Kind::Check);
    Ok(())
}

/// Computed columns, checks, uniques among some rows, defaults, join tables.
async fn books(db: &Db, ada: &Person, grace: &Person) -> Result<Book> {
    let imprint = db.imprint().create().code("up").title("Up").save().await?;
    assert_eq!(imprint.opens.to_string(), "09:00:00");
    let create = || db.book().create().author(ada).imprint(&imprint);
    let book = create().title(" Notes ").isbn("9780000000001").pages(12).save().await?;
    assert_eq!((book.slug.as_str(), book.stage, book.words), ("notes", Stage::Draft, 1_000));
    assert_eq!((book.price, book.gross), (Decimal::new(999, 2), Decimal::new(1_068_930, 5)));
    assert_eq!(book.barcode.len(), 32);
    let book = db.book().update(&book).price(Decimal::TEN).editor(grace).stage(Stage::InPrint).save().await?;
    assert_eq!(book.gross, Decimal::new(1_070_000, 5));

    let cheap = create().title("Cheap").price(Decimal::ZERO).save().await.expect_err("too cheap");
    assert!(cheap.to_string().contains("too cheap"), "{cheap}");
    let small = create().title("small").format("stone").rating(6.0).save().await.expect_err("three rules");
    let codes: Vec<_> = small.violations().expect("violations").iter().map(|v| v.code).collect();
    assert_eq!(codes, ["validate", "range", "one_of"]);
    let again = create().title("Other").isbn("9780000000001").save().await.expect_err("a second isbn");
    assert_eq!(again.conflict::<book::Unique>(), Some(book::Unique::Isbn));
    let without = ["One", "Two"].map(|title| NewBook::new(ada, &imprint, title));
    assert_eq!(db.book().insert_many(without).await?.len(), 2);

    let tags = [db.tag().create().name("old").save().await?, db.tag().create().name("new").save().await?];
    db.book().tags(&book).add(&tags).await?;
    db.shelf_place().create().person(grace).book(&book).save().await?;
    let (_, labels, readers) = db
        .book()
        .find()
        .filter(|b| b.stage.gt(Stage::Draft))
        .with(|b| b.tags().order(|t| t.name.asc()))
        .with(|b| b.readers())
        .one()
        .await?;
    assert_eq!((labels.len(), readers.len()), (2, 1));
    Ok(book)
}

/// Composite keys, and a key over fields of the model's own.
async fn parts(db: &Db, book: &Book) -> Result<()> {
    let chapter = db.chapter().create().book(book).number(1).title("I").save().await?;
    let note = db.note().create().book_id(book.id.0).chapter_number(1).text("n").save().await?;
    assert_eq!(note.chapter(db).await?, chapter);
    assert_eq!(chapter.notes(db).await?, [note]);
    Ok(())
}

/// Unions.
async fn rights(db: &Db, ada: &Person, book: &Book) -> Result<()> {
    let day: chrono::NaiveDate = "2026-01-01".parse().expect("a day");
    let contract = NewContract { witness: Some(Owner::from(ada)), ..NewContract::new(book, ada, day) };
    let contract = db.contract().insert(contract).await?;
    assert_eq!((contract.owner.clone(), contract.owner.person()), (Owner::Person(ada.id), Some(ada.id)));
    let imprint = db.imprint().get("up").await?;
    let given = db.contract().update(contract.id).owner(&imprint).witness(None).save().await?;
    assert_eq!(given.owner.imprint(), Some(imprint.code.clone()));
    let early = db.contract().update(contract.id).from_day(day).to_day(day).save().await;
    assert_eq!(early.expect_err("it ends before it begins").violations().map(<[_]>::len), Some(1));
    assert_eq!(db.contract().find().filter(|c| c.owner.eq(&imprint)).count().await?, 1);
    Ok(())
}

/// Views, one of which PostgreSQL keeps.
async fn views(db: &Db, book: &Book) -> Result<()> {
    let (_, stats) = db.book().find().filter(|b| b.id.eq(book.id)).with(|b| b.stats()).one().await?;
    assert_eq!(stats.map(|stats| stats.chapters), Some(1));
    db.stage_count().refresh().await?;
    assert_eq!(db.stage_count().get(Stage::InPrint).await?.total, 1);
    Ok(())
}
