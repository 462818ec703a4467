//! One scenario for all databases: what it answers is written down, and is the same everywhere.

use std::fmt::Write as _;

use crate::blog::{Db, NewComment, NewPost, NewTag, NewUser, Role, User, comment, post, profile, user};
use crate::support::postgres;

/// Lines that tell what happened, without what differs between runs: ids that are random, times.
#[derive(Default)]
struct Transcript(String);

impl Transcript {
    fn say(&mut self, line: impl std::fmt::Display) {
        writeln!(self.0, "{line}").expect("text can be written to");
    }

    fn heading(&mut self, text: &str) {
        self.say(format_args!("\n# {text}"));
    }
}

type Result<T = ()> = rex_orm::Result<T>;

#[tokio::test]
async fn sqlite_in_memory() {
    let db = Db::connect("sqlite::memory:").await.expect("a database in memory");
    check(db).await;
}

#[tokio::test]
async fn sqlite_in_a_file() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let url = format!("sqlite://{}", folder.path().join("blog.db").display());
    let db = Db::connect(&url).await.expect("a database in a file");
    check(db).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_in_a_file_on_several_threads() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let url = format!("sqlite://{}", folder.path().join("blog.db").display());
    let db = Db::connect(&url).await.expect("a database in a file");
    check(db).await;
}

#[tokio::test]
async fn postgresql() {
    let database = postgres::server().database("scenario");
    let db = Db::connect(&database.url()).await.expect("a PostgreSQL server");
    check(db).await;
}

/// The same snapshot for every database.
async fn check(db: Db) {
    let transcript = match run(&db).await {
        Ok(transcript) => transcript.0,
        Err(error) => panic!("the scenario failed: {error}\n{error:?}"),
    };
    insta::assert_snapshot!("scenario", transcript);
}

async fn run(db: &Db) -> Result<Transcript> {
    let mut t = Transcript::default();
    db.create_schema().await?;
    let again = db.create_schema().await.expect_err("the tables are there");
    t.say(format_args!("create_schema again: {:?}", again.kind()));
    let (ada, grace) = users(db, &mut t).await?;
    finding(db, &mut t).await?;
    posts(db, &mut t, &ada, &grace).await?;
    loading(db, &mut t).await?;
    following(db, &mut t, &ada).await?;
    updating(db, &mut t, &ada).await?;
    transactions(db, &mut t, &ada).await?;
    conflicts(db, &mut t, &ada).await?;
    deleting(db, &mut t, &ada, &grace).await?;
    Ok(t)
}

fn show(user: &User) -> String {
    format!("{} {} {} {} {:?}", user.id, user.email, user.name, user.role, user.age)
}

async fn users(db: &Db, t: &mut Transcript) -> Result<(User, User)> {
    t.heading("create, insert, get, by_email");
    let ada =
        db.user().create().email("ada@example.com").name("Ada").role(Role::Author).age(36).save().await?;
    t.say(show(&ada));
    let grace = db.user().insert(NewUser::new("grace@example.com", "Grace")).await?;
    t.say(show(&grace));
    let many = (1..=5)
        .map(|n| NewUser { age: Some(n * 10), ..NewUser::new(format!("u{n}@example.com"), format!("U{n}")) });
    let many = db.user().insert_many(many).await?;
    t.say(many.iter().map(show).collect::<Vec<_>>().join("\n"));
    t.say(format_args!("insert_many of none: {}", db.user().insert_many([]).await?.len()));
    t.say(show(&db.user().get(ada.id).await?));
    t.say(show(&db.user().get(2).await?));
    assert_eq!(db.user().get(&ada).await?, ada);
    assert_eq!(db.user().by_email("ada@example.com").await?.as_ref(), Some(&ada));
    t.say(format_args!("by_email of nobody: {:?}", db.user().by_email("nobody").await?));
    let missing = db.user().get(99).await.expect_err("there is no user 99");
    t.say(format_args!("get 99: {:?}", missing.kind()));
    Ok((ada, grace))
}

async fn finding(db: &Db, t: &mut Transcript) -> Result {
    t.heading("find");
    let names = |users: Vec<User>| users.into_iter().map(|user| user.name).collect::<Vec<_>>().join(" ");
    let find = || db.user().find().order(|u| u.id.asc());
    t.say(format_args!("all: {}", names(find().await?)));
    t.say(format_args!("age >= 30: {}", names(find().filter(|u| u.age.ge(30)).await?)));
    t.say(format_args!("age is none: {}", names(find().filter(|u| u.age.is_none()).await?)));
    t.say(format_args!("not age >= 30: {}", names(find().filter(|u| !u.age.ge(30)).await?)));
    t.say(format_args!("or: {}", names(find().filter(|u| u.name.eq("Ada") | u.age.eq(50)).await?)));
    t.say(format_args!("and: {}", names(find().filter(|u| u.age.gt(10) & u.age.lt(40)).await?)));
    t.say(format_args!(
        "two filters: {}",
        names(find().filter(|u| u.age.gt(10)).filter(|u| u.age.lt(40)).await?)
    ));
    t.say(format_args!("starts_with: {}", names(find().filter(|u| u.name.starts_with("U")).await?)));
    t.say(format_args!("contains %: {}", names(find().filter(|u| u.name.contains("%")).await?)));
    t.say(format_args!("in: {}", names(find().filter(|u| u.age.in_([10, 20])).await?)));
    t.say(format_args!("in none: {}", names(find().filter(|u| u.age.in_([0; 0])).await?)));
    t.say(format_args!("in many: {}", names(find().filter(|u| u.id.in_(0..100_000)).await?)));
    t.say(format_args!("role: {}", names(find().filter(|u| u.role.eq(Role::Author)).await?)));
    t.say(format_args!("role > reader: {}", names(find().filter(|u| u.role.gt(Role::Reader)).await?)));
    t.say(format_args!("limit, offset: {}", names(find().limit(2).offset(1).await?)));
    t.say(format_args!("offset: {}", names(find().offset(5).await?)));
    let by = db.user().find().order(|u| (u.age.desc(), u.name.desc()));
    t.say(format_args!("by age, nulls first: {}", names(by.await?)));
    let by = db.user().find().order(|u| (u.role.desc(), u.id.asc()));
    t.say(format_args!("by role: {}", names(by.limit(3).await?)));
    let count = db.user().find().filter(|u| u.age.is_some()).count().await?;
    let exists = db.user().find().filter(|u| u.age.gt(100)).exists().await?;
    t.say(format_args!("count {count}, exists {exists}"));
    Ok(())
}

async fn posts(db: &Db, t: &mut Transcript, ada: &User, grace: &User) -> Result {
    t.heading("posts, tags, comments");
    let tags = db.tag().insert_many(["b", "a", "c"].map(NewTag::new)).await?;
    for n in 1..=4 {
        let post =
            db.post().create().author(ada).title(format!("P{n}")).body("…").labels(["x", "y"]).save().await?;
        let linked = db.post().tags(post.id).add(&tags[..n.min(3)]).await?;
        let again = db.post().tags(post.id).add(&tags[..1]).await?;
        t.say(format_args!(
            "{} {:?} by {}: {linked} links, again {again}",
            post.title, post.labels, post.author_id
        ));
        for m in 1..=n {
            db.comment().create().post(&post).author(grace).body(format!("C{n}{m}")).save().await?;
        }
    }
    let reviewed = NewPost { reviewer_id: Some(ada.id), ..NewPost::new(grace, "R", "…") };
    let reviewed = db.post().insert(reviewed).await?;
    t.say(format_args!("{} {:?} reviewed by {:?}", reviewed.title, reviewed.labels, reviewed.reviewer_id));
    let first = db.comment().find().order(|c| c.id.asc()).one().await?;
    db.comment().create().post(first.post_id).author(ada).parent(&first).body("reply").save().await?;
    let found = db.post().by_author_title(ada, "P2").await?;
    t.say(format_args!("by_author_title: {:?}", found.map(|post| post.title)));
    Ok(())
}

async fn loading(db: &Db, t: &mut Transcript) -> Result {
    t.heading("eager loading");
    let users = db
        .user()
        .find()
        .order(|u| u.id.asc())
        .limit(3)
        .with(|u| u.profile())
        .with(|u| {
            u.posts()
                .order(|p| p.title.desc())
                .limit(2)
                .with(|p| p.tags().order(|tag| tag.name.asc()))
                .with(|p| p.comments().order(|c| c.id.asc()).with(|c| c.author()).with(|c| c.replies()))
        })
        .with(|u| u.reviews().with(|p| p.reviewer()))
        .await?;
    for (user, profile, posts, reviews) in users {
        t.say(format_args!("{}, profile {}, {} reviews", user.name, profile.is_some(), reviews.len()));
        for (post, tags, comments) in posts {
            let tags: Vec<&str> = tags.iter().map(|tag| tag.name.as_str()).collect();
            t.say(format_args!("  {} [{}]", post.title, tags.join(" ")));
            for (comment, author, replies) in comments {
                let replies: Vec<&str> = replies.iter().map(|reply| reply.body.as_str()).collect();
                t.say(format_args!("    {} by {} {replies:?}", comment.body, author.name));
            }
        }
    }
    let (comment, post, parent) = db
        .comment()
        .find()
        .filter(|c| c.body.eq("reply"))
        .with(|c| c.post().with(|p| p.author()))
        .with(|c| c.parent())
        .one()
        .await?;
    t.say(format_args!(
        "{} on {} by {}, to {:?}",
        comment.body,
        post.0.title,
        post.1.name,
        parent.map(|c| c.body)
    ));
    Ok(())
}

async fn following(db: &Db, t: &mut Transcript, ada: &User) -> Result {
    t.heading("from a row");
    let posts = ada.posts(db).order(|p| p.title.asc()).limit(2).await?;
    t.say(posts.iter().map(|post| post.title.as_str()).collect::<Vec<_>>().join(" "));
    let tags = posts[1].tags(db).order(|tag| tag.name.desc()).await?;
    t.say(tags.iter().map(|tag| tag.name.as_str()).collect::<Vec<_>>().join(" "));
    t.say(posts[0].author(db).await?.name);
    t.say(format_args!("reviewer: {:?}", posts[0].reviewer(db).await?.map(|user| user.name)));
    t.say(format_args!("profile: {:?}", ada.profile(db).await?.map(|profile| profile.bio)));
    let posts_of_tag = tags[0].posts(db).count().await?;
    t.say(format_args!("{} has {posts_of_tag} posts", tags[0].name));
    let set = db.post().tags(posts[1].id).set([tags[0].id]).await;
    let left = posts[1].tags(db).count().await?;
    t.say(format_args!("set one tag: {}, {left} left", set.is_ok()));
    let removed = db.post().tags(posts[1].id).remove([tags[0].id]).await?;
    t.say(format_args!("removed {removed}, {} left", posts[1].tags(db).count().await?));
    Ok(())
}

async fn updating(db: &Db, t: &mut Transcript, ada: &User) -> Result {
    t.heading("update");
    t.say(show(&db.user().update(ada.id).name("Ada L.").age(None).save().await?));
    t.say(show(&db.user().update(ada).save().await?));
    let missing = db.user().update(99).name("x").save().await.expect_err("there is no user 99");
    t.say(format_args!("update 99: {:?}", missing.kind()));
    let many = db.user().find().filter(|u| u.name.starts_with("U")).update().role(Role::Admin).save().await?;
    t.say(format_args!("updated {many}"));
    let none = db.user().find().filter(|u| u.name.eq("nobody")).update().role(Role::Admin).save().await?;
    t.say(format_args!("updated {none}"));
    Ok(())
}

async fn transactions(db: &Db, t: &mut Transcript, ada: &User) -> Result {
    t.heading("transactions");
    let name = async || Ok::<_, rex_orm::Error>(db.user().get(ada).await?.name);
    db.transaction(async |tx| tx.user().update(ada).name("committed").save().await).await?;
    t.say(name().await?);
    let error = db
        .transaction(async |tx| {
            tx.user().update(ada).name("rolled back").save().await?;
            tx.user().get(99).await
        })
        .await
        .expect_err("there is no user 99");
    t.say(format_args!("{:?}: {}", error.kind(), name().await?));
    db.transaction(async |tx| {
        tx.user().update(ada).name("outer").save().await?;
        let inner = tx
            .transaction(async |inner| {
                inner.user().update(ada).name("inner").save().await?;
                inner.user().get(99).await
            })
            .await;
        assert!(inner.is_err());
        Ok(())
    })
    .await?;
    t.say(format_args!("savepoint: {}", name().await?));
    let outer = db.transaction(async |_tx| db.user().get(ada).await).await.expect_err("the outer handle");
    t.say(format_args!("outer handle: {:?}", outer.kind()));
    let mut kept = None;
    db.transaction(async |tx| {
        kept = Some(tx.clone());
        Ok(())
    })
    .await?;
    let ended =
        kept.expect("the handle was kept").user().get(ada).await.expect_err("the transaction has ended");
    t.say(format_args!("ended handle: {:?}", ended.kind()));
    Ok(())
}

async fn conflicts(db: &Db, t: &mut Transcript, ada: &User) -> Result {
    t.heading("conflicts");
    let mut tell = |what: &str, error: rex_orm::Error| {
        t.say(format_args!("{what}: {:?} {:?} {:?}", error.kind(), error.constraint(), error.column()));
    };
    let email = db.user().create().email("ada@example.com").name("x").save().await.expect_err("a second Ada");
    assert_eq!(email.conflict::<user::Unique>(), Some(user::Unique::Email));
    assert!(!format!("{email} {email:?}").contains("ada@example.com"), "a value in {email:?}");
    tell("unique", email);
    let id = db.user().create().id(ada.id).email("x").name("x").save().await.expect_err("a second id");
    assert_eq!(id.conflict::<user::Unique>(), Some(user::Unique::Id));
    tell("primary key", id);
    let title = db.post().insert(NewPost::new(ada, "P1", "")).await.expect_err("a second P1");
    assert_eq!(title.conflict::<post::Unique>(), Some(post::Unique::AuthorTitle));
    tell("composite", title);
    db.profile().create().user(ada).bio("x").save().await?;
    let profile = db.profile().create().user(ada).bio("y").save().await.expect_err("a second profile");
    assert_eq!(profile.conflict::<profile::Unique>(), Some(profile::Unique::User));
    tell("one-to-one", profile);
    let author = db.post().create().author(99).title("x").body("x").save().await.expect_err("no author 99");
    tell("foreign key", author);
    let post = db.post().find().one().await?;
    let parent = NewComment { parent_id: Some(comment::CommentId(99)), ..NewComment::new(&post, ada, "x") };
    tell("another", db.comment().insert(parent).await.expect_err("no comment 99"));
    let long = db.user().create().email("x".repeat(256)).name("x").save().await.expect_err("256 characters");
    t.say(format_args!("too long: {:?}", long.kind()));
    Ok(())
}

async fn deleting(db: &Db, t: &mut Transcript, ada: &User, grace: &User) -> Result {
    t.heading("delete");
    let missing = db.user().delete(99).await.expect_err("there is no user 99");
    t.say(format_args!("delete 99: {:?}", missing.kind()));
    let before = db.comment().find().count().await?;
    db.user().delete(grace).await?;
    let after = db.comment().find().count().await?;
    t.say(format_args!("comments: {before}, then {after}"));
    let some = db.user().find().filter(|u| u.name.starts_with("U")).delete().await?;
    t.say(format_args!("deleted {some}"));
    db.user().delete(ada.id).await?;
    t.say(format_args!("posts: {}", db.post().find().count().await?));
    t.say(format_args!("tags: {}", db.tag().find().count().await?));
    Ok(())
}
