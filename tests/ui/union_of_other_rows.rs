//! Names and ids are put together.

use rex_orm::Result;
use ui::blog::Db;

pub async fn program(db: &Db) -> Result<()> {
    let names = db.user().find().select(|u| u.name);
    names.union(db.post().find().select(|p| p.id)).await?;
    Ok(())
}

fn main() {}
