//! Several futures in one task.

mod support;

use std::cell::Cell;
use std::future::{self, poll_fn};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use executor::{Either, Executor, block_on, join, join_all, race, select, try_join, yield_now};
use wakecheck::{
    WakerProbe, assert_pending, assert_ready, assert_ready_eq, assert_woken, task, waker_contract,
};

use crate::support::{Log, OnDrop, panic_of};

/// A future that counts its polls, and is ready when it is told to be.
#[derive(Clone, Default)]
struct Gate {
    polls: Rc<Cell<usize>>,
    open: Rc<Cell<bool>>,
    waker: Rc<Cell<Option<Waker>>>,
}

impl Gate {
    fn pass(&self) -> impl Future<Output = ()> + use<> {
        let gate = self.clone();
        poll_fn(move |cx| {
            gate.polls.set(gate.polls.get() + 1);
            gate.waker.set(Some(cx.waker().clone()));
            if gate.open.get() { Poll::Ready(()) } else { Poll::Pending }
        })
    }

    fn open(&self) {
        self.open.set(true);
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }
}

fn polls(gates: &[Gate]) -> Vec<usize> {
    gates.iter().map(|gate| gate.polls.replace(0)).collect()
}

#[test]
fn join_polls_every_branch_at_each_wake_until_it_is_ready() {
    let gates = [(); 3].map(|()| Gate::default());
    let [a, b, c] = gates.each_ref().map(Gate::pass);
    let mut joined = task::spawn(async { executor::join!(a, b, c) });
    assert_pending!(joined.poll());
    assert_eq!(polls(&gates), [1, 1, 1]);
    gates[1].open();
    assert_pending!(joined.poll());
    assert_eq!(polls(&gates), [1, 1, 1]);
    gates[0].open();
    gates[2].open();
    assert_ready_eq!(joined.poll(), ((), (), ()));
    assert_eq!(polls(&gates), [1, 0, 1], "a branch is not polled after it was ready");
}

#[test]
fn join_all_polls_only_the_children_that_were_woken() {
    let gates = [(); 4].map(|()| Gate::default());
    let mut joined = task::spawn(join_all(gates.each_ref().map(Gate::pass)));
    assert_pending!(joined.poll());
    assert_eq!(polls(&gates), [1, 1, 1, 1]);
    gates[2].open();
    assert_pending!(joined.poll());
    assert_eq!(polls(&gates), [0, 0, 1, 0]);
    assert_pending!(joined.poll_spurious());
    assert_eq!(polls(&gates), [0, 0, 0, 0], "a poll that no child asked for polls none");
    gates[0].open();
    gates[3].open();
    assert_pending!(joined.poll());
    assert_eq!(polls(&gates), [1, 0, 0, 1]);
    gates[1].open();
    assert_ready_eq!(joined.poll(), vec![(); 4]);
}

#[test]
fn a_child_that_wakes_itself_is_polled_once_in_each_poll_of_a_join_all() {
    let polls = Cell::new(0);
    let restless = poll_fn(|cx| {
        polls.set(polls.get() + 1);
        assert!(polls.get() <= 3, "it is polled for ever");
        cx.waker().wake_by_ref();
        Poll::<()>::Pending
    });
    let mut joined = task::spawn(join_all([restless]));
    for expected in 1..=3 {
        assert_pending!(joined.poll());
        assert_eq!(polls.get(), expected);
    }
}

#[test]
fn a_child_that_wakes_itself_in_its_last_poll_is_ready_once() {
    let gate = Gate::default();
    let last_words = poll_fn(|cx| {
        cx.waker().wake_by_ref();
        Poll::Ready(())
    });
    let children: [Pin<Box<dyn Future<Output = ()>>>; 2] = [Box::pin(last_words), Box::pin(gate.pass())];
    let mut joined = task::spawn(join_all(children));
    assert_pending!(joined.poll());
    assert_pending!(joined.poll());
    gate.open();
    assert_ready_eq!(joined.poll(), vec![(); 2]);
}

#[test]
fn a_join_all_that_is_dropped_keeps_no_waker_though_a_child_left_its_own_elsewhere() {
    let gate = Gate::default();
    let (waker, probe) = WakerProbe::new();
    let mut joined = Box::pin(join_all([gate.pass()]));
    assert!(joined.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
    assert_eq!(probe.live(), 2);
    drop(joined);
    assert_eq!(probe.live(), 1);
    gate.open();
    assert_eq!(probe.wakes(), 0);
}

#[test]
fn joining_nothing_is_ready_at_once() {
    assert_eq!(block_on(join_all([] as [future::Ready<()>; 0])), []);
}

/// Checks the contract of a future that waits for a gate.
fn check<F: Future>(name: &str, waits: impl FnOnce(&Gate) -> F) {
    let gate = Gate::default();
    let future = waits(&gate);
    let checked = waker_contract(|| (future, move || gate.open())).check();
    assert_eq!(checked, Ok(()), "{name}");
}

#[test]
fn the_combinators_keep_the_contract_of_a_future() {
    check("join", |gate| join(gate.pass(), async {}));
    check("join!", |gate| {
        let (one, two) = (gate.pass(), gate.pass());
        async { executor::join!(async {}, one, yield_now(), two) }
    });
    check("join_all", |gate| join_all([gate.pass()]));
    check("select", |gate| select(future::pending::<()>(), gate.pass()));
    check("race", |gate| race(gate.pass(), future::pending()));
    check("try_join", |gate| {
        let gate = gate.pass();
        try_join(
            async {
                gate.await;
                Err::<(), _>("failed")
            },
            future::pending::<Result<(), _>>(),
        )
    });
}

#[test]
fn outputs_come_in_the_order_of_the_arguments_whoever_is_first() {
    let yields = |times| async move {
        for _ in 0..times {
            yield_now().await;
        }
        times
    };
    assert_eq!(block_on(async { executor::join!(yields(2), yields(0), yields(1)) }), (2, 0, 1));
    assert_eq!(block_on(join(yields(1), yields(0))), (1, 0));
    assert_eq!(block_on(join_all([yields(2), yields(0), yields(1)])), [2, 0, 1]);
}

#[test]
fn try_join_ends_at_the_first_error_and_drops_the_rest() {
    let log = Log::default();
    let branch = |name: &'static str| {
        let noted = log.clone();
        let guard = OnDrop(move || noted.add(name));
        async move {
            let _guard = guard;
            future::pending::<Result<(), &str>>().await
        }
    };
    let fails = async {
        yield_now().await;
        Err::<(), _>("failed")
    };
    let result = block_on(async { executor::try_join!(branch("a"), fails, branch("c")) });
    assert_eq!(result, Err("failed"));
    let mut dropped = log.take();
    dropped.sort_unstable();
    assert_eq!(dropped, ["a", "c"]);
    let fails = async { Err::<(), _>("failed") };
    assert_eq!(block_on(try_join(fails, branch("second"))), Err("failed"));
    assert_eq!(log.take(), ["second"]);
    assert_eq!(block_on(try_join(async { Ok::<_, ()>(1) }, async { Ok(2) })), Ok((1, 2)));
    let three = async { executor::try_join!(async { Ok::<_, ()>(1) }, async { Ok(2) }, async { Ok(3) }) };
    assert_eq!(block_on(three), Ok((1, 2, 3)));
}

#[test]
fn try_join_waits_for_all_that_may_still_fail_and_polls_none_behind_an_error() {
    let gate = Gate::default();
    let passes = |gate: &Gate| {
        let passed = gate.pass();
        async move {
            passed.await;
            Ok::<_, &str>(1)
        }
    };
    let mut joined = task::spawn(try_join(passes(&gate), async { Ok(2) }));
    assert_pending!(joined.poll());
    gate.open();
    assert_ready_eq!(joined.poll(), Ok((1, 2)));

    let untouched = Gate::default();
    let failed = || async { Err::<(), _>("failed") };
    let behind = (passes(&untouched), passes(&untouched));
    assert_eq!(block_on(try_join(failed(), behind.0)), Err("failed"));
    assert_eq!(block_on(async { executor::try_join!(failed(), behind.1) }), Err("failed"));
    assert_eq!(polls(&[untouched]), [0]);
}

fn refuses_another_poll(joined: impl Future) -> bool {
    let mut joined = pin!(joined);
    let mut poll = || joined.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready();
    assert!(poll());
    panic_of(poll).is_some_and(|message| message.contains("polled again"))
}

#[test]
fn a_join_that_is_polled_again_after_it_was_ready_says_so() {
    assert!(refuses_another_poll(join(async {}, async {})));
    assert!(refuses_another_poll(join_all([async {}])));
    let failed = async { Err::<(), _>("failed") };
    assert!(refuses_another_poll(try_join(failed, future::pending::<Result<(), _>>())));
}

#[test]
fn of_two_that_are_ready_the_first_argument_wins() {
    assert_eq!(block_on(select(async { 1 }, async { 2 })), Either::Left(1));
    assert_eq!(block_on(race(async { 1 }, async { 2 })), 1);
    assert_eq!(block_on(race(future::pending(), async { 2 })), 2);
}

#[test]
fn the_loser_of_a_race_is_dropped_unless_it_was_borrowed() {
    let log = Log::default();
    let noted = log.clone();
    let guard = OnDrop(move || noted.add("dropped"));
    let loser = async move {
        let _guard = guard;
        yield_now().await;
        "late"
    };
    let mut loser = Box::pin(loser);
    block_on(async {
        let first = race(loser.as_mut(), async { "first" }).await;
        assert_eq!((first, log.take().len()), ("first", 0));
        assert_eq!(loser.await, "late", "it goes on where it was");
    });
    assert_eq!(log.take(), ["dropped"]);
}

#[test]
fn dropping_a_join_drops_what_is_left_and_what_is_ready() {
    let log = Log::default();
    let guard = |name: &'static str| {
        let noted = log.clone();
        OnDrop(move || noted.add(name))
    };
    let (ready, pending) = (guard("output"), guard("future"));
    let joined = join(async move { ready }, async move {
        let _pending = pending;
        future::pending::<()>().await;
    });
    let mut joined = task::spawn(joined);
    assert!(joined.poll().is_pending());
    assert_eq!(log.take(), [""; 0]);
    drop(joined);
    assert_eq!(log.take(), ["output", "future"]);
}

#[test]
fn a_task_that_is_aborted_in_the_middle_of_a_join_drops_all_branches() {
    let executor = Executor::new();
    let log = Log::default();
    let branch = |name: &'static str| {
        let noted = log.clone();
        let guard = OnDrop(move || noted.add(name));
        async move {
            let _guard = guard;
            future::pending::<()>().await;
        }
    };
    let (a, b, c) = (branch("a"), branch("b"), branch("c"));
    let handle = executor.spawn(async move {
        executor::join!(a, b);
        c.await;
    });
    let _ = executor.tick();
    handle.abort();
    let _ = executor.tick();
    let mut dropped = log.take();
    dropped.sort_unstable();
    assert_eq!(dropped, ["a", "b", "c"]);
}

#[test]
fn a_panic_in_a_branch_ends_the_task_and_drops_the_other_branches() {
    let log = Log::default();
    let noted = log.clone();
    let guard = OnDrop(move || noted.add("other dropped"));
    let other = async move {
        let _guard = guard;
        future::pending::<()>().await;
    };
    let panics = async { panic!("branch") };
    assert_eq!(panic_of(|| block_on(join(other, panics))).as_deref(), Some("branch"));
    assert_eq!(log.take(), ["other dropped"]);
}

#[test]
fn yielding_is_pending_once_and_wakes_itself() {
    let mut yielded = task::spawn(yield_now());
    assert_pending!(yielded.poll());
    assert_woken!(yielded);
    assert_ready!(yielded.poll());
    assert_eq!(yielded.probe().wakes(), 1);
    assert_eq!(waker_contract(|| (yield_now(), || ())).check(), Ok(()));
}
