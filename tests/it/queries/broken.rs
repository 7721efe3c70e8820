//! Broken query files: one message that lists every fault with file, line and remedy.

use std::path::Path;

use chalandise::query::{Library, register_views};

use super::lake;

#[tokio::test]
async fn every_fault_of_every_file_is_listed_at_once() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/queries/broken");
    let library = Library::read(&root);
    let ctx = lake::bare();
    let mut faults = register_views(&ctx, &library).await;
    faults.extend(library.check(&ctx).await);
    insta::assert_snapshot!(faults.sorted());
}

#[test]
fn a_folder_that_does_not_exist_is_a_fault() {
    let faults = Library::load(Path::new("no/such/folder")).unwrap_err();
    assert_eq!(
        faults.to_string(),
        "1 fault:\n  no/such/folder: cannot be read (entity not found)\n    \
         check that it exists and that this user may read it"
    );
}
