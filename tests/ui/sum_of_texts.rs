//! A sum of names.

use rex_orm::Result;
use ui::blog::Db;

pub async fn program(db: &Db) -> Result<()> {
    db.user().find().select(|u| u.name.sum()).await?;
    Ok(())
}

fn main() {}
