//! Writes that compute, and that look at other rows: the rows that they leave are those that SQL leaves.

use rex_orm::{Result, count};

use super::rows::{at, cents, day, in_every_clinic};
use crate::fixtures::clinic::invoice::Unique as OfInvoice;
use crate::fixtures::clinic::patient::Unique as OfPatient;
use crate::fixtures::clinic::procedure::Unique as OfProcedure;
use crate::fixtures::clinic::{Db, DoctorId, InsurerId, Patient, PatientId, Payer, Reading, Status, Urgency};
use crate::suite::sakila::asked::written;

const INVOICES: &str = "SELECT number || ' ' || coalesce(payer_patient_id, -payer_insurer_id) || ' ' || CAST({$total} AS text) || \
    ' ' || reminded || ' ' || coalesce(note, '-') || ' ' || CAST(due AS text) || ' ' || coalesce(CAST(paid_at AS text), '-') FROM invoices \
    ORDER BY 1";
const PROCEDURES: &str = "SELECT appointment_id || ' ' || treatment_id || ' ' || times || ' ' || coalesce(CAST({?part} AS text), '-') \
    FROM procedures ORDER BY 1";
const APPOINTMENTS: &str = "SELECT id || ' ' || patient_id || ' ' || coalesce(CAST(minutes AS text), '-') || ' ' || \
    coalesce({urgency::text ¦ urgency}, '-') || ' ' || {status::text ¦ status} || ' ' || coalesce(CAST({?fee} AS text), '-') || ' ' || \
    coalesce(CAST(reading_systolic AS text), '-') || coalesce(CAST(reading_pulse AS text), '-') || ' ' || version FROM appointments \
    ORDER BY 1";
const PATIENTS: &str = "SELECT number || ' ' || name || ' ' || coalesce(CAST(born AS text), '-') || ' ' || home_city || ' ' || \
    {array_to_string(allergies, '|') ¦ allergies} || ' ' || coalesce(insurer_id, 0) FROM patients ORDER BY 1";
const KNOWN: &str = "SELECT patient_id || ' ' || other_id FROM acquaintances ORDER BY 1";
const DOCTORS: &str = "SELECT id || ' ' || CAST({$salary} AS text) || ' ' || coalesce(CAST(mentor_id AS text), '-') || ' ' || \
    coalesce(CAST(left_at AS text), '-') FROM doctors ORDER BY 1";

#[tokio::test]
async fn what_is_there_already() {
    in_every_clinic("upserts", async |db| {
        let first = |tx: &Db| tx.invoice().create().number("I-001").payer(PatientId(1)).due(day(4, 1)).total(10);
        written! { db, INVOICES;
            "computed of the row that is there": |tx| first(tx).or_update(OfInvoice::Number, |u, i| u
                .total(i.total.add(cents(550)).mul(2)).reminded(i.reminded.add(1)).note(i.note.coalesce("first").concat("!")))
                => ["UPDATE invoices SET total = (total + {5.50}) * 2, reminded = reminded + 1, note = coalesce(note, 'first') || \
                    '!' WHERE number = 'I-001'"];
            "by a member of the union": |tx| first(tx).number("NEW").or_update(OfInvoice::PayerPatientDue, |u, i| u
                .total(i.paid_at.is_none().then(i.total.sub(1)).otherwise(0)).note("changed"))
                => ["UPDATE invoices SET total = CASE WHEN paid_at IS NULL THEN total - {1.00} ELSE 0 END, note = 'changed' WHERE \
                    payer_patient_id = 1 AND due = '2026-04-01'"];
            "one that is not there": |tx| first(tx).number("NEW").due(day(7, 1)).or_update(OfInvoice::PayerPatientDue, |u, i| u.total(i.total.add(1)))
                => ["INSERT INTO invoices (number, payer_patient_id, due, total, reminded) VALUES ('NEW', 1, '2026-07-01', {10.00}, 0)"];
            "what was set only": |tx| first(tx).payer(InsurerId(3)).paid_at(at(6, 1)).upsert(OfInvoice::Number)
                => ["UPDATE invoices SET payer_patient_id = NULL, payer_insurer_id = 3, total = {10.00}, paid_at = {@2026-06-01} WHERE \
                    number = 'I-001'"];
            "of another row": |tx| first(tx).or_update(OfInvoice::Number, |u, i| u
                .total(i.payer_patient().get(|p| p.appointments().aggregate(|a| a.fee.sum())).coalesce(0)))
                => ["UPDATE invoices SET total = coalesce((SELECT sum(fee) FROM appointments a WHERE a.patient_id = 1), 0) WHERE number = 'I-001'"];
        }
        // A unique of some rows only: who has moved is none of them, and comes as another.
        let patient = async |tx: &Db, id: i64| -> Result<Patient> { tx.patient().find().with_deleted().filter(|p| p.id.eq(id)).one().await };
        let again = async |tx: &Db, id: i64| -> Result<Patient> {
            let Patient { name, born, home, .. } = patient(tx, id).await?;
            let new = tx.patient().create().number("NEW").name(name).born(born).home(home).allergies(["dust"]);
            new.or_update(OfPatient::NameBorn, |u, p| u.allergies(p.allergies.append(["dust"])).number(p.number.concat("+"))).await
        };
        written! { db, PATIENTS;
            "by a unique of some rows": |tx| again(tx, 5)
                => ["UPDATE patients SET number = number || '+', allergies = {array_append(allergies, 'dust') ¦ json_insert(allergies, \
                    '$[#]', 'dust')} WHERE id = 5"];
            "which the row is none of": |tx| again(tx, 9)
                => ["INSERT INTO patients (number, name, born, home_street, home_city, home_zip, allergies) SELECT 'NEW', name, born, \
                    home_street, home_city, home_zip, {ARRAY['dust'] ¦ '[\"dust\"]'} FROM patients WHERE id = 9"];
            "what was set, by the same": |tx| async {
                    let Patient { name, born, home, .. } = patient(tx, 5).await?;
                    tx.patient().create().number("P-X").name(name).born(born).home(home).allergies([""; 0]).insurer(3).upsert(OfPatient::NameBorn).await
                }
                => ["UPDATE patients SET number = 'P-X', insurer_id = 3, allergies = {ARRAY[]::text[] ¦ '[]'} WHERE id = 5"];
        }
        written! { db, PROCEDURES;
            "by a key of two": |tx| tx.procedure().create().appointment(1).treatment(2).times(4).or_update(OfProcedure::AppointmentIdTreatmentId, |u, p| u
                .times(p.times.add(p.times)).part(p.part.add(cents(25))))
                => ["UPDATE procedures SET times = times + times, part = part + {0.25} WHERE appointment_id = 1 AND treatment_id = 2"];
            "and one that is new": |tx| tx.procedure().create().appointment(1).treatment(5).times(4).upsert(OfProcedure::AppointmentIdTreatmentId)
                => ["INSERT INTO procedures (appointment_id, treatment_id, times) VALUES (1, 5, 4)"];
        }
        let outcome = first(db).or_ignore().await?;
        assert_eq!(outcome, None, "it is there");
        let given = first(db).payer(Payer::Insurer(InsurerId(2))).number("OTHER").or_ignore().await?.expect("it is new");
        assert_eq!(given.payer.insurer(), Some(InsurerId(2)));
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn of_many_rows() {
    in_every_clinic("writes", async |db| {
        written! { db, APPOINTMENTS;
            "by what hangs on them": |tx| tx.appointment().find()
                .filter(|a| a.procedures().aggregate(|p| p.times.sum()).ge(3) & a.doctor().is(|d| d.left_at.is_some()))
                .update().set(|u, a| u.fee(a.treatments().aggregate(|t| t.price.sum())).minutes(a.minutes.coalesce(10).add(5))).save()
                => ["UPDATE appointments SET fee = (SELECT sum(price) FROM treatments t JOIN procedures p ON p.treatment_id = t.id WHERE \
                    p.appointment_id = appointments.id), minutes = coalesce(minutes, 10) + 5, version = version + 1 WHERE (SELECT \
                    sum(times) FROM procedures p WHERE p.appointment_id = appointments.id) >= 3 AND doctor_id IN (SELECT id FROM \
                    doctors WHERE left_at IS NOT NULL)"];
            "the dearest of them": |tx| tx.appointment().find()
                .filter(|a| a.urgency.is_none()).order(|a| (a.fee.desc().nulls_last(), a.id.asc())).limit(5).offset(2)
                .update().urgency(Urgency::Routine).fee(None).reading(None).save()
                => ["UPDATE appointments SET urgency = 'routine', fee = NULL, reading_systolic = NULL, reading_diastolic = NULL, \
                    reading_pulse = NULL, version = version + 1 WHERE id IN (SELECT id FROM appointments WHERE urgency IS NULL ORDER BY \
                    fee DESC NULLS LAST, id LIMIT 5 OFFSET 2)"];
            "a type of several columns": |tx| tx.appointment().find()
                .filter(|a| a.reading.is_some() & a.reading.pulse.is_none())
                .update().reading(Reading { systolic: 120, diastolic: 80, pulse: Some(60) }).status(Status::Done).save()
                => ["UPDATE appointments SET reading_systolic = 120, reading_diastolic = 80, reading_pulse = 60, status = 'done', \
                    version = version + 1 WHERE reading_systolic IS NOT NULL AND reading_pulse IS NULL"];
            "a choice of a choice": |tx| tx.appointment().find()
                .filter(|a| a.id.le(60)).update()
                .set(|u, a| u.status(a.followed_by().exists().then(rex_orm::value(Status::Done)).or_when(a.fee.is_none(), Status::Cancelled).otherwise(a.status)).fee(a.fee.sub(a.fee.mul(cents(10)))))
                .save()
                => ["UPDATE appointments SET status = CASE WHEN EXISTS (SELECT 1 FROM appointments f WHERE f.follows_id = \
                    appointments.id) THEN 'done' WHEN fee IS NULL THEN 'cancelled' ELSE status END, fee = {round(fee - fee * 0.10, 2) ¦ \
                    CAST(round(fee * 0.9) AS INTEGER)}, version = version + 1 WHERE id <= 60"];
            "deleted by a group of their own": |tx| tx.appointment().find()
                .filter(|a| a.patient_id.in_query(tx.appointment().find().group_by(|a| a.patient_id).having(|_, _| count().lt(6)).select(|p, _| p)))
                .delete()
                => ["DELETE FROM appointments WHERE patient_id IN (SELECT patient_id FROM appointments GROUP BY patient_id HAVING \
                    count(*) < 6)"];
            "removed for ever, deleted or not": |tx| tx.patient().find().with_deleted().filter(|p| p.id.between(9, 10)).delete_forever()
                => ["DELETE FROM patients WHERE id BETWEEN 9 AND 10"];
            "of a patient who is gone for ever": |tx| tx.patient().delete_forever(1)
                => ["DELETE FROM patients WHERE id = 1"];
        }
        written! { db, DOCTORS;
            "by an aggregate of others": |tx| tx.doctor().find()
                .filter(|d| d.pupils().count().gt(1)).update().set(|u, d| u.salary(d.salary.add(d.pupils().aggregate(|p| p.salary.max()).coalesce(0).mul(0)).add(d.pupils().count())))
                .save()
                => ["UPDATE doctors SET salary = salary + (SELECT count(*) FROM doctors p WHERE p.mentor_id = doctors.id AND p.left_at \
                    IS NULL) * {1.00} WHERE left_at IS NULL AND (SELECT count(*) FROM doctors p WHERE p.mentor_id = doctors.id AND \
                    p.left_at IS NULL) > 1"];
            "rows that were deleted": |tx| tx.doctor().find().only_deleted().filter(|d| d.appointments().exists()).restore()
                => ["UPDATE doctors SET left_at = NULL WHERE left_at IS NOT NULL AND id IN (SELECT doctor_id FROM appointments)"];
            "to none, and to another": |tx| tx.doctor().find().filter(|d| d.mentor_id.eq(2)).update().mentor(None).save()
                => ["UPDATE doctors SET mentor_id = NULL WHERE mentor_id = 2 AND left_at IS NULL"];
        }
        written! { db, KNOWN;
            "links of a model with itself": |tx| tx.patient().knows(4).add([1, 2, 5])
                => ["INSERT INTO acquaintances (patient_id, other_id) VALUES (4, 1), (4, 2), (4, 5) ON CONFLICT DO NOTHING"];
            "from the other side": |tx| tx.patient().known_by(8).set([1, 2, 3])
                => ["DELETE FROM acquaintances WHERE other_id = 8", "INSERT INTO acquaintances (patient_id, other_id) VALUES (1, 8), (2, \
                    8), (3, 8)"];
            "and away again": |tx| tx.patient().knows(3).remove(tx.patient().find().filter(|p| p.id.gt(10)).select(|p| p.id).await?)
                => ["DELETE FROM acquaintances WHERE patient_id = 3 AND other_id > 10"];
        }
        versions(db).await
    })
    .await;
}

async fn versions(db: &Db) -> Result<()> {
    let one = db.appointment().get(5).await?;
    let changed = db.appointment().update(&one).set(|u, a| u.fee(a.fee.coalesce(0).add(1))).save().await?;
    assert_eq!((changed.version, changed.fee), (2, Some(one.fee.unwrap_or_default() + cents(100))));
    let stale = db.appointment().update(&one).fee(None).save().await.map(drop);
    assert_eq!(stale.map_err(|error| error.kind()), Err(rex_orm::Kind::Stale));
    let doctor = db.doctor().get(1).await?;
    db.doctor().delete(&doctor).await?;
    assert_eq!(db.doctor().find().filter(|d| d.id.eq(1)).count().await?, 0);
    assert_eq!(
        db.appointment().get(2).await?.doctor(db).with(|d| d.pupils()).await?.0.left_at.is_some(),
        db.appointment().get(2).await?.doctor_id == DoctorId(1)
    );
    assert_eq!(db.doctor().restore(1).await?.left_at, None);
    Ok(())
}
