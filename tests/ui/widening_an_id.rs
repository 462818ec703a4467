//! An id is taken for a number.

use rex_orm::Result;
use ui::blog::Db;

pub async fn program(db: &Db) -> Result<()> {
    db.post().find().filter(|p| p.author_id.widen::<i64>().gt(3)).await?;
    Ok(())
}

fn main() {}
