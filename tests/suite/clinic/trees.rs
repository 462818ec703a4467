//! Queries that go on from their own rows, and queries that are named.

use rex_orm::{Result, count, scalar, value};

use super::rows::in_every_clinic;
use crate::fixtures::clinic::{Db, Doctor, Patient, Specialty, Status};
use crate::suite::sakila::asked::answers;

#[tokio::test]
async fn below_and_above() {
    in_every_clinic("trees", async |db| {
        let tree = || {
            let roots = db.ward().find().filter(|w| w.parent_id.is_none()).select(|w| (w.id, w.id, w.name, value(0)));
            roots.recursive("tree", |above| {
                let below = db.ward().find().join_rows(above, |(w, (id, ..))| w.parent_id.eq(id));
                below.select(|(w, (_, root, path, depth))| (w.id, root, path.concat("/").concat(w.name), depth.add(1)))
            })
        };
        const TREE: &str = "WITH RECURSIVE tree (id, root, path, depth) AS (SELECT id, id, {name::text ¦ name}, 0 \
            FROM wards WHERE parent_id IS NULL UNION ALL SELECT w.id, root, path || '/' || w.name, depth + 1 FROM \
            wards w JOIN tree ON w.parent_id = tree.id) ";
        answers! { db;
            "paths": tree().find().order(|(id, ..)| id.asc()).select(|(id, _, path, depth)| (id, path, depth))
                => [TREE, "SELECT id, path, depth FROM tree ORDER BY id"].concat().as_str();
            "who works below each root": tree().find()
                .left_join_on::<Doctor>(|((id, ..), d)| d.ward_id.eq(id)).group_by(|((_, root, ..), _)| root)
                .order(|root, _| root.asc())
                .select(|root, ((id, _, _, depth), d)| (root, id.count_distinct(), depth.max(), d.id.count(), d.salary.sum()))
                => [TREE, "SELECT root, count(DISTINCT tree.id), max(depth), count(d.id), {?sum(d.salary)} FROM tree \
                    LEFT JOIN doctors d ON d.ward_id = tree.id AND d.left_at IS NULL GROUP BY root ORDER BY root"]
                    .concat().as_str();
            "in a condition": db.doctor().find()
                .filter(|d| d.ward_id.in_query(tree().find().filter(|(_, _, path, _)| path.starts_with("House/Heart")).select(|(id, ..)| id)))
                .order(|d| d.id.asc()).select(|d| d.name)
                => [TREE, "SELECT d.name FROM doctors d WHERE d.left_at IS NULL AND d.ward_id IN (SELECT id FROM tree \
                    WHERE {path LIKE 'House/Heart%' ¦ path GLOB 'House/Heart*'}) ORDER BY d.id"].concat().as_str();
            "beside another query": tree().find()
                .filter(|(.., depth)| depth.gt(1)).select(|(_, _, path, _)| path)
                .union(db.insurer().find().select(|i| i.name)).nested().order(|name| name.desc())
                => [TREE, "SELECT path FROM tree WHERE depth > 1 UNION SELECT name FROM insurers ORDER BY 1 DESC"]
                    .concat().as_str();
            "as a value": db.ward().find().filter(|w| w.id.le(3)).order(|w| w.id.asc())
                .select(|w| (w.id, scalar(tree().find().select(|(.., depth)| depth.max()))))
                => [TREE, "SELECT id, (SELECT max(depth) FROM tree) FROM wards WHERE id <= 3 ORDER BY id"]
                    .concat().as_str();
        }
        upwards(db).await
    })
    .await;
}

async fn upwards(db: &Db) -> Result<()> {
    let roots = || {
        let own = db.specialty().find().select(|s| (s.code, s.code, s.within_code));
        own.recursive("roots", |made| {
            let above = db.specialty().find().join_rows(made, |(s, (_, _, within))| s.code.eq(within));
            above.select(|(s, (of, ..))| (of, s.code, s.within_code))
        })
    };
    // The chain that each appointment follows, from its first one.
    let chains = db
        .appointment()
        .find()
        .filter(|a| a.follows_id.is_none())
        .select(|a| (a.id, a.id, value(1)))
        .recursive("chains", |before| {
            let next = db.appointment().find().join_rows(before, |(a, (id, ..))| a.follows_id.eq(id));
            next.select(|(a, (_, first, length))| (a.id, first, length.add(1)))
        });
    answers! { db;
        "the root of each, by a text": db.certificate().find()
            .join_rows(roots(), |(c, (of, ..))| c.specialty_code.eq(of)).filter(|(_, (.., within))| within.is_none())
            .group_by(|(_, (_, root, _))| root).order(|root, _| root.asc())
            .select(|root, (c, _)| (root, c.doctor_id.count_distinct(), c.grade.max(), c.since.min()))
            => "WITH RECURSIVE roots (of, code, within) AS (SELECT code, code, within_code FROM specialties UNION ALL \
                SELECT of, s.code, s.within_code FROM specialties s JOIN roots ON s.code = within) SELECT r.code, \
                count(DISTINCT c.doctor_id), max(c.grade), min(c.since) FROM certificates c JOIN roots r ON r.of = \
                c.specialty_code WHERE r.within IS NULL GROUP BY r.code ORDER BY r.code";
        "the longest chains, and whose they are": chains.find()
            .join_on::<crate::fixtures::clinic::Appointment>(|((_, first, _), a)| a.id.eq(first))
            .join_on::<Patient>(|(_, a, p)| p.id.eq(a.patient_id))
            .group_by(|((_, first, _), _, p)| (first, p.number)).having(|_, ((_, _, length), ..)| length.max().ge(4))
            .order(|(first, _), ((_, _, length), ..)| (length.max().desc(), first.asc()))
            .select(|(first, number), ((id, _, length), ..)| (first, number, length.max(), id.count()))
            => "WITH RECURSIVE chains (id, first, length) AS (SELECT id, id, 1 FROM appointments WHERE follows_id IS \
                NULL UNION ALL SELECT a.id, first, length + 1 FROM appointments a JOIN chains c ON a.follows_id = \
                c.id) SELECT c.first, p.number, max(c.length), count(c.id) FROM chains c JOIN appointments a ON a.id = \
                c.first JOIN patients p ON p.id = a.patient_id AND p.moved_at IS NULL GROUP BY c.first, p.number \
                HAVING max(c.length) >= 4 ORDER BY max(c.length) DESC, c.first";
        "all above, to the top": db.doctor().find()
            .filter(|d| d.id.eq(11)).select(|d| (d.id, d.mentor_id)).recursive("above", |found| {
                let mentors = db.doctor().find().with_deleted().join_rows(found, |(d, (_, mentor))| d.id.eq(mentor));
                mentors.select(|(d, _)| (d.id, d.mentor_id))
            })
            .find().join_on::<Doctor>(|((id, _), d)| d.id.eq(id)).order(|((id, _), _)| id.asc()).select(|(_, d)| d.name)
            => "WITH RECURSIVE above (id, mentor_id) AS (SELECT id, mentor_id FROM doctors WHERE id = 11 UNION ALL \
                SELECT d.id, d.mentor_id FROM doctors d JOIN above a ON d.id = a.mentor_id) SELECT d.name FROM above \
                JOIN doctors d ON d.id = above.id AND d.left_at IS NULL ORDER BY d.id";
    }
    circles(db).await
}

/// Over a table of links, in which there are circles.
async fn circles(db: &Db) -> Result<()> {
    let known = |from: i64| {
        db.patient().find().filter(move |p| p.id.eq(from)).select(|p| p.id).recursive_distinct(
            "known",
            |found| {
                let more = db.patient().find().join(|p| p.knows()).join_rows(found, |(p, _, id)| p.id.eq(id));
                more.select(|(_, other, _)| other.id)
            },
        )
    };
    const KNOWN: &str = "WITH RECURSIVE known (id) AS (SELECT id FROM patients WHERE id = 3 AND moved_at IS NULL \
        UNION SELECT o.id FROM patients p JOIN acquaintances k ON k.patient_id = p.id JOIN patients o ON o.id = \
        k.other_id AND o.moved_at IS NULL JOIN known n ON n.id = p.id WHERE p.moved_at IS NULL) ";
    answers! { db;
        "who is known by whom": known(3).find().order(|id| id.asc())
            => [KNOWN, "SELECT id FROM known ORDER BY id"].concat().as_str();
        "and who is not": db.patient().find()
            .filter(|p| !p.id.in_query(known(3).find().select(|id| id))).order(|p| p.id.asc()).select(|p| p.id)
            => [KNOWN, "SELECT id FROM patients WHERE moved_at IS NULL AND id NOT IN (SELECT id FROM known) ORDER BY \
                id"].concat().as_str();
        "what they missed": known(3).find()
            .join_on::<Patient>(|(id, p)| p.id.eq(id)).left_join(|(_, p)| p.appointments().filter(|a| a.status.eq(Status::Missed)))
            .group_by(|(_, p, _)| p.home.city).order(|city, _| city.asc())
            .select(|city, (_, p, a)| (city, p.id.count_distinct(), a.id.count(), count()))
            => [KNOWN, "SELECT p.home_city, count(DISTINCT p.id), count(a.id), count(*) FROM known JOIN patients p ON \
                p.id = known.id AND p.moved_at IS NULL LEFT JOIN appointments a ON a.patient_id = p.id AND a.status \
                = 'missed' GROUP BY p.home_city ORDER BY p.home_city"].concat().as_str();
    }
    let parts =
        db.specialty().find().filter(|s| s.within_code.is_none()).with(|s| s.parts().depth(9)).await?;
    fn sizes(trees: &[rex_orm::Tree<Specialty>]) -> usize {
        trees.iter().map(|tree| 1 + sizes(&tree.below)).sum()
    }
    let mut sizes: Vec<_> = parts.iter().map(|(s, trees)| (s.code.0.clone(), sizes(trees))).collect();
    sizes.sort();
    assert_eq!(sizes, [("CHI".to_owned(), 1), ("MED".to_owned(), 3), ("PSY".to_owned(), 0)]);
    Ok(())
}
