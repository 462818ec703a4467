//! What is loaded along: filtered, sorted, limited for each parent, counted, and in trees; and how many
//! statements that takes, which depends on what is asked for and not on the rows.

use rex_orm::{Counts, Result, Tree, Watch, count};

use super::on_every_shop;
use super::shop::day;
use crate::fixtures::music::{Album, Artist, Customer, Db, Employee, Invoice, Playlist, Track};

/// A handle that counts what it sends.
fn counting(db: &Db) -> (Db, Counts) {
    let counts = Counts::new();
    (db.watch(Watch::new().count(&counts)), counts)
}

#[tokio::test]
async fn each_parent_has_its_own() {
    on_every_shop("eager_parents", async |db| {
        let (db, counts) = counting(db);
        let rows: Vec<(Artist, Vec<(Album, Vec<Track>)>)> = db
            .artist()
            .find()
            .order(|a| a.id.asc())
            .with(|a| {
                a.albums()
                    .order(|b| b.id.desc())
                    .with(|b| b.tracks().filter(|t| t.millis.gt(230_000)).order(|t| t.millis.desc()).limit(1))
            })
            .await?;
        assert_eq!(counts.statements(), 3, "one for each level");
        let shape = |albums: &[(Album, Vec<Track>)]| -> Vec<(i64, Vec<i64>)> {
            albums
                .iter()
                .map(|(album, tracks)| (album.id.0, tracks.iter().map(|t| t.id.0).collect()))
                .collect()
        };
        let found: Vec<_> = rows.iter().map(|(artist, albums)| (artist.id.0, shape(albums))).collect();
        assert_eq!(found, [(1, vec![(1, vec![3])]), (2, vec![(3, vec![6]), (2, vec![5])]), (3, vec![])]);
        let playlists: Vec<(Playlist, Vec<Track>)> = db
            .playlist()
            .find()
            .order(|p| p.id.asc())
            .with(|p| p.tracks().order(|t| t.id.desc()).limit(2).offset(1))
            .await?;
        let found: Vec<Vec<i64>> =
            playlists.iter().map(|(_, tracks)| tracks.iter().map(|t| t.id.0).collect()).collect();
        assert_eq!(
            found,
            [vec![7, 6], vec![4, 3], vec![]],
            "each list without its first, and of the rest two"
        );
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn siblings_and_counts() {
    on_every_shop("eager_siblings", async |db| {
        let (db, counts) = counting(db);
        let rows: Vec<(Customer, Option<Employee>, Vec<Invoice>, i64, i64)> = db
            .customer()
            .find()
            .order(|c| c.id.asc())
            .with(|c| c.helper())
            .with(|c| c.invoices().order(|i| i.at.desc()))
            .with_count(|c| c.invoices())
            .with_count(|c| c.invoices().filter(|i| i.discount.is_some()))
            .await?;
        assert_eq!(counts.statements(), 5, "one for each of the four, and the customers");
        let found: Vec<_> = rows
            .iter()
            .map(|(c, helper, invoices, all, some)| {
                (&*c.name, helper.as_ref().map(|h| &*h.name), invoices.len(), *all, *some)
            })
            .collect();
        let expected = [
            ("Luis", Some("Jane"), 2, 2, 1),
            ("Frank", Some("Jane"), 1, 1, 0),
            ("Bjorn", Some("Steve"), 1, 1, 1),
            ("Mark", None, 0, 0, 0),
        ];
        assert_eq!(found, expected);
        assert_eq!(
            rows[0].2.iter().map(|i| i.at).collect::<Vec<_>>(),
            [day(2, 3), day(1, 1)],
            "times as they are"
        );
        // Through a table between, without the rows that are deleted, and a part of each.
        let tracks: Vec<(Track, i64, i64)> = db
            .track()
            .find()
            .order(|t| t.id.asc())
            .limit(2)
            .with_count(|t| t.playlists())
            .with_count(|t| t.playlists().limit(0))
            .await?;
        assert_eq!(tracks.iter().map(|(_, all, none)| (*all, *none)).collect::<Vec<_>>(), [(1, 0), (1, 0)]);
        // Below what is loaded.
        let artists: Vec<(Artist, Vec<(Album, i64)>)> =
            db.artist().find().filter(|a| a.id.eq(2)).with(|a| a.albums().with_count(|b| b.tracks())).await?;
        assert_eq!(artists[0].1.iter().map(|(_, tracks)| *tracks).collect::<Vec<_>>(), [2, 2]);
        Ok(())
    })
    .await;
}

/// The number of statements is that of the levels, however many rows there are.
#[tokio::test]
async fn more_rows_take_no_more_statements() {
    on_every_shop("eager_statements", async |db| {
        let (db, counts) = counting(db);
        let load = || db.album().find().with(|a| a.artist()).with(|a| a.tracks().with(|t| t.playlists()));
        assert_eq!(load().await?.len(), 3);
        let few = counts.statements();
        let albums = (0..300).map(|n| crate::fixtures::music::NewAlbum::new(1, format!("Album {n}")));
        let albums = db.album().insert_many(albums).await?;
        let tracks = albums.iter().map(|album| crate::fixtures::music::NewTrack {
            album_id: Some(album.id),
            ..crate::fixtures::music::NewTrack::new("Track", 1, rust_decimal::Decimal::ONE)
        });
        db.track().insert_many(tracks).await?;
        let before = counts.statements();
        let loaded = load().await?;
        assert_eq!((loaded.len(), counts.statements() - before), (303, few));
        assert!(loaded.iter().skip(3).all(|(_, artist, tracks)| artist.id.0 == 1 && tracks.len() == 1));
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn trees() {
    on_every_shop("eager_trees", async |db| tree(db).await).await;
}

async fn tree(db: &Db) -> Result<()> {
    fn names(trees: &[Tree<Employee>]) -> String {
        let one = |tree: &Tree<Employee>| match names(&tree.below) {
            below if below.is_empty() => tree.row.name.clone(),
            below => format!("{}({below})", tree.row.name),
        };
        trees.iter().map(one).collect::<Vec<_>>().join(" ")
    }

    let (db, counts) = counting(db);
    let below = async |depth: u32| -> Result<(String, u64)> {
        let before = counts.statements();
        let top = db.employee().find().filter(|e| e.boss_id.is_none());
        let rows = top.with(|e| e.reports().order(|r| r.name.asc()).depth(depth)).await?;
        Ok((names(&rows[0].1), counts.statements() - before))
    };
    assert_eq!(below(0).await?, (String::new(), 1));
    assert_eq!(below(1).await?, ("Laura Nancy".to_owned(), 2));
    assert_eq!(below(2).await?, ("Laura Nancy(Jane Steve)".to_owned(), 3));
    assert_eq!(below(9).await?, ("Laura Nancy(Jane Steve)".to_owned(), 4), "no level behind the last");
    Ok(())
}

/// What is loaded along and what is selected agree.
#[tokio::test]
async fn as_it_is_selected() {
    on_every_shop("eager_selected", async |db| {
        let loaded: Vec<(Artist, i64)> =
            db.artist().find().order(|a| a.id.asc()).with_count(|a| a.albums()).await?;
        let joined = db
            .artist()
            .find()
            .left_join(|a| a.albums())
            .group_by(|(a, _)| a.id)
            .order(|id, _| id.asc())
            .select(|id, (_, album)| (id, album.id.count(), count()))
            .await?;
        let loaded: Vec<(i64, i64)> = loaded.iter().map(|(artist, albums)| (artist.id.0, *albums)).collect();
        assert_eq!(loaded, [(1, 1), (2, 2), (3, 0)]);
        assert_eq!(
            joined.iter().map(|(_, albums, rows)| (*albums, *rows)).collect::<Vec<_>>(),
            [(1, 1), (2, 2), (0, 1)]
        );
        Ok(())
    })
    .await;
}
