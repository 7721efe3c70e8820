//! What commands share: the lake, the engine and the query library, made from the configuration.

use std::sync::Arc;

use crate::config::Config;
use crate::lake::{Engine, Lake, SessionContext, SessionOptions, Snapshot};
use crate::query::Library;

use super::CommandError;

/// The open lake with its engine and queries.
pub(super) struct Setup {
    pub(super) lake: Lake,
    pub(super) engine: Engine,
    pub(super) library: Arc<Library>,
}

impl Setup {
    pub(super) fn new(config: &Config) -> Result<Setup, CommandError> {
        let lake = Lake::open(&config.lake)?;
        let library = Arc::new(Library::load(&config.resources.join("queries"))?);
        let engine = Engine::new(lake.location(), session_options(config, &library))?;
        Ok(Setup { lake, engine, library })
    }

    /// The newest lake version and a session over it.
    pub(super) async fn session(&self) -> Result<(Snapshot, SessionContext), CommandError> {
        let snapshot = self.lake.snapshot().await?;
        let context = self.engine.session(&snapshot).await?;
        Ok((snapshot, context))
    }
}

pub(super) fn session_options(config: &Config, library: &Arc<Library>) -> SessionOptions {
    SessionOptions {
        memory_limit_bytes: config.memory_limit_bytes,
        spill_limit_bytes: config.spill_limit_bytes,
        spill_folder: config.spill_folder.clone(),
        partitions: config.partitions,
        library: Some(Arc::clone(library)),
        attached: config.attached.clone(),
    }
}

/// Logs to standard error: requests of the server, warnings of everything else; `RUST_LOG` says otherwise.
pub(super) fn start_logging(serving: bool) {
    let default = if serving { "warn,chalandise=info" } else { "warn" };
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(default));
    // A second start, as in tests of commands, keeps the first.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .try_init();
}
