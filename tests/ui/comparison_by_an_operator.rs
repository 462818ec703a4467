//! A column is compared by `==` and `>`.

use ui::blog::Db;

pub async fn program(db: &Db) -> rex_orm::Result<()> {
    db.user().find().filter(|u| u.age == None).await?;
    db.user().find().filter(|u| u.age.coalesce(0) > 5).await?;
    Ok(())
}

fn main() {}
