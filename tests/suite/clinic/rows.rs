//! The clinic's rows: what each has is made of its number, so that every run has the same. Much is null, and
//! much is equal.

use chrono::{DateTime, Months, NaiveDate, TimeDelta, TimeZone, Utc};
use rex_orm::Result;
use rust_decimal::Decimal;
use serde_json::json;

use crate::fixtures::clinic::{
    Address, AppointmentId, Db, DoctorId, InsurerId, NewAppointment, NewCertificate, NewDoctor, NewInsurer,
    NewInvoice, NewPatient, NewProcedure, NewRoom, NewSpecialty, NewTreatment, NewWard, PatientId, Payer,
    Reading, SpecialtyId, Status, Urgency, WardId,
};
use crate::support::postgres;

/// How many appointments there are.
pub(super) const APPOINTMENTS: i64 = 180;

/// Runs a check in a clinic of its own, on each database.
pub(super) async fn in_every_clinic(name: &str, check: impl AsyncFn(&Db) -> Result<()>) {
    let database = postgres::server().database(&format!("clinic_{name}"));
    for url in ["sqlite::memory:", &database.url()] {
        let outcome = async { check(&clinic(url).await?).await }.await;
        outcome.unwrap_or_else(|error| panic!("{url}: {error}\n{error:?}"));
    }
}

pub(super) fn cents(cents: i64) -> Decimal {
    Decimal::new(cents, 2)
}

pub(super) fn day(month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, month, day).expect("a day")
}

pub(super) fn at(month: u32, day: u32) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, month, day, 0, 0, 0).unwrap()
}

async fn clinic(url: &str) -> Result<Db> {
    let db = Db::connect(url).await?;
    db.create_schema().await?;
    house(&db).await?;
    people(&db).await?;
    appointments(&db).await?;
    bills(&db).await?;
    Ok(db)
}

/// Three floors of a house, and a hut by itself; the tree is four deep. Some rooms have no beds.
async fn house(db: &Db) -> Result<()> {
    let ward =
        |name: &str, parent: Option<i64>| NewWard { parent_id: parent.map(WardId), ..NewWard::new(name) };
    let wards = [
        ward("House", None),
        ward("Heart", Some(1)),
        ward("Head", Some(1)),
        ward("Heart, surgery", Some(2)),
        ward("Heart, theatre", Some(4)),
        ward("Hut", None),
        ward("Head, pain", Some(3)),
        ward("Attic", Some(1)),
    ];
    db.ward().insert_many(wards).await?;
    let room =
        |ward: i64, number: i32| NewRoom { beds: Some((number % 4) as i16), ..NewRoom::new(ward, number) };
    let rooms =
        (1..=7).flat_map(|ward| (1..=(ward % 3 + 1) as i32).map(move |number| room(ward, 100 + number)));
    db.room().insert_many(rooms).await?;
    let specialty = |code: &str, title: &str, within: Option<&str>| NewSpecialty {
        within_code: within.map(|code| SpecialtyId(code.to_owned())),
        ..NewSpecialty::new(SpecialtyId(code.to_owned()), title)
    };
    let specialties = [
        specialty("MED", "Medicine", None),
        specialty("INT", "Inner organs", Some("MED")),
        specialty("CAR", "Hearts", Some("INT")),
        specialty("NEU", "Nerves", Some("MED")),
        specialty("CHI", "Surgery", None),
        specialty("CHI-C", "Surgery of hearts", Some("CHI")),
        specialty("PSY", "Souls", None),
    ];
    db.specialty().insert_many(specialties).await?;
    Ok(())
}

/// The fourth and the ninth doctor have left, and the sixth patient and each ninth have moved.
async fn people(db: &Db) -> Result<()> {
    let doctors = (1..=11i64).map(|n| NewDoctor {
        ward_id: (n % 4 != 0).then_some(WardId(n % 7 + 1)),
        mentor_id: (n > 2).then_some(DoctorId(n / 2)),
        pager: (n % 3 != 0).then_some((n * 11) as i32),
        left_at: (n == 4 || n == 9).then(|| at(3, n as u32)),
        ..NewDoctor::new(format!("Doctor {n:02}"), cents(400_000 + (n % 5) * 25_050))
    });
    db.doctor().insert_many(doctors).await?;
    let codes = ["MED", "INT", "CAR", "NEU", "CHI", "CHI-C"];
    let certificates = (1..=10i64).flat_map(|doctor| {
        (0..doctor as usize % 4).map(move |n| {
            let place = (doctor as usize * 2 + n * 3 + n / 2) % codes.len();
            let since = day(1, 1) - Months::new((doctor * 7 + n as i64) as u32);
            let grade = (n != 1).then_some(1.0 + (doctor % 3) as f64 / 2.0);
            NewCertificate {
                grade,
                ..NewCertificate::new(doctor, SpecialtyId(codes[place].to_owned()), since)
            }
        })
    });
    db.certificate().insert_many(certificates).await?;
    db.insurer().insert_many(["Alpha", "Beta", "Gamma"].map(NewInsurer::new)).await?;
    db.patient().insert_many((1..=30).map(patient)).await?;
    for patient in 1..=30i64 {
        let knows = [2, 3, 7].map(|step| (patient * step) % 30 + 1);
        let knows = knows.into_iter().take(patient as usize % 4).filter(|other| *other != patient);
        db.patient().knows(patient).add(knows).await?;
    }
    Ok(())
}

fn patient(n: i64) -> NewPatient {
    let cities = ["Ulm", "Aachen", "Zwickau"];
    let address = |n: i64| Address {
        street: format!("Street {}", n % 6),
        city: cities[n as usize % 3].to_owned(),
        zip: (n % 4 != 1).then(|| format!("{:05}", n * 1_003)),
    };
    let allergies = ["nuts", "pollen", "\"cats\", dogs"].into_iter().take(n as usize % 4);
    NewPatient {
        born: (n % 6 != 0).then(|| day(1, 1) - Months::new((n * 17) as u32)),
        work: (n % 5 == 0).then(|| address(n + 1)),
        notes: (n % 3 == 0).then(|| json!({"smokes": n % 2 == 0, "weight": 50 + n, "seen": ["a", n]})),
        doctor_id: (n % 4 != 3).then_some(DoctorId(n % 11 + 1)),
        insurer_id: (n % 7 != 0).then_some(InsurerId(n % 2 + 1)),
        moved_at: (n == 6 || n % 9 == 0).then(|| at(2, n as u32 % 28 + 1)),
        ..NewPatient::new(
            format!("P-{n:03}"),
            format!("Patient {:02}", n % 20),
            address(n),
            allergies.map(str::to_owned).collect::<Vec<_>>(),
        )
    }
}

async fn appointments(db: &Db) -> Result<()> {
    let of = |n: i64| {
        let urgencies = [Some(Urgency::Soon), None, Some(Urgency::Routine), Some(Urgency::Emergency)];
        let statuses =
            [Status::Done, Status::Missed, Status::Booked, Status::Done, Status::Arrived, Status::Cancelled];
        let starts = at(1, 1) + TimeDelta::hours(n * 19) + TimeDelta::microseconds(n % 3);
        let reading = Reading {
            systolic: (110 + n % 23) as i16,
            diastolic: (70 + n % 11) as i16,
            pulse: (n % 4 != 0).then_some((55 + n % 13) as i16),
        };
        NewAppointment {
            room_ward_id: (n % 5 != 0).then_some(WardId(n % 7 + 1)),
            room_number: (n % 5 != 0).then_some(101),
            minutes: (n % 3 != 0).then_some((n % 4 * 15) as i16),
            urgency: urgencies[n as usize % 4],
            status: Some(statuses[n as usize % 6]),
            fee: (n % 7 != 0).then(|| cents((n * 37) % 29 * 550)),
            reading: (n % 3 == 1).then_some(reading),
            follows_id: (n > 20 && n % 4 < 2).then_some(AppointmentId(n - 20 + n % 3)),
            ..NewAppointment::new((n * n + n / 9) % 28 + 1, (n * 7) % 10 + 1, starts)
        }
    };
    db.appointment().insert_many((1..=APPOINTMENTS).map(of)).await?;
    let treatments = [("Bandage", 450), ("Blood", 2_300), ("Cast", 9_999), ("Talk", 0), ("X-ray", 12_050)];
    db.treatment().insert_many(treatments.map(|(name, price)| NewTreatment::new(name, cents(price)))).await?;
    let procedures = (1..=APPOINTMENTS).flat_map(|n| {
        (0..n % 4).map(move |k| NewProcedure {
            times: Some(((n + k) % 3 + 1) as i16),
            part: ((n + k) % 5 != 0).then(|| cents((n % 4) * 25)),
            ..NewProcedure::new(n, (n + k) % 4 + 1)
        })
    });
    db.procedure().insert_many(procedures).await?;
    Ok(())
}

async fn bills(db: &Db) -> Result<()> {
    let invoices = (1..=24i64).map(|n| {
        let payer =
            if n % 3 == 0 { Payer::Insurer(InsurerId(n % 2 + 1)) } else { Payer::Patient(PatientId(n)) };
        NewInvoice {
            total: Some(cents(n * 1_234 % 7_001)),
            reminded: Some((n % 3) as i32),
            note: (n % 4 == 0).then(|| format!("note {n}")),
            paid_at: (n % 2 == 0).then(|| at(5, n as u32)),
            ..NewInvoice::new(format!("I-{n:03}"), payer, day(4, n as u32))
        }
    });
    db.invoice().insert_many(invoices).await?;
    Ok(())
}
