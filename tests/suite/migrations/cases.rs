//! `fixtures/migrate/*/{before,after}.rex`: each as somebody makes it a migration, which is tried up and
//! down before it is written, and then again.

use rex_schema::plan::Code;
use rexc::Exit;

use super::{Crate, root};
use crate::support::postgres;

#[test]
fn every_change_becomes_a_migration_that_leads_there_and_back() {
    let database = postgres::server().database("cases");
    let kinds: Vec<&str> = Code::ALL.iter().map(|code| code.name()).collect();
    let allow = format!("--allow {}", kinds.join(","));
    let mut failed = Vec::new();
    let entries = std::fs::read_dir(root().join("fixtures/migrate")).expect("the folder is there");
    let mut folders: Vec<_> = entries.map(|entry| entry.expect("it can be read").path()).collect();
    folders.sort();
    assert!(folders.len() > 100, "too few cases: {}", folders.len());
    for (place, folder) in folders.into_iter().enumerate() {
        let name = folder.file_name().expect("a case has a name").to_string_lossy().into_owned();
        let krate = Crate::new("\"sqlite\", \"postgres\"");
        let text = |file: &str| std::fs::read_to_string(folder.join(file)).expect("it is there");
        let manifest = std::fs::read_to_string(folder.join("Cargo.toml")).ok();
        if let Some(settings) = &manifest {
            krate.write(
                "Cargo.toml",
                &format!("[package]\nname = \"blog\"\nedition = \"2024\"\n\n{settings}"),
            );
        }
        krate.schema(&text("before.rex"));
        let mut ran = vec![krate.run(&format!("migrate new before {allow}"))];
        krate.schema(&text("after.rex"));
        ran.push(krate.run(&format!("migrate new after {allow}")));
        ran.push(krate.run("check"));
        // To make a database takes a second; that all plans work there is tried elsewhere.
        // What only later servers have is not tried on this one.
        ran.push(match place % 10 {
            0 if manifest.is_none() => krate.on(&database.url(), "migrate verify"),
            _ => krate.run("migrate verify"),
        });
        let is_whole = ran.iter().all(|ran| ran.exit == Exit::Clean) && !ran[2].err.contains("W0016");
        if !is_whole || krate.migrations().len() != 2 {
            failed.push(format!("{name}:\n{}", krate.transcript.take()));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}
