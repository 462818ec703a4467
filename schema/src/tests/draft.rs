//! How schemas are made by hand: a draft, and columns.

use crate::model::{
    Action, Column, Default, Enum, EnumId, ForeignKey, Index, IndexPart, JoinSide, JoinTable, Model, ModelId,
    Parts, RowField, Scalar, Schema, Type, Unique, Variant,
};
use crate::{Servers, names};

/// A schema that is being put together.
#[derive(Default)]
pub(super) struct Draft(Parts);

impl Draft {
    pub(super) fn for_servers(servers: Servers) -> Draft {
        Draft(Parts { servers, ..Parts::default() })
    }

    /// A model whose key is its first column.
    pub(super) fn model(&mut self, name: &str, columns: Vec<Column>) -> ModelId {
        self.0.models.push(Model {
            file: "schema/test.rex".to_owned(),
            columns,
            primary_key: vec![0],
            ..Model::new(name, names::table(name))
        });
        ModelId(self.0.models.len() as u32 - 1)
    }

    pub(super) fn numbered(&mut self, name: &str) -> ModelId {
        self.model(name, vec![autoincrement("id", Scalar::BigInt)])
    }

    pub(super) fn enumeration(&mut self, name: &str, docs: &str, labels: &[&str]) -> Type {
        let variant = |label: &&str| Variant {
            name: label.to_lowercase().replace(|c: char| !c.is_alphanumeric(), "_"),
            label: (*label).to_owned(),
            docs: String::new(),
            deprecated: None,
            renamed_from: None,
        };
        self.0.enums.push(Enum {
            name: name.to_owned(),
            docs: docs.to_owned(),
            file: "schema/test.rex".to_owned(),
            schema: None,
            type_name: names::enum_type(name),
            renamed_from: None,
            variants: labels.iter().map(variant).collect(),
        });
        Type::Enum(EnumId(self.0.enums.len() as u32 - 1))
    }

    pub(super) fn get(&mut self, id: ModelId) -> &mut Model {
        &mut self.0.models[id.index()]
    }

    /// A to-one: its columns, its key and its index.
    pub(super) fn refer(
        &mut self,
        from: ModelId,
        name: &str,
        to: ModelId,
        nullable: bool,
    ) -> &mut ForeignKey {
        let target = self.get(to).clone();
        let model = self.get(from);
        let first = model.columns.len();
        for &place in &target.primary_key {
            let key = &target.columns[place];
            let made = Column { nullable, ..column(&format!("{name}_{}", key.name), key.ty) };
            model.columns.push(made);
        }
        let columns: Vec<usize> = (first..model.columns.len()).collect();
        let column_names: Vec<&str> = columns.iter().map(|&c| model.columns[c].name.as_str()).collect();
        let parts = columns.iter().map(|&column| ascending(column)).collect();
        model.indexes.push(Index::new(names::index(&model.table, &column_names), parts));
        model.foreign_keys.push(ForeignKey {
            name: names::foreign_key(&model.table, &column_names),
            columns,
            target: to,
            target_columns: target.primary_key,
            on_delete: Action::Restrict,
            on_key_change: Action::Restrict,
            deferrable: false,
        });
        model.foreign_keys.last_mut().expect("one was pushed")
    }

    pub(super) fn unique(&mut self, id: ModelId, columns: &[usize]) {
        let model = self.get(id);
        let fields: Vec<String> = columns.iter().map(|&c| model.columns[c].name.clone()).collect();
        let column_names: Vec<&str> = fields.iter().map(String::as_str).collect();
        let name = names::unique(&model.table, &column_names);
        model.uniques.push(Unique::new(name, columns.to_vec(), fields));
    }

    pub(super) fn index(&mut self, id: ModelId, parts: Vec<IndexPart>) {
        let model = self.get(id);
        let places = parts.iter().filter_map(IndexPart::column);
        let column_names: Vec<&str> = places.map(|place| model.columns[place].name.as_str()).collect();
        let name = names::index(&model.table, &column_names);
        model.indexes.push(Index::new(name, parts));
    }

    pub(super) fn join(&mut self, table: &str, sides: [(ModelId, &[&str]); 2]) {
        let side = |(model, columns): (ModelId, &[&str])| JoinSide {
            model,
            columns: columns.iter().map(|&c| c.to_owned()).collect(),
        };
        self.0.join_tables.push(JoinTable { schema: None, table: table.to_owned(), sides: sides.map(side) });
    }

    /// The schema. Where fields were not given, each column is one.
    pub(super) fn finish(mut self) -> Schema {
        for model in &mut self.0.models {
            if model.fields.is_empty() {
                model.fields = (0..model.columns.len()).map(RowField::Column).collect();
            }
        }
        Schema::new(self.0)
    }
}

pub(super) fn column(name: &str, ty: Type) -> Column {
    Column::new(name, name, ty)
}

pub(super) fn scalar(name: &str, scalar: Scalar) -> Column {
    column(name, Type::Scalar(scalar))
}

pub(super) fn defaulted(name: &str, ty: Scalar, default: Default) -> Column {
    Column { default: Some(default), ..scalar(name, ty) }
}

pub(super) fn autoincrement(name: &str, ty: Scalar) -> Column {
    defaulted(name, ty, Default::Autoincrement)
}

pub(super) fn ascending(column: usize) -> IndexPart {
    IndexPart::new(column)
}
