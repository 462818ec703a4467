//! Files of certificates and keys. Errors name the file, and nothing that is in it.

use std::path::Path;

use tokio_rustls::rustls::RootCertStore;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::config::{Config, wrong};
use crate::error::{Error, Result};

/// What this program shows the server, with its key.
pub(super) fn own(config: &Config) -> Result<Option<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>)>> {
    let (Some(certificates), Some(key)) = (&config.sslcert, &config.sslkey) else { return Ok(None) };
    let certificates = in_file("sslcert", certificates)?;
    let key = PrivateKeyDer::from_pem_file(key).map_err(|error| unreadable("sslkey", key, &error))?;
    Ok(Some((certificates, key)))
}

/// The authorities that are trusted: those of the file that is named, or the system's.
pub(super) fn roots(config: &Config) -> Result<RootCertStore> {
    let mut roots = RootCertStore::empty();
    if let Some(path) = &config.sslrootcert {
        for certificate in in_file("sslrootcert", path)? {
            roots.add(certificate).map_err(|_| {
                wrong(format!("`sslrootcert`: `{}` has a certificate that cannot be read", path.display()))
            })?;
        }
        return Ok(roots);
    }
    let found = rustls_native_certs::load_native_certs();
    roots.add_parsable_certificates(found.certs);
    if roots.is_empty() {
        return Err(wrong(
            "this system has no certificates of authorities to check the server's by: install them (on Debian, the \
             package `ca-certificates`), or name a file of them in `sslrootcert`",
        ));
    }
    Ok(roots)
}

fn in_file(name: &str, path: &Path) -> Result<Vec<CertificateDer<'static>>> {
    let found = CertificateDer::pem_file_iter(path).and_then(Iterator::collect);
    let found: Vec<_> = found.map_err(|error: pem::Error| unreadable(name, path, &error))?;
    if found.is_empty() {
        return Err(unreadable(name, path, &pem::Error::NoItemsFound));
    }
    Ok(found)
}

fn unreadable(name: &str, path: &Path, error: &pem::Error) -> Error {
    let path = path.display();
    wrong(match error {
        pem::Error::Io(error) => format!("`{name}`: cannot read `{path}`: {error}"),
        _ if name == "sslkey" => {
            format!("`{name}`: `{path}` has no private key in PEM form, without a password")
        }
        _ => format!("`{name}`: `{path}` has no certificate in PEM form"),
    })
}
