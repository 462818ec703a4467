//! A column is selected that is neither grouped by nor aggregated.

use rex_orm::Result;
use ui::blog::Db;

pub async fn program(db: &Db) -> Result<()> {
    db.post().find().group_by(|p| p.author_id).select(|author, p| (author, p.title)).await?;
    Ok(())
}

fn main() {}
