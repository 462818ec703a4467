//! serde's derives, for a schema that asks for them: rows there and back.

use crate::fixtures::serde::{Db, Parcel, Sender, Stage};

#[tokio::test]
async fn rows_go_to_json_and_come_back() {
    let db = Db::connect("sqlite::memory:").await.expect("a database in memory");
    db.create_schema().await.expect("an empty database");
    let sender = db.sender().create().name("Ada").save().await.expect("a sender");
    let weight = "1.250".parse::<rust_decimal::Decimal>().expect("a number");
    let parcel =
        db.parcel().create().sender(&sender).stage(Stage::OnItsWay).weight(weight).labels(["fragile"]);
    let parcel = parcel.save().await.expect("a parcel");

    let json = serde_json::to_value(&parcel).expect("it can be written");
    assert_eq!(json["stage"], "on its way");
    assert_eq!(json["sender_id"], 1);
    assert_eq!(json["id"], parcel.id.to_string());
    assert_eq!(json["labels"], serde_json::json!(["fragile"]));
    assert_eq!(serde_json::from_value::<Parcel>(json).expect("it can be read"), parcel);

    let clerk = db.clerk().create().name("Grace").password("s3cret").save().await.expect("a clerk");
    assert_eq!(serde_json::to_string(&clerk).expect("it can be written"), r#"{"id":1,"name":"Grace"}"#);

    let json = serde_json::to_string(&sender).expect("it can be written");
    assert_eq!(json, r#"{"id":1,"name":"Ada"}"#);
    assert_eq!(serde_json::from_str::<Sender>(&json).expect("it can be read"), sender);
}
