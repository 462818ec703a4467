//! serde's derives, for a schema that asks for them: rows there and back.

use crate::fixtures::serde::{
    Address, Db, Hub, Letter, LetterCount, NewLetter, Parcel, Receiver, Sender, Spot, Stage,
};
use serde_json::json;

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

/// What is read again from what was written.
fn again<T: serde::Serialize + serde::de::DeserializeOwned>(value: &T) -> T {
    let text = serde_json::to_string(value).expect("it can be written");
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[tokio::test]
async fn embedded_types_are_objects_without_what_is_sensitive() {
    let db = Db::connect("sqlite::memory:").await.expect("a database in memory");
    db.create_schema().await.expect("an empty database");
    let address = Address {
        street: "Main Street".to_owned(),
        kind: Stage::OnItsWay,
        r#type: None,
        code: Some("s3cret".to_owned()),
        pin: vec![4_711],
        spot: Some(Spot { lat: 48.85, lon: 2.35 }),
    };
    let hub = db.hub().create().name("Nord").address(address.clone()).save().await.expect("a hub");
    assert_eq!(hub.address, address);
    let json = serde_json::to_value(&hub).expect("it can be written");
    let shown = json!({
        "name": "Nord",
        "address": {
            "street": "Main Street", "kind": "on its way", "type": null, "spot": { "lat": 48.85, "lon": 2.35 },
        },
        "spare": null,
    });
    assert_eq!(json, shown);
    let debug = format!("{hub:?} {:?}", crate::fixtures::serde::NewHub::new("Süd", address.clone()));
    assert!(!debug.contains("s3cret") && !debug.contains("4711"), "{debug}");

    // What is not written is read where somebody sends it.
    let mut sent = json;
    sent["address"]["code"] = "s3cret".into();
    sent["address"]["pin"] = json!([4_711]);
    assert_eq!(serde_json::from_value::<Hub>(sent).expect("all is there"), hub);
}

#[tokio::test]
async fn unions_are_the_id_behind_the_name_of_its_model() {
    let db = Db::connect("sqlite::memory:").await.expect("a database in memory");
    db.create_schema().await.expect("an empty database");
    let clerk = db.clerk().create().name("Grace").password("s3cret").save().await.expect("a clerk");
    let address = Address {
        street: String::new(),
        kind: Stage::Waiting,
        r#type: None,
        code: None,
        pin: vec![],
        spot: None,
    };
    let hub = db.hub().create().name("Nord").address(address).save().await.expect("a hub");
    let new = NewLetter {
        copy: Some((&hub).into()),
        seal: Some(vec![1, 255]),
        ..NewLetter::new(&clerk, [Stage::Waiting, Stage::OnItsWay])
    };
    let letter = db.letter().insert(new).await.expect("a letter");
    let json = serde_json::to_value(&letter).expect("it can be written");
    let shown = json!({
        "id": 1,
        "to": { "Clerk": 1 },
        "copy": { "Hub": "Nord" },
        "stages": ["waiting", "on its way"],
        "seal": [1, 255],
        "self": true,
    });
    assert_eq!(json, shown);
    assert_eq!(again(&letter), letter);
    let one: Receiver = serde_json::from_value(json!({ "Hub": "Nord" })).expect("a receiver");
    assert_eq!(one, Receiver::Hub(hub.name.clone()));
    assert!(serde_json::from_value::<Letter>(json!({ "id": 1, "to": { "Nobody": 1 } })).is_err());
    let count: LetterCount = db.letter_count().get(true).await.expect("one is sealed");
    assert_eq!(
        serde_json::to_value(&count).expect("it can be written"),
        json!({ "stamped": true, "letters": 1 })
    );
    assert_eq!(again(&count), count);
}
