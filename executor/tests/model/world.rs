//! A program, run by the executor.

use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::thread;

use executor::{AbortHandle, Executor, JoinHandle, Progress, Spawner};

use crate::program::{Deed, Number, Outcome, Outside, Program, Script};

/// What the tasks of a program know of each other.
struct World {
    log: RefCell<Vec<String>>,
    spawner: Spawner,
    /// Those that are not spawned yet, the next one last.
    scripts: RefCell<Vec<Script>>,
    tasks: RefCell<Vec<Known>>,
    /// The end has come: what is dropped now does nothing more.
    over: Cell<bool>,
}

/// What is left of a task that was spawned.
struct Known {
    handle: Option<JoinHandle<Output>>,
    abort_handle: AbortHandle,
    waker: Option<Waker>,
}

/// What a task gives when it is ready. Tells of its drop.
struct Output(Rc<World>, Number);

impl Drop for Output {
    fn drop(&mut self) {
        self.0.log(format!("output of {} dropped", self.1));
    }
}

impl World {
    fn log(&self, line: String) {
        self.log.borrow_mut().push(line);
    }

    fn spawn(self: &Rc<Self>) {
        let Some(script) = self.scripts.borrow_mut().pop() else { return };
        let number = self.tasks.borrow().len();
        let task = Task { number, poll: 0, script, world: Rc::clone(self) };
        let handle = self.spawner.spawn(task);
        let abort_handle = handle.abort_handle();
        self.tasks.borrow_mut().push(Known { handle: Some(handle), abort_handle, waker: None });
    }

    fn act(self: &Rc<Self>, deed: Deed, cx: Option<&mut Context<'_>>) {
        match deed {
            Deed::Spawn => self.spawn(),
            Deed::Wake(task) => {
                let waker = self.tasks.borrow().get(task).and_then(|known| known.waker.clone());
                waker.inspect(Waker::wake_by_ref);
            }
            Deed::Abort(task) => {
                if let Some(handle) = self.take_handle(task) {
                    handle.abort();
                    self.put_back(task, handle);
                }
            }
            Deed::AbortLater(task) => {
                let abort_handle = self.tasks.borrow().get(task).map(|known| known.abort_handle.clone());
                abort_handle.inspect(AbortHandle::abort);
            }
            Deed::Detach(task) => drop(self.take_handle(task)),
            Deed::Await(task) => {
                let Some(cx) = cx else { return };
                let Some(mut handle) = self.take_handle(task) else { return };
                match Pin::new(&mut handle).poll(cx) {
                    Poll::Pending => self.put_back(task, handle),
                    Poll::Ready(Ok(output)) => self.log(format!("{task} gave {}", output.1)),
                    Poll::Ready(Err(error)) => self.log(format!("{task} {}", how(error.is_panic()))),
                }
            }
        }
    }

    fn take_handle(&self, task: Number) -> Option<JoinHandle<Output>> {
        self.tasks.borrow_mut().get_mut(task)?.handle.take()
    }

    fn put_back(&self, task: Number, handle: JoinHandle<Output>) {
        self.tasks.borrow_mut()[task].handle = Some(handle);
    }
}

pub(crate) fn how(panicked: bool) -> &'static str {
    if panicked { "panicked" } else { "was cancelled" }
}

struct Task {
    number: Number,
    /// How many polls there were.
    poll: usize,
    script: Script,
    world: Rc<World>,
}

impl Future for Task {
    type Output = Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Output> {
        let Task { number, poll, script, world } = &mut *self;
        world.log(format!("{number} polled"));
        world.tasks.borrow_mut()[*number].waker.get_or_insert_with(|| cx.waker().clone());
        let Some((deeds, outcome)) = script.polls.get(*poll) else { return Poll::Pending };
        *poll += 1;
        deeds.iter().for_each(|deed| world.act(*deed, Some(cx)));
        match outcome {
            Outcome::Pending => Poll::Pending,
            Outcome::Ready => Poll::Ready(Output(Rc::clone(world), *number)),
            Outcome::Panic => resume_unwind(Box::new(*number)),
        }
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        self.world.log(format!("{} dropped", self.number));
        if !self.world.over.get() {
            self.script.drop.iter().for_each(|deed| self.world.act(*deed, None));
        }
    }
}

pub(crate) fn run(program: &Program, executor: Executor) -> Vec<String> {
    let scripts = program.scripts.iter().rev();
    let scripts = scripts.map(|script| Script { polls: script.polls.clone(), drop: script.drop.clone() });
    let world = Rc::new(World {
        log: RefCell::default(),
        spawner: executor.spawner(),
        scripts: RefCell::new(scripts.collect()),
        tasks: RefCell::default(),
        over: Cell::new(false),
    });
    for outside in &program.outside {
        match *outside {
            Outside::Deed(deed) => world.act(deed, None),
            Outside::WakeElsewhere(task) => {
                let waker = world.tasks.borrow().get(task).and_then(|known| known.waker.clone());
                if let Some(waker) = waker {
                    thread::spawn(move || waker.wake()).join().expect("a wake does not panic");
                }
            }
            Outside::Tick => log_run(&world, || log_progress(&world, executor.tick())),
            Outside::RunUntilStalled => {
                log_run(&world, || log_progress(&world, executor.run_until_stalled()));
            }
            Outside::BlockOn(yields) => log_run(&world, || {
                executor.block_on(root(&world, yields));
                world.log("block_on returned".to_owned());
            }),
        }
        world.log(format!("finished: {:?}", finished(&world)));
    }
    world.over.set(true);
    let before = world.log.borrow().len();
    drop(executor);
    world.log("executor dropped".to_owned());
    // In which order it drops them is its own affair.
    world.log.borrow_mut()[before..].sort();
    let log = world.log.take();
    // A result that nobody has asked for is with its handle, and holds the world, which has the handle.
    drop(world.tasks.take());
    log
}

async fn root(world: &World, mut yields: usize) {
    poll_fn(|cx| {
        world.log("root polled".to_owned());
        if yields == 0 {
            return Poll::Ready(());
        }
        yields -= 1;
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// Runs the executor, and notes what it raises.
fn log_run(world: &World, run: impl FnOnce()) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(run)) {
        world.log(format!("raised {:?}", panic.downcast_ref::<Number>()));
    }
}

fn log_progress(world: &World, progress: Progress) {
    let Progress { polled, completed, live, ready, .. } = progress;
    world.log(format!("polled {polled}, completed {completed}, live {live}, ready {ready}"));
}

/// Which tasks are done, as far as there are handles to ask.
fn finished(world: &World) -> Vec<Option<bool>> {
    let tasks = world.tasks.borrow();
    tasks.iter().map(|known| known.handle.as_ref().map(JoinHandle::is_finished)).collect()
}
