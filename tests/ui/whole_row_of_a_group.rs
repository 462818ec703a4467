//! A whole row is selected of a group, which has many.

use ui::blog::Db;

pub async fn program(db: &Db) -> rex_orm::Result<()> {
    db.post().find().group_by(|p| p.author_id).select(|author, p| (author, p)).await?;
    Ok(())
}

fn main() {}
