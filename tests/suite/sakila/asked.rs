//! A question in SQL, and whether Rex has the same answer.
//!
//! Its text is one for both databases; what differs stands in braces: `{4.99}` is an amount, which SQLite
//! holds as the integer of its last digit's units, and `{$f.rate}` a column of amounts; `{@2005-06-01}` is a
//! moment; `{?sum(f.rate)}` is an amount that may be null; `{a ¦ b}` is `a` in PostgreSQL and `b` in SQLite.

use std::fmt::Debug;

use rex_orm::{Cond, Dialect, FromRow, Model, Pending, Result, Transaction};

use crate::fixtures::{clinic, sakila};

/// A database that is asked in SQL, whatever its schema.
pub(in crate::suite) trait Asked {
    /// Its handle.
    fn handle(&self) -> &rex_orm::Db;
}

impl Asked for sakila::Db {
    fn handle(&self) -> &rex_orm::Db {
        self.handle()
    }
}

impl Asked for clinic::Db {
    fn handle(&self) -> &rex_orm::Db {
        self.handle()
    }
}

/// What is asked, as a condition of Rex's, and as one of SQL's.
pub(in crate::suite) type Case<M> = (&'static str, fn(<M as Model>::Columns<M>) -> Cond<M>, &'static str);

/// The rows of a question in SQL.
pub(in crate::suite) async fn sql<R: FromRow>(db: &impl Asked, text: &str) -> Result<Vec<R>> {
    // Texts of raw SQL are fixed when a program is compiled. These are, too, but for what is in braces.
    let db = db.handle();
    db.sql(Box::leak(in_words_of(text, db.dialect()).into_boxed_str())).await
}

/// Writes in SQL; answers with how many rows there were.
pub(in crate::suite) async fn execute(db: &impl Asked, text: &str) -> Result<u64> {
    let db = db.handle();
    db.sql(Box::leak(in_words_of(text, db.dialect()).into_boxed_str())).execute().await
}

/// Rex's answer is that of the SQL, row by row.
pub(in crate::suite) async fn agree<R>(
    db: &impl Asked,
    what: &str,
    answer: Pending<Vec<R>>,
    text: &str,
) -> Result<()>
where
    R: FromRow + PartialEq + Debug,
{
    let told = |error: rex_orm::Error| {
        println!("{what}: {error}");
        error
    };
    let (answer, expected) = (answer.await.map_err(told)?, sql::<R>(db, text).await.map_err(told)?);
    assert!(!expected.is_empty(), "{what}: nothing is found");
    assert_eq!(answer, expected, "{what}, in {:?}", db.handle().dialect());
    Ok(())
}

/// Both leave the same rows behind, each in a transaction that is undone.
pub(in crate::suite) async fn same<D: Asked>(
    begin: impl AsyncFn() -> Result<Transaction<D>>,
    what: &str,
    rex: impl AsyncFnOnce(&D) -> Result<()>,
    text: &[&str],
    rows: &str,
) -> Result<()> {
    let told = |error: rex_orm::Error| {
        println!("{what}: {error}");
        error
    };
    let tx = begin().await?;
    let before: Vec<String> = sql(&*tx, rows).await?;
    rex(&tx).await.map_err(told)?;
    let written: Vec<String> = sql(&*tx, rows).await?;
    tx.rollback().await?;
    let tx = begin().await?;
    for statement in text {
        execute(&*tx, statement).await.map_err(told)?;
    }
    let expected: Vec<String> = sql(&*tx, rows).await?;
    assert_eq!(written, expected, "{what}, in {:?}", tx.handle().dialect());
    assert_ne!(before, expected, "{what}: nothing is written");
    tx.rollback().await
}

/// Each is written twice, by Rex and in SQL, and the rows are the same after it.
macro_rules! written {
    ($db:expr, $rows:expr; $($what:literal: |$tx:ident| $rex:expr => $sql:expr;)*) => {$({
        let begin = async || $db.begin().await;
        let rex = async |$tx: &Db| $rex.await.map(drop);
        $crate::suite::sakila::asked::same(begin, $what, rex, &$sql, $rows).await?;
    })*};
}

/// Each question is asked twice, and has one answer.
macro_rules! answers {
    ($db:expr; $($what:literal: $query:expr => $sql:expr;)*) => {$(
        $crate::suite::sakila::asked::agree($db, $what, $query.into_future(), $sql).await?;
    )*};
}

/// Each condition keeps the rows that its SQL keeps, which are some and not all.
macro_rules! conditions {
    ($db:expr, $repo:ident: $model:ty, $table:literal; $($what:literal: $cond:expr => $sql:literal;)*) => {{
        let cases: &[$crate::suite::sakila::asked::Case<$model>] = &[$(($what, $cond, $sql)),*];
        let all = $db.$repo().find().count().await? as usize;
        for (what, cond, sql) in cases {
            let find = || $db.$repo().find().filter(cond).order(|m| m.id.asc()).select(|m| m.id);
            let found: Vec<i64> = find().await.map_err(|error| {
                println!("{what}: {error}");
                error
            })?.into_iter().map(|id| id.0).collect();
            let text = format!("SELECT m.id FROM {} m WHERE {sql} ORDER BY m.id", $table);
            let expected: Vec<i64> = $crate::suite::sakila::asked::sql($db, &text).await?;
            assert_eq!(found, expected, "{what}, in {:?}", $db.dialect());
            assert!(!found.is_empty() && found.len() < all, "{what}: {} of {all} are found", found.len());
        }
    }};
}

pub(in crate::suite) use {answers, conditions, written};

fn in_words_of(text: &str, dialect: Dialect) -> String {
    let mut sql = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('{') {
        let (inner, behind) = behind.split_once('}').expect("the brace is closed");
        sql.push_str(before);
        sql.push_str(&differing(inner, dialect == Dialect::Postgres));
        rest = behind;
    }
    sql + rest
}

fn differing(inner: &str, is_postgres: bool) -> String {
    if let Some((postgres, sqlite)) = inner.split_once(" ¦ ") {
        return if is_postgres { postgres } else { sqlite }.to_owned();
    }
    match (inner.strip_prefix('$'), inner.strip_prefix('@')) {
        (Some(amount), _) if is_postgres => amount.to_owned(),
        (Some(amount), _) => format!("printf('%.2f', {amount} / 100.0)"),
        _ if inner.starts_with('?') && is_postgres => inner[1..].to_owned(),
        _ if inner.starts_with('?') => {
            let amount = &inner[1..];
            format!("CASE WHEN {amount} IS NOT NULL THEN printf('%.2f', {amount} / 100.0) END")
        }
        (_, Some(day)) if is_postgres => format!("timestamptz '{day} 00:00+00'"),
        (_, Some(day)) => format!("'{day}T00:00:00.000000Z'"),
        _ if is_postgres => inner.to_owned(),
        _ => inner.replace('.', ""),
    }
}
