//! Pages by where the last one ended, over what may be null, both ways.

use rex_orm::{Cursor, Find, Result};

use super::rows::{APPOINTMENTS, in_every_clinic};
use crate::fixtures::clinic::{Appointment, Db};
use crate::suite::sakila::asked::sql;

#[tokio::test]
async fn over_what_may_be_null() {
    in_every_clinic("pages", async |db| {
        const RANK: &str = "{urgency ¦ instr('routine soon emergency', urgency)}";
        let find = || db.appointment().find();
        turned(db, || find().order(|a| (a.fee.desc(), a.urgency.asc())), &["fee DESC NULLS FIRST, ", RANK, " NULLS LAST, id"]).await?;
        turned(
            db,
            || find().order(|a| (a.urgency.desc().nulls_last(), a.reading.pulse.asc().nulls_first(), a.minutes.desc())),
            &[RANK, " DESC NULLS LAST, reading_pulse NULLS FIRST, minutes DESC NULLS FIRST, id DESC"],
        )
        .await?;
        turned(
            db,
            || find().order(|a| (a.room().get(|r| r.beds).desc(), a.status.eq(crate::fixtures::clinic::Status::Done).then(a.fee).or_none().asc())),
            &[
                "(SELECT beds FROM rooms r WHERE r.ward_id = room_ward_id AND r.number = room_number) DESC NULLS FIRST, \
                 CASE WHEN status = 'done' THEN fee END NULLS LAST, id",
            ],
        )
        .await?;
        turned(
            db,
            || find().order(|a| (a.procedures().aggregate(|p| p.times.sum()).asc().nulls_first(), a.reading.systolic.sub(a.reading.diastolic).desc().nulls_last())),
            &[
                "(SELECT sum(times) FROM procedures p WHERE p.appointment_id = appointments.id) NULLS FIRST, \
                 reading_systolic - reading_diastolic DESC NULLS LAST, id DESC",
            ],
        )
        .await?;
        turned(
            db,
            || find().order(|a| (a.doctor().get(|d| d.ward().get(|w| w.name)).asc(), a.starts_at.start_of_month().desc(), a.follows_id.desc())),
            &[
                "(SELECT w.name FROM doctors d JOIN wards w ON w.id = d.ward_id WHERE d.id = doctor_id) NULLS LAST, \
                 {date_trunc('month', starts_at AT TIME ZONE 'UTC') ¦ substr(starts_at, 1, 7)} DESC, follows_id DESC NULLS \
                 FIRST, id DESC",
            ],
        )
        .await?;
        turned(db, || find().order(|a| a.version.asc()).order(|a| a.id.desc()), &["id DESC"]).await?;
        with_what_comes_and_goes(db).await
    })
    .await;
}

/// To the last page and back to the first, by pages of several sizes.
async fn turned(db: &Db, find: impl Fn() -> Find<Appointment>, order: &[&str]) -> Result<()> {
    let order = order.concat();
    let expected: Vec<i64> = sql(db, &format!("SELECT id FROM appointments ORDER BY {order}")).await?;
    let unpaged: Vec<i64> = find().await?.iter().map(|row| row.id.0).collect();
    // Where rows stand equal, the key decides in pages only.
    assert_eq!(unpaged.len(), expected.len());
    for size in [1, 7, 59, 1_000] {
        let (mut found, mut back) = (Vec::new(), Vec::new());
        let mut page = find().page(size, None).await?;
        loop {
            assert!(!page.rows.is_empty(), "{order}: a page without rows");
            found.extend(page.rows.iter().map(|row| row.id.0));
            let Some(next) = page.next.take() else { break };
            let next: Cursor = next.to_string().parse()?;
            page = find().page(size, Some(&next)).await?;
        }
        assert_eq!(found, expected, "{order}, by {size}, in {:?}", db.dialect());
        let kept = page.rows.len();
        while let Some(previous) = page.previous.take() {
            page = find().page(size, Some(&previous)).await?;
            back.splice(0..0, page.rows.iter().map(|row| row.id.0));
        }
        assert_eq!(back, expected[..expected.len() - kept], "{order}, by {size}, back");
    }
    Ok(())
}

/// The row that a page has ended with is gone, another is equal to it: none is skipped, none is shown twice.
async fn with_what_comes_and_goes(db: &Db) -> Result<()> {
    let find = || db.appointment().find().order(|a| (a.fee.desc().nulls_last(), a.minutes.asc()));
    let all: Vec<i64> = find().page(1_000, None).await?.rows.iter().map(|row| row.id.0).collect();
    assert_eq!(all.len() as i64, APPOINTMENTS);
    let page = find().page(10, None).await?;
    let next = page.next.expect("there are more");
    let (last, equal) = (&page.rows[9], &page.rows[9]);
    db.appointment().delete(last).await?;
    let same = db
        .appointment()
        .create()
        .patient(equal.patient_id)
        .doctor(equal.doctor_id)
        .starts_at(equal.starts_at);
    let same = same.fee(equal.fee).minutes(equal.minutes).save().await?;
    let following = find().with(|a| a.procedures()).page(10, Some(&next)).await?;
    let following: Vec<i64> = following.rows.iter().map(|(row, _)| row.id.0).collect();
    // It has a larger key, and comes right behind.
    let place = following.iter().position(|id| *id == same.id.0);
    let others: Vec<i64> = following.into_iter().filter(|id| *id != same.id.0).collect();
    assert!(place.is_some(), "it is shown");
    assert_eq!(others, all[10..19]);
    Ok(())
}
