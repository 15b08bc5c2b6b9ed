use std::sync::Arc;
use std::task::Waker;

use super::PollingId;
use crate::mailbox::Mailbox;
use crate::task::TaskId;
use crate::waker::{TaskWaker, waker_of};
use crate::{Park, ThreadPark};

/// The wakers of two tasks of one executor.
fn two_wakers() -> [Arc<TaskWaker>; 2] {
    let (mailbox, _) = Mailbox::new(ThreadPark::new().unparker(), None);
    let mailbox = Arc::new(mailbox);
    [0, 1].map(|slot| Arc::new(TaskWaker::new(TaskId::new(slot, 0), Arc::clone(&mailbox))))
}

#[test]
fn a_task_is_recognised_by_the_waker_that_it_is_polled_with_and_by_its_clones() {
    let [waker, other] = two_wakers();
    let (waker, id) = (waker_of(&waker), waker.id());
    let polling = PollingId::new(id, &waker);
    // Any waker of the same executor can vouch for its kind.
    assert!(polling.is_polled_with(&waker, &other));
    assert!(polling.is_polled_with(&waker.clone(), &other));
}

#[test]
fn another_tasks_waker_is_not_the_one_that_a_task_is_polled_with() {
    let [waker, other] = two_wakers();
    let polling = PollingId::new(waker.id(), &waker_of(&waker));
    assert!(!polling.is_polled_with(&waker_of(&other), &waker));
}

#[test]
fn a_waker_of_another_kind_with_the_same_data_is_not_recognised() {
    let [waker, _] = two_wakers();
    // Its data is null, as if no task were being polled.
    let foreign = Waker::noop();
    assert_eq!(PollingId::NONE.data, foreign.data());
    assert!(!PollingId::NONE.is_polled_with(foreign, &waker));
}
