//! The one factory: a configuration to an adapter.

use std::sync::Arc;

use crate::adapter::{Adapter, BoxFuture, Direct};
use crate::config::{Config, DatabaseKind};
use crate::error::Result;

/// Connects. Boxed: it happens once, and is much for a future that others are made of.
pub(crate) fn open(config: Config) -> BoxFuture<'static, Result<Arc<dyn Adapter>>> {
    Box::pin(opened(config))
}

async fn opened(config: Config) -> Result<Arc<dyn Adapter>> {
    match config.check()? {
        #[cfg(feature = "postgres")]
        DatabaseKind::Postgres => {
            let open = || super::postgres::Postgres::open(&config);
            Ok(Arc::new(crate::executor::inside(open).await?))
        }
        #[cfg(feature = "sqlite")]
        DatabaseKind::Sqlite => Ok(Arc::new(super::sqlite::Sqlite::open(&config)?)),
        #[cfg(not(feature = "postgres"))]
        DatabaseKind::Postgres => Err(not_compiled("PostgreSQL", "postgres")),
        #[cfg(not(feature = "sqlite"))]
        DatabaseKind::Sqlite => Err(not_compiled("SQLite", "sqlite")),
    }
}

/// Connects to a primary and its replicas.
pub(crate) fn replicated(
    config: Config,
    replicas: Vec<Config>,
) -> BoxFuture<'static, Result<Arc<dyn Adapter>>> {
    Box::pin(async move {
        match config.check()? {
            #[cfg(feature = "postgres")]
            DatabaseKind::Postgres => {
                for replica in &replicas {
                    replica.check()?;
                }
                let open = || super::postgres::Replicated::open(&config, &replicas);
                Ok(Arc::new(crate::executor::inside(open).await?) as Arc<dyn Adapter>)
            }
            #[cfg(not(feature = "postgres"))]
            DatabaseKind::Postgres => {
                drop(replicas);
                Err(not_compiled("PostgreSQL", "postgres"))
            }
            DatabaseKind::Sqlite => Err(crate::config::wrong(
                "SQLite has no replicas: `replica` is for PostgreSQL, and SQLite reads beside its writer anyway",
            )),
        }
    })
}

/// Connects without a pool, for migrations.
pub(crate) async fn direct(config: Config) -> Result<Box<dyn Direct>> {
    match config.check()? {
        #[cfg(feature = "postgres")]
        DatabaseKind::Postgres => crate::executor::inside(|| super::postgres::connect_direct(&config)).await,
        #[cfg(feature = "sqlite")]
        DatabaseKind::Sqlite => super::sqlite::connect_direct(&config),
        #[cfg(not(feature = "postgres"))]
        DatabaseKind::Postgres => Err(not_compiled("PostgreSQL", "postgres")),
        #[cfg(not(feature = "sqlite"))]
        DatabaseKind::Sqlite => Err(not_compiled("SQLite", "sqlite")),
    }
}

#[cfg(not(all(feature = "postgres", feature = "sqlite")))]
fn not_compiled(title: &str, feature: &str) -> crate::Error {
    crate::config::wrong(format!(
        "{title} is not compiled in: turn on the cargo feature `{feature}` of rex-orm \
         (`cargo add rex-orm --features {feature}`)"
    ))
}
