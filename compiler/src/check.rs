//! The checker: from syntax trees to a schema, and all that is wrong on the way.
//!
//! Terms: a *draft* is a declaration on its way to the schema. A field whose type could not be
//! made out is *broken*: it was told once, and nothing more is said about it.

mod attributes;
mod backfill;
mod checks;
mod clashes;
mod columns;
mod computed;
mod declare;
mod defaults;
mod draft;
pub(crate) mod embedded;
mod enums;
mod expr;
mod fields;
mod foreign_keys;
mod former;
mod inverses;
mod join_tables;
mod keys;
mod lints;
mod literals;
mod methods;
mod mixins;
mod patterns;
mod renames;
mod rules;
mod schema;
mod statements;
mod storage;
mod stored;
mod through;
mod unions;
mod views;
mod written;

use std::collections::{BTreeMap, HashMap, HashSet};

use rex_grammar::ast;
use rex_schema::model::{EnumId, Scalar, Type};
use rex_schema::{Dialect, Schema, Servers, names};

use crate::diagnostic::{self, Applicability, Diagnostic, Severity};
use crate::parallel;
use crate::source::{FileId, Place, Sources};
use draft::{Declared, EnumDraft, FieldDraft, JoinDraft, ModelDraft, Shape, UnionDraft};

/// What a schema is checked for.
#[derive(Clone, Debug)]
pub struct Options {
    /// The databases that it must work on; never empty.
    pub databases: Vec<Dialect>,
    /// The oldest servers that it must work on.
    pub servers: Servers,
    /// Whether tables are called by the model's name instead of its plural.
    pub singular_tables: bool,
    /// What becomes of lints, by name; `warnings` stands for all that are told.
    pub lints: BTreeMap<String, Level>,
}

/// What becomes of a lint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// It is not told.
    Allow,
    /// It is told.
    Warn,
    /// It is an error.
    Deny,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            databases: vec![Dialect::Postgres, Dialect::Sqlite],
            servers: Servers::OLDEST,
            singular_tables: false,
            lints: BTreeMap::new(),
        }
    }
}

impl Options {
    /// What becomes of a lint, where nothing in the schema silences it.
    pub fn level(&self, lint: &str) -> Level {
        let set = |name: &str| self.lints.get(name).copied();
        match set(lint).unwrap_or(Level::Warn) {
            Level::Warn => set("warnings").unwrap_or(Level::Warn),
            level => level,
        }
    }

    /// A diagnostic of whoever reads files, as the levels of lints have it.
    pub fn leveled(&self, mut diagnostic: Diagnostic) -> Option<Diagnostic> {
        match diagnostic.code.lint().map(|lint| self.level(lint)) {
            Some(Level::Allow) => return None,
            Some(Level::Deny) => diagnostic.severity = Severity::Error,
            Some(Level::Warn) | None => {}
        }
        Some(diagnostic)
    }
}

/// What checking gives.
#[derive(Clone, Debug)]
pub struct Checked {
    /// All that is wrong, by file, then by place.
    pub diagnostics: Vec<Diagnostic>,
    schema: Schema,
}

impl Checked {
    /// The schema; none if there are errors.
    pub fn schema(&self) -> Option<&Schema> {
        (!self.has_errors()).then_some(&self.schema)
    }

    /// What could be made out, errors or not: sound in itself, but less than was written.
    pub fn partial(&self) -> &Schema {
        &self.schema
    }

    /// Whether anything is worse than a warning.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|diagnostic| diagnostic.severity() == Severity::Error)
    }
}

/// Checks a schema. The passes are those below, in order; none of them stops the next.
pub fn check(sources: &Sources, options: &Options) -> Checked {
    let ids: Vec<FileId> = sources.ids().collect();
    if is_too_large(sources) {
        let nothing = schema::assemble(&Cx::new(sources, options, Vec::new()));
        return Checked {
            diagnostics: vec![diagnostic::configuration::too_many_words(MAX_TOKENS)],
            schema: nothing,
        };
    }
    let parsed = parallel::map(&ids, |&id| rex_grammar::parse(sources.text(id)));
    let mut diagnostics = Vec::new();
    let mut files: Vec<ast::File> = Vec::with_capacity(parsed.len());
    for (id, (file, errors)) in ids.into_iter().zip(parsed) {
        diagnostics.extend(errors.iter().map(|error| diagnostic::syntax::syntax(sources, id, error)));
        files.push(file);
    }
    let mut cx = Cx::new(sources, options, diagnostics);
    declare::declare(&mut cx, &files);
    unions::resolve(&mut cx);
    fields::resolve(&mut cx);
    mixins::take_in(&mut cx);
    fields::find_empty(&mut cx);
    embedded::resolve(&mut cx);
    statements::read_keys(&mut cx);
    views::check(&mut cx);
    views::check_keys(&mut cx);
    keys::resolve(&mut cx);
    unions::check_keys(&mut cx);
    columns::make(&mut cx);
    statements::read_indexes(&mut cx);
    defaults::check(&mut cx);
    computed::check(&mut cx);
    written::check(&mut cx);
    former::check(&mut cx);
    rules::check(&mut cx);
    inverses::resolve(&mut cx);
    foreign_keys::make(&mut cx);
    stored::check(&mut cx);
    backfill::check(&mut cx);
    clashes::check(&mut cx);
    storage::check_former(&mut cx);
    lints::check(&mut cx);
    renames::complete(&mut cx, &files);
    let schema = schema::assemble(&cx);
    let diagnostics = cx.finish();
    Checked { diagnostics, schema }
}

/// How many words and signs all files of a schema may have: those of 13,000 models of 15 fields.
const MAX_TOKENS: usize = 1_500_000;

/// Whether there are more. Each has a byte at least, so that few schemas are looked through for it.
fn is_too_large(sources: &Sources) -> bool {
    let bytes: usize = sources.ids().map(|id| sources.text(id).len()).sum();
    bytes > MAX_TOKENS
        && sources.ids().map(|id| rex_grammar::count_tokens(sources.text(id))).sum::<usize>() > MAX_TOKENS
}

/// What may be the field that a longer name is made of: `home` and `home_city` of `home_city.name`.
/// The names of fields are no longer than a database holds.
fn heads(name: &str) -> impl Iterator<Item = &str> {
    let ends = name.match_indices(['_', '.']).map(|(at, _)| at);
    ends.take_while(|&at| at <= names::MAX).map(|at| &name[..at])
}

/// A model, by its place among the drafts.
type ModelIx = usize;
/// A field, by its place in its model.
type FieldIx = usize;

/// What the passes share.
struct Cx<'a> {
    sources: &'a Sources,
    options: &'a Options,
    diagnostics: Vec<Diagnostic>,
    /// How many errors of the checker each file has.
    errors: Vec<usize>,
    declared: HashMap<&'a str, Declared>,
    models: Vec<ModelDraft<'a>>,
    enums: Vec<EnumDraft<'a>>,
    unions: Vec<UnionDraft<'a>>,
    /// The embedded types that do not contain themselves, inner ones first.
    types: Vec<ModelIx>,
    join_tables: Vec<JoinDraft>,
    /// Lints silenced within these places, by name.
    allowed: Vec<(Place, &'static str)>,
    /// How many more fields and columns mixins, embedded types and unions may make.
    makeable: usize,
    /// Whether more were asked for, which was told.
    made_too_many: bool,
    /// How many more names misspelt ones are compared with.
    comparisons: usize,
    /// Names that may be declared by lines of other languages: they are not told as unknown.
    seeming: HashSet<String>,
}

/// The most diagnostics that one file gets, and the most of a schema that look for near names: time
/// and output stay bounded on a file that is wrong throughout.
const MAX_OF_FILE: usize = 500;

/// The most errors of a file that are kept until all are sorted.
const MAX_KEPT: usize = 10 * MAX_OF_FILE;

/// The most names that misspelt ones are compared with.
const MAX_COMPARED: usize = 1_000_000;

/// The most fields and columns that mixins, embedded types and unions make of few words: memory and
/// time stay bounded, whatever is written.
const MAX_MADE: usize = 40_000;

impl<'a> Cx<'a> {
    fn new(sources: &'a Sources, options: &'a Options, diagnostics: Vec<Diagnostic>) -> Cx<'a> {
        let seeming = diagnostic::seemingly_declared(sources, &diagnostics);
        Cx {
            sources,
            options,
            diagnostics,
            errors: vec![0; sources.ids().count()],
            declared: HashMap::new(),
            models: Vec::new(),
            enums: Vec::new(),
            unions: Vec::new(),
            types: Vec::new(),
            join_tables: Vec::new(),
            allowed: Vec::new(),
            makeable: MAX_MADE,
            made_too_many: false,
            comparisons: MAX_COMPARED,
            seeming,
        }
    }

    /// Keeps a diagnostic, unless it is an error of a file that has many more than are told. A lint
    /// may be silenced, or be the one that is denied.
    fn report(&mut self, diagnostic: Diagnostic) {
        let file = diagnostic.primary.as_ref().map(|label| label.place.file.0 as usize);
        if let Some(errors) = file.and_then(|file| self.errors.get_mut(file))
            && diagnostic.severity() == Severity::Error
        {
            *errors += 1;
            if *errors > MAX_KEPT {
                return;
            }
        }
        self.diagnostics.push(diagnostic);
    }

    /// Whether a fault was told of something within a place.
    fn has_error_within(&self, place: Place) -> bool {
        let errors = self.diagnostics.iter().filter(|it| it.severity() == Severity::Error);
        errors
            .filter_map(|error| error.primary.as_ref())
            .any(|label| label.place.file == place.file && place.span.contains(label.place.span))
    }

    fn text(&self, place: Place) -> &'a str {
        &self.sources.text(place.file)[place.span.range()]
    }

    fn has(&self, dialect: Dialect) -> bool {
        self.options.databases.contains(&dialect)
    }

    /// Where something is declared, and what it is called there.
    fn declaration(&self, declared: Declared) -> Option<(Place, &'static str)> {
        let block = |block: ModelIx| (self.models[block].place(), self.models[block].ast.kind.keyword());
        Some(match declared {
            Declared::Model(at) | Declared::Mixin(at) | Declared::Type(at) => block(at),
            Declared::Enum(at) => {
                (Place { file: self.enums[at].file, span: self.enums[at].ast.name.span }, "enum")
            }
            Declared::Union(at) => {
                (Place { file: self.unions[at].file, span: self.unions[at].ast.name.span }, "union")
            }
        })
    }

    /// Whether so many more fields or columns may be made. If not, it is told once.
    fn may_make(&mut self, count: usize, place: Place) -> bool {
        if count <= self.makeable {
            self.makeable -= count;
            return true;
        }
        if !self.made_too_many {
            self.report(diagnostic::declarations::too_many_made(place, MAX_MADE));
        }
        (self.makeable, self.made_too_many) = (0, true);
        false
    }

    /// The models that have rows: without mixins and embedded types.
    fn with_rows(&self) -> impl Iterator<Item = ModelIx> + use<> {
        let models: Vec<ModelIx> = self
            .models
            .iter()
            .map(ModelDraft::has_rows)
            .enumerate()
            .filter(|&(_, has)| has)
            .map(|(at, _)| at)
            .collect();
        models.into_iter()
    }

    fn field(&self, model: ModelIx, field: FieldIx) -> &FieldDraft<'a> {
        &self.models[model].fields[field]
    }

    fn side(&self, model: ModelIx, field: FieldIx) -> diagnostic::relations::Side<'a> {
        let draft = self.field(model, field);
        diagnostic::relations::Side {
            model: self.models[model].name(),
            field: draft.name(),
            place: draft.place(),
        }
    }

    /// The name of a type as it is written.
    fn type_name(&self, ty: Type) -> String {
        match ty {
            Type::Scalar(Scalar::Decimal { precision, scale }) => format!("Decimal({precision}, {scale})"),
            Type::Scalar(Scalar::String { max: Some(max) }) => format!("String({max})"),
            Type::Scalar(scalar) => scalar.name().to_owned(),
            Type::Enum(id) => self.enums[id.index()].ast.name.text.clone(),
        }
    }

    /// Tells a name that a database cannot hold. Those of tables, types and indexes must not
    /// begin as the database's own do.
    fn database_name(&mut self, what: &str, place: Place, name: &str, is_top_level: bool) {
        let folded = name.to_lowercase();
        let reserved = is_top_level && (folded.starts_with("sqlite_") || folded.starts_with("pg_"));
        if name.is_empty() || name.len() > names::MAX || name.contains('\0') || reserved {
            self.report(diagnostic::names::bad_database_name(what, place, name));
        }
    }

    /// Whether a near name may be looked for once more, among so many.
    fn may_suggest(&mut self, among: usize) -> bool {
        let cost = among.max(MAX_COMPARED / MAX_OF_FILE);
        self.comparisons = self.comparisons.saturating_sub(cost);
        self.comparisons > 0
    }

    /// A name that a model has no field of. Nothing is told where the field may be in a part
    /// that could not be read.
    fn unknown_field(&mut self, place: Place, model: ModelIx, name: &str) {
        let draft = &self.models[model];
        let is_broken =
            |head: &str| draft.find(head).is_some_and(|field| draft.fields[field].shape == Shape::Broken);
        let made_by_broken = heads(name).any(is_broken);
        if draft.broken || made_by_broken {
            return;
        }
        let owner = draft.name();
        let among = self.models[model].fields.len() + self.models[model].columns.len();
        let known: Vec<String> = match self.may_suggest(among) {
            true => {
                let made = self.models[model].columns.iter().filter(|column| column.made);
                self.models[model]
                    .field_names()
                    .chain(made.map(|column| column.field.as_str()))
                    .map(str::to_owned)
                    .chain(embedded::parts(self, model))
                    .collect()
            }
            false => Vec::new(),
        };
        let known = known.iter().map(String::as_str);
        self.report(diagnostic::keys::unknown_field(place, owner, name, known));
    }

    /// A name that an enum has no variant of.
    fn unknown_variant(&mut self, id: EnumId, place: Place, name: &str) {
        let draft = &self.enums[id.index()];
        let (owner, declared) = (draft.ast.name.text.as_str(), draft.place());
        let known: Vec<&str> = match self.may_suggest(draft.variants.len()) {
            true => self.enums[id.index()].variant_names().collect(),
            false => Vec::new(),
        };
        self.report(diagnostic::defaults::unknown_variant(place, name, owner, &known, declared));
    }

    /// The names of all models, in order; none once near names are no longer looked for.
    fn model_names(&mut self) -> Vec<&'a str> {
        if !self.may_suggest(self.models.len()) {
            return Vec::new();
        }
        let models = self.models.iter().filter(|model| model.has_rows());
        let mut names: Vec<&str> = models.map(|model| model.name()).collect();
        names.sort_unstable();
        names
    }

    /// Sorted, without what is silenced, and no more of a file than anyone reads.
    fn finish(mut self) -> Vec<Diagnostic> {
        let mut diagnostics = std::mem::take(&mut self.diagnostics);
        diagnostics.retain_mut(|diagnostic| match self.level(diagnostic) {
            Some(Level::Allow) => false,
            Some(Level::Deny) => {
                diagnostic.severity = Severity::Error;
                true
            }
            Some(Level::Warn) | None => true,
        });
        diagnostics.sort_by_key(|diagnostic| {
            (
                diagnostic.primary.as_ref().map(|label| (label.place.file, label.place.span.start)),
                diagnostic.code,
            )
        });
        self.tell_once(&mut diagnostics);
        // No machine throws away what somebody wrote.
        for fix in diagnostics.iter_mut().flat_map(|diagnostic| &mut diagnostic.fixes) {
            if fix.applicability == Applicability::Safe && fix.loses_a_comment(self.sources) {
                fix.applicability = Applicability::Choice;
            }
        }
        let mut left = vec![MAX_OF_FILE; self.sources.ids().count()];
        let mut lints_left = left.clone();
        diagnostics.retain(|diagnostic| {
            let Some(label) = &diagnostic.primary else { return true };
            let left = if diagnostic.severity() == Severity::Error { &mut left } else { &mut lints_left };
            let left = &mut left[label.place.file.0 as usize];
            *left = left.saturating_sub(1);
            *left > 0
        });
        diagnostics
    }

    /// What is wrong in a mixin is found in every model that takes it in, and told once. The
    /// diagnostics are sorted.
    fn tell_once(&self, diagnostics: &mut Vec<Diagnostic>) {
        let mut shared: Vec<Place> = self
            .models
            .iter()
            .filter(|draft| !draft.has_rows())
            .map(|draft| Place { file: draft.file, span: draft.ast.span })
            .collect();
        shared.sort_unstable();
        let is_shared = |place: Place| {
            let at = shared
                .partition_point(|block| (block.file, block.span.start) <= (place.file, place.span.start));
            at > 0 && shared[at - 1].file == place.file && shared[at - 1].span.contains(place.span)
        };
        diagnostics.dedup_by(|later, first| {
            let place = |diagnostic: &Diagnostic| diagnostic.primary.as_ref().map(|label| label.place);
            let same = later.code == first.code && place(later) == place(first);
            same && (later.message == first.message || place(later).is_some_and(is_shared))
        });
    }

    /// What becomes of a lint; none for what is no lint.
    fn level(&self, diagnostic: &Diagnostic) -> Option<Level> {
        let lint = diagnostic.code.lint()?;
        let place = diagnostic.primary.as_ref().map(|label| label.place);
        let is_allowed = self.allowed.iter().any(|(scope, name)| {
            *name == lint && place.is_some_and(|p| p.file == scope.file && scope.span.contains(p.span))
        });
        Some(if is_allowed { Level::Allow } else { self.options.level(lint) })
    }
}

/// Documentation as one text.
fn docs(lines: &[ast::Doc]) -> String {
    match lines {
        [] => String::new(),
        [line] => line.text.clone(),
        lines => lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join("\n"),
    }
}
