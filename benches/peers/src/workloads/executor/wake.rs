//! Waking other tasks on the same thread.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::mem;
use std::rc::Rc;
use std::task::{Poll, Waker};
use std::time::Instant;

use super::Took;
use super::latch::Latch;
use crate::runtime::Runtime;

/// Two tasks that wake each other: what a channel between them would cost at least.
#[derive(Default)]
struct Table {
    /// Whose turn it is.
    turn: Cell<usize>,
    /// Who waits for it, as a channel would keep it: cloned at each wait, taken out to be woken.
    waiting: [Cell<Option<Waker>>; 2],
}

impl Table {
    async fn play(&self, player: usize, times: usize) {
        for _ in 0..times {
            poll_fn(|cx| {
                if self.turn.get() == player {
                    return Poll::Ready(());
                }
                self.waiting[player].set(Some(cx.waker().clone()));
                Poll::Pending
            })
            .await;
            self.turn.set(1 - player);
            if let Some(other) = self.waiting[1 - player].take() {
                other.wake();
            }
        }
    }
}

/// Two tasks take turns; one operation is two turns.
pub fn ping_pong<R: Runtime>(runtime: &'static R, times: usize) -> Took {
    runtime.block_on(async move {
        let latch = Latch::new(2);
        let table = Rc::new(Table::default());
        for player in 0..2 {
            let (latch, table) = (latch.clone(), table.clone());
            runtime.spawn_detached(async move {
                table.play(player, times).await;
                latch.arrive();
            });
        }
        let start = Instant::now();
        latch.wait().await;
        Took { time: start.elapsed(), operations: times }
    })
}

/// Where many tasks wait to be woken all at once.
struct Hall {
    /// Whoever waits. Every task is in here before it is woken.
    wakers: RefCell<Vec<Waker>>,
    /// Counts those who wait for this time, or who have left.
    latch: Rc<Latch>,
    /// How often they have been woken.
    calls: Cell<usize>,
}

impl Hall {
    async fn attend(&self, times: usize) {
        for call in 1..=times {
            let mut waits = false;
            poll_fn(|cx| {
                if self.calls.get() == call {
                    return Poll::Ready(());
                }
                // A runtime may poll it for no reason.
                if !mem::replace(&mut waits, true) {
                    self.wakers.borrow_mut().push(cx.waker().clone());
                    self.latch.arrive();
                }
                Poll::Pending
            })
            .await;
        }
        self.latch.arrive();
    }
}

/// Many tasks wait; all are woken, one after the other, and wait again. That they wait for the first time is
/// not measured.
pub fn parked<R: Runtime>(runtime: &'static R, tasks: usize, times: usize) -> Took {
    runtime.block_on(async move {
        let latch = Latch::new(tasks);
        let hall = Rc::new(Hall {
            wakers: RefCell::new(Vec::with_capacity(tasks)),
            latch: latch.clone(),
            calls: Cell::new(0),
        });
        for _ in 0..tasks {
            let hall = hall.clone();
            runtime.spawn_detached(async move { hall.attend(times).await });
        }
        latch.wait().await;
        let mut wakers = Vec::with_capacity(tasks);
        let start = Instant::now();
        for call in 1..=times {
            mem::swap(&mut *hall.wakers.borrow_mut(), &mut wakers);
            latch.expect(tasks);
            hall.calls.set(call);
            for waker in wakers.drain(..) {
                waker.wake();
            }
            latch.wait().await;
        }
        Took { time: start.elapsed(), operations: tasks * times }
    })
}
