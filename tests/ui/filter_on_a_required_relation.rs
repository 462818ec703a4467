//! A row that is always there is filtered away.

use ui::blog::Db;

pub async fn program(db: &Db) -> rex_orm::Result<()> {
    db.post().find().with(|p| p.author().filter(|a| a.name.eq("Ada"))).await?;
    Ok(())
}

fn main() {}
