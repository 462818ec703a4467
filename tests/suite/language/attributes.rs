//! Attributes that act in every operation: versions, deletions, and what updates write.

use rex_orm::{Kind, Result};
use rust_decimal::Decimal;

use super::{kind, on_every_database};
use crate::fixtures::attributes::{Account, Db, Entry, NewEntry, NewLabel, NewNote, NewPin, NewTag, Plan};

async fn database(url: &str) -> Result<Db> {
    let db = Db::connect(url).await?;
    db.create_schema().await?;
    Ok(db)
}

async fn account(db: &Db) -> Result<Account> {
    db.account().create().owner("Ada").save().await
}

async fn entries(db: &Db, account: &Account, count: i32) -> Result<Vec<Entry>> {
    let rows = (1..=count).map(|place| NewEntry::new(account, format!("E{place}"), place));
    db.entry().insert_many(rows).await
}

#[tokio::test]
async fn a_stale_change_changes_nothing() {
    on_every_database("versions", async |url| versions(url).await.expect("versions")).await;
}

async fn versions(url: &str) -> Result<()> {
    let db = database(url).await?;
    let first = account(&db).await?;
    assert_eq!(first.version, 1);
    let second = db.account().update(&first).balance(Decimal::TEN).save().await?;
    assert_eq!((second.version, second.balance), (2, Decimal::TEN));
    let third = db.account().update((second.id, second.version)).plan(Plan::Paid).save().await?;
    assert_eq!(third.version, 3);
    assert_eq!(db.account().update((first.id, 3)).save().await?, third, "what sets nothing sends nothing");

    let stale = db.account().update(&first).balance(Decimal::ONE).save().await.expect_err("a stale row");
    assert_eq!(stale.kind(), Kind::Stale);
    assert_eq!(stale.to_string(), "Account.update: the row in `accounts` was changed since it was read");
    assert_eq!(kind(db.account().update(&first).save().await), Kind::Stale, "even where nothing is set");
    assert_eq!(kind(db.account().update((99, 1)).save().await), Kind::NotFound);
    assert_eq!(kind(db.account().delete(&second).await), Kind::Stale);
    assert_eq!(kind(db.account().update((99, 1)).plan(Plan::Paid).save().await), Kind::NotFound);
    assert_eq!(kind(db.account().delete((99, 1)).await), Kind::NotFound);
    assert_eq!(db.account().get(first.id).await?, third);

    let many = db.account().find().update().plan(Plan::Free).save().await?;
    assert_eq!((many, db.account().get(first.id).await?.version), (1, 4));
    assert_eq!(db.account().find().update().save().await?, 0, "what sets nothing sends nothing");
    let error = db
        .transaction(async |tx| {
            tx.account().update((first.id, 4)).plan(Plan::Paid).save().await?;
            tx.account().update((first.id, 4)).plan(Plan::Business).save().await
        })
        .await;
    assert_eq!(kind(error), Kind::Stale);
    assert_eq!(db.account().get(first.id).await?.version, 4);
    db.account().delete((first.id, 4)).await?;
    assert_eq!(db.account().find().count().await?, 0);
    Ok(())
}

#[tokio::test]
async fn a_composite_key_has_versions_too() {
    on_every_database("labels", async |url| labels(url).await.expect("versions of composite keys")).await;
}

async fn labels(url: &str) -> Result<()> {
    let db = database(url).await?;
    let account = account(&db).await?;
    let label = db.label().insert(NewLabel::new(&account, "a")).await?;
    let label = db.label().update(((label.account_id, "a"), 1)).colour("red").save().await?;
    assert_eq!(label.version, 2);
    assert_eq!(kind(db.label().delete(((&account, "a"), 1)).await), Kind::Stale);
    db.label().delete(&label).await?;
    assert_eq!(kind(db.label().delete(&label).await), Kind::NotFound);
    Ok(())
}

#[tokio::test]
async fn updates_write_what_they_are_told_to() {
    on_every_database("on_update", async |url| on_update(url).await.expect("what updates write")).await;
}

async fn on_update(url: &str) -> Result<()> {
    let db = database(url).await?;
    let first = account(&db).await?;
    assert_eq!(first.touched_by, "nobody");
    let second = db.account().update(&first).plan(Plan::Paid).save().await?;
    assert!(second.updated_at > first.updated_at && second.created_at == first.created_at);
    assert_eq!(second.touched_by, "someone");
    let third = db.account().update(&second).touched_by("me").updated_at(first.updated_at).save().await?;
    assert_eq!((third.touched_by.as_str(), third.updated_at), ("me", first.updated_at));
    db.account().find().update().plan(Plan::Free).save().await?;
    let fourth = db.account().get(first.id).await?;
    assert!(fourth.updated_at > first.updated_at && fourth.touched_by == "someone");

    let entry = &entries(&db, &first, 1).await?[0];
    assert_eq!((entry.updated_on, entry.mark, entry.state), (None, None, None));
    let changed = db.entry().update(entry).text("x").save().await?;
    assert!(changed.updated_on.is_some() && changed.mark.is_some());
    assert_eq!(changed.state, Some(Plan::Paid));
    let again = db.entry().update(entry).text("y").state(None).save().await?;
    assert!(again.mark != changed.mark && again.state.is_none());
    Ok(())
}

#[tokio::test]
async fn deleted_rows_are_seen_by_who_asks() {
    on_every_database("soft_delete", async |url| soft_delete(url).await.expect("soft deletion")).await;
}

async fn soft_delete(url: &str) -> Result<()> {
    let db = database(url).await?;
    let account = account(&db).await?;
    let rows = entries(&db, &account, 4).await?;
    db.entry().delete(&rows[0]).await?;
    assert_eq!(kind(db.entry().delete(&rows[0]).await), Kind::NotFound);
    assert_eq!(kind(db.entry().get(&rows[0]).await), Kind::NotFound);
    assert_eq!(kind(db.entry().update(&rows[0]).text("x").save().await), Kind::NotFound);
    assert_eq!(kind(db.entry().update(&rows[0]).save().await), Kind::NotFound);
    assert_eq!(db.entry().by_account_place(&account, 1).await?, None);
    assert!(db.entry().by_account_place(&account, 2).await?.is_some());

    let find = || db.entry().find().order(|e| e.place.asc());
    let places = |rows: Vec<Entry>| rows.into_iter().map(|row| row.place).collect::<Vec<_>>();
    assert_eq!(places(find().await?), [2, 3, 4]);
    assert_eq!(find().first().await?.map(|row| row.place), Some(2));
    assert_eq!((find().count().await?, find().with_deleted().count().await?), (3, 4));
    let first = || find().filter(|e| e.place.eq(1));
    assert!(!first().exists().await? && first().with_deleted().exists().await?);
    assert_eq!(places(find().with_deleted().await?), [1, 2, 3, 4]);
    assert_eq!(places(find().only_deleted().await?), [1]);
    assert_eq!(first().update().text("x").save().await?, 0);
    assert_eq!(first().with_deleted().update().text("x").save().await?, 1);

    let deleted = first().only_deleted().one().await?;
    assert!(deleted.deleted_at.is_some() && deleted.text == "x" && deleted.updated_on.is_some());
    assert_eq!(first().with_deleted().delete().await?, 0, "a deletion keeps its time");
    assert_eq!(first().only_deleted().delete().await?, 0);
    let restored = db.entry().restore(&rows[0]).await?;
    assert_eq!(restored.deleted_at, None);
    assert_eq!(kind(db.entry().restore(&rows[0]).await), Kind::NotFound);

    assert_eq!(find().limit(2).delete().await?, 2);
    assert_eq!(places(find().await?), [3, 4]);
    assert_eq!(find().delete().await?, 2);
    assert_eq!((find().delete().await?, find().restore().await?), (0, 4));
    db.entry().delete(&rows[3]).await?;
    db.entry().delete_forever(&rows[3]).await?;
    assert_eq!(kind(db.entry().delete_forever(&rows[3]).await), Kind::NotFound);
    db.entry().delete(&rows[2]).await?;
    assert_eq!(find().only_deleted().delete_forever().await?, 1);
    assert_eq!(find().delete_forever().await?, 2);
    assert_eq!(find().with_deleted().count().await?, 0);
    Ok(())
}

#[tokio::test]
async fn a_deletion_is_a_change_of_the_version() {
    on_every_database("notes", async |url| notes(url).await.expect("deletion with versions")).await;
}

async fn notes(url: &str) -> Result<()> {
    let db = database(url).await?;
    let account = account(&db).await?;
    let entry = &entries(&db, &account, 1).await?[0];
    let first = db.note().insert(NewNote::new(entry, "a")).await?;
    assert_eq!(first.version, 0);
    let second = db.note().update(&first).text("b").save().await?;
    assert_eq!(kind(db.note().delete(&first).await), Kind::Stale);
    db.note().delete(&second).await?;
    assert_eq!(kind(db.note().delete(&second).await), Kind::NotFound);
    assert_eq!(kind(db.note().restore(&second).await), Kind::Stale);
    let deleted = db.note().find().only_deleted().one().await?;
    assert_eq!(deleted.version, 2);
    let restored = db.note().restore(&deleted).await?;
    assert_eq!((restored.version, restored.gone), (3, None));
    assert_eq!(db.note().find().delete().await?, 1);
    assert_eq!(db.note().find().restore().await?, 1);
    let note = db.note().get(first.id).await?;
    assert_eq!(note.version, 5);
    assert_eq!(kind(db.note().delete_forever(&restored).await), Kind::Stale);
    db.note().delete(&note).await?;
    db.note().delete_forever((note.id, 6)).await?;
    assert_eq!(kind(db.note().delete_forever((note.id, 6)).await), Kind::NotFound);
    Ok(())
}

#[tokio::test]
async fn relations_skip_what_is_deleted() {
    on_every_database("relations", async |url| relations(url).await.expect("relations")).await;
}

async fn relations(url: &str) -> Result<()> {
    let db = database(url).await?;
    let account = account(&db).await?;
    let rows = entries(&db, &account, 3).await?;
    db.entry().update(&rows[2]).previous(&rows[1]).save().await?;
    db.summary().create().entry(&rows[0]).text("s").save().await?;
    let tags = db.tag().insert_many(["a", "b"].map(NewTag::new)).await?;
    db.entry().tags(&rows[0]).add(&tags).await?;
    let mark = db.mark().create().name("m").save().await?;
    for row in &rows {
        db.pin().insert(NewPin::new(row, &mark)).await?;
    }
    db.entry().delete(&rows[1]).await?;
    db.tag().delete(&tags[0]).await?;

    // To many: eager, from a row, with deleted ones.
    let (_, live, all, gone) = db
        .account()
        .find()
        .with(|a| a.entries())
        .with(|a| a.entries().with_deleted())
        .with(|a| a.entries().only_deleted().limit(5))
        .one()
        .await?;
    assert_eq!((live.len(), all.len(), gone.len()), (2, 3, 1));
    assert_eq!(account.entries(&db).count().await?, 2);
    assert_eq!(account.entries(&db).with_deleted().await?.len(), 3);

    // The target of a key is there, deleted or not; the other side of a one-to-one is not.
    let third = db.entry().get(&rows[2]).await?;
    assert_eq!(third.previous(&db).await?.map(|row| row.place), Some(2));
    let (_, previous) = db.entry().find().with(|e| e.previous()).filter(|e| e.place.eq(3)).one().await?;
    assert_eq!(previous.map(|row| row.place), Some(2));
    let pin = db.pin().get((rows[1].id, mark.id)).await?;
    assert_eq!(pin.entry(&db).await?.place, 2);
    assert!(rows[0].summary(&db).await?.is_some());
    db.summary().find().delete().await?;
    assert_eq!(rows[0].summary(&db).await?, None);
    let (_, summary) = db.entry().find().with(|e| e.summary()).filter(|e| e.place.eq(1)).one().await?;
    assert_eq!(summary, None);

    // Through a join table, and through a model whose own rows may be deleted.
    let names = |tags: Vec<_>| tags.into_iter().map(|tag: crate::fixtures::attributes::Tag| tag.name);
    assert!(names(rows[0].tags(&db).await?).eq(["b"]));
    assert_eq!(rows[0].tags(&db).with_deleted().count().await?, 2);
    assert_eq!(mark.entries(&db).count().await?, 2);
    db.pin().delete((rows[0].id, mark.id)).await?;
    let (_, marked) = db.mark().find().with(|m| m.entries()).one().await?;
    assert!(marked.iter().map(|row| row.place).eq([3]));
    assert_eq!(mark.entries(&db).delete().await?, 1);
    assert_eq!(mark.entries(&db).with_deleted().count().await?, 2);
    Ok(())
}
