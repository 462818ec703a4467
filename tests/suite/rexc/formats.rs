//! `rexc check --format`: what programs read.

use serde_json::Value;

use super::{MANIFEST, blog, folder, rexc};

/// Two faults: one with a fix behind characters of several bytes, one with another place.
const BAD: &str = "/// Ää.
model User {
    id: BigInt = /* 🦀 é */ \"5\" @id
    name: String
    name: String?
}
";

fn objects(out: &str) -> Vec<Value> {
    out.lines().map(|line| serde_json::from_str(line).expect("each line is an object")).collect()
}

#[test]
fn json_is_one_object_a_line() {
    let ran = rexc(blog(BAD).path(), "check --format json").errors("2 errors in schema/ (1 file)");
    assert_eq!(ran.err, "2 errors in schema/ (1 file)\n");
    let first = "{\"code\":\"E0401\",\"lint\":null,\"severity\":\"error\",\"message\":\"a text is no `BigInt`\",\
                 \"file\":\"schema/blog.rex\",\"line\":3,\"column\":28,\"end_line\":3,\"end_column\":31,\
                 \"labels\":[{\"primary\":false,\"text\":\"the field is a `BigInt`\",\"file\":\"schema/blog.rex\",\
                 \"line\":3,\"column\":9,\"end_line\":3,\"end_column\":15}],\"notes\":[],\
                 \"fixes\":[{\"title\":\"write `5`\",\"edits\":[{\"file\":\"schema/blog.rex\",\"line\":3,\
                 \"column\":28,\"end_line\":3,\"end_column\":31,\"text\":\"5\"}]}]}";
    assert_eq!(ran.out.lines().next(), Some(first));
    let second = &objects(&ran.out)[1];
    assert_eq!((&second["code"], &second["line"]), (&"E0202".into(), &5.into()));
    assert_eq!(second["notes"][0], "help: rename or remove one");
}

#[test]
fn json_of_what_stands_in_no_file_has_the_same_keys() {
    let folder =
        folder(&[("Cargo.toml", "[package]\nname = \"a\"\n[package.metadata.rex]\n"), ("src/lib.rs", "")]);
    let ran = rexc(folder.path(), "check . --format json").errors("2 errors");
    let keys = "code lint severity message file line column end_line end_column labels notes fixes";
    for object in objects(&ran.out) {
        let map = object.as_object().expect("it is an object");
        assert!(keys.split(' ').all(|key| map.contains_key(key)) && map.len() == 12, "{object}");
        assert_eq!(object["file"], Value::Null);
    }
}

#[test]
fn github_annotates_lines() {
    let lint = "model User {\n    id: Int = autoincrement() @id\n    a: Strng\n}\n";
    let ran = rexc(blog(lint).path(), "check -q --format github").errors("");
    let expected = "::warning file=schema/blog.rex,line=2,col=9,endLine=2,endColumn=12,title=W0006 (int_key)\
                    ::an `Int` key ends at 2 147 483 647 rows\
                    %0Anote: a wider key costs nothing today and a rewrite of the table later%0Ahelp: use `BigInt`\n\
                    ::error file=schema/blog.rex,line=3,col=8,endLine=3,endColumn=13,title=E0301\
                    ::no type is called `Strng`%0Ahelp: did you mean `String`?\n";
    assert_eq!((ran.out.as_str(), ran.err.as_str()), (expected, ""));
    let odd = folder(&[("odd, 100%: name.rex", "model A {}\n")]);
    let ran = rexc(odd.path(), "check . --format github").errors("1 error");
    assert!(ran.out.starts_with("::error file=odd%2C 100%25%3A name.rex,line=1,"), "{}", ran.out);
}

#[test]
fn nothing_wrong_is_nothing_said() {
    let folder = blog(super::GOOD);
    for format in ["json", "github"] {
        assert_eq!(rexc(folder.path(), &format!("check --format {format}")).clean().out, "");
    }
    assert_eq!(rexc(folder.path(), "check -q").clean().err, "");
    let document = sarif(&rexc(folder.path(), "check --format sarif").clean().out);
    assert_eq!(document["runs"][0]["results"], Value::Array(Vec::new()));
}

#[test]
fn sarif_has_its_shape() {
    let manifest = MANIFEST.replace("\"sqlite\", \"postgres\"", "\"sqlite\", \"mysql\"");
    let blog = include_str!("../../../fixtures/invalid/many_mistakes.rex");
    let folder = folder(&[("Cargo.toml", &manifest), ("src/lib.rs", ""), ("schema/the blog.rex", blog)]);
    let ran = rexc(folder.path(), "check --format sarif").errors("in schema/ (1 file)");
    let document = sarif(&ran.out);
    let results = array(&document["runs"][0]["results"]);
    assert!(results.len() > 50, "{}", results.len());
    assert!(results.iter().any(|result| result.get("locations").is_none()), "the configuration has no place");
    assert!(results.iter().any(|result| result.get("fixes").is_some()));
    assert!(results.iter().any(|result| result.get("relatedLocations").is_some()));
    assert!(ran.out.contains("\"uri\": \"schema/the%20blog.rex\""), "{}", ran.out);
}

/// A document that has what SARIF 2.1.0 asks for, as far as we use it.
fn sarif(text: &str) -> Value {
    let document: Value = serde_json::from_str(text).expect("it is JSON");
    assert_eq!(document["version"], "2.1.0");
    let run = &array(&document["runs"])[0];
    let driver = &run["tool"]["driver"];
    assert_eq!((&driver["name"], &run["columnKind"]), (&"rexc".into(), &"unicodeCodePoints".into()));
    let rules = array(&driver["rules"]);
    for rule in rules {
        assert!(text_of(&rule["shortDescription"]) && text_of(&rule["help"]), "{rule}");
        assert!(level(&rule["defaultConfiguration"]["level"]), "{rule}");
        let (help, id) = (&rule["help"], rule["id"].as_str().expect("a rule has an id"));
        assert!(help["text"].as_str().is_some_and(|text| text.starts_with(id)), "{rule}");
        assert!(help["markdown"].as_str().is_some_and(|text| text.starts_with(&format!("# {id}"))), "{rule}");
    }
    for result in array(&run["results"]) {
        let rule = result["ruleIndex"].as_u64().and_then(|at| rules.get(at as usize));
        assert_eq!(rule.map(|rule| &rule["id"]), Some(&result["ruleId"]));
        assert!(text_of(&result["message"]) && level(&result["level"]), "{result}");
        let related = result.get("relatedLocations").map_or(&[][..], |it| array(it));
        for place in result.get("locations").map_or(&[][..], |it| array(it)).iter().chain(related) {
            let place = &place["physicalLocation"];
            assert!(region(&place["region"]) && uri(&place["artifactLocation"]), "{result}");
        }
        for fix in result.get("fixes").map_or(&[][..], |it| array(it)) {
            assert!(text_of(&fix["description"]), "{fix}");
            for change in array(&fix["artifactChanges"]) {
                assert!(uri(&change["artifactLocation"]), "{fix}");
                for replacement in array(&change["replacements"]) {
                    assert!(region(&replacement["deletedRegion"]), "{fix}");
                    assert!(replacement["insertedContent"]["text"].is_string(), "{fix}");
                }
            }
        }
    }
    document
}

fn array(value: &Value) -> &[Value] {
    value.as_array().unwrap_or_else(|| panic!("no array: {value}"))
}

fn text_of(message: &Value) -> bool {
    message["text"].as_str().is_some_and(|text| !text.is_empty())
}

fn level(level: &Value) -> bool {
    matches!(level.as_str(), Some("error" | "warning"))
}

fn region(region: &Value) -> bool {
    let number = |key: &str| region[key].as_u64().unwrap_or(0);
    let (start, end) =
        ((number("startLine"), number("startColumn")), (number("endLine"), number("endColumn")));
    start.0 > 0 && start.1 > 0 && start <= end
}

/// A relative reference, encoded.
fn uri(artifact: &Value) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/%".contains(&byte);
    artifact["uri"].as_str().is_some_and(|uri| !uri.is_empty() && uri.bytes().all(plain))
}
