//! What a password is bound to: the server's certificate, so that nobody who shows another one can pass on
//! what he is told (RFC 5929, `tls-server-end-point`).

use tokio_rustls::rustls::crypto::ring::cipher_suite;
use tokio_rustls::rustls::{SupportedCipherSuite, crypto};

/// The algorithms of signatures whose hash is SHA-256, or which RFC 5929 has taken for it; as objects'
/// identifiers, in octets.
const SHA_256: &[&[u8]] = &[
    // sha1WithRSAEncryption, md5WithRSAEncryption, ecdsa-with-SHA1
    &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x05],
    &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x04],
    &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x01],
    // sha256WithRSAEncryption, ecdsa-with-SHA256
    &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b],
    &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02],
];

/// The same for SHA-384: sha384WithRSAEncryption, ecdsa-with-SHA384.
const SHA_384: &[&[u8]] = &[
    &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0c],
    &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x03],
];

/// The hash of a certificate, by the algorithm that it is signed with; none for algorithms of which that is
/// not known here.
pub(super) fn of(certificate: &[u8]) -> Option<Vec<u8>> {
    let algorithm = signature(certificate)?;
    let suite = match algorithm {
        _ if SHA_256.contains(&algorithm) => cipher_suite::TLS13_AES_128_GCM_SHA256,
        _ if SHA_384.contains(&algorithm) => cipher_suite::TLS13_AES_256_GCM_SHA384,
        _ => return None,
    };
    Some(hash(suite)?.hash(certificate).as_ref().to_vec())
}

/// The hash that a cipher suite works with.
fn hash(suite: SupportedCipherSuite) -> Option<&'static dyn crypto::hash::Hash> {
    match suite {
        SupportedCipherSuite::Tls13(suite) => Some(suite.common.hash_provider),
        _ => None,
    }
}

/// The algorithm of a certificate's signature: it stands in the second part, behind what is signed.
fn signature(certificate: &[u8]) -> Option<&[u8]> {
    const SEQUENCE: u8 = 0x30;
    const IDENTIFIER: u8 = 0x06;
    let (parts, _) = element(certificate, SEQUENCE)?;
    let (_, parts) = element(parts, SEQUENCE)?;
    let (algorithm, _) = element(parts, SEQUENCE)?;
    element(algorithm, IDENTIFIER).map(|(name, _)| name)
}

/// An element of DER's with a tag, and what follows it.
fn element(octets: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let [found, length, rest @ ..] = octets else { return None };
    if *found != tag {
        return None;
    }
    // A long length says first of how many octets it is.
    let (length, rest) = match length.checked_sub(0x80) {
        None => (usize::from(*length), rest),
        Some(count @ 1..=4) => {
            let (length, rest) = rest.split_at_checked(count.into())?;
            (length.iter().fold(0, |sum, octet| sum << 8 | usize::from(*octet)), rest)
        }
        Some(_) => return None,
    };
    rest.split_at_checked(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn der(tag: u8, body: &[u8]) -> Vec<u8> {
        let length = u16::try_from(body.len()).expect("a short one").to_be_bytes();
        [&[tag, 0x82], &length[..], body].concat()
    }

    fn certificate(algorithm: &[u8]) -> Vec<u8> {
        let [signed, names, key] =
            [der(0x30, &[7; 300]), der(0x30, &der(0x06, algorithm)), der(0x03, &[0; 64])];
        der(0x30, &[signed, names, key].concat())
    }

    #[test]
    fn the_hash_is_that_of_the_signature() {
        for (algorithm, length) in [(SHA_256[0], Some(32)), (SHA_256[4], Some(32)), (SHA_384[1], Some(48))] {
            assert_eq!(of(&certificate(algorithm)).map(|hash| hash.len()), length);
        }
        // Ed25519 has none of its own.
        assert_eq!(of(&certificate(&[0x2b, 0x65, 0x70])), None);
        let whole = certificate(SHA_256[3]);
        for end in [0, 1, 3, 4, 300, 320] {
            assert_eq!(of(&whole[..end]), None, "cut at {end}");
        }
    }
}
