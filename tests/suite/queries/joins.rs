//! Several tables: along relations and on conditions, and what may be missing.

use rex_orm::{Result, count};

use super::on_every_shop;
use super::shop::{day, plain};
use crate::fixtures::music::{Album, Artist, Customer, Db, Employee, Genre, Playlist, Track};

#[tokio::test]
async fn along_relations() {
    on_every_shop("join_along", async |db| {
        let rows: Vec<(Album, Artist)> = db.album().find().join(|a| a.artist()).order(|(a, _)| a.id.asc()).await?;
        let names: Vec<(&str, &str)> = rows.iter().map(|(album, artist)| (&*album.title, &*artist.name)).collect();
        let expected = [
            ("Let There Be Rock", "AC/DC"),
            ("Restless and Wild", "Accept"),
            ("Balls to the Wall", "Accept"),
        ];
        assert_eq!(names, expected);
        // To many, and from what was joined.
        let rows: Vec<(String, String, String)> = db
            .artist()
            .find()
            .join(|artist| artist.albums())
            .join(|(_, album)| album.tracks())
            .filter(|(artist, _, track)| artist.name.eq("Accept") & track.millis.gt(300_000))
            .order(|(_, _, track)| track.id.asc())
            .select(|(artist, album, track)| (artist.name, album.title, track.name))
            .await?;
        let sql = "SELECT a.name, b.title, t.name FROM artists a JOIN albums b ON b.artist_id = a.id \
                   JOIN tracks t ON t.album_id = b.id WHERE a.name = 'Accept' AND t.millis > 300000 ORDER BY t.id";
        assert_eq!(rows, plain(db, sql).await?);
        assert_eq!(rows.len(), 2);
        Ok(())
    })
    .await;
}

/// An album may be missing, so it is an `Option`; a column of it is one, and one that is one is no
/// `Option` of an `Option`.
#[tokio::test]
async fn what_may_be_missing_is_an_option() {
    on_every_shop("join_left", async |db| {
        let rows: Vec<(Track, Option<Album>)> =
            db.track().find().left_join(|t| t.album()).order(|(t, _)| t.id.asc()).await?;
        assert_eq!(rows.len(), 8);
        assert!(rows.iter().all(|(track, album)| track.album_id == album.as_ref().map(|album| album.id)));
        let rows: Vec<(String, Option<String>, Option<chrono::NaiveDate>, Option<String>)> = db
            .track()
            .find()
            .left_join(|t| t.album())
            .left_join(|(_, album)| album.artist())
            .filter(|(t, ..)| t.id.gt(5))
            .order(|(t, ..)| t.id.asc())
            .select(|(t, album, artist)| (t.name, album.title, album.released, artist.name))
            .await?;
        let some = |text: &str| Some(text.to_owned());
        let expected = [
            ("Balls to the Wall".to_owned(), some("Balls to the Wall"), None, some("Accept")),
            ("London Leatherboys".to_owned(), some("Balls to the Wall"), None, some("Accept")),
            ("Go Down".to_owned(), None, None, None),
        ];
        assert_eq!(rows, expected);
        let without = db.track().find().left_join(|t| t.album()).filter(|(_, album)| album.id.is_none());
        assert_eq!(without.count().await?, 1);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn from_both_sides() {
    on_every_shop("join_full", async |db| {
        let rows: Vec<(Option<Track>, Genre)> =
            db.track().find().right_join(|t| t.genre()).order(|(t, g)| (g.id.asc(), t.id.asc())).await?;
        let pairs: Vec<_> = rows.iter().map(|(t, g)| (t.as_ref().map(|t| t.id.0), &*g.name)).collect();
        let expected = [
            (Some(1), "Rock"),
            (Some(2), "Rock"),
            (Some(3), "Rock"),
            (Some(8), "Rock"),
            (Some(4), "Metal"),
            (Some(5), "Metal"),
            (Some(6), "Metal"),
            (None, "Jazz"),
        ];
        assert_eq!(pairs, expected);
        let rows: Vec<(Option<String>, Option<String>)> = db
            .track()
            .find()
            .full_join(|t| t.genre())
            .order(|(t, g)| (t.id.asc(), g.id.asc()))
            .select(|(t, g)| (t.name, g.name))
            .await?;
        let sql = "SELECT t.name, g.name FROM tracks t FULL JOIN genres g ON g.id = t.genre_id \
                   ORDER BY t.id NULLS LAST, g.id NULLS LAST";
        assert_eq!(rows, plain(db, sql).await?);
        assert_eq!(rows.len(), 9, "a track without a genre, and a genre without a track");
        let rows: Vec<(Option<Track>, Option<Genre>)> = db.track().find().full_join(|t| t.genre()).await?;
        assert_eq!(rows.len(), 9);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn one_model_twice() {
    on_every_shop("join_twice", async |db| {
        let rows: Vec<(Employee, Option<Employee>)> =
            db.employee().find().left_join(|e| e.boss()).order(|(e, _)| e.id.asc()).await?;
        let names: Vec<_> =
            rows.iter().map(|(e, boss)| (&*e.name, boss.as_ref().map(|b| &*b.name))).collect();
        let expected = [
            ("Ann", None),
            ("Nancy", Some("Ann")),
            ("Jane", Some("Nancy")),
            ("Steve", Some("Nancy")),
            ("Laura", Some("Ann")),
        ];
        assert_eq!(names, expected);
        // Colleagues, on a condition: each pair once.
        let pairs: Vec<(String, String)> = db
            .employee()
            .find()
            .join_on::<Employee>(|(a, b)| a.boss_id.eq(b.boss_id) & a.id.lt(b.id))
            .order(|(a, _)| a.id.asc())
            .select(|(a, b)| (a.name, b.name))
            .await?;
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(pairs, [pair("Nancy", "Laura"), pair("Jane", "Steve")]);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn through_a_table_between() {
    on_every_shop("join_through", async |db| {
        let rows: Vec<(String, String)> = db
            .playlist()
            .find()
            .join(|p| p.tracks())
            .filter(|(p, _)| p.name.eq("Loud"))
            .order(|(_, t)| t.id.asc())
            .select(|(p, t)| (p.name, t.name))
            .await?;
        assert_eq!(
            rows.iter().map(|(_, name)| &**name).collect::<Vec<_>>(),
            ["Overdose", "Fast As a Shark", "London Leatherboys"]
        );
        let empty: Vec<String> = db
            .playlist()
            .find()
            .left_join(|p| p.tracks())
            .filter(|(_, t)| t.id.is_none())
            .select(|(p, _)| p.name)
            .await?;
        assert_eq!(empty, ["Empty"]);
        // A playlist that is deleted is none: neither does it make the track a row of its own.
        let lists: Vec<(i64, Option<String>)> = db
            .track()
            .find()
            .left_join(|t| t.playlists())
            .filter(|(t, _)| t.id.in_([1, 8]))
            .order(|(t, p)| (t.id.asc(), p.id.asc()))
            .select(|(t, p)| (t.id, p.name))
            .await?
            .into_iter()
            .map(|(id, name)| (id.0, name))
            .collect();
        assert_eq!(lists, [(1, Some("All".to_owned())), (8, Some("All".to_owned()))]);
        let gone = db.track().find().join(|t| t.playlists().only_deleted()).select(|(t, p)| (t.id, p.name));
        assert_eq!(gone.count().await?, 2);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn on_conditions() {
    on_every_shop("join_on", async |db| {
        let rows: Vec<(Customer, Option<Employee>)> = db
            .customer()
            .find()
            .left_join_on::<Employee>(|(c, e)| c.helper_id.eq(e.id) & e.name.eq("Jane"))
            .order(|(c, _)| c.id.asc())
            .await?;
        let helped: Vec<bool> = rows.iter().map(|(_, helper)| helper.is_some()).collect();
        assert_eq!(helped, [true, true, false, false]);
        assert_eq!(db.artist().find().cross_join::<Genre>().count().await?, 9);
        let relation = db.customer().find().left_join(|c| c.helper().filter(|e| e.name.eq("Jane")));
        let relation = relation.filter(|(_, e)| e.id.is_some()).select(|(c, _)| c.name).count().await?;
        assert_eq!(relation, 2, "a relation is narrowed where it is joined");
        let idle = db.customer().find().right_join_on::<Employee>(|(c, e)| c.helper_id.eq(e.id));
        let idle = idle.filter(|(c, _)| c.id.is_none()).order(|(_, e)| e.id.asc()).select(|(_, e)| e.name);
        assert_eq!(idle.await?, ["Ann", "Nancy", "Laura"]);
        let limited = db.artist().find().join(|a| a.albums().limit(1)).await.expect_err("a limit of its own");
        assert!(limited.to_string().contains("has no order, limit or offset of its own"), "{limited}");
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn from_a_row_in_hand() {
    on_every_shop("join_row", async |db| in_hand(db).await).await;
}

async fn in_hand(db: &Db) -> Result<()> {
    let playlist = db.playlist().get(2).await?;
    let albums: Vec<(String, Option<String>)> = playlist
        .tracks(db)
        .left_join(|t| t.album())
        .order(|(t, _)| t.id.asc())
        .select(|(t, a)| (t.name, a.title))
        .await?;
    assert_eq!(albums.len(), 3);
    assert_eq!(albums[2].1.as_deref(), Some("Balls to the Wall"));
    let track = db.track().get(8).await?;
    assert_eq!(
        track
            .playlists(db)
            .join(|p| p.tracks())
            .group_by(|(p, _)| p.name)
            .select(|name, _| (name, count()))
            .await?,
        [("All".to_owned(), 8)]
    );
    Ok(())
}

/// Whichever way a deleted row is joined, it is none, unless it is asked for.
#[tokio::test]
async fn deleted_rows_are_not_joined() {
    on_every_shop("join_deleted", async |db| {
        let track = || db.track().find();
        assert_eq!(track().cross_join::<Playlist>().count().await?, 8 * 3);
        let all = || db.track().find().filter(|t| t.id.eq(1));
        assert_eq!(all().join_on::<Playlist>(|(t, p)| p.id.gt(0) & t.id.gt(0)).count().await?, 3);
        assert_eq!(
            all()
                .left_join_on::<Playlist>(|(_, p)| p.name.eq("Gone"))
                .filter(|(_, p)| p.id.is_some())
                .count()
                .await?,
            0
        );
        let right = track().right_join_on::<Playlist>(|(t, p)| t.name.eq(p.name));
        assert_eq!(right.order(|(_, p)| p.id.asc()).select(|(_, p)| p.name).await?, ["All", "Loud", "Empty"]);
        let full = track().full_join_on::<Playlist>(|(t, p)| t.name.eq(p.name));
        assert_eq!(full.count().await?, 8 + 3);
        let lists = db.track().find().right_join(|t| t.playlists()).group_by(|(_, p)| p.name);
        let lists = lists.order(|name, _| name.asc()).select(|name, (t, _)| (name, t.id.count())).await?;
        assert_eq!(lists, [("All".to_owned(), 8), ("Empty".to_owned(), 0), ("Loud".to_owned(), 3)]);
        let gone =
            db.track().find().full_join(|t| t.playlists().only_deleted()).filter(|(_, p)| p.id.is_some());
        assert_eq!(gone.select(|(t, _)| t.id).count().await?, 2);
        let empty = db.playlist().find().left_join(|p| p.tracks()).stream();
        assert_eq!(drained(empty).await?, 12, "as they come");
        Ok(())
    })
    .await;
}

async fn drained<T: Send + 'static>(mut rows: rex_orm::Rows<T>) -> Result<usize> {
    let mut count = 0;
    while rows.try_next().await?.is_some() {
        count += 1;
    }
    Ok(count)
}

/// Big numbers and times come as they are through joins, on both databases.
#[tokio::test]
async fn large_numbers_and_times() {
    on_every_shop("join_values", async |db| {
        let rows = db
            .album()
            .find()
            .left_join(|a| a.tracks())
            .filter(|(_, t)| t.id.eq(7))
            .select(|(_, t)| (t.bytes, t.added_at, t.score, t.code, t.digest, t.explicit))
            .await?;
        let code = uuid::Uuid::from_u128(0x7777 << 112);
        let expected =
            (Some(i64::from(i32::MAX) * 7), Some(day(7, 10)), Some(2.5), Some(code), None, Some(false));
        assert_eq!(rows, [expected]);
        Ok(())
    })
    .await;
}
