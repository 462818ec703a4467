//! A proxy in front of a server, which does to connections what networks do.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, watch};
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
    /// Nothing goes on, from what a client has said for so many times on: the server has that.
    StallBehind(usize),
}

/// A proxy, until it is dropped.
pub(crate) struct Proxy {
    address: SocketAddr,
    fate: Arc<watch::Sender<Fate>>,
    reached: Arc<Notify>,
    ended: Arc<watch::Sender<u32>>,
    listening: JoinHandle<()>,
}

/// What a connection knows of the proxy.
#[derive(Clone)]
struct Guide {
    fate: Arc<watch::Sender<Fate>>,
    watched: watch::Receiver<Fate>,
    reached: Arc<Notify>,
    ended: Arc<watch::Sender<u32>>,
}

impl Proxy {
    /// Listens in front of a server at `host:port`.
    pub(crate) async fn before(server: String) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("it has an address");
        let fate = Arc::new(watch::Sender::new(Fate::Forward));
        let reached = Arc::new(Notify::new());
        let ended = Arc::new(watch::Sender::new(0));
        let guide = Guide {
            watched: fate.subscribe(),
            fate: Arc::clone(&fate),
            reached: Arc::clone(&reached),
            ended: Arc::clone(&ended),
        };
        let listening = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(serve(client, server.clone(), guide.clone()));
            }
        });
        Proxy { address, fate, reached, ended, listening }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns when [`Fate::StallBehind`] has come.
    pub(crate) async fn reached(&self) {
        self.reached.notified().await;
    }

    /// Counts the connections that have ended, from now on.
    pub(crate) fn ends(&self) -> watch::Receiver<u32> {
        self.ended.subscribe()
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
async fn serve(client: TcpStream, server: String, mut guide: Guide) {
    let fate = &mut guide.watched;
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
        Fate::Forward | Fate::Stall | Fate::CutBeforeCommit | Fate::CutAfterCommit | Fate::StallBehind(_) => {
        }
    }
    let Ok(server) = TcpStream::connect(server).await else { return };
    let ended = Arc::clone(&guide.ended);
    // An end of either side is the end of both.
    _ = forward(client, server, guide).await;
    ended.send_modify(|ended| *ended += 1);
}

async fn forward(mut client: TcpStream, mut server: TcpStream, guide: Guide) -> io::Result<()> {
    let mut fate = guide.watched;
    let mut said = 0;
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
            Fate::Forward | Fate::CutBeforeCommit | Fate::CutAfterCommit | Fate::StallBehind(_) => {}
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
                said += 1;
                if now == Fate::StallBehind(said) {
                    guide.fate.send_replace(Fate::Stall);
                    guide.reached.notify_one();
                }
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
