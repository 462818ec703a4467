//! By what a migration is known: SHA-256 (FIPS 180-4) of its text, of which the first half is kept.
//!
//! It names a parent, and tells whether what was applied is what is there now. Both are claims that
//! people rely on in a review, so that nobody shall be able to write another text with the same sum:
//! a sum that is only quick does not do. 128 bits leave no way to a second text for a given sum, and fit
//! on a line.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use crate::digest::{hex, sha256};

/// A checksum, written as 32 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Checksum(pub [u8; 16]);

impl Checksum {
    /// Of a text, as it would be with the line ends of Unix and without a byte order mark.
    pub fn of(text: &str) -> Checksum {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let text = if text.contains('\r') { text.replace("\r\n", "\n").into() } else { Cow::Borrowed(text) };
        let mut half = [0; 16];
        half.copy_from_slice(&sha256(text.as_bytes())[..16]);
        Checksum(half)
    }
}

impl Checksum {
    /// Reads what was printed, at compile time.
    pub(super) const fn embedded(text: &str) -> Checksum {
        let text = text.as_bytes();
        assert!(text.len() == 32, "a checksum has 32 digits");
        let (mut bytes, mut place) = ([0; 16], 0);
        while place < 16 {
            bytes[place] = digit(text[2 * place]) << 4 | digit(text[2 * place + 1]);
            place += 1;
        }
        Checksum(bytes)
    }
}

const fn digit(byte: u8) -> u8 {
    match byte {
        b'0'..=b'9' => byte - b'0',
        b'a'..=b'f' => byte - b'a' + 10,
        _ => panic!("a checksum has digits of 0-9a-f"),
    }
}

impl fmt::Display for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

impl fmt::Debug for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Checksum({self})")
    }
}

/// The text is not 32 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoChecksum;

impl FromStr for Checksum {
    type Err = NoChecksum;

    fn from_str(text: &str) -> Result<Checksum, NoChecksum> {
        let is_hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if text.len() != 32 || !text.bytes().all(is_hex) {
            return Err(NoChecksum);
        }
        let mut bytes = [0; 16];
        for (place, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * place..2 * place + 2], 16).map_err(|_| NoChecksum)?;
        }
        Ok(Checksum(bytes))
    }
}
