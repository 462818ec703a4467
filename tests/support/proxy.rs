//! A proxy in front of a server, which does to connections what networks do.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// What happens to connections, those that are open and those to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// What comes from one side goes to the other.
    Forward,
    /// Nothing goes on, until something else happens.
    Stall,
    /// Both sides see an end.
    Cut,
    /// Both sides see a reset.
    Reset,
    /// The server sees an end, the client sees nothing, ever.
    HalfOpen,
    /// A cut instead of the next `COMMIT`.
    CutBeforeCommit,
    /// A cut in the place of the answer to the next `COMMIT`.
    CutAfterCommit,
}

/// A proxy, until it is dropped.
pub(crate) struct Proxy {
    address: SocketAddr,
    fate: Arc<watch::Sender<Fate>>,
    listening: JoinHandle<()>,
}

impl Proxy {
    /// Listens in front of a server at `host:port`.
    pub(crate) async fn before(server: String) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("it has an address");
        let fate = Arc::new(watch::Sender::new(Fate::Forward));
        let watched = fate.subscribe();
        let listening = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(serve(client, server.clone(), watched.clone()));
            }
        });
        Proxy { address, fate, listening }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn set(&self, fate: Fate) {
        self.fate.send_replace(fate);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.listening.abort();
        self.set(Fate::Cut);
    }
}

/// One connection.
async fn serve(client: TcpStream, server: String, mut fate: watch::Receiver<Fate>) {
    // Whoever comes while nothing goes on is not even let in.
    while matches!(*fate.borrow_and_update(), Fate::Stall) {
        if fate.changed().await.is_err() {
            return;
        }
    }
    let now = *fate.borrow();
    match now {
        Fate::HalfOpen => return hold(client).await,
        Fate::Cut => return,
        Fate::Reset => {
            _ = reset(client);
            return;
        }
        Fate::Forward | Fate::Stall | Fate::CutBeforeCommit | Fate::CutAfterCommit => {}
    }
    let Ok(server) = TcpStream::connect(server).await else { return };
    // An end of either side is the end of both.
    _ = forward(client, server, fate).await;
}

async fn forward(
    mut client: TcpStream,
    mut server: TcpStream,
    mut fate: watch::Receiver<Fate>,
) -> io::Result<()> {
    let (mut asked, mut answered) = ([0; 8_192], [0; 8_192]);
    let mut is_committing = false;
    loop {
        let now = *fate.borrow_and_update();
        match now {
            Fate::Cut => return Ok(()),
            Fate::Reset => return reset(client).and(reset(server)),
            Fate::HalfOpen => {
                drop(server);
                hold(client).await;
                return Ok(());
            }
            Fate::Stall => {
                fate.changed().await.map_err(io::Error::other)?;
                continue;
            }
            Fate::Forward | Fate::CutBeforeCommit | Fate::CutAfterCommit => {}
        }
        tokio::select! {
            biased;
            changed = fate.changed() => changed.map_err(io::Error::other)?,
            read = client.read(&mut asked) => {
                let asked = &asked[..end(read?)?];
                let commits = asked.windows(7).any(|word| word == b"COMMIT\0");
                if commits && now == Fate::CutBeforeCommit {
                    return Ok(());
                }
                is_committing = commits && now == Fate::CutAfterCommit;
                server.write_all(asked).await?;
            }
            read = server.read(&mut answered) => {
                let answered = &answered[..end(read?)?];
                if is_committing {
                    return Ok(());
                }
                client.write_all(answered).await?;
            }
        }
    }
}

fn end(read: usize) -> io::Result<usize> {
    if read == 0 { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(read) }
}

fn reset(stream: TcpStream) -> io::Result<()> {
    stream.set_zero_linger()
}

/// Keeps the client in the belief that somebody is there.
async fn hold(client: TcpStream) {
    tokio::time::sleep(Duration::from_secs(60)).await;
    drop(client);
}
