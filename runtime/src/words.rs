//! A hash of texts and shapes of statements.

use std::hash::Hasher;

/// A hash by words of eight octets. The texts are those of the program's own statements, in which no
/// value is, so that nobody can choose them to meet.
#[derive(Default)]
pub(crate) struct Words(u64);

impl Words {
    fn word(&mut self, word: u64) {
        // The multiplier of FxHash, that of Firefox and of rustc.
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x51_7c_c1_b7_27_22_0a_95);
    }
}

impl Hasher for Words {
    fn write(&mut self, octets: &[u8]) {
        let (words, rest) = octets.as_chunks::<8>();
        words.iter().for_each(|word| self.word(u64::from_le_bytes(*word)));
        let mut last = [0; 8];
        last[..rest.len()].copy_from_slice(rest);
        self.word(u64::from_le_bytes(last));
    }

    fn write_u8(&mut self, octet: u8) {
        self.word(octet.into());
    }

    fn write_u64(&mut self, word: u64) {
        self.word(word);
    }

    /// The best bits of a product are its highest, and a table looks at the lowest too.
    fn finish(&self) -> u64 {
        self.0.rotate_left(26)
    }
}
