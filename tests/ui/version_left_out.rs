//! A row that has versions is changed by its key alone.

use ui::blog::Db;

pub async fn program(db: &Db) -> rex_orm::Result<()> {
    db.account().update(7).balance(1).save().await?;
    Ok(())
}

fn main() {}
