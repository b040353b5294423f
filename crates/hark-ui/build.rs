//! Without the built widget there is nothing to embed, and whoever builds is told how to make it.

use std::path::Path;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let page = Path::new("../../web/dist/widget/index.html");
    if !page.is_file() {
        println!(
            "cargo::error=The widget is not built: there is no web/dist/widget. Start Hark with ./run, or build it with `npm --prefix web run build`."
        );
    }
    // Only then are the files part of the program; else they are read from the disk as they are.
    if std::env::var("PROFILE").as_deref() == Ok("release") {
        println!("cargo::rerun-if-changed=../../web/dist");
    }
}
