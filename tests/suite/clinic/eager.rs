//! What is loaded along: over join tables and keys of two columns, each parent with its own order and limit.

use rex_orm::{Counts, Result, Watch};

use super::rows::{day, in_every_clinic};
use crate::fixtures::clinic::{
    Appointment, Certificate, Db, Doctor, Insurer, Invoice, Patient, Room, Specialty, Status, Treatment, Ward,
};
use crate::suite::sakila::asked::sql;

type Ids = Vec<(i64, i64)>;

fn pairs<P, C>(rows: &[(P, Vec<C>)], parent: fn(&P) -> i64, child: fn(&C) -> i64) -> Ids {
    rows.iter().flat_map(|(p, of)| of.iter().map(move |c| (parent(p), child(c)))).collect()
}

#[tokio::test]
async fn over_join_tables() {
    in_every_clinic("eager", async |db| {
        let counts = Counts::new();
        let db = &db.watch(Watch::new().count(&counts));
        let treatments: Vec<(Treatment, Vec<Appointment>)> = db.treatment().find().order(|t| t.id.asc())
            .with(|t| t.appointments().filter(|a| a.status.ne(Status::Cancelled)).order(|a| (a.fee.desc(), a.id.asc())).limit(4).offset(1))
            .await?;
        assert_eq!(counts.statements(), 2);
        let text = "SELECT t, id FROM (SELECT p.treatment_id AS t, a.id, row_number() OVER (PARTITION BY p.treatment_id \
            ORDER BY a.fee DESC NULLS FIRST, a.id) AS n FROM procedures p JOIN appointments a ON a.id = p.appointment_id \
            WHERE a.status <> 'cancelled') AS x WHERE n BETWEEN 2 AND 5 ORDER BY t, n";
        assert_eq!(pairs(&treatments, |t| t.id.0, |a| a.id.0), sql::<(i64, i64)>(db, text).await?);
        assert!(treatments.iter().any(|(_, of)| of.is_empty()), "one was never given");

        let patients: Vec<(Patient, Vec<(Patient, Vec<Patient>, i64)>)> = db.patient().find().order(|p| p.id.asc())
            .with(|p| p.knows().order(|k| k.id.desc()).limit(2).with(|k| k.known_by().order(|b| (b.home.city.asc(), b.id.asc())).limit(1)).with_count(|k| k.appointments().filter(|a| a.status.eq(Status::Done))))
            .await?;
        let mut found = Vec::new();
        for (patient, known) in &patients {
            for (other, by, done) in known {
                found.push((patient.id.0, other.id.0, by.first().map(|by| by.id.0), *done));
            }
        }
        let text = "SELECT p, o, (SELECT b.id FROM acquaintances k JOIN patients b ON b.id = k.patient_id WHERE \
            k.other_id = o AND b.moved_at IS NULL ORDER BY b.home_city, b.id LIMIT 1), (SELECT count(*) FROM appointments a \
            WHERE a.patient_id = o AND status = 'done') FROM (SELECT p.id AS p, o.id AS o, row_number() OVER (PARTITION BY \
            p.id ORDER BY o.id DESC) AS n FROM patients p JOIN acquaintances k ON k.patient_id = p.id JOIN patients o ON \
            o.id = k.other_id AND o.moved_at IS NULL WHERE p.moved_at IS NULL) AS x WHERE n <= 2 ORDER BY p, n";
        assert_eq!(found, sql::<(i64, i64, Option<i64>, i64)>(db, text).await?);
        assert_eq!(counts.statements(), 2 + 1 + 4 + 1, "a statement for each level and count");
        both_ways(db).await
    })
    .await;
}

async fn both_ways(db: &Db) -> Result<()> {
    let doctors: Vec<(Doctor, Vec<(Specialty, Vec<Doctor>)>, Vec<Certificate>)> = db
        .doctor()
        .find()
        .order(|d| d.id.asc())
        .with(|d| {
            d.specialties()
                .filter(|s| s.within_code.is_some())
                .order(|s| s.title.desc())
                .limit(1)
                .with(|s| s.doctors().order(|d| d.salary.desc()).order(|d| d.id.asc()).limit(2))
        })
        .with(|d| d.certificates().filter(|c| c.grade.is_some()).order(|c| c.since.asc()).limit(1))
        .await?;
    let mut found = Vec::new();
    for (doctor, specialties, certificates) in &doctors {
        for (specialty, others) in specialties {
            let others: Vec<i64> = others.iter().map(|other| other.id.0).collect();
            found.push((
                doctor.id.0,
                specialty.code.0.clone(),
                others[0],
                others.get(1).copied(),
                certificates.first().map(|c| c.since),
            ));
        }
    }
    let text = "SELECT d, s, (SELECT o.id FROM certificates c JOIN doctors o ON o.id = c.doctor_id AND o.left_at IS NULL WHERE \
        c.specialty_code = s ORDER BY o.salary DESC, o.id LIMIT 1), (SELECT o.id FROM certificates c JOIN doctors o ON o.id = \
        c.doctor_id AND o.left_at IS NULL WHERE c.specialty_code = s ORDER BY o.salary DESC, o.id LIMIT 1 OFFSET 1), (SELECT \
        min(since) FROM certificates c WHERE c.doctor_id = d AND grade IS NOT NULL) FROM (SELECT d.id AS d, s.code AS s, \
        row_number() OVER (PARTITION BY d.id ORDER BY s.title DESC) AS n FROM doctors d JOIN certificates c ON c.doctor_id = \
        d.id JOIN specialties s ON s.code = c.specialty_code WHERE d.left_at IS NULL AND s.within_code IS NOT NULL) AS x WHERE n = \
        1 ORDER BY d";
    assert_eq!(found, sql::<(i64, String, i64, Option<i64>, Option<chrono::NaiveDate>)>(db, text).await?);

    let wards: Vec<(Ward, Vec<(Room, Vec<(Appointment, Doctor, Option<Appointment>)>)>, Option<Ward>)> = db
        .ward()
        .find()
        .order(|w| w.id.asc())
        .with(|w| {
            w.rooms().order(|r| r.number.asc()).with(|r| {
                r.appointments()
                    .order(|a| (a.urgency.desc().nulls_last(), a.id.asc()))
                    .limit(3)
                    .with(|a| a.doctor())
                    .with(|a| a.follows())
            })
        })
        .with(|w| w.parent())
        .await?;
    let mut found = Vec::new();
    for (ward, rooms, parent) in &wards {
        for (room, appointments) in rooms {
            for (appointment, doctor, before) in appointments {
                assert_eq!(
                    (doctor.id, before.as_ref().map(|before| before.id)),
                    (appointment.doctor_id, appointment.follows_id)
                );
                found.push((
                    parent.as_ref().map(|parent| parent.id.0),
                    ward.id.0,
                    room.number,
                    appointment.id.0,
                ));
            }
        }
    }
    let text = "SELECT w.parent_id, w.id, room_number, x.id FROM (SELECT id, room_ward_id, room_number, row_number() OVER \
        (PARTITION BY room_ward_id, room_number ORDER BY {urgency ¦ instr('routine soon emergency', urgency)} DESC NULLS LAST, id) \
        AS n FROM appointments WHERE room_number IS NOT NULL) AS x JOIN wards w ON w.id = room_ward_id WHERE n <= 3 ORDER BY w.id, \
        room_number, n";
    assert_eq!(found, sql::<(Option<i64>, i64, i32, i64)>(db, text).await?);
    of_unions(db).await
}

async fn of_unions(db: &Db) -> Result<()> {
    let insurers: Vec<(Insurer, Vec<Invoice>, i64)> = db
        .insurer()
        .find()
        .order(|i| i.id.asc())
        .with(|i| i.invoices().filter(|v| v.due.gt(day(4, 6))).order(|v| v.total.desc()).limit(2))
        .with_count(|i| i.patients().with_deleted())
        .await?;
    let found: Ids = insurers.iter().flat_map(|(i, of, _)| of.iter().map(|v| (i.id.0, v.id.0))).collect();
    let text = "SELECT payer_insurer_id, id FROM (SELECT payer_insurer_id, id, row_number() OVER (PARTITION BY payer_insurer_id \
        ORDER BY total DESC) AS n FROM invoices WHERE due > '2026-04-06' AND payer_insurer_id IS NOT NULL) AS x WHERE n <= 2 ORDER \
        BY 1, n";
    assert_eq!(found, sql::<(i64, i64)>(db, text).await?);
    let counted: Vec<i64> = sql(
        db,
        "SELECT (SELECT count(*) FROM patients p WHERE p.insurer_id = i.id) FROM insurers i ORDER BY id",
    )
    .await?;
    assert_eq!(insurers.iter().map(|(.., n)| *n).collect::<Vec<_>>(), counted);
    let invoices = db
        .invoice()
        .find()
        .order(|i| i.id.asc())
        .with(|i| i.payer_patient().with(|p| p.doctor()))
        .with(|i| i.payer_insurer());
    for (invoice, patient, insurer) in invoices.await? {
        assert_eq!(
            patient.as_ref().map(|(patient, _)| patient.id),
            invoice.payer.patient(),
            "also who has moved"
        );
        assert_eq!(insurer.map(|insurer| insurer.id), invoice.payer.insurer());
        if let Some((patient, doctor)) = patient {
            assert_eq!(doctor.map(|doctor| doctor.id), patient.doctor_id, "also who has left");
        }
    }
    // From rows in hand.
    let patient = db.patient().get(3).await?;
    let known: Vec<i64> = patient.knows(db).order(|k| k.id.asc()).await?.iter().map(|k| k.id.0).collect();
    assert_eq!(known, sql::<i64>(db, "SELECT o.id FROM acquaintances k JOIN patients o ON o.id = k.other_id WHERE k.patient_id = 3 AND o.moved_at IS NULL ORDER BY 1").await?);
    Ok(())
}
