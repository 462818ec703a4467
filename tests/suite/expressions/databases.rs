//! The same rows in both databases, and what expressions give there.

use rex_orm::__::expr::{Datum, Failure};
use rex_schema::model::{Expr, Model, Node, Scalar, Schema, Type, Value, ValueType};
use rex_schema::{Dialect, create, expression};

use super::datum;
use super::rows::Cell;
use crate::support::postgres::{TestDatabase, server};

/// What Rust gives for each row.
type Ours<'a> = [Result<Datum<'a>, Failure>];

/// `INSERT INTO … VALUES (…), …`
fn insert(schema: &Schema, model: &Model, rows: &[Vec<Cell>], dialect: Dialect) -> String {
    let constant = |ty: Type, value: &Value| {
        let expr = Expr::new(Node::Value(value.clone()), ValueType { ty, list: false });
        expression(schema, model, &expr, dialect)
    };
    let cell = |(cell, column): (&Cell, &rex_schema::model::Column)| match (cell, dialect) {
        (Cell::Null, _) => "NULL".to_owned(),
        (Cell::One(value), _) => constant(column.ty, value),
        (Cell::List(values), Dialect::Postgres) => {
            let values: Vec<String> = values.iter().map(|value| constant(column.ty, value)).collect();
            let element = if column.ty == Type::Scalar(Scalar::Int) { "integer" } else { "text" };
            format!("ARRAY[{}]::{element}[]", values.join(", "))
        }
        (Cell::List(values), Dialect::Sqlite) => format!("'{:?}'", vec![0; values.len()]),
    };
    let row = |row: &Vec<Cell>| {
        let cells: Vec<String> = row.iter().zip(&model.columns).map(cell).collect();
        format!("({})", cells.join(", "))
    };
    let rows: Vec<String> = rows.iter().map(row).collect();
    format!("INSERT INTO \"{}\" VALUES {}", model.table, rows.join(",\n"))
}

/// The statements that make the tables, and those that make the indexes.
fn ddl(schema: &Schema, dialect: Dialect) -> (Vec<String>, Vec<String>) {
    create(schema, dialect).into_iter().partition(|statement| !statement.starts_with("CREATE INDEX"))
}

/// Whether a database's value is ours. Zero has one sign here.
fn same(ours: &Datum<'_>, theirs: &Datum<'_>) -> bool {
    match (ours, theirs) {
        (Datum::Decimal(_), Datum::Decimal(_)) => {
            rex_sql::compute::compare(rex_sql::Comparison::Equal, ours, theirs) == Datum::Bool(true)
        }
        _ => ours == theirs,
    }
}

pub(super) struct Sqlite(rusqlite::Connection);

impl Sqlite {
    pub(super) fn with(schema: &Schema, model: &Model, rows: &[Vec<Cell>]) -> Sqlite {
        let connection = rusqlite::Connection::open_in_memory().expect("a database in memory");
        let (tables, indexes) = ddl(schema, Dialect::Sqlite);
        let run = |statement: &str| {
            connection.execute_batch(statement).unwrap_or_else(|error| panic!("{error}: {statement}"));
        };
        tables.iter().for_each(|statement| run(statement));
        // Each is something that an index can hold.
        run("SAVEPOINT indexes");
        indexes.iter().for_each(|statement| run(statement));
        run("ROLLBACK TO indexes");
        run(&insert(schema, model, rows, Dialect::Sqlite));
        Sqlite(connection)
    }

    pub(super) fn agrees(
        &mut self,
        schema: &Schema,
        model: &Model,
        expr: &Expr,
        ours: &Ours<'_>,
        told: &dyn Fn() -> String,
    ) {
        let text = expression(schema, model, expr, Dialect::Sqlite);
        let query = format!("SELECT {text} FROM \"{}\" WHERE \"id\" = ?1", model.table);
        let mut statement =
            self.0.prepare(&query).unwrap_or_else(|error| panic!("{error}: {}\n{query}", told()));
        for (row, ours) in (0i64..).zip(ours) {
            let theirs = statement.query_row([row], |row| row.get::<_, rusqlite::types::Value>(0));
            let agree = match (ours, &theirs) {
                (Err(Failure::Beyond), _) => true,
                (Err(Failure::Overflow), Err(error)) => error.to_string().contains("integer overflow"),
                (Ok(ours), Ok(theirs)) => same(ours, &datum::of_sqlite(schema, expr.ty, theirs.clone())),
                _ => false,
            };
            assert!(agree, "SQLite: {}, row {row}: {ours:?}, and {theirs:?}\n{text}", told());
        }
    }
}

pub(super) struct Postgres<'s> {
    client: tokio_postgres::Client,
    _database: TestDatabase<'s>,
}

/// Whether a query fails since a number is out of its range; any other failure goes through.
const FAILS: &str = "
CREATE FUNCTION fails(query text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE result text;
BEGIN
    EXECUTE query INTO result;
    RETURN false;
EXCEPTION WHEN numeric_value_out_of_range THEN
    RETURN true;
END $$";

impl Postgres<'_> {
    pub(super) async fn with(schema: &Schema, model: &Model, rows: &[Vec<Cell>]) -> Postgres<'static> {
        let database = server().database("expressions");
        let client = database.client().await;
        let postgres = Postgres { client, _database: database };
        postgres.run("SET TIME ZONE 'America/New_York'").await;
        postgres.run(FAILS).await;
        for statement in ddl(schema, Dialect::Postgres).0 {
            postgres.run(&statement).await;
        }
        postgres.run(&insert(schema, model, rows, Dialect::Postgres)).await;
        postgres
    }

    async fn run(&self, statement: &str) {
        let done = self.client.batch_execute(statement).await;
        done.unwrap_or_else(|error| panic!("{error:?}: {statement}"));
    }

    /// Each is something that an index can hold: PostgreSQL asks for immutability.
    pub(super) async fn indexes(&self, schema: &Schema, model: &Model) {
        let all = ddl(schema, Dialect::Postgres).1.join(";\n");
        self.run(&format!("TRUNCATE \"{}\"", model.table)).await;
        self.run(&format!("BEGIN; {all}; ROLLBACK")).await;
    }

    pub(super) async fn agrees(
        &mut self,
        schema: &Schema,
        model: &Model,
        expr: &Expr,
        ours: &Ours<'_>,
        told: &dyn Fn() -> String,
    ) {
        let text = expression(schema, model, expr, Dialect::Postgres);
        let shown = shown(&text, expr.ty);
        let places = |is: fn(&Result<Datum<'_>, Failure>) -> bool| {
            let places = (0..ours.len()).filter(|&place| is(&ours[place]));
            places.map(|place| place.to_string()).collect::<Vec<_>>().join(", ")
        };
        let good = places(|one| one.is_ok());
        if !good.is_empty() {
            let query = format!(
                "SELECT \"id\"::text, {shown} FROM \"{}\" WHERE \"id\" IN ({good}) ORDER BY \"id\"",
                model.table
            );
            let rows = self.client.simple_query(&query).await;
            let rows = rows.unwrap_or_else(|error| panic!("{error:?}: {}\n{query}", told()));
            for message in rows {
                let tokio_postgres::SimpleQueryMessage::Row(row) = message else { continue };
                let place: usize = row.get(0).and_then(|id| id.parse().ok()).expect("it is a number");
                let (ours, theirs) = (&ours[place], datum::of_postgres(schema, expr.ty, row.get(1)));
                let agree = ours.as_ref().is_ok_and(|ours| same(ours, &theirs));
                assert!(agree, "PostgreSQL: {}, row {place}: {ours:?}, and {theirs:?}\n{text}", told());
            }
        }
        let bad = places(|one| *one == Err(Failure::Overflow));
        if !bad.is_empty() {
            let query = format!(
                "SELECT \"id\"::text FROM \"{0}\" WHERE \"id\" IN ({bad}) AND NOT fails({1} || \"id\")",
                model.table,
                quoted(&format!("SELECT ({text})::text FROM \"{}\" WHERE \"id\" = ", model.table)),
            );
            let rows = self.client.simple_query(&query).await;
            let rows = rows.unwrap_or_else(|error| panic!("{error:?}: {}\n{query}", told()));
            for message in rows {
                if let tokio_postgres::SimpleQueryMessage::Row(row) = message {
                    panic!(
                        "PostgreSQL: {}, row {:?}: an error here, and a value there\n{text}",
                        told(),
                        row.get(0)
                    );
                }
            }
        }
    }
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A value's text in the one form that we read.
fn shown(text: &str, ty: ValueType) -> String {
    const FORM: &str = "'YYYY-MM-DD\"T\"HH24:MI:SS.US'";
    match ty.ty {
        Type::Scalar(Scalar::DateTime) => format!("to_char(({text}) AT TIME ZONE 'utc', {FORM})"),
        Type::Scalar(Scalar::LocalDateTime) => format!("to_char(({text}), {FORM})"),
        Type::Scalar(_) | Type::Enum(_) => format!("({text})::text"),
    }
}
