//! Users and their posts side by side, users without any too.

use std::hint::black_box;

use super::{Running, Times, Workload};
use crate::runtime::places::{EACH, Postgres, Sqlite, USERS};
use crate::runtime::schema::{Db, Post, PostId, User, UserId};

pub(super) struct Join {
    pub(super) rows: usize,
}

impl Workload for Join {
    fn name(&self) -> &'static str {
        "left join"
    }

    fn rows(&self) -> usize {
        self.rows
    }

    fn rex<'a>(&'a self, db: &'a Db, times: Times) -> Running<'a> {
        Box::pin(async move {
            let (first, last) = self.users();
            for _ in times {
                let joined = db.user().find().left_join(|user| user.posts());
                let rows: Vec<(User, Option<Post>)> =
                    joined.filter(|(user, _)| user.id.between(first, last)).await?;
                assert_eq!(black_box(rows).len(), self.rows);
            }
            Ok(())
        })
    }

    fn sqlite(&self, raw: &Sqlite, times: Times) -> rusqlite::Result<()> {
        for _ in times {
            let mut statement = raw.reader().prepare_cached(SQLITE)?;
            let mut rows = statement.query(self.users())?;
            let mut joined = Vec::new();
            while let Some(row) = rows.next()? {
                joined.push(of_sqlite(row)?);
            }
            assert_eq!(black_box(joined).len(), self.rows);
        }
        Ok(())
    }

    fn postgres<'a>(&'a self, raw: &'a Postgres, times: Times) -> Running<'a> {
        Box::pin(async move {
            let statement = raw.prepare(POSTGRES).await?;
            let (first, last) = self.users();
            for _ in times {
                let rows = raw.client.query(&statement, &[&first, &last]).await?;
                let joined: Vec<(User, Option<Post>)> =
                    rows.iter().map(of_postgres).collect::<Result<_, _>>()?;
                assert_eq!(black_box(joined).len(), self.rows);
            }
            Ok(())
        })
    }
}

impl Join {
    /// The first and the last of the users who have so many posts together; one row is of the user
    /// without any.
    fn users(&self) -> (i64, i64) {
        match self.rows as u64 / EACH {
            0 => (USERS as i64 + 1, USERS as i64 + 1),
            users => (1, users as i64),
        }
    }
}

fn of_sqlite(row: &rusqlite::Row<'_>) -> rusqlite::Result<(User, Option<Post>)> {
    let user = User { id: UserId(row.get(0)?), email: row.get(1)?, name: row.get(2)? };
    let Some(id) = row.get::<_, Option<i64>>(3)? else { return Ok((user, None)) };
    Ok((user, Some(Post { id: PostId(id), author_id: UserId(row.get(4)?), title: row.get(5)? })))
}

fn of_postgres(row: &tokio_postgres::Row) -> Result<(User, Option<Post>), tokio_postgres::Error> {
    let user = User { id: UserId(row.try_get(0)?), email: row.try_get(1)?, name: row.try_get(2)? };
    let Some(id) = row.try_get::<_, Option<i64>>(3)? else { return Ok((user, None)) };
    Ok((user, Some(Post { id: PostId(id), author_id: UserId(row.try_get(4)?), title: row.try_get(5)? })))
}

macro_rules! joined {
    () => {
        r#"SELECT u."id", u."email", u."name", p."id", p."author_id", p."title"
    FROM "users" u LEFT JOIN "posts" p ON p."author_id" = u."id" WHERE u."id" BETWEEN "#
    };
}

const SQLITE: &str = concat!(joined!(), "?1 AND ?2");
const POSTGRES: &str = concat!(joined!(), "$1 AND $2");
