//! Rows are locked, in a schema that SQLite serves too.

use ui::blog::Db;

pub async fn program(db: &Db) -> rex_orm::Result<()> {
    db.post().find().for_update().await?;
    Ok(())
}

fn main() {}
