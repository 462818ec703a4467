//! Places as lines and columns.

use rex_compiler::{Place, Sources};
use serde::Serialize;

/// A place as lines and columns from 1, in Unicode scalar values; the end is one past the last.
/// Without a place all is null.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(super) struct Region<'a> {
    pub(super) file: Option<&'a str>,
    pub(super) line: Option<usize>,
    pub(super) column: Option<usize>,
    pub(super) end_line: Option<usize>,
    pub(super) end_column: Option<usize>,
}

impl<'a> Region<'a> {
    pub(super) fn new(sources: &'a Sources, place: Place) -> Region<'a> {
        let (line, column) = sources.line_column(place.file, place.span.start);
        let (end_line, end_column) = sources.line_column(place.file, place.span.end);
        Region {
            file: Some(sources.name(place.file)),
            line: Some(line),
            column: Some(column),
            end_line: Some(end_line),
            end_column: Some(end_column),
        }
    }
}
