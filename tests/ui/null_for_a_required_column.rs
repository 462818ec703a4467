//! A column that is never null is set to null.

use ui::blog::Db;

pub async fn program(db: &Db) -> rex_orm::Result<()> {
    db.user().update(1).name(None).save().await?;
    Ok(())
}

fn main() {}
