//! The database's URL from the environment, or from a file `.env`.
//!
//! An error names the file and the line, and never holds what is in it.

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::wrong;
use crate::error::Result;

const NAME: &str = "DATABASE_URL";

/// The value of `DATABASE_URL`.
pub(super) fn database_url() -> Result<String> {
    match env::var(NAME) {
        Ok(url) if !url.is_empty() => return Ok(url),
        Err(env::VarError::NotUnicode(_)) => {
            return Err(wrong(format!("`{NAME}` of the environment is not UTF-8")));
        }
        Ok(_) | Err(env::VarError::NotPresent) => {}
    }
    let here =
        env::current_dir().map_err(|error| wrong(format!("cannot tell the current folder: {error}")))?;
    in_file(&here)
}

fn in_file(folder: &Path) -> Result<String> {
    let lacks = |where_: &str| {
        wrong(format!("`{NAME}` is not set{where_}: say there what a database's URL is (`sqlite://blog.db`)"))
    };
    let Some((path, text)) = nearest(folder)? else { return Err(lacks(", and there is no file `.env`")) };
    let mut found = None;
    for (number, line) in text.lines().enumerate() {
        // The last one counts, as in a shell.
        match value(line) {
            Ok(value) => found = value.or(found),
            Err(fault) => return Err(wrong(format!("`{}`, line {}: {fault}", path.display(), number + 1))),
        }
    }
    found.ok_or_else(|| lacks(&format!(", and not in `{}`", path.display())))
}

/// The file `.env` of a folder, or of the nearest one around it.
fn nearest(folder: &Path) -> Result<Option<(PathBuf, String)>> {
    for folder in folder.ancestors() {
        let path = folder.join(".env");
        match fs::read_to_string(&path) {
            Ok(text) => return Ok(Some((path, text))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(wrong(format!("cannot read `{}`: {error}", path.display()))),
        }
    }
    Ok(None)
}

/// What a line sets `DATABASE_URL` to; none if it sets something else.
///
/// `NAME=value`, with `export` before it or not, with quotes around the value or not. A `#` after a
/// blank begins a comment, but in quotes.
fn value(line: &str) -> Result<Option<String>, &'static str> {
    let line = line.trim();
    let line = line.strip_prefix("export ").unwrap_or(line);
    let Some((name, value)) = line.split_once('=') else { return Ok(None) };
    if name.trim_end() != NAME {
        return Ok(None);
    }
    let value = value.trim();
    let Some(quote) = value.chars().next().filter(|quote| ['"', '\''].contains(quote)) else {
        let value = value.split(" #").next().unwrap_or_default().trim_end();
        return Ok((!value.is_empty()).then(|| value.to_owned()));
    };
    let (value, behind) = value[1..].split_once(quote).ok_or("a quote is not closed")?;
    let behind = behind.trim_start();
    if !behind.is_empty() && !behind.starts_with('#') {
        return Err("something stands behind the closing quote");
    }
    Ok((!value.is_empty()).then(|| value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_as_a_shell_does() {
        let sets =
            |line: &str, expected: &str| assert_eq!(value(line), Ok(Some(expected.to_owned())), "{line}");
        sets("DATABASE_URL=sqlite://blog.db", "sqlite://blog.db");
        sets(" export DATABASE_URL = \"sqlite://a b.db\" # here", "sqlite://a b.db");
        sets("DATABASE_URL='postgres://a:#b@h/d'", "postgres://a:#b@h/d");
        sets("DATABASE_URL=postgres://a:#b@h/d?x=1 # there", "postgres://a:#b@h/d?x=1");
        for other in ["", "# DATABASE_URL=x", "DATABASE_URL", "DATABASE_URL=", "DATABASE_URL=''", "URL=x"] {
            assert_eq!(value(other), Ok(None), "{other}");
        }
        assert!(value("DATABASE_URL=\"x").is_err());
        assert!(value("DATABASE_URL='x' y").is_err());
    }
}
