//! Fields, keys, relations and uniques of mixins are those of each model that takes them in.

use super::on_every_database;
use crate::fixtures::mixins::{Db, NewNote, doc, note};

#[tokio::test]
async fn mixins_are_fields_of_each_model() {
    on_every_database("language_mixins", async |url| {
        let db = Db::connect(url).await.expect("a database");
        check(&db).await.unwrap_or_else(|error| panic!("{url}: {error}\n{error:?}"));
    })
    .await;
}

async fn check(db: &Db) -> rex_orm::Result<()> {
    db.create_schema().await?;
    let ada = db.user().create().name("Ada").save().await?;
    assert_eq!(ada.created_at, ada.updated_at);

    let doc = db.doc().create().owner(&ada).title("Notes").slug("notes").save().await?;
    let note = db.note().insert(NewNote::new("Notes", &ada, "notes")).await?;
    assert_eq!(doc.owner_id, note.owner_id);
    assert_eq!(note.owner(db).await?, ada);
    assert_eq!(ada.docs(db).await?, std::slice::from_ref(&doc));

    let again = db.doc().create().owner(&ada).title("Notes").slug("other").save().await;
    let again = again.expect_err("a second doc of this title");
    assert_eq!(again.conflict::<doc::Unique>(), Some(doc::Unique::OwnerTitle));
    let again = db.note().create().owner(&ada).title("More").slug("notes").save().await;
    let again = again.expect_err("a second note of this slug");
    assert_eq!(again.conflict::<note::Unique>(), Some(note::Unique::Slug));

    assert_eq!(db.note().by_owner_title(&ada, "Notes").await?, Some(note.clone()));
    let users = db.user().find().with(|u| u.docs()).with(|u| u.notes()).await?;
    assert_eq!(users, [(ada.clone(), vec![doc], vec![note])]);

    db.user().delete(&ada).await?;
    assert_eq!((db.doc().find().count().await?, db.note().find().count().await?), (0, 0));
    Ok(())
}
