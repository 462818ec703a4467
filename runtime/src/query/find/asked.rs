//! What is asked of rows that are not fetched: how many, whether any, and how they would be found.

use rex_sql::{Projection, Select};

use super::Start;
use super::statement::apply;
use crate::db::Db;
use crate::error::Result;
use crate::meta::ModelMeta;
use crate::operation::{Operation, Shape};
use crate::query::tail::Tail;
use crate::row::Row;
use crate::scalar::Scalar;
use crate::value::Value;

/// A query for something else than rows.
pub(super) struct Asked {
    pub(super) meta: &'static ModelMeta,
    pub(super) name: &'static str,
    pub(super) tail: Tail,
    pub(super) start: Start,
}

impl Asked {
    pub(super) async fn scalar<T: Scalar>(self, db: &Db, projection: Projection<Value>) -> Result<Option<T>> {
        if let Start::Nowhere = self.start {
            return Ok(None);
        }
        let mut select = apply(&self.meta.table, self.tail, &self.start);
        select.projection = projection;
        select.order.clear();
        let operation = Operation {
            model: self.meta,
            name: self.name,
            table: &self.meta.table,
            shape: Shape::Select(Box::new(select)),
        };
        let mut value = None;
        let mut sink = |row: &mut Row<'_>| {
            value = Some(row.next()?);
            Ok(())
        };
        db.execute(&operation, &mut sink).await?;
        Ok(value)
    }
}

pub(crate) async fn explained(model: &'static ModelMeta, db: &Db, select: Select<Value>) -> Result<String> {
    let shape = Shape::Explain(Box::new(select));
    let operation = Operation { model, name: "explain", table: &model.table, shape };
    let mut lines: Vec<String> = Vec::new();
    let mut sink = |row: &mut Row<'_>| {
        // In SQLite a line has its number and its parent's before it.
        let text = row.cells().len() - 1;
        lines.push(<String as Scalar>::decode(row.cells().cell(text)?).unwrap_or_default());
        Ok(())
    };
    db.execute(&operation, &mut sink).await?;
    Ok(lines.join("\n"))
}
