//! A column is misspelt.

use ui::blog::Db;

pub async fn program(db: &Db) -> rex_orm::Result<()> {
    db.user().find().filter(|u| u.emial.eq("ada@example.com")).await?;
    Ok(())
}

fn main() {}
