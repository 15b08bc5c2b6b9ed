use std::sync::Arc;

use super::AbortHandle;
use crate::mailbox::Mailbox;
use crate::task::TaskId;
use crate::{Park, ThreadPark};

#[test]
fn however_often_and_by_whom_a_task_is_aborted_from_elsewhere_it_is_one_message() {
    let (mailbox, messages) = Mailbox::new(ThreadPark::new().unparker(), None);
    let handle = AbortHandle::new(Some(Arc::new(mailbox)), Some(TaskId::new(0, 0)));
    for _ in 0..1000 {
        handle.clone().abort();
    }
    assert_eq!(messages.len(), 1);
}
