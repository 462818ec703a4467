//! Copies, with a server that takes them as the test wants.

use std::pin::{Pin, pin};
use std::task::Waker;

use futures_util::future::join;
use tokio::io::AsyncWriteExt;
use tokio::task::yield_now;

use super::*;
use crate::adapter::postgres::exchange::tests::{Signed, asked, in_time, message, ready, signed_in};

const ROWS: usize = 2_000;

fn rows() -> Vec<Vec<Value>> {
    (0..ROWS).map(|number| vec![Value::Text(format!("{number:4000}"))]).collect()
}

fn poll_once<T>(future: Pin<&mut impl Future<Output = T>>) {
    assert!(future.poll(&mut Context::from_waker(Waker::noop())).is_pending());
}

/// Little of a copy is in memory, and nothing of the driver's comes in between, though it has something to
/// say.
#[tokio::test]
async fn rows_wait_for_the_server_and_all_else_for_the_rows() {
    let Signed { client, line, mut server, .. } = signed_in().await;
    let (rows, types) = (rows(), [Type::TEXT]);
    let mut copy = pin!(write(line.begin_copy("COPY"), Rows::new(&rows, &types)));
    poll_once(copy.as_mut());
    let drivers = tokio::spawn(async move { client.simple_query("SELECT").await });
    server.write_all(&message(tag::COPY_IN, b"\x01\0\0")).await.expect("the client is there");
    for _ in 0..100 {
        poll_once(copy.as_mut());
        yield_now().await;
    }
    assert!(line.state().outbox.len() < 3 * PART, "{}", line.state().outbox.len());
    let takes = async {
        let (mut letters, mut length) = (Vec::new(), 0);
        while !letters.ends_with(&[client::QUERY]) || letters.len() == 1 {
            let (letter, body) = asked(&mut server).await.expect("the client is there");
            letters.push(letter);
            length += body.len();
            if letter == client::COPY_DONE {
                let said = [message(tag::COMMAND_COMPLETE, b"COPY 2000\0"), ready()].concat();
                server.write_all(&said).await.expect("the client is there");
            }
        }
        server.write_all(&ready()).await.expect("the client is there");
        (letters, length)
    };
    let (written, (letters, length)) = in_time(join(copy, takes)).await;
    assert!(matches!(written, Ok(Ok(2_000))));
    let (data, ends) = letters[1..].split_at(letters.len() - 3);
    assert!(data.iter().all(|letter| *letter == client::COPY_DATA), "{letters:?}");
    assert_eq!(ends, [client::COPY_DONE, client::QUERY]);
    assert!(length > ROWS * 4_006);
    in_time(drivers).await.expect("no panic").expect("an answer");
}

/// Wherever that is.
#[tokio::test]
async fn a_copy_that_is_dropped_is_given_up() {
    for polls in [0, 1, 5] {
        let Signed { client, line, mut server, .. } = signed_in().await;
        let (rows, types) = (rows(), [Type::TEXT]);
        {
            let mut copy = pin!(write(line.begin_copy("COPY"), Rows::new(&rows, &types)));
            server.write_all(&message(tag::COPY_IN, b"\x01\0\0")).await.expect("the client is there");
            for _ in 0..polls {
                poll_once(copy.as_mut());
                yield_now().await;
            }
        }
        let mut last = 0;
        let takes = async {
            while last != client::COPY_FAIL {
                last = asked(&mut server).await.expect("the client is there").0;
            }
            let refusal = message(tag::ERROR, b"SERROR\0C57014\0Mgiven up\0\0");
            server.write_all(&[refusal, ready()].concat()).await.expect("the client is there");
            assert_eq!(asked(&mut server).await.expect("the next").0, client::QUERY);
            server.write_all(&ready()).await.expect("the client is there");
        };
        let (told, ()) = in_time(join(line.ask("next").told(&client), takes)).await;
        assert!(told.is_ok() && line.rests(), "after {polls} polls");
    }
}

/// The server takes no notice of what is on its way by then.
#[tokio::test]
async fn a_copy_that_is_refused_in_its_middle_ends_there() {
    let Signed { client, line, mut server, .. } = signed_in().await;
    let (rows, types) = (rows(), [Type::TEXT]);
    let takes = async {
        server.write_all(&message(tag::COPY_IN, b"\x01\0\0")).await.expect("the client is there");
        for _ in 0..3 {
            asked(&mut server).await.expect("the client is there");
        }
        let refusal = message(tag::ERROR, b"SERROR\0C23505\0Mtwice\0\0");
        server.write_all(&[refusal, ready()].concat()).await.expect("the client is there");
    };
    let (written, ()) = in_time(join(write(line.begin_copy("COPY"), Rows::new(&rows, &types)), takes)).await;
    assert!(matches!(written, Ok(Err(Some(_)))));
    let takes = async {
        loop {
            match asked(&mut server).await.expect("the client is there").0 {
                client::COPY_DATA => {}
                letter => break assert_eq!(letter, client::QUERY, "it is neither done nor given up"),
            }
        }
        server.write_all(&ready()).await.expect("the client is there");
    };
    let (told, ()) = in_time(join(line.ask("next").told(&client), takes)).await;
    assert!(told.is_ok());
}

#[tokio::test]
async fn a_value_that_has_no_form_ends_the_copy() {
    let Signed { client, line, mut server, .. } = signed_in().await;
    let rows = [vec![Value::I64(1)], vec![Value::I64(1 << 40)]];
    let takes = async {
        server.write_all(&message(tag::COPY_IN, b"\x01\0\0")).await.expect("the client is there");
        let letters =
            [asked(&mut server).await, asked(&mut server).await].map(|asked| asked.map(|(letter, _)| letter));
        assert_eq!(letters, [Some(client::QUERY), Some(client::COPY_FAIL)]);
    };
    let write = write(line.begin_copy("COPY"), Rows::new(&rows, &[Type::INT4]));
    let (written, ()) = in_time(join(write, takes)).await;
    let error = written.expect_err("an integer has no such number");
    assert!(error.to_string().contains("row 2"), "{error}");
    drop(client);
}
