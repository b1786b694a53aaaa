use std::process::ExitCode;

fn main() -> ExitCode {
    signal_server::cli::main()
}
