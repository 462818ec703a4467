//! New rows by `COPY`, in PostgreSQL's binary form.

use std::pin::pin;

use bytes::{BufMut, Bytes, BytesMut};
use futures_util::SinkExt;
use tokio_postgres::types::{IsNull, Type};
use tokio_postgres::{Client, CopyInSink};

use super::bind;
use super::session::Failure;
use crate::error::{Error, Kind, Result};
use crate::operation::{Binds, Copying};
use crate::value::Value;

/// The signature, the flags, and the length of what else the head has: nothing.
const HEAD: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";

/// So many octets go out at once.
const PART: usize = 64 * 1024;

/// Sends the rows; answers with how many there were. What fails in between ends the copy, and keeps
/// nothing.
pub(super) async fn send(client: &Client, copying: &Copying, sql: &str) -> Result<u64, Failure> {
    copying.rows.iter().try_for_each(|row| bind::check(&Binds::Values(row)))?;
    let statement = client.prepare(&copying.columns_sql()).await.map_err(Failure::Unsent)?;
    let types: Vec<Type> = statement.columns().iter().map(|column| column.type_().clone()).collect();
    let mut sink = pin!(client.copy_in::<_, Bytes>(sql).await?);
    let sink: &mut std::pin::Pin<&mut CopyInSink<Bytes>> = &mut sink;
    let mut buffer = BytesMut::with_capacity(PART * 2);
    buffer.put_slice(HEAD);
    for row in &copying.rows {
        put(row, &types, &mut buffer).map_err(refused)?;
        if buffer.len() >= PART {
            sink.send(buffer.split().freeze()).await?;
        }
    }
    buffer.put_i16(-1);
    sink.send(buffer.freeze()).await?;
    Ok(sink.as_mut().finish().await?)
}

/// The number of values, then for each its length and octets; null has the length -1.
fn put(row: &[Value], types: &[Type], buffer: &mut BytesMut) -> Result<(), bind::Failed> {
    buffer.put_i16(row.len().try_into()?);
    for (value, ty) in row.iter().zip(types) {
        let start = buffer.len();
        buffer.put_i32(-1);
        if let IsNull::No = bind::encode(value, ty, buffer)? {
            let size = i32::try_from(buffer.len() - start - 4)?;
            buffer[start..start + 4].copy_from_slice(&size.to_be_bytes());
        }
    }
    Ok(())
}

fn refused(error: bind::Failed) -> Error {
    Error::new(Kind::InvalidValue, format!("PostgreSQL cannot hold a value: {error}"))
}
