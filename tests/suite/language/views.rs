//! Views.

use rex_orm::Kind;

use crate::fixtures::views::{Author, Db, NewBook, NewCopy, Rating};
use crate::support::postgres;

type Result<T = ()> = rex_orm::Result<T>;

#[tokio::test]
async fn views_are_read_in_sqlite() {
    let db = Db::connect("sqlite::memory:").await.expect("a database in memory");
    run(&db).await.expect("it works");
}

#[tokio::test]
async fn views_are_read_in_postgresql() {
    let database = postgres::server().database("views");
    let db = Db::connect(&database.url()).await.expect("a PostgreSQL server");
    run(&db).await.expect("it works");
}

async fn run(db: &Db) -> Result {
    db.create_schema().await?;
    let [ada, bob] = authors(db).await?;
    totals(db, &ada, &bob).await?;
    loading(db, &ada).await?;
    deleted(db, &ada).await?;
    materialised(db, &bob).await?;
    let number = db.number().find().one().await?;
    assert_eq!((number.one, number.text, number.days.len()), (1, None, 1));
    wrong(db).await;
    Ok(())
}

/// What is not of the schema's type is an error: of PostgreSQL's cast, or of reading the value.
async fn wrong(db: &Db) {
    let error = db.wrong().find().await.expect_err("a text is no number");
    match db.dialect() {
        rex_orm::Dialect::Postgres => assert_eq!(error.kind(), Kind::InvalidValue, "{error:?}"),
        rex_orm::Dialect::Sqlite => {
            assert_eq!((error.kind(), error.column()), (Kind::Decode, Some("number")), "{error:?}");
        }
    }
}

async fn authors(db: &Db) -> Result<[Author; 2]> {
    let ada = db.author().create().name("Ada").save().await?;
    let bob = db.author().create().name("Bob").is_alive(false).save().await?;
    let published = "2026-01-31T12:00:00.000001Z".parse().expect("a time");
    let book = |title: &str, price: &str| {
        NewBook::new(&ada, title, price.parse::<rust_decimal::Decimal>().expect("a price"))
    };
    let first = NewBook { published_at: Some(published), weight: Some(1.5), ..book("A", "10.50") };
    let second = NewBook { rating: Some(Rating::High), ..book("B", "0.25") };
    db.book().insert_many([first, second]).await?;
    Ok([ada, bob])
}

/// Counts, sums, times and enums have the types of the schema.
async fn totals(db: &Db, ada: &Author, bob: &Author) -> Result {
    let totals = db.totals().get(ada.id).await?;
    assert_eq!((totals.author_id, totals.books, totals.published), (ada.id, 2, true));
    assert_eq!(
        (totals.total.to_string().as_str(), totals.best, totals.weight),
        ("10.75", Some(Rating::High), 1.0)
    );
    let latest = totals.latest.expect("a book is published");
    assert_eq!(latest.to_rfc3339(), "2026-01-31T12:00:00.000001+00:00");
    let none = db.totals().get(bob).await?;
    assert_eq!(
        (none.books, none.total.to_string().as_str(), none.best, none.latest),
        (0, "0.00", None, None)
    );
    assert!(!none.published);
    let missing = db.totals().get(99).await.expect_err("no author 99");
    assert_eq!(missing.kind(), Kind::NotFound);
    let rich = db.totals().find().filter(|t| t.books.gt(0) & t.published.eq(true)).await?;
    assert_eq!(rich, [totals]);
    assert_eq!(db.totals().find().filter(|t| t.best.is_none()).count().await?, 1);
    Ok(())
}

/// Along the relations of a view, and to one.
async fn loading(db: &Db, ada: &Author) -> Result {
    let found =
        db.totals().find().order(|t| t.author_id.asc()).with(|t| t.author().with(|a| a.books())).await?;
    let names: Vec<_> =
        found.iter().map(|(_, (author, books))| (author.name.as_str(), books.len())).collect();
    assert_eq!(names, [("Ada", 2), ("Bob", 0)]);
    let authors = db
        .author()
        .find()
        .order(|a| a.id.asc())
        .with(|a| a.totals())
        .with(|a| a.shelf().order(|s| s.title.asc()).limit(1).with(|s| s.totals()).with(|s| s.book()))
        .await?;
    let (_, totals, shelf) = &authors[0];
    assert_eq!(totals.as_ref().map(|totals| totals.books), Some(2));
    let [(shelved, of_author, book)] = shelf.as_slice() else {
        panic!("one, since it is limited: {shelf:?}")
    };
    assert_eq!((shelved.title.as_str(), of_author.books, book.title.as_str()), ("A", 2, "A"));
    assert!(authors[1].2.is_empty());
    let again = db.shelved().get((ada.id, book.id)).await?;
    assert_eq!(&again, shelved);
    assert_eq!(db.shelved().by_book(book).await?.as_ref(), Some(shelved));
    assert_eq!(ada.totals(db).await?.map(|totals| totals.author_id), Some(ada.id));
    assert_eq!(shelved.author(db).await?.name, "Ada");
    Ok(())
}

/// A view has what its query says; what leads on to a deleted row leads on all the same.
async fn deleted(db: &Db, ada: &Author) -> Result {
    let book = db.book().find().filter(|b| b.title.eq("A")).one().await?;
    let copies = db.copy().insert_many([NewCopy::new(&book), NewCopy::new(&book)]).await?;
    db.copy().delete(&copies[1]).await?;
    let (count, latest, (_, author)) = db
        .copy_count()
        .find()
        .filter(|c| c.book_id.eq(book.id))
        .with(|c| c.latest())
        .with(|c| c.book().with(|b| b.author()))
        .one()
        .await?;
    assert_eq!((count.copies, count.all, author.id), (1, 2, ada.id));
    assert_eq!(latest.as_ref().map(|copy| (copy.id, copy.deleted_at.is_some())), Some((copies[1].id, true)));
    assert_eq!(count.latest(db).await?, latest);
    let best = db.best().find().filter(|b| b.author_id.eq(ada.id) & b.copies.gt(0)).one().await?;
    assert_eq!((best.copies, best.author(db).await?.id), (1, ada.id));
    Ok(())
}

/// PostgreSQL keeps the rows until they are refreshed; SQLite computes them whenever they are read.
async fn materialised(db: &Db, bob: &Author) -> Result {
    db.cheapest().refresh().await?;
    let price = async |rating| Ok::<_, rex_orm::Error>(db.cheapest().get(rating).await?.price.to_string());
    assert_eq!(price(Rating::High).await?, "0.25");
    let cheap =
        NewBook { rating: Some(Rating::High), ..NewBook::new(bob, "C", rust_decimal::Decimal::new(20, 2)) };
    db.book().insert(cheap).await?;
    let stale = match db.dialect() {
        rex_orm::Dialect::Postgres => "0.25",
        rex_orm::Dialect::Sqlite => "0.20",
    };
    assert_eq!(price(Rating::High).await?, stale);
    db.transaction(async |tx| tx.cheapest().refresh().await).await?;
    assert_eq!(price(Rating::High).await?, "0.20");
    let all = db.cheapest().find().order(|c| c.price.desc()).await?;
    assert_eq!(all.iter().map(|row| row.books).collect::<Vec<_>>(), [1, 2]);
    Ok(())
}
