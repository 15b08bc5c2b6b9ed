use http::Response;

use crate::Error;
use crate::attempt::{Answer, attempt};
use crate::body::Body;
use crate::client::Shared;
use crate::prepared::Prepared;
use crate::redirect::{self, Hop, Next};

/// Sends a request, and those to which it is redirected.
pub(crate) async fn send(client: &Shared, mut request: Box<Prepared>) -> Result<Response<Body>, Error> {
    // One deadline for all of it; what is too far away for the clock is never.
    let total = request.settings.timeouts.total.and_then(|total| client.now().checked_add(total));
    request.complete();
    let mut followed: usize = 0;
    loop {
        let answer = attempt(client, &mut request, total).await;
        let answer = answer.map_err(|error| error.after_another(request.is_out))?;
        match next(&request, &answer, followed).map_err(|error| answer.situate(error))? {
            Next::Stop => {
                let mut response = answer.into_response(&request);
                if followed > 0 {
                    response.extensions_mut().insert(request.url);
                }
                return Ok(response);
            }
            Next::Follow(follow) => {
                // A body that is dropped gives its connection back, if it can.
                drop(answer.into_response(&request));
                request.redirect(*follow);
                // Whatever goes wrong from here on: the first server has had its request.
                request.is_out = true;
                followed = followed.saturating_add(1);
            }
        }
    }
}

fn next(request: &Prepared, answer: &Answer, followed: usize) -> Result<Next, Error> {
    if !answer.head.status().is_redirection() {
        return Ok(Next::Stop);
    }
    let hop = Hop {
        url: &request.url,
        method: request.head.method(),
        headers: request.head.headers(),
        body: request.body.what_is_left(),
        status: answer.head.status(),
        response_headers: answer.head.headers(),
        followed,
        limit: request.settings.limits.redirects,
    };
    Ok(redirect::next(&request.settings.redirects, &hop)?)
}
