use std::sync::Arc;

use super::{Join, Phase, Polling, Slot};
use crate::mailbox::Mailbox;
use crate::waker::TaskWaker;
use crate::{Park, TaskId, ThreadPark};

/// A slot in which all but that many tasks have been that there can be.
fn worn(left: u32) -> Slot {
    Slot { generation: u32::MAX - left, ..Slot::new() }
}

/// Moves a root in.
fn occupy(slot: &mut Slot) -> TaskId {
    let (mailbox, _) = Mailbox::new(ThreadPark::new().unparker(), None);
    let mailbox = Arc::new(mailbox);
    slot.occupy(7, None, Join::Detached, |id| TaskWaker::new(id, mailbox))
}

#[test]
fn a_slot_whose_generations_are_used_up_takes_no_other_task() {
    let mut slot = worn(1);
    let before = occupy(&mut slot);
    assert!(slot.vacate(), "one generation is left");
    let last = occupy(&mut slot);
    assert_eq!((before.generation(), last.generation()), (u32::MAX - 1, u32::MAX));
    assert!(!slot.is_of(before) && slot.is_of(last) && slot.is_live(last));
    assert!(!slot.vacate(), "the next task here would have an id that was used");
}

#[test]
fn the_last_id_of_a_slot_means_nothing_when_its_task_is_gone() {
    let mut slot = worn(0);
    let last = occupy(&mut slot);
    slot.vacate();
    assert!(!slot.is_of(last) && !slot.is_live(last) && slot.phase == Phase::Vacant);
    assert_eq!(slot.check_out(last, &mut Polling::new()), None);
}
