//! `rexc inspect` and `rexc debug`.

use super::{blog, rexc};
use crate::support::crates::root;

/// A schema with all kinds of relations.
const SCHEMA: &str = "model User {
    id:      BigInt = autoincrement()  @id
    email:   String(80)                @unique
    profile: Profile? @inverse(user)
    notes:   [Note]
}

model Profile {
    id:   BigInt = autoincrement()  @id
    user: User                      @unique
}

model Note {
    id:         BigInt = autoincrement()  @id
    author:     User?
    text:       String
    deleted_at: DateTime?                 @soft_delete
    tags:       [Tag]
}

model Tag {
    id:    BigInt = autoincrement()  @id
    notes: [Note]
}

view Lengths {
    length: BigInt
    allow (view_without_key)
    sql(\"select length(text) as length from notes\")
}
";

#[test]
fn a_model_is_shown_with_all_that_is_generated() {
    let folder = blog(SCHEMA);
    let note = rexc(folder.path(), "inspect model note").clean().out;
    insta::with_settings!({ snapshot_path => "../snapshots", prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("rexc_inspect_model", note);
    });
    assert_eq!(rexc(folder.path(), "inspect model Note").clean().out, note);
    let user = rexc(folder.path(), "inspect model User").clean().out;
    assert!(
        user.contains("    profile  Profile?  profiles.user_id\n    notes    [Note]    notes.author_id\n"),
        "{user}"
    );
    let view = rexc(folder.path(), "inspect model Lengths").clean().out;
    assert_eq!(
        view,
        "model Lengths\ntable lengths\n\nfields\n    length  length  i64\n\ndb.lengths()\n    .find() -> Find<Lengths>\n"
    );
    rexc(folder.path(), "inspect model Users")
        .could_not("no model is called `Users`: there is User, Profile, Note, Tag, Lengths");
    rexc(blog("model User {}").path(), "inspect model User").errors("error[E0802]");
}

#[test]
fn fixed_statements_are_those_of_the_generated_code() {
    let folder = blog(SCHEMA);
    let all = rexc(folder.path(), "debug queries").clean().out;
    let of_users = rexc(folder.path(), "debug queries --model user").clean().out;
    assert!(all.starts_with(&of_users), "{all}");
    let code = rexc(folder.path(), "codegen --print").clean().out;
    let statements: Vec<&str> = all.lines().filter_map(|line| line.strip_suffix(';')).collect();
    assert_eq!(statements.len(), 2 * (4 + 4 + 3 + 3), "for two databases: get, by_…, create, delete");
    assert!(statements.iter().all(|sql| code.contains(sql)), "each is in the code");
    let sqlite = rexc(folder.path(), "debug queries --database sqlite").clean().out;
    assert!(!sqlite.contains("$1") && !sqlite.contains("PostgreSQL") && sqlite.contains("= ?1;"), "{sqlite}");
    rexc(folder.path(), "debug queries --model Nobody")
        .could_not("no model is called `Nobody`: there is User, Profile, Note, Tag, Lengths");
    let blog = rexc(&root(), "debug queries tests/blog --model Post").clean().out;
    assert!(blog.contains("-- db.post().by_author_title\n"), "{blog}");
}

/// Notes of users: the key has an index.
const INDEXED: &str = "model User {
    id:    BigInt = autoincrement()  @id
    email: String(80)                @unique
    notes: [Note] @inverse(author)
}

model Note {
    id:     BigInt = autoincrement()  @id
    author: User
    editor: User?                     @no_index @allow(missing_fk_index)
    text:   String
}
";

#[test]
fn statements_are_explained_by_a_live_database() {
    let folder = blog(INDEXED);
    let sqlite = format!("sqlite:{}", folder.path().join("notes.sqlite").display());
    let postgres = crate::support::postgres::server().database("rexc_explain");
    for (name, url) in [("sqlite", sqlite), ("postgres", postgres.url().to_string())] {
        let explained = |more: &str| {
            let arguments = format!("debug queries --explain --database-url {url}{more}");
            rexc(folder.path(), &arguments)
        };
        if name == "sqlite" {
            let file = folder.path().join("notes.sqlite");
            explained("").could_not(&format!(
                "there is no file `{}`: `rexc migrate apply` or `rexc push` makes the database",
                file.display()
            ));
            assert!(!file.exists(), "what is mistyped is not made");
            std::fs::write(&file, "").expect("an empty database");
        }
        explained("").errors(if name == "sqlite" {
            "no such table: users"
        } else {
            "\"users\" does not exist"
        });
        rexc(folder.path(), &format!("push --database-url {url}")).clean();
        let whole = explained("").clean().out;
        let note =
            "-- note: all of notes is read each time, 0 rows now: the schema has no index of editor_id: take";
        assert!(whole.contains(note), "{whole}");
        assert!(whole.ends_with("\n1 statement reads a whole table for want of an index\n"), "{whole}");
        let users = explained(" --model User").clean().out;
        assert!(users.contains("-- db.user().get\nSELECT"), "{users}");
        assert!(users.ends_with("\nno table is read whole for want of an index\n"), "{users}");

        execute(&url, &["DROP INDEX notes_author_id_idx", "INSERT INTO users (email) VALUES ('a@b.c')"]);
        let notes = explained(" --model Note").clean().out;
        // What it costs is the server's guess, which the next version makes otherwise.
        let lines = notes.lines().map(|line| line.split("  (cost=").next().unwrap_or_default());
        let notes = lines.collect::<Vec<_>>().join("\n");
        insta::with_settings!({
            snapshot_path => "../snapshots", prepend_module_to_snapshot => false,
        }, {
            insta::assert_snapshot!(format!("rexc_explain_{name}"), notes);
        });
    }
}

/// An index that the planner leaves alone: all rows have the value that is looked for.
#[test]
fn what_is_read_whole_though_there_is_an_index_is_counted_apart() {
    let folder = blog(INDEXED);
    let postgres = crate::support::postgres::server().database("rexc_explain_cheaper");
    let url = postgres.url().to_string();
    rexc(folder.path(), &format!("push --database-url {url}")).clean();
    let rows = "INSERT INTO notes (author_id, text) SELECT 1, 'x' FROM generate_series(1, 5000)";
    execute(&url, &["INSERT INTO users (email) VALUES ('a@b.c')", rows, "ANALYZE"]);
    let told = rexc(folder.path(), &format!("debug queries --explain --database-url {url}")).clean().out;
    let note =
        "-- note: all of notes is read each time, 5,000 rows now: though an index would serve: `ANALYZE` it";
    assert!(told.contains(note), "{told}");
    let summary = "\n1 statement reads a whole table for want of an index\n\
                   1 statement reads a whole table though an index would serve\n";
    assert!(told.ends_with(summary), "{told}");
}

fn execute(url: &str, statements: &[&str]) {
    use rex_orm::Blocking;
    let db = rex_orm::Db::connect(url).wait().expect("the database");
    for statement in statements {
        rex_orm::__::run_alone(&db, statement).wait().expect("the statement is run");
    }
}
