//! A broken configuration gives one message with every fault: file, line, what is allowed, what to do.

use chalandise::config::Config;

const BROKEN: &str = r#"lake = ""
adress = "127.0.0.1:8080"
address = "192.168.1.4:8080"
memory_limit = "1000"
partitions = 0
min_group_size = "eleven"
spill_folder = "/no/such/folder"
attach = "everything"
"#;

#[test]
fn every_fault_is_listed_at_once() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("chalandise.toml");
    std::fs::write(&file, BROKEN).expect("writable");
    let variables = [("CHALANDISE_DEADLINE_SECONDS".to_owned(), "0".to_owned())];
    let flags = [("memory_limit", "1 GB".to_owned())];
    let error = Config::load(Some(&file), variables, &flags).expect_err("broken");
    let text = error
        .to_string()
        .replace(&folder.path().display().to_string(), "FOLDER");
    insta::assert_snapshot!(text);
}

#[test]
fn a_file_that_is_no_toml_is_named_with_its_line() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("chalandise.toml");
    std::fs::write(&file, "lake = \"a\"\nmemory_limit 1\n").expect("writable");
    let error = Config::load(Some(&file), [], &[]).expect_err("broken").to_string();
    assert!(error.contains("chalandise.toml, line 2: this is not TOML"), "{error}");
}

#[test]
fn a_missing_file_is_named() {
    let error = Config::load(Some("no/such/file.toml".as_ref()), [], &[])
        .expect_err("missing")
        .to_string();
    assert!(error.contains("no/such/file.toml: the file cannot be read"), "{error}");
}
