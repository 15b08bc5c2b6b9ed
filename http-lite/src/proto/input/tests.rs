use super::{Input, MIN_SPACE, READ_SIZE};

fn put(input: &mut Input, bytes: &[u8]) {
    input.space()[..bytes.len()].copy_from_slice(bytes);
    input.fill(bytes.len());
}

#[test]
fn bytes_come_out_as_they_went_in() {
    let mut input = Input::default();
    put(&mut input, b"abc");
    put(&mut input, b"defgh");
    assert_eq!(input.pop(), Some(b'a'));
    assert_eq!(input.take(2), "bc");
    input.skip(1);
    assert_eq!(input.take_some(2).unwrap(), "ef");
    assert_eq!(input.filled(), b"gh");
    assert_eq!(input.take_some(u64::MAX).unwrap(), "gh");
    assert!(input.is_empty());
    assert_eq!(input.take_some(1), None);
    assert_eq!(input.pop(), None);
}

#[test]
fn there_is_always_space_and_what_came_before_survives_it() {
    let mut input = Input::default();
    let mut expected = Vec::new();
    for round in 0_u8..200 {
        let space = input.space().len();
        assert!(space >= MIN_SPACE, "{space} in round {round}");
        put(&mut input, &[round; 3000]);
        expected.extend([round; 3000]);
    }
    assert_eq!(input.filled(), expected);
}

#[test]
fn space_that_was_not_used_is_not_zeroed_again() {
    let mut input = Input::default();
    input.space()[1] = 1;
    put(&mut input, b"a");
    assert_eq!(input.space()[0], 1);
}

#[test]
fn a_buffer_is_used_again_once_its_pieces_are_dropped() {
    let mut input = Input::default();
    put(&mut input, &[1; READ_SIZE]);
    let first = input.take(READ_SIZE);
    let place = first.as_ptr();
    drop(first);
    assert_eq!(input.space().as_ptr(), place);
}

#[test]
fn a_piece_that_is_kept_is_not_overwritten() {
    let mut input = Input::default();
    put(&mut input, &[1; READ_SIZE]);
    let kept = input.take(READ_SIZE);
    input.space().fill(2);
    put(&mut input, &[2; MIN_SPACE]);
    assert_eq!(kept, [1; READ_SIZE].as_slice());
}

#[test]
#[should_panic(expected = "cannot fit")]
fn a_read_that_claims_more_than_there_was_space_is_a_bug_of_the_caller() {
    let mut input = Input::default();
    let space = input.space().len();
    input.fill(space + 1);
}
