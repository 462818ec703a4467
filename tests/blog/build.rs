//! Compiles the `.rex` files in `schema/`, and takes in the migrations.

fn main() {
    rex_build::compile("schema");
}
