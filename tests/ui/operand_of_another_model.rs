//! A column of users stands beside one of posts.

use ui::blog::Db;

pub async fn program(db: &Db) -> rex_orm::Result<()> {
    db.user().find().with(|u| u.posts().filter(|p| p.title.eq(u.name))).await?;
    Ok(())
}

fn main() {}
