//! An enum is compared with its label.

use ui::blog::Db;

pub async fn program(db: &Db) -> rex_orm::Result<()> {
    db.user().find().filter(|u| u.role.eq("admin")).await?;
    Ok(())
}

fn main() {}
