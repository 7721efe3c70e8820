//! A retailer's own folders of Parquet files, shown as tables beside the lake's.

use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;

use arrow::array::{ArrayRef, Decimal128Array, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;

use super::{cdnow, contents, root};

fn sales(path: &Path, stores: &[&str], cents: &[i128]) {
    let money = Decimal128Array::from(cents.to_vec())
        .with_precision_and_scale(18, 2)
        .expect("money");
    let batch = RecordBatch::try_from_iter([
        ("store_id", Arc::new(StringArray::from(stores.to_vec())) as ArrayRef),
        ("net_revenue", Arc::new(money) as ArrayRef),
    ])
    .expect("two columns");
    let file = std::fs::File::create(path).expect("a file");
    let mut writer = ArrowWriter::try_new(file, batch.schema(), None).expect("a writer");
    writer.write(&batch).expect("rows");
    writer.close().expect("a file");
}

fn run(folder: &Path, config: &str, args: &[&str]) -> Output {
    let file = folder.join("chalandise.toml");
    std::fs::write(&file, config).expect("a configuration");
    Command::new(env!("CARGO_BIN_EXE_chalandise"))
        .current_dir(root())
        .arg("--lake")
        .arg(folder.join("lake"))
        .arg("--config")
        .arg(file)
        .args(args)
        .output()
        .expect("the program runs")
}

#[test]
fn attached_folders_are_tables_and_stay_as_they_are() {
    let folder = tempfile::tempdir().expect("a folder");
    let old = folder.path().join("old");
    std::fs::create_dir(&old).expect("a folder");
    sales(&old.join("2018.parquet"), &["a", "b"], &[1_050, 200]);
    sales(&old.join("2019.parquet"), &["a"], &[-50]);
    let before = contents(&old);
    let config = format!("[attach]\nold_sales = {:?}\n", old.display().to_string());
    let cdnow = cdnow().display().to_string();
    let imported = run(folder.path(), &config, &["import", "--mapping", "cdnow", &cdnow]);
    assert!(
        imported.status.success(),
        "{}",
        String::from_utf8_lossy(&imported.stderr)
    );

    let sql = "select store_id, sum(net_revenue) as net_revenue, (select count(*) from orders) as orders \
               from old_sales group by store_id order by store_id";
    let rows = run(folder.path(), &config, &["query", "--format", "csv", sql]);
    assert_eq!(
        String::from_utf8_lossy(&rows.stdout),
        "store_id,net_revenue,orders\na,10.00,6919\nb,2.00,6919\n",
        "{}",
        String::from_utf8_lossy(&rows.stderr)
    );
    for sql in [
        "insert into old_sales values ('c', 1)",
        "drop table old_sales",
        "copy old_sales to 'x.parquet'",
    ] {
        let refused = run(folder.path(), &config, &["query", sql]);
        assert_eq!(refused.status.code(), Some(1), "{sql}");
    }
    assert!(contents(&old) == before, "an attached folder is read-only");
}

#[test]
fn an_attached_folder_that_is_missing_or_takes_a_tables_name_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let cdnow = cdnow().display().to_string();
    let imported = run(folder.path(), "", &["import", "--mapping", "cdnow", &cdnow]);
    assert!(imported.status.success());
    let missing = run(
        folder.path(),
        "[attach]\nold_sales = \"/nowhere/sales\"\n",
        &["query", "select 1"],
    );
    assert_eq!(missing.status.code(), Some(1));
    let message = String::from_utf8_lossy(&missing.stderr);
    assert!(message.contains("/nowhere/sales"), "{message}");

    let old = folder.path().join("old");
    std::fs::create_dir(&old).expect("a folder");
    sales(&old.join("2018.parquet"), &["a"], &[100]);
    let config = format!("[attach]\norders = {:?}\n", old.display().to_string());
    let taken = run(folder.path(), &config, &["query", "select 1"]);
    assert_eq!(taken.status.code(), Some(1));
    let message = String::from_utf8_lossy(&taken.stderr);
    assert!(
        message.contains("the lake has a table `orders`; attach the folder under another name"),
        "{message}"
    );
}
