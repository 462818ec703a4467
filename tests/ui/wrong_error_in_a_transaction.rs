//! A transaction's closure has Rex's error; `try_transaction` takes others.

use ui::blog::Db;

pub async fn program(db: &Db) -> rex_orm::Result<()> {
    db.transaction(async |tx| tx.user().get(1).await.map_err(|error| error.to_string())).await?;
    Ok(())
}

fn main() {}
