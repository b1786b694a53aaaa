//! What a process used, from the system's own accounts (proc(5)).

/// Seconds of CPU of a process and its threads so far; none when it is gone.
pub fn cpu(pid: u32) -> Option<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let rest = stat.rsplit(')').next()?;
    let field = |n: usize| rest.split_whitespace().nth(n)?.parse::<f64>().ok();
    // Fields 14 and 15, counted behind the name; 100 ticks a second.
    Some((field(11)? + field(12)?) / 100.0)
}

/// Resident megabytes; none when it is gone.
pub fn resident(pid: u32) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find(|l| l.starts_with("VmRSS"))?;
    Some(line.split_whitespace().nth(1)?.parse::<f64>().ok()? / 1024.0)
}
