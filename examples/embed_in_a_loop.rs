//! An executor inside a loop that is not its own: a game that draws frame after frame, and gives
//! asynchronous work a budget of so many microseconds in each.
//!
//! ```text
//! cargo run --release --example embed_in_a_loop
//! ```

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Poll, Waker};
use std::time::{Duration, Instant};

use executor::{Executor, yield_now};

/// How long asynchronous work may take in one frame. The rest is for the game.
const BUDGET: Duration = Duration::from_micros(500);

/// How many steps the search takes: more than fit into one frame.
const STEPS: u64 = 200_000;

fn main() {
    let executor = Executor::new();
    let game = Rc::new(Game::default());

    // A long computation. It offers to stop after each step, so that a frame is never late for it.
    let search = executor.spawn(async {
        let mut found = 0;
        for step in 1..=STEPS {
            found += step;
            yield_now().await;
        }
        found
    });

    // A script that follows the game: each `.await` is as many frames as it takes.
    let door = executor.spawn({
        let game = Rc::clone(&game);
        async move {
            let mut seen = Vec::new();
            for _step in ["creak", "open", "shut"] {
                seen.push(game.next_frame().await);
            }
            seen
        }
    });

    let mut longest = Duration::ZERO;
    let mut cut_short = 0;
    while !(search.is_finished() && door.is_finished()) {
        game.begin_frame();
        longest = longest.max(run_within_budget(&executor));
        cut_short += u32::from(executor.has_ready());
        // Here the game would move and draw.
    }

    let frames = game.frame.get();
    let (found, seen) = executor.block_on(async { (search.await.unwrap(), door.await.unwrap()) });
    println!(
        "{frames} frames, the longest took {longest:?} of asynchronous work; the door moved in {seen:?}"
    );
    assert_eq!(found, STEPS * (STEPS + 1) / 2);
    assert_eq!(seen, [2, 3, 4], "the script began in the first frame, and took a step in each that followed");
    assert!(frames > 3, "the search took more than one budget, and the game went on meanwhile");
    assert!(cut_short > 0, "no frame waited until there was nothing more to do");
}

// ANCHOR: budget
/// Runs what is ready, one round after the other, until nothing is or the budget is used up.
fn run_within_budget(executor: &Executor) -> Duration {
    let start = Instant::now();
    while executor.has_ready() && start.elapsed() < BUDGET {
        let _progress = executor.tick();
    }
    start.elapsed()
}
// ANCHOR_END: budget

/// As much of a game as scripts need to know.
#[derive(Default)]
struct Game {
    /// The number of the current frame.
    frame: Cell<u64>,
    /// Those who wait for the next one.
    waiting: RefCell<Vec<Waker>>,
}

impl Game {
    fn begin_frame(&self) {
        self.frame.set(self.frame.get() + 1);
        // Taken out first: nothing is borrowed while wakers, which are foreign code, are woken.
        let waiting = self.waiting.take();
        waiting.into_iter().for_each(Waker::wake);
    }

    /// Waits for the next frame, and gives its number.
    async fn next_frame(&self) -> u64 {
        let current = self.frame.get();
        poll_fn(|cx| {
            if self.frame.get() > current {
                return Poll::Ready(self.frame.get());
            }
            self.waiting.borrow_mut().push(cx.waker().clone());
            Poll::Pending
        })
        .await
    }
}
