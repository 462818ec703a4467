//! A plain value is selected.

use ui::blog::Db;

pub async fn program(db: &Db) -> rex_orm::Result<()> {
    db.user().find().select(|u| (u.name, "user")).await?;
    Ok(())
}

fn main() {}
