//! A row is described and never written.

use ui::blog::Db;

pub fn program(db: &Db) {
    db.user().create().email("ada@example.com").name("Ada");
    db.user().update(1).name("Ada");
    db.user().find().limit(3);
}

fn main() {}
