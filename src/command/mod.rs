//! One file per subcommand; the only room that prints. Maps [`Config`] to each room's own options.

mod build;
mod check;
mod demo;
mod fit;
mod generate;
mod huff;
mod import;
mod output;
mod predict;
mod progress;
mod query;
mod render;
mod serve;
mod setup;
mod sweep;

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::config::Config;

/// Analytics and dashboards for omnichannel retailers.
///
/// Source files become a lake of checked tables; SQL files over it become pages. Start with `chalandise demo`.
#[derive(Parser)]
#[command(name = "chalandise", version, max_term_width = 110)]
struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

#[derive(Args)]
struct Common {
    /// Folder or file:// URL of the lake [default: lake]
    #[arg(long, global = true, value_name = "PATH-or-URL")]
    lake: Option<String>,
    /// SQLite file of what users write down, such as scenarios [default: beside the lake]
    #[arg(long, global = true, value_name = "FILE")]
    notebook: Option<String>,
    /// Configuration file (TOML); keys are listed in the README
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Memory of all queries together, such as "1 GiB"
    #[arg(long, global = true, value_name = "SIZE")]
    memory_limit: Option<String>,
    /// Folder that holds queries/ and data/ [default: here, or where the program was built]
    #[arg(long, global = true, value_name = "FOLDER")]
    resources: Option<String>,
}

#[derive(Subcommand)]
enum Command {
    /// Generate, import, build, check and serve the demo retailer
    Demo(demo::DemoArgs),
    /// Write the source files of the demo retailer
    Generate(generate::GenerateArgs),
    /// Import source files into the lake
    Import(import::ImportArgs),
    /// Compute roll-ups and models from the lake's tables
    Build(build::BuildArgs),
    /// Verify the lake, the queries and the pages; say what is missing for which page
    Check(check::CheckArgs),
    /// Run a named query or SQL
    Query(query::QueryArgs),
    /// Draw a page, or a chart of it, into a file
    Render(render::RenderArgs),
    /// Serve the pages on this machine
    Serve(serve::ServeArgs),
    /// Fit a model of customer value on a file of your own
    Fit(fit::FitArgs),
    /// Forecast each customer of a file with a model's parameters
    Predict(predict::PredictArgs),
    /// Calibrate or apply Huff's model of store choice on files of your own
    Huff(huff::HuffArgs),
    /// Give back the disk of data files that no recent lake version needs
    Sweep(sweep::SweepArgs),
}

/// Runs the program; the exit code is 0 when all was done, 1 when not, 2 when the command line is wrong.
pub fn run() -> ExitCode {
    end_quietly_when_nobody_reads();
    let cli = Cli::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        // The planner recurses: deep SQL would overflow the usual 2 MB.
        .thread_stack_size(8 << 20)
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("chalandise: the runtime cannot start: {error}");
            return ExitCode::FAILURE;
        }
    };
    let outcome = runtime.block_on(async {
        outlive_file_size_limit();
        dispatch(cli).await
    });
    // A query that was given up may still be computing.
    runtime.shutdown_background();
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if is_broken_pipe(error.as_ref()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("chalandise: {}", error.to_string().trim_end());
            // The library's own words may hold values of rows: for the log of whoever asks for it, not for the message.
            let mut cause = error.source();
            while let Some(source) = cause {
                tracing::debug!(cause = %source, "because");
                cause = source.source();
            }
            ExitCode::FAILURE
        }
    }
}

/// Whether the reader of our output has gone, as `head` does when it has seen enough.
fn is_broken_pipe(error: &(dyn Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        let io = error.downcast_ref::<std::io::Error>();
        if io.is_some_and(|io| io.kind() == std::io::ErrorKind::BrokenPipe) || error.to_string().contains("Broken pipe")
        {
            return true;
        }
        cause = error.source();
    }
    false
}

/// `println!` panics when nobody reads any more; the program ends without a word instead.
fn end_quietly_when_nobody_reads() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let words = panic.payload().downcast_ref::<String>().map_or("", String::as_str);
        if words.starts_with("failed printing to stdout") && words.contains("Broken pipe") {
            std::process::exit(0);
        }
        usual(panic);
    }));
}

/// A file that outgrows the shell's limit (`ulimit -f`) then fails its write, with a message, and does not end the process.
fn outlive_file_size_limit() {
    #[cfg(unix)]
    {
        /// SIGXFSZ on Linux and macOS.
        const FILE_SIZE_LIMIT: i32 = 25;
        // A handler is all that is needed; without one the limit still ends the process, as everywhere.
        let _ = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::from_raw(FILE_SIZE_LIMIT));
    }
}

/// Any room's error, ready to be printed.
type CommandError = Box<dyn std::error::Error + Send + Sync>;

async fn dispatch(cli: Cli) -> Result<(), CommandError> {
    let config = cli.common.config(cli.command.network())?;
    setup::start_logging(matches!(cli.command, Command::Serve(_) | Command::Demo(_)));
    match cli.command {
        Command::Demo(args) => demo::run(&config, args).await,
        Command::Generate(args) => generate::run(&args).await,
        Command::Import(args) => import::run(&config, &args).await,
        Command::Build(args) => build::run(&config, &args).await,
        Command::Check(args) => check::run(&config, &args).await,
        Command::Query(args) => query::run(&config, &args).await,
        Command::Render(args) => render::run(&config, &args).await,
        Command::Serve(args) => serve::run(&config, &args).await,
        Command::Fit(args) => fit::run(&args),
        Command::Predict(args) => predict::run(&args),
        Command::Huff(args) => huff::run(&args),
        Command::Sweep(args) => sweep::run(&config, &args).await,
    }
}

impl Command {
    /// Flags of the command that are keys of the configuration.
    fn network(&self) -> Vec<(&'static str, String)> {
        match self {
            Command::Build(args) => args.network(),
            _ => Vec::new(),
        }
    }
}

impl Common {
    /// `more`: keys that the command itself has as flags.
    fn config(&self, more: Vec<(&'static str, String)>) -> Result<Config, CommandError> {
        let given = [
            ("lake", &self.lake),
            ("notebook", &self.notebook),
            ("memory_limit", &self.memory_limit),
            ("resources", &self.resources),
        ];
        let flags: Vec<_> = given
            .into_iter()
            .filter_map(|(key, value)| value.clone().map(|text| (key, text)))
            .chain(more)
            .collect();
        let file = self
            .config
            .clone()
            .or_else(|| Some(PathBuf::from("chalandise.toml")).filter(|file| file.is_file()));
        Ok(Config::load(file.as_deref(), std::env::vars(), &flags)?)
    }
}
