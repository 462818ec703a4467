//! Many tasks at once that each read rows by their keys, on a pool of few connections.

use std::hint::black_box;

use tokio::task::JoinSet;

use super::{Running, Times, Workload, get, item_of_postgres};
use crate::Failure;
use crate::runtime::places::{Postgres, Sqlite};
use crate::runtime::schema::Db;

pub(super) struct Tasks {
    pub(super) tasks: usize,
}

/// Rows that each task reads, one after the other.
const READS: u64 = 4;

impl Workload for Tasks {
    fn name(&self) -> &'static str {
        "tasks"
    }

    fn rows(&self) -> usize {
        self.tasks
    }

    /// There the driver has nothing like it.
    fn is_for_sqlite(&self) -> bool {
        false
    }

    fn rex<'a>(&'a self, db: &'a Db, times: Times) -> Running<'a> {
        Box::pin(async move {
            for time in times {
                let tasks = (0..self.tasks as u64).map(|task| {
                    let db = db.clone();
                    async move {
                        for read in 0..READS {
                            black_box(db.item().get(get::key(time + task + read)).await?);
                        }
                        Ok(())
                    }
                });
                all(tasks.collect()).await?;
            }
            Ok(())
        })
    }

    fn sqlite(&self, _: &Sqlite, _: Times) -> rusqlite::Result<()> {
        Ok(())
    }

    fn postgres<'a>(&'a self, raw: &'a Postgres, times: Times) -> Running<'a> {
        Box::pin(async move {
            for time in times {
                let tasks = (0..self.tasks as u64).map(|task| {
                    let pool = raw.pool.clone();
                    async move {
                        for read in 0..READS {
                            let connection = pool.get().await?;
                            let (client, statement) = &*connection;
                            let row = client.query_one(statement, &[&get::key(time + task + read)]).await?;
                            black_box(item_of_postgres(&row)?);
                        }
                        Ok(())
                    }
                });
                all(tasks.collect()).await?;
            }
            Ok(())
        })
    }
}

async fn all(mut tasks: JoinSet<Result<(), Failure>>) -> Result<(), Failure> {
    while let Some(ended) = tasks.join_next().await {
        ended??;
    }
    Ok(())
}
