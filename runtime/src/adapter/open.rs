//! The one factory: a configuration to an adapter.

use std::sync::Arc;

use crate::adapter::Adapter;
use crate::config::{Config, DatabaseKind};
use crate::error::Result;

/// Connects.
pub(crate) async fn open(config: &Config) -> Result<Arc<dyn Adapter>> {
    match config.check()? {
        #[cfg(feature = "postgres")]
        DatabaseKind::Postgres => Ok(Arc::new(super::postgres::Postgres::open(config).await?)),
        #[cfg(feature = "sqlite")]
        DatabaseKind::Sqlite => Ok(Arc::new(super::sqlite::Sqlite::open(config)?)),
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
