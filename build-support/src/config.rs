//! `[package.metadata.rex]` in `Cargo.toml`.

use std::collections::BTreeMap;

use rex_compiler::check::{self, Level};
use rex_compiler::codegen::{self, DateTimeCrate};
use rex_compiler::diagnostic::{Diagnostic, configuration};
use rex_schema::{Dialect, Servers, Version};
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

/// The keys of the table.
const KEYS: [&str; 9] = [
    "databases",
    "datetime",
    "tables",
    "serde",
    "schema",
    "migrations",
    "min_postgres",
    "min_sqlite",
    "lints",
];

/// How a crate's schema is compiled.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// The databases it is for; at least one, unless a diagnostic says that none is configured.
    pub databases: Vec<Dialect>,
    /// The oldest servers that it is for.
    pub servers: Servers,
    /// Which crate's types dates and times are.
    pub datetime: DateTimeCrate,
    /// Tables are called by the model's name instead of its plural.
    pub singular_tables: bool,
    /// Models derive serde's traits.
    pub serde: bool,
    /// The folder of the `.rex` files, relative to the manifest.
    pub schema: String,
    /// The folder of the migrations, relative to the manifest.
    pub migrations: String,
    /// What becomes of lints, by name; `warnings` stands for all that are told.
    pub lints: BTreeMap<String, Level>,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            databases: Vec::new(),
            servers: Servers::OLDEST,
            datetime: DateTimeCrate::default(),
            singular_tables: false,
            serde: false,
            schema: "schema".to_owned(),
            migrations: "migrations".to_owned(),
            lints: BTreeMap::new(),
        }
    }
}

impl Config {
    /// Reads the table from a manifest's text. `shown` is the manifest's name in messages. What is
    /// wrong with the table comes back beside what could be read.
    ///
    /// # Errors
    ///
    /// When the text is not TOML, with the reason in one line. Cargo tells more of it.
    pub fn from_manifest(shown: &str, text: &str) -> Result<(Config, Vec<Diagnostic>), String> {
        let manifest = parse(text)?;
        let package = entry(manifest.get_ref(), "package").and_then(|package| package.as_table());
        let metadata = package.and_then(|package| entry(package, "metadata")?.as_table());
        let table = metadata.and_then(|metadata| entry(metadata, "rex")?.as_table());
        Ok(Config::read(shown, text, table))
    }

    /// Reads a file that holds nothing but the table's keys.
    ///
    /// # Errors
    ///
    /// As [`Config::from_manifest`].
    pub fn from_table(shown: &str, text: &str) -> Result<(Config, Vec<Diagnostic>), String> {
        let table = parse(text)?;
        Ok(Config::read(shown, text, Some(table.get_ref())))
    }

    fn read(shown: &str, text: &str, table: Option<&DeTable<'_>>) -> (Config, Vec<Diagnostic>) {
        let mut reader = Reader { shown, text, config: Config::default(), diagnostics: Vec::new() };
        for (key, value) in table.map(in_order).unwrap_or_default() {
            reader.read(key, value);
        }
        if reader.config.databases.is_empty() && reader.diagnostics.is_empty() {
            reader.diagnostics.push(configuration::no_databases(shown));
        }
        (reader.config, reader.diagnostics)
    }

    /// What the checker wants to know of it.
    pub fn check_options(&self) -> check::Options {
        let databases = match self.databases.as_slice() {
            [] => check::Options::default().databases,
            databases => databases.to_vec(),
        };
        check::Options {
            databases,
            servers: self.servers,
            singular_tables: self.singular_tables,
            lints: self.lints.clone(),
        }
    }

    /// What the code generator wants to know of it.
    pub fn codegen_options(&self, layout: codegen::Layout) -> codegen::Options {
        codegen::Options {
            databases: self.check_options().databases,
            datetime: self.datetime,
            serde: self.serde,
            layout,
            migrations: false,
        }
    }
}

type Key<'t> = Spanned<DeString<'t>>;
type Value<'t> = Spanned<DeValue<'t>>;

fn parse(text: &str) -> Result<Spanned<DeTable<'_>>, String> {
    DeTable::parse(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        format!("line {}: {}", line(text, at), error.message().lines().next().unwrap_or("not TOML"))
    })
}

/// A table's entry of a name.
fn entry<'t>(table: &'t DeTable<'t>, name: &str) -> Option<&'t DeValue<'t>> {
    table.iter().find(|(key, _)| key.get_ref() == name).map(|(_, value)| value.get_ref())
}

/// A table's entries in the order in which they are written.
fn in_order<'t>(table: &'t DeTable<'t>) -> Vec<(&'t Key<'t>, &'t Value<'t>)> {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    entries
}

/// The line of a byte.
fn line(text: &str, at: usize) -> usize {
    text.as_bytes()[..at.min(text.len())].iter().filter(|&&byte| byte == b'\n').count() + 1
}

struct Reader<'a> {
    shown: &'a str,
    text: &'a str,
    config: Config,
    diagnostics: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn read(&mut self, key: &Key<'_>, value: &Value<'_>) {
        let name: &str = key.get_ref();
        match (name, value.get_ref()) {
            ("databases", DeValue::Array(names)) => names.iter().for_each(|name| self.database(name)),
            ("databases", _) => self.unknown(name, value, &["[\"sqlite\", \"postgres\"]"]),
            ("tables", DeValue::String(text)) if text == "plural" => {}
            ("tables", DeValue::String(text)) if text == "singular" => self.config.singular_tables = true,
            ("tables", _) => self.unknown(name, value, &["plural", "singular"]),
            ("serde", DeValue::Boolean(serde)) => self.config.serde = *serde,
            ("serde", _) => self.unknown(name, value, &["true", "false"]),
            ("schema", DeValue::String(folder)) if !folder.is_empty() => {
                self.config.schema = folder.clone().into_owned();
            }
            ("schema", _) => self.unknown(name, value, &["schema"]),
            ("datetime", _) => self.datetime(value),
            ("lints", DeValue::Table(lints)) => {
                in_order(lints).into_iter().for_each(|(name, level)| self.lint(name, level));
            }
            ("lints", _) => self.unknown(name, value, &["{ int_key = \"allow\" }"]),
            ("min_postgres", _) => {
                self.config.servers.postgres = self.version(name, value, Dialect::Postgres);
            }
            ("min_sqlite", _) => self.config.servers.sqlite = self.version(name, value, Dialect::Sqlite),
            ("migrations", DeValue::String(folder)) if !folder.is_empty() => {
                self.config.migrations = folder.clone().into_owned();
            }
            ("migrations", _) => self.unknown(name, value, &["migrations"]),
            _ => {
                let place = self.place(key);
                self.diagnostics.push(configuration::unknown_key(&place, name, &KEYS));
            }
        }
    }

    fn database(&mut self, name: &Value<'_>) {
        let dialect = match name.get_ref().as_str() {
            Some("postgres") => Dialect::Postgres,
            Some("sqlite") => Dialect::Sqlite,
            _ => return self.unknown("databases", name, &["sqlite", "postgres"]),
        };
        if !self.config.databases.contains(&dialect) {
            self.config.databases.push(dialect);
        }
    }

    fn datetime(&mut self, value: &Value<'_>) {
        let named = value.get_ref().as_str();
        match DateTimeCrate::ALL.into_iter().find(|krate| named == Some(krate.name())) {
            Some(krate) => self.config.datetime = krate,
            None => self.unknown("datetime", value, &DateTimeCrate::ALL.map(DateTimeCrate::name)),
        }
    }

    /// The oldest server of a database; the oldest that Rex serves, where it cannot be read.
    fn version(&mut self, key: &str, value: &Value<'_>, dialect: Dialect) -> Version {
        let oldest = Servers::OLDEST.of(dialect);
        match value.get_ref().as_str().map(Version::parse) {
            Some(Some(version)) if version >= oldest => return version,
            Some(Some(version)) => {
                let place = self.place(value);
                self.diagnostics.push(configuration::server_too_old(&place, key, version, dialect));
            }
            _ => self.unknown(key, value, &[&format!("a version like \"{oldest}\"")]),
        }
        oldest
    }

    fn lint(&mut self, name: &Key<'_>, level: &Value<'_>) {
        let lints = rex_compiler::diagnostic::REGISTRY.iter().filter_map(|code| code.lint());
        let known: Vec<&str> = lints.chain(["warnings"]).collect();
        let key = format!("lints.{}", name.get_ref());
        if !known.contains(&name.get_ref().as_ref()) {
            let place = self.place(name);
            self.diagnostics.push(configuration::unknown_lint(&place, name.get_ref(), &known));
            return;
        }
        let level = match level.get_ref().as_str() {
            Some("allow") => Level::Allow,
            Some("warn") => Level::Warn,
            Some("deny") => Level::Deny,
            _ => return self.unknown(&key, level, &["allow", "warn", "deny"]),
        };
        self.config.lints.insert(name.get_ref().clone().into_owned(), level);
    }

    fn unknown(&mut self, key: &str, value: &Value<'_>, known: &[&str]) {
        let (place, written) = (self.place(value), &self.text[value.span()]);
        self.diagnostics.push(configuration::unknown_value(&place, key, written, known));
    }

    /// `Cargo.toml:12`
    fn place<T>(&self, spanned: &Spanned<T>) -> String {
        format!("{}:{}", self.shown, line(self.text, spanned.span().start))
    }
}
