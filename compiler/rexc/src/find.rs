//! Which schemas a command is about, and how they are configured.

use std::fs;
use std::path::{Component, Path, PathBuf};

use cargo_metadata::MetadataCommand;
use rex_build::{Config, Loaded, load};
use rex_compiler::Sources;
use rex_compiler::diagnostic::{Code, Diagnostic};
use rex_schema::Dialect;

use crate::Stop;

/// A schema.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    /// Its folder, or its file, as messages name it.
    pub(crate) shown: String,
    /// Its files.
    pub(crate) loaded: Loaded,
    /// How it is compiled.
    pub(crate) config: Config,
    /// What is wrong with the configuration.
    pub(crate) diagnostics: Vec<Diagnostic>,
    path: PathBuf,
    /// The folder of its crate, if it belongs to one.
    krate: Option<PathBuf>,
    /// The folder of its migrations, where that is said otherwise.
    other_migrations: Option<PathBuf>,
}

impl Target {
    /// The folder of its migrations: of its crate, or beside the schema.
    pub(crate) fn migrations(&self) -> PathBuf {
        if let Some(folder) = &self.other_migrations {
            return folder.clone();
        }
        let folder = self.krate.as_deref().or_else(|| self.path.parent()).unwrap_or(&self.path);
        folder.join(&self.config.migrations)
    }

    /// Names another folder of its migrations, if one is said.
    pub(crate) fn set_migrations(&mut self, folder: Option<&Path>, current: &Path) -> Result<(), Stop> {
        let Some(shown) = folder else { return Ok(()) };
        let folder = current.join(shown);
        if !folder.is_dir() {
            let shown = shown.display();
            return stop(format!("there is no folder `{shown}`: name the one that holds the migrations"));
        }
        self.config.migrations = shown.display().to_string();
        self.other_migrations = Some(folder);
        Ok(())
    }

    /// The files under names that do not depend on the current directory, for generated code: from
    /// the crate's folder on, or from the folder above.
    pub(crate) fn sources_for_code(&self) -> Sources {
        let (sources, mut renamed) = (&self.loaded.sources, Sources::default());
        let whole = match &self.krate {
            Some(_) => self.config.schema.trim_end_matches('/').to_owned(),
            None => self.path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        };
        let shown = self.shown.trim_end_matches('/');
        for id in sources.ids() {
            // In the current directory's own files there is nothing to strip.
            let inside =
                sources.name(id).strip_prefix(shown).unwrap_or(sources.name(id)).trim_start_matches('/');
            let slash = if inside.is_empty() { "" } else { "/" };
            renamed.add(format!("{whole}{slash}{inside}"), sources.text(id));
        }
        renamed
    }
}

/// The databases, where no Cargo.toml says them.
#[derive(Clone, Debug, clap::Args)]
struct Databases {
    /// What the schema is for, instead of what Cargo.toml says; outside of a crate, both
    #[arg(long, value_name = "NAMES", value_delimiter = ',', global = true)]
    databases: Vec<DatabaseName>,
}

/// Which schema, said by options: what commands with a path take as well.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Chosen {
    /// A Cargo.toml, or a file with the keys of `[package.metadata.rex]`
    #[arg(long, value_name = "FILE", global = true)]
    config: Option<PathBuf>,
    /// A crate, a schema folder or a `.rex` file
    #[arg(long, value_name = "PATH", global = true)]
    schema: Option<PathBuf>,
    #[command(flatten)]
    databases: Databases,
}

impl Chosen {
    /// The one schema at the path, or that of the options; see [`target`].
    pub(crate) fn target(&self, path: Option<&Path>, current: &Path) -> Result<Target, Stop> {
        let path = path.or(self.schema.as_deref());
        match &self.config {
            Some(config) => configured(config, path, &self.databases, current),
            None => target(path, &self.databases, current),
        }
    }

    /// The schemas at the paths, or that of the options; see [`targets`].
    pub(crate) fn targets(&self, paths: &[PathBuf], current: &Path) -> Result<Vec<Target>, Stop> {
        match (&self.config, paths, &self.schema) {
            (Some(_), [] | [_], _) => Ok(vec![self.target(paths.first().map(PathBuf::as_path), current)?]),
            (Some(_), _, _) => {
                stop("`--config` is of one schema, and several are named: name one of them".to_owned())
            }
            (None, [], Some(schema)) => targets(std::slice::from_ref(schema), &self.databases, current),
            (None, paths, _) => targets(paths, &self.databases, current),
        }
    }
}

/// A database's name on the command line.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub(crate) enum DatabaseName {
    Sqlite,
    Postgres,
}

impl From<Dialect> for DatabaseName {
    fn from(dialect: Dialect) -> DatabaseName {
        match dialect {
            Dialect::Sqlite => DatabaseName::Sqlite,
            Dialect::Postgres => DatabaseName::Postgres,
        }
    }
}

impl From<DatabaseName> for Dialect {
    fn from(name: DatabaseName) -> Dialect {
        match name {
            DatabaseName::Sqlite => Dialect::Sqlite,
            DatabaseName::Postgres => Dialect::Postgres,
        }
    }
}

/// The schemas at the paths; without one, those of the workspace. Each comes once.
fn targets(paths: &[PathBuf], databases: &Databases, current: &Path) -> Result<Vec<Target>, Stop> {
    let finder = Finder { databases, current };
    if paths.is_empty() {
        return finder.workspace(current);
    }
    let mut targets: Vec<Target> = Vec::new();
    for path in paths {
        for target in finder.path(path)? {
            if targets.iter().all(|known| known.path != target.path) {
                targets.push(target);
            }
        }
    }
    Ok(targets)
}

/// The one schema at the path. Without one, that of the crate around the current directory, or the
/// only one of the workspace.
fn target(path: Option<&Path>, databases: &Databases, current: &Path) -> Result<Target, Stop> {
    if path.is_none()
        && let Some(manifest) = nearest_manifest(current)
        && is_package(&manifest)
    {
        let target = Finder { databases, current }.krate(&manifest)?;
        if !target.loaded.paths.is_empty() {
            return Ok(target);
        }
    }
    let mut targets = targets(path.map(Path::to_owned).as_slice(), databases, current)?;
    match targets.len() {
        1 => Ok(targets.remove(0)),
        _ => {
            let names: Vec<&str> = targets.iter().map(|target| target.shown.as_str()).collect();
            stop(format!("there are several schemas: name one of {}", names.join(", ")))
        }
    }
}

/// The schema of a configuration file: a Cargo.toml, or a file with the keys of its table. Paths in it
/// begin where it lies.
fn configured(
    file: &Path,
    schema: Option<&Path>,
    databases: &Databases,
    current: &Path,
) -> Result<Target, Stop> {
    let finder = Finder { databases, current };
    let path = current.join(file);
    let (config, diagnostics) = finder.config(&path)?;
    let base = path.parent().map(real);
    let folder = match (schema, &base) {
        (Some(schema), _) => current.join(schema),
        (None, Some(base)) => base.join(&config.schema),
        (None, None) => PathBuf::from(&config.schema),
    };
    Ok(finder.read(&folder, base, config, diagnostics))
}

/// A path from the current directory on, with forward slashes.
pub(crate) fn shown(path: &Path, current: &Path) -> String {
    let shown = relative(&real(path), &real(current)).display().to_string();
    if cfg!(windows) { shown.replace('\\', "/") } else { shown }
}

/// The files at the paths, a folder or file for itself alone, a crate for its schema; without a path,
/// those of the workspace's schemas. A file may come more than once.
pub(crate) fn files(paths: &[PathBuf], current: &Path) -> Result<Vec<Loaded>, Stop> {
    let databases = Databases { databases: Vec::new() };
    let finder = Finder { databases: &databases, current };
    let loaded = |targets: Vec<Target>| targets.into_iter().map(|target| target.loaded);
    if paths.is_empty() {
        return Ok(loaded(finder.workspace(current)?).collect());
    }
    let mut files = Vec::new();
    for path in paths {
        match finder.named(path)? {
            Named::Schema(path) => files.push(load(&path, &finder.shown(&path))),
            Named::Workspace(_) | Named::Crate(_) => files.extend(loaded(finder.path(path)?)),
        }
    }
    Ok(files)
}

/// What a path on the command line leads to.
enum Named {
    /// A folder with the manifest of a workspace alone.
    Workspace(PathBuf),
    /// The manifest of a crate.
    Crate(PathBuf),
    /// Another folder, or a `.rex` file.
    Schema(PathBuf),
}

struct Finder<'a> {
    databases: &'a Databases,
    current: &'a Path,
}

impl Finder<'_> {
    /// The crates of the workspace around `folder` that have a schema.
    fn workspace(&self, folder: &Path) -> Result<Vec<Target>, Stop> {
        let metadata = MetadataCommand::new().current_dir(folder).no_deps().exec();
        let metadata = metadata.or_else(|error| stop(no_workspace(&error)))?;
        let mut targets: Vec<Target> = Vec::new();
        for package in metadata.workspace_packages() {
            let manifest = package.manifest_path.as_std_path();
            let target = self.krate(manifest)?;
            let is_configured = package.metadata.get("rex").is_some();
            let is_new = targets.iter().all(|known| known.path != target.path);
            if is_new && (is_configured || !target.loaded.paths.is_empty()) {
                targets.push(target);
            }
        }
        if targets.is_empty() {
            return stop(
                "no crate here has a schema: make a folder `schema` beside its Cargo.toml, or name a folder"
                    .to_owned(),
            );
        }
        targets.sort_by(|one, other| one.path.cmp(&other.path));
        Ok(targets)
    }

    fn path(&self, path: &Path) -> Result<Vec<Target>, Stop> {
        match self.named(path)? {
            Named::Workspace(folder) => self.workspace(&folder),
            Named::Crate(manifest) => Ok(vec![self.krate(&manifest)?]),
            Named::Schema(path) => Ok(vec![self.schema(&path)?]),
        }
    }

    fn named(&self, path: &Path) -> Result<Named, Stop> {
        let shown = path.display();
        let path = self.current.join(path);
        let Ok(metadata) = fs::metadata(&path) else {
            return match fs::symlink_metadata(&path) {
                Ok(_) => stop(format!("`{shown}` leads nowhere, or may not be read")),
                Err(error) => stop(format!("there is no `{shown}`: {error}")),
            };
        };
        if metadata.is_dir() {
            let manifest = path.join("Cargo.toml");
            return Ok(match manifest.is_file() {
                true if is_package(&manifest) => Named::Crate(manifest),
                true => Named::Workspace(path),
                false => Named::Schema(path),
            });
        }
        match path.extension() {
            Some(extension) if extension == "rex" => Ok(Named::Schema(path)),
            _ => stop(format!("`{shown}` is neither a folder nor a `.rex` file")),
        }
    }

    /// A schema folder or a file: part of a crate's schema, or a schema of its own.
    fn schema(&self, path: &Path) -> Result<Target, Stop> {
        if let Some(manifest) = nearest_manifest(path) {
            let (config, _) = self.config(&manifest)?;
            let folder = manifest.with_file_name("").join(&config.schema);
            if real(path).starts_with(real(&folder)) {
                return self.krate(&manifest);
            }
        }
        let config = Config { databases: vec![Dialect::Sqlite, Dialect::Postgres], ..Config::default() };
        Ok(self.read(path, None, config, Vec::new()))
    }

    /// The schema of a crate.
    fn krate(&self, manifest: &Path) -> Result<Target, Stop> {
        let (config, diagnostics) = self.config(manifest)?;
        let folder = manifest.with_file_name("").join(&config.schema);
        Ok(self.read(&folder, manifest.parent().map(real), config, diagnostics))
    }

    fn config(&self, manifest: &Path) -> Result<(Config, Vec<Diagnostic>), Stop> {
        let shown = self.shown(manifest);
        let text = fs::read_to_string(manifest)
            .or_else(|error| stop(format!("`{shown}` cannot be read: {error}")))?;
        let is_manifest = manifest.file_name().is_some_and(|name| name == "Cargo.toml");
        let read = match is_manifest {
            true => Config::from_manifest(&shown, &text),
            false => Config::from_table(&shown, &text),
        };
        read.or_else(|reason| stop(format!("`{shown}` is not what cargo can read: {reason}")))
    }

    fn read(
        &self,
        path: &Path,
        krate: Option<PathBuf>,
        mut config: Config,
        mut diagnostics: Vec<Diagnostic>,
    ) -> Target {
        if !self.databases.databases.is_empty() {
            config.databases = Vec::new();
            for database in self.databases.databases.iter().map(|&name| Dialect::from(name)) {
                if !config.databases.contains(&database) {
                    config.databases.push(database);
                }
            }
            diagnostics.retain(|diagnostic| diagnostic.code != Code::E0901);
        }
        let shown = self.shown(path);
        let loaded = load(path, &shown);
        let slash = if path.is_dir() { "/" } else { "" };
        let shown = format!("{shown}{slash}");
        Target { shown, loaded, config, diagnostics, path: real(path), krate, other_migrations: None }
    }

    /// A path from the current directory on, with forward slashes.
    fn shown(&self, path: &Path) -> String {
        shown(path, self.current)
    }
}

/// `Cargo.toml` beside or above a file or folder.
fn nearest_manifest(path: &Path) -> Option<PathBuf> {
    let path = real(path);
    path.ancestors().map(|folder| folder.join("Cargo.toml")).find(|manifest| manifest.is_file())
}

/// Whether it is the manifest of a crate, and not of a workspace alone.
fn is_package(manifest: &Path) -> bool {
    let text = fs::read_to_string(manifest).unwrap_or_default();
    text.lines().any(|line| line.trim_start().starts_with("[package"))
}

/// Without links, so that paths can be compared.
fn real(path: &Path) -> PathBuf {
    if let Ok(real) = fs::canonicalize(path) {
        return real;
    }
    // It may not exist, and still be in a folder that does.
    match (path.parent(), path.file_name()) {
        (Some(parent), Some(name)) => real(parent).join(name),
        _ => path.to_owned(),
    }
}

/// The way from a folder to a path, both absolute; the path itself where there is none.
fn relative(path: &Path, from: &Path) -> PathBuf {
    let both = path.components().zip(from.components()).take_while(|(one, other)| one == other);
    let common = both.clone().count();
    if !both.into_iter().any(|(one, _)| matches!(one, Component::Normal(_)))
        && from.components().count() > common
    {
        return path.to_owned();
    }
    let up = from.components().skip(common).map(|_| Component::ParentDir);
    let way: PathBuf = up.chain(path.components().skip(common)).collect();
    if way.as_os_str().is_empty() { PathBuf::from(".") } else { way }
}

/// Cargo's reason, with what to do.
fn no_workspace(error: &cargo_metadata::Error) -> String {
    let reason = match error {
        cargo_metadata::Error::CargoMetadata { stderr } => stderr.clone(),
        other => other.to_string(),
    };
    let line = reason.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("cargo metadata failed");
    let line = line.trim_start_matches("error: ");
    if line.starts_with("could not find `Cargo.toml`") {
        return "there is no Cargo.toml here or above: name a schema folder or a `.rex` file".to_owned();
    }
    // The last cause is the first one: what is wrong in the manifest.
    let causes = reason.rsplit_once("Caused by:").map(|(_, cause)| cause.lines().map(str::trim));
    let cause = causes.and_then(|mut lines| lines.find(|line| !line.is_empty()));
    let cause = cause.map(|cause| format!(": {cause}")).unwrap_or_default();
    format!("cargo cannot tell the crates of this workspace: {line}{cause}; name a schema folder instead")
}

fn stop<T>(reason: String) -> Result<T, Stop> {
    Err(Stop::Reason(reason))
}
