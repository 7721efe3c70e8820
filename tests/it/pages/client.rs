//! A server in this process and the plainest client: one request a connection.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;
use std::time::Duration;

use chalandise::dashboard::Pages;
use chalandise::http::{Options, Server};
use chalandise::lake::{Engine, Lake, Reader, SessionOptions};
use chalandise::notebook::Notebook;
use chalandise::query::Library;
use chalandise::serving;
use tokio::sync::oneshot;

use crate::lake::{TestLake, cdnow, root};

/// A running server; it ends when dropped.
pub(crate) struct Site {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// An answer, read whole.
pub(crate) struct Answer {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.clone()).expect("UTF-8")
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

impl Site {
    /// Serves a lake on a free port.
    pub(crate) fn of(lake: &Path) -> Site {
        Site::with(lake, root().join("queries"))
    }

    /// Serves a lake with the queries and pages of a folder.
    pub(crate) fn with(lake: &Path, queries: PathBuf) -> Site {
        let (send, receive) = std::sync::mpsc::channel();
        let (stop, stopped) = oneshot::channel::<()>();
        let lake = lake.display().to_string();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Runtime::new().expect("a runtime");
            runtime.block_on(async move {
                let server = Server::bind(options(&lake, &queries)).await.expect("a server");
                send.send(server.address()).expect("the test waits");
                server.run(async { drop(stopped.await) }).await;
            });
        });
        let address = receive.recv().expect("the server starts");
        Site {
            address,
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.ask(path, &[])
    }

    /// A request with more headers; a `Host` among them replaces the usual one.
    pub(crate) fn ask(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.send("GET", path, headers, b"")
    }

    /// A body sent to an address.
    pub(crate) fn post(&self, path: &str, kind: &str, body: &[u8]) -> Answer {
        let length = body.len().to_string();
        self.send(
            "POST",
            path,
            &[("Content-Type", kind), ("Content-Length", &length)],
            body,
        )
    }

    fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut request = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\n");
        if !headers.iter().any(|(name, _)| *name == "Host") {
            request.push_str(&format!("Host: {}\r\n", self.address));
        }
        for (name, value) in headers {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        request.push_str("\r\n");
        let mut stream = TcpStream::connect(self.address).expect("the server listens");
        stream
            .set_read_timeout(Some(Duration::from_secs(60)))
            .expect("a timeout");
        stream.write_all(request.as_bytes()).expect("the request leaves");
        // A server that refuses what is too long may stop reading.
        let _ = stream.write_all(body);
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("the answer comes");
        let split = answer
            .windows(4)
            .position(|window| window == b"\r\n\r\n")
            .expect("a head");
        let head = String::from_utf8(answer[..split].to_vec()).expect("a head in ASCII");
        let status = head
            .split(' ')
            .nth(1)
            .and_then(|code| code.parse().ok())
            .expect("a status");
        Answer {
            status,
            head,
            body: answer[split + 4..].to_vec(),
        }
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn options(lake: &str, folder: &Path) -> Options {
    let lake = Lake::open(lake, chalandise::model::contract()).expect("a lake");
    let library = Arc::new(Library::load(folder).expect("sound queries"));
    let session = SessionOptions {
        library: Some(Arc::clone(&library)),
        ..SessionOptions::default()
    };
    let engine = Engine::new(lake.location(), session).expect("an engine");
    let pages = Pages::load(folder, &library).expect("sound pages");
    Options {
        lake: serving::Options {
            lake,
            engine,
            library,
            notebook: Notebook::open_in_memory().expect("a notebook"),
            reader: Reader::analyst(11),
            cache_bytes: 32 << 20,
        },
        address: SocketAddr::from(([127, 0, 0, 1], 0)),
        pages,
        deadline: Duration::from_secs(60),
        connections: 64,
    }
}

/// A lake of the CDNOW sample, and its server.
pub(crate) async fn cdnow_site() -> (TestLake, Site) {
    let test = TestLake::new();
    test.import("cdnow", &[cdnow()]).await.expect("the sample imports");
    let site = Site::of(&test.folder.path().join("lake"));
    (test, site)
}

/// A small demo retailer, made once by the program itself as `chalandise demo` makes it, kept for the whole run.
pub(crate) fn demo_lake() -> &'static Path {
    static FOLDER: OnceLock<(tempfile::TempDir, PathBuf)> = OnceLock::new();
    let (_, lake) = FOLDER.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let lake = folder.path().join("lake");
        let output = Command::new(env!("CARGO_BIN_EXE_chalandise"))
            .current_dir(folder.path())
            .arg("--resources")
            .arg(root())
            .arg("--lake")
            .arg(&lake)
            .arg("demo")
            .args(["--customers", "6000", "--stores", "60", "--no-serve", "--out"])
            .arg(folder.path().join("sources"))
            .output()
            .expect("the program runs");
        assert!(
            output.status.success(),
            "demo failed: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        (folder, lake)
    });
    lake
}

/// The demo retailer's server, one for the whole run.
pub(crate) fn demo_site() -> &'static Site {
    static SITE: OnceLock<Site> = OnceLock::new();
    SITE.get_or_init(|| Site::of(demo_lake()))
}
