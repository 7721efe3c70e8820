//! A browser session: the driver is started on a free port and ends with the test.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use serde_json::{Value, json};
use thirtyfour::{Capabilities, WebDriver};
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::lake::root;

/// A driver process with one browser.
pub(super) struct Browser {
    pub(super) client: WebDriver,
    driver: Child,
    port: u16,
    _profile: tempfile::TempDir,
    _turn: OwnedMutexGuard<()>,
}

/// One browser at a time: several together starve each other on a small machine.
static TURN: LazyLock<Arc<Mutex<()>>> = LazyLock::new(Arc::default);

/// How the browser looks at pages.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) script: bool,
}

pub(super) const DESK: Window = Window {
    width: 1280,
    height: 900,
    script: true,
};
pub(super) const PHONE: Window = Window {
    width: 390,
    height: 844,
    script: true,
};

impl Browser {
    pub(super) async fn open(window: Window) -> Browser {
        let turn = Arc::clone(&TURN).lock_owned().await;
        let port = TcpListener::bind("127.0.0.1:0")
            .and_then(|free| free.local_addr())
            .expect("a free port")
            .port();
        let profile = tempfile::tempdir().expect("a profile");
        let driver = Command::new("chromedriver")
            .arg(format!("--port={port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver does not start; install the packages chromium and chromium-driver");
        let address = format!("http://127.0.0.1:{port}");
        let mut tries = 0;
        let client = loop {
            match WebDriver::new(&address, capabilities(window, profile.path().display().to_string())).await {
                Ok(client) => break client,
                Err(error) if tries >= 50 => {
                    panic!("the browser does not start; is the package chromium installed? {error}")
                }
                Err(_) => tries += 1,
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        };
        Browser {
            client,
            driver,
            port,
            _profile: profile,
            _turn: turn,
        }
    }

    pub(super) async fn go(&self, url: &str) {
        self.client.goto(url).await.expect("the page loads");
    }

    /// Runs a script that returns a value.
    pub(super) async fn run(&self, script: &str) -> Value {
        let answer = self.client.execute(script, Vec::new()).await.expect("the script runs");
        answer.json().clone()
    }

    /// What browser and page wrote to the console as errors or warnings, refused resources among them.
    pub(super) async fn console(&self) -> Vec<String> {
        let session = self.client.session_id();
        let body = r#"{"type":"browser"}"#;
        let request = format!(
            "POST /session/{session}/se/log HTTP/1.1\r\nHost: 127.0.0.1:{0}\r\nConnection: close\r\n\
             Content-Type: application/json\r\nContent-Length: {1}\r\n\r\n{body}",
            self.port,
            body.len()
        );
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("the driver listens");
        stream.write_all(request.as_bytes()).expect("the request leaves");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("the answer comes");
        let (_, body) = answer.split_once("\r\n\r\n").expect("a head");
        let log: Value = serde_json::from_str(body).expect("JSON");
        let entries = log["value"].as_array().cloned().expect("a list of entries");
        let bad = |entry: &Value| matches!(entry["level"].as_str(), Some("SEVERE" | "WARNING"));
        entries
            .iter()
            .filter(|entry| bad(entry))
            .map(ToString::to_string)
            .collect()
    }

    pub(super) async fn close(mut self) {
        let _ = self.client.clone().quit().await;
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

fn capabilities(window: Window, profile: String) -> Capabilities {
    let mut options = json!({
        "args": [
            "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
            format!("--user-data-dir={profile}"),
            format!("--window-size={},{}", window.width, window.height),
        ],
    });
    if window.width < 500 {
        options["mobileEmulation"] =
            json!({ "deviceMetrics": { "width": window.width, "height": window.height, "pixelRatio": 1.0 } });
    }
    if !window.script {
        options["prefs"] = json!({ "profile.managed_default_content_settings.javascript": 2 });
    }
    let all = json!({ "goog:chromeOptions": options, "goog:loggingPrefs": { "browser": "ALL" } });
    all.as_object().cloned().unwrap_or_default()
}

/// The text of axe-core.
pub(super) fn axe() -> String {
    let path =
        std::env::var_os("AXE_CORE").map_or_else(|| root().join("node_modules/axe-core/axe.min.js"), PathBuf::from);
    std::fs::read_to_string(&path).unwrap_or_else(|error| {
        panic!(
            "{}: {error}; run `npm install --no-save axe-core`, or set AXE_CORE to axe.min.js",
            path.display()
        )
    })
}
