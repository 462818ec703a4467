//! Groups are kept by a column that is neither grouped by nor aggregated.

use rex_orm::Result;
use ui::blog::Db;

pub async fn program(db: &Db) -> Result<()> {
    db.post()
        .find()
        .group_by(|p| p.author_id)
        .having(|_, p| p.title.eq("On engines"))
        .select(|author, _| author)
        .await?;
    Ok(())
}

fn main() {}
