//! A number of rows is selected beside a column of each.

use rex_orm::Result;
use rex_orm::count;
use ui::blog::Db;

pub async fn program(db: &Db) -> Result<()> {
    db.user().find().select(|u| (u.name, count())).await?;
    Ok(())
}

fn main() {}
