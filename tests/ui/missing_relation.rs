//! Two required fields are missing, one of them a relation.

use ui::blog::Db;

pub async fn program(db: &Db) -> rex_orm::Result<()> {
    db.post().create().title("On the Analytical Engine").save().await?;
    Ok(())
}

fn main() {}
