//! How much processor time, and how much memory, a client takes for its requests.

mod plan;
mod servers;
mod stacks;
mod instructions;

pub use self::instructions::table as instructions;
pub use self::servers::{Servers, serve_slowly};
pub use self::stacks::names;

use std::error::Error;

use rounds::child::{self, Sampler};
use rounds::process::{cpu_time, peak_resident};
use rounds::report;
use rounds::session::{self, Entry};
use rounds::workload::{Group, Scale, Unit};

use self::plan::{KIBIBYTE, MEBIBYTE, Plan, Site};
use crate::clients::HYPER;

/// Without a client one cannot get much below the loop written by hand.
static GROUP: Group = Group { name: "client", floor: Some(stacks::RAW_MIO) };

pub struct Workload {
    pub measured: rounds::workload::Workload,
    kind: Kind,
}

/// What is fetched.
#[derive(Clone, Copy)]
enum Kind {
    /// A KiB, over and over, over so many connections at once.
    Small(usize),
    /// A large body, a few times over one connection.
    Large,
    /// 10 KiB over each of very many connections, from a server that takes its time.
    Slow,
    /// Large bodies, many at once.
    Many,
}

pub static WORKLOADS: [Workload; 5] = [
    workload(Kind::Small(1), "get-1", "GET of 1 KiB, kept alive, 1 connection, CPU time", 0.85),
    workload(Kind::Small(50), "get-50", "GET of 1 KiB, kept alive, 50 connections, CPU time", 0.90),
    workload(Kind::Large, "large", "1 GiB (16 bodies of 64 MiB), CPU time of each MiB", 0.97),
    workload(
        Kind::Slow,
        "slow-1000",
        "1000 GETs of 10 KiB at once, server takes 50 ms, CPU time of each",
        0.90,
    ),
    // 20 MiB where hyper takes 27.
    workload(Kind::Many, "many-64", "64 bodies of 16 MiB at once, peak of resident memory", 20.0 / 27.0)
        .in_mebibytes(),
];

const fn workload(kind: Kind, name: &'static str, title: &'static str, goal: f64) -> Workload {
    let (group, unit, baseline) = (&GROUP, Unit::Nanoseconds, HYPER);
    Workload { measured: rounds::workload::Workload { group, name, title, unit, baseline, goal }, kind }
}

impl Workload {
    const fn in_mebibytes(mut self) -> Workload {
        self.measured.unit = Unit::Mebibytes;
        self
    }

    pub fn find(name: &str) -> Option<&'static Workload> {
        WORKLOADS.iter().find(|workload| workload.measured.name == name)
    }
}

impl Kind {
    /// What one sample is.
    fn plan(self, scale: Scale) -> Plan {
        let small = |tasks| Plan {
            site: Site::Fast,
            path: "/small",
            body: KIBIBYTE,
            tasks,
            each: scale.pick(2_000, 10_000) / tasks,
            fresh: false,
        };
        match self {
            Kind::Small(tasks) => small(tasks),
            Kind::Large => Plan { path: "/large", body: 64 * MEBIBYTE, each: scale.pick(1, 16), ..small(1) },
            Kind::Slow => Plan {
                site: Site::Slow,
                body: 10 * KIBIBYTE,
                tasks: scale.pick(200, 1_000),
                each: 1,
                fresh: true,
                ..small(1)
            },
            Kind::Many => {
                Plan { path: "/middle", body: 16 * MEBIBYTE, tasks: scale.pick(16, 64), each: 1, ..small(1) }
            }
        }
    }

    /// How many operations a sample is.
    fn operations(self, plan: &Plan) -> usize {
        match self {
            Kind::Large => plan.bytes() / MEBIBYTE,
            Kind::Small(_) | Kind::Slow | Kind::Many => plan.tasks * plan.each,
        }
    }
}

/// Measures these workloads of the stacks named in `of`, or of all if there are none.
///
/// # Errors
///
/// If there are no servers to be had.
pub fn run(workloads: &[&'static Workload], of: &[String], scale: Scale) -> Result<Tables, Box<dyn Error>> {
    let servers = Servers::start()?;
    let wanted = |name: &&str| of.is_empty() || of.iter().any(|each| each == name);
    let entries: Vec<_> = workloads
        .iter()
        .map(|workload| Entry {
            workload: &workload.measured,
            contestants: stacks::names().filter(wanted).collect(),
        })
        .collect();
    let results = session::run(&entries, scale, &servers.arguments());
    let mut tables = Tables::default();
    report::markdown(&mut tables.markdown, &[&GROUP], &results)?;
    report::csv(&mut tables.csv, &results)?;
    rounds::plot::svg(&mut tables.svg, &results)?;
    Ok(tables)
}

/// The same figures, in three ways.
#[derive(Default)]
pub struct Tables {
    pub markdown: String,
    pub csv: String,
    pub svg: String,
}

/// Is a process that measures one stack.
pub fn measure(stack: &str, workload: &Workload, scale: Scale, servers: &[String]) {
    child::serve(|| sampler(stack, workload, scale, servers));
}

fn sampler(stack: &str, workload: &Workload, scale: Scale, servers: &[String]) -> Result<Sampler, String> {
    let plan = workload.kind.plan(scale);
    let job = plan.job(servers)?;
    plan.make_room()?;
    let (kind, unit) = (workload.kind, workload.measured.unit);
    let make = stacks::find(stack).ok_or("nobody has this name")?;
    let kept = if plan.fresh { None } else { Some(make(&job)?) };
    Ok(Box::new(move || {
        let before = cpu_time();
        let bytes = match &kept {
            Some(stack) => stack.fetch(&job),
            // Making it is part of it, for everybody.
            None => make(&job).and_then(|stack| stack.fetch(&job)),
        }?;
        let took = cpu_time() - before;
        if bytes != plan.bytes() {
            return Err(format!("{bytes} bytes arrived instead of {}", plan.bytes()));
        }
        if unit.is_memory() {
            return Ok(peak_resident()? as f64 / MEBIBYTE as f64);
        }
        Ok(took.as_nanos() as f64 / kind.operations(&plan) as f64)
    }))
}
