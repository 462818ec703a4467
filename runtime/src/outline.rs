//! Whether the live database is the one that the program was generated for.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::adapter::{Access, BoxFuture, Session, Work};
use crate::db::Db;
use crate::error::{Error, Kind, Result};
use crate::meta::SchemaMeta;
use crate::row::Row;
use crate::value::Value;

/// Something that the live database has otherwise than the schema says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The table, view or enum type.
    pub object: String,
    /// The column, constraint or index, if it is not the whole.
    pub part: Option<String>,
    /// What the schema says that it is: `integer not null`.
    pub expected: String,
    /// What the database says; none if it is not there.
    pub found: Option<String>,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Difference { object, part, expected, found } = self;
        match part {
            Some(part) => write!(f, "`{object}.{part}` ")?,
            None => write!(f, "`{object}` ")?,
        }
        match found {
            Some(found) => write!(f, "is {found}, not {expected}"),
            None => write!(f, "({expected}) is missing"),
        }
    }
}

/// So many differences are told in one error.
const TOLD: usize = 10;

impl Db {
    /// Compares the live database with the one that the program was generated for, in one round trip.
    ///
    /// # Errors
    ///
    /// Of [`Kind::Schema`], with what is missing and what is otherwise.
    pub async fn check_schema(&self, schema: &'static SchemaMeta) -> Result<()> {
        let differences = self.schema_differences(schema).await?;
        if differences.is_empty() {
            return Ok(());
        }
        let told: Vec<String> = differences.iter().take(TOLD).map(ToString::to_string).collect();
        let more = match differences.len().saturating_sub(TOLD) {
            0 => String::new(),
            more => format!("; and {more} more"),
        };
        let message =
            format!("the database is not the one that this program is for: {}{more}", told.join("; "));
        Err(Error::new(Kind::Schema, message).with_operation("check_schema"))
    }

    /// What the live database has otherwise than the schema says, or lacks. What it has beside that is
    /// no difference, as a program that is older than its database goes on; unless no row can be made any
    /// more, since a column wants a value that the schema does not know.
    ///
    /// # Errors
    ///
    /// When the database cannot be asked.
    pub async fn schema_differences(&self, schema: &'static SchemaMeta) -> Result<Vec<Difference>> {
        let expected = schema.outline(self.dialect()).ok_or_else(|| self.not_served())?;
        let expected: Vec<[&str; 3]> = expected.lines().filter_map(line).collect();
        let texts = |texts: BTreeSet<&str>| {
            Value::List(texts.into_iter().map(|text| Value::Text(text.to_owned())).collect())
        };
        let objects = texts(expected.iter().map(|[object, ..]| *object).collect());
        let parts = texts(expected.iter().map(|[_, part, _]| *part).collect());
        let mut asking = Asking { objects, parts, found: BTreeMap::new() };
        let outcome = self.run(Access::Read, &mut asking).await;
        outcome.map_err(|error| error.with_operation("check_schema"))?;
        let strange = strange(&expected, &asking.found);
        Ok(expected.into_iter().filter_map(|line| difference(line, &asking.found)).chain(strange).collect())
    }
}

/// What is said, beside what it is, of a column that each new row needs a value for.
const REQUIRED: &str = "required";

/// The columns that are beside the schema's, and that each new row needs a value for.
fn strange(expected: &[[&str; 3]], found: &Found) -> Vec<Difference> {
    let known: BTreeSet<(&str, &str)> = expected.iter().map(|[object, part, _]| (*object, *part)).collect();
    let required = found.iter().filter(|((object, part), said)| {
        said.iter().any(|said| said == REQUIRED) && !known.contains(&(object, part))
    });
    required
        .map(|((object, part), said)| Difference {
            object: object.clone(),
            part: Some(part.clone()),
            expected: "optional: the schema does not know it".to_owned(),
            found: said.iter().find(|said| *said != REQUIRED).cloned(),
        })
        .collect()
}

/// `object⇥part⇥what it is`
fn line(line: &str) -> Option<[&str; 3]> {
    let mut words = line.splitn(3, '\t');
    Some([words.next()?, words.next()?, words.next()?])
}

type Found = BTreeMap<(String, String), Vec<String>>;

fn difference([object, part, expected]: [&str; 3], found: &Found) -> Option<Difference> {
    let own = |part: &str| (object.to_owned(), part.to_owned());
    // What is said of a table that is missing is said once.
    if !part.is_empty() && !found.contains_key(&own("")) {
        return None;
    }
    let found = found.get(&own(part)).map_or(&[][..], Vec::as_slice);
    if found.iter().any(|found| agrees(expected, found)) {
        return None;
    }
    Some(Difference {
        object: object.to_owned(),
        part: (!part.is_empty()).then(|| part.to_owned()),
        expected: expected.replace('?', "of its own type"),
        found: found.iter().find(|said| *said != REQUIRED).cloned(),
    })
}

/// Of a type of the user's own choice only is compared whether it is required.
fn agrees(expected: &str, found: &str) -> bool {
    match expected.strip_prefix('?') {
        Some(required) => found.ends_with(" not null") != required.is_empty(),
        None => expected == found,
    }
}

/// The question as a work.
struct Asking {
    objects: Value,
    parts: Value,
    found: Found,
}

impl Work for Asking {
    fn run<'s>(&'s mut self, session: &'s dyn Session) -> BoxFuture<'s, Result<()>> {
        Box::pin(async {
            let found = &mut self.found;
            let mut sink = |row: &mut Row<'_>| {
                let key = (row.next()?, row.next()?);
                found.entry(key).or_default().push(row.next()?);
                Ok(())
            };
            session.outline(&self.objects, &self.parts, &mut sink).await
        })
    }
}
