//! A table that an autovacuum is at: the server ends that for somebody who has waited for
//! `deadlock_timeout`, and for nobody else.

use std::time::Duration;

use rex_orm::Config;
use rex_orm::migrate::{Options, Runner};

use super::chain::{Draft, USERS, chain};
use crate::support::postgres::Server;

/// Every page takes as long as a setting can have it take.
const SLOW: &str =
    "ALTER TABLE users SET (autovacuum_vacuum_cost_delay = 100, autovacuum_vacuum_cost_limit = 1, \
     autovacuum_vacuum_threshold = 1, autovacuum_vacuum_scale_factor = 0);
     INSERT INTO users SELECT id, repeat('x', 200) FROM generate_series(2, 50000) id;
     DELETE FROM users WHERE id % 3 = 0";

const IS_AT_IT: &str = "SELECT FROM pg_stat_progress_vacuum WHERE relid = 'users'::regclass";

#[tokio::test(flavor = "multi_thread")]
async fn a_vacuum_gives_way() {
    let server = Server::start().unwrap_or_else(|error| panic!("{error}"));
    let database = server.database("vacuum");
    let config = Config::from_url(&database.url()).expect("it is one");
    let apply = async |migrations| {
        // Shorter than the time after which the server looks who is in the way.
        let options = Options::new().lock_timeout(Duration::from_millis(100));
        Runner::with_config(&config, &migrations).options(options).apply().await
    };
    apply(chain(&[USERS])).await.expect("an empty database");
    let client = database.client().await;
    client.batch_execute(SLOW).await.expect("the table is there");
    server.administrate_with(&[
        "ALTER SYSTEM SET autovacuum_naptime = '1s'",
        "ALTER SYSTEM SET autovacuum = on",
        "SELECT pg_reload_conf()",
    ]);
    while client.query(IS_AT_IT, &[]).await.expect("it can be asked").is_empty() {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let age = Draft::new("20260102T000000_age", "ALTER TABLE users ADD COLUMN age INTEGER", "");
    let report = apply(chain(&[USERS, age])).await.expect("it gives way");
    assert_eq!(report.steps.len(), 1);
    drop((client, database));
}
