//! A `PostId` stands where a `UserId` belongs.

use ui::blog::{Db, Post};

pub async fn program(db: &Db, post: Post) -> rex_orm::Result<()> {
    db.user().get(post.id).await?;
    Ok(())
}

fn main() {}
