//! A configuration for people, without its secrets.

use std::fmt;

use super::Config;

impl fmt::Debug for Config {
    /// What is set. Of user and password only that they are: some providers' tokens are user names.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = Shown(f.debug_struct("Config"));
        shown.show("kind", &self.kind);
        shown.show("host", &self.host);
        shown.show("port", &self.port);
        shown.show("user", &self.user.as_ref().map(|_| format_args!("…")));
        shown.show("password", &self.password);
        shown.show("database", &self.database);
        shown.show("sslmode", &self.sslmode);
        shown.show("sslrootcert", &self.sslrootcert);
        shown.show("sslcert", &self.sslcert);
        shown.show("sslkey", &self.sslkey);
        shown.show("application_name", &self.application_name);
        shown.show("search_path", &self.search_path);
        shown.show("pgbouncer", &self.pgbouncer);
        shown.show("shared_reads", &self.shared_reads);
        shown.show("shared_read_wait", &self.shared_read_wait);
        shown.show("channel_binding", &self.channel_binding);
        shown.show("path", &self.path);
        shown.show("shared_memory", &self.shared_memory);
        shown.show("read_only", &self.read_only);
        shown.show("journal_mode", &self.journal_mode);
        shown.show("synchronous", &self.synchronous);
        shown.show("busy_timeout", &self.busy_timeout);
        shown.show("foreign_keys", &self.foreign_keys);
        shown.show("pool_size", &self.pool_size);
        shown.show("connect_timeout", &self.connect_timeout);
        shown.show("acquire_timeout", &self.acquire_timeout);
        shown.show("statement_timeout", &self.statement_timeout);
        shown.show("slow_after", &self.slow_after);
        shown.show("idle_timeout", &self.idle_timeout);
        shown.show("max_lifetime", &self.max_lifetime);
        shown.0.finish()
    }
}

struct Shown<'a, 'f>(fmt::DebugStruct<'a, 'f>);

impl Shown<'_, '_> {
    fn show(&mut self, name: &str, value: &Option<impl fmt::Debug>) {
        if let Some(value) = value {
            self.0.field(name, value);
        }
    }
}
