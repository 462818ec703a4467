//! Rows that may be missing are taken for rows.

use rex_orm::Result;
use ui::blog::Db;
use ui::blog::{Post, User};

pub async fn program(db: &Db) -> Result<()> {
    let rows: Vec<(Post, User)> = db.post().find().left_join(|p| p.reviewer()).await?;
    println!("{rows:?}");
    Ok(())
}

fn main() {}
