//! A row that has versions is deleted by its id alone.

use ui::blog::{AccountId, Db};

pub async fn program(db: &Db, id: AccountId) -> rex_orm::Result<()> {
    db.account().delete(id).await
}

fn main() {}
