//! What the repository has in common with others changes a row that has versions by its key.

use ui::blog::Db;

pub async fn program(db: &Db) -> rex_orm::Result<()> {
    (*db.account()).update(7).balance(1).save().await?;
    Ok(())
}

fn main() {}
