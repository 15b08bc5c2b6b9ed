//! A program, run by nothing but the rules.

use std::collections::VecDeque;
use std::mem;

use crate::program::{Deed, Number, Outcome, Outside, Program};
use crate::world::how;

/// What stands in a queue for the future of a `block_on`.
const ROOT: Number = usize::MAX;

#[derive(Default)]
struct Oracle<'a> {
    program: Option<&'a Program>,
    log: Vec<String>,
    tasks: Vec<Task>,
    /// The round, and what was woken since it began.
    batch: VecDeque<Number>,
    woken: VecDeque<Number>,
    /// What came while nobody ran the executor, by ways that are open to other threads.
    mail: Vec<Mail>,
    running: bool,
    /// Panics that nobody will read.
    unread: VecDeque<Number>,
    polled: usize,
    completed: usize,
}

#[derive(Default)]
struct Task {
    polls: usize,
    state: State,
    /// It is to be dropped instead of being polled again.
    aborted: bool,
    /// By its `AbortHandle`, from outside.
    abort_posted: bool,
    detached: bool,
    joiner: Option<Number>,
}

#[derive(Clone, Copy, PartialEq, Eq, Default)]
enum State {
    #[default]
    Waiting,
    Polling,
    /// It is done, and the handle can have this.
    Done(End),
    /// The result was taken, or nobody wanted it.
    Gone,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Output,
    Panic,
    Cancelled,
}

#[derive(Clone, Copy)]
enum Mail {
    Wake(Number),
    Abort(Number),
}

/// Why a run ends.
enum Stop {
    RootIsReady,
    Raised(Number),
}

pub(crate) fn run(program: &Program) -> Vec<String> {
    let mut oracle = Oracle { program: Some(program), ..Oracle::default() };
    for outside in &program.outside {
        match *outside {
            Outside::Deed(deed) => oracle.act(deed, None),
            Outside::WakeElsewhere(task) => oracle.act(Deed::Wake(task), None),
            Outside::Tick => oracle.run(|oracle| oracle.round(0).map(|()| true)),
            Outside::RunUntilStalled => oracle.run(|oracle| {
                oracle.deliver();
                while oracle.batch.len() + oracle.woken.len() > 0 {
                    oracle.round(0)?;
                }
                oracle.raise_unread().map(|()| true)
            }),
            Outside::BlockOn(yields) => oracle.block_on(yields),
        }
        let finished: Vec<_> = oracle.tasks.iter().map(Task::finished).collect();
        oracle.log(format!("finished: {finished:?}"));
    }
    oracle.end()
}

impl Task {
    fn finished(&self) -> Option<bool> {
        let has_handle = !self.detached && self.state != State::Gone;
        has_handle.then_some(matches!(self.state, State::Done(_)))
    }

    fn is_live(&self) -> bool {
        matches!(self.state, State::Waiting | State::Polling)
    }
}

impl Oracle<'_> {
    fn log(&mut self, line: String) {
        self.log.push(line);
    }

    fn is_queued(&self, task: Number) -> bool {
        self.batch.contains(&task) || self.woken.contains(&task)
    }

    fn queue(&mut self, task: Number) {
        if !self.is_queued(task) && (task == ROOT || self.tasks[task].is_live()) {
            self.woken.push_back(task);
        }
    }

    fn act(&mut self, deed: Deed, actor: Option<Number>) {
        match deed {
            Deed::Spawn => {
                if self.tasks.len() < self.program.unwrap().scripts.len() {
                    self.tasks.push(Task::default());
                    self.queue(self.tasks.len() - 1);
                }
            }
            // Who was never polled has given nobody its waker.
            Deed::Wake(task) if !self.was_polled(task) => {}
            Deed::Wake(task) if self.running => self.queue(task),
            Deed::Wake(task) => self.mail.push(Mail::Wake(task)),
            Deed::Abort(task) => {
                if self.tasks.get(task).is_some_and(|task| task.finished().is_some()) {
                    self.abort(task);
                }
            }
            Deed::AbortLater(task) if self.running => self.abort(task),
            Deed::AbortLater(task) => {
                if self.tasks.get(task).is_some_and(|task| !task.abort_posted) {
                    self.tasks[task].abort_posted = true;
                    self.mail.push(Mail::Abort(task));
                }
            }
            Deed::Detach(task) => self.detach(task),
            Deed::Await(task) => {
                if let Some(actor) = actor {
                    self.claim(task, actor);
                }
            }
        }
    }

    fn was_polled(&self, task: Number) -> bool {
        self.tasks.get(task).is_some_and(|task| task.polls > 0)
    }

    fn abort(&mut self, number: Number) {
        let Some(task) = self.tasks.get_mut(number) else { return };
        task.aborted |= task.is_live();
        if task.state == State::Waiting {
            self.queue(number);
        }
    }

    fn detach(&mut self, number: Number) {
        let Some(task) = self.tasks.get_mut(number) else { return };
        if task.detached || task.state == State::Gone {
            return;
        }
        task.detached = true;
        if let State::Done(end) = task.state {
            task.state = State::Gone;
            match end {
                End::Output => self.log(format!("output of {number} dropped")),
                End::Panic => self.unread.push_back(number),
                End::Cancelled => {}
            }
        }
    }

    fn claim(&mut self, number: Number, actor: Number) {
        let Some(task) = self.tasks.get_mut(number).filter(|task| task.finished().is_some()) else { return };
        let State::Done(end) = task.state else {
            task.joiner = Some(actor);
            return;
        };
        task.state = State::Gone;
        if end == End::Output {
            self.log(format!("{number} gave {number}"));
            self.log(format!("output of {number} dropped"));
        } else {
            self.log(format!("{number} {}", how(end == End::Panic)));
        }
    }

    // Running.

    /// Runs, notes what is raised, and the progress if `body` asks for that.
    fn run(&mut self, body: impl FnOnce(&mut Self) -> Result<bool, Stop>) {
        (self.polled, self.completed) = (0, 0);
        self.running = true;
        let result = body(self);
        self.running = false;
        match result {
            Ok(true) => {
                let live = self.tasks.iter().filter(|task| task.is_live()).count();
                let (polled, completed) = (self.polled, self.completed);
                let ready = self.batch.len() + self.woken.len();
                self.log(format!("polled {polled}, completed {completed}, live {live}, ready {ready}"));
            }
            Err(Stop::Raised(number)) => self.log(format!("raised {:?}", Some(number))),
            Ok(false) | Err(Stop::RootIsReady) => {}
        }
    }

    fn deliver(&mut self) {
        for mail in mem::take(&mut self.mail) {
            match mail {
                Mail::Wake(task) => self.queue(task),
                Mail::Abort(task) => self.abort(task),
            }
        }
    }

    fn block_on(&mut self, yields: usize) {
        self.run(|oracle| {
            // It was there before the mail is opened.
            oracle.queue(ROOT);
            let mut left = yields;
            let stop = loop {
                match oracle.round(left) {
                    // The root is polled once in each round.
                    Ok(()) => left -= 1,
                    Err(stop) => break stop,
                }
            };
            oracle.batch.retain(|task| *task != ROOT);
            oracle.woken.retain(|task| *task != ROOT);
            let Stop::RootIsReady = stop else { return Err(stop) };
            oracle.raise_unread()?;
            oracle.log("block_on returned".to_owned());
            Ok(false)
        });
    }

    /// `yields` is how often a root will still wake itself.
    fn round(&mut self, yields: usize) -> Result<(), Stop> {
        self.deliver();
        self.batch.append(&mut self.woken);
        while let Some(task) = self.batch.pop_front() {
            if task == ROOT {
                self.log("root polled".to_owned());
                if yields == 0 {
                    return Err(Stop::RootIsReady);
                }
                self.queue(ROOT);
            } else {
                self.turn(task)?;
            }
        }
        self.raise_unread()
    }

    fn raise_unread(&mut self) -> Result<(), Stop> {
        self.unread.pop_front().map_or(Ok(()), |number| Err(Stop::Raised(number)))
    }

    fn turn(&mut self, number: Number) -> Result<(), Stop> {
        self.tasks[number].state = State::Polling;
        if self.tasks[number].aborted {
            self.drop_future(number);
            return self.finish(number, End::Cancelled);
        }
        self.polled += 1;
        self.log(format!("{number} polled"));
        let program = self.program.unwrap();
        let script = program.scripts[number].polls.get(self.tasks[number].polls);
        self.tasks[number].polls += 1;
        let (deeds, outcome) = script.map_or((&[][..], Outcome::Pending), |(deeds, end)| (deeds, *end));
        deeds.iter().for_each(|deed| self.act(*deed, Some(number)));
        let end = match outcome {
            Outcome::Pending => {
                self.tasks[number].state = State::Waiting;
                if self.tasks[number].aborted {
                    self.queue(number);
                }
                return Ok(());
            }
            Outcome::Ready => End::Output,
            Outcome::Panic => End::Panic,
        };
        self.drop_future(number);
        self.completed += 1;
        self.finish(number, end)
    }

    fn drop_future(&mut self, number: Number) {
        self.log(format!("{number} dropped"));
        let program = self.program.unwrap();
        program.scripts[number].drop.iter().for_each(|deed| self.act(*deed, None));
    }

    fn finish(&mut self, number: Number, end: End) -> Result<(), Stop> {
        self.tasks[number].state = State::Done(end);
        self.batch.retain(|queued| *queued != number);
        self.woken.retain(|queued| *queued != number);
        if !self.tasks[number].detached {
            if let Some(joiner) = self.tasks[number].joiner {
                self.queue(joiner);
            }
            return Ok(());
        }
        self.tasks[number].state = State::Gone;
        match end {
            End::Output => self.log(format!("output of {number} dropped")),
            End::Panic => return Err(Stop::Raised(number)),
            End::Cancelled => {}
        }
        Ok(())
    }

    /// Everything that is left is dropped, in any order.
    fn end(mut self) -> Vec<String> {
        let before = self.log.len();
        for number in 0..self.tasks.len() {
            if self.tasks[number].is_live() {
                self.log(format!("{number} dropped"));
            }
        }
        self.log("executor dropped".to_owned());
        self.log[before..].sort();
        self.log
    }
}
