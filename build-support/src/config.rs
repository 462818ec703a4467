//! `[package.metadata.rex]` in `Cargo.toml`.

use std::collections::BTreeMap;

use rex_compiler::check::{self, Level};
use rex_compiler::codegen;
use rex_compiler::diagnostic::{Diagnostic, configuration};
use rex_schema::Dialect;
use toml::{Table, Value};

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
    /// Tables are called by the model's name instead of its plural.
    pub singular_tables: bool,
    /// Models derive serde's traits.
    pub serde: bool,
    /// The folder of the `.rex` files, relative to the manifest.
    pub schema: String,
    /// What becomes of lints, by name; `warnings` stands for all that are told.
    pub lints: BTreeMap<String, Level>,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            databases: Vec::new(),
            singular_tables: false,
            serde: false,
            schema: "schema".to_owned(),
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
        let mut reader = Reader { shown, config: Config::default(), diagnostics: Vec::new() };
        let manifest: Table = text.parse().map_err(|error: toml::de::Error| {
            let at = error.span().map_or(0, |span| span.start.min(text.len()));
            let line = text.as_bytes()[..at].iter().filter(|&&byte| byte == b'\n').count() + 1;
            format!("line {line}: {}", error.message().lines().next().unwrap_or("not TOML"))
        })?;
        let table = manifest
            .get("package")
            .and_then(|package| package.get("metadata"))
            .and_then(|metadata| metadata.get("rex"))
            .and_then(Value::as_table);
        for (key, value) in table.into_iter().flatten() {
            reader.read(key, value);
        }
        if reader.config.databases.is_empty() && reader.diagnostics.is_empty() {
            reader.diagnostics.push(configuration::no_databases(shown));
        }
        Ok((reader.config, reader.diagnostics))
    }

    /// What the checker wants to know of it.
    pub fn check_options(&self) -> check::Options {
        let databases = match self.databases.as_slice() {
            [] => check::Options::default().databases,
            databases => databases.to_vec(),
        };
        check::Options { databases, singular_tables: self.singular_tables, lints: self.lints.clone() }
    }

    /// What the code generator wants to know of it.
    pub fn codegen_options(&self, layout: codegen::Layout) -> codegen::Options {
        codegen::Options { databases: self.check_options().databases, serde: self.serde, layout }
    }
}

struct Reader<'a> {
    shown: &'a str,
    config: Config,
    diagnostics: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn read(&mut self, key: &str, value: &Value) {
        match (key, value) {
            ("databases", Value::Array(names)) => names.iter().for_each(|name| self.database(name)),
            ("databases", value) => self.unknown("databases", value, &["[\"sqlite\", \"postgres\"]"]),
            ("tables", Value::String(name)) if name == "plural" => {}
            ("tables", Value::String(name)) if name == "singular" => self.config.singular_tables = true,
            ("tables", value) => self.unknown("tables", value, &["plural", "singular"]),
            ("serde", Value::Boolean(serde)) => self.config.serde = *serde,
            ("serde", value) => self.unknown("serde", value, &["true", "false"]),
            ("schema", Value::String(folder)) => self.config.schema.clone_from(folder),
            ("schema", value) => self.unknown("schema", value, &["schema"]),
            // Jiff and time are part of the language, and not built yet.
            ("datetime", Value::String(name)) if name == "chrono" => {}
            ("datetime", value) => self.unknown("datetime", value, &["chrono"]),
            ("lints", Value::Table(lints)) => lints.iter().for_each(|(name, level)| self.lint(name, level)),
            ("lints", value) => self.unknown("lints", value, &["{ int_key = \"allow\" }"]),
            ("migrations" | "min_postgres" | "min_sqlite", Value::String(_)) => {}
            ("migrations" | "min_postgres" | "min_sqlite", value) => self.unknown(key, value, &["a text"]),
            _ => self.diagnostics.push(configuration::unknown_key(self.shown, key, &KEYS)),
        }
    }

    fn database(&mut self, name: &Value) {
        let dialect = match name.as_str() {
            Some("postgres") => Dialect::Postgres,
            Some("sqlite") => Dialect::Sqlite,
            _ => return self.unknown("databases", name, &["sqlite", "postgres"]),
        };
        if !self.config.databases.contains(&dialect) {
            self.config.databases.push(dialect);
        }
    }

    fn lint(&mut self, name: &str, level: &Value) {
        let lints = rex_compiler::diagnostic::REGISTRY.iter().filter_map(|code| code.lint());
        let known: Vec<&str> = lints.chain(["warnings"]).collect();
        if !known.contains(&name) {
            self.diagnostics.push(configuration::unknown_key(self.shown, &format!("lints.{name}"), &known));
            return;
        }
        match level.as_str() {
            Some("allow") => drop(self.config.lints.insert(name.to_owned(), Level::Allow)),
            Some("warn") => drop(self.config.lints.insert(name.to_owned(), Level::Warn)),
            Some("deny") => drop(self.config.lints.insert(name.to_owned(), Level::Deny)),
            _ => self.unknown(&format!("lints.{name}"), level, &["allow", "warn", "deny"]),
        }
    }

    fn unknown(&mut self, key: &str, value: &Value, known: &[&str]) {
        self.diagnostics.push(configuration::unknown_value(self.shown, key, &value.to_string(), known));
    }
}
