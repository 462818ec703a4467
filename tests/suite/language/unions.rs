//! Unions: references to rows of several models, written, read, found, loaded, and unique by member.

use super::on_every_database;
use crate::fixtures::unions::{Anything, Db, NewDocument, Owner, badge, document};

#[tokio::test]
async fn unions_refer_to_rows_of_several_models() {
    on_every_database("language_unions", async |url| {
        let db = Db::connect(url).await.expect("a database");
        check(&db).await.unwrap_or_else(|error| panic!("{url}: {error}\n{error:?}"));
    })
    .await;
}

async fn check(db: &Db) -> rex_orm::Result<()> {
    db.create_schema().await?;
    let ada = db.user().create().name("Ada").save().await?;
    let acme = db.organization().create().name("Acme").save().await?;

    let by_row = db.document().create().owner(&ada).title("A").save().await?;
    assert_eq!(by_row.owner, Owner::User(ada.id));
    assert_eq!((by_row.owner.user(), by_row.owner.organization()), (Some(ada.id), None));
    let by_id = db.document().create().owner(acme.id).editor(&ada).title("A").save().await?;
    assert_eq!((by_id.owner, by_id.editor), (acme.id.into(), Some((&ada).into())));
    let rows = ["B", "C"].map(|title| NewDocument {
        editor: Some(Owner::Organization(acme.id)),
        ..NewDocument::new(Owner::User(ada.id), title)
    });
    let many = db.document().insert_many(rows).await?;
    assert_eq!(db.document().get(many[1].id).await?, many[1]);

    let count = async |condition: &dyn Fn(document::Columns) -> rex_orm::Cond<document::Document>| {
        db.document().find().filter(condition).count().await
    };
    assert_eq!(count(&|d| d.owner.eq(&ada)).await?, 3);
    assert_eq!(count(&|d| d.owner.eq(Owner::Organization(acme.id))).await?, 1);
    assert_eq!(count(&|d| d.owner.user.in_([ada.id])).await?, 3);
    assert_eq!(count(&|d| d.editor.is_none()).await?, 1);
    assert_eq!(count(&|d| d.editor.is_some() & d.editor.organization.is_some()).await?, 2);
    assert_eq!(count(&|d| d.editor.eq(None)).await?, 1);

    let with = db.document().find().order(|d| d.id.asc());
    let with = with.with(|d| d.owner_user()).with(|d| d.owner_organization()).await?;
    assert_eq!(with[0], (by_row.clone(), Some(ada.clone()), None));
    assert_eq!(with[1], (by_id.clone(), None, Some(acme.clone())));
    assert_eq!(by_id.editor_user(db).await?, Some(ada.clone()));
    assert_eq!(acme.documents(db).await?, std::slice::from_ref(&by_id));
    let users =
        db.user().find().with(|u| u.documents().order(|d| d.title.asc())).with(|u| u.edited()).await?;
    assert_eq!((users[0].1.len(), users[0].2.len()), (3, 1));

    assert_eq!(db.document().by_owner_organization_title(acme.id, "A").await?, Some(by_id.clone()));
    let again = db.document().create().owner(&ada).title("A").save().await.expect_err("a second A of Ada's");
    assert_eq!(again.conflict::<document::Unique>(), Some(document::Unique::OwnerUserTitle));
    let given = db.document().update(by_row.id).owner(acme.id).title("D").editor(None).save().await?;
    assert_eq!((given.owner, given.editor), (Owner::Organization(acme.id), None));
    let none = db.document().find().filter(|d| d.editor.user.eq(ada.id)).update().editor(None).save().await?;
    assert_eq!(none, 1);

    let badge = db.badge().create().holder(&ada).save().await?;
    assert_eq!(ada.badge(db).await?.map(|badge| badge.id), Some(badge.id));
    let again = db.badge().create().holder(&ada).save().await.expect_err("a second badge of Ada's");
    assert_eq!(again.conflict::<badge::Unique>(), Some(badge::Unique::HolderUser));
    db.badge().delete(badge.id).await?;

    let tag = db.tag().create().name("new").save().await?;
    db.note().create().about(&tag).text("x").save().await?;
    db.note().create().text("y").save().await?;
    let about = db.note().find().filter(|n| n.about.eq(Anything::Tag(tag.name.clone()))).one().await?;
    assert_eq!(about.about.and_then(|about| about.tag()), Some(tag.name));

    db.organization().delete(acme.id).await?;
    let left = db.document().find().order(|d| d.title.asc()).await?;
    let left: Vec<_> = left.iter().map(|d| (d.title.as_str(), d.editor)).collect();
    assert_eq!(left, [("B", None), ("C", None)]);
    Ok(())
}
