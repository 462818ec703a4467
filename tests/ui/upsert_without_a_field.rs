//! A row that may be there already needs what a new one needs.

use ui::blog::{Db, user};

pub async fn program(db: &Db) -> rex_orm::Result<()> {
    db.user().create().email("ada@example.com").upsert(user::Unique::Email).await?;
    Ok(())
}

fn main() {}
