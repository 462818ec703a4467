//! A text is compared with a number.

use ui::blog::Db;

pub async fn program(db: &Db) -> rex_orm::Result<()> {
    db.user().find().filter(|u| u.age.eq("thirty")).await?;
    Ok(())
}

fn main() {}
