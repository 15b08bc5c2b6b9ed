//! Embedding `proto` without the client.
//!
//! Everything that HTTP/1.1 is to this crate can be had without its sockets, its timers and its futures: for another
//! runtime, for a blocking program, for a serial line, for a test. Whoever embeds it brings the bytes and the clock.
//!
//! # A request becomes bytes
//!
//! [`encode_head`] gives the head, [`BodyEncoder`] what goes out for each piece of the body. What would be
//! ambiguous on the wire is an error before anything is sent.
//!
//! ```
//! use bytes::{Buf, Bytes};
//! use http_lite::proto::{BodyEncoder, RequestFraming, encode_head};
//!
//! let request = http::Request::post("http://example.com/notes").body(())?;
//! let mut wire = encode_head(&request, RequestFraming::Length(5))?;
//! let mut body = BodyEncoder::new(RequestFraming::Length(5));
//! let mut framed = body.data(Bytes::from("hello"))?;
//! wire.extend_from_slice(&framed.copy_to_bytes(framed.remaining()));
//! wire.extend_from_slice(&body.end(&http::HeaderMap::new())?);
//! assert!(wire.ends_with(b"content-length: 5\r\n\r\nhello"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Bytes become a response
//!
//! Put bytes into [`space`](super::ResponseReader::space), say how many with [`fill`](super::ResponseReader::fill), and take events
//! until there is [`NeedData`](super::Event::NeedData). The events are the same wherever the bytes are cut:
//!
//! ```
//! use http::Method;
//! use http_lite::Limits;
//! use http_lite::proto::{Event, ProtoError, ResponseReader};
//!
//! /// The status and the body of a response that comes in these pieces.
//! fn decode(pieces: &[&[u8]]) -> Result<(u16, Vec<u8>), ProtoError> {
//!     let mut reader = ResponseReader::new(&Method::GET, &Limits::default());
//!     let (mut status, mut body) = (0, Vec::new());
//!     for piece in pieces {
//!         // A piece may be larger than the space there is.
//!         let mut piece = *piece;
//!         while !piece.is_empty() {
//!             let space = reader.space();
//!             let count = space.len().min(piece.len());
//!             space[..count].copy_from_slice(&piece[..count]);
//!             reader.fill(count);
//!             piece = &piece[count..];
//!             loop {
//!                 match reader.next_event()? {
//!                     Event::Head(head, _) => status = head.status().as_u16(),
//!                     Event::Body(bytes) => body.extend_from_slice(&bytes),
//!                     Event::NeedData | Event::Idle => break,
//!                     _ => {}
//!                 }
//!             }
//!         }
//!     }
//!     Ok((status, body))
//! }
//!
//! let pieces = [&b"HTTP/1.1 200 OK\r\nTransfer-Enc"[..], b"oding: chunked\r\n\r\n2", b"\r\nhi\r\n0\r\n\r\n"];
//! assert_eq!(decode(&pieces)?, (200, b"hi".to_vec()));
//! # Ok::<(), ProtoError>(())
//! ```
//!
//! # Over any stream
//!
//! With a blocking socket the loop reads when data is needed. Two requests share a connection here: `KeepAlive` says
//! that they may, [`next_response`](super::ResponseReader::next_response) begins the second with the first one's buffer.
//!
//! ```
//! use std::io::{self, Read, Write};
//! use std::net::{TcpListener, TcpStream};
//! use std::time::Duration;
//!
//! use http::{Request, Response};
//! use http_lite::Limits;
//! use http_lite::proto::{Event, RequestFraming, ResponseReader, Verdict, encode_head};
//!
//! /// Sends a request and reads the response to its end, but not beyond.
//! fn exchange(
//!     stream: &mut TcpStream,
//!     reader: &mut ResponseReader,
//!     request: &Request<()>,
//! ) -> Result<(Response<Vec<u8>>, Verdict), Box<dyn std::error::Error>> {
//!     stream.write_all(&encode_head(request, RequestFraming::Empty)?)?;
//!     let mut response = Response::new(Vec::new());
//!     loop {
//!         match reader.next_event()? {
//!             Event::NeedData => match stream.read(reader.space()) {
//!                 Ok(0) => reader.end_of_stream(),
//!                 Ok(count) => reader.fill(count),
//!                 Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
//!                 Err(error) => return Err(error.into()),
//!             },
//!             Event::Head(head, _) => response = head.map(|()| Vec::new()),
//!             // Where this grows without end is up to you: the limits bound heads, not bodies.
//!             Event::Body(bytes) => response.body_mut().extend_from_slice(&bytes),
//!             Event::End { verdict, .. } => return Ok((response, verdict)),
//!             _ => {}
//!         }
//!     }
//! }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let listener = TcpListener::bind("127.0.0.1:0")?;
//! # let address = listener.local_addr()?;
//! # let server = std::thread::spawn(move || -> io::Result<()> {
//! #     let (mut stream, _) = listener.accept()?;
//! #     for answer in [
//! #         "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\none",
//! #         "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 3\r\n\r\ntwo",
//! #     ] {
//! #         let mut request = Vec::new();
//! #         while !request.ends_with(b"\r\n\r\n") {
//! #             let mut byte = [0];
//! #             stream.read_exact(&mut byte)?;
//! #             request.extend(byte);
//! #         }
//! #         stream.write_all(answer.as_bytes())?;
//! #     }
//! #     Ok(())
//! # });
//! let mut stream = TcpStream::connect(address)?;
//! stream.set_read_timeout(Some(Duration::from_secs(10)))?;
//! let request = Request::get(format!("http://{address}/")).body(())?;
//!
//! let mut reader = ResponseReader::new(&request, &Limits::default());
//! let (first, verdict) = exchange(&mut stream, &mut reader, &request)?;
//! assert_eq!((first.body().as_slice(), verdict), (&b"one"[..], Verdict::KeepAlive));
//!
//! reader.next_response(&request)?;
//! let (second, verdict) = exchange(&mut stream, &mut reader, &request)?;
//! assert_eq!(second.body(), b"two");
//! assert_ne!(verdict, Verdict::KeepAlive);
//! # server.join().expect("the server does not panic")?;
//! # Ok(())
//! # }
//! ```
//!
//! # The states of a reader
//!
//! ```text
//!                    1xx: Informational                      data: Body
//!                      ┌───────┐                               ┌──────┐
//!            new ──> heads <───┘ ── the final one: Head ──> body <────┘ ── End ──> complete <─┐
//!                      ^                                                              │  └────┘ Idle
//!                      └───────────────── next_response, if KeepAlive ────────────────┤
//!                                                                                     ├ 101, or 2xx to CONNECT:
//!            anywhere ── what no server may send, or an end too early ──> failed      └ take_rest, not HTTP any more
//! ```
//!
//! In `heads` and `body` the answer is `NeedData` while nothing is left of what came. `failed` repeats its error for
//! ever: nothing that follows on such a connection can be relied on. A byte in `complete` leads there as well, unless
//! the connection has left HTTP.
//!
//! # What is left to do
//!
//! - **Time.** Nothing here waits, so nothing here times out: give the stream a timeout.
//! - **Reuse.** `KeepAlive` is about this response. Before the next request ask the stream whether anything has
//!   arrived meanwhile, and close the connection if so: it would be taken for the answer to that request.
//! - **Half a request.** If the response is over before the request was sent to its end, close the connection.
//! - **Bodies.** They come as they are, not decompressed, of any length.
//!
//! [`encode_head`]: super::encode_head
//! [`BodyEncoder`]: super::BodyEncoder
