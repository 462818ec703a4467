//! A model is selected, and no column of it.

use rex_orm::Result;
use ui::blog::Db;

pub async fn program(db: &Db) -> Result<()> {
    db.user().find().select(|u| u).await?;
    Ok(())
}

fn main() {}
