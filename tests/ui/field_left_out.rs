//! A field is not selected.

use rex_orm::Result;

/// A user.
#[derive(Clone)]
pub struct Reader {
    pub name: String,
    pub age: Option<i32>,
}

use ui::blog::Db;

pub async fn program(db: &Db) -> Result<()> {
    db.user().find().select(|u| rex_orm::row!(Reader { name: u.name })).await?;
    Ok(())
}

fn main() {}
