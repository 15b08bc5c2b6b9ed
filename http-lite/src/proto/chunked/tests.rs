use super::{ChunkedDecoder, Piece};
use crate::Limits;
use crate::proto::input::Input;

#[test]
fn what_follows_the_last_chunk_stays_in_the_input() {
    let mut input = Input::default();
    let bytes = b"1\r\nx\r\n0\r\n\r\nHTTP/1.1 200 OK";
    input.space()[..bytes.len()].copy_from_slice(bytes);
    input.fill(bytes.len());
    let mut decoder = ChunkedDecoder::new(&Limits::default());
    assert!(matches!(decoder.decode(&mut input), Ok(Some(Piece::Data(data))) if data == "x"));
    assert!(matches!(decoder.decode(&mut input), Ok(Some(Piece::End(_)))));
    assert_eq!(input.filled(), b"HTTP/1.1 200 OK");
}
