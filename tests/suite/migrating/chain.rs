//! Migrations that tests are made of.

use rex_orm::migrate::{Migration, Migrations, Scripts};
use rex_sql::Dialect;
use rex_sql::migration::Head;

/// A migration of a test: the same SQL for both databases.
#[derive(Clone, Copy)]
pub(super) struct Draft<'a> {
    pub(super) id: &'a str,
    pub(super) up: &'a str,
    pub(super) down: &'a str,
    pub(super) compatible: bool,
}

impl<'a> Draft<'a> {
    pub(super) fn new(id: &'a str, up: &'a str, down: &'a str) -> Draft<'a> {
        Draft { id, up, down, compatible: false }
    }
}

/// Each follows the one before.
pub(super) fn chain(drafts: &[Draft<'_>]) -> Migrations {
    let mut list: Vec<Migration> = Vec::new();
    for draft in drafts {
        let parent = list.last().map(|migration| migration.identity);
        list.push(following(parent.map(|parent| parent.to_string()), draft));
    }
    Migrations { list: list.into() }
}

/// A migration behind another.
pub(super) fn following(parent: Option<String>, draft: &Draft<'_>) -> Migration {
    let parent = parent.map(|hash| hash.parse().expect("it was printed"));
    let head = Head::new(parent, draft.compatible).print();
    let scripts = [Dialect::Postgres, Dialect::Sqlite].map(|dialect| Scripts {
        dialect,
        up: draft.up.to_owned().into(),
        down: (!draft.down.is_empty()).then(|| draft.down.to_owned().into()),
    });
    Migration::read(draft.id, &format!("{head}\n"), scripts.to_vec()).expect("the head is right")
}

pub(super) const USERS: Draft<'_> = Draft {
    id: "20260101T000000_users",
    up: "CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL);\n\
         INSERT INTO users (id, name) VALUES (1, 'Ada; Countess');\n",
    down: "DROP TABLE users;\n",
    compatible: false,
};

pub(super) const POSTS: Draft<'_> = Draft {
    id: "20260102T000000_posts",
    up: "-- rex: step transaction\nCREATE TABLE posts (id INTEGER NOT NULL PRIMARY KEY, author_id INTEGER);\n\n\
         -- rex: step transaction\n-- say who wrote the first\nINSERT INTO posts (id, author_id) VALUES (1, 1);\n\n\
         -- rex: step transaction\nALTER TABLE users ADD COLUMN age INTEGER;\n",
    down: "-- rex: step transaction\nALTER TABLE users DROP COLUMN age;\n\n\
           -- rex: step transaction\nDROP TABLE posts;\n",
    compatible: false,
};

pub(super) const TAGS: Draft<'_> = Draft {
    id: "20260103T000000_tags",
    up: "CREATE TABLE tags (id INTEGER NOT NULL PRIMARY KEY);\n",
    down: "DROP TABLE tags;\n",
    compatible: true,
};
