//! Compiles the `.rex` files in `schema/`.

fn main() {
    rex_build::compile("schema");
}
