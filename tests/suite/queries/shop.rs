//! A shop for music with some rows in it.

use chrono::{DateTime, NaiveDate, TimeZone, Utc};
use rex_orm::{FromRow, Result};
use rust_decimal::Decimal;

use crate::fixtures::music::{
    AlbumId, Db, EmployeeId, Format, GenreId, NewAlbum, NewArtist, NewCustomer, NewEmployee, NewGenre,
    NewInvoice, NewInvoiceLine, NewPlaylist, NewTrack,
};
use crate::support::postgres;

/// Runs a check in a shop of its own, on each database.
pub(crate) async fn on_every_shop(name: &str, check: impl AsyncFn(&Db) -> Result<()>) {
    let database = postgres::server().database(name);
    for url in ["sqlite::memory:", &database.url()] {
        let outcome = async { check(&shop(url).await?).await }.await;
        outcome.unwrap_or_else(|error| panic!("{url}: {error}\n{error:?}"));
    }
}

/// The rows of a query in plain SQL, which is the same on both databases.
pub(super) async fn plain<R: FromRow>(db: &Db, sql: &'static str) -> Result<Vec<R>> {
    db.sql(sql).await
}

pub(super) fn money(cents: i64) -> Decimal {
    Decimal::new(cents, 2)
}

pub(super) fn day(month: u32, day: u32) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, month, day, 12, 30, 15).unwrap() + chrono::TimeDelta::microseconds(123_456)
}

async fn shop(url: &str) -> Result<Db> {
    let db = Db::connect(url).await?;
    db.create_schema().await?;
    music(&db).await?;
    people(&db).await?;
    sales(&db).await?;
    Ok(db)
}

/// Three artists, of whom one has no album; three genres, of which one has no track; eight tracks, of
/// which one is on no album, and one of no genre.
async fn music(db: &Db) -> Result<()> {
    db.artist().insert_many(["AC/DC", "Accept", "Nobody"].map(NewArtist::new)).await?;
    let album = |artist: i64, title, year| NewAlbum { released: year, ..NewAlbum::new(artist, title) };
    db.album()
        .insert_many([
            album(1, "Let There Be Rock", NaiveDate::from_ymd_opt(1977, 3, 21)),
            album(2, "Restless and Wild", NaiveDate::from_ymd_opt(1982, 10, 4)),
            album(2, "Balls to the Wall", None),
        ])
        .await?;
    db.genre().insert_many(["Rock", "Metal", "Jazz"].map(NewGenre::new)).await?;
    let track = |album: Option<i64>, genre: Option<i32>, name: &str, format, millis, cents, score| NewTrack {
        album_id: album.map(AlbumId),
        genre_id: genre.map(GenreId),
        format: Some(format),
        score,
        ..NewTrack::new(name, millis, money(cents))
    };
    let mut tracks = vec![
        track(Some(1), Some(1), "Go Down", Format::Mp3, 331_180, 99, Some(4.5)),
        track(Some(1), Some(1), "Dog Eat Dog", Format::Mp3, 215_196, 99, Some(3.0)),
        track(Some(1), Some(1), "Overdose", Format::Lossless, 369_319, 149, None),
        track(Some(2), Some(2), "Fast As a Shark", Format::Aac, 230_619, 99, Some(5.0)),
        track(Some(2), Some(2), "Princess of the Dawn", Format::Aac, 375_418, 129, Some(4.0)),
        track(Some(3), Some(2), "Balls to the Wall", Format::Mp3, 342_562, 99, None),
        track(Some(3), None, "London Leatherboys", Format::Lossless, 237_000, 199, Some(2.5)),
        track(None, Some(1), "Go Down", Format::Mp3, 331_180, 79, None),
    ];
    for (place, track) in tracks.iter_mut().enumerate() {
        let number = place as i64 + 1;
        track.composer = (place % 3 != 0).then(|| format!("Composer {}", place % 3));
        track.bytes = (place % 2 == 0).then_some(i64::from(i32::MAX) * number);
        track.explicit = Some(place % 4 == 1);
        track.code = Some(uuid::Uuid::from_u128(number as u128 * 0x1111_0000_0000_0000_0000_0000_0000_0000));
        track.digest = (place < 3).then(|| vec![0, number as u8, 255]);
        track.added_at = Some(day(1 + place as u32, 10));
    }
    db.track().insert_many(tracks).await?;
    let lists = db.playlist().insert_many(["All", "Loud", "Empty", "Gone"].map(NewPlaylist::new)).await?;
    db.playlist().tracks(&lists[0]).add([1, 2, 3, 4, 5, 6, 7, 8]).await?;
    db.playlist().tracks(&lists[1]).add([3, 4, 7]).await?;
    db.playlist().tracks(&lists[3]).add([1, 8]).await?;
    db.playlist().delete(&lists[3]).await
}

/// One boss, two below her, two below one of these; four customers, of whom one has no helper.
async fn people(db: &Db) -> Result<()> {
    for (name, boss) in
        [("Ann", None), ("Nancy", Some(1)), ("Jane", Some(2)), ("Steve", Some(2)), ("Laura", Some(1))]
    {
        db.employee().insert(NewEmployee { boss_id: boss.map(EmployeeId), ..NewEmployee::new(name) }).await?;
    }
    let customer = |name: &str, country, helper: Option<i64>| NewCustomer {
        helper_id: helper.map(EmployeeId),
        ..NewCustomer::new(name, country, format!("{name}@example.com"))
    };
    db.customer()
        .insert_many([
            customer("Luis", "Brazil", Some(3)),
            customer("Frank", "Canada", Some(3)),
            customer("Bjorn", "Norway", Some(4)),
            customer("Mark", "Canada", None),
        ])
        .await?;
    Ok(())
}

/// Luis has bought twice, Frank and Bjorn once, Mark never.
async fn sales(db: &Db) -> Result<()> {
    let invoice = |customer: i64, at, discount: Option<i64>| NewInvoice {
        discount: discount.map(|units| Decimal::new(units, 4)),
        ..NewInvoice::new(customer, at)
    };
    db.invoice()
        .insert_many([
            invoice(1, day(1, 1), Some(500)),
            invoice(1, day(2, 3), None),
            invoice(2, day(2, 11), None),
            invoice(3, day(3, 19), Some(1_250)),
        ])
        .await?;
    let lines = [(1, 1, 99, 1), (1, 3, 149, 2), (2, 4, 99, 1), (3, 1, 99, 3), (3, 5, 129, 1), (4, 7, 199, 2)];
    let lines = lines.map(|(invoice, track, cents, quantity): (i64, i64, i64, i16)| {
        NewInvoiceLine::new(invoice, track, money(cents), quantity)
    });
    db.invoice_line().insert_many(lines).await?;
    Ok(())
}
