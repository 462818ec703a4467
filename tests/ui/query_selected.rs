//! A query is selected, and not its value.

use ui::blog::Db;

pub async fn program(db: &Db) -> rex_orm::Result<()> {
    let titles = db.post().find().select(|p| p.title);
    db.user().find().select(|u| (u.name, titles)).await?;
    Ok(())
}

fn main() {}
