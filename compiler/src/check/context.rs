//! What the passes share, and how they tell what is wrong.

use std::collections::{HashMap, HashSet};

use rex_schema::model::{EnumId, Scalar, Type};
use rex_schema::{Dialect, names};

use super::draft::{Declared, EnumDraft, FieldDraft, JoinDraft, ModelDraft, Shape, UnionDraft};
use super::{FieldIx, ModelIx, Options, embedded, heads};
use crate::diagnostic::{self, Diagnostic, Severity};
use crate::source::{Place, Sources};

/// What the passes share.
pub(super) struct Cx<'a> {
    pub(super) sources: &'a Sources,
    pub(super) options: &'a Options,
    pub(super) diagnostics: Vec<Diagnostic>,
    /// How many errors of the checker each file has.
    pub(super) errors: Vec<usize>,
    pub(super) declared: HashMap<&'a str, Declared>,
    pub(super) models: Vec<ModelDraft<'a>>,
    pub(super) enums: Vec<EnumDraft<'a>>,
    pub(super) unions: Vec<UnionDraft<'a>>,
    /// The embedded types that do not contain themselves, inner ones first.
    pub(super) types: Vec<ModelIx>,
    pub(super) join_tables: Vec<JoinDraft>,
    /// Lints silenced within these places, by name.
    pub(super) allowed: Vec<(Place, &'static str)>,
    /// How many more fields and columns mixins, embedded types and unions may make.
    pub(super) makeable: usize,
    /// Whether more were asked for, which was told.
    pub(super) made_too_many: bool,
    /// How many more names misspelt ones are compared with.
    pub(super) comparisons: usize,
    /// Names that may be declared by lines of other languages: they are not told as unknown.
    pub(super) seeming: HashSet<String>,
}

/// The most diagnostics that one file gets, and the most of a schema that look for near names: time
/// and output stay bounded on a file that is wrong throughout.
pub(super) const MAX_OF_FILE: usize = 500;

/// The most errors of a file that are kept until all are sorted.
const MAX_KEPT: usize = 10 * MAX_OF_FILE;

/// The most names that misspelt ones are compared with.
const MAX_COMPARED: usize = 1_000_000;

/// The most fields and columns that mixins, embedded types and unions make of few words: memory and
/// time stay bounded, whatever is written.
const MAX_MADE: usize = 40_000;

impl<'a> Cx<'a> {
    pub(super) fn new(sources: &'a Sources, options: &'a Options, diagnostics: Vec<Diagnostic>) -> Cx<'a> {
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
    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
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
    pub(super) fn has_error_within(&self, place: Place) -> bool {
        let errors = self.diagnostics.iter().filter(|it| it.severity() == Severity::Error);
        errors
            .filter_map(|error| error.primary.as_ref())
            .any(|label| label.place.file == place.file && place.span.contains(label.place.span))
    }

    pub(super) fn text(&self, place: Place) -> &'a str {
        &self.sources.text(place.file)[place.span.range()]
    }

    pub(super) fn has(&self, dialect: Dialect) -> bool {
        self.options.databases.contains(&dialect)
    }

    /// Where something is declared, and what it is called there.
    pub(super) fn declaration(&self, declared: Declared) -> Option<(Place, &'static str)> {
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
    pub(super) fn may_make(&mut self, count: usize, place: Place) -> bool {
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
    pub(super) fn with_rows(&self) -> impl Iterator<Item = ModelIx> + use<> {
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

    pub(super) fn field(&self, model: ModelIx, field: FieldIx) -> &FieldDraft<'a> {
        &self.models[model].fields[field]
    }

    pub(super) fn side(&self, model: ModelIx, field: FieldIx) -> diagnostic::relations::Side<'a> {
        let draft = self.field(model, field);
        diagnostic::relations::Side {
            model: self.models[model].name(),
            field: draft.name(),
            place: draft.place(),
        }
    }

    /// The name of a type as it is written.
    pub(super) fn type_name(&self, ty: Type) -> String {
        match ty {
            Type::Scalar(Scalar::Decimal { precision, scale }) => format!("Decimal({precision}, {scale})"),
            Type::Scalar(Scalar::String { max: Some(max) }) => format!("String({max})"),
            Type::Scalar(scalar) => scalar.name().to_owned(),
            Type::Enum(id) => self.enums[id.index()].ast.name.text.clone(),
        }
    }

    /// Tells a name that a database cannot hold. Those of tables, types and indexes must not
    /// begin as the database's own do.
    pub(super) fn database_name(&mut self, what: &str, place: Place, name: &str, is_top_level: bool) {
        let folded = name.to_lowercase();
        let reserved = is_top_level && (folded.starts_with("sqlite_") || folded.starts_with("pg_"));
        if name.is_empty() || name.len() > names::MAX || name.contains('\0') || reserved {
            self.report(diagnostic::names::bad_database_name(what, place, name));
        }
    }

    /// Whether a near name may be looked for once more, among so many.
    pub(super) fn may_suggest(&mut self, among: usize) -> bool {
        let cost = among.max(MAX_COMPARED / MAX_OF_FILE);
        self.comparisons = self.comparisons.saturating_sub(cost);
        self.comparisons > 0
    }

    /// A name that a model has no field of. Nothing is told where the field may be in a part
    /// that could not be read.
    pub(super) fn unknown_field(&mut self, place: Place, model: ModelIx, name: &str) {
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
    pub(super) fn unknown_variant(&mut self, id: EnumId, place: Place, name: &str) {
        let draft = &self.enums[id.index()];
        let (owner, declared) = (draft.ast.name.text.as_str(), draft.place());
        let known: Vec<&str> = match self.may_suggest(draft.variants.len()) {
            true => self.enums[id.index()].variant_names().collect(),
            false => Vec::new(),
        };
        self.report(diagnostic::defaults::unknown_variant(place, name, owner, &known, declared));
    }

    /// The names of all models, in order; none once near names are no longer looked for.
    pub(super) fn model_names(&mut self) -> Vec<&'a str> {
        if !self.may_suggest(self.models.len()) {
            return Vec::new();
        }
        let models = self.models.iter().filter(|model| model.has_rows());
        let mut names: Vec<&str> = models.map(|model| model.name()).collect();
        names.sort_unstable();
        names
    }
}
