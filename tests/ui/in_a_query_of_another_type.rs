//! Users are looked for among titles.

use rex_orm::Result;
use ui::blog::Db;

pub async fn program(db: &Db) -> Result<()> {
    let titles = db.post().find().select(|p| p.title);
    db.user().find().filter(|u| u.id.in_query(titles)).await?;
    Ok(())
}

fn main() {}
