//! Queries within queries, each row's own: what is selected, sorted, filtered, grouped and joined by them.

use rex_orm::{Result, count, exists, value};
use serde_json::json;

use super::rows::{at, cents, in_every_clinic};
use crate::fixtures::clinic::{Appointment, Db, Invoice, Patient, Reading, Room, Status, Urgency};
use crate::suite::sakila::asked::{answers, conditions};

#[tokio::test]
async fn beside_each_row() {
    in_every_clinic("correlated", async |db| {
        answers! { db;
            "one beside the other": db.doctor().find()
                .order(|d| d.id.asc())
                .select(|d| (
                    d.name,
                    d.appointments().count(),
                    d.appointments().filter(|a| a.status.eq(Status::Done)).aggregate(|a| a.fee.sum()),
                    d.appointments().aggregate(|a| a.starts_at.max()),
                    d.appointments().aggregate(|a| a.procedures().count().sum()),
                    d.specialties().aggregate(|s| s.title.string_agg(",").order(s.code.desc())),
                    d.mentor().get(|m| m.ward().get(|w| w.name)),
                    d.pupils().filter(|p| p.pager.is_none()).count(),
                ))
                => "SELECT d.name, (SELECT count(*) FROM appointments a WHERE a.doctor_id = d.id), (SELECT \
                    {?sum(fee)} FROM appointments a WHERE a.doctor_id = d.id AND a.status = 'done'), (SELECT \
                    max(starts_at) FROM appointments a WHERE a.doctor_id = d.id), (SELECT CAST(sum((SELECT count(*) FROM \
                    procedures p WHERE p.appointment_id = a.id)) AS bigint) FROM appointments a WHERE a.doctor_id = d.id), \
                    (SELECT string_agg(s.title, ',' ORDER BY s.code DESC) FROM specialties s JOIN certificates c ON \
                    c.specialty_code = s.code WHERE c.doctor_id = d.id), (SELECT w.name FROM doctors m JOIN wards w \
                    ON w.id = m.ward_id WHERE m.id = d.mentor_id), (SELECT count(*) FROM doctors p WHERE p.mentor_id \
                    = d.id AND p.pager IS NULL AND p.left_at IS NULL) FROM doctors d WHERE d.left_at IS NULL ORDER \
                    BY d.id";
            "sorted by them, nulls last": db.patient().find()
                .order(|p| (p.appointments().filter(|a| a.urgency.eq(Urgency::Emergency)).aggregate(|a| a.fee.max()).desc().nulls_last(), p.knows().count().asc(), p.id.desc()))
                .limit(20).select(|p| p.id)
                => "SELECT p.id FROM patients p WHERE moved_at IS NULL ORDER BY (SELECT max(fee) FROM appointments a \
                    WHERE a.patient_id = p.id AND urgency = 'emergency') DESC NULLS LAST, (SELECT count(*) FROM \
                    acquaintances k JOIN patients o ON o.id = k.other_id WHERE k.patient_id = p.id AND o.moved_at IS \
                    NULL), p.id DESC LIMIT 20";
            "grouped by them": db.patient().find()
                .group_by(|p| (p.appointments().count(), p.doctor().get(|d| d.salary)))
                .order(|(n, salary), _| (n.desc(), salary.asc()))
                .select(|(n, salary), p| (n, salary, count(), p.id.min()))
                => "SELECT n, {?salary}, count(*), min(id) FROM (SELECT p.id, (SELECT count(*) FROM appointments a \
                    WHERE a.patient_id = p.id) AS n, (SELECT d.salary FROM doctors d WHERE d.id = p.doctor_id) AS \
                    salary FROM patients p WHERE moved_at IS NULL) AS p GROUP BY n, salary ORDER BY n DESC, salary \
                    NULLS LAST";
            "aggregates of them": db.patient().find()
                .select(|p| (p.appointments().count().max(), p.appointments().aggregate(|a| a.fee.sum()).sum(), p.known_by().count().avg()))
                => "SELECT max(n), {?sum(f)}, CAST(avg(k) AS double precision) FROM (SELECT (SELECT count(*) FROM \
                    appointments a WHERE a.patient_id = p.id) AS n, (SELECT sum(fee) FROM appointments a WHERE \
                    a.patient_id = p.id) AS f, (SELECT count(*) FROM acquaintances k JOIN patients o ON o.id = \
                    k.patient_id WHERE k.other_id = p.id AND o.moved_at IS NULL) AS k FROM patients p WHERE moved_at \
                    IS NULL) AS p";
            "of a side that may be missing": db.patient().find()
                .left_join(|p| p.doctor()).order(|(p, _)| p.id.asc())
                .select(|(p, d)| (p.id, d.appointments().count(), d.ward().get(|w| w.name), p.invoices().aggregate(|i| i.total.sum())))
                => "SELECT p.id, CASE WHEN d.id IS NOT NULL THEN (SELECT count(*) FROM appointments a WHERE \
                    a.doctor_id = d.id) ELSE 0 END, w.name, (SELECT {?sum(total)} FROM invoices i WHERE \
                    i.payer_patient_id = p.id) FROM patients p LEFT JOIN doctors d ON d.id = p.doctor_id LEFT JOIN \
                    wards w ON w.id = d.ward_id WHERE p.moved_at IS NULL ORDER BY p.id";
            "a choice by them": db.room().find()
                .order(|r| (r.ward_id.asc(), r.number.asc()))
                .select(|r| (r.ward_id, r.number, r.appointments().any(|a| a.urgency.eq(Urgency::Emergency)).then(value("red")).or_when(r.appointments().exists(), "used").otherwise(r.ward().get(|w| w.name))))
                => "SELECT r.ward_id, r.number, CASE WHEN EXISTS (SELECT 1 FROM appointments a WHERE a.room_ward_id = \
                    r.ward_id AND a.room_number = r.number AND urgency = 'emergency') THEN 'red' WHEN EXISTS (SELECT \
                    1 FROM appointments a WHERE a.room_ward_id = r.ward_id AND a.room_number = r.number) THEN 'used' \
                    ELSE (SELECT name FROM wards w WHERE w.id = r.ward_id) END FROM rooms r ORDER BY r.ward_id, \
                    r.number";
            "whole rows, and what hangs on them": db.ward().find()
                .order(|w| w.id.asc()).select(|w| (w.id, w.parent().get(|p| p.parent().get(|g| g.name)), w.rooms().aggregate(|r| r.appointments().count().max())))
                => "SELECT w.id, (SELECT g.name FROM wards p JOIN wards g ON g.id = p.parent_id WHERE p.id = \
                    w.parent_id), (SELECT max((SELECT count(*) FROM appointments a WHERE a.room_ward_id = r.ward_id \
                    AND a.room_number = r.number)) FROM rooms r WHERE r.ward_id = w.id) FROM wards w ORDER BY w.id";
        }
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn in_conditions() {
    in_every_clinic("conditions", async |db| {
        conditions! { db, ward: crate::fixtures::clinic::Ward, "wards";
            "deep, by a key of two columns": |w| w.rooms().any(|r| r.appointments().none(|a| a.fee.gt(150)) & r.appointments().exists())
                => "EXISTS (SELECT 1 FROM rooms r WHERE r.ward_id = m.id AND EXISTS (SELECT 1 FROM appointments a \
                    WHERE a.room_ward_id = r.ward_id AND a.room_number = r.number) AND NOT EXISTS (SELECT 1 FROM \
                    appointments a WHERE a.room_ward_id = r.ward_id AND a.room_number = r.number AND a.fee > \
                    {150.00}))";
            "one count and another": |w| w.doctors().count().lt(w.rooms().count())
                => "(SELECT count(*) FROM doctors d WHERE d.ward_id = m.id AND d.left_at IS NULL) < (SELECT count(*) \
                    FROM rooms r WHERE r.ward_id = m.id)";
        }
        conditions! { db, treatment: crate::fixtures::clinic::Treatment, "treatments";
            "all, of which some are null": |t| t.appointments().all(|a| a.fee.lt(1_000) | a.fee.is_none()) & t.procedures().exists()
                => "m.id IN (SELECT treatment_id FROM procedures)";
        }
        conditions! { db, appointment: Appointment, "appointments";
            "to one by two columns": |a| a.room().is(|r| r.beds.eq(1) & r.ward().is(|w| w.parent().exists()))
                => "EXISTS (SELECT 1 FROM rooms r JOIN wards w ON w.id = r.ward_id WHERE r.ward_id = m.room_ward_id \
                    AND r.number = m.room_number AND r.beds = 1 AND w.parent_id IS NOT NULL)";
            "none to one": |a| !a.room().exists() => "m.room_number IS NULL";
            "a part of a type that may be absent": |a| a.reading.systolic.sub(a.reading.diastolic).gt(40) & a.reading.pulse.is_some()
                => "m.reading_systolic - m.reading_diastolic > 40 AND m.reading_pulse IS NOT NULL";
            "a type that is absent": |a| a.reading.is_none() => "m.reading_systolic IS NULL";
            "a type as a whole": |a| a.reading.eq(Reading { systolic: 111, diastolic: 71, pulse: Some(56) })
                => "m.reading_systolic = 111 AND m.reading_diastolic = 71 AND m.reading_pulse = 56";
            "a type that is another": |a| a.reading.ne(Reading { systolic: 111, diastolic: 71, pulse: Some(56) })
                => "NOT (m.reading_systolic = 111 AND m.reading_diastolic = 71 AND m.reading_pulse = 56)";
            "what follows it came too late": |a| a.followed_by().any(|f| f.starts_at.gt(at(2, 1)) & f.doctor_id.ne(4))
                => "EXISTS (SELECT 1 FROM appointments f WHERE f.follows_id = m.id AND f.starts_at > {@2026-02-01} AND \
                    f.doctor_id <> 4)";
            "a null on both sides is the same": |a| a.urgency.same(None) & a.minutes.same(a.reading.pulse)
                => "m.urgency IS NULL AND m.minutes IS {NOT DISTINCT FROM ¦ } m.reading_pulse";
            "not between, of what may be null": |a| !a.fee.between(20, cents(9_000))
                => "m.fee NOT BETWEEN {20.00} AND {90.00}";
            "a sum of what was done": |a| a.procedures().aggregate(|p| p.times.sum()).coalesce(0).gt(4)
                => "(SELECT coalesce(sum(times), 0) FROM procedures p WHERE p.appointment_id = m.id) > 4";
            "a price through a table": |a| a.treatments().aggregate(|t| t.price.max()).gt(50)
                => "(SELECT max(price) FROM treatments t JOIN procedures p ON p.treatment_id = t.id WHERE \
                    p.appointment_id = m.id) > {50.00}";
        }
        among(db).await
    })
    .await;
}

/// Models whose rows stay when they are deleted, and queries that are asked for more than one value.
async fn among(db: &Db) -> Result<()> {
    let dear = || {
        let dear = db.appointment().find().group_by(|a| a.patient_id).having(|_, a| a.fee.sum().gt(400));
        dear.select(|patient, _| patient)
    };
    let unpaid = || db.invoice().find().filter(|i| i.paid_at.is_none()).select(|i| i.payer.patient);
    answers! { db;
        "among groups": db.patient().find().filter(|p| p.id.in_query(dear())).order(|p| p.id.asc()).select(|p| p.number)
            => "SELECT number FROM patients WHERE moved_at IS NULL AND id IN (SELECT patient_id FROM appointments GROUP \
                BY patient_id HAVING sum(fee) > {400.00}) ORDER BY id";
        "among none of what may be null": db.patient().find()
            .filter(|p| p.id.not_in_query(unpaid()) & !p.id.in_query(dear())).order(|p| p.id.asc()).select(|p| p.id)
            => "SELECT id FROM patients p WHERE moved_at IS NULL AND NOT EXISTS (SELECT 1 FROM invoices i WHERE paid_at \
                IS NULL AND i.payer_patient_id = p.id) AND id NOT IN (SELECT patient_id FROM appointments GROUP BY \
                patient_id HAVING sum(fee) > {400.00}) ORDER BY id";
        "lists and JSON beside what was deleted": db.patient().find()
            .only_deleted().filter(|p| p.allergies.len().gt(0) | p.notes.get("smokes").as_bool().eq(true))
            .order(|p| (p.notes.get("weight").as_integer().desc().nulls_last(), p.id.asc()))
            .select(|p| (p.id, p.allergies.has("\"cats\", dogs"), p.notes.get("seen").get(1).as_integer()))
            => "SELECT id, {'\"cats\", dogs' = ANY(allergies) ¦ instr(allergies, 'cats') > 0}, {(notes->'seen'->>1)::bigint ¦ \
                notes ->> '$.seen[1]'} FROM patients WHERE moved_at IS NOT NULL AND ({cardinality(allergies) ¦ \
                json_array_length(allergies)} > 0 OR {(notes->>'smokes')::bool ¦ notes ->> '$.smokes'}) ORDER BY \
                {(notes->>'weight')::int ¦ notes ->> '$.weight'} DESC NULLS LAST, id";
        "of who pays": db.invoice().find()
            .filter(|i| i.payer_patient().is(|p| p.moved_at.is_some()) | i.payer.insurer.is_some())
            .order(|i| (i.payer_insurer().get(|n| n.name).asc(), i.id.asc()))
            .select(|i| (i.number, i.payer_insurer().get(|n| n.patients().count()), i.payer_patient().get(|p| p.work.city), i.total.sub(i.reminded)))
            => "SELECT i.number, (SELECT count(*) FROM patients p WHERE p.insurer_id = n.id AND p.moved_at IS NULL) + 0 * \
                n.id, p.work_city, {i.total - i.reminded ¦ printf('%.2f', (i.total - i.reminded * 100) / 100.0)} FROM invoices i LEFT JOIN insurers n ON n.id = \
                i.payer_insurer_id LEFT JOIN patients p ON p.id = i.payer_patient_id WHERE p.moved_at IS NOT NULL OR n.id \
                IS NOT NULL ORDER BY n.name NULLS LAST, i.id";
        "there is one": db.insurer().find()
            .filter(|i| i.patients().exists() & exists::<_, i64>(db.invoice().find().filter(|v| v.total.gt(69)).select(|_| count())))
            .order(|i| i.id.desc()).select(|i| i.name)
            => "SELECT name FROM insurers i WHERE EXISTS (SELECT 1 FROM patients p WHERE p.insurer_id = i.id AND p.moved_at \
                IS NULL) ORDER BY id DESC";
        "the first of each, by what may be null": db.appointment().find()
            .filter(|a| a.fee.is_some()).distinct_on(|a| (a.urgency, a.status))
            .order(|a| (a.reading.pulse.desc().nulls_last(), a.fee.asc(), a.id.asc()))
            .select(|a| (a.urgency, a.status, a.id, a.reading.pulse))
            => "SELECT urgency, status, id, reading_pulse FROM (SELECT *, row_number() OVER (PARTITION BY urgency, status \
                ORDER BY reading_pulse DESC NULLS LAST, fee, id) AS n FROM appointments WHERE fee IS NOT NULL) AS a WHERE n \
                = 1 ORDER BY {urgency ¦ instr('routine soon emergency', urgency)} NULLS LAST, {status ¦ instr('booked \
                arrived done missed cancelled', status)}";
    }
    whole(db).await
}

/// Whole rows beside values of their own.
async fn whole(db: &Db) -> Result<()> {
    let rows: Vec<(Room, i64)> = db
        .room()
        .find()
        .order(|r| (r.ward_id.asc(), r.number.asc()))
        .select(|r| (r, r.appointments().count()))
        .await?;
    let loaded = db
        .room()
        .find()
        .order(|r| (r.ward_id.asc(), r.number.asc()))
        .with_count(|r| r.appointments())
        .await?;
    assert_eq!(rows, loaded);
    let rows: Vec<(Option<Patient>, Invoice)> = db
        .invoice()
        .find()
        .left_join(|i| i.payer_patient())
        .order(|(i, _)| i.id.asc())
        .select(|(i, p)| (p, i))
        .await?;
    for (patient, invoice) in rows {
        assert_eq!(patient.map(|patient| patient.id), invoice.payer.patient());
    }
    let smokers = db.patient().find().filter(|p| p.notes.has_json(json!({"smokes": true}))).count().await?;
    assert_eq!(
        smokers,
        db.patient().find().filter(|p| p.notes.get("smokes").as_bool().eq(true)).count().await?
    );
    Ok(())
}
