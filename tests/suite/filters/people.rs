//! The people that are asked about: what each has is made of a number, so that every run has the same.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use rex_orm::Result;
use rust_decimal::Decimal;
use serde_json::json;

use crate::fixtures::queries::{Club, Db, Desk, NewClub, NewDesk, NewPerson, NewTask, Person, Rank, Task};

/// Numbers that look like chance: xorshift.
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Chance(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// Less than `below`.
    pub(crate) fn below(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize % below
    }

    pub(crate) fn one_of<T: Clone>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())].clone()
    }

    /// None one time in four.
    pub(crate) fn maybe<T>(&mut self, one: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.below(4) == 0 { None } else { Some(one(self)) }
    }
}

pub(crate) const NAMES: [&str; 8] =
    ["Ada", "ada", " Bo ", "Zoë", "100%", "a_b\\c", "O'Neill [x]*?", "Crab 🦀"];
pub(crate) const TAGS: [&str; 5] = ["x", "y\"z", "long tag", "", "Ü"];
const RANKS: [Rank; 3] = [Rank::Low, Rank::Middle, Rank::High];

pub(crate) fn day(chance: &mut Chance) -> NaiveDate {
    NaiveDate::from_ymd_opt(
        1970 + chance.below(60) as i32,
        1 + chance.below(12) as u32,
        1 + chance.below(28) as u32,
    )
    .expect("a day")
}

fn time(chance: &mut Chance) -> NaiveTime {
    let micros = chance.one_of(&[0, 1, 999_999, 500_000, 123_456]);
    let [hour, minute, second] = [24, 60, 60].map(|below| chance.below(below) as u32);
    NaiveTime::from_hms_micro_opt(hour, minute, second, micros).expect("a time")
}

fn instant(chance: &mut Chance) -> DateTime<Utc> {
    day(chance).and_time(time(chance)).and_utc()
}

pub(crate) fn new_person(number: usize, chance: &mut Chance) -> NewPerson {
    let data = [
        json!({"a": 1, "b": [1, "two", null], "c": {"d": true}}),
        json!({"a": "1", "b": [], "k ey\"\\": 2.5}),
        json!([3, {"a": 4}]),
        json!("text"),
        json!(null),
        json!(-7),
    ];
    NewPerson {
        nick: chance.maybe(|chance| chance.one_of(&NAMES).to_owned()),
        age: chance.maybe(|chance| chance.below(90) as i32 - 10),
        small: Some(chance.below(200) as i16 - 100),
        visits: Some(chance.below(5) as i64),
        score: chance.maybe(|chance| chance.below(1000) as f64 / 8.0 - 20.0),
        bonus: chance.maybe(|chance| Decimal::new(chance.below(2_000_000) as i64 - 500_000, 3)),
        rank: Some(chance.one_of(&RANKS)),
        mood: chance.maybe(|chance| chance.one_of(&RANKS)),
        active: Some(chance.below(2) == 0),
        born: chance.maybe(day),
        seen: chance.maybe(instant),
        opens: chance.maybe(time),
        local: chance.maybe(|chance| instant(chance).naive_utc()),
        data: chance.maybe(|chance| chance.one_of(&data)),
        raw: chance.maybe(|chance| vec![chance.below(3) as u8; chance.below(4)]),
        ..NewPerson::new(
            format!("p{number}@example.com"),
            chance.one_of(&NAMES),
            Decimal::new(chance.below(1_000_000) as i64 - 200_000, 2),
            (0..chance.below(4)).map(|_| chance.one_of(&TAGS).to_owned()).collect::<Vec<_>>(),
            (0..chance.below(3)).map(|_| chance.below(4) as i32).collect::<Vec<_>>(),
        )
    }
}

/// Writes so many people.
pub(crate) async fn people(db: &Db, number: usize) -> Result<Vec<Person>> {
    let chance = &mut Chance::new(7);
    let rows: Vec<NewPerson> = (0..number).map(|number| new_person(number, chance)).collect();
    db.person().insert_many(rows).await
}

/// People with what they are related to.
pub(crate) struct World {
    pub(crate) people: Vec<Person>,
    pub(crate) tasks: Vec<Task>,
    pub(crate) clubs: Vec<Club>,
    pub(crate) desks: Vec<Desk>,
    /// Places of people and of clubs.
    pub(crate) members: Vec<(usize, usize)>,
}

/// People, with bosses, desks, clubs and tasks, some of which are deleted.
pub(crate) async fn world(db: &Db, number: usize) -> Result<World> {
    let chance = &mut Chance::new(11);
    let desks = [("A", 1), ("A", 2), ("B", 1)].map(|(building, number)| NewDesk::new(building, number));
    let desks = db.desk().insert_many(desks).await?;
    let clubs = db.club().insert_many(["chess", "golf", "none"].map(NewClub::new)).await?;
    let mut people = people(db, number).await?;
    let (mut tasks, mut members) = (Vec::new(), Vec::new());
    for place in 0..people.len() {
        let boss = chance.maybe(|chance| people[chance.below(place + 1)].id);
        let desk = chance.maybe(|chance| chance.one_of(&desks));
        let update = db.person().update(&people[place]).boss(boss);
        people[place] = match desk {
            Some(desk) => update.desk_building(desk.building).desk_number(desk.number).save().await?,
            None => update.save().await?,
        };
        for (club, row) in clubs.iter().enumerate().take(2) {
            if chance.below(2) == 0 {
                db.person().clubs(&people[place]).add([row]).await?;
                members.push((place, club));
            }
        }
        for task in 0..chance.below(4) {
            let new = NewTask {
                points: chance.maybe(|chance| chance.below(6) as i32),
                done: Some(chance.below(2) == 0),
                reviewer_id: chance.maybe(|chance| chance.one_of(&people).id),
                ..NewTask::new(format!("t{task}"), &people[place])
            };
            tasks.push(db.task().insert(new).await?);
        }
    }
    for task in tasks.iter().step_by(5) {
        db.task().delete(task).await?;
    }
    let tasks = db.task().find().with_deleted().order(|t| t.id.asc()).await?;
    Ok(World { people, tasks, clubs, desks, members })
}
