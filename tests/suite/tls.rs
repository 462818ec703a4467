//! Encrypted connections, against a server with a certificate of our own authority, and one
//! without any.

use std::path::Path;
use std::time::Duration;

use rex_orm::{Builder, ChannelBinding, Error, Kind, SslMode};

use crate::blog::Db;
use crate::support::certificates::{Authority, Certificate};
use crate::support::postgres::{self, Server};

/// A server that shows a certificate.
struct Encrypting {
    server: Server,
    authority: Authority,
}

impl Encrypting {
    /// Its certificate is for `localhost`, and not for 127.0.0.1.
    async fn start() -> Encrypting {
        let authority = Authority::new("Rex's authority");
        let server = Server::start().unwrap_or_else(|reason| panic!("{reason}"));
        let shown = authority.sign("server", &["localhost"]);
        server.show(&shown.certificate, &shown.key, &authority.root());
        Encrypting { server, authority }
    }

    fn to(&self, host: &str) -> Builder<Db> {
        to(&self.server, host)
    }

    /// Whether the connection of a handle is encrypted, as the server sees it.
    async fn is_encrypted(&self, connecting: Builder<Db>) -> Result<bool, Error> {
        let _db = connecting.application_name("looked at").pool_size(1).connect().await?;
        let client = postgres::connect(&self.server.database_url("postgres")).await.expect("it is there");
        let sql = "SELECT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = 'looked at'";
        Ok(client.query_one(sql, &[]).await.expect("one connection").get(0))
    }

    /// The words of the refusal.
    async fn refuses(&self, connecting: Builder<Db>, kind: Kind, words: &str) {
        let error = connecting.connect().await.expect_err(words);
        assert_eq!(error.kind(), kind, "{error}");
        let text = error.to_string();
        assert!(text.contains(words) && !text.contains('\n'), "{text:?} says nothing of {words:?}");
    }
}

fn to(server: &Server, host: &str) -> Builder<Db> {
    let (user, password) = server.superuser();
    let address = server.tcp_address();
    let (_, port) = address.rsplit_once(':').expect("a host and a port");
    let port = port.parse().expect("a number");
    Db::builder().host(host).port(port).user(user).password(password).database("postgres")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_is_as_safe_as_is_said_or_there_is_none() {
    let it = Encrypting::start().await;
    let (root, other) = (it.authority.root(), Authority::new("somebody else"));
    let by_name = |mode| it.to("localhost").sslmode(mode);
    let by_address = |mode| it.to("127.0.0.1").sslmode(mode);

    // What is said is done.
    assert!(!it.is_encrypted(by_name(SslMode::Disable)).await.expect("plain"));
    assert!(!it.is_encrypted(it.to("127.0.0.1")).await.expect("plain, on this machine"));
    assert!(it.is_encrypted(by_address(SslMode::Require)).await.expect("encrypted"));
    let ca = by_address(SslMode::VerifyCa).sslrootcert(&root);
    assert!(it.is_encrypted(ca).await.expect("its authority's"));
    let full = by_name(SslMode::VerifyFull).sslrootcert(&root);
    assert!(it.is_encrypted(full).await.expect("its authority's, of this name"));

    // The password is bound to the certificate, which takes one.
    let bound = |binding| by_name(SslMode::VerifyFull).sslrootcert(&root).channel_binding(binding);
    for binding in [ChannelBinding::Disable, ChannelBinding::Prefer, ChannelBinding::Require] {
        assert!(it.is_encrypted(bound(binding)).await.expect("the certificate's hash is the server's"));
    }
    let unbound = by_name(SslMode::Disable).channel_binding(ChannelBinding::Require);
    it.refuses(unbound, Kind::Connection, "cannot bind the password").await;

    // Another authority, the system's, another name.
    for mode in [SslMode::VerifyCa, SslMode::VerifyFull] {
        let strange = by_name(mode).sslrootcert(other.root());
        it.refuses(strange, Kind::Connection, "signed by nobody who is trusted").await;
    }
    let of_another = by_address(SslMode::VerifyFull).sslrootcert(&root);
    it.refuses(of_another, Kind::Connection, "is another host's").await;

    // Files that are none.
    let nowhere = by_name(SslMode::VerifyFull).sslrootcert("/nowhere/root.pem");
    it.refuses(nowhere, Kind::Configuration, "`sslrootcert`: cannot read `/nowhere/root.pem`").await;
    let key = it.authority.sign("key", &[]).key;
    let no_root = by_name(SslMode::VerifyFull).sslrootcert(&key);
    it.refuses(no_root, Kind::Configuration, "has no certificate in PEM form").await;
    let socket = it.to("/tmp").sslmode(SslMode::VerifyFull).sslrootcert(&root);
    it.refuses(socket, Kind::Configuration, "a Unix socket").await;

    a_certificate_of_ones_own(&it).await;
    an_expired_certificate(&it).await;
    cancelled_by_tls(&it).await;
}

/// The server asks for a certificate instead of a password.
async fn a_certificate_of_ones_own(it: &Encrypting) {
    it.server.administrate_with(&["CREATE ROLE ada LOGIN"]);
    it.server.allow("hostssl all ada all cert");
    let to = || it.to("localhost").user("ada").sslmode(SslMode::VerifyFull).sslrootcert(it.authority.root());
    let Certificate { certificate, key } = it.authority.sign("ada", &[]);
    assert!(it.is_encrypted(to().sslcert(&certificate).sslkey(&key)).await.expect("it is ada's"));
    it.refuses(to(), Kind::Connection, "asks for a certificate: name the files").await;
    let other = it.authority.sign("grace", &[]);
    let not_hers = to().sslcert(&other.certificate).sslkey(&other.key);
    it.refuses(not_hers, Kind::Connection, "refused the user").await;
    let plain = it.to("localhost").user("ada");
    it.server.allow("hostnossl all ada all reject");
    it.refuses(plain, Kind::Connection, "lets nobody in without encryption").await;
    let mixed = to().sslcert(&certificate).sslkey(&other.key);
    it.refuses(mixed, Kind::Configuration, "do not belong together").await;
    let no_key = to().sslcert(&certificate).sslkey(&certificate);
    it.refuses(no_key, Kind::Configuration, "has no private key in PEM form").await;
}

async fn an_expired_certificate(it: &Encrypting) {
    let expired = it.authority.sign_with("expired", &["localhost"], |params| {
        params.not_after = rcgen::date_time_ymd(2020, 1, 1);
    });
    it.server.show(&expired.certificate, &expired.key, &it.authority.root());
    let connecting = it.to("localhost").sslmode(SslMode::VerifyFull).sslrootcert(it.authority.root());
    it.refuses(connecting, Kind::Connection, "has expired").await;
    let shown = it.authority.sign("server", &["localhost"]);
    it.server.show(&shown.certificate, &shown.key, &it.authority.root());
}

/// What stops a statement is encrypted, too, and arrives.
async fn cancelled_by_tls(it: &Encrypting) {
    let connecting = it.to("localhost").sslmode(SslMode::VerifyFull).sslrootcert(it.authority.root());
    let db = connecting.application_name("cancelled").pool_size(1).connect().await.expect("encrypted");
    db.create_schema().await.expect("an empty database");
    let client = postgres::connect(&it.server.database_url("postgres")).await.expect("it is there");
    client.batch_execute("BEGIN; LOCK TABLE tags").await.expect("a lock");
    let waiting = tokio::time::timeout(Duration::from_millis(200), db.tag().find().count()).await;
    assert!(waiting.is_err(), "the table is locked");
    let sql =
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'cancelled' AND state = 'active'";
    // Seen from outside of that transaction, which would see the same all along.
    let other = postgres::connect(&it.server.database_url("postgres")).await.expect("it is there");
    for _ in 0..100 {
        if other.query_one(sql, &[]).await.expect("a number").get::<_, i64>(0) == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the statement that nobody waits for is under way yet");
}

/// A server that does not encrypt is never spoken to in plain text instead.
#[tokio::test]
async fn a_server_without_tls_is_refused() {
    for mode in [SslMode::Require, SslMode::VerifyCa, SslMode::VerifyFull] {
        let error =
            to(postgres::server(), "127.0.0.1").sslmode(mode).connect().await.expect_err("no TLS there");
        assert_eq!(error.kind(), Kind::Connection, "{error}");
        assert!(error.to_string().contains("does not encrypt: turn `ssl` on"), "{error}");
    }
}

/// Without a word, a server elsewhere must show who it is.
#[tokio::test(flavor = "multi_thread")]
async fn elsewhere_the_default_is_to_check_everything() {
    let it = Encrypting::start().await;
    // The same server by a name that is not this machine's own.
    let error = it.to("0.0.0.0").sslrootcert(it.authority.root()).connect().await.expect_err("another's");
    assert!(error.to_string().contains("is another host's"), "{error}");
    assert!(Path::new("/etc/ssl/certs").exists(), "the system has authorities");
    let error = it.to("0.0.0.0").connect().await.expect_err("the system does not trust it");
    assert!(error.to_string().contains("signed by nobody who is trusted"), "{error}");
}
