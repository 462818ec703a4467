//! A column of what may be missing is taken for a plain one.

use rex_orm::Result;
use ui::blog::Db;

pub async fn program(db: &Db) -> Result<()> {
    let names: Vec<String> =
        db.post().find().left_join(|p| p.reviewer()).select(|(_, reviewer)| reviewer.name).await?;
    println!("{names:?}");
    Ok(())
}

fn main() {}
