//! What commands share: the lake, the engine and the query library, made from the configuration.

use std::sync::Arc;

use crate::config::Config;
use chalandise_dashboard::Pages;
use chalandise_lake::{Engine, Lake, LakeError, Reader, SessionContext, SessionOptions, Snapshot};
use chalandise_notebook::Notebook;
use chalandise_query::Library;
use chalandise_serving::{self as serving, Version};

use super::CommandError;

/// The open lake with its engine and queries.
#[derive(Clone)]
pub(super) struct Setup {
    pub(super) lake: Lake,
    pub(super) engine: Engine,
    pub(super) library: Arc<Library>,
    notebook: Notebook,
}

impl Setup {
    /// For commands that use the queries: none may have a fault in its header.
    pub(super) fn new(config: &Config) -> Result<Setup, CommandError> {
        let setup = Setup::unchecked(config)?;
        setup.library.header_faults().into_result()?;
        Ok(setup)
    }

    /// For commands that go on with [`Setup::checked`], which lists all faults at once.
    pub(super) fn unchecked(config: &Config) -> Result<Setup, CommandError> {
        let lake = Lake::open(&config.lake, chalandise_model::contract())?;
        let library = Arc::new(Library::read(&config.resources.join("queries")));
        let engine = Engine::new(lake.location(), session_options(config, &library))?;
        Ok(Setup {
            lake,
            engine,
            library,
            notebook: Notebook::at(&config.notebook()),
        })
    }

    /// The newest lake version, a session over it and the pages, when no query and no page has a fault.
    pub(super) async fn checked(
        &self,
        config: &Config,
        reader: &Reader,
    ) -> Result<(Snapshot, SessionContext, Pages), CommandError> {
        let snapshot = self.lake.snapshot().await?;
        let (context, mut faults) = match Version::open(&self.served(reader.clone()), snapshot.version().clone()).await
        {
            Ok(version) => {
                let context = version.data.session().clone();
                let faults = self.library.check(&context).await;
                (Some(context), faults)
            }
            // What reads these views cannot be planned; headers and pages can still be read.
            Err(LakeError::Views(mut found)) => {
                found.extend(self.library.header_faults());
                (None, found)
            }
            Err(error) => return Err(error.into()),
        };
        let pages = match Pages::load(&config.resources.join("queries"), &self.library) {
            Ok(pages) => pages,
            Err(found) => {
                faults.extend(found);
                Pages::default()
            }
        };
        faults.sorted().into_result()?;
        let context = context.ok_or("the views of the queries cannot be planned")?;
        Ok((snapshot, context, pages))
    }

    /// What is served, to pages and to whoever asks on the command line.
    pub(super) fn served(&self, reader: Reader) -> serving::Options {
        serving::Options {
            lake: self.lake.clone(),
            engine: self.engine.clone(),
            library: Arc::clone(&self.library),
            notebook: self.notebook.clone(),
            reader,
            cache_bytes: serving::CACHE_BYTES,
        }
    }

    /// The newest lake version, as it is served.
    pub(super) async fn newest(&self, reader: Reader) -> Result<Version, LakeError> {
        Version::newest(&self.served(reader)).await
    }

    /// What users write down.
    pub(super) fn notebook(&self) -> &Notebook {
        &self.notebook
    }
}

/// The analyst, or the steward where the command line says so, with a word of warning.
pub(super) fn reader(config: &Config, personal: bool) -> Reader {
    if !personal {
        return Reader::analyst(config.min_group_size);
    }
    eprintln!(
        "Personal data are shown: names, addresses, telephones. Keep what you write to yourself, and delete it when you have done."
    );
    Reader::steward(config.min_group_size)
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
