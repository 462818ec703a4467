//! One of the rows of a relation to one row is asked for.

use ui::blog::Db;

pub async fn program(db: &Db) -> rex_orm::Result<()> {
    db.post().find().filter(|p| p.author().any(|a| a.age.gt(1))).await?;
    Ok(())
}

fn main() {}
