//! Generated files that are kept from one run to the next.
//!
//! A file is made again when anything differs that was read of the schema when it was made, when
//! the options or the compiler differ, or when its text is not the one that was made. What was read
//! is recorded, not guessed: see [`rex_schema::parts`].

use std::collections::HashMap;
use std::fmt::Write;

use rex_schema::parts::{Fingerprints, hash, recorded};

use super::{GeneratedFile, Options};

/// Files of an earlier run.
#[derive(Debug, Default)]
pub struct Kept {
    /// Of the compiler that made them.
    build: String,
    files: HashMap<String, KeptFile>,
    /// How many of the files were taken from an earlier run.
    pub reused: usize,
}

#[derive(Debug)]
struct KeptFile {
    /// The names of the parts that were read, in order.
    parts: Vec<String>,
    /// A hash of these and of all else that the file was made from.
    key: u64,
    text: String,
}

impl Kept {
    /// No files, for a compiler that `build` tells from every other one.
    pub fn none(build: impl Into<String>) -> Kept {
        Kept { build: build.into(), ..Kept::default() }
    }

    /// Files by their [`index`](Kept::index). `text` gives what a file is now; one whose text has
    /// changed is none, and all are none when another compiler made them.
    pub fn read(build: &str, index: &str, text: impl Fn(&str) -> Option<String>) -> Kept {
        let mut kept = Kept::none(build);
        let mut lines = index.lines();
        if lines.next() != Some(head(build).as_str()) {
            return kept;
        }
        for line in lines {
            let Some((name, file)) = read_line(line, &text) else { continue };
            kept.files.insert(name.to_owned(), file);
        }
        kept
    }

    /// What [`read`](Kept::read) reads: the texts are kept by the caller.
    pub fn index(&self) -> String {
        let mut names: Vec<&String> = self.files.keys().collect();
        names.sort_unstable();
        let mut index = head(&self.build) + "\n";
        for name in names {
            let KeptFile { parts, key, text } = &self.files[name];
            let (text, parts) = (hash(text.as_bytes()), parts.join("\t"));
            writeln!(index, "{name}\t{key:x}\t{text:x}\t{parts}").expect("a text can be written to");
        }
        index
    }
}

fn head(build: &str) -> String {
    format!("rexc {} {build}", env!("CARGO_PKG_VERSION"))
}

fn read_line<'l>(line: &'l str, text: &impl Fn(&str) -> Option<String>) -> Option<(&'l str, KeptFile)> {
    let mut fields = line.split('\t');
    let (name, key, text_hash) = (fields.next()?, fields.next()?, fields.next()?);
    let key = u64::from_str_radix(key, 16).ok()?;
    let text = text(name).filter(|text| format!("{:x}", hash(text.as_bytes())) == text_hash)?;
    Some((name, KeptFile { parts: fields.map(str::to_owned).collect(), key, text }))
}

/// Makes files, or takes them from an earlier run.
pub(super) struct Maker<'a> {
    kept: &'a Kept,
    prints: Fingerprints<'a>,
    options: String,
}

/// A file, and how it is kept.
pub(super) struct Made {
    file: GeneratedFile,
    parts: Vec<String>,
    key: u64,
    reused: bool,
}

impl<'a> Maker<'a> {
    pub(super) fn new(kept: &'a Kept, prints: Fingerprints<'a>, options: &Options) -> Maker<'a> {
        Maker { kept, prints, options: format!("{options:?}") }
    }

    /// The file of this name. `made_from` is what it is made from beside the schema and the options.
    pub(super) fn file(&self, name: String, made_from: &str, make: impl FnOnce() -> String) -> Made {
        if let Some(old) = self.kept.files.get(&name)
            && self.key(&old.parts, made_from) == Some(old.key)
        {
            let file = GeneratedFile { name, text: old.text.clone() };
            return Made { file, parts: old.parts.clone(), key: old.key, reused: true };
        }
        let (text, read) = recorded(make);
        let parts: Vec<String> = read.into_iter().map(|part| self.prints.name(part)).collect();
        let key = self.key(&parts, made_from).expect("what was read is in the schema");
        Made { file: GeneratedFile { name, text }, parts, key, reused: false }
    }

    /// None where a part is gone.
    fn key(&self, parts: &[String], made_from: &str) -> Option<u64> {
        let mut text = format!("{}\n{made_from}\n", self.options);
        for part in parts {
            writeln!(text, "{part} {:x}", self.prints.get(part)?).expect("a text can be written to");
        }
        Some(hash(text.as_bytes()))
    }

    /// The files, and what to keep of them.
    pub(super) fn finish(self, made: Vec<Made>) -> (Vec<GeneratedFile>, Kept) {
        let mut kept = Kept::none(self.kept.build.clone());
        let mut files = Vec::with_capacity(made.len());
        for Made { file, parts, key, reused } in made {
            kept.reused += usize::from(reused);
            kept.files.insert(file.name.clone(), KeptFile { parts, key, text: file.text.clone() });
            files.push(file);
        }
        (files, kept)
    }
}
