//! A required field is missing.

use ui::blog::Db;

pub async fn program(db: &Db) -> rex_orm::Result<()> {
    db.user().create().email("ada@example.com").save().await?;
    Ok(())
}

fn main() {}
