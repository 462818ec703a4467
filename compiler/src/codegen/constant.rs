//! Constants as syntax trees. What the runtime is told about a model is a third of its file: made
//! of trees it need not be parsed, which an unoptimised build script would feel.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use syn::punctuated::Punctuated;
use syn::{Expr, ImplItem, Item, Lit, Member, Path, PathSegment, Stmt, Token};

use super::layout;

/// `path { name: value, … }`
pub(super) fn structure<'a>(path: &str, fields: impl IntoIterator<Item = (&'a str, Expr)>) -> Expr {
    let fields = fields.into_iter().map(|(name, value)| field(word(name), value));
    structure_of(self::path(path), fields)
}

/// The same, of fields that may be called anything.
pub(super) fn structure_of(path: Path, fields: impl IntoIterator<Item = syn::FieldValue>) -> Expr {
    Expr::Struct(syn::ExprStruct {
        attrs: Vec::new(),
        qself: None,
        path,
        brace_token: Default::default(),
        fields: fields.into_iter().collect(),
        dot2_token: None,
        rest: None,
    })
}

/// `name: value`
pub(super) fn field(name: Ident, value: Expr) -> syn::FieldValue {
    syn::FieldValue {
        attrs: Vec::new(),
        member: Member::Named(name),
        colon_token: Some(<Token![:]>::default()),
        expr: value,
    }
}

/// `&[element, …]`
pub(super) fn list(elements: impl IntoIterator<Item = Expr>) -> Expr {
    reference(array(elements))
}

/// `[element, …]`
pub(super) fn array(elements: impl IntoIterator<Item = Expr>) -> Expr {
    Expr::Array(syn::ExprArray {
        attrs: Vec::new(),
        bracket_token: Default::default(),
        elems: elements.into_iter().collect(),
    })
}

/// `&value`
pub(super) fn reference(value: Expr) -> Expr {
    Expr::Reference(syn::ExprReference {
        attrs: Vec::new(),
        and_token: Default::default(),
        mutability: None,
        expr: Box::new(value),
    })
}

/// `path(argument, …)`
pub(super) fn call(path: &str, arguments: impl IntoIterator<Item = Expr>) -> Expr {
    Expr::Call(syn::ExprCall {
        attrs: Vec::new(),
        func: Box::new(named(path)),
        paren_token: Default::default(),
        args: arguments.into_iter().collect(),
    })
}

/// `receiver.name(argument, …)`
pub(super) fn method(receiver: Expr, name: &str, arguments: impl IntoIterator<Item = Expr>) -> Expr {
    Expr::MethodCall(syn::ExprMethodCall {
        attrs: Vec::new(),
        receiver: Box::new(receiver),
        dot_token: Default::default(),
        method: word(name),
        turbofish: None,
        paren_token: Default::default(),
        args: arguments.into_iter().collect(),
    })
}

/// `(value, …)`, of two or more.
pub(super) fn tuple(values: impl IntoIterator<Item = Expr>) -> Expr {
    Expr::Tuple(syn::ExprTuple {
        attrs: Vec::new(),
        paren_token: Default::default(),
        elems: values.into_iter().collect(),
    })
}

/// What is called `path`.
pub(super) fn named(path: &str) -> Expr {
    Expr::Path(syn::ExprPath { attrs: Vec::new(), qself: None, path: self::path(path) })
}

/// Words between `::`.
pub(super) fn path(path: &str) -> Path {
    let segments = path.split("::").map(|name| PathSegment::from(word(name)));
    Path { leading_colon: None, segments: segments.collect::<Punctuated<_, _>>() }
}

/// `"text"`
pub(super) fn text(text: &str) -> Expr {
    literal(Literal::string(text))
}

/// `r#"text"#`
pub(super) fn raw(text: &str) -> Expr {
    literal(layout::raw(text))
}

/// A number without the suffix of its type.
pub(super) fn number(number: usize) -> Expr {
    literal(layout::number(number))
}

/// `true` or `false`.
pub(super) fn boolean(value: bool) -> Expr {
    Expr::Lit(syn::ExprLit {
        attrs: Vec::new(),
        lit: Lit::Bool(syn::LitBool { value, span: Span::call_site() }),
    })
}

/// A literal as it is written.
pub(super) fn literal(literal: Literal) -> Expr {
    Expr::Lit(syn::ExprLit { attrs: Vec::new(), lit: Lit::Verbatim(literal) })
}

/// `__::Some(value)` or `__::None`.
pub(super) fn optional(value: Option<Expr>) -> Expr {
    match value {
        Some(value) => call("__::Some", [value]),
        None => named("__::None"),
    }
}

/// What is rare enough to be parsed.
pub(super) fn parsed(tokens: TokenStream) -> Expr {
    syn::parse2(tokens).expect("generated tokens are an expression of Rust")
}

/// A constant, or an `impl` whose constants, and functions that are `()`, get these values in their
/// order instead of theirs.
pub(super) fn with_values(item: TokenStream, values: impl IntoIterator<Item = Expr>) -> Item {
    let mut item = syn::parse2(item).expect("generated tokens are an item of Rust");
    let constants: Vec<&mut Expr> = match &mut item {
        Item::Const(constant) => vec![&mut constant.expr],
        Item::Impl(block) => block.items.iter_mut().filter_map(value_of).collect(),
        _ => unreachable!("the caller wrote a constant or an `impl`"),
    };
    for (constant, value) in constants.into_iter().zip(values) {
        *constant = value;
    }
    item
}

fn value_of(item: &mut ImplItem) -> Option<&mut Expr> {
    match item {
        ImplItem::Const(constant) => Some(&mut constant.expr),
        ImplItem::Fn(function) => match function.block.stmts.as_mut_slice() {
            [Stmt::Expr(value, None)] if is_unit(value) => Some(value),
            _ => None,
        },
        _ => None,
    }
}

fn is_unit(value: &Expr) -> bool {
    matches!(value, Expr::Tuple(tuple) if tuple.elems.is_empty())
}

fn word(name: &str) -> Ident {
    Ident::new(name, Span::call_site())
}
