//! A filter on posts asks for a column of users.

use ui::blog::Db;

pub async fn program(db: &Db) -> rex_orm::Result<()> {
    db.user().find().with(|u| u.posts().filter(|_| u.email.eq("ada@example.com"))).await?;
    Ok(())
}

fn main() {}
