//! `title = models.CharField(max_length=200)` and `title = Column(String(200))` as fields.

/// What a line says, or none where it says what is not known here.
#[derive(Default)]
struct Said {
    ty: String,
    is_optional: bool,
    is_list: bool,
    default: Option<String>,
    attributes: Vec<String>,
}

pub(super) fn translate(line: &str) -> Option<String> {
    let (name, value) = line.split_once('=')?;
    let (name, annotation) = name.split_once(':').unwrap_or((name, ""));
    let name = name.trim();
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let (call, arguments) = value.trim().strip_suffix(')')?.split_once('(')?;
    if !is_name || !annotation.is_empty() {
        return None;
    }
    let call = call.trim().rsplit('.').next()?;
    let said = match call {
        "Column" | "mapped_column" => column(split(arguments)),
        _ => field(call, split(arguments)),
    }?;
    Some(said.written(name))
}

impl Said {
    fn written(self, name: &str) -> String {
        let Said { ty, is_optional, is_list, default, attributes } = self;
        let ty = if is_list { format!("[{ty}]") } else { ty };
        let mark = if is_optional && !is_list { "?" } else { "" };
        let default = default.map(|default| format!(" = {default}")).unwrap_or_default();
        let attributes: String = attributes.iter().map(|attribute| format!(" {attribute}")).collect();
        format!("{name}: {ty}{mark}{default}{attributes}")
    }

    /// Whether an option is known, and what it says taken in.
    fn take(&mut self, key: &str, value: &str) -> bool {
        let is_true = value == "True";
        let mut add = |attribute: &str| {
            if is_true {
                self.attributes.push(attribute.to_owned());
            }
        };
        match key {
            "null" | "nullable" => self.is_optional = is_true,
            "primary_key" => add("@id"),
            "unique" => add("@unique"),
            "db_index" | "index" => add("@index"),
            "blank" | "verbose_name" | "help_text" | "related_name" | "back_populates" | "editable" => {}
            "auto_now_add" if is_true => self.default = Some("now()".to_owned()),
            "auto_now" if is_true => {
                self.default = Some("now()".to_owned());
                self.attributes.push("@on_update(now())".to_owned());
            }
            "default" => match constant(value) {
                Some(value) => self.default = Some(value),
                None => return false,
            },
            "on_delete" => match value.rsplit('.').next() {
                Some("CASCADE") => self.attributes.push("@on_delete(cascade)".to_owned()),
                Some("PROTECT" | "RESTRICT") => self.attributes.push("@on_delete(restrict)".to_owned()),
                Some("SET_NULL") => self.attributes.push("@on_delete(set_null)".to_owned()),
                _ => return false,
            },
            _ => return false,
        }
        true
    }
}

/// A constant of Python that is one of ours.
fn constant(value: &str) -> Option<String> {
    let is_number = value.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'.'));
    let text = value.trim_matches(['"', '\'']);
    Some(match value {
        "True" => "true".to_owned(),
        "False" => "false".to_owned(),
        "None" => "null".to_owned(),
        "timezone.now" | "datetime.utcnow" | "func.now()" => "now()".to_owned(),
        "uuid.uuid4" => "uuid4()".to_owned(),
        _ if is_number => value.to_owned(),
        _ if text.len() + 2 == value.len() && !text.contains(['"', '\\']) => format!("\"{text}\""),
        _ => return None,
    })
}

/// Django's: the type is the field's class.
fn field(class: &str, arguments: Vec<&str>) -> Option<Said> {
    let mut said = Said::default();
    let mut named: Vec<(&str, &str)> = Vec::new();
    let mut positional: Vec<&str> = Vec::new();
    for argument in arguments {
        match argument.split_once('=') {
            Some((key, value)) => named.push((key.trim(), value.trim())),
            None => positional.push(argument),
        }
    }
    let take = |named: &mut Vec<(&str, &str)>, key: &str| {
        let at = named.iter().position(|(known, _)| *known == key)?;
        Some(named.remove(at).1.to_owned())
    };
    said.ty = match class {
        "CharField" | "SlugField" | "EmailField" | "URLField" => match take(&mut named, "max_length") {
            Some(length) => format!("String({length})"),
            None => "String".to_owned(),
        },
        "TextField" => "String".to_owned(),
        "IntegerField" | "PositiveIntegerField" => "Int".to_owned(),
        "SmallIntegerField" | "PositiveSmallIntegerField" => "SmallInt".to_owned(),
        "BigIntegerField" => "BigInt".to_owned(),
        "BooleanField" => "Bool".to_owned(),
        "DateField" => "Date".to_owned(),
        "TimeField" => "Time".to_owned(),
        "DateTimeField" => "DateTime".to_owned(),
        "FloatField" => "Double".to_owned(),
        "UUIDField" => "Uuid".to_owned(),
        "JSONField" => "Json".to_owned(),
        "BinaryField" => "Bytes".to_owned(),
        "DecimalField" => {
            let (digits, places) = (take(&mut named, "max_digits")?, take(&mut named, "decimal_places")?);
            format!("Decimal({digits}, {places})")
        }
        "AutoField" | "BigAutoField" => {
            said.default = Some("autoincrement()".to_owned());
            if class == "AutoField" { "Int".to_owned() } else { "BigInt".to_owned() }
        }
        "ForeignKey" | "OneToOneField" | "ManyToManyField" if !positional.is_empty() => {
            said.is_list = class == "ManyToManyField";
            if class == "OneToOneField" {
                said.attributes.push("@unique".to_owned());
            }
            positional.remove(0).trim_matches(['"', '\'']).to_owned()
        }
        _ => return None,
    };
    let is_known = positional.is_empty() && named.iter().all(|(key, value)| said.take(key, value));
    (is_known && is_type(&said.ty)).then_some(said)
}

/// SQLAlchemy's: the type is the first argument.
fn column(arguments: Vec<&str>) -> Option<Said> {
    let mut arguments = arguments.into_iter();
    let ty = arguments.next()?;
    let (name, inside) = match ty.strip_suffix(')').and_then(|ty| ty.split_once('(')) {
        Some((name, inside)) => (name, format!("({inside})")),
        None => (ty, String::new()),
    };
    // A column may be null unless something says no.
    let mut said = Said { is_optional: true, ..Said::default() };
    said.ty = match name.rsplit('.').next()? {
        "String" | "Unicode" | "VARCHAR" => format!("String{inside}"),
        "Numeric" | "DECIMAL" if !inside.is_empty() => format!("Decimal{inside}"),
        "Text" => "String".to_owned(),
        "Integer" => "Int".to_owned(),
        "SmallInteger" => "SmallInt".to_owned(),
        "BigInteger" => "BigInt".to_owned(),
        "Boolean" => "Bool".to_owned(),
        "Date" => "Date".to_owned(),
        "Time" => "Time".to_owned(),
        "DateTime" | "TIMESTAMP" => "DateTime".to_owned(),
        "Float" | "Double" => "Double".to_owned(),
        "Uuid" | "UUID" => "Uuid".to_owned(),
        "JSON" | "JSONB" => "Json".to_owned(),
        "LargeBinary" => "Bytes".to_owned(),
        _ => return None,
    };
    for argument in arguments {
        let (key, value) = argument.split_once('=')?;
        if !said.take(key.trim(), value.trim()) {
            return None;
        }
    }
    let is_key = said.attributes.iter().any(|attribute| attribute == "@id");
    said.is_optional &= !is_key;
    if is_key && said.default.is_none() && matches!(said.ty.as_str(), "Int" | "BigInt") {
        said.default = Some("autoincrement()".to_owned());
    }
    is_type(&said.ty).then_some(said)
}

fn is_type(text: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '(' | ')' | ',' | ' ');
    text.starts_with(|c: char| c.is_ascii_uppercase()) && text.chars().all(is_part)
}

/// Arguments between commas that stand in no parentheses.
fn split(text: &str) -> Vec<&str> {
    let (mut depth, mut quote, mut start) = (0usize, None, 0);
    let mut parts = Vec::new();
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']' | '}') => depth = depth.saturating_sub(1),
            (None, ',') if depth == 0 => {
                parts.push(text[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(text[start..].trim());
    parts.retain(|part| !part.is_empty());
    parts
}
