//! A list is asked for a part of a text.

use ui::blog::Db;

pub async fn program(db: &Db) -> rex_orm::Result<()> {
    db.post().find().filter(|p| p.labels.contains("rust")).await?;
    Ok(())
}

fn main() {}
