//! A sum is asked of a query.

use ui::blog::Db;

pub async fn program(db: &Db) -> rex_orm::Result<()> {
    db.account().find().sum(|a| a.balance).await?;
    Ok(())
}

fn main() {}
