//! A configuration from a file: a map of settings by their names.
//!
//! By hand: what serde derives tells a value that does not fit by showing it, and knows no nearest
//! name.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Visitor};

use super::settings::{self, Fault};
use super::{Config, url_text};

impl<'de> Deserialize<'de> for Config {
    /// A map of settings by their names; `url` is the URL, which the others add to. Time-outs are
    /// texts as in a URL.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Settings)
    }
}

struct Settings;

impl<'de> Visitor<'de> for Settings {
    type Value = Config;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map of settings")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Config, A::Error> {
        let mut said = Vec::new();
        while let Some((name, Text(text))) = map.next_entry::<String, Text>()? {
            said.extend(text.map(|text| (name, text)));
        }
        // The URL first, which the others add to, then the database: what is meant by an unknown name
        // depends on it.
        said.sort_by_key(|(name, _)| match name.as_str() {
            "url" => 0,
            "kind" => 1,
            _ => 2,
        });
        let mut config = Config::default();
        for (name, text) in said {
            set(&mut config, &name, &text).map_err(A::Error::custom)?;
        }
        Ok(config)
    }
}

fn set(config: &mut Config, name: &str, text: &str) -> Result<(), String> {
    if name == "url" {
        return url_text::read(config, text).map_err(|error| error.to_string());
    }
    settings::set(config, name, text).map_err(|fault| match fault {
        Fault::Unfit(expected) => format!("`{name}` must be {expected}"),
        Fault::Unknown(Some(meant)) => format!("no setting is called `{name}`: did you mean `{meant}`?"),
        Fault::Unknown(None) => format!("no setting is called `{name}`"),
    })
}

/// A value as the text that a URL would have; none is null.
struct Text(Option<String>);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Scalar)
    }
}

struct Scalar;

impl<'de> Visitor<'de> for Scalar {
    type Value = Text;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, a whole number, or true or false")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Text, E> {
        Ok(Text(Some(text.to_owned())))
    }

    fn visit_bool<E: Error>(self, switch: bool) -> Result<Text, E> {
        Ok(Text(Some(switch.to_string())))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Text, E> {
        Ok(Text(Some(number.to_string())))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Text, E> {
        Ok(Text(Some(number.to_string())))
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Text, E> {
        Err(E::custom("no setting is a number with a point"))
    }

    fn visit_unit<E: Error>(self) -> Result<Text, E> {
        Ok(Text(None))
    }

    fn visit_none<E: Error>(self) -> Result<Text, E> {
        Ok(Text(None))
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Text, D::Error> {
        Text::deserialize(deserializer)
    }
}
