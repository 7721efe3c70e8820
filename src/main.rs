//! The `chalandise` program; see [`chalandise::command`].

fn main() -> std::process::ExitCode {
    chalandise::command::run()
}
