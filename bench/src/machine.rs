//! What the machine says about itself and about processes, from `/proc`.

use std::fs::read_to_string;
use std::path::Path;
use std::time::Instant;

/// Linux tells user space times in hundredths of a second, whatever the kernel's own tick is.
const TICKS_PER_SECOND: f64 = 100.0;

pub fn describe(folder: &Path) -> String {
    let load = read_to_string("/proc/loadavg").unwrap();
    let load: Vec<&str> = load.split(' ').take(3).collect();
    format!(
        "{} cores, {} GB of memory, data on {}, load average {}",
        cores(),
        line("/proc/meminfo", "MemTotal:") / 1_000_000,
        file_system(folder),
        load.join(" "),
    )
}

pub fn cores() -> usize {
    std::thread::available_parallelism().unwrap().get()
}

/// The kind of file system on which a folder is.
pub fn file_system(folder: &Path) -> String {
    let mounts = read_to_string("/proc/self/mounts").unwrap();
    let covers = |line: &&str| {
        let point = line.split(' ').nth(1).unwrap_or_default();
        folder.starts_with(point)
    };
    let longest = mounts
        .lines()
        .filter(covers)
        .max_by_key(|line| line.split(' ').nth(1).map_or(0, str::len));
    let kind = longest.and_then(|line| line.split(' ').nth(2));
    kind.unwrap_or("?").to_owned()
}

/// A number from a file of the form `Name: 123 kB`.
fn line(file: &str, name: &str) -> u64 {
    let text = read_to_string(file).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    let number = line.and_then(|rest| rest.split_whitespace().next());
    number.unwrap().parse().unwrap()
}

/// Resident memory in MB, and how much of it is the process's own, not mapped from files.
pub fn resident(pid: u32) -> (f64, f64) {
    let status = format!("/proc/{pid}/status");
    let megabytes = |name| line(&status, name) as f64 / 1024.0;
    (megabytes("VmRSS:"), megabytes("RssAnon:"))
}

/// Memory in MB of processes and their children: what they share is counted once.
pub fn proportional(pids: &[u32]) -> f64 {
    let others = std::fs::read_dir("/proc").unwrap().flatten();
    let own = others.filter_map(|entry| {
        let pid: u32 = entry.file_name().to_str()?.parse().ok()?;
        let parent = u32::try_from(*stat(&pid.to_string())?.get(PARENT)?).ok()?;
        (pids.contains(&pid) || pids.contains(&parent)).then_some(pid)
    });
    let kilobytes = own.filter_map(|pid| {
        let text = read_to_string(format!("/proc/{pid}/smaps_rollup")).ok()?;
        let line = text.lines().find_map(|line| line.strip_prefix("Pss:"))?;
        line.split_whitespace().next()?.parse::<f64>().ok()
    });
    kilobytes.sum::<f64>() / 1024.0
}

/// The most that it ever had.
pub fn peak(pid: u32) -> f64 {
    line(&format!("/proc/{pid}/status"), "VmHWM:") as f64 / 1024.0
}

/// Files, and with them connections, that this process may have open at once.
pub fn most_open_files() -> usize {
    let name = "Max open files";
    let text = read_to_string("/proc/self/limits").unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    let number = line.and_then(|rest| rest.split_whitespace().next());
    // Without a limit it says so in words.
    number.unwrap().parse().unwrap_or(usize::MAX)
}

/// MB that a process has given to the disk so far.
pub fn written(pid: u32) -> f64 {
    line(&format!("/proc/{pid}/io"), "write_bytes:") as f64 / 1e6
}

/// The fields after the program's name, which may itself hold spaces and brackets.
fn stat(pid: &str) -> Option<Vec<u64>> {
    let text = read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, rest) = text.rsplit_once(')')?;
    let fields = rest.split_whitespace().skip(1);
    Some(fields.map(|field| field.parse().unwrap_or(0)).collect())
}

const PARENT: usize = 0;
const USER: usize = 10;
const CHILDREN_SYSTEM: usize = 13;

/// The parent of a process, if it runs the same program.
pub fn parent(pid: u32, program: &str) -> Option<u32> {
    let parent = u32::try_from(*stat(&pid.to_string())?.get(PARENT)?).ok()?;
    let name = read_to_string(format!("/proc/{parent}/comm")).ok()?;
    (name.trim() == program).then_some(parent)
}

/// CPU seconds of a process, its ended children, and its children that live.
fn cpu(pid: &str) -> f64 {
    let spent = |fields: &[u64]| fields[USER..=CHILDREN_SYSTEM].iter().sum::<u64>();
    let own = stat(pid).map_or(0, |fields| spent(&fields));
    let parent: u64 = pid.parse().unwrap_or(0);
    let others = std::fs::read_dir("/proc").unwrap().flatten();
    let children = others
        .filter_map(|entry| stat(entry.file_name().to_str()?))
        .filter(|fields| parent != 0 && fields[PARENT] == parent);
    let children: u64 = children.map(|fields| spent(&fields)).sum();
    (own + children) as f64 / TICKS_PER_SECOND
}

/// CPU seconds in which any core did anything.
fn busy() -> f64 {
    let text = read_to_string("/proc/stat").unwrap();
    let numbers = text.lines().next().unwrap().split_whitespace().skip(1);
    let numbers: Vec<u64> = numbers.map(|number| number.parse().unwrap()).collect();
    // user, nice, system, (idle, waiting for a disk), interrupts, soft ones, stolen by a neighbour
    let busy: u64 = [0, 1, 2, 5, 6, 7].iter().map(|at| numbers[*at]).sum();
    busy as f64 / TICKS_PER_SECOND
}

/// Who used the CPU while something was measured.
pub struct Meter {
    beside: Vec<u32>,
    started: Instant,
    own: f64,
    theirs: Vec<f64>,
    busy: f64,
}

pub struct Usage {
    /// CPU seconds of this process.
    pub own: f64,
    /// CPU seconds of the processes named, in their order.
    pub theirs: Vec<f64>,
    /// How many cores all other programs kept busy.
    pub strangers: f64,
}

impl Meter {
    pub fn start(beside: &[u32]) -> Self {
        Self {
            beside: beside.to_vec(),
            started: Instant::now(),
            own: cpu("self"),
            theirs: beside.iter().map(|pid| cpu(&pid.to_string())).collect(),
            busy: busy(),
        }
    }

    pub fn stop(self) -> Usage {
        let seconds = self.started.elapsed().as_secs_f64();
        let all = busy() - self.busy;
        let own = cpu("self") - self.own;
        let now = self.beside.iter().map(|pid| cpu(&pid.to_string()));
        let theirs: Vec<f64> = now
            .zip(&self.theirs)
            .map(|(now, before)| now - before)
            .collect();
        let strangers = all - own - theirs.iter().sum::<f64>();
        Usage {
            own,
            theirs,
            strangers: (strangers / seconds).max(0.0),
        }
    }
}
