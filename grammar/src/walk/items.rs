//! A file and its declarations.

use super::body::Body;
use super::{Pair, Walker, doc, name, span, tight};
use crate::ast::*;
use crate::error::SyntaxErrorKind;
use crate::foreign::Language;
use crate::parse::Rule;

impl Walker<'_> {
    pub(super) fn file(&mut self, pair: Pair<'_>) -> File {
        let mut file = File::default();
        let mut pairs = pair.into_inner().peekable();
        while let Some(pair) = pairs.next() {
            match pair.as_rule() {
                Rule::file_doc => file.docs.push(doc(&pair)),
                Rule::declaration => file.items.push(self.declaration(pair)),
                Rule::unknown_declaration => file.items.extend(self.unknown_declaration(pair)),
                Rule::dangling_doc => {
                    let next = pairs.peek().map(|next| next.as_rule());
                    if !matches!(next, Some(Rule::broken_item | Rule::dangling_doc)) {
                        self.error(SyntaxErrorKind::DanglingDoc, tight(&pair));
                    }
                }
                Rule::broken_item => self.broken_item(tight(&pair)),
                _ => {}
            }
        }
        file
    }

    fn declaration(&mut self, pair: Pair<'_>) -> Item {
        let mut docs = Vec::new();
        for pair in pair.into_inner() {
            match pair.as_rule() {
                Rule::doc => docs.push(doc(&pair)),
                Rule::block => return Item::Block(self.block(pair, docs)),
                Rule::enumeration => return Item::Enum(self.enumeration(pair, docs)),
                _ => return Item::Union(self.union(pair, docs)),
            }
        }
        unreachable!("a declaration holds one of three things")
    }

    /// A block under a word that is no keyword is taken for a model: what follows is not noise.
    fn unknown_declaration(&mut self, pair: Pair<'_>) -> Option<Item> {
        let mut docs = Vec::new();
        let mut whole = tight(&pair);
        let mut inner = pair.into_inner().peekable();
        while let Some(line) = inner.next_if(|pair| pair.as_rule() == Rule::doc) {
            docs.push(doc(&line));
        }
        let keyword = inner.next().expect("a keyword comes first");
        let word = keyword.as_str().to_owned();
        let keyword = span(&keyword);
        let language = match word.as_str() {
            "generator" | "datasource" => Some(Language::Prisma),
            "input" => Some(Language::GraphQl),
            "mod" | "impl" | "trait" => Some(Language::Rust),
            "module" => Some(Language::EdgeDb),
            _ => None,
        };
        if let Some(language) = language {
            let title = inner.next().map_or(keyword, |title| keyword.to(span(&title)));
            whole.start = keyword.start;
            self.error(SyntaxErrorKind::Foreign { language, whole }, title);
            let mut body = inner.flat_map(|body| body.into_inner());
            self.surplus += usize::from(body.any(|part| part.as_rule() == Rule::unclosed));
            return None;
        }
        self.error(SyntaxErrorKind::UnknownDeclaration { word }, keyword);
        let rest: Vec<Pair<'_>> = inner.collect();
        if let Some(item) = self.unknown_enum(&rest, &docs, whole) {
            return Some(Item::Enum(item));
        }
        let inner = rest.into_iter();
        Some(Item::Block(self.block_parts(BlockKind::Model, keyword, docs, inner, whole)))
    }

    fn block(&mut self, pair: Pair<'_>, docs: Vec<Doc>) -> Block {
        let whole = tight(&pair);
        let mut inner = pair.into_inner();
        let keyword = inner.next().expect("a keyword comes first");
        let kind = match keyword.as_str() {
            "model" => BlockKind::Model,
            "mixin" => BlockKind::Mixin,
            "type" => BlockKind::Type,
            _ => BlockKind::View,
        };
        self.block_parts(kind, span(&keyword), docs, inner, whole)
    }

    fn block_parts<'b>(
        &mut self,
        kind: BlockKind,
        keyword: Span,
        docs: Vec<Doc>,
        mut inner: impl Iterator<Item = Pair<'b>>,
        whole: Span,
    ) -> Block {
        let title = name(&inner.next().expect("a block has a name"));
        let mut with = Vec::new();
        let mut body = Body::default();
        for pair in inner {
            match pair.as_rule() {
                Rule::with => with = pair.into_inner().skip(1).map(|mixin| name(&mixin)).collect(),
                Rule::braceless_body => {
                    let open = self.braceless(with.last().unwrap_or(&title).span, &pair);
                    body = self.body(pair, open);
                }
                _ => body = self.braced(pair),
            }
        }
        let Body { members, open, broken } = body;
        // GraphQL's `type` has an id; an embedded type of ours has none.
        let is_id =
            |member: &Member| matches!(member, Member::Field(Field { ty: Some(ty), .. }) if ty.is("ID"));
        let kind = match kind {
            BlockKind::Type if members.iter().any(is_id) => {
                self.error(SyntaxErrorKind::Foreign { language: Language::GraphQl, whole: keyword }, keyword);
                BlockKind::Model
            }
            kind => kind,
        };
        Block { kind, keyword, docs, name: title, with, members, open, broken, span: whole }
    }

    fn union(&mut self, pair: Pair<'_>, docs: Vec<Doc>) -> Union {
        let whole = tight(&pair);
        let mut title = None;
        let mut members = Vec::new();
        let mut broken = false;
        for pair in pair.into_inner().skip(1) {
            match pair.as_rule() {
                Rule::surplus_bar => {
                    broken = true;
                    self.error(SyntaxErrorKind::SurplusBar { members: members.len() }, tight(&pair));
                }
                Rule::equals => {}
                _ if title.is_none() => title = Some(name(&pair)),
                _ => members.push(name(&pair)),
            }
        }
        let title = title.expect("a union has a name");
        Union { docs, name: title, members, broken, span: whole }
    }
}
