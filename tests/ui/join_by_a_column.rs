//! A column is joined along, and no relation.

use rex_orm::Result;
use ui::blog::Db;

pub async fn program(db: &Db) -> Result<()> {
    db.post().find().join(|p| p.author_id).await?;
    Ok(())
}

fn main() {}
