//! A field that never changes is set by an update.

use ui::blog::{Account, Db};

pub async fn program(db: &Db, account: &Account) -> rex_orm::Result<()> {
    db.account().update(account).owner("Grace").save().await?;
    Ok(())
}

fn main() {}
