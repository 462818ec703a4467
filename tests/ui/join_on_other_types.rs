//! A title is compared with an id.

use rex_orm::Result;
use ui::blog::Db;
use ui::blog::User;

pub async fn program(db: &Db) -> Result<()> {
    db.post().find().join_on::<User>(|(p, u)| p.title.eq(u.id)).await?;
    Ok(())
}

fn main() {}
