//! A filter behind a join takes the columns of one table only.

use rex_orm::Result;
use ui::blog::Db;

pub async fn program(db: &Db) -> Result<()> {
    db.post().find().join(|p| p.author()).filter(|p| p.title.eq("On engines")).await?;
    Ok(())
}

fn main() {}
