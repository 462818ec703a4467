//! A column of the query around is selected in the one within.

use rex_orm::Result;
use ui::blog::Db;

pub async fn program(db: &Db) -> Result<()> {
    db.user()
        .find()
        .select(|u| {
            let titles = db.post().find().select(|p| (p.title, u.name));
            (u.id, rex_orm::scalar(titles.nested().select(|(title, _)| title)))
        })
        .await?;
    Ok(())
}

fn main() {}
