//! Sockets that come and go, are sent messages and read, in any order: the reactor wakes exactly whom a
//! model wakes that keeps nothing but a number and two flags for each socket.

mod support;

use std::io;
use std::task::Poll;

use mio::net::UdpSocket;
use proptest::prelude::*;
use reactor::{Budget, Direction, Registration};

use support::wakers::Count;
use support::{ANY_PORT, Rig};

/// How many sockets there are at most.
const PLACES: usize = 12;

#[derive(Clone, Copy, Debug)]
enum Operation {
    /// A socket comes, in the stead of the one in that place.
    Insert(usize),
    /// It goes.
    Remove(usize),
    /// It is sent a message, which the kernel will report.
    Send(usize),
    /// It is read once, and waits if there is nothing.
    Receive(usize),
    Turn,
}

fn operation() -> impl Strategy<Value = Operation> {
    let place = 0..PLACES;
    prop_oneof![
        2 => place.clone().prop_map(Operation::Insert),
        1 => place.clone().prop_map(Operation::Remove),
        4 => place.clone().prop_map(Operation::Send),
        5 => place.prop_map(Operation::Receive),
        2 => Just(Operation::Turn),
    ]
}

/// A socket and what is thought of it.
struct Socket {
    registration: Registration<UdpSocket>,
    count: Count,
    /// Messages that were not read yet.
    queued: usize,
    /// It was found empty, and no turn has reported a message since.
    blocked: bool,
    /// How often its waker should have been woken.
    wakes: usize,
}

impl Socket {
    fn new(rig: &Rig) -> Self {
        let socket = UdpSocket::bind(ANY_PORT).unwrap();
        let registration = Registration::new(socket, &rig.reactor.handle()).unwrap();
        registration.set_budget(Budget::UNLIMITED);
        Socket { registration, count: Count::new(), queued: 0, blocked: false, wakes: 0 }
    }

    fn send(&mut self) {
        let socket = self.registration.get_ref();
        socket.send_to(b"x", socket.local_addr().unwrap()).unwrap();
        self.queued += 1;
    }

    fn receive(&mut self) {
        let cx = &mut self.count.context();
        let poll = self.registration.poll_io(cx, Direction::Read, |socket| socket.recv(&mut [0; 8]));
        if self.blocked || self.queued == 0 {
            assert!(poll.is_pending());
            self.blocked = true;
        } else {
            assert!(matches!(poll, Poll::Ready(io::Result::Ok(1))), "{poll:?}");
            self.queued -= 1;
        }
    }

    fn turn(&mut self) {
        if self.blocked && self.queued > 0 {
            self.blocked = false;
            self.wakes += 1;
        }
    }

    fn check(&self) {
        assert_eq!(self.count.wakes(), self.wakes);
        assert_eq!(self.count.kept(), usize::from(self.blocked));
    }
}

fn run(operations: &[Operation]) {
    let rig = Rig::new();
    let mut sockets: [Option<Socket>; PLACES] = Default::default();
    for operation in operations {
        match *operation {
            Operation::Insert(place) => sockets[place] = Some(Socket::new(&rig)),
            Operation::Remove(place) => sockets[place] = None,
            Operation::Send(place) => sockets[place].iter_mut().for_each(Socket::send),
            Operation::Receive(place) => sockets[place].iter_mut().for_each(Socket::receive),
            Operation::Turn => {
                let expected = sockets.iter().flatten().filter(|socket| socket.blocked && socket.queued > 0);
                let expected = expected.count();
                assert_eq!(rig.look().woken, expected);
                sockets.iter_mut().flatten().for_each(Socket::turn);
            }
        }
        sockets.iter().flatten().for_each(Socket::check);
    }
}

proptest! {
    #[test]
    fn the_reactor_wakes_whom_a_naive_model_wakes(operations in prop::collection::vec(operation(), 1..400)) {
        run(&operations);
    }
}
