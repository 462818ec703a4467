//! A column is to be loaded along.

use rex_orm::Result;
use ui::blog::Db;

pub async fn program(db: &Db) -> Result<()> {
    db.user().find().with(|u| u.email).await?;
    Ok(())
}

fn main() {}
