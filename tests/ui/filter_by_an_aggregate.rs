//! Rows are kept by a number of rows.

use rex_orm::Result;
use rex_orm::count;
use ui::blog::Db;

pub async fn program(db: &Db) -> Result<()> {
    db.post().find().filter(|_| count().gt(5)).await?;
    Ok(())
}

fn main() {}
