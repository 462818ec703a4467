//! Deleted rows are asked for where rows are deleted for good.

use ui::blog::{Db, Post};

pub async fn program(db: &Db) -> rex_orm::Result<Vec<Post>> {
    db.post().find().with_deleted().await
}

fn main() {}
