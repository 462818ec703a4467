//! SHA-256 (FIPS 180-4), and bytes as hexadecimal digits.

/// The fractional parts of the cube roots of the first 64 primes.
const K: [u32; 64] = [
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
];

/// The fractional parts of the square roots of the first 8 primes.
const START: [u32; 8] =
    [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];

/// The sum of a message.
pub fn sha256(message: &[u8]) -> [u8; 32] {
    let mut state = START;
    let mut blocks = message.chunks_exact(BLOCK);
    for block in &mut blocks {
        compress(&mut state, block);
    }
    let mut last = blocks.remainder().to_vec();
    last.push(0x80);
    last.resize((last.len() + 8).next_multiple_of(BLOCK) - 8, 0);
    last.extend((message.len() as u64 * 8).to_be_bytes());
    for block in last.chunks_exact(BLOCK) {
        compress(&mut state, block);
    }
    let mut sum = [0; 32];
    for (bytes, word) in sum.chunks_exact_mut(4).zip(state) {
        bytes.copy_from_slice(&word.to_be_bytes());
    }
    sum
}

/// The bytes that are taken in at once.
const BLOCK: usize = 64;

fn compress(state: &mut [u32; 8], block: &[u8]) {
    let mut words = [0u32; 16];
    for (word, bytes) in words.iter_mut().zip(block.chunks_exact(4)) {
        *word = bytes.iter().fold(0, |word, byte| word << 8 | u32::from(*byte));
    }
    let mut mixed = *state;
    for (sixteen, constants) in K.chunks_exact(16).enumerate() {
        if sixteen > 0 {
            schedule(&mut words);
        }
        for (words, constants) in words.chunks_exact(8).zip(constants.chunks_exact(8)) {
            eight_rounds(&mut mixed, words, constants);
        }
    }
    for (total, part) in state.iter_mut().zip(mixed) {
        *total = total.wrapping_add(part);
    }
}

/// The next sixteen words, in the place of those before them.
fn schedule(words: &mut [u32; 16]) {
    for at in 0..16 {
        let (old, new) = (words[(at + 1) % 16], words[(at + 14) % 16]);
        let low = old.rotate_right(7) ^ old.rotate_right(18) ^ (old >> 3);
        let high = new.rotate_right(17) ^ new.rotate_right(19) ^ (new >> 10);
        words[at] = words[at].wrapping_add(low).wrapping_add(words[(at + 9) % 16]).wrapping_add(high);
    }
}

/// After eight rounds each part of the state is where it was, so that none has to be moved.
fn eight_rounds(state: &mut [u32; 8], words: &[u32], constants: &[u32]) {
    let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = *state;
    let add = |at: usize| words[at].wrapping_add(constants[at]);
    round([a, b, c], &mut d, [e, f, g], &mut h, add(0));
    round([h, a, b], &mut c, [d, e, f], &mut g, add(1));
    round([g, h, a], &mut b, [c, d, e], &mut f, add(2));
    round([f, g, h], &mut a, [b, c, d], &mut e, add(3));
    round([e, f, g], &mut h, [a, b, c], &mut d, add(4));
    round([d, e, f], &mut g, [h, a, b], &mut c, add(5));
    round([c, d, e], &mut f, [g, h, a], &mut b, add(6));
    round([b, c, d], &mut e, [f, g, h], &mut a, add(7));
    *state = [a, b, c, d, e, f, g, h];
}

#[inline(always)]
fn round([a, b, c]: [u32; 3], d: &mut u32, [e, f, g]: [u32; 3], h: &mut u32, add: u32) {
    let high = e.rotate_right(6) ^ e.rotate_right(11) ^ e.rotate_right(25);
    let chosen = (e & f) ^ (!e & g);
    let first = h.wrapping_add(high).wrapping_add(chosen).wrapping_add(add);
    let low = a.rotate_right(2) ^ a.rotate_right(13) ^ a.rotate_right(22);
    let most = (a & b) ^ (a & c) ^ (b & c);
    *d = d.wrapping_add(first);
    *h = first.wrapping_add(low).wrapping_add(most);
}

/// Two digits for each byte, of `0-9a-f`.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    bytes.iter().flat_map(|byte| [byte >> 4, byte & 15].map(|digit| DIGITS[usize::from(digit)])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of FIPS 180-4.
    #[test]
    fn sums_are_those_of_the_standard() {
        let of = |text: &[u8]| hex(&sha256(text));
        assert_eq!(of(b""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assert_eq!(of(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(
            of(b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        );
        let million = vec![b'a'; 1_000_000];
        assert_eq!(of(&million), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    }
}
