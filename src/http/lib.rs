//! Every route, one file per noun. The only room that knows HTTP.
//!
//! `router` lists the routes on one screen, `error` is the only place where an error becomes HTTP.
//! There are no accounts yet: the server answers one local user and binds loopback addresses only.

mod accept;
mod asked;
mod assets;
mod catalog;
mod compress;
mod error;
mod error_page;
mod figure;
mod guard;
mod health;
mod log;
mod page;
mod preferences;
mod router;
mod scenario;
mod state;
mod static_file;

pub use assets::assets_in_file;

use chalandise_dashboard::Pages;
use chalandise_lake::LakeError;
use chalandise_serving as serving;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;

/// What the server needs; the command room fills it from the configuration.
#[derive(Debug)]
pub struct Options {
    /// The lake to show, with its queries and what users write down; as many bytes of rendered pages may be kept as of results.
    pub lake: serving::Options,
    /// Where to listen; a loopback address. Port 0 takes a free one.
    pub address: SocketAddr,
    /// The pages.
    pub pages: Pages,
    /// How long one request may take, in all its queries together.
    pub deadline: Duration,
    /// How many connections may be open at once.
    pub connections: usize,
}

/// How long one request may take unless the configuration says otherwise.
pub const DEADLINE: Duration = Duration::from_secs(30);
/// Connections open at once unless the configuration says otherwise.
pub const CONNECTIONS: usize = 256;

/// The server cannot start or go on.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address is not loopback.
    #[error(
        "{0} is not a loopback address; without accounts the server answers this machine only: use 127.0.0.1 or [::1]"
    )]
    NotLoopback(SocketAddr),
    /// The address cannot be bound.
    #[error("cannot listen on {address}; is another server running there? Choose another with --address")]
    Bind {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
    /// The lake cannot be read.
    #[error("the lake cannot be read")]
    Lake(#[from] LakeError),
}

/// A server that listens already and answers once [`Server::run`] is polled.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    app: axum::Router,
    connections: usize,
}

impl Server {
    /// Binds the address and reads the lake's newest version.
    ///
    /// # Errors
    /// [`ServeError`] when the address is not loopback or taken, or the lake cannot be read.
    pub async fn bind(options: Options) -> Result<Server, ServeError> {
        if !options.address.ip().is_loopback() {
            return Err(ServeError::NotLoopback(options.address));
        }
        let bind_error = |source| ServeError::Bind {
            address: options.address,
            source,
        };
        let listener = TcpListener::bind(options.address).await.map_err(bind_error)?;
        let address = listener.local_addr().map_err(bind_error)?;
        let connections = options.connections.max(1);
        let state = Arc::new(state::State::open(options).await?);
        Ok(Server {
            listener,
            address,
            app: router::router(state),
            connections,
        })
    }

    /// The address that is listened on, with the port that was taken.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers requests until `shutdown` ends; then lets running requests finish for a few seconds.
    pub async fn run(self, shutdown: impl Future<Output = ()>) {
        accept::run(self.listener, self.app, self.connections, shutdown).await;
    }
}

/// Binds and serves until `shutdown` ends.
///
/// # Errors
/// [`ServeError`] when the server cannot start.
pub async fn serve(options: Options, shutdown: impl Future<Output = ()>) -> Result<(), ServeError> {
    Server::bind(options).await?.run(shutdown).await;
    Ok(())
}
