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
