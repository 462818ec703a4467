//! What stands in a block: fields with their types and attributes, and statements.

use super::{Pair, Walker, doc, name, tight};
use crate::ast::*;
use crate::error::SyntaxErrorKind;
use crate::parse::Rule;

impl Walker<'_> {
    pub(super) fn field(&mut self, pair: Pair<'_>) -> Field {
        let mut whole = tight(&pair);
        let mut docs = Vec::new();
        let mut title = None;
        let mut ty = None;
        let mut default = None;
        let mut attributes = Vec::new();
        let mut early = Vec::new();
        for pair in pair.into_inner() {
            match pair.as_rule() {
                Rule::doc => docs.push(doc(&pair)),
                Rule::name => title = Some(name(&pair)),
                Rule::colon => {}
                Rule::type_ref => {
                    early.append(&mut attributes);
                    ty = Some(self.type_ref(pair));
                }
                Rule::default => default = pair.into_inner().next().map(|expr| self.expr(expr)),
                _ => attributes.extend(self.attribute(pair)),
            }
        }
        for attribute in &early {
            let text = self.source[attribute.span.range()].to_owned();
            self.error(SyntaxErrorKind::AttributeBeforeType { text, end: whole.after() }, attribute.span);
        }
        early.append(&mut attributes);
        let title = title.expect("a field has a name");
        whole.start = title.span.start;
        Field { docs, name: title, ty, default, attributes: early, span: whole }
    }

    fn type_ref(&mut self, pair: Pair<'_>) -> TypeRef {
        let whole = tight(&pair);
        let mut inner = pair.into_inner();
        let head = inner.next().expect("a type begins with a name or a bracket");
        let mut end = tight(&head);
        let mut kind = match head.as_rule() {
            Rule::list_type => {
                let element = head.into_inner().next().expect("a list has an element");
                TypeKind::List(Box::new(self.type_ref(element)))
            }
            _ => {
                let mut parts = head.into_inner();
                let title = name(&parts.next().expect("a type has a name"));
                TypeKind::Named { name: title, args: parts.next().map(|args| self.group(args)) }
            }
        };
        let mut optional = None;
        let mut lists = 0;
        for suffix in inner {
            let place = tight(&suffix);
            match suffix.as_str().chars().next() {
                Some('?') if optional.is_none() => optional = Some(place),
                Some('?') => self.error(SyntaxErrorKind::DoubleOptional, place),
                Some('!') => self.error(SyntaxErrorKind::BangSuffix, place),
                Some('<') => {
                    let (inner, is_optional) =
                        self.generic(kind, Span { start: whole.start, end: place.end }, place);
                    optional = is_optional.then_some(place).or(optional);
                    kind = inner;
                }
                // What is behind the second is as wrong, and would be told with all that is before it.
                _ if lists == 2 => {}
                _ => {
                    lists += 1;
                    let head = Span { start: whole.start, end: end.end };
                    let element = self.source[head.range()].to_owned();
                    self.error(
                        SyntaxErrorKind::ArraySuffix { element },
                        Span { start: whole.start, end: place.end },
                    );
                    let element = TypeRef { kind, optional: None, span: head };
                    kind = TypeKind::List(Box::new(element));
                }
            }
            end = place;
        }
        TypeRef { kind, optional, span: whole }
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
        let args = args.map(|args| self.group(args));
        Some(Attribute { name: title, args, span: whole })
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
