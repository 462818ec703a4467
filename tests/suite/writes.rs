//! Writes beyond one row's values: what is computed of the row as it is, rows that may be there
//! already, links, and many rows at once.

use rex_orm::{Counts, Kind, Result, Watch, each};
use rust_decimal::Decimal;

use crate::fixtures::queries::account::Unique;
use crate::fixtures::queries::{
    Account, Db, NewAccount, NewDesk, NewPerson, NewSkill, NewTask, club, person, skill,
};
use crate::suite::filters::people::{Chance, new_person};
use crate::support::postgres;

async fn on_every_database(name: &str, check: impl AsyncFn(&Db) -> Result<()>) {
    let database = postgres::server().database(name);
    for url in ["sqlite::memory:", &database.url()] {
        let db = Db::connect(url).await.expect("a database");
        db.create_schema().await.expect("the tables");
        check(&db).await.unwrap_or_else(|error| panic!("{url}: {error}\n{error:?}"));
    }
}

fn decimal(text: &str) -> Decimal {
    text.parse().expect("a number")
}

fn new_account(code: &str) -> NewAccount {
    NewAccount { balance: Some(decimal("10.00")), ..NewAccount::new(code, "north", code.len() as i32, ["a"]) }
}

#[tokio::test]
async fn what_is_set_is_computed_of_the_row() {
    on_every_database("writes_computed", async |db| {
        let row = db.account().insert(new_account("x")).await?;
        let row = db
            .account()
            .update(&row)
            .set(|u, a| {
                u.balance(a.balance.sub(decimal("2.50")))
                    .hits(a.hits.add(3))
                    .labels(a.labels.append(["b", "c"]))
            })
            .region("south")
            .save()
            .await?;
        assert_eq!((row.balance, row.hits, row.version), (decimal("7.50"), 3, 2));
        assert_eq!((row.labels.join(" "), row.region), ("a b c".to_owned(), "south".to_owned()));

        // Rounded as the column is, half away from zero; and by other columns, as they were.
        let one = |text| decimal(text);
        let row = db
            .account()
            .update((row.id, row.version))
            .set(|u, a| u.balance(a.balance.mul(one("-0.333"))).hits(a.number).labels(["z"]))
            .save()
            .await?;
        assert_eq!((row.balance, row.labels.len()), (decimal("-2.50"), 1));

        db.account().insert_many(["yy", "zzz"].map(new_account)).await?;
        let changed = db
            .account()
            .find()
            .filter(|a| a.number.gt(1))
            .update()
            .set(|u, a| {
                u.hits(a.hits.add(a.number)).labels(a.labels.append([""; 0])).code(a.code.concat("!"))
            })
            .save()
            .await?;
        assert_eq!(changed, 2);
        let rows = db.account().find().order(|a| a.number.asc()).await?;
        let hits: Vec<_> = rows.iter().map(|row| (row.hits, row.code.as_str(), row.version)).collect();
        assert_eq!(hits, [(1, "x", 3), (2, "yy!", 2), (3, "zzz!", 2)]);
        assert_eq!(rows[1].labels, ["a"]);

        // A rule of the type holds for what the database computes.
        let too_much = db.account().update(&rows[0]).set(|u, a| u.hits(a.hits.add(i32::MAX))).save().await;
        assert_eq!(too_much.map_err(|error| error.kind()).map(drop), Err(Kind::Check));
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn increments_are_not_lost() {
    on_every_database("writes_increments", async |db| {
        let mut row = new_account("x");
        row.labels.clear();
        db.account().insert(row).await?;
        let add = || async { db.account().find().update().set(|u, a| u.hits(a.hits.add(1))).save().await };
        let (a, b, c, d) = tokio::join!(add(), add(), add(), add());
        assert_eq!([a?, b?, c?, d?], [1; 4]);
        assert_eq!(db.account().find().one().await?.hits, 4);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_row_that_is_there_already() {
    on_every_database("writes_upsert", async |db| {
        let counts = Counts::new();
        let db = &db.watch(Watch::new().count(&counts));
        let create = |code: &str, number| {
            db.account().create().code(code).region("north").number(number).labels(["a"])
        };
        let row = create("x", 1).hits(5).upsert(Unique::Code).await?;
        assert_eq!((row.hits, row.version, row.balance), (5, 1, Decimal::ZERO));

        // What was set is written, and no default: the balance stays.
        db.account().update(&row).balance(decimal("3")).save().await?;
        let before = counts.statements();
        let again = create("x", 2).upsert(Unique::Code).await?;
        assert_eq!(counts.statements() - before, 1);
        assert_eq!((again.id, again.number, again.hits), (row.id, 2, 5));
        assert_eq!((again.balance, again.version), (decimal("3.00"), 3));
        assert!(again.touched_at > row.touched_at);

        // By a unique of two columns.
        let again = create("y", 2).upsert(Unique::RegionNumber).await?;
        assert_eq!((again.id, again.code.as_str()), (row.id, "y"));

        assert_eq!(create("y", 9).or_ignore().await?, None);
        let other = create("z", 9).or_ignore().await?.expect("it is new");
        assert_ne!(other.id, row.id);

        // Another unique than the one that is asked for still refuses.
        let refused = create("z", 2).upsert(Unique::Code).await.expect_err("two rows have it");
        assert_eq!(refused.conflict::<Unique>(), Some(Unique::RegionNumber));

        let count =
            || create("y", 2).hits(1).or_update(Unique::Code, |u, a| u.hits(a.hits.add(1)).region("south"));
        let counted = count().await?;
        assert_eq!((counted.hits, counted.region.as_str(), counted.id), (6, "south", row.id));
        assert_eq!(count().await?.hits, 7);
        assert_eq!(db.account().find().count().await?, 2);

        // A key that is all there is.
        let desk = || {
            db.desk()
                .create()
                .building("A")
                .number(1)
                .upsert(crate::fixtures::queries::desk::Unique::BuildingNumber)
        };
        assert_eq!(desk().await?, desk().await?);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn links_are_added_and_cleared() {
    on_every_database("writes_links", async |db| {
        let new = |n: i32| NewPerson::new(format!("p{n}"), "P", Decimal::ONE, [""; 0], [0i32; 0]);
        let ada = db.person().insert(new(1)).await?;
        let skills = db.skill().insert_many(["a", "b", "c"].map(NewSkill::new)).await?;
        let clubs = db.club().insert_many(["x", "y"].map(club::NewClub::new)).await?;
        assert_eq!(db.person().clubs(&ada).add(&clubs).await?, 2);
        assert_eq!(db.person().clubs(&ada).clear().await?, 2);
        assert_eq!(db.person().clubs(&ada).clear().await?, 0);

        // Over a model, whose other fields have their defaults.
        assert_eq!(db.person().skills(&ada).add(&skills[..2]).await?, 2);
        let level = db.person_skill().get((ada.id, skills[1].id)).await?.level;
        db.person_skill().update((ada.id, skills[1].id)).level(7).save().await?;
        assert_eq!((level, db.person().skills(&ada).add(&skills[1..]).await?), (1, 1));
        assert_eq!(db.person_skill().get((ada.id, skills[1].id)).await?.level, 7);
        let counts = db.person().skills(&ada).remove([&skills[2]]).await?;
        let again = db.person().skills(&ada).add_with(&skills[1..], |link| link.level(9)).await?;
        let levels = db.person_skill().find().order(|s| s.skill_id.asc()).select(|s| s.level).await?;
        assert_eq!((counts, again, levels), (1, 1, vec![1, 7, 9]));
        let computed =
            db.person().skills(&ada).add_with(&skills[..1], |link| link.set(|u, c| u.level(c.level.add(1))));
        assert_eq!(
            computed.await.expect_err("nothing to add to").to_string(),
            "Person.skills: a new link has no fields yet to compute from: give it values"
        );
        db.skill().people(&skills[0]).set([&ada]).await?;
        db.person().skills(&ada).set([&skills[2]]).await?;
        let left: Vec<person::Person> = skills[2].people(&db.clone()).await?;
        assert_eq!((left.len(), db.person_skill().find().count().await?), (1, 1));
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn many_rows_come_back_in_their_order() {
    on_every_database("writes_many", async |db| {
        let counts = Counts::new();
        let watched = &db.watch(Watch::new().count(&counts));
        let desks = (0..3_000).map(|n| NewDesk::new(format!("b{}", n % 7), n));
        let rows = watched.desk().insert_many(desks).await?;
        assert!(
            rows.iter()
                .enumerate()
                .all(|(n, row)| row.number == n as i32 && row.building == format!("b{}", n % 7))
        );
        // PostgreSQL takes a column as one array.
        let statements = if db.dialect() == rex_orm::Dialect::Postgres { 1 } else { 3 };
        assert_eq!(counts.statements(), statements);
        let skills = db.skill().insert_many((0..2_500).map(|n| NewSkill::new(format!("s{n}")))).await?;
        assert!(skills.is_sorted_by_key(|skill| skill.id.0));
        let accounts: Vec<Account> = db.account().insert_many(["a", "bb"].map(new_account)).await?;
        assert_eq!(accounts[1].labels, ["a"]);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn what_hangs_on_a_row_is_written_with_it() {
    on_every_database("writes_nested", async |db| {
        let counts = Counts::new();
        let watched = &db.watch(Watch::new().count(&counts));
        let golf = db.club().insert(club::NewClub::new("golf")).await?;
        let create = |email: &str| {
            watched.person().create().email(email).name("Ada").salary(1).tags(["x"]).numbers([0i32; 0])
        };
        let (ada, (tasks, joined)) = create("ada")
            .save_with(move |ada, p| {
                (["a", "b", "c"].map(|title| NewTask::new(title, ada)), p.clubs().link([&golf]))
            })
            .await?;
        assert_eq!((tasks.len(), joined), (3, 1));
        assert!(tasks.iter().all(|task| task.owner_id == ada.id));
        assert_eq!(counts.statements(), 3);
        assert_eq!(ada.clubs(db).await?[0].name, "golf");

        // Two levels, and links of the second one.
        let skill = db.skill().insert(NewSkill::new("chess")).await?;
        let report =
            NewPerson { boss_id: Some(ada.id), ..NewPerson::new("r", "R", Decimal::ONE, [""; 0], [0i32; 0]) };
        let (boss, reports) = create("boss")
            .save_with(move |boss, _| {
                let report = NewPerson { boss_id: Some(boss.id), ..report };
                each([report], move |r, p| (vec![NewTask::new("t", r)], p.skills().link([&skill])))
            })
            .await?;
        let (report, (tasks, linked)) = &reports[0];
        assert_eq!((report.boss_id, tasks[0].owner_id, *linked), (Some(boss.id), report.id, 1));

        // Where the other rows hold the key there are no links.
        let task = tasks[0].id;
        let none = create("none").save_with(move |_, p| p.tasks().link([task])).await;
        assert_eq!(none.map_err(|error| error.kind()).map(drop), Err(Kind::InvalidValue));

        // All or nothing.
        let before = db.person().find().count().await?;
        let twice = create("new").save_with(|p, _| ["t", "t"].map(|title| NewTask::new(title, p))).await;
        assert_eq!(twice.map_err(|error| error.kind()).map(drop), Err(Kind::Unique));
        assert_eq!(db.person().find().count().await?, before);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn rows_in_bulk_are_the_same_rows() {
    on_every_database("writes_copy", async |db| {
        let chance = &mut Chance::new(3);
        let rows: Vec<NewPerson> = (0..2_000).map(|number| new_person(number, chance)).collect();
        let counts = Counts::new();
        let written = db.watch(Watch::new().count(&counts)).person().copy_in(rows.clone()).await?;
        assert_eq!(written, 2_000);
        if db.dialect() == rex_orm::Dialect::Postgres {
            assert_eq!(counts.statements(), 1);
        }
        let copied = db.person().find().order(|p| p.id.asc()).await?;
        db.person().find().delete().await?;
        let inserted = db.person().insert_many(rows).await?;
        let plain = |person: &person::Person| person::Person { id: copied[0].id, ..person.clone() };
        assert!(copied.iter().map(plain).eq(inserted.iter().map(plain)));

        // All or none, and the same errors.
        let twice = || ["x", "y", "x"].map(NewSkill::new);
        let error = db.skill().copy_in(twice()).await.expect_err("two have one name");
        assert_eq!(error.conflict::<skill::Unique>(), Some(skill::Unique::Name));
        if db.dialect() == rex_orm::Dialect::Postgres {
            assert!(error.to_string().contains("row 3"), "{error}");
        }
        assert_eq!((db.skill().find().count().await?, db.skill().copy_in([]).await?), (0, 0));
        let tx = db.begin().await?;
        assert_eq!(tx.skill().copy_in(["x", "y"].map(NewSkill::new)).await?, 2);
        assert_eq!(tx.skill().find().count().await?, 2);
        tx.rollback().await?;
        assert_eq!(db.skill().find().count().await?, 0);
        Ok(())
    })
    .await;
}
