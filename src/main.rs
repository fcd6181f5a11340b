//! The program: everything it does is in the library.

use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    let started = std::time::Instant::now();
    env_logger::Builder::from_env(env_logger::Env::default().default_filter_or("error")).init();
    match digit_lab::cli::run(std::env::args_os(), started) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing more can be done when standard error is closed too.
            writeln!(std::io::stderr(), "digit-lab: {error:#}").ok();
            ExitCode::from(2)
        }
    }
}
