//! A query is not awaited before its outcome is taken.

use ui::blog::{Db, User};

pub async fn program(db: &Db) -> rex_orm::Result<User> {
    let user = db.user().get(1)?;
    Ok(user)
}

fn main() {}
