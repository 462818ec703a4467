//! A number is given for a text.

use ui::blog::Db;

pub async fn program(db: &Db) -> rex_orm::Result<()> {
    db.tag().create().name(5).save().await?;
    Ok(())
}

fn main() {}
