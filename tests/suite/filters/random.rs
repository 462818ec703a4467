//! Random filters, orders, limits and pages: what the typed API finds is what a naive evaluation over
//! the same rows in Rust finds, on both databases. `REX_RANDOM_QUERIES` says how many are tried, and
//! `REX_RANDOM_SEED` where chance begins.

use std::cmp::Ordering;

use chrono::Timelike;
use rex_orm::{Cond, Cursor, Order, Result, value};
use rust_decimal::Decimal;

use super::people::{Chance, NAMES, TAGS, day, people};
use super::{Columns, on_every_database};
use crate::fixtures::queries::{Db, Person, Rank};

type Holds = dyn Fn(&Person) -> Option<bool>;
type Compare = dyn Fn(&Person, &Person) -> Ordering;

/// A condition, and the same in Rust: none is unknown.
struct Test {
    cond: Cond<Person>,
    holds: Box<Holds>,
}

/// A key to sort by, and the same in Rust.
struct Key {
    order: Order<Person>,
    compare: Box<Compare>,
}

fn number_of(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

#[tokio::test]
async fn random_queries_find_what_rust_finds() {
    let (cases, seed) = (number_of("REX_RANDOM_QUERIES", 150), number_of("REX_RANDOM_SEED", 1));
    on_every_database("filters_random", async |db| {
        let all = people(db, 150).await?;
        for case in seed..seed + cases {
            let outcome = check(db, &all, &mut Chance::new(case * 31)).await;
            if let Err(difference) = outcome {
                panic!("{:?}, REX_RANDOM_SEED={case}: {difference}", db.dialect());
            }
        }
        Ok(())
    })
    .await;
}

fn columns() -> Columns {
    rex_orm::__::columns::<Person>()
}

async fn check(db: &Db, all: &[Person], chance: &mut Chance) -> std::result::Result<(), String> {
    let test = test(chance, 3);
    let keys: Vec<Key> = (0..chance.below(4)).map(|_| key(chance)).collect();
    let (limit, offset) = (chance.below(2 * all.len()), chance.below(4) * 7);
    let mut expected: Vec<&Person> = all.iter().filter(|person| (test.holds)(person) == Some(true)).collect();
    expected.sort_by(|a, b| {
        let keys = keys.iter().map(|key| (key.compare)(a, b));
        keys.fold(Ordering::Equal, Ordering::then).then(a.id.0.cmp(&b.id.0))
    });
    let expected: Vec<i64> = expected.into_iter().map(|person| person.id.0).collect();
    let mut orders: Vec<Order<Person>> = keys.into_iter().map(|key| key.order).collect();
    orders.push(columns().id.asc());
    let find = || db.person().find().filter(|_| test.cond.clone());
    let told = |error: rex_orm::Error| format!("{error}: {:?}", test.cond);

    let limited = find().order(|_| copies(&orders)).limit(limit as u64).offset(offset as u64);
    let found: Vec<i64> = limited.await.map_err(told)?.iter().map(|person| person.id.0).collect();
    let part: Vec<i64> = expected.iter().skip(offset).take(limit).copied().collect();
    if found != part {
        return Err(format!("{found:?} instead of {part:?}: {:?}, {orders:?}", test.cond));
    }
    let count = find().count().await.map_err(told)?;
    if count != expected.len() as i64 {
        return Err(format!("{count} are counted, {} expected: {:?}", expected.len(), test.cond));
    }
    let size = 1 + chance.below(60) as u64;
    let paged = pages(|| find().order(|_| copies(&orders)), size).await.map_err(told)?;
    if paged != expected {
        return Err(format!("pages of {size}: {paged:?} instead of {expected:?}: {orders:?}"));
    }
    Ok(())
}

fn copies(orders: &[Order<Person>]) -> Vec<Order<Person>> {
    orders.to_vec()
}

/// All rows, page by page; there and back again, which must be the same.
async fn pages(find: impl Fn() -> rex_orm::Find<Person>, size: u64) -> Result<Vec<i64>> {
    let (mut there, mut last): (Vec<Vec<i64>>, Option<Cursor>) = (Vec::new(), None);
    let ids = |rows: &[Person]| rows.iter().map(|person| person.id.0).collect::<Vec<_>>();
    let mut cursor: Option<Cursor> = None;
    loop {
        let page = find().page(size, cursor.as_ref()).await?;
        assert_eq!(page.previous.is_some(), !there.is_empty() && !page.rows.is_empty());
        there.push(ids(&page.rows));
        last = page.previous.or(last);
        cursor = match page.next {
            Some(next) => Some(next.to_string().parse()?),
            None => break,
        };
    }
    let mut back = there.last().cloned().into_iter().collect::<Vec<_>>();
    while let Some(cursor) = last {
        let page = find().page(size, Some(&cursor)).await?;
        assert!(page.next.is_some());
        back.insert(0, ids(&page.rows));
        last = page.previous;
    }
    assert_eq!(back, there);
    Ok(there.concat())
}

fn test(chance: &mut Chance, depth: usize) -> Test {
    match chance.below(if depth == 0 { 1 } else { 5 }) {
        0 | 4 => leaf(chance),
        1 => {
            let Test { cond, holds } = test(chance, depth - 1);
            Test { cond: !cond, holds: Box::new(move |p| holds(p).map(|it| !it)) }
        }
        way => {
            let (a, b) = (test(chance, depth - 1), test(chance, depth - 1));
            let (left, right) = (a.holds, b.holds);
            if way == 2 {
                let both = move |p: &Person| match (left(p), right(p)) {
                    (Some(false), _) | (_, Some(false)) => Some(false),
                    (Some(true), Some(true)) => Some(true),
                    _ => None,
                };
                Test { cond: a.cond & b.cond, holds: Box::new(both) }
            } else {
                let one = move |p: &Person| match (left(p), right(p)) {
                    (Some(true), _) | (_, Some(true)) => Some(true),
                    (Some(false), Some(false)) => Some(false),
                    _ => None,
                };
                Test { cond: a.cond | b.cond, holds: Box::new(one) }
            }
        }
    }
}

/// A comparison by its number, of columns or of what they hold.
macro_rules! compared {
    ($number:expr, $left:expr, $right:expr) => {
        match $number {
            0 => $left.eq($right),
            1 => $left.ne($right),
            2 => $left.lt($right),
            3 => $left.le($right),
            4 => $left.gt($right),
            _ => $left.ge($right),
        }
    };
}

fn holds<T: PartialOrd>(number: usize, left: Option<T>, right: Option<T>) -> Option<bool> {
    let (left, right) = (left?, right?);
    Some(match number {
        0 => left == right,
        1 => left != right,
        2 => left < right,
        3 => left <= right,
        4 => left > right,
        _ => left >= right,
    })
}

fn leaf(chance: &mut Chance) -> Test {
    let (p, n) = (columns(), chance.below(6));
    macro_rules! test {
        ($cond:expr, $holds:expr) => {
            Test { cond: $cond, holds: Box::new($holds) }
        };
    }
    let number = chance.below(60) as i32 - 10;
    let name = chance.one_of(&NAMES);
    let tags: Vec<&str> = (0..chance.below(3)).map(|_| chance.one_of(&TAGS)).collect();
    match chance.below(26) {
        0 => test!(compared!(n, p.age, number), move |p| holds(n, p.age, Some(number))),
        1 => test!(compared!(n, p.visits, p.age), move |p| holds(n, Some(p.visits), p.age.map(i64::from))),
        2 => test!(compared!(n, p.name, name), move |p| holds(n, Some(p.name.as_str()), Some(name))),
        3 => test!(compared!(n, p.nick, p.name), move |p| holds(n, p.nick.as_ref(), Some(&p.name))),
        4 => test!(compared!(n, p.score, f64::from(number)), move |p| holds(n, p.score, Some(number.into()))),
        5 => test!(compared!(n, p.salary, p.bonus), move |p| holds(n, Some(p.salary), p.bonus)),
        6 => test!(compared!(n, p.rank, p.mood), move |p| holds(n, Some(p.rank), p.mood)),
        7 => {
            let born = day(chance);
            test!(compared!(n, p.born, born), move |p| holds(n, p.born, Some(born)))
        }
        8 => test!(p.tags.has_all(tags.clone()), move |p| {
            Some(tags.iter().all(|tag| p.tags.iter().any(|it| it == tag)))
        }),
        9 => test!(p.tags.has_any(tags.clone()), move |p| {
            Some(tags.iter().any(|tag| p.tags.iter().any(|it| it == tag)))
        }),
        10 => test!(p.numbers.has(number % 4), move |p| Some(p.numbers.contains(&(number % 4)))),
        11 => test!(p.nick.is_none(), |p| Some(p.nick.is_none())),
        12 => test!(p.age.in_([Some(number), None]), move |p| {
            // SQL's `IN` and the test for null.
            Some(p.age.is_none() || p.age == Some(number))
        }),
        13 => test!(p.nick.contains(name), move |p| p.nick.as_ref().map(|nick| nick.contains(name))),
        14 => test!(p.name.starts_with(p.nick), |p| p.nick.as_ref().map(|nick| p.name.starts_with(nick))),
        15 => test!(p.name.lower().eq(name.to_lowercase()), move |p| {
            Some(p.name.to_ascii_lowercase() == name.to_lowercase())
        }),
        16 => test!(compared!(n, p.age.add(p.small), number), move |p| {
            holds(n, p.age.map(|age| age + i32::from(p.small)), Some(number))
        }),
        17 => test!(compared!(n, p.salary.mul(p.small).sub(p.bonus), p.age), move |p| {
            let left = p.bonus.map(|bonus| p.salary * Decimal::from(p.small) - bonus);
            holds(n, left, p.age.map(Decimal::from))
        }),
        18 => test!(compared!(n, p.visits.div(p.age.rem(3)), 1i64), move |p| {
            let by = p.age.map(|age| i64::from(age % 3)).filter(|by| *by != 0);
            holds(n, by.map(|by| p.visits / by), Some(1))
        }),
        19 => test!(compared!(n, p.nick.coalesce(p.name).length(), 4), move |p| {
            holds(n, Some(p.nick.as_ref().unwrap_or(&p.name).chars().count() as i64), Some(4))
        }),
        20 => test!(
            compared!(n, p.age.gt(20).then(p.visits).or_when(p.active.eq(true), p.small).otherwise(p.age), 3),
            move |p| {
                let case = match (p.age, p.active) {
                    (Some(age), _) if age > 20 => Some(p.visits),
                    (_, true) => Some(p.small.into()),
                    (age, false) => age.map(i64::from),
                };
                holds(n, case, Some(3))
            }
        ),
        21 => test!(compared!(n, p.seen.hour(), 11), move |p| {
            holds(n, p.seen.map(|seen| seen.hour() as i32), Some(11))
        }),
        22 => test!(p.data.get("a").as_integer().ge(1), |p| {
            p.data.as_ref()?.get("a")?.as_i64().map(|a| a >= 1)
        }),
        23 => test!(p.mood.not_in([Rank::Low, Rank::High]), |p| Some(!matches!(
            p.mood,
            Some(Rank::Low | Rank::High)
        ))),
        24 => test!(p.rank.same(p.mood), |p| Some(Some(p.rank) == p.mood)),
        _ => test!(p.active.eq(true).then(value("x")).otherwise(p.nick).between("a", "y"), |p| {
            let text = if p.active { Some("x") } else { p.nick.as_deref() };
            text.map(|text| ("a"..="y").contains(&text))
        }),
    }
}

/// Keys of every kind, nulls wherever they may stand.
fn key(chance: &mut Chance) -> Key {
    let p = columns();
    macro_rules! key {
        ($by:expr, $value:expr) => {{
            let (up, nulls) = (chance.below(2) == 0, chance.below(3));
            let order = if up { $by.asc() } else { $by.desc() };
            let order = match nulls {
                0 => order,
                1 => order.nulls_first(),
                _ => order.nulls_last(),
            };
            // By default null is the largest.
            let nulls_last = if nulls == 0 { up } else { nulls == 2 };
            let compare = move |a: &Person, b: &Person| match ($value(a), $value(b)) {
                (Some(a), Some(b)) => {
                    let order = a.partial_cmp(&b).expect("there is no NaN");
                    if up { order } else { order.reverse() }
                }
                (a, b) if nulls_last => a.is_none().cmp(&b.is_none()),
                (a, b) => b.is_none().cmp(&a.is_none()),
            };
            Key { order, compare: Box::new(compare) }
        }};
    }
    match chance.below(14) {
        0 => key!(p.age, |p: &Person| p.age),
        1 => key!(p.name, |p: &Person| Some(p.name.clone())),
        2 => key!(p.nick, |p: &Person| p.nick.clone()),
        3 => key!(p.score, |p: &Person| p.score),
        4 => key!(p.bonus, |p: &Person| p.bonus),
        5 => key!(p.mood, |p: &Person| p.mood),
        6 => key!(p.active, |p: &Person| Some(p.active)),
        7 => key!(p.born, |p: &Person| p.born),
        8 => key!(p.seen, |p: &Person| p.seen),
        9 => key!(p.opens, |p: &Person| p.opens),
        10 => key!(p.raw, |p: &Person| p.raw.clone()),
        11 => key!(p.visits.null_if(3).add(p.age), |p: &Person| {
            p.age.filter(|_| p.visits != 3).map(|age| i64::from(age) + p.visits)
        }),
        12 => key!(p.nick.coalesce(p.name).length(), |p: &Person| {
            Some(p.nick.as_ref().unwrap_or(&p.name).chars().count())
        }),
        _ => key!(p.salary.mul(p.bonus), |p: &Person| p.bonus.map(|bonus| p.salary * bonus)),
    }
}
