//! The demo serves the pages of sales before the models are there, and goes on where it was ended.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use chalandise::lake::{Lake, LakeVersion};

use crate::lake::root;
use crate::pages::client::Site;

const FOLLOW: &str = "The models on this page are still to come";

fn demo(lake: &Path, sources: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chalandise"));
    command
        .current_dir(root())
        .args(["demo", "--customers", "3000", "--months", "30", "--lake"])
        .arg(lake)
        .arg("--out")
        .arg(sources);
    command
}

fn newest(lake: &Path) -> LakeVersion {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let lake = Lake::open(&lake.display().to_string(), chalandise::model::contract()).expect("a lake");
        lake.newest().await.expect("records").expect("a version")
    })
}

#[test]
fn sales_are_served_before_the_models_which_a_later_start_completes() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (lake, sources) = (folder.path().join("lake"), folder.path().join("sources"));

    let mut begun = demo(&lake, &sources)
        .args(["--address", "127.0.0.1:0"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    let told = BufReader::new(begun.stderr.take().expect("what it tells"));
    let ready = told
        .lines()
        .map_while(Result::ok)
        .any(|line| line.contains("Ready after"));
    begun.kill().expect("killed");
    begun.wait().expect("ended");
    assert!(ready, "the server was there");

    let sales = newest(&lake);
    assert!(
        sales.tables.contains_key("sales_by_day"),
        "roll-ups: {:?}",
        sales.tables
    );
    assert!(
        !sales.tables.contains_key("huff_models"),
        "the models were still computed"
    );
    {
        let site = Site::of(&lake);
        assert!(
            !site.get("/?lang=en").text().contains(FOLLOW),
            "the overview is complete"
        );
        for page in ["/customers", "/network/stores", "/network/scenario"] {
            assert!(site.get(&format!("{page}?lang=en")).text().contains(FOLLOW), "{page}");
        }
    }

    let ended = demo(&lake, &sources)
        .arg("--no-serve")
        .output()
        .expect("the program runs");
    let told = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert!(ended.status.success(), "{told}");
    assert!(
        !told.contains("read …") && !told.contains("sales_by_day"),
        "nothing done twice: {told}"
    );
    let complete = newest(&lake);
    assert_eq!(complete.number, sales.number + 1);
    for (name, table) in &sales.tables {
        assert_eq!(complete.tables.get(name), Some(table), "{name} stays as it was");
    }
    let site = Site::of(&lake);
    for page in ["/customers", "/network/stores", "/network/scenario"] {
        assert!(!site.get(&format!("{page}?lang=en")).text().contains(FOLLOW), "{page}");
    }

    let again = demo(&lake, &sources)
        .arg("--no-serve")
        .output()
        .expect("the program runs");
    assert!(again.status.success());
    assert_eq!(newest(&lake), complete, "a lake that is complete is only checked");
}
