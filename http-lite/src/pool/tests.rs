use std::rc::Rc;

use super::{FEW_BUCKETS, Pool};
use crate::{Limits, Url};

/// A crawler asks very many servers, each once.
#[test]
fn buckets_that_are_empty_do_not_become_ever_more() {
    let pool = Pool::new(&Limits::default());
    let origin = |number: usize| Url::parse(&format!("http://host-{number}/")).unwrap().origin().clone();
    let kept = pool.bucket(&origin(0));
    for number in 1..100 * FEW_BUCKETS {
        let _ = pool.bucket(&origin(number));
        assert!(pool.buckets.borrow().len() <= FEW_BUCKETS);
    }
    let again = pool.bucket(&origin(0));
    assert!(Rc::ptr_eq(&kept, &again), "its connection would come back to where nobody looks");
}
