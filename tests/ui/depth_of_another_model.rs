//! A relation to another model is followed to a depth.

use rex_orm::Result;
use ui::blog::Db;

pub async fn program(db: &Db) -> Result<()> {
    db.user().find().with(|u| u.posts().depth(3)).await?;
    Ok(())
}

fn main() {}
