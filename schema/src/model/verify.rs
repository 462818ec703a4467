//! What holds of every [`Schema`]: each check here that fails is a bug of the compiler.

use super::{
    Column, Expr, Formula, IndexKey, Model, ModelKind, Node, RelationKind, RowField, Schema, Type, TypeField,
};

impl Schema {
    pub(super) fn verify(&self) {
        for (_, model) in self.models() {
            self.verify_model(model);
        }
        self.verify_relations();
        for (_, table) in self.join_tables() {
            for side in &table.sides {
                assert_eq!(
                    side.columns.len(),
                    self[side.model].primary_key.len(),
                    "a join side is a whole key"
                );
            }
        }
        for (_, ty) in self.types() {
            assert!(!ty.fields.is_empty(), "an embedded type has fields");
            for field in &ty.fields {
                match field {
                    TypeField::Column(column) => self.verify_column(column),
                    TypeField::Embedded { ty, .. } => assert!(ty.index() < self.types.len()),
                }
            }
        }
        for (_, union) in self.unions() {
            assert!(union.members.len() >= 2, "a union has members");
            for &member in &union.members {
                assert_eq!(self[member].primary_key.len(), 1, "a member of a union has a key of one column");
            }
        }
    }

    fn verify_relations(&self) {
        for (id, relation) in self.relations() {
            assert!(self[relation.model].relations.contains(&id), "a relation is listed in its model");
            assert!(relation.target.index() < self.models.len(), "a relation has a target");
            match relation.kind {
                RelationKind::ToOne { foreign_key, .. } => {
                    let key = &self[relation.model].foreign_keys[foreign_key];
                    assert_eq!(key.target, relation.target, "a to-one follows its key");
                }
                RelationKind::InverseOne { inverse } | RelationKind::InverseMany { inverse } => {
                    let (holder, key) = self.foreign_key(inverse);
                    assert_eq!(
                        (holder, key.target),
                        (relation.target, relation.model),
                        "an inverse leads back"
                    );
                }
                RelationKind::ManyToMany { join_table, side } => {
                    let sides = &self[join_table].sides;
                    assert_eq!(sides[side].model, relation.model, "a join table's side is its model's");
                    assert_eq!(sides[1 - side].model, relation.target, "a join table leads to the target");
                }
                RelationKind::Through { here, there } => {
                    assert_eq!(self.foreign_key(here).1.target, relation.model, "`through` starts here");
                    assert_eq!(self.foreign_key(there).1.target, relation.target, "`through` ends there");
                }
            }
        }
    }

    fn verify_model(&self, model: &Model) {
        let columns = model.columns.len();
        let may_lack_a_key = model.kind != ModelKind::Table;
        assert!(!model.primary_key.is_empty() || may_lack_a_key, "a table has a primary key");
        assert!(model.primary_key.iter().all(|&c| !model.columns[c].nullable), "a key is not null");
        for unique in &model.uniques {
            assert!(!unique.columns.is_empty() && unique.columns.iter().all(|&c| c < columns));
            verify_formula(unique.condition.as_ref(), columns);
        }
        for index in &model.indexes {
            assert!(!index.parts.is_empty() && index.include.iter().all(|&c| c < columns));
            verify_formula(index.condition.as_ref(), columns);
            for part in &index.parts {
                match &part.key {
                    IndexKey::Column(column) => assert!(*column < columns, "an index has its columns"),
                    IndexKey::Formula(formula) => verify_formula(Some(formula), columns),
                }
            }
        }
        for key in &model.foreign_keys {
            assert_eq!(key.columns.len(), key.target_columns.len(), "a foreign key is whole");
            assert!(key.columns.iter().all(|&c| c < columns), "a foreign key has its columns");
            let target = &self[key.target];
            for (&here, &there) in key.columns.iter().zip(&key.target_columns) {
                assert_eq!(model.columns[here].ty, target.columns[there].ty, "key types agree");
            }
        }
        for column in &model.columns {
            self.verify_column(column);
            verify_formula(column.computed.as_ref(), columns);
            verify_formula(column.backfill.as_ref(), columns);
        }
        for check in &model.checks {
            verify_formula(Some(&check.condition), columns);
        }
        self.verify_fields(model);
    }

    fn verify_column(&self, column: &Column) {
        if let Type::Enum(id) = column.ty {
            assert!(id.index() < self.enums.len(), "an enum exists");
        }
    }

    /// The fields hold every column once, in order.
    fn verify_fields(&self, model: &Model) {
        let held: Vec<usize> = model.fields.iter().flat_map(|field| field.columns()).copied().collect();
        assert!(held.iter().copied().eq(0..model.columns.len()), "the fields hold the columns, in order");
        for field in &model.fields {
            if let RowField::Union(field) = field {
                assert_eq!(field.columns.len(), self[field.union].members.len(), "a key for each member");
            }
        }
    }
}

fn verify_formula(formula: Option<&Formula>, columns: usize) {
    if let Some(Formula::Expr(expr)) = formula {
        expr.columns(&mut |place| assert!(place < columns, "an expression names columns of its model"));
        verify_expr(expr);
    }
}

/// Both sides of an operator have one type.
fn verify_expr(expr: &Expr) {
    match &expr.node {
        Node::Compare(_, left, right) => {
            assert_eq!(left.ty, right.ty, "what is compared has one type");
            verify_expr(left);
            verify_expr(right);
        }
        Node::In(inner, list) => {
            assert!(list.iter().all(|one| one.ty == inner.ty), "a list has the type of what is looked for");
            verify_expr(inner);
        }
        Node::All(list) | Node::Any(list) | Node::Call(_, list) => list.iter().for_each(verify_expr),
        Node::Arithmetic(_, left, right) => {
            verify_expr(left);
            verify_expr(right);
        }
        Node::Widen(inner)
        | Node::Not(inner)
        | Node::IsNull(inner)
        | Node::IsNotNull(inner)
        | Node::Negate(inner) => verify_expr(inner),
        Node::Null | Node::Value(_) | Node::Column(_) => {}
    }
}
