//! Rex beside other libraries of SQLite in one program: `links` lets one libsqlite3-sys into a build, so that the
//! versions that Rex takes have to have one in common with theirs.
//!
//! Nothing is built or asked for here: `tests/peers/beside` has the lock file that cargo has made for all of them,
//! and each version in it is to be one that Rex takes today.

use std::collections::BTreeMap;
use std::fs;

use cargo_metadata::semver::Version;
use cargo_metadata::{DependencyKind, MetadataCommand};

use crate::support::crates::root;

/// A package of a lock file.
struct Locked {
    version: Version,
    /// The names of what it depends on.
    dependencies: Vec<String>,
}

/// The packages of a lock file, by name.
fn locked(text: &str) -> BTreeMap<String, Vec<Locked>> {
    let mut packages: BTreeMap<String, Vec<Locked>> = BTreeMap::new();
    for package in text.split("[[package]]").skip(1) {
        let value = |key: &str| {
            let line = package.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(" = "));
            line.map(|value| value.trim_matches('"').to_owned())
        };
        let name = value("name").expect("a package has a name");
        let version = value("version").expect("a package has a version").parse().expect("a version");
        let listed = package.split_once("dependencies = [").map_or("", |(_, listed)| listed);
        let listed =
            listed.split(']').next().unwrap_or_default().split(',').map(|it| it.trim().trim_matches('"'));
        // Where there are several versions of one, its version stands behind it.
        let names = listed.filter_map(|it| it.split(' ').next()).filter(|it| !it.is_empty());
        packages
            .entry(name)
            .or_default()
            .push(Locked { version, dependencies: names.map(str::to_owned).collect() });
    }
    packages
}

#[test]
fn one_sqlite_does_for_rex_sqlx_and_diesel() {
    let text = fs::read_to_string(root().join("tests/peers/beside/Cargo.lock")).expect("the lock file");
    let packages = locked(&text);
    let bindings = &packages["libsqlite3-sys"];
    assert_eq!(bindings.len(), 1, "one libsqlite3-sys is in a build");
    for (library, major, minor) in [("sqlx-sqlite", 0, 9), ("diesel", 2, 3)] {
        let [library] = &*packages[library] else { panic!("there is one {library}") };
        assert_eq!((library.version.major, library.version.minor), (major, minor), "what README says");
        assert!(library.dependencies.iter().any(|name| name == "libsqlite3-sys"));
    }
    let driver = &packages["rusqlite"][0];
    assert!(driver.dependencies.iter().any(|name| name == "libsqlite3-sys"));
    assert!(packages["rex-orm"][0].dependencies.iter().any(|name| name == "rusqlite"));
    let readme = fs::read_to_string(root().join("README.md")).expect("README.md");
    let said = format!(
        "libsqlite3-sys {}.{}, so that cargo chooses rusqlite {}.{}",
        bindings[0].version.major, bindings[0].version.minor, driver.version.major, driver.version.minor
    );
    assert!(
        readme.split_whitespace().collect::<Vec<_>>().join(" ").contains(&said),
        "README does not say: {said}"
    );
}

/// What Rex depends on today takes what was chosen then: a narrower range would choose otherwise, or nothing.
#[test]
fn what_was_chosen_is_what_rex_takes() {
    let text = fs::read_to_string(root().join("tests/peers/beside/Cargo.lock")).expect("the lock file");
    let packages = locked(&text);
    let metadata = MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .no_deps()
        .exec()
        .expect("cargo metadata");
    let mut refused = Vec::new();
    for ours in ["rex-orm", "rex-sql"] {
        let package = metadata
            .packages
            .iter()
            .find(|package| package.name.as_str() == ours)
            .expect("a package of ours");
        for dependency in
            package.dependencies.iter().filter(|it| it.kind == DependencyKind::Normal && it.path.is_none())
        {
            // What is optional and off is not there.
            let Some(chosen) = packages.get(&dependency.name) else { continue };
            if !chosen.iter().any(|chosen| dependency.req.matches(&chosen.version)) {
                let chosen: Vec<String> = chosen.iter().map(|chosen| chosen.version.to_string()).collect();
                refused.push(format!(
                    "{ours} takes {} {}, and not {}",
                    dependency.name,
                    dependency.req,
                    chosen.join(", ")
                ));
            }
        }
    }
    assert!(
        refused.is_empty(),
        "cannot live beside sqlx and Diesel, or the lock file is old:\n{}",
        refused.join("\n")
    );
}
