//! `chalandise serve`: the pages on this machine.

use std::time::Instant;

use clap::Args;

use crate::config::Config;
use chalandise_http as http;
use chalandise_notebook::Notebook;
use chalandise_serving as serving;

use super::CommandError;
use super::setup::{self, Setup};

/// Serves the pages on this machine.
#[derive(Args, Clone)]
pub(super) struct ServeArgs {
    /// Loopback address and port [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS")]
    address: Option<String>,
    /// Show personal data too: for whoever looks after them, on this machine only
    #[arg(long)]
    personal: bool,
}

pub(super) async fn run(config: &Config, args: &ServeArgs) -> Result<(), CommandError> {
    serve(config, Setup::unchecked(config)?, args).await
}

/// Serves until the process is told to stop.
pub(super) async fn serve(config: &Config, setup: Setup, args: &ServeArgs) -> Result<(), CommandError> {
    let begun = Instant::now();
    let address = match &args.address {
        Some(text) => Config::load(None, [], &[("address", text.clone())])?.address,
        None => config.address,
    };
    let reader = setup::reader(config, args.personal);
    let (_, _, pages) = setup.checked(config, &reader).await?;
    let options = http::Options {
        lake: serving::Options {
            notebook: Notebook::open(&config.notebook())?,
            ..setup.served(reader)
        },
        address,
        pages,
        deadline: config.deadline,
        connections: http::CONNECTIONS,
    };
    let server = http::Server::bind(options).await?;
    eprintln!(
        "Ready after {:.1} s. Open http://{}/ (Ctrl+C ends).",
        begun.elapsed().as_secs_f64(),
        server.address()
    );
    server.run(stop()).await;
    Ok(())
}

/// Ends with Ctrl+C or the signal that service managers send.
async fn stop() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        let terminated = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate());
        if let Ok(mut terminated) = terminated {
            tokio::select! {
                _ = interrupted => {}
                _ = terminated.recv() => {}
            }
            return;
        }
    }
    let _ = interrupted.await;
}
