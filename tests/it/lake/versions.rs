//! Lake versions, the lock, and operations that end half-way.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use chalandise::lake::{Computed, Engine, LakeError, Operation, Reader, SessionOptions, Writer};

use super::TestLake;

fn rows(names: &[&str]) -> RecordBatch {
    let schema = Arc::new(Schema::new(vec![Field::new("name", DataType::Utf8, true)]));
    let column: ArrayRef = Arc::new(StringArray::from(names.to_vec()));
    RecordBatch::try_new(schema, vec![column]).expect("one column")
}

async fn add(writer: &mut Writer, table: &str, names: &[&str]) {
    let batch = rows(names);
    let mut files = writer.files(table, &batch.schema()).await.expect("a table");
    files.write(&batch).await.expect("rows");
    let added = files.finish().await.expect("files");
    writer.commit(table, added, &[]).await.expect("a commit");
}

fn operation(name: &str) -> Operation {
    Operation {
        kind: "test".into(),
        name: name.into(),
        definition: String::new(),
        inputs: Vec::new(),
        account: serde_json::Value::Null,
    }
}

#[tokio::test]
async fn an_operation_is_seen_when_its_record_is_written() {
    let test = TestLake::new();
    let mut writer = test.lake.writer().await.expect("the lock");
    add(&mut writer, "first", &["a", "b"]).await;
    add(&mut writer, "second", &["c"]).await;
    assert!(test.lake.newest().await.expect("readable").is_none(), "seen too early");
    writer.publish(operation("one")).await.expect("published");
    assert_eq!(test.csv("select name from first order by name").await, "a\nb");
    assert_eq!(test.csv("select name from second").await, "c");
}

#[tokio::test]
async fn a_reader_keeps_what_it_pinned() {
    let test = TestLake::new();
    let mut writer = test.lake.writer().await.expect("the lock");
    add(&mut writer, "things", &["a"]).await;
    writer.publish(operation("one")).await.expect("published");
    let pinned = test.session().await;
    let mut writer = test.lake.writer().await.expect("the lock");
    add(&mut writer, "things", &["b"]).await;
    writer.publish(operation("two")).await.expect("published");
    let seen = pinned
        .sql("select name from things")
        .await
        .expect("sound")
        .count()
        .await
        .expect("rows");
    assert_eq!(seen, 1);
    assert_eq!(test.csv("select count(*) from things").await, "2");
}

#[tokio::test]
async fn what_an_abandoned_operation_committed_is_undone_by_the_next() {
    let test = TestLake::new();
    let mut writer = test.lake.writer().await.expect("the lock");
    add(&mut writer, "things", &["a"]).await;
    writer.publish(operation("one")).await.expect("published");
    let mut dead = test.lake.writer().await.expect("the lock");
    add(&mut dead, "things", &["lost"]).await;
    add(&mut dead, "never", &["lost"]).await;
    dead.abandon().await.expect("the lock given back");
    assert_eq!(test.csv("select name from things").await, "a");
    let mut writer = test.lake.writer().await.expect("the lock");
    add(&mut writer, "things", &["b"]).await;
    add(&mut writer, "never", &["found"]).await;
    let version = writer.publish(operation("two")).await.expect("published");
    assert_eq!(version.tables["things"].rows, 2);
    assert_eq!(test.csv("select name from things order by name").await, "a\nb");
    assert_eq!(test.csv("select name from never").await, "found");
}

#[tokio::test]
async fn a_second_writer_is_told_who_writes() {
    let test = TestLake::new();
    let writer = test.lake.writer().await.expect("the lock");
    let Err(error) = test.lake.writer().await else {
        panic!("two writers at once")
    };
    assert!(matches!(error, LakeError::Locked { .. }), "{error}");
    assert!(
        error.to_string().contains(&format!("process {}", std::process::id())),
        "{error}"
    );
    writer.abandon().await.expect("the lock given back");
    test.lake
        .writer()
        .await
        .expect("free again")
        .abandon()
        .await
        .expect("given back");
}

#[tokio::test]
async fn a_lock_of_a_dead_process_is_taken_over() {
    let test = TestLake::new();
    let folder = test.folder.path().join("lake/_chalandise/locks");
    std::fs::create_dir_all(&folder).expect("a folder");
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default().trim().to_owned();
    let machine = format!(
        "{} {}",
        read("/proc/sys/kernel/hostname"),
        read("/proc/sys/kernel/random/boot_id")
    );
    // A process number over the kernel's largest, so that nobody has it.
    let owner = serde_json::json!({
        "process": 4_194_305, "started": 1, "machine": machine, "expires_at": "2999-01-01T00:00:00Z"
    });
    std::fs::write(folder.join("00000000000000000001.json"), owner.to_string()).expect("a lock");
    test.lake
        .writer()
        .await
        .expect("taken over")
        .abandon()
        .await
        .expect("given back");
}

#[tokio::test]
async fn a_record_that_is_damaged_is_named() {
    let test = TestLake::new();
    let mut writer = test.lake.writer().await.expect("the lock");
    add(&mut writer, "things", &["a"]).await;
    writer.publish(operation("one")).await.expect("published");
    let record = test
        .folder
        .path()
        .join("lake/_chalandise/versions/00000000000000000001.json");
    std::fs::write(&record, "{\"number\": 1").expect("damaged");
    let error = test.lake.snapshot().await.expect_err("damaged");
    assert!(
        error
            .to_string()
            .starts_with("lake version record `_chalandise/versions/00000000000000000001.json`"),
        "{error}"
    );
}

fn sized(names: &[&str], sizes: &[i64]) -> RecordBatch {
    let names: ArrayRef = Arc::new(StringArray::from(names.to_vec()));
    let sizes: ArrayRef = Arc::new(Int64Array::from(sizes.to_vec()));
    RecordBatch::try_from_iter_with_nullable([("name", names, true), ("size", sizes, true)]).expect("two columns")
}

async fn replace(writer: &mut Writer, table: &str, batch: &RecordBatch) {
    let mut files = writer.files(table, &batch.schema()).await.expect("a table");
    files.write(batch).await.expect("rows");
    let added = files.finish().await.expect("files");
    writer
        .replace(table, added, Some("of this test".into()))
        .await
        .expect("a commit");
    // Of nothing that could change, so that it stays.
    let computed = Computed {
        inputs: BTreeMap::new(),
        by: String::new(),
        as_of: None,
        lake_version: 1,
    };
    writer.stamp(table, &computed);
}

#[tokio::test]
async fn a_roll_up_takes_the_columns_of_its_query_and_an_abandoned_change_of_them_is_undone() {
    let test = TestLake::new();
    // A session without the shipped queries keeps a roll-up of any definition.
    let engine = Engine::new(test.lake.location(), SessionOptions::default()).expect("an engine");
    let columns = async || {
        let snapshot = test.lake.snapshot().await.expect("a lake version");
        let session = engine.session(&snapshot, &Reader::program()).await.expect("a session");
        let rows = session
            .sql("select * from things")
            .await
            .expect("sound")
            .collect()
            .await
            .expect("rows");
        let names = rows[0]
            .schema()
            .fields()
            .iter()
            .map(|field| field.name().clone())
            .collect::<Vec<_>>();
        (names.join(","), rows[0].num_rows())
    };
    let mut writer = test.lake.writer().await.expect("the lock");
    replace(&mut writer, "things", &rows(&["a"])).await;
    writer.publish(operation("one")).await.expect("published");
    assert_eq!(columns().await, ("name".to_owned(), 1));

    let mut writer = test.lake.writer().await.expect("the lock");
    replace(&mut writer, "things", &sized(&["a", "b"], &[1, 2])).await;
    writer.abandon().await.expect("given back");
    assert_eq!(columns().await, ("name".to_owned(), 1));

    let mut writer = test.lake.writer().await.expect("the lock");
    replace(&mut writer, "things", &rows(&["c", "d", "e"])).await;
    writer.publish(operation("two")).await.expect("published");
    assert_eq!(columns().await, ("name".to_owned(), 3));

    let mut writer = test.lake.writer().await.expect("the lock");
    replace(&mut writer, "things", &sized(&["a", "b"], &[1, 2])).await;
    writer.publish(operation("three")).await.expect("published");
    assert_eq!(columns().await, ("name,size".to_owned(), 2));

    // As a build does it: the table leaves the lake version first.
    let mut writer = test.lake.writer().await.expect("the lock");
    writer.leave_out(["things"]);
    replace(&mut writer, "things", &sized(&["z"], &[9])).await;
    writer.publish(operation("four")).await.expect("published");
    assert_eq!(columns().await, ("name,size".to_owned(), 1));
}
