//! A recursive query goes on with other rows than it began with.

use rex_orm::Result;
use ui::blog::Db;

pub async fn program(db: &Db) -> Result<()> {
    let roots = db.comment().find().filter(|c| c.parent_id.is_none()).select(|c| (c.id, c.body));
    let below = roots.recursive("below", |above| {
        db.comment().find().join_rows(above, |(c, (id, _))| c.parent_id.eq(id)).select(|(c, _)| c.id)
    });
    below.find().await?;
    Ok(())
}

fn main() {}
