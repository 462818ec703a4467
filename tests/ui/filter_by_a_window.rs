//! Rows are kept by their rank, which is not known yet.

use rex_orm::Result;
use rex_orm::rank;
use ui::blog::Db;

pub async fn program(db: &Db) -> Result<()> {
    db.post().find().filter(|p| rank().partition(p.author_id).le(3)).await?;
    Ok(())
}

fn main() {}
