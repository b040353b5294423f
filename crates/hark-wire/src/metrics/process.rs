//! What every process says of itself, under the names that dashboards know.

use std::sync::atomic::AtomicU64;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};

/// Linux counts time in hundredths of a second for all programs, and memory in pages of this size on most machines.
const TICKS: f64 = 100.0;

pub(super) struct Process {
    pub(super) registry: Registry,
    cpu: Counter<f64, AtomicU64>,
    memory: Gauge,
    files: Gauge,
    most_files: Gauge,
    started: Gauge<f64, AtomicU64>,
}

impl Process {
    pub(super) fn new() -> Self {
        let mut registry = Registry::with_prefix("process");
        let this = Self {
            cpu: Counter::default(),
            memory: Gauge::default(),
            files: Gauge::default(),
            most_files: Gauge::default(),
            started: Gauge::default(),
            registry: Registry::default(),
        };
        registry.register_with_unit("cpu", "Time on processors", Unit::Seconds, this.cpu.clone());
        registry.register_with_unit(
            "resident_memory",
            "Memory in use",
            Unit::Bytes,
            this.memory.clone(),
        );
        registry.register("open_fds", "Open files and connections", this.files.clone());
        registry.register("max_fds", "How many may be open", this.most_files.clone());
        registry.register_with_unit(
            "start_time",
            "When it was started",
            Unit::Seconds,
            this.started.clone(),
        );
        Self { registry, ..this }
    }

    /// As `/proc` says it; where there is none, the numbers stay as they are.
    pub(super) fn look(&self) {
        let read =
            |name: &str| std::fs::read_to_string(format!("/proc/self/{name}")).unwrap_or_default();
        if let Ok(open) = std::fs::read_dir("/proc/self/fd") {
            self.files.set(i64::try_from(open.count()).unwrap_or(0));
        }
        let limits = read("limits");
        let most = limits
            .lines()
            .find_map(|line| line.strip_prefix("Max open files"));
        if let Some(most) = most.and_then(|rest| rest.split_whitespace().next()?.parse().ok()) {
            self.most_files.set(most);
        }
        let status = read("status");
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        if let Some(kilobytes) =
            resident.and_then(|rest| rest.split_whitespace().next()?.parse::<i64>().ok())
        {
            self.memory.set(kilobytes * 1024);
        }
        // The name in brackets may hold anything; what follows it has fixed places.
        let stat = read("stat");
        let fields: Vec<&str> = stat
            .rsplit_once(')')
            .map(|(_, rest)| rest.split_whitespace().collect())
            .unwrap_or_default();
        let ticks = |place: usize| fields.get(place).and_then(|text| text.parse::<f64>().ok());
        if let (Some(user), Some(system)) = (ticks(11), ticks(12)) {
            let seconds = (user + system) / TICKS;
            self.cpu
                .inner()
                .store(seconds.to_bits(), std::sync::atomic::Ordering::Relaxed);
        }
        let booted = std::fs::read_to_string("/proc/stat").unwrap_or_default();
        let booted = booted.lines().find_map(|line| line.strip_prefix("btime "));
        if let (Some(booted), Some(started)) =
            (booted.and_then(|text| text.parse::<f64>().ok()), ticks(19))
        {
            self.started.set(booted + started / TICKS);
        }
    }
}
