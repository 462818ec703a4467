//! Groups of joined rows, and what is asked of whole groups.

use rex_orm::{Result, count, value};

use super::rows::{cents, in_every_clinic};
use crate::fixtures::clinic::{Appointment, Db, Patient, Status, Urgency};
use crate::suite::sakila::asked::answers;

#[tokio::test]
async fn of_joins() {
    in_every_clinic("groups", async |db| {
        answers! { db;
            "by a part of the house and a rank, both may be null": db.appointment().find()
                .join(|a| a.doctor()).left_join(|(_, d)| d.ward())
                .filter(|(a, ..)| a.status.in_([Status::Done, Status::Missed]))
                .group_by(|(a, _, w)| (w.name, a.urgency))
                .having(|_, (a, ..)| a.patient_id.count_distinct().gt(2) & a.fee.sum().gt(100))
                .order(|(name, urgency), _| (name.asc(), urgency.desc()))
                .select(|(name, urgency), (a, ..)| (name, urgency, count(), a.patient_id.count_distinct(), a.fee.sum(), a.minutes.avg()))
                => "SELECT w.name, a.urgency, count(*), count(DISTINCT a.patient_id), {?sum(a.fee)}, \
                    CAST(avg(a.minutes) AS double precision) FROM appointments a JOIN doctors d ON d.id = \
                    a.doctor_id LEFT JOIN wards w ON w.id = d.ward_id WHERE a.status IN ('done', 'missed') GROUP BY \
                    w.name, a.urgency HAVING count(DISTINCT a.patient_id) > 2 AND sum(a.fee) > {100.00} ORDER BY \
                    w.name NULLS LAST, {a.urgency ¦ instr('routine soon emergency', a.urgency)} DESC NULLS FIRST";
            "having a part of the group": db.doctor().find()
                .join(|d| d.appointments()).group_by(|(d, _)| (d.id, d.name))
                .having(|_, (_, a)| count().filter(a.status.eq(Status::Missed)).mul(4).ge(count()))
                .order(|(id, _), (_, a)| (count().filter(a.status.eq(Status::Missed)).desc(), id.asc()))
                .select(|(_, name), (_, a)| (name, count().filter(a.status.eq(Status::Missed)), count()))
                => "SELECT d.name, count(*) FILTER (WHERE a.status = 'missed'), count(*) FROM doctors d JOIN \
                    appointments a ON a.doctor_id = d.id WHERE d.left_at IS NULL GROUP BY d.id, d.name HAVING \
                    count(*) FILTER (WHERE a.status = 'missed') * 4 >= count(*) ORDER BY 2 DESC, d.id";
            "by what is computed of both sides": db.appointment().find()
                .join(|a| a.patient())
                .group_by(|(a, p)| (a.starts_at.start_of_month(), p.home.city, a.fee.coalesce(0).gt(50).then(value("dear")).otherwise("cheap")))
                .having(|(_, city, _), _| city.ne("Ulm"))
                .order(|(month, city, kind), _| (month.asc(), city.asc(), kind.desc()))
                .select(|(month, city, kind), (a, p)| (month, city, kind, p.id.count_distinct(), a.minutes.sum()))
                => "SELECT {date_trunc('month', a.starts_at AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' ¦ \
                    substr(a.starts_at, 1, 8) || '01T00:00:00.000000Z'}, p.home_city, CASE WHEN coalesce(a.fee, 0) > \
                    {50.00} THEN 'dear' ELSE 'cheap' END, count(DISTINCT p.id), sum(a.minutes) FROM appointments a \
                    JOIN patients p ON p.id = a.patient_id WHERE p.home_city <> 'Ulm' GROUP BY 1, 2, 3 ORDER BY 1, \
                    2, 3 DESC";
            "by a key of two columns, and none on the other side": db.room().find()
                .left_join(|r| r.appointments().filter(|a| a.status.ne(Status::Cancelled)))
                .group_by(|(r, _)| (r.ward_id, r.number))
                .order(|(ward, number), (_, a)| (a.id.count().desc(), ward.asc(), number.asc()))
                .select(|(ward, number), (r, a)| (ward, number, r.beds.max(), a.id.count(), a.urgency.max(), a.starts_at.min()))
                => "SELECT r.ward_id, r.number, max(r.beds), count(a.id), {max(a.urgency) ¦ CASE \
                    max(instr('routine soon emergency', a.urgency)) WHEN 1 THEN 'routine' WHEN 9 THEN 'soon' WHEN 14 \
                    THEN 'emergency' END}, min(a.starts_at) FROM rooms r LEFT JOIN appointments a ON a.room_ward_id \
                    = r.ward_id AND a.room_number = r.number AND a.status <> 'cancelled' GROUP BY r.ward_id, \
                    r.number ORDER BY count(a.id) DESC, r.ward_id, r.number";
            "over a table between": db.treatment().find()
                .join(|t| t.appointments()).join(|(_, a)| a.doctor()).left_join(|(t, ..)| t.procedures())
                .filter(|(_, a, _, p)| p.appointment_id.eq(a.id))
                .group_by(|(t, _, d, _)| (t.name, d.mentor_id)).having(|_, (.., p)| p.times.sum().gt(8))
                .order(|(name, mentor), _| (name.asc(), mentor.asc()))
                .select(|(name, mentor), (t, _, _, p)| (name, mentor, p.times.sum(), t.price.mul(p.times).sum(), p.part.count()))
                => "SELECT t.name, d.mentor_id, sum(p.times), {?sum(t.price * p.times)}, count(p.part) FROM treatments \
                    t JOIN procedures p ON p.treatment_id = t.id JOIN appointments a ON a.id = p.appointment_id JOIN \
                    doctors d ON d.id = a.doctor_id GROUP BY t.name, d.mentor_id HAVING sum(p.times) > 8 ORDER BY \
                    t.name, d.mentor_id NULLS LAST";
            "texts and lists of groups": db.doctor().find()
                .left_join(|d| d.specialties()).group_by(|(d, _)| d.id).order(|id, _| id.asc())
                .select(|id, (d, s)| (id, s.title.string_agg("; ").order(s.title.desc()), s.code.count(), s.title.string_agg("|").filter(s.within_code.is_some()).order(s.code.asc()), d.name.min()))
                => "SELECT d.id, string_agg(s.title, '; ' ORDER BY s.title DESC), count(s.code), \
                    string_agg(s.title, '|' ORDER BY s.code) FILTER (WHERE s.within_code IS NOT NULL), min(d.name) \
                    FROM doctors d LEFT JOIN certificates c ON c.doctor_id = d.id LEFT JOIN specialties s ON s.code \
                    = c.specialty_code WHERE d.left_at IS NULL GROUP BY d.id ORDER BY d.id";
            "lists of days and enums, nulls left out": db.doctor().find()
                .join(|d| d.certificates()).join(|(d, _)| d.appointments().filter(|a| a.id.le(40)))
                .group_by(|(d, ..)| d.id).order(|id, _| id.asc())
                .select(|id, (_, c, a)| (id, c.since.array_agg().order((c.since.desc(), a.id.asc())), a.urgency.array_agg().order((a.id.asc(), c.since.asc()))))
                => "SELECT d.id, {array_agg(c.since ORDER BY c.since DESC) ¦ json_group_array(c.since ORDER BY \
                    c.since DESC)}, {coalesce(array_agg(a.urgency ORDER BY a.id) FILTER (WHERE a.urgency IS NOT \
                    NULL), ARRAY[]::urgency[]) ¦ json_group_array(a.urgency ORDER BY a.id) FILTER (WHERE \
                    a.urgency IS NOT NULL)} FROM doctors d JOIN certificates c ON c.doctor_id = d.id JOIN \
                    appointments a ON a.doctor_id = d.id AND a.id <= 40 WHERE d.left_at IS NULL GROUP BY d.id ORDER \
                    BY d.id";
        }
        outer(db).await
    })
    .await;
}

/// Rows that were deleted are on no side of an outer join.
async fn outer(db: &Db) -> Result<()> {
    answers! { db;
        "right, deleted rows on the left": db.patient().find()
            .right_join(|p| p.insurer()).group_by(|(_, i)| i.name)
            .order(|name, _| name.asc()).select(|name, (p, _)| (name, p.id.count(), count(), p.id.min()))
            => "SELECT i.name, count(p.id), count(*), min(p.id) FROM insurers i LEFT JOIN patients p ON p.insurer_id \
                = i.id AND p.moved_at IS NULL GROUP BY i.name ORDER BY i.name";
        "right, filtered behind the join": db.patient().find()
            .filter(|p| p.id.le(9)).right_join(|p| p.insurer()).group_by(|(_, i)| i.name)
            .order(|name, _| name.asc()).select(|name, (p, _)| (name, p.id.count(), p.id.min()))
            => "SELECT i.name, count(p.id), min(p.id) FROM insurers i LEFT JOIN patients p ON p.insurer_id = i.id AND \
                p.moved_at IS NULL WHERE p.id <= 9 GROUP BY i.name ORDER BY i.name";
        "full, deleted rows on the right": db.insurer().find()
            .full_join_on::<Patient>(|(i, p)| p.insurer_id.eq(i.id) & p.id.gt(20))
            .group_by(|(i, p)| (i.name, p.doctor_id.is_none().then(value(1)).otherwise(0)))
            .order(|(name, kind), _| (name.asc(), kind.asc()))
            .select(|(name, kind), (i, p)| (name, kind, p.id.count(), i.id.count(), p.number.max()))
            => "SELECT i.name, CASE WHEN p.doctor_id IS NULL THEN 1 ELSE 0 END AS kind, count(p.id), count(i.id), \
                max(p.number) FROM insurers i FULL JOIN (SELECT * FROM patients WHERE moved_at IS NULL) AS p ON \
                p.insurer_id = i.id AND p.id > 20 GROUP BY i.name, CASE WHEN p.doctor_id IS NULL THEN 1 ELSE 0 END \
                ORDER BY i.name NULLS LAST, kind";
        "left, behind a side that may be missing": db.ward().find()
            .left_join(|w| w.doctors()).left_join(|(_, d)| d.patients()).left_join(|(.., p)| p.insurer())
            .group_by(|(w, ..)| w.id).order(|id, _| id.asc())
            .select(|id, (_, d, p, i)| (id, d.id.count_distinct(), p.id.count_distinct(), i.id.count_distinct()))
            => "SELECT w.id, count(DISTINCT d.id), count(DISTINCT p.id), count(DISTINCT i.id) FROM wards w LEFT JOIN \
                doctors d ON d.ward_id = w.id AND d.left_at IS NULL LEFT JOIN patients p ON p.doctor_id = d.id AND \
                p.moved_at IS NULL LEFT JOIN insurers i ON i.id = p.insurer_id GROUP BY w.id ORDER BY w.id";
        "to one, which loads what was deleted": db.appointment().find()
            .join(|a| a.doctor()).join(|(a, _)| a.patient()).filter(|(_, d, p)| d.left_at.is_some() | p.moved_at.is_some())
            .order(|(a, ..)| a.id.asc()).select(|(a, d, p)| (a.id, d.name, p.moved_at))
            => "SELECT a.id, d.name, p.moved_at FROM appointments a JOIN doctors d ON d.id = a.doctor_id JOIN \
                patients p ON p.id = a.patient_id WHERE d.left_at IS NOT NULL OR p.moved_at IS NOT NULL ORDER BY \
                a.id";
        "groups of a full join along a relation": db.patient().find()
            .with_deleted().full_join(|p| p.doctor()).group_by(|(p, d)| (d.name, p.id.is_none()))
            .order(|(name, none), _| (name.asc(), none.asc())).select(|(name, none), _| (name, none, count()))
            => "SELECT d.name, {p.id IS NULL ¦ p.id IS NULL}, count(*) FROM patients p FULL JOIN doctors d ON d.id = \
                p.doctor_id GROUP BY d.name, p.id IS NULL ORDER BY d.name NULLS LAST, p.id IS NULL";
    }
    of_groups(db).await
}

/// Groups of what was grouped, and groups that are counted.
async fn of_groups(db: &Db) -> Result<()> {
    let visits = || {
        let visits = db.appointment().find().group_by(|a| (a.patient_id, a.urgency));
        visits.select(|(patient, urgency), a| (patient, urgency, count(), a.fee.sum()))
    };
    answers! { db;
        "sums of sums": visits().nested()
            .group_by(|(_, urgency, ..)| urgency).having(|_, (.., fees)| fees.max().gt(50))
            .order(|urgency, _| urgency.asc().nulls_first())
            .select(|urgency, (_, _, n, fees)| (urgency, n.max(), n.sum(), fees.sum(), fees.count(), fees.avg()))
            => "SELECT urgency, max(n), CAST(sum(n) AS bigint), {?sum(f)}, count(f), {CAST(avg(f) AS double \
                precision) ¦ CAST(sum(f) AS REAL) / (count(f) * 100.0)} FROM (SELECT patient_id, urgency, count(*) AS n, sum(fee) AS f FROM \
                appointments GROUP BY patient_id, urgency) AS v GROUP BY urgency HAVING max(f) > {50.00} ORDER BY \
                {urgency ¦ instr('routine soon emergency', urgency)} NULLS FIRST";
        "groups joined to rows": visits().nested()
            .filter(|(_, _, n, _)| n.gt(1)).join_on::<Patient>(|((patient, ..), p)| p.id.eq(patient))
            .filter(|((_, urgency, ..), _)| urgency.ne(Urgency::Routine) | urgency.is_none())
            .order(|((_, urgency, n, _), p)| (n.desc(), urgency.desc().nulls_last(), p.id.desc())).limit(12)
            .select(|((_, urgency, n, fees), p)| (p.number, p.work.city, urgency, n, fees))
            => "SELECT p.number, p.work_city, urgency, n, {?f} FROM (SELECT patient_id, urgency, count(*) AS n, \
                sum(fee) AS f FROM appointments GROUP BY patient_id, urgency) AS v JOIN patients p ON p.id = \
                patient_id AND p.moved_at IS NULL WHERE n > 1 AND (urgency <> 'routine' OR urgency IS NULL) ORDER \
                BY n DESC, {urgency ¦ instr('routine soon emergency', urgency)} DESC NULLS LAST, p.id DESC LIMIT 12";
        "different groups": visits().nested()
            .select(|(_, urgency, n, _)| (urgency, n.gt(2))).distinct().nested()
            .order(|(urgency, many)| (many.asc(), urgency.asc()))
            => "SELECT urgency, many FROM (SELECT DISTINCT urgency, n > 2 AS many FROM (SELECT patient_id, urgency, \
                count(*) AS n FROM appointments GROUP BY patient_id, urgency) AS v) AS d ORDER BY many, {urgency ¦ \
                instr('routine soon emergency', urgency)} NULLS LAST";
    }
    let groups = visits().count().await?;
    let expected = "SELECT count(*) FROM (SELECT 1 FROM appointments GROUP BY patient_id, urgency) AS v";
    assert_eq!(groups, db.sql::<i64>(expected).one().await?, "groups are counted, not rows");
    assert_eq!(visits().limit(7).offset(3).count().await?, 7);
    assert!(!visits().nested().filter(|(_, _, n, _)| n.gt(1_000)).exists().await?);
    let first = db.appointment().find().group_by(|a| a.urgency).order(|_, a| a.fee.max().desc().nulls_last());
    let first: Option<(Option<Urgency>, Option<_>)> = first.select(|u, a| (u, a.fee.max())).first().await?;
    assert_eq!(first.and_then(|(_, fee)| fee), db.appointment().find().select(|a| a.fee.max()).one().await?);
    let none = db.appointment().find().filter(|a| a.fee.gt(cents(99_999_999)));
    assert_eq!(none.clone().select(|a| (count(), a.fee.sum(), a.minutes.max())).await?, [(0, None, None)]);
    assert_eq!(none.group_by(|a| a.urgency).select(|_, _| count()).await?, [0i64; 0]);
    let both = db.appointment().find().join_on::<Appointment>(|(a, b)| a.follows_id.eq(b.id));
    assert_eq!(both.clone().count().await?, both.select(|(a, _)| a.id.count_distinct()).one().await?);
    Ok(())
}
