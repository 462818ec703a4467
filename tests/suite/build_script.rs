//! A crate whose schema breaks and is mended, as `cargo check` shows it.

use std::fs;

use crate::support::crates::{Crate, normalised};

/// Whether `cargo check` succeeded, and what rustc and the build script said.
fn check(blog: &Crate) -> (bool, String) {
    let output = blog.check(&[]);
    (output.status.success(), String::from_utf8(output.stderr).expect("cargo says text"))
}

#[test]
fn a_broken_schema_fails_the_build_with_all_its_faults_and_nothing_else() {
    let blog = Crate::new("broken-blog");
    blog.edit("schema/people.rex", "name:       String(80)", "name:       Strng(80)");
    blog.edit("schema/people.rex", "    posts:      [Post]                    @inverse(author)\n", "");
    blog.edit("schema/posts.rex", "reviewer:     User? ", "reviewer:     User?$ ");
    blog.edit("schema/posts.rex", "    posts: [Post]\n", "");
    blog.edit(
        "schema/posts.rex",
        "body:         String\n",
        "body:         String\n    body:         String\n",
    );
    let (success, first) = check(&blog);
    assert!(!success, "{first}");
    insta::assert_snapshot!("broken_blog", normalised(&first));

    // Mended, the next build is clean; broken again, it is told again, over the good code.
    let mended = Crate::new("mended-blog");
    for file in ["schema/people.rex", "schema/posts.rex"] {
        fs::copy(mended.folder.path().join(file), blog.folder.path().join(file))
            .expect("a file can be copied");
    }
    assert_eq!(check(&blog), (true, String::new()));
    blog.edit("schema/people.rex", "name:       String(80)", "name:       Strng(80)");
    let (success, second) = check(&blog);
    assert!(!success, "{second}");
    insta::assert_snapshot!("broken_blog_again", normalised(&second));
}

#[test]
fn a_crate_without_a_schema_says_what_to_do() {
    let blog = Crate::new("empty-blog");
    fs::remove_dir_all(blog.folder.path().join("schema")).expect("a folder can be removed");
    fs::write(
        blog.folder.path().join("src/main.rs"),
        "mod blog { rex_orm::include_schema!(); }\nfn main() {}\n",
    )
    .expect("a program");
    let (success, text) = check(&blog);
    assert!(!success, "{text}");
    insta::assert_snapshot!("no_schema_folder", normalised(&text));
}

/// Migrations are part of the program; a mistake in their SQL is found when it is built.
#[test]
fn migrations_are_compiled_in() {
    let blog = Crate::new("migrating-blog");
    fs::remove_dir_all(blog.folder.path().join("migrations")).expect("a folder can be removed");
    let (success, text) = check(&blog);
    assert!(!success && text.contains("this crate has no migrations yet"), "{text}");

    migrate_new(&blog, "create_blog");
    let (success, text) = check(&blog);
    assert!(success, "{text}");

    // What no migration has is told, and stops nobody.
    blog.edit("schema/people.rex", "    age:        Int?\n", "    age:        Int?\n    shoe_size:  Int?\n");
    let (success, text) = check(&blog);
    assert!(success, "{text}");
    let said = said("migrating-blog");
    assert!(
        said.contains("warning=the schema has changes that no migration in `migrations` has [W0016"),
        "{said}"
    );
    blog.edit("schema/people.rex", "    shoe_size:  Int?\n", "");

    let name = fs::read_dir(blog.folder.path().join("migrations")).expect("it was made").flatten().next();
    let name = name.expect("a migration").file_name().to_string_lossy().into_owned();
    let file = format!("migrations/{name}/sqlite.up.sql");
    blog.edit(&file, "-- rex: step transaction", "-- rex: stop transaction");
    let (success, text) = check(&blog);
    assert!(
        !success && text.contains(&format!("error[E0915]: `{file}`, line 1: there is no directive `stop`")),
        "{text}"
    );
    assert!(!text.contains("no migrations yet"), "nothing else is told: {text}");
}

/// What the build script of a crate said to cargo, which tells nobody when it is quiet.
fn said(name: &str) -> String {
    let folder = crate::support::sources::root().join("target/tests/crates/debug/build");
    let entries = fs::read_dir(folder).expect("something was built").flatten();
    let ours = entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(&format!("{name}-")));
    let said: Vec<String> =
        ours.filter_map(|entry| fs::read_to_string(entry.path().join("output")).ok()).collect();
    said.concat()
}

fn migrate_new(blog: &Crate, name: &str) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let stream = |write| rexc::Stream { write, colour: rex_compiler::diagnostic::Colour::Never };
    let exit = rexc::run_in(
        ["rexc", "migrate", "new", name],
        &mut rexc::Console {
            folder: blog.folder.path().to_owned(),
            input: &mut std::io::empty(),
            out: stream(&mut out),
            err: stream(&mut err),
            asks: false,
            now: std::time::UNIX_EPOCH,
        },
    );
    assert_eq!(exit, rexc::Exit::Clean, "{}", String::from_utf8_lossy(&err));
}
