use super::{FIRST_READ, Input, LARGEST_READ};

fn put(input: &mut Input, bytes: &[u8]) {
    input.space()[..bytes.len()].copy_from_slice(bytes);
    input.fill(bytes.len());
}

/// Fills all the space there is, and says how much that was.
fn fill_up(input: &mut Input, byte: u8) -> usize {
    let space = input.space();
    space.fill(byte);
    let count = space.len();
    input.fill(count);
    count
}

/// An input that has grown to its full size and holds nothing.
fn grown() -> Input {
    let mut input = Input::default();
    while fill_up(&mut input, 0) < LARGEST_READ {
        drop(input.take(usize::MAX));
    }
    drop(input.take(usize::MAX));
    input
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
        assert!(space >= FIRST_READ / 2, "{space} in round {round}");
        put(&mut input, &[round; 3000]);
        expected.extend([round; 3000]);
    }
    assert_eq!(input.filled(), expected);
}

#[test]
fn a_buffer_is_small_at_first_and_grows_while_reads_fill_it() {
    let mut input = Input::default();
    let mut sizes = Vec::new();
    for _ in 0..7 {
        sizes.push(fill_up(&mut input, 0));
        drop(input.take(usize::MAX));
        assert_eq!(fill_up(&mut input, 0), sizes[sizes.len() - 1], "it grows only after the second");
        drop(input.take(usize::MAX));
    }
    let sizes: Vec<_> = sizes.into_iter().map(|size| size / FIRST_READ).collect();
    let largest = LARGEST_READ / FIRST_READ;
    assert_eq!(sizes, [1, 2, 4, 8, 16, largest, largest]);
}

#[test]
fn a_buffer_that_is_not_filled_does_not_grow() {
    let mut input = Input::default();
    for _ in 0..100 {
        let count = input.space().len() - 1;
        put(&mut input, &vec![0; count]);
        drop(input.take(usize::MAX));
    }
    assert_eq!(input.space().len(), FIRST_READ);
}

#[test]
fn an_input_at_rest_holds_no_large_buffer() {
    let mut input = grown();
    input.rest();
    assert_eq!((input.buffer.capacity(), input.lent.len()), (0, 0));
    assert_eq!(input.space().len(), FIRST_READ);
    input.rest();
    assert!(input.buffer.capacity() > 0, "a small buffer is kept for the next response");
}

#[test]
fn an_input_at_rest_keeps_what_has_come() {
    let mut input = grown();
    put(&mut input, b"abc");
    input.rest();
    assert_eq!(input.filled(), b"abc");
}

#[test]
fn space_that_was_not_used_is_not_zeroed_again() {
    let mut input = Input::default();
    input.space()[1] = 1;
    put(&mut input, b"a");
    assert_eq!(input.space()[0], 1);
}

/// The bytes of the piece are still there, so nothing has been zeroed.
#[test]
fn a_large_piece_that_was_dropped_is_the_next_buffer_as_it_is() {
    let mut input = grown();
    fill_up(&mut input, 1);
    let piece = input.take(usize::MAX);
    let place = piece.as_ptr();
    drop(piece);
    let space = input.space();
    assert_eq!(space.as_ptr(), place);
    assert_eq!(space, [1; LARGEST_READ]);
}

#[test]
fn a_small_buffer_is_used_again_once_its_pieces_are_dropped() {
    let mut input = Input::default();
    let place = input.space().as_ptr();
    for _ in 0..2 {
        put(&mut input, &[1; FIRST_READ / 3]);
        drop(input.take(usize::MAX));
    }
    assert_eq!(input.space().as_ptr(), place);
}

/// Or a server could make whoever keeps many pieces hold a buffer for each byte.
#[test]
fn a_small_piece_keeps_no_buffer_alive() {
    let mut input = grown();
    let place = input.space().as_ptr();
    put(&mut input, &[1; LARGEST_READ / 4 - 1]);
    let piece = input.take(usize::MAX);
    put(&mut input, b"next");
    assert_eq!(input.filled().as_ptr(), place);
    assert_eq!(piece, vec![1; LARGEST_READ / 4 - 1]);
}

#[test]
fn what_follows_a_piece_that_is_kept_moves_to_another_buffer() {
    let mut input = Input::default();
    put(&mut input, &[1; FIRST_READ / 2]);
    put(&mut input, b"abc");
    let piece = input.take(FIRST_READ / 2);
    put(&mut input, b"def");
    assert_eq!(input.filled(), b"abcdef");
    assert_eq!(piece, vec![1; FIRST_READ / 2]);
}

#[test]
fn a_piece_that_is_kept_is_not_overwritten() {
    let mut input = grown();
    let mut kept = Vec::new();
    for round in 1..10 {
        fill_up(&mut input, round);
        kept.push((round, input.take(usize::MAX)));
    }
    for (round, piece) in kept {
        assert_eq!(piece, vec![round; piece.len()]);
    }
}

#[test]
#[should_panic(expected = "cannot fit")]
fn a_read_that_claims_more_than_there_was_space_is_a_bug_of_the_caller() {
    let mut input = Input::default();
    let space = input.space().len();
    input.fill(space + 1);
}
