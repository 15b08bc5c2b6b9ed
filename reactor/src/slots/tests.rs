//! What cannot be seen from outside but by the memory that it takes.

use std::task::{Context, Waker};

use crate::{Budget, Direction, Reactor, UdpSocket};

#[test]
fn who_is_polled_again_and_again_while_giving_way_is_noted_once() {
    let reactor = Reactor::new().unwrap();
    let _entered = reactor.handle().enter();
    let socket = UdpSocket::bind("127.0.0.1:0".parse().unwrap()).unwrap();
    socket.registration().set_budget(Budget::bytes(0));
    let mut context = Context::from_waker(Waker::noop());
    let mut attempt = |direction| socket.registration().poll_io(&mut context, direction, |_| Ok(()));
    for direction in [Direction::Read, Direction::Write] {
        assert!(attempt(direction).is_ready());
        for _ in 0..10 {
            assert!(attempt(direction).is_pending());
        }
    }
    assert_eq!(reactor.handle().slots().giving_way.len(), 2);
}
