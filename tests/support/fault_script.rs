//! What a [`FaultProxy`](super::fault_proxy::FaultProxy) does to a connection.

use std::time::Duration;

use super::random::Xorshift;

/// One thing that happens to one direction of a connection.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// This many bytes go through as they come.
    Forward(usize),
    /// This many bytes go through, at most `most` at a time, a moment apart.
    Trickle { bytes: usize, most: usize },
    /// Nothing goes through for so long.
    Delay(Duration),
    /// Nothing goes through until [`FaultProxy::release`].
    Stall,
    /// This many bytes arrive that nobody has sent: those that [`garbage`] returns.
    Garbage(usize),
    /// These bytes arrive, which nobody has sent either.
    Forge(&'static [u8]),
    /// This direction ends in order; what is still sent into it is lost. The other one goes on.
    Finish,
    /// Both directions end in order, at both ends; what is still sent is lost.
    Cut,
    /// Both ends are told that the connection was reset.
    Reset,
}

/// What happens to a connection. After its last step a direction forwards the rest, and its end.
#[derive(Clone, Default, Debug)]
pub struct Script {
    pub to_server: Vec<Step>,
    pub to_client: Vec<Step>,
    /// What is random comes from this; not 0.
    pub seed: u64,
}

impl Script {
    pub fn to_server(steps: impl Into<Vec<Step>>) -> Self {
        Script { to_server: steps.into(), to_client: Vec::new(), seed: 1 }
    }

    pub fn to_client(steps: impl Into<Vec<Step>>) -> Self {
        Script { to_server: Vec::new(), to_client: steps.into(), seed: 1 }
    }

    /// Delays and trickles both directions at random. Nothing is lost.
    pub fn slow(seed: u64) -> Self {
        let mut random = Xorshift(seed);
        let [to_server, to_client] = [(); 2].map(|()| (0..8).map(|_| slow_step(&mut random)).collect());
        Script { to_server, to_client, seed }
    }

    /// As [`slow`](Script::slow), with a step in one of the directions after which something is
    /// amiss.
    pub fn broken(seed: u64) -> Self {
        let mut script = Self::slow(seed);
        let mut random = Xorshift(seed);
        let harm = [Step::Stall, Step::Finish, Step::Cut, Step::Reset][random.below(4)];
        let steps = if random.below(2) == 0 { &mut script.to_server } else { &mut script.to_client };
        steps.insert(random.below(steps.len()), harm);
        script
    }
}

fn slow_step(random: &mut Xorshift) -> Step {
    match random.below(3) {
        0 => Step::Delay(Duration::from_millis(random.below(8) as u64)),
        1 => Step::Trickle { bytes: 1 + random.below(100), most: 1 + random.below(20) },
        _ => Step::Forward(1 + random.below(20_000)),
    }
}

/// The bytes of a [`Step::Garbage`] that is the first random thing in a direction.
pub fn garbage(seed: u64, length: usize) -> Vec<u8> {
    Xorshift(seed).bytes(length)
}
