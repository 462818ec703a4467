//! Columns are selected in another order than the result has.

use ui::blog::{Db, UserId};

pub async fn program(db: &Db) -> rex_orm::Result<Vec<(UserId, String)>> {
    db.user().find().select(|u| (u.name, u.id)).await
}

fn main() {}
