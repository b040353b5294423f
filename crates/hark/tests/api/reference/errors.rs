//! What goes wrong, by its class, and what to do.

use std::fmt::Write as _;

use super::{cell, keep};

#[test]
fn every_class_of_errors() {
    let mut page = "# Errors

What goes wrong has a class, which stays the same while the words around it may become better. Programs go by the class, people by the
words.

## Webhooks: why an attempt failed

The `error` of an attempt and of a delivery, the `trouble` of an endpoint, the label `class` of the metric
`hark_webhook_attempts`. The `detail` beside it is a sentence about this attempt.

| class | when | what to do |
| --- | --- | --- |
"
    .to_owned();
    for class in hark_webhooks::classes::CLASSES {
        let (when, remedy) = (cell(class.when), cell(class.remedy));
        writeln!(page, "| `{}` | {when} | {remedy} |", class.name).unwrap();
    }
    page.push_str(
        "
A delivery without an answer is tried again by the dialect's schedule ([limits](limits.md#when-a-delivery-is-tried-again)); then it is
given up, stays in the list, and can be sent again: `POST deliveries/{id}:resend`, or all of them by `POST endpoints/{id}:replay` with
`\"failedOnly\": true`.

## Hark's own API

Problem details by RFC 9457, `application/problem+json`. The `type` is `urn:hark:problem:` and one of these names.

| type | status | when | what to do |
| --- | --- | --- | --- |
",
    );
    for (name, status, when, remedy) in hark_wire::PROBLEMS {
        let remedy = cell(remedy);
        writeln!(page, "| `{name}` | {status} | {when} | {remedy} |").unwrap();
    }
    page.push_str(
        "
## Rocket.Chat's API

As the original answers: `{\"success\": false, \"error\": …, \"errorType\": …}`. `errorType` is the code for programs; where there is
none, `error` is, or ends with it in brackets: `Room is closed [error-room-closed]`.

| status | when | what to do |
| --- | --- | --- |
| 400 | it was declined, or a parameter is wrong | `error` says why; the reference at `/docs` says what a route takes |
| 401 | nobody is logged in, or the token has ended | log in again; the header names are `X-User-Id` and `X-Auth-Token` |
| 403 | a permission is missing | the reference names it |
| 404 | there is no such route, room, or what the path names | look at the path; what may not be seen is answered like what is not there |
| 413 | the body is larger than it may be | [limits](limits.md#what-a-request-may-be) |
| 429 | too many calls from this address | wait as long as `error` says; behind a proxy, name it with `--proxies` |
| 503 | not possible at the moment | the same again after `Retry-After` seconds; nothing has changed |

`totp-required` (400) asks for a second factor: the same request with `X-2fa-Method` and `X-2fa-Code`, or with a personal access token
that bypasses it.

## Comm100's webhooks

`{\"code\": …, \"message\": …}`, where the code is the status and three digits, and `{\"error\", \"error_description\"}` from
`/oauth/token`: [Comm100's webhooks](../comm100.md).
",
    );
    keep("errors.md", &page);
}
