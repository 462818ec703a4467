//! The values of a query that was not sent are gone through.

use rex_orm::Result;
use ui::blog::Db;

pub async fn program(db: &Db) -> Result<()> {
    for name in db.user().find().select(|u| u.name) {
        println!("{name}");
    }
    Ok(())
}

fn main() {}
