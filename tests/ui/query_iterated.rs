//! The rows of a query that was not sent are gone through.

use rex_orm::Result;
use ui::blog::Db;

pub async fn program(db: &Db) -> Result<()> {
    for user in db.user().find().filter(|u| u.age.gt(18)) {
        println!("{}", user.name);
    }
    Ok(())
}

fn main() {}
