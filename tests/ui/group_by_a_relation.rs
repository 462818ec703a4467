//! Posts are grouped by a relation, and no column.

use rex_orm::Result;
use rex_orm::count;
use ui::blog::Db;

pub async fn program(db: &Db) -> Result<()> {
    db.post().find().group_by(|p| p.author()).select(|_, _| count()).await?;
    Ok(())
}

fn main() {}
