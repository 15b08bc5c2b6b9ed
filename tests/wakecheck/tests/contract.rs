//! Every way to break the contract is found, and what keeps it is left alone.

use std::cell::{Cell, RefCell};
use std::future::{self, poll_fn};
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use wakecheck::{Violation, waker_contract};

/// A future and its event, which share this.
#[derive(Clone, Default)]
struct Shared {
    happened: Rc<Cell<bool>>,
    wakers: Rc<RefCell<Vec<Waker>>>,
}

impl Shared {
    /// Lets a future treat its waker like this in every poll, and has the event wake what was kept.
    fn check(register: impl FnMut(&Shared, &mut Context<'_>)) -> Result<(), Violation> {
        let shared = Shared::default();
        shared.check_with(register, |shared| {
            shared.happened.set(true);
            shared.wakers.take().into_iter().for_each(Waker::wake);
        })
    }

    fn check_with(
        &self,
        mut register: impl FnMut(&Shared, &mut Context<'_>),
        event: impl FnOnce(&Shared),
    ) -> Result<(), Violation> {
        let (waits, happens) = (self.clone(), self.clone());
        let future = poll_fn(move |cx| {
            if waits.happened.get() {
                return Poll::Ready(());
            }
            register(&waits, cx);
            Poll::Pending
        });
        waker_contract(|| (future, move || event(&happens))).check()
    }

    fn keep_last(&self, cx: &mut Context<'_>) {
        *self.wakers.borrow_mut() = vec![cx.waker().clone()];
    }
}

#[test]
fn a_future_that_keeps_the_last_waker_keeps_the_contract() {
    assert_eq!(Shared::check(Shared::keep_last), Ok(()));
}

#[test]
fn a_future_that_keeps_all_wakers_keeps_the_contract() {
    assert_eq!(Shared::check(|shared, cx| shared.wakers.borrow_mut().push(cx.waker().clone())), Ok(()));
}

// async_once#1
#[test]
fn a_future_that_keeps_no_waker_is_found() {
    assert_eq!(Shared::check(|_, _| {}), Err(Violation::LostWakeup));
    assert_eq!(waker_contract(|| (future::pending::<()>(), || ())).check(), Err(Violation::LostWakeup));
}

// whisk#1; the note in the async book's chapter on timers
#[test]
fn a_future_that_keeps_the_first_waker_only_is_found() {
    let keep_first = |shared: &Shared, cx: &mut Context<'_>| {
        if shared.wakers.borrow().is_empty() {
            shared.keep_last(cx);
        }
    };
    assert_eq!(Shared::check(keep_first), Err(Violation::StaleWaker));
}

#[test]
fn an_event_that_wakes_nobody_is_found() {
    let forgetful = |shared: &Shared| shared.happened.set(true);
    assert_eq!(Shared::default().check_with(Shared::keep_last, forgetful), Err(Violation::NotWokenByEvent));
}

#[test]
fn a_wake_before_the_future_can_be_ready_is_found() {
    let early = |shared: &Shared| shared.wakers.take().into_iter().for_each(Waker::wake);
    assert_eq!(Shared::default().check_with(Shared::keep_last, early), Err(Violation::PendingAfterEvent));
}

#[test]
fn a_future_that_needs_no_event_is_found() {
    assert_eq!(waker_contract(|| (async {}, || ())).check(), Err(Violation::ReadyBeforeEvent));
    let shared = Shared::default();
    let polled_on = |shared: &Shared, cx: &mut Context<'_>| {
        shared.keep_last(cx);
        shared.happened.set(true);
    };
    assert_eq!(shared.check_with(polled_on, |_| {}), Err(Violation::ReadyBeforeEvent));
}

#[test]
fn a_future_that_wakes_itself_keeps_the_contract_without_an_event() {
    let wakes_itself = |shared: &Shared, cx: &mut Context<'_>| {
        cx.waker().wake_by_ref();
        shared.happened.set(true);
    };
    assert_eq!(Shared::default().check_with(wakes_itself, |_| unreachable!("nobody waits")), Ok(()));
}

// n0-watcher#62, async-shutdown#8
#[test]
fn wakers_that_outlive_their_future_are_found() {
    let kept = Rc::new(RefCell::new(Vec::new()));
    let keep = Rc::clone(&kept);
    let leaks = move |shared: &Shared, cx: &mut Context<'_>| {
        keep.borrow_mut().push(cx.waker().clone());
        shared.keep_last(cx);
    };
    let violation = Shared::check(leaks).unwrap_err();
    assert_eq!(violation, Violation::WakerLeaked { live: 2 });
    assert_eq!(violation.to_string(), "2 wakers outlive the future and its event");
    assert_eq!(kept.borrow().len(), 2);
}
