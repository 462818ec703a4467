//! Values of every kind on their way through queries within queries: an amount stays exact, an enum keeps its
//! order, a truth is one, and null is null.

use std::time::Duration;

use rex_orm::{Kind, Result, count, rank, row_number, scalar, value};

use super::rows::{at, cents, day, in_every_clinic};
use crate::fixtures::clinic::{Appointment, Db, Status, Urgency};
use crate::suite::sakila::asked::{answers, conditions, sql};

#[tokio::test]
async fn through_queries() {
    in_every_clinic("values", async |db| {
        let priced = || db.procedure().find().join(|p| p.treatment())
            .select(|(p, t)| (p.appointment_id, t.price.mul(p.part), t.price.mul(p.times)));
        let kinds = || db.appointment().find()
            .select(|a| (a.id, a.urgency, a.status, a.fee.gt(80), a.starts_at, a.minutes));
        answers! { db;
            "amounts of four digits, summed": priced().nested()
                .group_by(|(id, ..)| id).having(|_, (_, part, all)| part.sum().gt(0) & all.max().ge(cents(450)))
                .order(|id, _| id.asc()).limit(40)
                .select(|id, (_, part, all)| (id, part.sum(), all.sum(), all.sum().sub(part.sum().coalesce(0))))
                => "SELECT id, {part ¦ printf('%.4f', part / 10000.0)}, {?whole}, {whole - coalesce(part, 0) ¦ printf('%.4f', (whole * 100 - coalesce(part, 0)) / 10000.0)} FROM (SELECT \
                    p.appointment_id AS id, sum(t.price * p.part) AS part, sum(t.price * p.times) AS whole, max(t.price * \
                    p.times) AS most FROM procedures p JOIN treatments t ON t.id = p.treatment_id GROUP BY \
                    p.appointment_id) AS s WHERE part > 0 AND most >= {4.50} ORDER BY id LIMIT 40";
            "amounts computed with, rounded": priced().nested()
                .filter(|(_, part, _)| part.sub(cents(1)).mul(cents(25)).round(1).between(-1, 10))
                .order(|(id, part, all)| (part.round(0).desc(), id.asc(), all.asc())).limit(30)
                .select(|(id, part, all)| (id, part.sub(all).round(2), part.neg().round(1), all.abs()))
                => "SELECT id, {round(part - whole, 2) ¦ printf('%.2f', round((part - whole * 100) / 100.0) / 100.0)}, \
                    {round(-part, 1) ¦ printf('%.1f', round(-part / 1000.0) / 10.0)}, {?whole} FROM (SELECT \
                    p.appointment_id AS id, t.price * p.part AS part, t.price * p.times AS whole FROM procedures p JOIN \
                    treatments t ON t.id = p.treatment_id) AS s WHERE round({(part - 0.01) * 0.25, 1 ¦ (part - 100) * 25 / \
                    100000.0}) BETWEEN {-1 AND 10 ¦ -10 AND 100} ORDER BY round({part, 0 ¦ part / 10000.0}) DESC, id, whole \
                    LIMIT 30";
            "enums compared, sorted and aggregated": kinds().nested()
                .filter(|(_, urgency, status, ..)| urgency.lt(Urgency::Emergency) & status.between(Status::Arrived, Status::Missed))
                .group_by(|(_, urgency, ..)| urgency).order(|urgency, _| urgency.desc())
                .select(|urgency, (id, _, status, ..)| (urgency, status.max(), status.min(), status.count_distinct(), id.max()))
                => "SELECT urgency, {max(status) ¦ CASE max(instr('booked arrived done missed cancelled', status)) WHEN 1 THEN \
                    'booked' WHEN 8 THEN 'arrived' WHEN 16 THEN 'done' WHEN 21 THEN 'missed' WHEN 28 THEN 'cancelled' END}, \
                    {min(status) ¦ CASE min(instr('booked arrived done missed cancelled', status)) WHEN 1 THEN 'booked' WHEN 8 \
                    THEN 'arrived' WHEN 16 THEN 'done' WHEN 21 THEN 'missed' WHEN 28 THEN 'cancelled' END}, count(DISTINCT \
                    status), max(id) FROM appointments WHERE urgency IN ('routine', 'soon') AND status IN ('arrived', 'done', \
                    'missed') GROUP BY urgency ORDER BY {urgency ¦ instr('routine soon emergency', urgency)} DESC";
            "truths and times": kinds().nested()
                .filter(|(_, _, _, dear, at, _)| dear.eq(true) & at.hour().lt(12))
                .group_by(|(_, _, status, dear, at, _)| (status.eq(Status::Done), dear, at.start_of_month()))
                .order(|(done, _, month), _| (month.desc(), done.asc()))
                .select(|(done, dear, month), (id, _, _, _, at, minutes)| (done, dear, month.later(Duration::from_secs(60)), id.count(), at.max(), minutes.coalesce(0).sum()))
                => "SELECT done, dear, {month + interval '1 minute' ¦ substr(month, 1, 14) || '01:00.000000Z'}, count(id), \
                    max(starts_at), sum(coalesce(minutes, 0)) FROM (SELECT id, status = 'done' AS done, fee > {80.00} AS dear, \
                    starts_at, minutes, {date_trunc('month', starts_at AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' ¦ \
                    substr(starts_at, 1, 8) || '01T00:00:00.000000Z'} AS month FROM appointments WHERE {extract(hour FROM \
                    starts_at AT TIME ZONE 'UTC') < 12 ¦ substr(starts_at, 12, 2) < '12'} AND fee > {80.00}) AS a GROUP BY done, \
                    dear, month ORDER BY month DESC, done";
            "lists and JSON": db.patient().find()
                .select(|p| (p.id, p.notes, p.allergies, p.work.city)).nested()
                .filter(|(_, notes, allergies, _)| allergies.has("nuts") & (notes.get("weight").as_integer().gt(60) | notes.is_none()))
                .order(|(id, ..)| id.asc()).select(|(id, notes, allergies, city)| (id, notes.get("seen").get(0).as_text(), allergies.len(), city))
                => "SELECT id, notes {->'seen'->>0 ¦ ->> '$.seen[0]'}, {cardinality(allergies)::bigint ¦ \
                    json_array_length(allergies)}, work_city FROM patients WHERE moved_at IS NULL AND allergies {@> \
                    ARRAY['nuts'] ¦ LIKE '%\"nuts\"%'} AND (notes IS NULL OR {(notes->>'weight')::int ¦ notes ->> '$.weight'} > \
                    60) ORDER BY id";
            "enums and truths in unions": kinds().nested().filter(|(id, ..)| id.lt(5)).select(|(_, urgency, _, dear, ..)| (urgency, dear))
                .union(db.invoice().find().select(|i| (i.reminded.gt(1).then(value(Urgency::Emergency)).or_none(), i.paid_at.is_none())))
                .nested().order(|(urgency, truth)| (urgency.desc().nulls_last(), truth.asc().nulls_first()))
                => "SELECT urgency, truth FROM (SELECT urgency, fee > {80.00} AS truth FROM appointments WHERE id < 5 UNION SELECT \
                    {CASE WHEN reminded > 1 THEN 'emergency'::urgency END ¦ CASE WHEN reminded > 1 THEN 'emergency' END}, \
                    paid_at IS NULL FROM invoices) AS u ORDER BY {urgency ¦ instr('routine soon emergency', urgency)} DESC NULLS \
                    LAST, truth NULLS FIRST";
            "null and null are the same in sets": db.appointment().find().select(|a| (a.urgency, a.minutes))
                .intersect(db.appointment().find().filter(|a| a.id.gt(100)).select(|a| (a.urgency, a.minutes)))
                .except(db.appointment().find().filter(|a| a.minutes.eq(30)).select(|a| (a.urgency, a.minutes)))
                .nested().order(|(urgency, minutes)| (urgency.asc(), minutes.asc()))
                => "SELECT urgency, minutes FROM (SELECT DISTINCT urgency, minutes FROM appointments WHERE id > 100 AND (minutes IS \
                    NULL OR minutes <> 30)) AS a ORDER BY {urgency ¦ instr('routine soon emergency', urgency)} NULLS LAST, minutes \
                    NULLS LAST";
        }
        of_rows_around(db).await
    })
    .await;
}

/// Windows of enums, amounts, truths, texts and lists.
async fn of_rows_around(db: &Db) -> Result<()> {
    answers! { db;
        "enums": db.appointment().find().filter(|a| a.id.le(30)).order(|a| a.id.asc())
            .select(|a| (a.id, a.urgency.max().over().partition(a.status), a.status.lag(2).order(a.id.asc()), rank().partition(a.status).order(a.urgency.desc().nulls_last()), a.urgency.min().over().order(a.id.asc()).rows_between(2, 0)))
            => "SELECT id, {max(urgency) OVER p ¦ CASE max(instr('routine soon emergency', urgency)) OVER p WHEN 1 THEN 'routine' \
                WHEN 9 THEN 'soon' WHEN 14 THEN 'emergency' END}, lag(status, 2) OVER (ORDER BY id), rank() OVER (PARTITION BY \
                status ORDER BY {urgency ¦ instr('routine soon emergency', urgency)} DESC NULLS LAST), {min(urgency) OVER r ¦ \
                CASE min(instr('routine soon emergency', urgency)) OVER r WHEN 1 THEN 'routine' WHEN 9 THEN 'soon' WHEN 14 THEN \
                'emergency' END} FROM appointments WHERE id <= 30 WINDOW p AS (PARTITION BY status), r AS (ORDER BY id ROWS \
                BETWEEN 2 PRECEDING AND CURRENT ROW) ORDER BY id";
        "amounts": db.appointment().find().filter(|a| a.id.le(30)).order(|a| a.id.asc())
            .select(|a| (a.id, a.fee.lag(1).order(a.id.asc()), a.fee.sum().over().value().sub(a.fee), a.fee.first_value().order(a.id.asc()).value().mul(2)))
            => "SELECT id, {?lag(fee) OVER (ORDER BY id)}, {?(sum(fee) OVER () - fee)}, {?first_value(fee) OVER (ORDER BY id) * 2} \
                FROM appointments WHERE id <= 30 ORDER BY id";
        "enums that no column tells of": db.appointment().find().filter(|a| a.id.le(60))
            .order(|a| (a.fee.gt(80).then(value(Urgency::Soon)).otherwise(Urgency::Emergency).desc(), a.id.asc()))
            .select(|a| (a.id, value(Status::Done), a.minutes.is_none().then(value(Urgency::Routine)).or_when(a.minutes.gt(15), Urgency::Soon).or_none(), a.fee.gt(80).then(value(Urgency::Soon)).or_none().lt(Urgency::Emergency)))
            => "SELECT id, {'done'::status ¦ 'done'}, CASE WHEN minutes IS NULL THEN {'routine'::urgency ¦ 'routine'} WHEN minutes > \
                15 THEN 'soon' END, CASE WHEN fee > {80.00} THEN true END FROM appointments WHERE id <= 60 ORDER BY CASE WHEN fee > \
                {80.00} THEN 1 ELSE 2 END DESC, id";
        "the least of a choice": db.appointment().find()
            .select(|a| (a.fee.gt(80).then(value(Urgency::Soon)).otherwise(Urgency::Emergency).min(), a.fee.gt(80).then(value(Urgency::Soon)).otherwise(Urgency::Routine).max()))
            => "SELECT {'soon'::urgency, 'soon'::urgency ¦ 'soon', 'soon'}";
        "texts": db.doctor().find().order(|d| d.id.asc())
            .select(|d| (d.id, d.name.lead(1).partition(d.ward_id.is_none()).order(d.id.desc()), d.pager.count().over().partition((d.ward_id, d.mentor_id)), d.salary.max().over().partition(d.mentor_id)))
            => "SELECT id, lead(name) OVER (PARTITION BY ward_id IS NULL ORDER BY id DESC), count(pager) OVER (PARTITION BY ward_id, \
                mentor_id), {$max(salary) OVER (PARTITION BY mentor_id)} FROM doctors WHERE left_at IS NULL ORDER BY id";
    }
    keys(db).await
}

/// What is computed of keys, and groups that are compared with queries.
async fn keys(db: &Db) -> Result<()> {
    let mean = || scalar(db.appointment().find().select(|a| a.fee.avg()));
    answers! { db;
        "keys computed with": db.appointment().find()
            .group_by(|a| (a.minutes, a.status)).having(|(minutes, status), _| minutes.coalesce(0).gt(0) & status.ne(Status::Booked))
            .order(|(minutes, status), a| (minutes.neg().asc(), a.fee.max().desc().nulls_last(), status.asc()))
            .select(|(minutes, status), _| (minutes.add(1), minutes.mul(2).sub(minutes), status.eq(Status::Done), count().mul(10)))
            => "SELECT minutes + 1, minutes, status = 'done', count(*) * 10 FROM appointments GROUP BY minutes, status HAVING \
                coalesce(minutes, 0) > 0 AND status <> 'booked' ORDER BY -minutes, max(fee) DESC NULLS LAST, {status ¦ \
                instr('booked arrived done missed cancelled', status)}";
        "beside a query's value": db.appointment().find()
            .group_by(|a| a.doctor_id).having(|_, a| a.fee.avg().gt(mean()) | count().lt(5)).order(|doctor, _| doctor.asc())
            .select(|doctor, a| (doctor, a.fee.avg().gt(mean()), scalar(db.doctor().find().select(|d| d.id.max()))))
            => "SELECT doctor_id, {avg(fee)::float8 > (SELECT avg(fee)::float8 FROM appointments) ¦ avg(fee) > (SELECT avg(fee) FROM \
                appointments)}, (SELECT max(id) FROM doctors WHERE left_at IS NULL) FROM appointments GROUP BY doctor_id HAVING \
                avg(fee) > (SELECT avg(fee) FROM appointments) OR count(*) < 5 ORDER BY doctor_id";
        "by a number of the rows around": db.appointment().find()
            .select(|a| (row_number().partition(a.patient_id).order(a.starts_at.asc()).value().rem(3), a.fee)).nested()
            .group_by(|(place, _)| place).order(|place, _| place.asc()).select(|place, (_, fee)| (place, fee.sum(), fee.count()))
            => "SELECT place, {?sum(fee)}, count(fee) FROM (SELECT row_number() OVER (PARTITION BY patient_id ORDER BY starts_at) % \
                3 AS place, fee FROM appointments) AS a GROUP BY place ORDER BY place";
        "days between, and texts of them": db.certificate().find()
            .order(|c| (c.since.year().desc(), c.doctor_id.asc(), c.specialty_code.asc()))
            .select(|c| (c.since.year(), c.since.start_of_year().days_later(c.since.day()), c.since.months_later(1).start_of_month(), c.grade.mul(2.0).add(0.5)))
            => "SELECT {extract(year FROM since)::int ¦ CAST(substr(since, 1, 4) AS INTEGER)}, {date_trunc('year', since)::date + \
                extract(day FROM since)::int ¦ date(substr(since, 1, 4) || '-01-01', substr(since, 9, 2) || ' days')}, \
                {(date_trunc('month', since) + interval '1 month')::date ¦ date(substr(since, 1, 7) || '-01', '1 month')}, grade * 2 \
                + 0.5 FROM certificates ORDER BY {extract(year FROM since) ¦ substr(since, 1, 4)} DESC, doctor_id, specialty_code";
    }
    of_every_kind(db).await
}

async fn of_every_kind(db: &Db) -> Result<()> {
    conditions! { db, appointment: Appointment, "appointments";
        "among enums and none": |a| a.urgency.in_([None, Some(Urgency::Emergency)]) => "m.urgency = 'emergency' OR m.urgency IS NULL";
        "among none of the enums": |a| a.urgency.not_in([Urgency::Emergency, Urgency::Soon])
            => "m.urgency = 'routine' OR m.urgency IS NULL";
        "among amounts": |a| a.fee.in_([cents(5_500), cents(550), cents(1)]) => "m.fee IN ({55.00}, {5.50}, {0.01})";
        "between moments": |a| a.starts_at.between(at(2, 1), at(3, 1)) => "m.starts_at BETWEEN {@2026-02-01} AND {@2026-03-01}";
        "among moments": |a| a.starts_at.start_of_day().in_([at(2, 1), at(2, 2)])
            => "m.starts_at >= {@2026-02-01} AND m.starts_at < {@2026-02-03}";
        "enums in order": |a| a.urgency.ge(Urgency::Soon) & a.status.gt(Status::Arrived)
            => "m.urgency IN ('soon', 'emergency') AND m.status IN ('done', 'missed', 'cancelled')";
        "a choice of enums": |a| a.fee.is_none().then(value(Urgency::Emergency)).otherwise(a.urgency).eq(Urgency::Emergency)
            => "m.fee IS NULL OR m.urgency = 'emergency'";
        "narrow and wide numbers": |a| a.version.mul(40).lt(a.minutes.coalesce(0).add(a.reading.pulse.coalesce(1)))
            => "coalesce(m.minutes, 0) + coalesce(m.reading_pulse, 1) > m.version * 40";
        "towards zero, and by zero": |a| a.minutes.sub(20).div(a.minutes.sub(30)).le(0)
            => "(m.minutes - 20) / nullif(m.minutes - 30, 0) <= 0";
        "the rest of what is negative": |a| a.minutes.sub(40).rem(7).lt(-2) => "(m.minutes - 40) % 7 < -2";
    }
    let found = db
        .patient()
        .find()
        .filter(|p| p.born.between(day(1, 1) - chrono::Months::new(200), day(1, 1)))
        .count()
        .await?;
    let text =
        "SELECT count(*) FROM patients WHERE moved_at IS NULL AND born BETWEEN '2009-05-01' AND '2026-01-01'";
    assert_eq!(vec![found], sql::<i64>(db, text).await?);
    let huge = db
        .invoice()
        .find()
        .select(|i| i.id.count().mul(i64::MAX))
        .one()
        .await
        .expect_err("it is out of range");
    assert_eq!(huge.kind(), Kind::Check, "{huge}");
    Ok(())
}
