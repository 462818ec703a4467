//! Windows: over named queries, over groups, and filtered by.

use rex_orm::{count, dense_rank, ntile, rank, row_number};

use super::rows::in_every_clinic;
use crate::fixtures::clinic::{Doctor, Status, Treatment};
use crate::suite::sakila::asked::answers;

#[tokio::test]
async fn over_named_queries() {
    in_every_clinic("windows", async |db| {
        let fees = db.appointment().find().filter(|a| a.fee.is_some())
            .group_by(|a| (a.doctor_id, a.starts_at.start_of_month()))
            .select(|(doctor, month), a| (doctor, month, a.fee.sum()))
            .common("fees");
        let sold = || db.procedure().find().join(|p| p.appointment())
            .group_by(|(p, a)| (a.starts_at.start_of_month(), p.treatment_id))
            .select(|(month, treatment), (p, _)| (month, treatment, p.times.sum()));
        answers! { db;
            "running sums, neighbours and ranks": fees.find()
                .order(|(doctor, month, _)| (doctor.asc(), month.asc()))
                .select(|(doctor, month, fee)| (doctor, month, fee, fee.sum().over().partition(doctor).order(month.asc()), fee.lag(1).partition(doctor).order(month.asc()), rank().partition(month).order(fee.desc()), fee.max().over().partition(month)))
                => "WITH fees AS (SELECT doctor_id, {date_trunc('month', starts_at AT TIME ZONE 'UTC') AT TIME ZONE \
                    'UTC' ¦ substr(starts_at, 1, 8) || '01T00:00:00.000000Z'} AS month, sum(fee) AS fee FROM \
                    appointments WHERE fee IS NOT NULL GROUP BY 1, 2) SELECT doctor_id, month, {?fee}, {?sum(fee) \
                    OVER (PARTITION BY doctor_id ORDER BY month)}, {?lag(fee) OVER (PARTITION BY doctor_id ORDER BY \
                    month)}, rank() OVER (PARTITION BY month ORDER BY fee DESC), {?max(fee) OVER (PARTITION BY \
                    month)} FROM fees ORDER BY doctor_id, month";
            "what is above the mean of its kind, by the same query twice": fees.find()
                .join_rows(
                    &fees.find().group_by(|(_, month, _)| month).select(|month, (_, _, fee)| (month, fee.avg())).common("means"),
                    |((_, month, _), (of, _))| month.eq(of),
                )
                .join_on::<Doctor>(|((doctor, ..), _, d)| d.id.eq(doctor))
                .filter(|((_, _, fee), (_, mean), _)| fee.gt(100) & mean.gt(100.0))
                .order(|((_, month, fee), _, d)| (month.asc(), fee.desc(), d.id.asc()))
                .select(|((_, month, fee), (_, mean), d)| (d.name, month, fee, mean, dense_rank().partition(month).order(fee.desc())))
                => "WITH fees AS (SELECT doctor_id, {date_trunc('month', starts_at AT TIME ZONE 'UTC') AT TIME ZONE \
                    'UTC' ¦ substr(starts_at, 1, 8) || '01T00:00:00.000000Z'} AS month, sum(fee) AS fee FROM \
                    appointments WHERE fee IS NOT NULL GROUP BY 1, 2), means AS (SELECT month AS of, \
                    {CAST(avg(fee) AS double precision) ¦ CAST(sum(fee) AS REAL) / (count(fee) * 100.0)} AS mean FROM fees GROUP BY month) SELECT d.name, \
                    month, {?fee}, mean, dense_rank() OVER (PARTITION BY month ORDER BY fee DESC) FROM fees JOIN \
                    means ON month = of JOIN doctors d ON d.id = doctor_id AND d.left_at IS NULL WHERE fee > {100.00} \
                    AND mean > 100.0 ORDER BY month, fee DESC, d.id";
            "the two most of each month, with their names": sold().nested()
                .select(|(month, treatment, times)| (month, treatment, times, row_number().partition(month).order((times.desc(), treatment.asc()))))
                .nested().filter(|(.., place)| place.le(2))
                .join_on::<Treatment>(|((_, treatment, ..), t)| t.id.eq(treatment))
                .order(|((month, _, _, place), _)| (month.asc(), place.asc()))
                .select(|((month, _, times, place), t)| (month, place, t.name, times))
                => "SELECT month, place, t.name, times FROM (SELECT month, treatment_id, times, row_number() OVER \
                    (PARTITION BY month ORDER BY times DESC, treatment_id) AS place FROM (SELECT {date_trunc('month', \
                    a.starts_at AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' ¦ substr(a.starts_at, 1, 8) || \
                    '01T00:00:00.000000Z'} AS month, p.treatment_id, sum(p.times) AS times FROM procedures p JOIN \
                    appointments a ON a.id = p.appointment_id GROUP BY 1, 2) AS s) AS r JOIN treatments t ON t.id = \
                    r.treatment_id WHERE place <= 2 ORDER BY month, place";
            "quarters of all, grouped again": db.patient().find()
                .select(|p| (p.id, ntile(4).order((p.born.asc(), p.id.asc())), p.born)).nested()
                .group_by(|(_, quarter, _)| quarter).order(|quarter, _| quarter.asc())
                .select(|quarter, (_, _, born)| (quarter, count(), born.count(), born.min(), born.max()))
                => "SELECT q, count(*), count(born), min(born), max(born) FROM (SELECT born, {CAST(ntile(4) OVER \
                    (ORDER BY born, id) AS bigint) ¦ ntile(4) OVER (ORDER BY born NULLS LAST, id)} AS q FROM \
                    patients WHERE moved_at IS NULL) AS p GROUP BY q ORDER BY q";
            "means of the rows around": db.appointment().find()
                .filter(|a| a.doctor_id.le(3)).order(|a| (a.doctor_id.asc(), a.starts_at.asc()))
                .select(|a| (a.id, a.fee.avg().over().partition(a.doctor_id).order(a.starts_at.asc()).rows_between(3, 0), a.fee.count().over().partition(a.doctor_id).order(a.starts_at.asc()).rows_between(0, None), a.minutes.sum().over().partition((a.doctor_id, a.urgency)).order(a.starts_at.desc())))
                => "SELECT id, {CAST(avg(fee) OVER w AS double precision) ¦ CAST(sum(fee) OVER w AS REAL) / (count(fee) \
                    OVER w * 100.0)}, count(fee) OVER (PARTITION BY doctor_id ORDER BY starts_at ROWS BETWEEN \
                    CURRENT ROW AND UNBOUNDED FOLLOWING), sum(minutes) OVER (PARTITION BY doctor_id, urgency ORDER \
                    BY starts_at DESC) FROM appointments WHERE doctor_id <= 3 WINDOW w AS (PARTITION BY doctor_id \
                    ORDER BY starts_at ROWS BETWEEN 3 PRECEDING AND CURRENT ROW) ORDER BY doctor_id, starts_at";
            "over groups": db.appointment().find()
                .join(|a| a.doctor()).group_by(|(_, d)| (d.ward_id, d.id))
                .order(|(ward, doctor), _| (ward.asc(), doctor.asc()))
                .select(|(ward, doctor), (a, _)| (ward, doctor, a.fee.sum(), rank().partition(ward).order(a.fee.sum().desc()), row_number().order((count().desc(), doctor.asc()))))
                => "SELECT d.ward_id, d.id, {?sum(a.fee)}, rank() OVER (PARTITION BY d.ward_id ORDER BY sum(a.fee) \
                    DESC), row_number() OVER (ORDER BY count(*) DESC, d.id) FROM appointments a JOIN doctors d ON \
                    d.id = a.doctor_id GROUP BY d.ward_id, d.id ORDER BY d.ward_id NULLS LAST, d.id";
            "computed with, and ordered by": db.patient().find()
                .order(|p| (row_number().partition(p.home.city).order(p.id.desc()).value().rem(3).asc(), p.id.asc()))
                .select(|p| (p.id, row_number().partition(p.home.city).order(p.id.desc()).value().rem(3).add(10)))
                => "SELECT id, row_number() OVER (PARTITION BY home_city ORDER BY id DESC) % 3 + 10 FROM patients \
                    WHERE moved_at IS NULL ORDER BY row_number() OVER (PARTITION BY home_city ORDER BY id DESC) % 3, \
                    id";
            "the nearest of another kind": db.appointment().find()
                .filter(|a| a.patient_id.in_([1, 2, 5])).order(|a| (a.patient_id.asc(), a.starts_at.asc()))
                .select(|a| (a.id, a.starts_at.lead(1).partition(a.patient_id).order(a.starts_at.asc()), a.reading.pulse.first_value().partition(a.patient_id).order(a.starts_at.asc()), a.urgency.last_value().partition(a.patient_id).order(a.starts_at.asc()).rows_between(None, None), a.fee.nth_value(2).partition(a.patient_id).order(a.starts_at.asc())))
                => "SELECT id, lead(starts_at) OVER w, first_value(reading_pulse) OVER w, last_value(urgency) OVER \
                    (PARTITION BY patient_id ORDER BY starts_at ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED \
                    FOLLOWING), {?nth_value(fee, 2) OVER w} FROM appointments WHERE patient_id IN (1, 2, 5) WINDOW w \
                    AS (PARTITION BY patient_id ORDER BY starts_at) ORDER BY patient_id, starts_at";
            "a part of the rows around": db.appointment().find()
                .filter(|a| a.id.le(50)).order(|a| a.id.asc())
                .select(|a| (a.id, count().filter(a.status.eq(Status::Done)).over().partition(a.urgency), a.fee.min().filter(a.minutes.gt(0)).over().order(a.id.asc())))
                => "SELECT id, count(*) FILTER (WHERE status = 'done') OVER (PARTITION BY urgency), {?min(fee) FILTER \
                    (WHERE minutes > 0) OVER (ORDER BY id)} FROM appointments WHERE id <= 50 ORDER BY id";
        }
        Ok(())
    })
    .await;
}
