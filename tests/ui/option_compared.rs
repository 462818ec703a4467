//! A column that is never null is compared with an Option.

use ui::blog::Db;

pub async fn program(db: &Db, name: Option<String>) -> rex_orm::Result<()> {
    db.user().find().filter(|u| u.name.eq(name)).await?;
    Ok(())
}

fn main() {}
