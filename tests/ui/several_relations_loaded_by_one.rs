//! Two relations are loaded along by one call.

use ui::blog::Db;

pub async fn program(db: &Db) -> rex_orm::Result<()> {
    db.user().find().with(|u| (u.posts(), u.comments())).await?;
    Ok(())
}

fn main() {}
