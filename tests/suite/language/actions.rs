//! What keys do when what they refer to changes or goes: actions, and checks at commit.

use rex_orm::{Kind, Result};

use super::{kind, on_every_database};
use crate::fixtures::{keys, relations};

#[tokio::test]
async fn keys_follow_what_they_refer_to() {
    on_every_database("actions_of_keys", async |url| {
        let db = keys::Db::connect(url).await.expect("a database");
        run(&db).await.unwrap_or_else(|error| panic!("{url}: {error}\n{error:?}"));
    })
    .await;
}

async fn run(db: &keys::Db) -> Result<()> {
    db.create_schema().await?;

    // `@references`, and `@on_key_change(cascade)`; a key that nobody says more of holds on.
    let france = db.country().create().iso("FR").name("France").region("Europe").save().await?;
    let city = db.city().create().country("FR").other_region("Europe".to_owned());
    let city = city.other_name("France".to_owned()).save().await?;
    db.country().update(&france).iso("FX").save().await?;
    assert_eq!(db.city().get(city.id).await?.country_iso, "FX");
    assert_eq!(kind(db.country().update(&france).name("Gaul").save().await), Kind::ForeignKey);
    assert_eq!(kind(db.country().delete(&france).await), Kind::ForeignKey);

    // `@on_delete(set_default)` of a key that is a field.
    let other = db.city().create().country("FX").save().await?;
    db.shop().insert(keys::NewShop::new(7, 1, "none")).await?;
    let sale = keys::NewSale { city_id: Some(Some(other.id)), ..keys::NewSale::new(7, 1, 1) };
    db.sale().insert(sale).await?;
    db.city().delete(&other).await?;
    assert_eq!(db.sale().find().one().await?.city_id, Some(city.id));
    assert_eq!(kind(db.shop().find().delete().await), Kind::ForeignKey);

    // `@on_delete(set_null)` of a key with two columns; the other one restricts.
    db.seat().insert_many([1, 2].map(|number| keys::NewSeat::new(1, number))).await?;
    let booking =
        keys::NewBooking { spare_hall: Some(1), spare_number: Some(2), ..keys::NewBooking::new(1, 1) };
    let booking = db.booking().insert(booking).await?;
    let spare = db.seat().get((1, 2)).await?;
    db.seat().delete(&spare).await?;
    let left = db.booking().get(booking.id).await?;
    assert_eq!((left.spare_hall, left.spare_number), (None, None));
    assert_eq!(kind(db.seat().delete((1, 1)).await), Kind::ForeignKey);
    Ok(())
}

#[tokio::test]
async fn a_deferrable_key_is_checked_at_commit() {
    on_every_database("deferrable", async |url| {
        let db = relations::Db::connect(url).await.expect("a database");
        deferrable(&db).await.unwrap_or_else(|error| panic!("{url}: {error}\n{error:?}"));
    })
    .await;
}

async fn deferrable(db: &relations::Db) -> Result<()> {
    db.create_schema().await?;
    let child = |parent| relations::NewFolder {
        parent_id: Some(relations::FolderId(parent)),
        ..relations::NewFolder::new("child")
    };
    db.transaction(async |tx| {
        tx.folder().insert(child(100)).await?;
        tx.folder().create().id(100).name("parent").save().await
    })
    .await?;
    let orphan = db.transaction(async |tx| tx.folder().insert(child(200)).await).await;
    assert_eq!(kind(orphan), Kind::ForeignKey);
    assert_eq!(db.folder().find().count().await?, 2);
    db.folder().delete(100).await?;
    assert_eq!(db.folder().find().count().await?, 0);
    Ok(())
}
