//! What the tasks of a random program do, and what is done to them from outside.

/// The number of a task: that of its script.
pub(crate) type Number = usize;

/// How many tasks a program has at most.
const TASKS: usize = 6;

#[derive(Debug)]
pub(crate) struct Program {
    /// What each task does, in the order in which they are spawned.
    pub(crate) scripts: Vec<Script>,
    /// What is done while the executor does not run, or has it run.
    pub(crate) outside: Vec<Outside>,
}

#[derive(Debug)]
pub(crate) struct Script {
    /// What it does in each poll; after the last of these it is pending.
    pub(crate) polls: Vec<(Vec<Deed>, Outcome)>,
    /// What it does when it is dropped.
    pub(crate) drop: Vec<Deed>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Deed {
    /// Wakes a task by the waker of its first poll, if it ever had one.
    Wake(Number),
    /// By its handle, or if that is dropped or in use not at all.
    Abort(Number),
    /// By an `AbortHandle`, which can outlive the handle.
    AbortLater(Number),
    /// Drops the handle, if it is still there.
    Detach(Number),
    /// Polls the handle, if it is still there and this is a poll.
    Await(Number),
    /// Spawns the task whose script is next.
    Spawn,
}

/// How a poll ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Outcome {
    Pending,
    Ready,
    Panic,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Outside {
    Deed(Deed),
    /// Wakes it from another thread.
    WakeElsewhere(Number),
    Tick,
    RunUntilStalled,
    /// A future that is pending and wakes itself that often before it is ready.
    BlockOn(usize),
}

struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }

    fn several<T>(&mut self, bound: usize, mut one: impl FnMut(&mut Self) -> T) -> Vec<T> {
        (0..self.below(bound)).map(|_| one(self)).collect()
    }

    fn deed(&mut self) -> Deed {
        let task = self.below(TASKS);
        match self.below(12) {
            0..4 => Deed::Wake(task),
            4 => Deed::Abort(task),
            5 => Deed::AbortLater(task),
            6 => Deed::Detach(task),
            7..9 => Deed::Await(task),
            _ => Deed::Spawn,
        }
    }

    fn script(&mut self) -> Script {
        let polls = self.several(6, |random| {
            let outcome = match random.below(8) {
                0 => Outcome::Panic,
                1 | 2 => Outcome::Ready,
                _ => Outcome::Pending,
            };
            (random.several(4, Random::deed), outcome)
        });
        Script { polls, drop: self.several(3, Random::deed) }
    }

    fn outside(&mut self) -> Outside {
        match self.below(10) {
            0..5 => Outside::Deed(self.deed()),
            5 => Outside::WakeElsewhere(self.below(TASKS)),
            6 => Outside::BlockOn(self.below(4)),
            7 => Outside::RunUntilStalled,
            _ => Outside::Tick,
        }
    }
}

impl Program {
    /// The program of that number.
    pub(crate) fn random(seed: u64) -> Self {
        let mut random = Random(seed);
        // The first numbers of neighbouring seeds are alike.
        let _ = random.below(1);
        Program {
            scripts: (0..TASKS).map(|_| random.script()).collect(),
            outside: (0..16).map(|_| random.outside()).collect(),
        }
    }
}
