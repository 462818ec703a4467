//! The example application: a blog.
//!
//! It applies its migrations to an embedded SQLite database in a temporary place, or to the database
//! that `DATABASE_URL` names, and then does a little of everything, telling each step.

mod blog {
    rex_orm::include_schema!();
}
mod place;

use std::process::ExitCode;

use blog::user::Unique;
use blog::{Db, NewTag, Post, Role, Tag, User};
use place::Place;

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> rex_orm::Result<()> {
    let place = Place::choose();
    let db = Db::connect(&place.url).await?;
    println!("connected to {}", place.shown);

    let report = db.migrate().await?;
    println!("applied {}\n", report.migrations().collect::<Vec<_>>().join(", "));

    let (ada, grace) = write(&db).await?;
    read(&db).await?;
    from_a_row(&db, &ada).await?;
    update(&db, &ada, &grace).await?;
    conflict(&db).await
}

/// Writes users, a profile, tags, posts and comments.
async fn write(db: &Db) -> rex_orm::Result<(User, User)> {
    let ada =
        db.user().create().email("ada@example.com").name("Ada").role(Role::Author).age(36).save().await?;
    let grace = db.user().create().email("grace@example.com").name("Grace").save().await?;
    db.profile().create().user(&ada).bio("Writes the first programs.").save().await?;

    let names = ["compilers", "history", "engines"];
    let tags = db.tag().insert_many(names.map(NewTag::new)).await?;

    let engine = post(db, &ada, "On the Analytical Engine", &tags[1..]).await?;
    let notes = post(db, &ada, "Notes on Notes", &tags[..2]).await?;

    let comment = db.comment().create().post(&engine).author(&grace).body("It weaves!").save().await?;
    db.comment()
        .create()
        .post(&engine)
        .author(&ada)
        .parent(&comment)
        .body("Algebraical patterns.")
        .save()
        .await?;
    db.comment().create().post(&notes).author(&grace).body("More, please.").save().await?;

    println!(
        "wrote {} users, {} tags, {} posts, {} comments\n",
        db.user().find().count().await?,
        tags.len(),
        db.post().find().count().await?,
        db.comment().find().count().await?,
    );
    Ok((ada, grace))
}

/// Writes a post, and links it to its tags: both or nothing.
async fn post(db: &Db, author: &User, title: &str, tags: &[Tag]) -> rex_orm::Result<Post> {
    db.transaction(async |tx| {
        let post = tx.post().create().author(author).title(title).body("…").save().await?;
        tx.post().tags(&post).add(tags).await?;
        Ok(post)
    })
    .await
}

/// Reads everything with nested eager loading: one statement for each relation, however many
/// rows there are.
async fn read(db: &Db) -> rex_orm::Result<()> {
    let users = db
        .user()
        .find()
        .order(|u| u.name.asc())
        .with(|u| u.profile())
        .with(|u| {
            u.posts()
                .order(|p| p.title.asc())
                .limit(5)
                .with(|p| p.tags().order(|t| t.name.asc()))
                .with(|p| p.comments().with(|c| c.author()))
        })
        .await?;

    for (user, profile, posts) in users {
        let bio = profile.map_or_else(String::new, |profile| format!(": {}", profile.bio));
        println!("{} ({}){bio}", user.name, user.role);
        for (post, tags, comments) in posts {
            let tags: Vec<&str> = tags.iter().map(|tag| tag.name.as_str()).collect();
            println!("  {} [{}]", post.title, tags.join(", "));
            for (comment, author) in comments {
                println!("    {}: {}", author.name, comment.body);
            }
        }
    }
    println!();
    Ok(())
}

/// Follows relations from a row in hand, and filters.
async fn from_a_row(db: &Db, ada: &User) -> rex_orm::Result<()> {
    let drafts = ada.posts(db).filter(|p| p.published_at.is_none()).count().await?;
    let found =
        db.post().find().filter(|p| p.title.starts_with("On ") | p.title.contains("Engine")).one().await?;
    let author = found.author(db).await?;
    println!("{} has {drafts} unpublished posts; “{}” is by {}", ada.name, found.title, author.name);
    Ok(())
}

/// Changes several rows in a transaction, and lets another one fail.
async fn update(db: &Db, ada: &User, grace: &User) -> rex_orm::Result<()> {
    db.transaction(async |tx| {
        tx.user().update(grace).role(Role::Admin).save().await?;
        tx.user().update(ada).age(None).save().await
    })
    .await?;
    println!("made {} an admin, and forgot the age of {}", grace.name, ada.name);

    let failed: rex_orm::Result<User> = db
        .transaction(async |tx| {
            tx.user().update(ada).name("Nobody").save().await?;
            tx.user().update(grace).email("ada@example.com").save().await
        })
        .await;
    let name = db.user().get(ada).await?.name;
    println!("a transaction that {} was rolled back: she is still {name}\n", outcome(&failed));
    Ok(())
}

fn outcome<T>(result: &rex_orm::Result<T>) -> &'static str {
    if result.is_ok() { "succeeded" } else { "failed" }
}

/// Breaks a unique constraint, and finds out which.
async fn conflict(db: &Db) -> rex_orm::Result<()> {
    match db.user().create().email("ada@example.com").name("Another Ada").save().await {
        Err(error) if error.conflict::<Unique>() == Some(Unique::Email) => {
            println!("a second ada@example.com is refused:\n  {error}");
            Ok(())
        }
        Err(error) => Err(error),
        Ok(user) => {
            println!("the database took {} twice", user.email);
            Ok(())
        }
    }
}
