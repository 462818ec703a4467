//! A column that is never null is set to one that may be.

use ui::blog::Db;

pub async fn program(db: &Db) -> rex_orm::Result<()> {
    db.user().update(1).set(|r, u| r.name(u.age)).save().await?;
    Ok(())
}

fn main() {}
