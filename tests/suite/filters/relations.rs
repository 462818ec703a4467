//! Conditions along relations: to-one and to-many, to oneself, over join tables and by composite keys,
//! several deep.

use rex_orm::Cond;

use super::people::{World, world};
use super::{agree, on_every_database};
use crate::fixtures::queries::{Person, Task};

impl World {
    fn person(&self, id: Option<crate::fixtures::queries::PersonId>) -> Option<&Person> {
        self.people.iter().find(|person| Some(person.id) == id)
    }

    fn tasks_of<'a>(&'a self, person: &'a Person) -> impl Iterator<Item = &'a Task> {
        self.tasks.iter().filter(|task| task.owner_id == person.id && task.deleted_at.is_none())
    }

    fn reports_of<'a>(&'a self, person: &'a Person) -> impl Iterator<Item = &'a Person> {
        self.people.iter().filter(|other| other.boss_id == Some(person.id))
    }

    fn clubs_of(&self, person: &Person) -> Vec<&str> {
        let place = self.people.iter().position(|other| other.id == person.id);
        let clubs = self.members.iter().filter(|(member, _)| Some(*member) == place);
        clubs.map(|(_, club)| self.clubs[*club].name.as_str()).collect()
    }
}

#[tokio::test]
async fn what_is_asked_along_relations_is_found() {
    on_every_database("filters_relations", async |db| {
        let w = world(db, 40).await?;
        let all = &w.people;
        to_many(db, &w, all).await?;
        to_one(db, &w, all).await?;
        let found = agree(
            db,
            all,
            "a report whose boss's report has a task that its reviewer's club is for",
            |p| {
                p.reports().any(|r| {
                    r.reports()
                        .any(|s| s.tasks().any(|t| t.reviewer().is(|v| v.clubs().any(|c| c.name.eq("golf")))))
                })
            },
            |p| {
                w.reports_of(p).any(|r| {
                    w.reports_of(r).any(|s| {
                        w.tasks_of(s)
                            .any(|t| w.person(t.reviewer_id).is_some_and(|v| w.clubs_of(v).contains(&"golf")))
                    })
                })
            },
        );
        found.await
    })
    .await;
}

async fn to_many(db: &super::Db, w: &World, all: &[Person]) -> rex_orm::Result<()> {
    agree(db, all, "any", |p| p.tasks().any(|t| t.done.eq(true)), |p| w.tasks_of(p).any(|t| t.done)).await?;
    agree(db, all, "none", |p| p.tasks().none(|t| t.done.eq(true)), |p| !w.tasks_of(p).any(|t| t.done))
        .await?;
    agree(
        db,
        all,
        "all, of which an unknown one is none",
        |p| p.tasks().all(|t| t.points.gt(1)),
        |p| w.tasks_of(p).all(|t| t.points.is_some_and(|points| points > 1)),
    )
    .await?;
    agree(db, all, "exists", |p| p.tasks().exists(), |p| w.tasks_of(p).next().is_some()).await?;
    agree(db, all, "count", |p| p.tasks().count().ge(2), |p| w.tasks_of(p).count() >= 2).await?;
    agree(
        db,
        all,
        "count of some, beside a column",
        |p| p.tasks().filter(|t| t.done.eq(false)).count().eq(p.visits),
        |p| w.tasks_of(p).filter(|t| !t.done).count() as i64 == p.visits,
    )
    .await?;
    agree(
        db,
        all,
        "deleted ones are asked for",
        |p| p.tasks().only_deleted().exists(),
        |p| w.tasks.iter().any(|t| t.owner_id == p.id && t.deleted_at.is_some()),
    )
    .await?;
    agree(
        db,
        all,
        "over a join table",
        |p| p.clubs().any(|c| c.name.eq("golf")),
        |p| w.clubs_of(p).contains(&"golf"),
    )
    .await?;
    agree(db, all, "count over a join table", |p| p.clubs().count().eq(2), |p| w.clubs_of(p).len() == 2)
        .await?;
    agree(
        db,
        all,
        "to oneself",
        |p| p.reports().any(|r| r.age.gt(40)),
        |p| w.reports_of(p).any(|r| r.age.is_some_and(|age| age > 40)),
    )
    .await?;
    let golfers = db.club().find().filter(|c| c.members().any(|m| m.visits.eq(1))).count().await?;
    let expected = w.members.iter().filter(|(person, _)| w.people[*person].visits == 1).map(|(_, club)| club);
    assert_eq!(golfers, expected.collect::<std::collections::BTreeSet<_>>().len() as i64);
    Ok(())
}

async fn to_one(db: &super::Db, w: &World, all: &[Person]) -> rex_orm::Result<()> {
    agree(
        db,
        all,
        "is",
        |p| p.boss().is(|b| b.active.eq(true) & b.id.ne(1)),
        |p| w.person(p.boss_id).is_some_and(|b| b.active && b.id.0 != 1),
    )
    .await?;
    agree(
        db,
        all,
        "is not",
        |p| !p.boss().is(|b| b.active.eq(true)),
        |p| !w.person(p.boss_id).is_some_and(|b| b.active),
    )
    .await?;
    agree(
        db,
        all,
        "a composite key",
        |p| p.desk().is(|d| d.building.eq("A")),
        |p| p.desk_building.as_deref() == Some("A"),
    )
    .await?;
    agree(db, all, "exists", |p| p.desk().exists(), |p| p.desk_number.is_some()).await?;
    agree(
        db,
        all,
        "a value of the other row beside one of this",
        |p| p.boss().get(|b| b.visits).gt(p.visits),
        |p| w.person(p.boss_id).is_some_and(|b| b.visits > p.visits),
    )
    .await?;
    let desks = db.desk().find().filter(|d| d.people().all(|p| p.active.eq(true) | p.age.is_none())).await?;
    let at = |desk: &crate::fixtures::queries::Desk, person: &Person| {
        person.desk_building.as_ref() == Some(&desk.building) && person.desk_number == Some(desk.number)
    };
    let expected = w.desks.iter().filter(|desk| {
        w.people.iter().filter(|person| at(desk, person)).all(|person| person.active || person.age.is_none())
    });
    assert_eq!(desks.len(), expected.count());

    // By the boss's name, those without a boss last; and by one's own.
    let by = db.person().find().order(|p| (p.boss().get(|b| b.email).asc(), p.id.desc())).await?;
    let mut expected: Vec<&Person> = all.iter().collect();
    expected.sort_by_key(|p| {
        let boss = w.person(p.boss_id).map(|b| b.email.clone());
        (boss.is_none(), boss, std::cmp::Reverse(p.id.0))
    });
    let ids = |people: &[&Person]| people.iter().map(|person| person.id.0).collect::<Vec<_>>();
    assert_eq!(ids(&by.iter().collect::<Vec<_>>()), ids(&expected));

    // In writes too.
    let changed =
        db.person().find().filter(|p| p.boss().is(|b| b.id.eq(1))).update().nick("of one").save().await?;
    assert_eq!(changed, w.reports_of(&all[0]).count() as u64);
    let gone =
        db.person().find().filter(|p| p.nick.eq("of one") & p.tasks().none(|_| Cond::all())).delete().await?;
    assert_eq!(
        gone,
        w.reports_of(&all[0])
            .filter(|p| w.tasks.iter().all(|t| t.owner_id != p.id || t.deleted_at.is_some()))
            .count() as u64
    );
    Ok(())
}
