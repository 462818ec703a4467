//! A column that is never null is asked whether it is.

use ui::blog::Db;

pub async fn program(db: &Db) -> rex_orm::Result<()> {
    db.user().find().filter(|u| u.name.is_none()).await?;
    Ok(())
}

fn main() {}
