//! What stands in a block: fields with their types and attributes, and statements.

use super::{Pair, Walker, doc, name, tight};
use crate::ast::*;
use crate::error::{SyntaxError, SyntaxErrorKind};
use crate::parse::Rule;

/// Whether an attribute takes an expression, in which `=` compares.
fn is_of_expression(attribute: &str) -> bool {
    matches!(attribute, "computed" | "backfill" | "on_update")
}

impl Walker<'_> {
    pub(super) fn field(&mut self, pair: Pair<'_>) -> Field {
        let mut whole = tight(&pair);
        let mut docs = Vec::new();
        let mut title = None;
        let mut ty = None;
        let mut default = None;
        let mut attributes = Vec::new();
        let mut early = Vec::new();
        let mut mark = None;
        for pair in pair.into_inner() {
            match pair.as_rule() {
                Rule::doc => docs.push(doc(&pair)),
                Rule::name => title = Some(name(&pair)),
                Rule::colon => {}
                Rule::optional_name => mark = Some(tight(&pair)),
                Rule::type_ref => {
                    early.append(&mut attributes);
                    ty = Some(self.type_ref(pair));
                }
                Rule::default => default = self.default(pair),
                _ => attributes.extend(self.attribute(pair)),
            }
        }
        for attribute in &early {
            let text = self.source[attribute.span.range()].to_owned();
            self.error(SyntaxErrorKind::AttributeBeforeType { text, end: whole.after() }, attribute.span);
        }
        early.append(&mut attributes);
        if let (Some(mark), Some(ty)) = (mark, &mut ty) {
            let end = ty.optional.is_none().then_some(ty.span.after());
            ty.optional = ty.optional.or(Some(mark));
            self.error(SyntaxErrorKind::OptionalName { end }, mark);
        }
        let title = title.expect("a field has a name");
        whole.start = title.span.start;
        Field { docs, name: title, ty, default, attributes: early, span: whole }
    }

    fn default(&mut self, pair: Pair<'_>) -> Option<Expr> {
        let mut inner = pair.into_inner().peekable();
        if let Some(walrus) = inner.next_if(|pair| pair.as_rule() == Rule::walrus) {
            self.error(SyntaxErrorKind::Walrus, tight(&walrus));
        }
        inner.next().map(|expr| self.expr(expr))
    }

    /// None for what is no attribute of ours at all, told already.
    pub(super) fn attribute(&mut self, pair: Pair<'_>) -> Option<Attribute> {
        let whole = tight(&pair);
        let mut inner = pair.into_inner().skip(1).peekable();
        let (text, span) = self.path(&mut inner);
        let title = Name { text, span };
        let args = inner.next();
        if title.text.contains('.') {
            self.error(SyntaxErrorKind::DottedAttribute { name: title.text }, whole);
            return None;
        }
        let before = self.errors.len();
        let args = args.map(|args| match is_of_expression(&title.text) {
            true => self.group(args),
            false => self.labelled(args, true),
        });
        if matches!(title.text.as_str(), "rust" | "validate") && self.is_bare_path(before, args.as_ref()) {
            return None;
        }
        Some(Attribute { name: title, args, span: whole })
    }

    /// Whether an argument is a path of Rust without quotes, which is then told instead of its `::`.
    fn is_bare_path(&mut self, before: usize, args: Option<&Group>) -> bool {
        let is_colons = |error: &SyntaxError| error.kind == SyntaxErrorKind::Colons;
        let Some([arg]) = args.map(|args| args.args.as_slice()) else { return false };
        if !self.errors[before.min(self.errors.len())..].iter().any(is_colons) {
            return false;
        }
        let others = self.errors.split_off(before);
        self.errors.extend(others.into_iter().filter(|error| !is_colons(error)));
        let rex = crate::quote(&self.source[arg.span.range()]);
        self.error(SyntaxErrorKind::Quotes { rex, is_name: false }, arg.span);
        true
    }

    pub(super) fn statement(&mut self, pair: Pair<'_>) -> Statement {
        let mut whole = tight(&pair);
        let mut statement = Statement {
            docs: Vec::new(),
            keyword: Name { text: String::new(), span: whole },
            strings: Vec::new(),
            groups: Vec::new(),
            clauses: Vec::new(),
            span: whole,
        };
        for pair in pair.into_inner() {
            match pair.as_rule() {
                Rule::doc => statement.docs.push(doc(&pair)),
                Rule::statement_keyword | Rule::enum_statement_keyword => statement.keyword = name(&pair),
                Rule::string | Rule::raw_string => {
                    let span = tight(&pair);
                    statement.strings.push(Str { text: self.string(&pair), span });
                }
                Rule::group => statement.groups.push(self.group(pair)),
                _ => statement.clauses.extend(self.clause(pair)),
            }
        }
        whole.start = statement.keyword.span.start;
        statement.span = whole;
        statement
    }

    fn clause(&mut self, pair: Pair<'_>) -> Option<Clause> {
        let whole = tight(&pair);
        let inner = pair.into_inner().next()?;
        let rule = inner.as_rule();
        let part = inner.into_inner().nth(1);
        let kind = match (rule, part) {
            (Rule::where_clause, Some(expr)) => ClauseKind::Where(self.expr(expr)),
            (Rule::using_clause, Some(method)) => ClauseKind::Using(name(&method)),
            (Rule::include_clause, Some(group)) => ClauseKind::Include(self.group(group)),
            _ => ClauseKind::NullsNotDistinct,
        };
        Some(Clause { kind, span: whole })
    }
}
