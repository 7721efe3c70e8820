//! The accept loop: header timeout, a bound on connections, graceful shutdown.
//!
//! axum's own `serve` sets no header timeout, so that an idle client holds a socket for ever and shutdown hangs on it.

use axum::Router;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tower::ServiceExt;

/// How long a client may take to send its request's head.
const HEADER_TIMEOUT: Duration = Duration::from_secs(10);
/// How long running requests may go on after the shutdown began.
const GRACE: Duration = Duration::from_secs(5);
/// The longest request head: the longest address that is answered (see `guard`) with what browsers send beside it.
const HEAD_BYTES: usize = 128 * 1024;
/// A pause after the system refuses a connection (no free file handles), so that the loop does not spin.
const REFUSED_PAUSE: Duration = Duration::from_millis(50);

pub(super) async fn run(listener: TcpListener, app: Router, connections: usize, shutdown: impl Future<Output = ()>) {
    let places = Arc::new(Semaphore::new(connections));
    let graceful = GracefulShutdown::new();
    let mut shutdown = pin!(shutdown);
    loop {
        let accepted = tokio::select! {
            accepted = next(&listener, &places) => accepted,
            () = &mut shutdown => break,
        };
        let Some((stream, place)) = accepted else { continue };
        let connection = graceful.watch(connection(stream, app.clone()));
        tokio::spawn(async move {
            // A client that goes away or speaks no HTTP is its own affair.
            if let Err(error) = connection.await {
                tracing::debug!(%error, "connection ended");
            }
            drop(place);
        });
    }
    drop(listener);
    tokio::select! {
        () = graceful.shutdown() => {}
        () = tokio::time::sleep(GRACE) => tracing::warn!("requests still running were cut off"),
    }
}

/// The next connection, once there is a place for it.
async fn next(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> Option<(TcpStream, tokio::sync::OwnedSemaphorePermit)> {
    let place = places.clone().acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, _)) => {
            // Without it small answers wait for the client's acknowledgement; failing to set it costs only time.
            let _ = stream.set_nodelay(true);
            Some((stream, place))
        }
        Err(error) => {
            tracing::warn!(%error, "a connection could not be accepted");
            tokio::time::sleep(REFUSED_PAUSE).await;
            None
        }
    }
}

fn connection(
    stream: TcpStream,
    app: Router,
) -> http1::Connection<
    TokioIo<TcpStream>,
    impl hyper::service::Service<
        hyper::Request<Incoming>,
        Response = axum::response::Response,
        Error = std::convert::Infallible,
        Future: Send,
    >,
> {
    let service = hyper::service::service_fn(move |request: Request<Incoming>| {
        app.clone().oneshot(request.map(axum::body::Body::new))
    });
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIMEOUT)
        .max_buf_size(HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), service)
}
