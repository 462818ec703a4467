//! The files of a schema, in memory, and places in them.

use rex_grammar::ast::Span;

/// The files of one schema, in path order.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    files: Vec<Source>,
}

#[derive(Clone, Debug)]
struct Source {
    name: String,
    text: String,
    /// Where each line begins.
    lines: Vec<u32>,
}

/// A file of [`Sources`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct FileId(pub u32);

/// Characters of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Place {
    /// The file.
    pub file: FileId,
    /// The bytes in it.
    pub span: Span,
}

impl Sources {
    /// Adds a file under the name that diagnostics show, with forward slashes.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> FileId {
        let text = text.into();
        let ends = text.bytes().enumerate().filter(|&(_, byte)| byte == b'\n');
        let lines = std::iter::once(0).chain(ends.map(|(at, _)| at as u32 + 1)).collect();
        self.files.push(Source { name: name.into(), text, lines });
        FileId(self.files.len() as u32 - 1)
    }

    /// All files, in the order in which they were added.
    pub fn ids(&self) -> impl Iterator<Item = FileId> + use<> {
        (0..self.files.len() as u32).map(FileId)
    }

    /// The name that diagnostics show.
    pub fn name(&self, file: FileId) -> &str {
        &self.files[file.0 as usize].name
    }

    /// The whole text.
    pub fn text(&self, file: FileId) -> &str {
        &self.files[file.0 as usize].text
    }

    /// Line and column of a byte, both from 1; columns count Unicode scalar values.
    pub fn line_column(&self, file: FileId, byte: u32) -> (usize, usize) {
        let line = self.line(file, byte);
        let start = self.files[file.0 as usize].lines[line - 1];
        (line, self.text(file)[start as usize..byte as usize].chars().count() + 1)
    }

    /// The bytes of the line in which a byte stands, its end included.
    pub(crate) fn line_length(&self, file: FileId, byte: u32) -> usize {
        let Source { text, lines, .. } = &self.files[file.0 as usize];
        let line = self.line(file, byte);
        let end = lines.get(line).map_or(text.len(), |&end| end as usize);
        end - lines[line - 1] as usize
    }

    fn line(&self, file: FileId, byte: u32) -> usize {
        self.files[file.0 as usize].lines.partition_point(|&start| start <= byte)
    }
}
