//! First uses of statements, with a server that counts the trips.

use std::borrow::Cow;
use std::pin::pin;
use std::task::{Context, Waker};

use futures_util::future::join;
use tokio::io::AsyncWriteExt;
use tokio::net::UnixStream;

use super::*;
use crate::adapter::postgres::exchange::tests::{Signed, asked, in_time, message, ready, signed_in};
use crate::adapter::postgres::frames::tag;
use crate::row::{NoRows, Row};

const SQL: &str = "SELECT id FROM t WHERE id = $1";

fn prepared(values: &[Value]) -> Prepared<'_> {
    Prepared { sql: Cow::Borrowed(SQL), id: None, binds: Binds::Values(values) }
}

/// All that comes before the server is asked for an answer.
async fn trip(server: &mut UnixStream) -> (String, Vec<Vec<u8>>) {
    let (mut letters, mut bodies) = (String::new(), Vec::new());
    while !letters.ends_with('S') {
        let (letter, body) = asked(server).await.expect("the client is there");
        letters.push(char::from(letter));
        bodies.push(body);
    }
    (letters, bodies)
}

/// The statement is prepared; its placeholder is of a type.
fn described(ty: u32) -> Vec<u8> {
    let types = [&b"\0\x01"[..], &ty.to_be_bytes()].concat();
    let column = b"\0\x01id\0\0\0\0\0\0\0\0\0\0\x14\0\x08\xff\xff\xff\xff\0\0";
    [message(b'1', b""), message(tag::PLACEHOLDERS, &types), message(tag::COLUMNS, column)].concat()
}

fn one_row() -> Vec<u8> {
    let row = message(tag::DATA_ROW, b"\0\x01\0\0\0\x08\0\0\0\0\0\0\0\x07");
    [message(b'2', b""), row, message(tag::COMMAND_COMPLETE, b"SELECT 1\0"), ready()].concat()
}

async fn say(server: &mut UnixStream, what: &[Vec<u8>]) {
    server.write_all(&what.concat()).await.expect("the client is there");
}

#[tokio::test]
async fn a_first_use_is_one_trip() {
    let Signed { client, line, mut server, .. } = signed_in().await;
    let statements = Statements::default();
    let values = [Value::I64(7)];
    let mut names = Vec::new();
    let mut sink = |row: &mut Row<'_>| {
        names.push(row.cells().name(0).to_owned());
        Ok(())
    };
    let prepared = prepared(&values);
    let serves = async {
        let (letters, bodies) = trip(&mut server).await;
        say(&mut server, &[described(20), one_row()]).await;
        (letters, bodies)
    };
    let first = line.first(&client, &statements, &prepared, false, &mut sink);
    let (outcome, (letters, bodies)) = in_time(join(first, serves)).await;
    assert!(matches!(outcome, Ok(1)));
    assert_eq!(letters, "PDBES");
    assert!(bodies[2].windows(5).any(|part| part == b"\0\0\0\x017"), "as a text: {:?}", bodies[2]);

    let kept = statements.find(&prepared).expect("it is kept");
    let serves = async {
        let (letters, bodies) = trip(&mut server).await;
        say(&mut server, &[one_row()]).await;
        (letters, bodies)
    };
    let again = line.query(&client, &kept, &prepared, false, &mut sink);
    let (outcome, (letters, bodies)) = in_time(join(again, serves)).await;
    assert!(matches!(outcome, Ok(1)));
    assert_eq!(letters, "BES");
    assert!(bodies[0].windows(12).any(|part| part == b"\0\0\0\x08\0\0\0\0\0\0\0\x07"), "{:?}", bodies[0]);
    assert_eq!(names, ["id", "id"]);
}

#[tokio::test]
async fn of_a_type_that_is_strange_values_are_texts() {
    let Signed { client, line, mut server, .. } = signed_in().await;
    let statements = Statements::default();
    let values = [Value::I64(7)];
    let prepared = prepared(&values);
    for letters in ["PDBES", "BES"] {
        let serves = async {
            let (said, bodies) = trip(&mut server).await;
            say(&mut server, &[if letters == "BES" { Vec::new() } else { described(16_400) }, one_row()])
                .await;
            (said, bodies)
        };
        let outcome = async {
            match statements.find(&prepared) {
                Some(kept) => line.query(&client, &kept, &prepared, false, &mut NoRows).await,
                None => line.first(&client, &statements, &prepared, false, &mut NoRows).await,
            }
        };
        let (_, (said, bodies)) = in_time(join(outcome, serves)).await;
        assert_eq!(said, letters);
        let bind = &bodies[letters.len() - 3];
        assert!(bind.windows(5).any(|part| part == b"\0\0\0\x017"), "{bind:?}");
    }
}

/// Whether the server has it by then or not.
#[tokio::test]
async fn what_is_not_kept_is_closed() {
    let Signed { client, line, mut server, .. } = signed_in().await;
    let statements = Statements::default();
    let values = [Value::I64(7)];
    let prepared = prepared(&values);
    let mut sink = NoRows;
    {
        let mut dropped = pin!(line.first(&client, &statements, &prepared, false, &mut sink));
        assert!(dropped.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    }
    assert_eq!(trip(&mut server).await.0, "PDBES");
    say(&mut server, &[described(20), one_row()]).await;

    let refusal = message(tag::ERROR, b"SERROR\0C42P01\0Mno such table\0\0");
    let serves = async {
        let (letters, bodies) = trip(&mut server).await;
        say(&mut server, &[message(b'3', b""), refusal.clone(), ready()]).await;
        (letters, bodies)
    };
    let first = line.first(&client, &statements, &prepared, false, &mut sink);
    let (outcome, (letters, bodies)) = in_time(join(first, serves)).await;
    assert!(matches!(outcome, Err(Failure::Theirs(error)) if error.code().is_some()));
    assert_eq!((letters.as_str(), bodies[0].as_slice()), ("CPDBES", &b"Srex_1\0"[..]));
    assert!(statements.find(&prepared).is_none());

    // Its values are refused, and it is there.
    let serves = async {
        let (letters, _) = trip(&mut server).await;
        say(&mut server, &[message(b'3', b""), described(20), refusal, ready()]).await;
        letters
    };
    let first = line.first(&client, &statements, &prepared, false, &mut sink);
    let (outcome, letters) = in_time(join(first, serves)).await;
    assert!(outcome.is_err());
    assert_eq!(letters, "CPDBES");
    assert!(statements.find(&prepared).is_some());
    statements.forget(&prepared);
    let serves = async {
        let (letters, bodies) = trip(&mut server).await;
        say(&mut server, &[message(b'3', b""), described(20), one_row()]).await;
        (letters, bodies)
    };
    let first = line.first(&client, &statements, &prepared, false, &mut sink);
    let (outcome, (letters, bodies)) = in_time(join(first, serves)).await;
    assert!(matches!(outcome, Ok(1)));
    assert_eq!((letters.as_str(), bodies[0].as_slice()), ("CPDBES", &b"Srex_3\0"[..]));
}

#[tokio::test]
async fn what_goes_ahead_is_a_part_of_the_request() {
    let Signed { client, line, mut server, .. } = signed_in().await;
    let statements = Statements::default();
    let values = [Value::I64(7)];
    let prepared = prepared(&values);
    let begun = [message(b'1', b""), message(b'2', b""), message(tag::COMMAND_COMPLETE, b"BEGIN\0")].concat();
    for letters in ["PBEPDBES", "PBEBES"] {
        line.state().put_ahead("BEGIN;");
        let serves = async {
            let (said, bodies) = trip(&mut server).await;
            let described = if letters.len() > 6 { described(20) } else { Vec::new() };
            say(&mut server, &[begun.clone(), described, one_row()]).await;
            (said, bodies)
        };
        let outcome = async {
            match statements.find(&prepared) {
                Some(kept) => line.query(&client, &kept, &prepared, false, &mut NoRows).await,
                None => line.first(&client, &statements, &prepared, false, &mut NoRows).await,
            }
        };
        let (outcome, (said, bodies)) = in_time(join(outcome, serves)).await;
        assert!(matches!(outcome, Ok(1)));
        assert_eq!(said, letters);
        assert_eq!(bodies[0], b"\0BEGIN\0\0\0");
    }
}

/// What cannot be sent leaves what goes ahead to who comes next, be it the driver.
#[tokio::test]
async fn what_goes_ahead_goes_with_the_next() {
    let Signed { client, line, mut server, .. } = signed_in().await;
    let name = "rex_1".to_owned();
    let mut kept = Kept::by_rex(&line, name);
    kept.types = vec![Type::INT2];
    let values = [Value::I64(70_000)];
    line.state().put_ahead("BEGIN;");
    let outcome = line.query(&client, &kept, &prepared(&values), false, &mut NoRows).await;
    assert!(matches!(outcome, Err(Failure::Unfit)));
    for by_driver in [false, true] {
        let serves = async {
            let (begin, next) = (asked(&mut server).await, asked(&mut server).await);
            let done = [message(tag::COMMAND_COMPLETE, b"\0"), ready()].concat();
            say(&mut server, &[done.clone(), done]).await;
            (begin, next)
        };
        let asks = async {
            match by_driver {
                true => client.batch_execute("COMMIT").await.is_ok(),
                false => line.ask("COMMIT").told(&client).await.is_ok(),
            }
        };
        let (is_told, said) = in_time(join(asks, serves)).await;
        let query = |sql: &[u8]| Some((client::QUERY, sql.to_vec()));
        assert!(is_told);
        assert_eq!(said, (query(b"BEGIN;\0"), query(b"COMMIT\0")));
        line.state().put_ahead("BEGIN;");
    }
}
