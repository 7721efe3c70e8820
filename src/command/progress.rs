//! Progress bars on standard error; plain lines when it is no terminal.

use std::io::IsTerminal;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

/// Shows steps one after the other.
pub(super) struct Bar {
    state: Mutex<State>,
    terminal: bool,
}

struct State {
    bar: Option<ProgressBar>,
    step: String,
    begun: Instant,
    said: Instant,
    done: u64,
    total: Option<u64>,
}

/// Seconds between two lines where there is no terminal.
const SILENCE: Duration = Duration::from_secs(5);

impl Bar {
    pub(super) fn new() -> Bar {
        let now = Instant::now();
        let state = State {
            bar: None,
            step: String::new(),
            begun: now,
            said: now,
            done: 0,
            total: None,
        };
        Bar {
            state: Mutex::new(state),
            terminal: std::io::stderr().is_terminal(),
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Begins a step of `total` units, or of unknown size.
    pub(super) fn step(&self, step: &str, total: Option<u64>) {
        self.end();
        let mut state = self.state();
        state.step = step.to_owned();
        state.begun = Instant::now();
        state.said = state.begun;
        state.done = 0;
        state.total = total;
        if self.terminal {
            state.bar = Some(bar(step, total));
        } else {
            eprintln!("{step} …");
        }
    }

    /// Adds to what is done of the step.
    pub(super) fn add(&self, amount: u64) {
        let mut state = self.state();
        state.done += amount;
        if let Some(bar) = &state.bar {
            bar.inc(amount);
        } else if !self.terminal && state.said.elapsed() > SILENCE {
            state.said = Instant::now();
            match state.total {
                Some(total) if total > 0 => {
                    let share = u128::from(state.done) * 100 / u128::from(total);
                    eprintln!("{} … {share} %", state.step);
                }
                _ => eprintln!("{} … {}", state.step, state.done),
            }
        }
    }

    /// Ends the step, with the time that it took.
    pub(super) fn end(&self) {
        let mut state = self.state();
        if state.step.is_empty() {
            return;
        }
        let line = format!("{}: {:.1} s", state.step, state.begun.elapsed().as_secs_f64());
        if let Some(bar) = state.bar.take() {
            bar.finish_and_clear();
        }
        eprintln!("{line}");
        state.step.clear();
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        if let Some(bar) = self.state().bar.take() {
            bar.finish_and_clear();
        }
    }
}

fn bar(step: &str, total: Option<u64>) -> ProgressBar {
    let (bar, template) = match total {
        Some(total) => (ProgressBar::new(total), "{msg:32} {wide_bar} {percent:>3} % {elapsed}"),
        None => (ProgressBar::new_spinner(), "{msg:32} {spinner} {elapsed}"),
    };
    bar.set_message(step.to_owned());
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

impl chalandise_import::Progress for Bar {
    fn begin(&self, step: &str, total: Option<u64>) {
        self.step(step, total);
    }
    fn advance(&self, amount: u64) {
        self.add(amount);
    }
}
