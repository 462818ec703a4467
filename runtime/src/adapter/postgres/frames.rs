//! Messages of PostgreSQL's protocol, as octets: a letter, the length of what follows with the length
//! itself, and what follows.

use bytes::{BufMut, BytesMut};

/// What the server's messages begin with.
pub(super) mod tag {
    pub(in super::super) const DATA_ROW: u8 = b'D';
    pub(in super::super) const COMMAND_COMPLETE: u8 = b'C';
    pub(in super::super) const ERROR: u8 = b'E';
    pub(in super::super) const READY: u8 = b'Z';
    pub(in super::super) const COPY_IN: u8 = b'G';
    pub(in super::super) const COLUMNS: u8 = b'T';
    pub(in super::super) const PLACEHOLDERS: u8 = b't';
}

/// What the client's messages begin with.
pub(super) mod client {
    pub(in super::super) const PARSE: u8 = b'P';
    pub(in super::super) const QUERY: u8 = b'Q';
    pub(in super::super) const DESCRIBE: u8 = b'D';
    pub(in super::super) const BIND: u8 = b'B';
    pub(in super::super) const EXECUTE: u8 = b'E';
    pub(in super::super) const CLOSE: u8 = b'C';
    pub(in super::super) const SYNC: u8 = b'S';
    pub(in super::super) const COPY_DATA: u8 = b'd';
    pub(in super::super) const COPY_DONE: u8 = b'c';
    pub(in super::super) const COPY_FAIL: u8 = b'f';
}

/// The octets before what follows.
const HEAD: usize = 5;

/// The length of the message that octets begin with, its letter included.
pub(super) enum Length {
    /// There are too few to tell.
    Unknown,
    Known(usize),
    /// They are no message.
    Wrong,
}

pub(super) fn length(octets: &[u8]) -> Length {
    let [_, a, b, c, d, ..] = *octets else { return Length::Unknown };
    match usize::try_from(i32::from_be_bytes([a, b, c, d])) {
        Ok(length) if length >= 4 => Length::Known(length + 1),
        _ => Length::Wrong,
    }
}

/// The messages that octets consist of, each whole, with its letter and what follows. What is none ends
/// them.
pub(super) fn each(mut octets: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    std::iter::from_fn(move || {
        let Length::Known(length) = length(octets) else { return None };
        let (message, rest) = octets.split_at_checked(length)?;
        octets = rest;
        Some((message[0], message))
    })
}

/// What follows a message's head.
pub(super) fn body(message: &[u8]) -> &[u8] {
    message.get(HEAD..).unwrap_or_default()
}

/// A text up to the octet 0, and what is behind that.
pub(super) fn text(octets: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = octets.iter().position(|octet| *octet == 0)?;
    Some((&octets[..end], &octets[end + 1..]))
}

/// Writes a message.
///
/// # Errors
///
/// Those of `follows`, and that it is longer than PostgreSQL allows; there may be a part of it then.
pub(super) fn put<E: From<std::num::TryFromIntError>>(
    letter: u8,
    out: &mut BytesMut,
    follows: impl FnOnce(&mut BytesMut) -> Result<(), E>,
) -> Result<(), E> {
    out.put_u8(letter);
    let start = out.len();
    out.put_i32(0);
    follows(out)?;
    let length = i32::try_from(out.len() - start)?;
    out[start..start + 4].copy_from_slice(&length.to_be_bytes());
    Ok(())
}

/// Writes a message without anything that could go wrong.
pub(super) fn put_fixed(letter: u8, follows: &[u8], out: &mut BytesMut) {
    out.put_u8(letter);
    out.put_i32(4 + follows.len() as i32);
    out.put_slice(follows);
}

/// How many rows a statement wrote or read, which its message of completion ends with: `INSERT 0 5`.
pub(super) fn rows(completion: &[u8]) -> u64 {
    let words = text(completion).map_or(completion, |(words, _)| words);
    let last = words.rsplit(|octet| *octet == b' ').next().unwrap_or_default();
    std::str::from_utf8(last).ok().and_then(|number| number.parse().ok()).unwrap_or(0)
}

/// What the server says of columns: their number; then for each its name, its table and place there, its type, and
/// more of that. Answers with names and types.
pub(super) fn columns(body: &[u8]) -> impl Iterator<Item = (&str, u32)> {
    let mut rest = body.get(2..).unwrap_or_default();
    std::iter::from_fn(move || {
        let (name, behind) = text(rest)?;
        let (column, behind) = behind.split_first_chunk::<18>()?;
        rest = behind;
        let oid = u32::from_be_bytes([column[6], column[7], column[8], column[9]]);
        Some((std::str::from_utf8(name).unwrap_or_default(), oid))
    })
}

/// What has come from the server, as far as it is not yet dealt with.
#[derive(Default)]
pub(super) struct Inbox {
    /// All of it is initialised; messages stand in a part of it.
    octets: Vec<u8>,
    start: usize,
    end: usize,
}

/// As much as the server sends at once.
const SMALL: usize = 8 * 1024;

/// As much as is asked for at once, where much comes.
const LARGE: usize = 64 * 1024;

/// As much room as is held while nothing is in it: one long message is no reason to hold its room for ever.
const HELD: usize = 16 * LARGE;

/// Lets go of a buffer's room, if it is empty and much was in it.
pub(super) fn shrink(buffer: &mut BytesMut, most: &mut usize) {
    if buffer.is_empty() && std::mem::take(most) > HELD {
        *buffer = BytesMut::new();
    }
}

impl Inbox {
    /// The next message, if the whole of it is there.
    ///
    /// # Errors
    ///
    /// When what is there is no message.
    pub(super) fn next(&mut self) -> Result<Option<(u8, &[u8])>, NoMessage> {
        let there = &self.octets[self.start..self.end];
        match length(there) {
            Length::Wrong => Err(NoMessage),
            Length::Known(length) if length <= there.len() => {
                let message = self.start..self.start + length;
                self.start += length;
                Ok(Some((self.octets[message.start], &self.octets[message])))
            }
            Length::Known(_) | Length::Unknown => Ok(None),
        }
    }

    /// Room for what comes next.
    pub(super) fn room(&mut self) -> &mut [u8] {
        if self.start == self.end {
            (self.start, self.end) = (0, 0);
            self.shrink();
        }
        let missing = match length(&self.octets[self.start..self.end]) {
            Length::Known(length) => length.saturating_sub(self.end - self.start),
            Length::Unknown | Length::Wrong => HEAD,
        };
        if self.octets.len() - self.end < missing.max(SMALL / 2) {
            self.octets.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
            let needed = self.end + missing.max(SMALL / 2);
            if self.octets.len() < needed {
                // A message says how long it is before it comes: room is made as it does.
                let most = self.octets.len().max(SMALL) * 2;
                self.octets.resize(needed.next_multiple_of(SMALL).min(most), 0);
            }
        }
        &mut self.octets[self.end..]
    }

    /// Lets go of what it does not need.
    #[inline]
    pub(super) fn shrink(&mut self) {
        if self.octets.len() > HELD && self.start == self.end {
            *self = Inbox::default();
        }
    }

    /// So many octets have come into the room.
    pub(super) fn filled(&mut self, octets: usize) {
        let was_full = octets == self.octets.len() - self.end;
        self.end += octets;
        if was_full && self.octets.len() < LARGE {
            self.octets.resize(LARGE, 0);
        }
    }
}

/// The server sent something that is no message.
#[derive(Clone, Copy, Debug)]
pub(super) struct NoMessage;

#[cfg(test)]
mod tests {
    use super::*;

    fn message(letter: u8, follows: &[u8]) -> BytesMut {
        let mut out = BytesMut::new();
        put_fixed(letter, follows, &mut out);
        out
    }

    #[test]
    fn messages_come_whole_whatever_parts_they_arrive_in() {
        let long = vec![7; 3 * LARGE];
        let sent = [message(b'Z', b"I"), message(b'D', &long), message(b'C', b"SELECT 2\0")].concat();
        for part in [1, 2, 5, 1000, sent.len()] {
            let (mut inbox, mut rest, mut got) = (Inbox::default(), sent.as_slice(), Vec::new());
            while !rest.is_empty() {
                let room = inbox.room();
                let count = part.min(room.len()).min(rest.len());
                room[..count].copy_from_slice(&rest[..count]);
                inbox.filled(count);
                rest = &rest[count..];
                while let Some((_, message)) = inbox.next().expect("messages") {
                    got.extend_from_slice(message);
                }
            }
            assert_eq!(got, sent, "in parts of {part}");
        }
    }

    #[test]
    fn the_room_of_a_long_message_is_let_go() {
        let mut inbox = Inbox::default();
        for (length, held) in [(4 * HELD, 0), (100, SMALL)] {
            let sent = message(b'D', &vec![7; length]);
            let mut rest = &sent[..];
            while !rest.is_empty() {
                let room = inbox.room();
                let count = room.len().min(rest.len());
                room[..count].copy_from_slice(&rest[..count]);
                inbox.filled(count);
                rest = &rest[count..];
                inbox.shrink();
            }
            inbox.next().expect("a message").expect("the whole of it");
            inbox.shrink();
            assert_eq!(inbox.octets.len(), held);
        }
        let (mut outbox, mut most) = (BytesMut::from(&vec![7; 4 * HELD][..]), 4 * HELD);
        bytes::Buf::advance(&mut outbox, 4 * HELD);
        shrink(&mut outbox, &mut most);
        outbox.reserve(1);
        assert!(outbox.capacity() < HELD && most == 0);
    }

    #[test]
    fn what_is_no_message_is_told() {
        let mut inbox = Inbox::default();
        inbox.room()[..5].copy_from_slice(b"HTTP/");
        inbox.filled(5);
        assert!(matches!(inbox.next(), Ok(None)), "a long message, perhaps");
        let mut inbox = Inbox::default();
        inbox.room()[..5].copy_from_slice(&[b'Z', 0, 0, 0, 3]);
        inbox.filled(5);
        inbox.next().expect_err("no message is shorter than its length");
    }

    #[test]
    fn columns_tell_their_names_and_types() {
        let column = |name: &str, oid: u32| {
            let (table, behind) = (&b"\0\0\x40\x10\0\x01"[..], &b"\xff\xff\xff\xff\xff\xff\0\0"[..]);
            [name.as_bytes(), b"\0", table, &oid.to_be_bytes(), behind].concat()
        };
        let body = [b"\0\x02".to_vec(), column("id", 20), column("naïve", 16_500)].concat();
        assert!(columns(&body).eq([("id", 20), ("naïve", 16_500)]));
        assert!(columns(&body[..body.len() - 1]).eq([("id", 20)]), "the end is missing");
        assert_eq!(columns(b"").count(), 0);
    }

    #[test]
    fn completions_tell_rows() {
        for (words, count) in
            [("INSERT 0 5", 5), ("UPDATE 12", 12), ("SELECT 0", 0), ("CREATE TABLE", 0), ("", 0)]
        {
            assert_eq!(rows(format!("{words}\0").as_bytes()), count, "{words}");
        }
    }
}
