//! Where declarations, fields and variants are named: all places that can be made out without
//! knowing types of expressions.

use std::collections::{HashMap, HashSet};

use rex_grammar::ast::{self, ExprKind, Item, Member, TypeKind};

use crate::source::{FileId, Place};

/// What a word names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Target<'a> {
    /// A declaration.
    Declared(&'a str),
    /// A field of a declaration.
    Field(&'a str, &'a str),
    /// A variant of an enum.
    Variant(&'a str, &'a str),
}

/// A place where something is named; of a column that a relation makes (`author_id`), the
/// relation's part.
#[derive(Clone, Copy, Debug)]
pub(super) struct Use<'a> {
    pub(super) place: Place,
    pub(super) target: Target<'a>,
}

/// All places, in no order.
pub(super) fn collect(files: &[ast::File]) -> Vec<Use<'_>> {
    let mut index = Index::default();
    for item in files.iter().flat_map(|file| &file.items) {
        index.add(item);
    }
    let mut collector = Collector { index, file: FileId::default(), uses: Vec::new() };
    for (file, ast) in files.iter().enumerate() {
        collector.file = FileId(file as u32);
        ast.items.iter().for_each(|item| collector.item(item));
    }
    collector.uses
}

/// How many mixins of one block are looked through for a field.
const MAX_MIXINS: usize = 64;

#[derive(Default)]
struct Index<'a> {
    blocks: HashMap<&'a str, &'a ast::Block>,
    enums: HashMap<&'a str, HashSet<&'a str>>,
    /// The enums that have a variant of this name.
    variants: HashMap<&'a str, Vec<&'a str>>,
    declared: HashSet<&'a str>,
}

impl<'a> Index<'a> {
    fn add(&mut self, item: &'a Item) {
        let name = item.name().text.as_str();
        if !self.declared.insert(name) {
            return;
        }
        match item {
            Item::Block(block) => drop(self.blocks.insert(name, block)),
            Item::Enum(item) => {
                let variants: HashSet<&str> = item.variants.iter().map(|it| it.name.text.as_str()).collect();
                variants.iter().for_each(|variant| self.variants.entry(variant).or_default().push(name));
                self.enums.insert(name, variants);
            }
            Item::Union(_) => {}
        }
    }

    /// The block that a field of this name comes from: this one, or a mixin of it.
    fn owner(&self, block: &'a ast::Block, field: &str) -> Option<&'a ast::Block> {
        let mut seen: HashSet<&str> = HashSet::new();
        let mut next = vec![block];
        while let Some(block) = next.pop() {
            if fields(block).any(|it| it.name.text == field) {
                return Some(block);
            }
            // What takes in more is no longer made out; then nothing is mended unasked.
            let mixins = block.with.iter().rev().filter(|_| seen.len() < MAX_MIXINS);
            let mixins: Vec<&ast::Name> = mixins.filter(|name| !seen.contains(name.text.as_str())).collect();
            seen.extend(mixins.iter().map(|name| name.text.as_str()));
            next.extend(mixins.into_iter().filter_map(|name| self.block(&name.text)));
        }
        None
    }

    fn block(&self, name: &str) -> Option<&'a ast::Block> {
        self.blocks.get(name).copied()
    }
}

fn fields(block: &ast::Block) -> impl Iterator<Item = &ast::Field> {
    block.members.iter().filter_map(|member| match member {
        Member::Field(field) => Some(field),
        Member::Statement(_) => None,
    })
}

/// The name of a field's type, or of its elements' type.
fn type_name(ty: &ast::TypeRef) -> Option<&ast::Name> {
    match &ty.kind {
        TypeKind::Named { name, .. } => Some(name),
        TypeKind::List(element) => match &element.kind {
            TypeKind::Named { name, .. } => Some(name),
            TypeKind::List(_) => None,
        },
    }
}

struct Collector<'a> {
    index: Index<'a>,
    file: FileId,
    uses: Vec<Use<'a>>,
}

impl<'a> Collector<'a> {
    fn add(&mut self, span: ast::Span, target: Target<'a>) {
        self.uses.push(Use { place: Place { file: self.file, span }, target });
    }

    fn item(&mut self, item: &'a Item) {
        let name = item.name();
        self.add(name.span, Target::Declared(&name.text));
        match item {
            Item::Block(block) => self.block(block),
            Item::Enum(item) => {
                for variant in &item.variants {
                    self.add(variant.name.span, Target::Variant(&name.text, &variant.name.text));
                }
            }
            Item::Union(union) => union.members.iter().for_each(|member| self.declared(member)),
        }
    }

    fn declared(&mut self, name: &'a ast::Name) {
        self.add(name.span, Target::Declared(&name.text));
    }

    fn block(&mut self, block: &'a ast::Block) {
        block.with.iter().for_each(|mixin| self.declared(mixin));
        for member in &block.members {
            match member {
                Member::Field(field) => self.field(block, field),
                Member::Statement(statement) if statement.keyword.text == "allow" => {}
                Member::Statement(statement) => {
                    statement.groups.iter().for_each(|group| self.group(block, group));
                    for clause in &statement.clauses {
                        match &clause.kind {
                            ast::ClauseKind::Where(expr) => self.expr(block, expr),
                            ast::ClauseKind::Include(group) => self.group(block, group),
                            ast::ClauseKind::Using(_) | ast::ClauseKind::NullsNotDistinct => {}
                        }
                    }
                }
            }
        }
    }

    fn field(&mut self, block: &'a ast::Block, field: &'a ast::Field) {
        self.add(field.name.span, Target::Field(&block.name.text, &field.name.text));
        let ty = field.ty.as_ref().and_then(type_name);
        if let Some(name) = ty {
            self.declared(name);
        }
        let variants = ty.filter(|name| self.index.enums.contains_key(name.text.as_str()));
        if let Some(default) = &field.default {
            self.default(block, variants.map(|name| name.text.as_str()), default);
        }
        for attribute in &field.attributes {
            let Some(group) = &attribute.args else { continue };
            match attribute.name.text.as_str() {
                "allow" | "on_delete" | "on_key_change" => {}
                "inverse" | "references" => {
                    if let Some(target) = ty.and_then(|name| self.index.block(&name.text)) {
                        self.group(target, group);
                    }
                }
                "through" => self.through(group),
                _ => self.group(block, group),
            }
        }
    }

    /// `@through(Follow, follower, followee)`
    fn through(&mut self, group: &'a ast::Group) {
        let Some((first, rest)) = group.args.split_first() else { return };
        let ExprKind::Path(path) = &first.value.kind else { return };
        let [name] = path.as_slice() else { return };
        self.declared(name);
        if let Some(block) = self.index.block(&name.text) {
            rest.iter().for_each(|arg| self.expr(block, &arg.value));
        }
    }

    /// A default: a bare word is a variant of the field's enum.
    fn default(&mut self, block: &'a ast::Block, owner: Option<&'a str>, expr: &'a ast::Expr) {
        match (&expr.kind, owner) {
            (ExprKind::Path(path), Some(owner)) if path.len() == 1 => {
                self.add(path[0].span, Target::Variant(owner, &path[0].text));
            }
            (ExprKind::List(items), _) => items.iter().for_each(|item| self.default(block, owner, item)),
            _ => self.expr(block, expr),
        }
    }

    fn group(&mut self, block: &'a ast::Block, group: &'a ast::Group) {
        group.args.iter().for_each(|arg| self.expr(block, &arg.value));
    }

    /// An expression over the fields of a block.
    fn expr(&mut self, block: &'a ast::Block, expr: &'a ast::Expr) {
        match &expr.kind {
            ExprKind::Path(path) => self.path(block, path),
            ExprKind::Call { args, .. } => self.group(block, args),
            ExprKind::List(items) => items.iter().for_each(|item| self.expr(block, item)),
            ExprKind::Unary(_, inner) => self.expr(block, inner),
            ExprKind::Binary(left, _, right) => {
                self.expr(block, left);
                self.expr(block, right);
            }
            ExprKind::Range { low, high, .. } => {
                low.iter().chain(high).for_each(|bound| self.expr(block, bound));
            }
            ExprKind::Bool(_) | ExprKind::Null | ExprKind::Number(_) | ExprKind::String(_) => {}
        }
    }

    /// `title`, `author_id`, `home.city`, `reader`, `Role.reader`
    fn path(&mut self, block: &'a ast::Block, path: &'a [ast::Name]) {
        let [first, rest @ ..] = path else { return };
        let name = first.text.as_str();
        if let Some(owner) = self.index.owner(block, name) {
            self.add(first.span, Target::Field(&owner.name.text, name));
            let field = fields(owner).find(|field| field.name.text == name);
            let ty = field.and_then(|field| field.ty.as_ref()).and_then(type_name);
            if let (Some(inner), [_, ..]) = (ty.and_then(|ty| self.index.block(&ty.text)), rest) {
                self.path(inner, rest);
            }
            return;
        }
        match rest {
            [variant] if self.index.declared.contains(name) => {
                self.declared(first);
                self.add(variant.span, Target::Variant(name, &variant.text));
            }
            [] => self.made_column(block, first),
            _ => {}
        }
        if let ([], Some([owner])) = (rest, self.index.variants.get(name).map(Vec::as_slice)) {
            self.add(first.span, Target::Variant(owner, name));
        }
    }

    /// `author_id`, of the relation with the longest name that it begins with.
    fn made_column(&mut self, block: &'a ast::Block, name: &'a ast::Name) {
        let ends = name.text.match_indices('_').map(|(at, _)| at);
        for end in ends.collect::<Vec<_>>().into_iter().rev() {
            let relation = &name.text[..end];
            if let Some(owner) = self.index.owner(block, relation) {
                let span = ast::Span { end: name.span.start + end as u32, ..name.span };
                let target = Target::Field(&owner.name.text, relation);
                self.uses.push(Use { place: Place { file: self.file, span }, target });
                return;
            }
        }
    }
}
