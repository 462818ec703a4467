//! Groups are sorted by what they have many values of.

use ui::blog::Db;

pub async fn program(db: &Db) -> rex_orm::Result<()> {
    db.post().find().group_by(|p| p.author_id).order(|_, p| p.title.asc()).select(|author, _| author).await?;
    Ok(())
}

fn main() {}
