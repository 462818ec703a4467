//! The seal of a cursor: HMAC with SHA-256 (RFC 2104), cut to half its length.

use std::sync::{PoisonError, RwLock};

use rex_sql::digest::sha256;

/// The length of a seal.
pub(super) const TAG: usize = 16;

static KEY: RwLock<Vec<u8>> = RwLock::new(Vec::new());

/// Seals the cursors of this process with a key: at least 16 random octets, the same in all processes
/// that read each other's cursors, and a secret. Nobody without it makes a cursor that is taken.
///
/// Without a key, what is altered by mistake is found, and not what somebody alters who has read this
/// source. What a forged cursor could do is little: begin a page elsewhere, among the rows that the
/// finder finds anyhow.
pub fn seal_cursors(key: &[u8]) {
    *KEY.write().unwrap_or_else(PoisonError::into_inner) = key.to_vec();
}

pub(super) fn tag(shape: &str, bytes: &[u8]) -> [u8; TAG] {
    let key = KEY.read().unwrap_or_else(PoisonError::into_inner);
    let mut tag = [0; TAG];
    tag.copy_from_slice(&hmac(&key, &[shape.as_bytes(), &[0], bytes].concat())[..TAG]);
    tag
}

const BLOCK: usize = 64;

fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut block = [0; BLOCK];
    match key.len() > BLOCK {
        true => block[..32].copy_from_slice(&sha256(key)),
        false => block[..key.len()].copy_from_slice(key),
    }
    let inner = sha256(&[&block.map(|byte| byte ^ 0x36)[..], message].concat());
    sha256(&[&block.map(|byte| byte ^ 0x5c)[..], &inner[..]].concat())
}

#[cfg(test)]
mod tests {
    use rex_sql::digest::hex;

    use super::*;

    /// The examples of RFC 4231.
    #[test]
    fn it_is_hmac() {
        assert_eq!(
            hex(&hmac(b"Jefe", b"what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
        let long = "54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a65204b6579202d2048617368204b6579204669727374";
        let text: Vec<u8> = (0..long.len())
            .step_by(2)
            .filter_map(|at| u8::from_str_radix(&long[at..at + 2], 16).ok())
            .collect();
        assert_eq!(
            hex(&hmac(&[0xaa; 131], &text)),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        );
    }
}
