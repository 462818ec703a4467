//! A relation is tested for null, and not its key.

use rex_orm::Result;
use ui::blog::Db;

pub async fn program(db: &Db) -> Result<()> {
    db.post().find().filter(|p| p.reviewer().is_none()).await?;
    Ok(())
}

fn main() {}
