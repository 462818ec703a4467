//! `rexc inspect` and `rexc debug`: what is generated, for people.

use std::io::Write;
use std::path::PathBuf;

use rex_compiler::codegen::{Layout, Listing, Query, listings};
use rex_schema::plan::Object;
use rex_schema::{Dialect, Schema, lower, table_of};

use crate::check::schema;
use crate::find::{Chosen, DatabaseName};
use crate::migrate::live::Live;
use crate::plans::{self, Scan};
use crate::{Console, Exit, Stop};

/// Show what is generated
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    Model(ModelArguments),
}

/// Show a model: its table, fields, relations, methods, and the SQL that is fixed
#[derive(Debug, clap::Args)]
struct ModelArguments {
    /// The model
    #[arg(value_name = "NAME")]
    name: String,
    #[command(flatten)]
    from: From,
}

/// Show what a program does
#[derive(Debug, clap::Args)]
pub(crate) struct Debug {
    #[command(subcommand)]
    what: Debugged,
}

#[derive(Debug, clap::Subcommand)]
enum Debugged {
    Queries(QueriesArguments),
}

/// Show the SQL that is fixed at build time, of each model and each database
///
/// It is what `get`, `by_…`, `create` and `delete` send. Finders put theirs together when they are
/// sent.
#[derive(Debug, clap::Args)]
struct QueriesArguments {
    /// Of this model alone
    #[arg(long, value_name = "NAME")]
    model: Option<String>,
    /// Ask a live database for the plan of each, and of what looks rows up by foreign keys; say which
    /// of them read a whole table for want of an index
    #[arg(long)]
    explain: bool,
    /// The database to ask, instead of what DATABASE_URL or the file `.env` says
    #[arg(long, value_name = "URL", requires = "explain")]
    database_url: Option<String>,
    #[command(flatten)]
    from: From,
}

/// Where it is generated from.
#[derive(Clone, Debug, clap::Args)]
struct From {
    /// A crate, a schema folder or a `.rex` file
    ///
    /// Not needed where the workspace has one schema, or in a crate with one.
    #[arg(value_name = "PATH", conflicts_with = "schema")]
    path: Option<PathBuf>,
    /// For this database alone
    #[arg(long, value_name = "NAME")]
    database: Option<DatabaseName>,
    #[command(flatten)]
    chosen: Chosen,
}

pub(crate) fn run(arguments: &Arguments, console: &mut Console<'_>) -> Result<Exit, Stop> {
    let What::Model(arguments) = &arguments.what;
    let Some((_, all)) = listed(&arguments.from, console)? else { return Ok(Exit::Errors) };
    let model = named(&all, &arguments.name)?;
    show(&mut console.out.write, model)?;
    Ok(Exit::Clean)
}

pub(crate) fn debug(arguments: &Debug, console: &mut Console<'_>) -> Result<Exit, Stop> {
    let Debugged::Queries(arguments) = &arguments.what;
    if arguments.explain {
        return explained(arguments, console);
    }
    let Some((_, all)) = listed(&arguments.from, console)? else { return Ok(Exit::Errors) };
    let chosen: Vec<&Listing> = match &arguments.model {
        Some(name) => vec![named(&all, name)?],
        None => all.iter().collect(),
    };
    let mut gap = "";
    for model in chosen {
        for query in &model.queries {
            write!(console.out.write, "{gap}")?;
            show_query(&mut console.out.write, model, query)?;
            gap = "\n";
        }
    }
    Ok(Exit::Clean)
}

/// The statements with the plans of a live database.
fn explained(arguments: &QueriesArguments, console: &mut Console<'_>) -> Result<Exit, Stop> {
    let live = Live::to_ask(arguments.database_url.as_deref())?;
    let dialect = live.dialect();
    let from = From { database: Some(dialect.into()), ..arguments.from.clone() };
    let Some((schema, all)) = listed(&from, console)? else { return Ok(Exit::Errors) };
    let only = arguments.model.as_ref().map(|name| named(&all, name)).transpose()?;
    let chosen = |model: &&Listing| only.is_none_or(|only| only.model == model.model);
    let mut queries = Vec::new();
    for model in all.iter().filter(chosen) {
        let table = table_of_listed(&schema, model, dialect);
        queries.extend(
            model
                .queries
                .iter()
                .flat_map(|query| {
                    let title = format!("{}.{}", model.accessor, query.method);
                    query.sql.iter().map(move |(_, sql)| (title.clone(), sql.clone()))
                })
                .map(|(title, sql)| Explained { title, sql, table: table.clone(), lookup: None }),
        );
    }
    let table = only.map(|model| table_of_listed(&schema, model, dialect).to_string());
    let lookups = plans::lookups(&lower(&schema, dialect), table.as_deref());
    queries.extend(lookups.into_iter().map(|lookup| Explained {
        title: format!("by the foreign key {}", lookup.name()),
        sql: lookup.sql(dialect),
        table: lookup.table.clone(),
        lookup: Some(lookup),
    }));
    let mut scans = Vec::new();
    for query in queries {
        scans.extend(query.show(&live, &mut console.out.write)?);
    }
    writeln!(console.out.write, "{}", summary(&scans))?;
    Ok(Exit::Clean)
}

/// How many statements read whole tables, and why.
fn summary(scans: &[Scan]) -> String {
    let read = |why: Scan| match scans.iter().filter(|&&scan| scan == why).count() {
        0 => None,
        1 => Some("1 statement reads a whole table".to_owned()),
        count => Some(format!("{count} statements read whole tables")),
    };
    let lacking = read(Scan::NoIndex).unwrap_or_else(|| "no table is read whole".to_owned());
    let cheaper = read(Scan::Cheaper).map(|read| format!("\n{read} though an index would serve"));
    format!("{lacking} for want of an index{}", cheaper.unwrap_or_default())
}

/// A statement to be explained.
struct Explained {
    title: String,
    sql: String,
    table: Object,
    lookup: Option<plans::Lookup>,
}

impl Explained {
    /// Shows it with its plan; answers with why a whole table is read, where there was that to say of it.
    fn show(&self, live: &Live, out: &mut dyn Write) -> Result<Option<Scan>, Stop> {
        writeln!(out, "-- {}\n{};", self.title, self.sql)?;
        let plan = plans::explain(live, &self.sql, &self.table)?;
        for line in &plan.lines {
            writeln!(out, "--   {line}")?;
        }
        let note = plan.note(&self.table, self.lookup.as_ref(), live);
        if let Some((_, note)) = &note {
            writeln!(out, "-- note: {note}")?;
        }
        writeln!(out)?;
        Ok(note.map(|(scan, _)| scan))
    }
}

fn table_of_listed(schema: &Schema, listed: &Listing, dialect: Dialect) -> Object {
    let model = schema.models().find(|(_, model)| model.name == listed.model);
    table_of(model.expect("a listing is of a model of the schema").1, dialect)
}

/// What is generated for each model; none where the schema has faults, which are told then.
fn listed(from: &From, console: &mut Console<'_>) -> Result<Option<(Schema, Vec<Listing>)>, Stop> {
    let target = from.chosen.target(from.path.as_deref(), &console.folder)?;
    let Some(schema) = schema(&target, console) else { return Ok(None) };
    let mut options = target.config.codegen_options(Layout::Modules);
    if let Some(database) = from.database.map(Dialect::from) {
        if !options.databases.contains(&database) {
            return Err(Stop::Reason(format!("the schema is not for {}", database.name())));
        }
        options.databases = vec![database];
    }
    let listings = listings(&schema, &options);
    Ok(Some((schema, listings)))
}

fn named<'a>(all: &'a [Listing], name: &str) -> Result<&'a Listing, Stop> {
    let found = all.iter().find(|model| model.model.eq_ignore_ascii_case(name));
    found.ok_or_else(|| {
        let names: Vec<&str> = all.iter().map(|model| model.model.as_str()).collect();
        Stop::Reason(format!("no model is called `{name}`: there is {}", names.join(", ")))
    })
}

fn show(out: &mut dyn Write, model: &Listing) -> Result<(), Stop> {
    writeln!(out, "model {}\ntable {}\n\nfields", model.model, model.table)?;
    table(out, &model.fields)?;
    if !model.relations.is_empty() {
        writeln!(out, "\nrelations")?;
        table(out, &model.relations)?;
    }
    writeln!(out, "\n{}", model.accessor)?;
    for method in &model.methods {
        writeln!(out, "    .{method}")?;
    }
    for query in &model.queries {
        writeln!(out)?;
        show_query(out, model, query)?;
    }
    Ok(())
}

fn show_query(out: &mut dyn Write, model: &Listing, query: &Query) -> Result<(), Stop> {
    writeln!(out, "-- {}.{}", model.accessor, query.method)?;
    for (dialect, sql) in &query.sql {
        let only = if query.sql.len() > 1 { format!("-- {}\n", dialect.title()) } else { String::new() };
        writeln!(out, "{only}{sql};")?;
    }
    Ok(())
}

/// Rows of three parts, which stand below each other.
fn table(out: &mut dyn Write, rows: &[[String; 3]]) -> Result<(), Stop> {
    let width = |part: usize| rows.iter().map(|row| row[part].chars().count()).max().unwrap_or(0);
    let (first, second) = (width(0), width(1));
    for [a, b, c] in rows {
        writeln!(out, "    {a:first$}  {b:second$}  {c}")?;
    }
    Ok(())
}
