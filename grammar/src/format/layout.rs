//! Text whose line breaks are not decided yet, and the decision.
//!
//! Terms: a *group* is laid out flat, with none of its lines broken, if it fits on the line; else
//! all of its own lines are broken, and each group within is decided by itself. A comment that ends
//! a line breaks all groups around it.

use std::ops::Range;

use super::tokens::Comment;

/// How long a line may be, in characters.
const WIDTH: usize = 100;

/// How far a level is indented.
const INDENT: usize = 4;

/// A piece of a layout.
#[derive(Clone, Debug)]
enum Piece<'t> {
    /// As it is.
    Text(&'t str),
    /// A comment, by its place in [`Layout`].
    Comment(usize),
    /// A comment at the end of a line, whose length moves nothing.
    Trailing(usize),
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
    comments: Vec<Comment<'t>>,
    /// Where the groups begin that are open.
    open: Vec<usize>,
}

impl<'t> Layout<'t> {
    /// Where the next piece will be.
    pub(super) fn here(&self) -> usize {
        self.pieces.len()
    }

    pub(super) fn text(&mut self, text: &'t str) {
        self.pieces.push(Piece::Text(text));
    }

    pub(super) fn comment(&mut self, comment: Comment<'t>) {
        self.pieces.push(Piece::Comment(self.comments.len()));
        self.comments.push(comment);
    }

    /// A comment behind which the line ends.
    pub(super) fn trailing(&mut self, comment: Comment<'t>) {
        self.force();
        self.pieces.push(Piece::Trailing(self.comments.len()));
        self.comments.push(comment);
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
            let (spaces, text) = self.flat(piece);
            let is_broken =
                matches!(piece, Piece::Comment(_) | Piece::Trailing(_) | Piece::Break(_) | Piece::Open(true));
            if is_broken || text.contains('\n') {
                return None;
            }
            width += spaces + chars(text, most);
            if width > most {
                return None;
            }
        }
        Some(width)
    }

    /// What a piece is where no line is broken: spaces and a text.
    fn flat(&self, piece: &Piece<'t>) -> (usize, &str) {
        match piece {
            Piece::Text(text) => (0, text),
            Piece::Comment(comment) => (0, &self.comments[*comment].text),
            Piece::Spaces(spaces) | Piece::Line(spaces) => (*spaces, ""),
            Piece::Trailing(_) | Piece::Break(_) | Piece::IfBroken(_) => (0, ""),
            Piece::Indent | Piece::Dedent | Piece::Open(_) | Piece::Close => (0, ""),
        }
    }

    /// Decides, and writes the text, which ends in one line end unless it is empty. A text of more
    /// than `most` bytes is not kept: the error is how many there would be.
    pub(super) fn render(&self, most: usize) -> Result<String, usize> {
        let mut writer = Writer { most, ..Writer::default() };
        for (at, piece) in self.pieces.iter().enumerate() {
            match piece {
                Piece::Text(text) => writer.write(text),
                Piece::Comment(comment) => writer.comment(&self.comments[*comment]),
                Piece::Trailing(comment) => writer.trailing(&self.comments[*comment].text),
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

    /// Whether the group that begins at a place, and what cannot be parted from it, is at most so
    /// wide.
    fn fits(&self, group: usize, mut room: usize) -> bool {
        let mut depth = 1usize;
        for piece in &self.pieces[group + 1..] {
            let (spaces, text) = match piece {
                Piece::Trailing(_) | Piece::Break(_) => return true,
                Piece::Line(_) | Piece::Open(_) if depth == 0 => return true,
                Piece::IfBroken(text) if depth == 0 => (0, *text),
                other => self.flat(other),
            };
            match piece {
                Piece::Open(_) => depth += 1,
                Piece::Close => depth = depth.saturating_sub(1),
                _ => {}
            }
            let (line, goes_on) = text.split_once('\n').map_or((text, true), |(first, _)| (first, false));
            match room.checked_sub(spaces + chars(line, room)) {
                Some(left) if goes_on => room = left,
                left => return left.is_some(),
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
    /// How long the text may be, and how long it would be.
    most: usize,
    length: usize,
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
        for _ in 0..std::mem::take(&mut self.spaces) {
            self.push(" ");
            self.column += 1;
        }
        self.push(text);
        match text.rsplit_once('\n') {
            Some((_, last)) => self.column = last.chars().count(),
            None => self.column += text.chars().count(),
        }
    }

    /// A comment that begins a line takes its other lines along.
    fn comment(&mut self, Comment { text, column, .. }: &Comment<'_>) {
        if self.column > 0 || !text.contains('\n') {
            return self.write(text);
        }
        let (left, right) = (column.saturating_sub(self.spaces), self.spaces.saturating_sub(*column));
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

    /// A comment behind what stands on the line, after a space.
    fn trailing(&mut self, text: &str) {
        if self.column > 0 {
            self.spaces = self.spaces.max(1);
        }
        self.write(text);
    }

    fn end_line(&mut self, blank: bool) {
        if !self.text.is_empty() {
            self.push(if blank { "\n\n" } else { "\n" });
        }
        self.column = 0;
        self.spaces = self.indent;
    }

    fn push(&mut self, text: &str) {
        self.length += text.len();
        if self.length <= self.most {
            self.text.push_str(text);
        }
    }

    fn finish(mut self) -> Result<String, usize> {
        if !self.text.is_empty() {
            self.end_line(false);
        }
        if self.length <= self.most { Ok(self.text) } else { Err(self.length) }
    }
}
