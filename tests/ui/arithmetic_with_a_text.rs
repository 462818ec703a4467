//! A number is added to a text.

use ui::blog::Db;

pub async fn program(db: &Db) -> rex_orm::Result<()> {
    db.user().find().filter(|u| u.name.add(1).gt(2)).await?;
    Ok(())
}

fn main() {}
