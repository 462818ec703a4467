//! A column is compared with a number that is never negative.

use ui::blog::Db;

pub async fn program(db: &Db, age: u32) -> rex_orm::Result<()> {
    db.user().find().filter(|u| u.age.ge(age)).await?;
    Ok(())
}

fn main() {}
