//! An exact number is set to one that is not.

use ui::blog::Db;

pub async fn program(db: &Db, credit: f64) -> rex_orm::Result<()> {
    db.account().create().owner("Ada").credit(credit).save().await?;
    Ok(())
}

fn main() {}
