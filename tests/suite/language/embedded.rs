//! Embedded types: written, read, found by their parts, absent exactly when nothing is set.

use super::on_every_database;
use crate::fixtures::embedded::{Address, Db, Kind, NewPerson, Position, Settings, Wrapped, person};

#[tokio::test]
async fn embedded_types_are_values_of_several_columns() {
    on_every_database("language_embedded", async |url| {
        let db = Db::connect(url).await.expect("a database");
        check(&db).await.unwrap_or_else(|error| panic!("{url}: {error}\n{error:?}"));
    })
    .await;
}

fn address(city: &str) -> Address {
    Address {
        street: "Main Street 1".to_owned(),
        city: city.to_owned(),
        country: "FR".to_owned(),
        kind: Kind::Flat,
        note: None,
        position: None,
        labels: vec!["a".to_owned()],
    }
}

const PARIS: Position = Position { latitude: 48.85, longitude: 2.35 };

async fn check(db: &Db) -> rex_orm::Result<()> {
    db.create_schema().await?;
    let ada = db.person().create().name("Ada").home(address("Paris")).save().await?;
    assert_eq!(ada.home, address("Paris"));
    assert_eq!((&ada.work, &ada.r#type), (&None, &None));
    assert_eq!((ada.settings.theme.as_str(), ada.settings.pages, &ada.settings.tip), ("light", 20, &None));

    let office = Address { position: Some(PARIS), note: Some("2nd floor".to_owned()), ..address("Lyon") };
    let row = NewPerson {
        work: Some(office.clone()),
        r#type: Some(PARIS),
        settings: Some(Settings { theme: "dark".to_owned(), ..ada.settings.clone() }),
        ..NewPerson::new("Grace", address("Nice"))
    };
    let many = db.person().insert_many([row.clone(), NewPerson { name: "Joan".to_owned(), ..row }]).await?;
    assert_eq!(many[0].work.as_ref(), Some(&office));
    assert_eq!(db.person().get(many[1].id).await?, many[1]);

    let secret = db
        .person()
        .update(ada.id)
        .wrapped(Wrapped { secret: Some("hush".to_owned()), ..ada.wrapped.clone() });
    let secret = secret.save().await?;
    assert_eq!(secret.wrapped.secret.as_deref(), Some("hush"));
    assert!(!format!("{secret:?}").contains("hush"), "{secret:?}");
    let ada = secret;

    let found = db.person().find().filter(|p| p.home.city.eq("Paris")).one().await?;
    assert_eq!(found, ada);
    let count = async |condition: fn(person::Columns) -> rex_orm::Cond<person::Person>| {
        db.person().find().filter(condition).count().await
    };
    assert_eq!(count(|p| p.work.is_none()).await?, 1);
    assert_eq!(count(|p| p.work.is_some()).await?, 2);
    assert_eq!(count(|p| p.home.eq(address("Paris"))).await?, 1);
    assert_eq!(count(|p| p.home.ne(address("Paris"))).await?, 2);
    assert_eq!(count(|p| p.work.eq(None)).await?, 1);
    assert_eq!(count(|p| p.work.position.latitude.gt(40.0)).await?, 2);
    assert_eq!(count(|p| p.work.position.is_some() & p.home.kind.eq(Kind::Flat)).await?, 2);
    assert_eq!(count(|p| p.settings.pages.between(10, 30)).await?, 3);
    let by_city = db.person().find().order(|p| (p.home.city.desc(), p.name.asc())).await?;
    assert_eq!(by_city.iter().map(|p| p.name.as_str()).collect::<Vec<_>>(), ["Ada", "Grace", "Joan"]);
    assert_eq!(db.person().by_home_city_name("Nice", "Joan").await?.as_ref(), Some(&many[1]));

    selected(db).await?;

    let moved = db.person().update(ada.id).home(address("Rome")).work(office.clone()).save().await?;
    assert_eq!((moved.home.city.as_str(), moved.work.as_ref()), ("Rome", Some(&office)));
    let left = db.person().update(ada.id).work(None).r#type(Some(PARIS)).save().await?;
    assert_eq!((left.work, left.r#type), (None, Some(PARIS)));
    assert_eq!(db.person().find().update().r#type(None).save().await?, 3);
    assert_eq!(count(|p| p.r#type.is_none()).await?, 3);

    let again = db.person().create().name("Joan").home(address("Nice")).save().await;
    let again = again.expect_err("a second Joan in Nice");
    assert_eq!(again.conflict::<person::Unique>(), Some(person::Unique::HomeCityName));
    Ok(())
}

/// What lies within an absent value is null wherever it is read by itself.
#[allow(clippy::type_complexity, reason = "the types are what is looked at")]
async fn selected(db: &Db) -> rex_orm::Result<()> {
    let people = db.person().find().order(|p| p.id.asc());
    let parts: Vec<(String, Option<String>, Option<Kind>, Option<f64>, Option<Position>)> = people
        .clone()
        .select(|p| (p.home.city, p.work.city, p.work.kind, p.work.position.latitude, p.work.position))
        .await?;
    let office = || (Some("Lyon".to_owned()), Some(Kind::Flat), Some(48.85), Some(PARIS));
    let [(home, ..), ..] = parts.as_slice() else { panic!("{parts:?}") };
    assert_eq!(home, "Paris");
    let work: Vec<_> =
        parts.into_iter().map(|(_, city, kind, latitude, at)| (city, kind, latitude, at)).collect();
    assert_eq!(work, [(None, None, None, None), office(), office()]);

    let wholes: Vec<(Address, Option<Address>, Option<Position>)> =
        people.clone().select(|p| (p.home, p.work, p.home.position)).await?;
    let cities: Vec<_> =
        wholes.iter().map(|(home, work, _)| (&*home.city, work.as_ref().map(|w| &*w.city))).collect();
    assert_eq!(cities, [("Paris", None), ("Nice", Some("Lyon")), ("Nice", Some("Lyon"))]);

    let mut told_apart: Vec<Option<String>> =
        db.person().find().select(|p| p.work.country).distinct().await?;
    told_apart.sort();
    assert_eq!(told_apart, [None, Some("FR".to_owned())]);
    let groups = db.person().find().group_by(|p| p.work.city);
    let mut groups: Vec<(Option<String>, i64)> = groups.select(|city, p| (city, p.id.count())).await?;
    groups.sort();
    assert_eq!(groups, [(None, 1), (Some("Lyon".to_owned()), 2)]);

    let lengths: Vec<Option<i64>> = people.clone().select(|p| p.work.street.length()).await?;
    assert_eq!(lengths, [None, Some(13), Some(13)]);
    let named: Vec<String> = people.clone().select(|p| p.work.city.optional().coalesce("nowhere")).await?;
    assert_eq!(named, ["nowhere", "Lyon", "Lyon"]);
    assert_eq!(people.clone().filter(|p| p.work.city.is_none()).count().await?, 1);

    let pairs: Vec<(String, Option<Position>, Option<f64>, Option<String>)> = people
        .left_join_on::<person::Person>(|(p, other)| other.id.gt(p.id) & other.name.eq("Joan"))
        .select(|(p, other)| (p.name, other.work.position, other.work.position.longitude, other.home.city))
        .await?;
    let joan = |name: &str| (name.to_owned(), Some(PARIS), Some(2.35), Some("Nice".to_owned()));
    assert_eq!(pairs, [joan("Ada"), joan("Grace"), ("Joan".to_owned(), None, None, None)]);
    Ok(())
}
