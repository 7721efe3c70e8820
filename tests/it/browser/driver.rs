//! A browser session over the WebDriver protocol: the driver is started on a free port and ends with the test.
//!
//! The protocol is JSON over HTTP; the few commands that are needed are written out here.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};

use crate::lake::root;

/// The key under which WebDriver writes an element's id.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// A driver process with one browser.
pub(super) struct Browser {
    driver: Child,
    port: u16,
    session: String,
    _profile: tempfile::TempDir,
    _turn: MutexGuard<'static, ()>,
}

/// One browser at a time: several together starve each other on a small machine.
static TURN: Mutex<()> = Mutex::new(());

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
    pub(super) fn open(window: Window) -> Browser {
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
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
        let mut browser = Browser {
            driver,
            port,
            session: String::new(),
            _profile: profile,
            _turn: turn,
        };
        browser.wait_for_driver();
        let wanted = capabilities(window, &browser._profile.path().display().to_string());
        let made = browser.command("/session", &json!({ "capabilities": { "alwaysMatch": wanted } }));
        let session = made["sessionId"]
            .as_str()
            .expect("the browser starts; is the package chromium installed?");
        browser.session = session.to_owned();
        if !window.script {
            let off = json!({ "cmd": "Emulation.setScriptExecutionDisabled", "params": { "value": true } });
            browser.ask("goog/cdp/execute", &off);
        }
        browser
    }

    fn wait_for_driver(&self) {
        for _ in 0..100 {
            if TcpStream::connect(("127.0.0.1", self.port)).is_ok() {
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!("chromedriver does not listen after 10 s");
    }

    /// A command of this session.
    fn ask(&self, command: &str, body: &Value) -> Value {
        self.command(&format!("/session/{}/{command}", self.session), body)
    }

    fn command(&self, path: &str, body: &Value) -> Value {
        let body = body.to_string();
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n{body}",
            self.port,
            body.len()
        );
        let answer: Value = serde_json::from_str(&self.exchange(&request)).expect("the driver answers JSON");
        assert!(answer["value"]["error"].is_null(), "{path}: {}", answer["value"]);
        answer["value"].clone()
    }

    fn exchange(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("the driver listens");
        stream
            .set_read_timeout(Some(Duration::from_secs(120)))
            .expect("a timeout");
        stream.write_all(request.as_bytes()).expect("the request leaves");
        // The driver keeps the connection open whatever it is asked: the length says where the answer ends.
        let mut reader = BufReader::new(stream);
        let mut length = 0;
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).expect("the answer's head comes");
            match line.trim_end().split_once(':') {
                Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                    length = value.trim().parse().expect("a length");
                }
                Some(_) => {}
                None if line.trim().is_empty() => break,
                None => {}
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).expect("the answer comes");
        String::from_utf8(body).expect("UTF-8")
    }

    pub(super) fn go(&self, url: &str) {
        self.ask("url", &json!({ "url": url }));
    }

    /// The address once it holds `part`: a click returns before the page that it asks for has come.
    pub(super) fn address_with(&self, part: &str) -> String {
        for _ in 0..100 {
            let address = self.address();
            if address.contains(part) {
                return address;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!("the address never held {part}: {}", self.address());
    }

    /// The address that is shown.
    fn address(&self) -> String {
        let request = format!(
            "GET /session/{}/url HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\n\r\n",
            self.session, self.port
        );
        let answer: Value = serde_json::from_str(&self.exchange(&request)).expect("the driver answers JSON");
        answer["value"].as_str().expect("an address").to_owned()
    }

    /// Runs a script that returns a value.
    pub(super) fn run(&self, script: &str) -> Value {
        self.ask("execute/sync", &json!({ "script": script, "args": [] }))
    }

    /// Waits until an expression of a script is true.
    pub(super) fn until(&self, expression: &str) {
        for _ in 0..100 {
            if self.run(&format!("return Boolean({expression})")) == json!(true) {
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!("never true: {expression} at {}", self.address());
    }

    /// Runs a script that calls its last argument with a value.
    pub(super) fn run_async(&self, script: &str) -> Value {
        self.ask("execute/async", &json!({ "script": script, "args": [] }))
    }

    /// Clicks what a selector finds first.
    pub(super) fn click(&self, selector: &str) {
        self.ask(&format!("element/{}/click", self.find(selector)), &json!({}));
    }

    /// Types into what a selector finds first; in a list of choices that chooses. (A click on a choice hangs in pages
    /// without script, because the driver clicks it by script.)
    pub(super) fn write(&self, selector: &str, text: &str) {
        self.ask(
            &format!("element/{}/value", self.find(selector)),
            &json!({ "text": text }),
        );
    }

    /// Presses keys where the focus is.
    pub(super) fn press(&self, keys: &str) {
        let request = format!(
            "GET /session/{}/element/active HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\n\r\n",
            self.session, self.port
        );
        let answer: Value = serde_json::from_str(&self.exchange(&request)).expect("the driver answers JSON");
        let element = answer["value"][ELEMENT].as_str().expect("an element").to_owned();
        self.ask(&format!("element/{element}/value"), &json!({ "text": keys }));
    }

    fn find(&self, selector: &str) -> String {
        let found = self.ask("element", &json!({ "using": "css selector", "value": selector }));
        found[ELEMENT].as_str().expect("an element").to_owned()
    }

    /// The text of what a selector finds first.
    pub(super) fn text(&self, selector: &str) -> String {
        let script = format!("return document.querySelector({}).innerText", json!(selector));
        self.run(&script).as_str().expect("a text").to_owned()
    }

    /// What browser and page wrote to the console as errors or warnings, refused resources among them.
    pub(super) fn console(&self) -> Vec<String> {
        let log = self.ask("se/log", &json!({ "type": "browser" }));
        let entries = log.as_array().cloned().expect("a list of entries");
        let bad = |entry: &Value| matches!(entry["level"].as_str(), Some("SEVERE" | "WARNING"));
        entries
            .iter()
            .filter(|entry| bad(entry))
            .map(ToString::to_string)
            .collect()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if !self.session.is_empty() && !std::thread::panicking() {
            let request = format!(
                "DELETE /session/{} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\n\r\n",
                self.session, self.port
            );
            self.exchange(&request);
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

fn capabilities(window: Window, profile: &str) -> Value {
    let mut options = json!({
        "args": [
            "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
            format!("--user-data-dir={profile}"),
            format!("--window-size={},{}", window.width, window.height),
        ],
    });
    if window.width < 500 {
        let metrics = json!({ "width": window.width, "height": window.height, "pixelRatio": 1.0 });
        options["mobileEmulation"] = json!({ "deviceMetrics": metrics });
    }
    json!({ "goog:chromeOptions": options, "goog:loggingPrefs": { "browser": "ALL" } })
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
