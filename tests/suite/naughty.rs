//! Texts that are known to break programs, and payloads of SQL injection, at every place that takes a
//! text: stored and read back unchanged, or refused in words; and a table that nobody touches is as it
//! was.

use naughty_strings::BLNS;
use rex_orm::{Dialect, Kind, Result};

use super::raw_sql::on_every_blog;
use crate::blog::{Db, NewPost, NewTag, NewUser};

/// What a text is tried to break out of: a literal, a name, a list, a comment, a pattern, a statement.
const PAYLOADS: [&str; 24] = [
    "'; DROP TABLE canaries; --",
    "\"; DROP TABLE canaries; --",
    "x'); DELETE FROM canaries; --",
    "' OR '1'='1",
    "' OR 1=1 --",
    "') OR ('1'='1",
    "\\'; DROP TABLE canaries; --",
    "' UNION SELECT id, name FROM canaries --",
    "$1",
    "$$; DROP TABLE canaries; $$",
    "$x$ ; DELETE FROM canaries; $x$",
    "?1; ?2; :name; @name",
    "/* */ DROP TABLE canaries /* */",
    "1; UPDATE canaries SET name = 'dead'",
    "{\"}\",\"DROP TABLE canaries\"}",
    "[\"a\"]'::jsonb; DROP TABLE canaries; --",
    "%' ESCAPE '!'; DROP TABLE canaries; --",
    "_%\\_\\%\\\\",
    "*?[a]][*]",
    "\u{2019}; DROP TABLE canaries; --",
    "\u{ff07} OR 1=1 --",
    "a\0b'; DROP TABLE canaries; --",
    "\r\n; DROP TABLE canaries;\r\n--",
    "E'\\x27; DROP TABLE canaries; --'",
];

async fn canary(db: &Db) -> Result<Vec<(i64, String)>> {
    db.sql("SELECT id, name FROM canaries ORDER BY id").await
}

#[tokio::test]
async fn texts_stay_texts_at_every_place() {
    on_every_blog("naughty", async |db| {
        db.sql("CREATE TABLE canaries (id bigint NOT NULL, name text NOT NULL)").execute().await?;
        db.sql("INSERT INTO canaries VALUES (1, 'alive'), (2, $1)").bind("it's").execute().await?;
        let before = canary(&db).await?;
        let mut refused = 0;
        for (n, text) in BLNS.iter().chain(&PAYLOADS).enumerate() {
            match everywhere(&db, n, text).await {
                Ok(()) => assert!(!text.contains('\0') || db.dialect() == Dialect::Sqlite, "{text:?}"),
                Err(error) => {
                    assert_eq!(
                        (error.kind(), db.dialect()),
                        (Kind::InvalidValue, Dialect::Postgres),
                        "{text:?}"
                    );
                    assert!(error.to_string().contains("a NUL character"), "{error}");
                    refused += 1;
                }
            }
        }
        let nuls = BLNS.iter().chain(&PAYLOADS).filter(|text| text.contains('\0')).count();
        assert!(nuls > 0);
        assert_eq!(refused, if db.dialect() == Dialect::Postgres { nuls } else { 0 });
        assert_eq!(canary(&db).await?, before);
        db.check_schema().await
    })
    .await;
}

/// Writes a text wherever a text can be written, reads it back, and asks for it in every way.
async fn everywhere(db: &Db, n: usize, text: &str) -> Result<()> {
    // The rules of the schema bound how long a name may be; a body is of any length.
    let short: String = text.chars().take(40).collect();
    let mark = format!("{n}@");
    let user = db.user().create().email(format!("{mark}{short}")).name(&short).save().await?;
    assert_eq!((user.name.as_str(), &user.email[mark.len()..]), (&*short, &*short));
    let new =
        NewPost { labels: Some(vec![text.to_owned(), String::new()]), ..NewPost::new(&user, &*short, text) };
    let post = db.post().insert(new).await?;
    assert_eq!((&*post.title, &*post.body, &*post.labels[0]), (&*short, text, text));
    assert_eq!(db.post().get(post.id).await?.body, text);

    let found = db.user().by_email(format!("{mark}{short}")).await?;
    assert_eq!(found.map(|found| found.id), Some(user.id));
    let posts = || db.post().find().filter(|p| p.id.eq(post.id));
    assert_eq!(posts().filter(|p| p.body.eq(text)).count().await?, 1);
    assert_eq!(posts().filter(|p| p.body.ne(text)).count().await?, 0);
    assert_eq!(posts().filter(|p| p.body.in_([text, "another"])).count().await?, 1);
    assert_eq!(posts().filter(|p| p.body.ge(text) & p.body.le(text)).count().await?, 1);
    assert_eq!(posts().filter(|p| p.body.starts_with(text)).count().await?, 1, "starts_with {text:?}");
    assert_eq!(posts().filter(|p| p.body.ends_with(text)).count().await?, 1, "ends_with {text:?}");
    assert_eq!(posts().filter(|p| p.body.contains(text)).count().await?, 1, "contains {text:?}");
    let pattern = text.replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_");
    match posts().filter(|p| p.body.like(pattern)).count().await {
        Ok(count) => assert_eq!(count, 1, "like {text:?}"),
        Err(error) => assert!(error.kind() == Kind::InvalidValue && text.contains('\0'), "{error:?}"),
    }
    assert_eq!(posts().filter(|p| p.labels.eq([text, ""].map(str::to_owned))).count().await?, 1);

    let changed = db.post().update(post.id).body(format!("{text}{text}")).save().await?;
    assert_eq!(changed.body, format!("{text}{text}"));
    let raw: Vec<(String, String)> = db
        .sql("SELECT name, $2 FROM users WHERE id = $1 AND name = $3")
        .bind(user.id)
        .bind(text)
        .bind(&*short)
        .await?;
    assert_eq!(raw, [(short.clone(), text.to_owned())]);
    let tag = db
        .tag()
        .insert_many([NewTag::new(format!("{n}{}", short.chars().take(30).collect::<String>()))])
        .await?;
    db.tag().delete(tag[0].id).await?;
    db.user().delete(user.id).await
}

/// The tests above would see a text that gets out.
#[tokio::test]
async fn a_text_that_gets_out_would_be_seen() {
    on_every_blog("naughty_seen", async |db| {
        db.sql("CREATE TABLE canaries (id bigint NOT NULL, name text NOT NULL)").execute().await?;
        db.sql("INSERT INTO canaries VALUES (1, 'alive')").execute().await?;
        let before = canary(&db).await?;
        db.user().insert(NewUser::new("x", "x")).await?;
        db.sql("DELETE FROM canaries").execute().await?;
        assert_ne!(canary(&db).await?, before);
        Ok(())
    })
    .await;
}
