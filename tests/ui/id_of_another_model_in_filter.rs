//! A `PostId` is compared with a `UserId`.

use ui::blog::{Db, Post};

pub async fn program(db: &Db, post: Post) -> rex_orm::Result<()> {
    db.post().find().filter(|p| p.author_id.eq(post.id)).await?;
    Ok(())
}

fn main() {}
