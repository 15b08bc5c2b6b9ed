//! The harness polls as a task would, and says so when the test does not.

use std::future::{self, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::Poll;

use wakecheck::{assert_not_woken, assert_pending, assert_ready, assert_ready_eq, assert_woken, task};

/// The message with which `code` panics.
fn panic_of<T>(code: impl FnOnce() -> T) -> String {
    let Err(panic) = catch_unwind(AssertUnwindSafe(code)) else { panic!("it did not panic") };
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).expect("panics carry text")
}

/// Is ready at the poll with that number, counted from one, and wakes itself in those before.
fn ready_at(number: usize) -> impl Future<Output = usize> {
    let mut polls = 0;
    poll_fn(move |cx| {
        polls += 1;
        if polls == number {
            return Poll::Ready(polls);
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
}

// h2#794, oxidizer#655
#[test]
fn a_second_poll_without_a_wake_is_refused() {
    let mut never = task::spawn(future::pending::<()>());
    assert_pending!(never.poll());
    assert!(panic_of(|| never.poll()).starts_with("polled without a wake"));
    assert_pending!(never.poll_spurious());
    assert!(panic_of(|| never.poll()).starts_with("polled without a wake"), "a spurious poll is no excuse");
}

#[test]
fn each_wake_allows_one_poll() {
    let mut thrice = task::spawn(ready_at(3));
    assert_not_woken!(thrice);
    assert_pending!(thrice.poll());
    assert_woken!(thrice);
    assert_pending!(thrice.poll());
    assert_ready_eq!(thrice.poll(), 3);
    assert_eq!(thrice.probe().wakes(), 2);
}

#[test]
fn a_future_that_was_ready_is_not_polled_again() {
    let mut ready = task::spawn(async {});
    assert_ready!(ready.poll());
    assert_eq!(panic_of(|| ready.poll()), "polled after it was ready");
    assert_eq!(panic_of(|| ready.poll_spurious()), "polled after it was ready");
    ready.swap_waker();
    assert_eq!(panic_of(|| ready.poll()), "polled after it was ready");
}

#[test]
fn a_swapped_waker_is_polled_without_a_wake_and_no_longer_hears_the_former() {
    let (mut wakers, mut waiting) = (Vec::new(), task::spawn(future::pending::<()>()));
    assert_pending!(waiting.poll());
    waiting.swap_waker();
    assert_pending!(waiting.poll());
    let mut keeps = task::spawn(poll_fn(|cx| {
        wakers.push(cx.waker().clone());
        if wakers.len() == 3 { Poll::Ready(wakers.clone()) } else { Poll::Pending }
    }));
    assert_pending!(keeps.poll());
    assert_eq!(keeps.probe().live(), 2);
    keeps.swap_waker();
    assert_eq!(keeps.probe().live(), 1);
    assert_pending!(keeps.poll());
    let wakers = assert_ready!(keeps.poll_spurious());
    assert!(!wakers[0].will_wake(&wakers[1]) && wakers[1].will_wake(&wakers[2]));
    wakers[0].wake_by_ref();
    assert_not_woken!(keeps);
    wakers[1].wake_by_ref();
    assert_woken!(keeps);
}

#[test]
fn polling_until_stalled_stops_where_a_task_would() {
    assert_ready_eq!(task::spawn(ready_at(100)).poll_until_stalled(), 100);
    assert_pending!(task::spawn(future::pending::<()>()).poll_until_stalled());
    let busy = panic_of(|| task::spawn(ready_at(usize::MAX)).poll_until_stalled());
    assert!(busy.starts_with("a busy loop"), "{busy}");
}

#[test]
fn the_assertions_say_what_they_found() {
    assert_eq!(panic_of(|| assert_pending!(Poll::Ready(7))), "ready, expected pending; the output is 7");
    assert_eq!(panic_of(|| assert_ready!(Poll::<()>::Pending)), "pending, expected ready");
    let task = task::spawn(future::pending::<()>());
    assert_eq!(panic_of(|| assert_woken!(task)), "not woken, expected a wake");
    let mut task = task::spawn(ready_at(2));
    assert_pending!(task.poll());
    assert_eq!(panic_of(|| assert_not_woken!(task)), "woken, expected no wake");
}

#[test]
fn a_future_that_runs_comes_to_its_end_or_to_a_panic() {
    assert_eq!(task::run(ready_at(20_000)), 20_000);
    assert!(
        panic_of(|| task::run(future::pending::<()>())).starts_with("nothing will ever wake this future")
    );
}
