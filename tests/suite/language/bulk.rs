//! What attributes say holds in operations on many rows as it does in those on one, on both
//! databases: `insert_many`, and `update`, `delete`, `restore` and `delete_forever` of what is found.

use rex_orm::{Kind, Result};
use rust_decimal::Decimal;

use super::{kind, on_every_database};
use crate::fixtures::attributes::{
    Account, Db, Entry, NewAccount, NewEntry, NewLabel, NewNote, NewPerson, NewTag, Plan,
};
use crate::fixtures::expressions;

#[tokio::test]
async fn attributes_act_on_many_rows() {
    on_every_database("bulk", async |url| {
        let db = Db::connect(url).await.expect("a database");
        run(&db).await.unwrap_or_else(|error| panic!("{url}: {error}\n{error:?}"));
    })
    .await;
}

async fn run(db: &Db) -> Result<()> {
    db.create_schema().await?;
    versions(db).await?;
    on_update(db).await?;
    soft_delete(db).await?;
    versions_of_the_deleted(db).await?;
    along_relations(db).await?;
    sensitive(db).await
}

fn all(db: &Db) -> rex_orm::Find<Account> {
    db.account().find().order(|a| a.owner.asc())
}

/// Each new row begins at 1; an update of many counts on from where each is, in those it meets.
async fn versions(db: &Db) -> Result<()> {
    let rows = db.account().insert_many(["a", "b", "c"].map(NewAccount::new)).await?;
    assert_eq!(rows.iter().map(|row| row.version).collect::<Vec<_>>(), [1, 1, 1]);
    db.account().update(&rows[0]).balance(Decimal::ONE).save().await?;
    assert_eq!(all(db).limit(2).update().plan(Plan::Paid).save().await?, 2);
    assert_eq!(all(db).offset(2).update().plan(Plan::Paid).save().await?, 1);
    assert_eq!(all(db).limit(2).offset(1).update().plan(Plan::Free).save().await?, 2);
    let versions: Vec<_> = all(db).await?.iter().map(|row| (row.version, row.plan)).collect();
    assert_eq!(versions, [(3, Plan::Paid), (3, Plan::Free), (3, Plan::Free)]);
    assert_eq!(kind(db.account().update(&rows[2]).plan(Plan::Paid).save().await), Kind::Stale);
    assert_eq!(kind(db.account().delete(&rows[2]).await), Kind::Stale);

    let labels = ["x", "y"].map(|name| NewLabel::new(&rows[0], name));
    let labels = db.label().insert_many(labels).await?;
    assert_eq!(db.label().find().filter(|l| l.name.eq("y")).update().colour("red").save().await?, 1);
    db.label().delete(&labels[0]).await?;
    assert_eq!(kind(db.label().delete(&labels[1]).await), Kind::Stale);
    assert_eq!(db.label().find().delete().await?, 1);
    Ok(())
}

/// Written where it is not set, in the rows that are met and in no other.
async fn on_update(db: &Db) -> Result<()> {
    let before = all(db).await?;
    assert_eq!(all(db).limit(1).update().plan(Plan::Business).save().await?, 1);
    let after = all(db).await?;
    assert!(after[0].updated_at > before[0].updated_at && after[0].touched_by == "someone");
    assert!(after.iter().zip(&before).all(|(after, before)| after.created_at == before.created_at));
    assert_eq!(&after[1..], &before[1..]);
    let set = all(db).update().touched_by("me").updated_at(before[0].updated_at).save().await?;
    let after = all(db).await?;
    assert_eq!(set, 3);
    assert!(after.iter().all(|row| row.touched_by == "me" && row.updated_at == before[0].updated_at));
    Ok(())
}

async fn entries(db: &Db, owner: &str) -> Result<(Account, Vec<Entry>)> {
    let account = db.account().create().owner(owner).save().await?;
    let rows = (1..=3).map(|place| NewEntry::new(&account, format!("E{place}"), place));
    let rows = db.entry().insert_many(rows).await?;
    Ok((account, rows))
}

/// A deletion and its end are changes: what `@on_update` says is written.
async fn soft_delete(db: &Db) -> Result<()> {
    let (account, rows) = entries(db, "d").await?;
    let find = || db.entry().find().filter(|e| e.account_id.eq(account.id)).order(|e| e.place.asc());
    assert!(rows.iter().all(|row| row.updated_on.is_none() && row.deleted_at.is_none()));
    assert_eq!(find().limit(2).delete().await?, 2);
    let seen = find().with_deleted().await?;
    let marks: Vec<_> = seen.iter().map(|row| (row.deleted_at.is_some(), row.mark.is_some())).collect();
    assert_eq!(marks, [(true, true), (true, true), (false, false)]);
    assert_eq!((seen[0].state, seen[2].state), (Some(Plan::Paid), None));
    assert_eq!(find().offset(1).restore().await?, 1);
    let again = find().with_deleted().await?;
    assert_eq!(again.iter().map(|row| row.deleted_at.is_some()).collect::<Vec<_>>(), [true, false, false]);
    assert!(again[1].mark != seen[1].mark && again[0].mark == seen[0].mark);
    assert_eq!(find().delete().await?, 2);
    assert_eq!(find().only_deleted().update().text("gone").save().await?, 3);
    assert_eq!(find().only_deleted().limit(1).delete_forever().await?, 1);
    assert_eq!(find().with_deleted().delete_forever().await?, 2);
    Ok(())
}

async fn versions_of_the_deleted(db: &Db) -> Result<()> {
    let (_, rows) = entries(db, "e").await?;
    let notes = db.note().insert_many(rows.iter().map(|row| NewNote::new(row, "n"))).await?;
    assert_eq!(db.note().find().order(|n| n.id.asc()).limit(2).delete().await?, 2);
    assert_eq!(db.note().find().only_deleted().update().text("m").save().await?, 2);
    assert_eq!(db.note().find().restore().await?, 2);
    let versions: Vec<_> = db.note().find().order(|n| n.id.asc()).await?.iter().map(|n| n.version).collect();
    assert_eq!(versions, [3, 3, 0]);
    assert_eq!(kind(db.note().delete(&notes[0]).await), Kind::Stale);
    assert_eq!(db.note().find().delete_forever().await?, 3);
    Ok(())
}

/// The rows along a relation are rows as any other.
async fn along_relations(db: &Db) -> Result<()> {
    let (account, rows) = entries(db, "f").await?;
    let (other, others) = entries(db, "g").await?;
    assert_eq!(account.entries(db).filter(|e| e.place.lt(3)).update().text("x").save().await?, 2);
    assert_eq!(account.entries(db).order(|e| e.place.desc()).limit(1).delete().await?, 1);
    assert_eq!((account.entries(db).count().await?, other.entries(db).count().await?), (2, 3));
    let first = db.entry().get(&rows[0]).await?;
    assert!(first.mark.is_some() && first.text == "x");
    assert_eq!(account.entries(db).restore().await?, 1);
    assert_eq!(other.entries(db).delete_forever().await?, 3);
    assert_eq!(kind(db.entry().restore(&others[0]).await), Kind::NotFound);

    // Tags, through a table between: a link to a deleted one is a link.
    let tags = db.tag().insert_many(["s", "t", "u"].map(NewTag::new)).await?;
    assert_eq!(db.entry().tags(&rows[0]).add(&tags).await?, 3);
    assert_eq!(first.tags(db).filter(|t| t.name.gt("s")).delete().await?, 2);
    assert_eq!((first.tags(db).count().await?, first.tags(db).with_deleted().count().await?), (1, 3));
    assert_eq!(db.entry().tags(&rows[0]).add(&tags).await?, 0);
    db.entry().tags(&rows[0]).set(&tags[1..]).await?;
    assert_eq!((first.tags(db).count().await?, first.tags(db).restore().await?), (0, 2));
    assert_eq!(first.tags(db).update().name("v").save().await.map_err(|e| e.kind()), Err(Kind::Unique));
    assert_eq!(first.tags(db).order(|t| t.name.asc()).limit(1).update().name("v").save().await?, 1);
    Ok(())
}

/// What nobody sees is in no list either, written or found.
async fn sensitive(db: &Db) -> Result<()> {
    use super::types::{Email, Settings};
    let new = |name: &str| {
        let email = Email(format!("{name}@example.com"));
        let settings = Settings { theme: "dark".to_owned(), odd: Vec::new() };
        NewPerson::new(name, email.clone(), [email], settings, "s3cret", 1)
    };
    let many = [new("a"), new("b")];
    assert!(!format!("{many:?}").contains("s3cret"), "{many:?}");
    let rows = db.person().insert_many(many).await?;
    assert!(!format!("{rows:?}").contains("s3cret") && rows.iter().all(|row| row.password == "s3cret"));
    assert_eq!(db.person().find().update().password("s3cret2").save().await?, 2);
    let find = db.person().find().filter(|p| p.password.eq("s3cret2"));
    assert_eq!(find.update().secret(["s3cret".to_owned()]).save().await?, 2);
    Ok(())
}

#[tokio::test]
async fn the_database_computes_in_many_rows() {
    on_every_database("bulk_computed", async |url| {
        let db = expressions::Db::connect(url).await.expect("a database");
        computed(&db).await.unwrap_or_else(|error| panic!("{url}: {error}\n{error:?}"));
    })
    .await;
}

async fn computed(db: &expressions::Db) -> Result<()> {
    db.create_schema().await?;
    let hotel = db.hotel().create().name("Rex").save().await?;
    let day = |day: &str| day.parse::<chrono::NaiveDate>().expect("a day");
    let new = |email: &str| {
        let (from, until) = (day("2026-03-01"), day("2026-03-03"));
        expressions::NewBooking::new(&hotel, "Ada", email, from, until, Decimal::TEN)
    };
    let rows = db.booking().insert_many([new("a@b"), new("c@d")]).await?;
    assert!(rows.iter().all(|row| row.total == Decimal::TEN && row.shout == "ADA"));
    assert_eq!(db.booking().find().update().rooms(3).guest("Bob").save().await?, 2);
    let rows = db.booking().find().filter(|b| b.total.eq(Decimal::from(30))).await?;
    assert!(rows.len() == 2 && rows.iter().all(|row| row.initial.as_deref() == Some("bob")));
    Ok(())
}
