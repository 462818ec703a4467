//! A relation's condition is over the wrong model.

use ui::blog::Db;

pub async fn program(db: &Db) -> rex_orm::Result<()> {
    db.user().find().filter(|u| u.posts().any(|_| u.age.gt(1))).await?;
    Ok(())
}

fn main() {}
