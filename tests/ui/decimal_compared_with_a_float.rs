//! An exact number is compared with one that is not.

use ui::blog::Db;

pub async fn program(db: &Db) -> rex_orm::Result<()> {
    db.account().find().filter(|a| a.credit.gt(1.5)).await?;
    Ok(())
}

fn main() {}
