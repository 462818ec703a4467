//! A number is asked how it starts.

use ui::blog::Db;

pub async fn program(db: &Db) -> rex_orm::Result<()> {
    db.user().find().filter(|u| u.age.starts_with("3")).await?;
    Ok(())
}

fn main() {}
