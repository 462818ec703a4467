//! Several processes write to one SQLite file.

use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::blog::{Db, NewTag, NewUser};

/// Names the file for a process that writes, and its number.
const FILE: &str = "REX_TEST_WRITES_TO";
const PROCESSES: u32 = 8;
const TASKS: u32 = 4;
const ROUNDS: u32 = 25;

/// Nobody is told that the file is busy, and nothing is lost: neither new rows, one by one and many at
/// a time, nor a number that all of them count up.
#[test]
fn eight_processes_write_to_one_file() {
    let runtime = || tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    if let Ok(place) = std::env::var(FILE) {
        let (number, url) = place.split_once(' ').expect("a number and a URL");
        return runtime().expect("a runtime").block_on(write(url, number));
    }
    // With a write-ahead log, and without.
    for settings in ["", "?journal_mode=delete&synchronous=off&busy_timeout=60s"] {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let url = format!("sqlite://{}{settings}", folder.path().join("blog.db").display());
        runtime().expect("a runtime").block_on(async {
            let db = Db::connect(&url).await.expect("a file");
            db.create_schema().await.expect("an empty database");
            db.user()
                .insert(NewUser { age: Some(0), ..NewUser::new("counter", "counter") })
                .await
                .expect("a row");
            all_write(&url);
            let each = PROCESSES * TASKS * ROUNDS;
            let counter = db.user().by_email("counter").await.expect("it is read").expect("it is there");
            assert_eq!(counter.age, Some(each as i32), "{url}");
            assert_eq!(
                db.tag().find().count().await.expect("they are counted"),
                i64::from(each * 4),
                "{url}"
            );
        });
    }
}

fn all_write(url: &str) {
    let binary = std::env::current_exe().expect("it runs");
    let start = |number| {
        let mut command = Command::new(&binary);
        command.args(["--exact", "suite::processes::eight_processes_write_to_one_file"]);
        command.env(FILE, format!("{number} {url}")).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().expect("it can be run again")
    };
    for process in (0..PROCESSES).map(start).collect::<Vec<_>>() {
        let output = process.wait_with_output().expect("it ends");
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && said.contains("1 passed"), "{url}: {said}");
    }
}

async fn write(url: &str, process: &str) {
    let db = Arc::new(Db::connect(url).await.expect("the file"));
    let tasks = (0..TASKS).map(|task| {
        let (db, name) = (Arc::clone(&db), format!("{process} {task}"));
        tokio::spawn(async move {
            for round in 0..ROUNDS {
                let start = Instant::now();
                if let Err(error) = write_once(&db, &format!("{name} {round}")).await {
                    panic!("after {:?}: {error} {error:?}", start.elapsed());
                }
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.expect("no task panics");
    }
}

async fn write_once(db: &Db, name: &str) -> rex_orm::Result<()> {
    db.tag().insert(NewTag::new(name)).await?;
    db.tag().insert_many((0..3).map(|number| NewTag::new(format!("{name} {number}")))).await?;
    db.transaction(async |tx| {
        let counter = tx.user().find().filter(|u| u.email.eq("counter")).one().await?;
        tx.user().update(&counter).age(counter.age.unwrap_or(0) + 1).save().await
    })
    .await?;
    Ok(())
}
