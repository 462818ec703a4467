//! What is to be written is awaited, and not saved.

use rex_orm::Result;
use ui::blog::{Db, User};

pub async fn program(db: &Db) -> Result<()> {
    let _: User = db.user().create().email("ada@example.com").name("Ada").await?;
    db.user().update(1).name("Ada").await?;
    Ok(())
}

fn main() {}
