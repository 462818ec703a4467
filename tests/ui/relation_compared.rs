//! A relation is compared as if it were a number.

use rex_orm::Result;
use ui::blog::Db;

pub async fn program(db: &Db) -> Result<()> {
    db.user().find().filter(|u| u.posts().gt(3)).await?;
    Ok(())
}

fn main() {}
