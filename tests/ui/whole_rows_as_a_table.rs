//! Rows of another query are whole rows, and no values.

use ui::blog::Db;

pub async fn program(db: &Db) -> rex_orm::Result<()> {
    db.post().find().select(|p| (p, p.title)).nested().await?;
    let _ = db.post().find().select(|p| (p, p.title)).common("posts");
    Ok(())
}

fn main() {}
