//! Trees without their places, so that those of two layouts can be compared.

use rex_grammar::ast::*;

/// Sets every span of a file to nothing.
pub(super) fn clear(file: &mut File) {
    docs(&mut file.docs);
    file.items.iter_mut().for_each(item);
}

fn item(item: &mut Item) {
    match item {
        Item::Block(block) => {
            for span in [&mut block.keyword, &mut block.open, &mut block.span] {
                *span = Span::default();
            }
            docs(&mut block.docs);
            name(&mut block.name);
            block.with.iter_mut().for_each(name);
            block.members.iter_mut().for_each(member);
        }
        Item::Enum(item) => {
            item.span = Span::default();
            docs(&mut item.docs);
            name(&mut item.name);
            item.statements.iter_mut().for_each(statement);
            for variant in &mut item.variants {
                variant.span = Span::default();
                docs(&mut variant.docs);
                name(&mut variant.name);
                variant.attributes.iter_mut().for_each(attribute);
            }
        }
        Item::Union(item) => {
            item.span = Span::default();
            docs(&mut item.docs);
            name(&mut item.name);
            item.members.iter_mut().for_each(name);
        }
    }
}

fn member(member: &mut Member) {
    match member {
        Member::Field(field) => {
            field.span = Span::default();
            docs(&mut field.docs);
            name(&mut field.name);
            field.ty.iter_mut().for_each(type_ref);
            field.default.iter_mut().for_each(expr);
            field.attributes.iter_mut().for_each(attribute);
        }
        Member::Statement(it) => statement(it),
    }
}

fn type_ref(ty: &mut TypeRef) {
    ty.span = Span::default();
    ty.optional = ty.optional.map(|_| Span::default());
    match &mut ty.kind {
        TypeKind::Named { name: title, args } => {
            name(title);
            args.iter_mut().for_each(group);
        }
        TypeKind::List(element) => type_ref(element),
    }
}

fn statement(statement: &mut Statement) {
    statement.span = Span::default();
    docs(&mut statement.docs);
    name(&mut statement.keyword);
    statement.strings.iter_mut().for_each(|string| string.span = Span::default());
    statement.groups.iter_mut().for_each(group);
    for clause in &mut statement.clauses {
        clause.span = Span::default();
        match &mut clause.kind {
            ClauseKind::Where(condition) => expr(condition),
            ClauseKind::Using(method) => name(method),
            ClauseKind::Include(columns) => group(columns),
            ClauseKind::NullsNotDistinct => {}
        }
    }
}

fn attribute(attribute: &mut Attribute) {
    attribute.span = Span::default();
    name(&mut attribute.name);
    attribute.args.iter_mut().for_each(group);
}

fn group(group: &mut Group) {
    group.span = Span::default();
    for arg in &mut group.args {
        arg.span = Span::default();
        arg.label.iter_mut().for_each(name);
        expr(&mut arg.value);
        for modifier in &mut arg.modifiers {
            modifier.span = Span::default();
            name(&mut modifier.name);
            modifier.args.iter_mut().for_each(self::group);
        }
    }
}

fn expr(expr: &mut Expr) {
    expr.span = Span::default();
    match &mut expr.kind {
        ExprKind::Bool(_) | ExprKind::Null | ExprKind::Number(_) | ExprKind::String(_) => {}
        ExprKind::Path(path) => path.iter_mut().for_each(name),
        ExprKind::Call { path, args } => {
            path.iter_mut().for_each(name);
            group(args);
        }
        ExprKind::List(elements) => elements.iter_mut().for_each(self::expr),
        ExprKind::Unary(_, operand) => self::expr(operand),
        ExprKind::Binary(left, _, right) => [left, right].into_iter().for_each(|side| self::expr(side)),
        ExprKind::Range { low, high, .. } => {
            [low, high].into_iter().flatten().for_each(|bound| self::expr(bound));
        }
    }
}

fn name(name: &mut Name) {
    name.span = Span::default();
}

fn docs(docs: &mut [Doc]) {
    docs.iter_mut().for_each(|doc| doc.span = Span::default());
}
