//! What leads to one row is counted.

use rex_orm::Result;
use ui::blog::Db;

pub async fn program(db: &Db) -> Result<()> {
    db.post().find().with_count(|p| p.author()).await?;
    Ok(())
}

fn main() {}
