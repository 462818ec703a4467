//! What may be null is taken for what may not.

use ui::blog::Db;

pub async fn program(db: &Db) -> rex_orm::Result<i32> {
    Ok(db.user().get(1).await?.age)
}

fn main() {}
