//! A field is misspelt.

use ui::blog::Db;

pub async fn program(db: &Db) -> rex_orm::Result<()> {
    db.user().create().emial("ada@example.com").name("Ada").save().await?;
    Ok(())
}

fn main() {}
