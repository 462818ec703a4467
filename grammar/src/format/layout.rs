//! Text whose line breaks are not decided yet, and the decision.
//!
//! Terms: a *group* is laid out flat, with none of its lines broken, if it fits on the line; else
//! all of its own lines are broken, and each group within is decided by itself. A comment that ends
//! a line breaks all groups around it.

use std::borrow::Cow;
use std::ops::Range;

/// How long a line may be, in characters.
const WIDTH: usize = 100;

/// How far a level is indented.
const INDENT: usize = 4;

/// A piece of a layout.
#[derive(Clone, Debug)]
enum Piece<'t> {
    /// As it is.
    Text(Cow<'t, str>),
    /// A comment; the number of characters that stood before it.
    Comment(Cow<'t, str>, usize),
    /// A comment at the end of a line, whose length moves nothing.
    Trailing(Cow<'t, str>),
    /// So many spaces.
    Spaces(usize),
    /// So many spaces in a flat group, a line end in a broken one.
    Line(usize),
    /// A line end, and a blank line if true.
    Break(bool),
    /// Nothing in a flat group.
    IfBroken(&'static str),
    /// Lines begin further to the right from here on.
    Indent,
    /// And here no more.
    Dedent,
    /// A group begins; whether it is broken in any case.
    Open(bool),
    /// It ends.
    Close,
}

/// A layout being made.
#[derive(Default)]
pub(super) struct Layout<'t> {
    pieces: Vec<Piece<'t>>,
    /// Where the groups begin that are open.
    open: Vec<usize>,
}

impl<'t> Layout<'t> {
    /// Where the next piece will be.
    pub(super) fn here(&self) -> usize {
        self.pieces.len()
    }

    pub(super) fn text(&mut self, text: impl Into<Cow<'t, str>>) {
        self.pieces.push(Piece::Text(text.into()));
    }

    pub(super) fn comment(&mut self, text: Cow<'t, str>, column: usize) {
        self.pieces.push(Piece::Comment(text, column));
    }

    /// A comment behind which the line ends.
    pub(super) fn trailing(&mut self, text: Cow<'t, str>) {
        self.force();
        self.pieces.push(Piece::Trailing(text));
    }

    pub(super) fn spaces(&mut self, count: usize) {
        self.pieces.push(Piece::Spaces(count));
    }

    pub(super) fn line(&mut self, spaces: usize) {
        self.pieces.push(Piece::Line(spaces));
    }

    /// A line end, with a blank line or without.
    pub(super) fn end_line(&mut self, blank: bool) {
        self.force();
        self.pieces.push(Piece::Break(blank));
    }

    pub(super) fn if_broken(&mut self, text: &'static str) {
        self.pieces.push(Piece::IfBroken(text));
    }

    pub(super) fn indent(&mut self) {
        self.pieces.push(Piece::Indent);
    }

    pub(super) fn dedent(&mut self) {
        self.pieces.push(Piece::Dedent);
    }

    pub(super) fn open(&mut self) {
        self.open.push(self.pieces.len());
        self.pieces.push(Piece::Open(false));
    }

    pub(super) fn close(&mut self) {
        let opened = self.open.pop().expect("each group is opened before it is closed");
        if matches!(self.pieces[opened], Piece::Open(true)) {
            self.force();
        }
        self.pieces.push(Piece::Close);
    }

    /// Breaks the group that is open, and with it those around it.
    pub(super) fn force(&mut self) {
        if let Some(&opened) = self.open.last() {
            self.pieces[opened] = Piece::Open(true);
        }
    }

    /// Whether the group that is open is broken in any case.
    pub(super) fn is_forced(&self) -> bool {
        self.open.last().is_some_and(|&opened| matches!(self.pieces[opened], Piece::Open(true)))
    }

    /// Sets the spaces of a piece that was made by [`Layout::spaces`] or [`Layout::line`].
    pub(super) fn set_spaces(&mut self, at: usize, count: usize) {
        if let Piece::Spaces(spaces) | Piece::Line(spaces) = &mut self.pieces[at] {
            *spaces = count;
        }
    }

    /// How wide pieces are on one line; none if they cannot be, hold comments, or are wider than
    /// `most`.
    pub(super) fn flat_width(&self, pieces: Range<usize>, most: usize) -> Option<usize> {
        let mut width = 0;
        for piece in &self.pieces[pieces] {
            match piece {
                Piece::Text(text) if text.contains('\n') => return None,
                Piece::Text(text) => width += chars(text, most),
                Piece::Spaces(spaces) | Piece::Line(spaces) => width += spaces,
                Piece::Comment(..) | Piece::Trailing(_) | Piece::Break(_) | Piece::Open(true) => return None,
                Piece::IfBroken(_) | Piece::Indent | Piece::Dedent | Piece::Open(false) | Piece::Close => {}
            }
            if width > most {
                return None;
            }
        }
        Some(width)
    }

    /// Decides, and writes the text, which ends in one line end unless it is empty.
    pub(super) fn render(&self) -> String {
        let mut writer = Writer::default();
        for (at, piece) in self.pieces.iter().enumerate() {
            match piece {
                Piece::Text(text) => writer.write(text),
                Piece::Comment(text, column) => writer.comment(text, *column),
                Piece::Trailing(text) => writer.write(text),
                Piece::Spaces(count) => writer.spaces += count,
                Piece::Line(_) if writer.is_broken() => writer.end_line(false),
                Piece::Line(spaces) => writer.spaces += spaces,
                Piece::Break(blank) => writer.end_line(*blank),
                Piece::IfBroken(text) if writer.is_broken() => writer.write(text),
                Piece::IfBroken(_) => {}
                Piece::Indent => writer.indent += INDENT,
                Piece::Dedent => writer.indent -= INDENT,
                Piece::Open(broken) => {
                    let broken = writer.is_broken() && (*broken || !self.fits(at, writer.room()));
                    writer.groups.push(broken);
                }
                Piece::Close => drop(writer.groups.pop()),
            }
        }
        writer.finish()
    }

    /// Whether the group at a place, and what cannot be parted from it, is at most so wide.
    fn fits(&self, group: usize, mut room: usize) -> bool {
        let mut depth = 0usize;
        for piece in &self.pieces[group..] {
            let width = match piece {
                Piece::Text(text) | Piece::Comment(text, _) => match text.split_once('\n') {
                    Some((first, _)) => return chars(first, room) <= room,
                    None => chars(text, room),
                },
                Piece::Line(_) if depth == 0 => return true,
                Piece::Spaces(spaces) | Piece::Line(spaces) => *spaces,
                Piece::IfBroken(text) if depth == 0 => text.len(),
                Piece::IfBroken(_) | Piece::Indent | Piece::Dedent => 0,
                Piece::Trailing(_) | Piece::Break(_) => return true,
                Piece::Open(_) if depth == 0 && !std::ptr::eq(piece, &self.pieces[group]) => return true,
                Piece::Open(_) => {
                    depth += 1;
                    0
                }
                Piece::Close => {
                    depth = depth.saturating_sub(1);
                    0
                }
            };
            match room.checked_sub(width) {
                Some(left) => room = left,
                None => return false,
            }
        }
        true
    }
}

/// How many characters a text has, or some number above `most`: a long one is not counted through.
fn chars(text: &str, most: usize) -> usize {
    match text.len() > 4 * most {
        true => most + 1,
        false => text.chars().count(),
    }
}

#[derive(Default)]
struct Writer {
    text: String,
    /// Characters on the line.
    column: usize,
    /// Spaces that are written before the next character, if there is one on this line.
    spaces: usize,
    indent: usize,
    /// Whether each group around is broken.
    groups: Vec<bool>,
}

impl Writer {
    /// Outside of all groups lines are broken.
    fn is_broken(&self) -> bool {
        self.groups.last().copied().unwrap_or(true)
    }

    fn room(&self) -> usize {
        WIDTH.saturating_sub(self.column + self.spaces)
    }

    fn write(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        self.text.extend(std::iter::repeat_n(' ', self.spaces));
        self.column += self.spaces;
        self.spaces = 0;
        self.text.push_str(text);
        match text.rsplit_once('\n') {
            Some((_, last)) => self.column = last.chars().count(),
            None => self.column += text.chars().count(),
        }
    }

    /// A comment that begins a line takes its other lines along.
    fn comment(&mut self, text: &str, column: usize) {
        if self.column > 0 || !text.contains('\n') {
            return self.write(text);
        }
        let (left, right) = (column.saturating_sub(self.spaces), self.spaces.saturating_sub(column));
        let mut lines = text.split('\n');
        let mut moved = lines.next().unwrap_or_default().to_owned();
        for line in lines {
            moved.push('\n');
            let white = line.chars().take_while(|c| c.is_whitespace()).count();
            let right = if line.is_empty() { 0 } else { right };
            moved.extend(std::iter::repeat_n(' ', right));
            moved.extend(line.chars().skip(white.min(left)));
        }
        self.write(&moved);
    }

    fn end_line(&mut self, blank: bool) {
        if !self.text.is_empty() {
            self.text.push_str(if blank { "\n\n" } else { "\n" });
        }
        self.column = 0;
        self.spaces = self.indent;
    }

    fn finish(mut self) -> String {
        self.text.truncate(self.text.trim_end_matches('\n').len());
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text
    }
}
