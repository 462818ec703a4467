//! Users with their posts, and those with their comments: three queries that see one state of the
//! database.

use std::collections::HashMap;
use std::hash::Hash;
use std::hint::black_box;

use super::{Running, Times, Workload};
use crate::runtime::places::{Postgres, Sqlite};
use crate::runtime::schema::{Comment, CommentId, Db, Post, PostId, User, UserId};

/// The query of one level: by the key of users, by that of their parents below.
macro_rules! sql {
    ("users", $rest:literal) => {
        concat!(r#"SELECT "id", "email", "name" FROM "users" WHERE "id" "#, $rest)
    };
    ("posts", $rest:literal) => {
        concat!(r#"SELECT "id", "author_id", "title" FROM "posts" WHERE "author_id" "#, $rest)
    };
    ("comments", $rest:literal) => {
        concat!(r#"SELECT "id", "post_id", "text" FROM "comments" WHERE "post_id" "#, $rest)
    };
}

pub(super) struct Nested {
    pub(super) users: usize,
}

/// What comes of it.
type Loaded = Vec<(User, Vec<(Post, Vec<Comment>)>)>;

impl Workload for Nested {
    fn name(&self) -> &'static str {
        "nested"
    }

    fn rows(&self) -> usize {
        self.users
    }

    fn rex<'a>(&'a self, db: &'a Db, times: Times) -> Running<'a> {
        Box::pin(async move {
            for _ in times {
                let users = db.user().find().filter(|user| user.id.le(self.users as i64));
                let loaded: Loaded = users.with(|user| user.posts().with(|post| post.comments())).await?;
                assert_eq!(black_box(loaded).len(), self.users);
            }
            Ok(())
        })
    }

    fn sqlite(&self, raw: &Sqlite, times: Times) -> rusqlite::Result<()> {
        let reader = raw.reader();
        for _ in times {
            reader.prepare_cached("BEGIN")?.execute([])?;
            let mut users = Vec::new();
            let mut statement = reader.prepare_cached(sql!("users", "<= ?1"))?;
            let mut rows = statement.query([self.users as i64])?;
            while let Some(row) = rows.next()? {
                users.push(User { id: UserId(row.get(0)?), email: row.get(1)?, name: row.get(2)? });
            }
            let mut posts = Vec::new();
            let mut statement =
                reader.prepare_cached(sql!("posts", "IN (SELECT value FROM json_each(?1))"))?;
            let mut rows = statement.query([list(users.iter().map(|user| user.id.0))])?;
            while let Some(row) = rows.next()? {
                posts.push(Post {
                    id: PostId(row.get(0)?),
                    author_id: UserId(row.get(1)?),
                    title: row.get(2)?,
                });
            }
            let mut comments = Vec::new();
            let mut statement =
                reader.prepare_cached(sql!("comments", "IN (SELECT value FROM json_each(?1))"))?;
            let mut rows = statement.query([list(posts.iter().map(|post| post.id.0))])?;
            while let Some(row) = rows.next()? {
                comments.push(Comment {
                    id: CommentId(row.get(0)?),
                    post_id: PostId(row.get(1)?),
                    text: row.get(2)?,
                });
            }
            reader.prepare_cached("COMMIT")?.execute([])?;
            assert_eq!(black_box(put_together(users, posts, comments)).len(), self.users);
        }
        Ok(())
    }

    fn postgres<'a>(&'a self, raw: &'a Postgres, times: Times) -> Running<'a> {
        Box::pin(async move {
            let client = &raw.client;
            let for_users = raw.prepare(sql!("users", "<= $1")).await?;
            let for_posts = raw.prepare(sql!("posts", "= ANY($1)")).await?;
            let for_comments = raw.prepare(sql!("comments", "= ANY($1)")).await?;
            for _ in times {
                client.batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
                let rows = client.query(&for_users, &[&(self.users as i64)]).await?;
                let user = |row: &tokio_postgres::Row| {
                    Ok(User { id: UserId(row.try_get(0)?), email: row.try_get(1)?, name: row.try_get(2)? })
                };
                let users: Vec<User> = rows.iter().map(user).collect::<Result<_, tokio_postgres::Error>>()?;
                let keys: Vec<i64> = users.iter().map(|user| user.id.0).collect();
                let rows = client.query(&for_posts, &[&keys]).await?;
                let post = |row: &tokio_postgres::Row| {
                    let (id, author_id) = (PostId(row.try_get(0)?), UserId(row.try_get(1)?));
                    Ok(Post { id, author_id, title: row.try_get(2)? })
                };
                let posts: Vec<Post> = rows.iter().map(post).collect::<Result<_, tokio_postgres::Error>>()?;
                let keys: Vec<i64> = posts.iter().map(|post| post.id.0).collect();
                let rows = client.query(&for_comments, &[&keys]).await?;
                let comment = |row: &tokio_postgres::Row| {
                    let (id, post_id) = (CommentId(row.try_get(0)?), PostId(row.try_get(1)?));
                    Ok(Comment { id, post_id, text: row.try_get(2)? })
                };
                let comments: Vec<Comment> =
                    rows.iter().map(comment).collect::<Result<_, tokio_postgres::Error>>()?;
                client.batch_execute("COMMIT").await?;
                assert_eq!(black_box(put_together(users, posts, comments)).len(), self.users);
            }
            Ok(())
        })
    }
}

fn put_together(users: Vec<User>, posts: Vec<Post>, comments: Vec<Comment>) -> Loaded {
    let mut of_posts = grouped(comments, |comment| comment.post_id);
    let posts = posts.into_iter().map(|post| {
        let comments = of_posts.remove(&post.id).unwrap_or_default();
        (post, comments)
    });
    let mut of_users = grouped(posts, |(post, _)| post.author_id);
    let users = users.into_iter().map(|user| {
        let posts = of_users.remove(&user.id).unwrap_or_default();
        (user, posts)
    });
    users.collect()
}

fn grouped<K: Eq + Hash, T>(rows: impl IntoIterator<Item = T>, key: impl Fn(&T) -> K) -> HashMap<K, Vec<T>> {
    let mut groups = HashMap::<K, Vec<T>>::new();
    for row in rows {
        groups.entry(key(&row)).or_default().push(row);
    }
    groups
}

/// Keys as a list in JSON.
fn list(keys: impl Iterator<Item = i64>) -> String {
    let keys: Vec<String> = keys.map(|key| key.to_string()).collect();
    format!("[{}]", keys.join(","))
}
