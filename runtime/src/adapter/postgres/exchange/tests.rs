//! A line between a client and a server that says what the test wants, when and in the parts that it wants.

use std::pin::{Pin, pin};
use std::task::Waker;
use std::time::Duration;

use futures_util::future::{join, join3};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::task::{JoinHandle, JoinSet, yield_now};
use tokio::time::timeout;
use tokio_postgres::NoTls;

use bytes::BytesMut;

use super::*;
use crate::adapter::postgres::connect::drive;
use crate::adapter::postgres::socket::{Socket, UnixSocket};

/// Longer than anything here takes.
const HANGS: Duration = Duration::from_secs(20);

/// What was read of an answer.
#[derive(Default)]
struct Heard(Vec<(u8, Vec<u8>)>);

impl Reads for Heard {
    fn read(&mut self, letter: u8, message: &[u8]) {
        // What the driver has read has its end with it.
        if letter != tag::READY {
            self.0.push((letter, frames::body(message).to_vec()));
        }
    }
}

pub(in super::super) struct Signed {
    pub(in super::super) client: Client,
    pub(in super::super) line: Line,
    driver: JoinHandle<()>,
    pub(in super::super) server: UnixStream,
}

pub(in super::super) async fn signed_in() -> Signed {
    let (ours, mut server) = UnixStream::pair().expect("sockets");
    let line = Line::new(Socket::Unix(UnixSocket::new(ours).expect("a socket")));
    let mut settings = tokio_postgres::Config::new();
    settings.user("rex");
    let lets_in = async {
        let length = server.read_i32().await.expect("a length");
        let mut start = vec![0; length as usize - 4];
        server.read_exact(&mut start).await.expect("what follows");
        server.write_all(b"R\0\0\0\x08\0\0\0\0Z\0\0\0\x05I").await.expect("the client is there");
    };
    let (connected, ()) = join(settings.connect_raw(line.clone(), NoTls), lets_in).await;
    let (client, connection) = connected.expect("let in");
    let driver = drive(&line, connection);
    Signed { client, line, driver, server }
}

pub(in super::super) fn message(letter: u8, follows: &[u8]) -> Vec<u8> {
    let mut out = BytesMut::new();
    frames::put_fixed(letter, follows, &mut out);
    out.to_vec()
}

pub(in super::super) fn ready() -> Vec<u8> {
    message(tag::READY, b"I")
}

/// The next message of the client's.
pub(in super::super) async fn asked(server: &mut UnixStream) -> Option<(u8, Vec<u8>)> {
    let letter = server.read_u8().await.ok()?;
    let length = server.read_i32().await.ok()?;
    let mut follows = vec![0; length as usize - 4];
    server.read_exact(&mut follows).await.ok()?;
    Some((letter, follows))
}

/// Says what it is asked.
async fn echo(mut server: UnixStream) {
    while let Some((letter, follows)) = asked(&mut server).await {
        if letter == client::QUERY {
            let said = [message(tag::COMMAND_COMPLETE, &follows), ready()].concat();
            server.write_all(&said).await.expect("the client is there");
        }
    }
}

async fn ask(line: &Line, sql: &str) -> Option<Vec<(u8, Vec<u8>)>> {
    let mut heard = Heard::default();
    line.ask(sql).answer(&mut heard).await.ok().map(|()| heard.0)
}

fn poll_once<T>(future: Pin<&mut impl Future<Output = T>>) {
    assert!(future.poll(&mut Context::from_waker(Waker::noop())).is_pending());
}

pub(in super::super) async fn in_time<T>(future: impl Future<Output = T>) -> T {
    timeout(HANGS, future).await.expect("nothing hangs")
}

#[tokio::test]
async fn answers_come_whole_whatever_parts_they_arrive_in() {
    let row = vec![7; 10_000];
    let said = [
        [message(b'N', b"SNOTICE\0\0"), message(tag::DATA_ROW, &row), message(b'S', b"TimeZone\0UTC\0")]
            .concat(),
        [message(b'A', b"\0\0\0\x01channel\0payload\0"), message(tag::COMMAND_COMPLETE, b"SELECT 1\0")]
            .concat(),
        ready(),
        [message(tag::DATA_ROW, b"\0\0"), message(tag::ERROR, b"SERROR\0C22012\0Mno\0\0"), ready()].concat(),
        [message(tag::COMMAND_COMPLETE, b"BEGIN\0"), message(tag::READY, b"T")].concat(),
    ];
    let letters = |heard: Option<Vec<(u8, Vec<u8>)>>| {
        String::from_utf8(heard.expect("an answer").iter().map(|(letter, _)| *letter).collect()).unwrap()
    };
    for part in [1, 2, 4, 5, 6, 1_000, usize::MAX] {
        let Signed { client, line, mut server, .. } = signed_in().await;
        let says = async {
            for _ in 0..3 {
                asked(&mut server).await.expect("three statements");
            }
            for part in said.concat().chunks(part.min(20_000)) {
                server.write_all(part).await.expect("the client is there");
                yield_now().await;
            }
        };
        let all = join3(ask(&line, "one"), ask(&line, "two"), ask(&line, "three"));
        let ((one, two, three), ()) = in_time(join(all, says)).await;
        assert_eq!(one.as_ref().expect("an answer")[1].1, row);
        assert_eq!(letters(one), "NDSAC", "in parts of {part}");
        assert_eq!(letters(two), "DE");
        assert_eq!(letters(three), "C");
        assert!(line.is_in_transaction() && line.rests());
        drop(client);
    }
}

/// Some of those who ask are dropped before they are answered, some are never polled.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn each_is_told_what_it_asked() {
    let Signed { client, line, server, .. } = signed_in().await;
    let echo = tokio::spawn(echo(server));
    let mut tasks = JoinSet::new();
    for task in 0..6 {
        let line = line.clone();
        tasks.spawn(async move {
            for round in 0..10_000 {
                let sql = format!("{task}, {round}");
                match (task + round) % 11 {
                    0 => drop(line.ask(&sql)),
                    1 => {
                        let mut dropped = pin!(ask(&line, &sql));
                        _ = dropped.as_mut().poll(&mut Context::from_waker(Waker::noop()));
                        yield_now().await;
                    }
                    2 if task == 0 => {
                        line.state().put_ahead("ahead;");
                        let next = ask(&line, "behind").await.expect("there is a server");
                        assert_eq!(next, [(tag::COMMAND_COMPLETE, b"behind\0".to_vec())]);
                    }
                    _ => {
                        let heard = ask(&line, &sql).await.expect("there is a server");
                        let expected = format!("{sql}\0").into_bytes();
                        assert_eq!(heard, [(tag::COMMAND_COMPLETE, expected)]);
                    }
                }
            }
        });
    }
    in_time(async { while let Some(()) = tasks.join_next().await.transpose().expect("no panic") {} }).await;
    in_time(ask(&line, "the last")).await.expect("it is of use");
    assert!(line.rests());
    drop((client, line));
    in_time(echo).await.expect("it is closed");
}

/// The one in front is there, and nobody asks it.
#[tokio::test]
async fn an_end_in_the_middle_of_a_message_is_told_to_all() {
    for part in [0, 1, 4, 5, 30] {
        let Signed { client, line, mut server, .. } = signed_in().await;
        let refusal = message(tag::ERROR, b"SFATAL\0C57P01\0Mterminating\0\0");
        let mut heard = Heard::default();
        {
            let mut idle = pin!(line.ask("one").answer(&mut heard));
            poll_once(idle.as_mut());
            let told = line.ask("two").told(&client);
            let says = async {
                asked(&mut server).await.expect("the first");
                asked(&mut server).await.expect("the second");
                let row = message(tag::DATA_ROW, &[7; 60]);
                server.write_all(&[&refusal, &row[..part]].concat()).await.expect("the client is there");
                drop(server);
            };
            let (told, ()) = in_time(join(told, says)).await;
            assert!(matches!(told, Err(Failure::Theirs(error)) if error.is_closed()));
            assert!(in_time(idle).await.is_err());
        }
        assert_eq!(heard.0[0].0, tag::ERROR, "why is not lost");
        assert!(line.is_closed());
        in_time(line.ask("three").told(&client)).await.expect_err("there is no server");
    }
}

/// Why the one in front was refused is the driver's to say, behind one whom nobody asks.
#[tokio::test]
async fn who_was_refused_before_an_end_is_told() {
    let Signed { client, line, mut server, .. } = signed_in().await;
    let told = line.ask("one").told(&client);
    let mut idle = pin!(ask(&line, "two"));
    poll_once(idle.as_mut());
    let says = async {
        asked(&mut server).await.expect("the first");
        let refusal = message(tag::ERROR, b"SERROR\0C22012\0Mno\0\0");
        server.write_all(&[refusal, ready()].concat()).await.expect("the client is there");
        drop(server);
    };
    let (told, ()) = in_time(join(told, says)).await;
    assert!(matches!(told, Err(Failure::Theirs(_))));
    assert!(in_time(idle).await.is_none());
}

/// A server that does not read before what it says is taken, and more than any buffer holds on both sides.
#[tokio::test]
async fn who_sends_much_reads_meanwhile() {
    const MUCH: usize = 4 << 20;
    for crowd in [false, true] {
        let Signed { client, line, mut server, .. } = signed_in().await;
        let long = "x".repeat(MUCH);
        let mut first = crowd.then(|| Box::pin(ask(&line, "first")));
        if let Some(first) = &mut first {
            poll_once(first.as_mut());
        }
        let says = async {
            if crowd {
                asked(&mut server).await.expect("the first");
                server.write_all(&ready()).await.expect("the client is there");
            }
            let row = message(tag::DATA_ROW, &vec![7; MUCH]);
            server.write_all(&row).await.expect("the client is there");
            assert_eq!(asked(&mut server).await.expect("it is sent").1.len(), MUCH + 1);
            server.write_all(&ready()).await.expect("the client is there");
        };
        let (heard, ()) = in_time(join(ask(&line, &long), says)).await;
        assert_eq!(heard.expect("an answer")[0].1.len(), MUCH);
        if let Some(first) = first {
            in_time(first).await.expect("an answer");
        }
        drop(client);
    }
}

/// Whoever wrote last is woken when there is room again, and may be one whom nobody asks.
#[tokio::test]
async fn who_is_not_polled_sends_all_the_same() {
    let Signed { client, line, server, .. } = signed_in().await;
    let long = "x".repeat(4 << 20);
    let mut idle = pin!(ask(&line, &long));
    poll_once(idle.as_mut());
    let other = tokio::spawn({
        let line = line.clone();
        async move { ask(&line, "other").await }
    });
    for _ in 0..10 {
        yield_now().await;
    }
    poll_once(idle.as_mut());
    tokio::spawn(echo(server));
    in_time(other).await.expect("no panic").expect("an answer");
    in_time(idle).await.expect("an answer");
    drop(client);
}

/// With its runtime, say.
#[tokio::test]
async fn nobody_waits_for_a_driver_that_is_gone() {
    let Signed { client, line, driver, server } = signed_in().await;
    let all = join3(ask(&line, "one"), ask(&line, "two"), ask(&line, "three"));
    let ends = async {
        yield_now().await;
        driver.abort();
    };
    let ((one, two, three), ()) = in_time(join(all, ends)).await;
    assert!(one.is_none() && two.is_none() && three.is_none());
    assert!(line.is_closed());
    drop((client, server));
}

#[tokio::test]
async fn a_copy_that_nobody_has_rows_for_hangs_nobody() {
    for crowd in [1, 2] {
        let Signed { client, line, mut server, .. } = signed_in().await;
        let others: Vec<_> = (1..crowd).map(|_| line.ask("SELECT")).collect();
        let says = async {
            for _ in 0..crowd {
                asked(&mut server).await.expect("a statement");
            }
            let copies = [ready(), message(tag::COPY_IN, b"\0\0\0")];
            server.write_all(&copies[2 - crowd..].concat()).await.expect("the client is there");
        };
        let (heard, ()) = in_time(join(ask(&line, "COPY"), says)).await;
        assert!(heard.is_none() && line.is_closed());
        drop((client, others));
    }
}
