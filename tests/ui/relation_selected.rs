//! A relation is selected, and no value of it.

use ui::blog::Db;

pub async fn program(db: &Db) -> rex_orm::Result<()> {
    db.user().find().select(|u| (u.name, u.posts())).await?;
    Ok(())
}

fn main() {}
