//! A text is compared with a column of numbers.

use ui::blog::Db;

pub async fn program(db: &Db) -> rex_orm::Result<()> {
    db.user().find().filter(|u| u.name.eq(u.age)).await?;
    Ok(())
}

fn main() {}
