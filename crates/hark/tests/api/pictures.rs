//! Pictures of accounts: who may show which, what is kept of one, and where it is seen.

use hark_testkit::form::{file_part, text_part};
use hark_testkit::{Client, Desk, Response, eventually, on_both_engines, text};
use serde_json::{Value, json};

use crate::HARK;

/// A red picture of two pixels.
pub const PNG: &[u8] = b"\x89PNG\x0d\x0a\x1a\x0a\x00\x00\x00\x0dIHDR\x00\x00\x00\x02\x00\x00\x00\x01\x08\x02\x00\x00\x00\x7b\x40\xe8\xdd\x00\x00\x00\x0dIDATx\x9cc\xf8\xcf\xc0\x00D\x00\x08\xfe\x01\xff\xc6\x9ey\xf7\x00\x00\x00\x00IEND\xaeB\x60\x82";

fn set(client: &Client, more: &[Vec<u8>]) -> Response {
    let mut parts = more.to_vec();
    parts.push(file_part("image", "me.png", "image/png", PNG));
    client.send_form("users.setAvatar", &parts)
}

on_both_engines! {
    fn somebody_shows_a_picture_and_initials_again(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let amy = desk.agent("amy");
        let shown = || desk.anyone().get("/avatar/amy");
        assert_eq!(shown().header("content-type"), Some("image/svg+xml"));
        assert_eq!(amy.client.get("me").expect(200).get("avatarETag"), None);

        assert_eq!(set(&amy.client, &[]).expect(200), json!({"success": true}));
        let picture = shown();
        assert_eq!((picture.status, picture.header("content-type")), (200, Some("image/jpeg")));
        assert_eq!(picture.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(picture.header("cross-origin-resource-policy"), Some("cross-origin"));
        // What is kept is a picture that was made anew, and not the file that came.
        assert!(picture.body.starts_with(b"\xff\xd8\xff"), "a JPEG");
        let tag = picture.header("etag").unwrap().to_owned();
        let known = desk.anyone().with("If-None-Match", &tag).get("/avatar/amy");
        assert_eq!((known.status, known.body.len(), known.header("etag")), (304, 0, Some(tag.as_str())));
        // Names are those of the log-in, whatever their letters.
        assert_eq!(desk.anyone().get("/avatar/AMY").header("content-type"), Some("image/jpeg"));
        assert_eq!(desk.anyone().get("/avatar/ben").header("content-type"), Some("image/svg+xml"));

        let me = amy.client.get("me").expect(200);
        let etag = text(&me, "/avatarETag");
        let agents = desk.admin.get("livechat/users/agent").expect(200);
        assert_eq!(agents["users"][0]["avatarETag"], json!(etag));
        let sought = amy.client.get("users.getAvatar?username=amy");
        assert_eq!(sought.status, 307);
        assert!(sought.header("location").unwrap().ends_with("/avatar/amy"));

        // Another one takes its place, and nothing is left of the first.
        set(&amy.client, &[]).expect(200);
        assert_ne!(text(&amy.client.get("me").expect(200), "/avatarETag"), etag);
        let files = || desk.database.number("SELECT count(*) FROM upload");
        assert_eq!(files(), 1);
        amy.client.post("users.resetAvatar", &json!({})).expect(200);
        assert_eq!(shown().header("content-type"), Some("image/svg+xml"));
        amy.client.post("users.resetAvatar", &json!({})).expect(200);
        assert_eq!(files(), 0);
        eventually("the bytes are gone", || {
            (desk.database.number("SELECT count(*) FROM upload_garbage") == 0).then_some(())
        });
        set(&amy.client, &[]).expect(200);
        desk.admin.post("users.delete", &json!({"userId": amy.id})).expect(200);
        assert_eq!(shown().header("content-type"), Some("image/svg+xml"));
        assert_eq!(files(), 0);
    }

    fn who_may_show_whom_by_what(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let (amy, ben) = (desk.agent("amy"), desk.agent("ben"));
        let of_ben = [text_part("username", "ben")];
        let error = |answer: Response| text(&answer.expect(400), "/error");
        assert_eq!(error(set(&amy.client, &of_ben)), "error-not-allowed");
        let reset = amy.client.post("users.resetAvatar", &json!({"userId": ben.id}));
        assert_eq!(error(reset), "error-not-allowed");
        set(&desk.admin, &of_ben).expect(200);
        assert_eq!(desk.anyone().get("/avatar/ben").header("content-type"), Some("image/jpeg"));
        desk.admin.post("users.resetAvatar", &json!({"userId": ben.id})).expect(200);

        // No picture of another place is fetched.
        let elsewhere = amy.client.post("users.setAvatar", &json!({"avatarUrl": "http://127.0.0.1/x.png"}));
        assert_eq!(error(elsewhere), "[No file uploaded]");
        let named = [file_part("file", "me.png", "image/png", PNG)];
        assert_eq!(error(amy.client.send_form("users.setAvatar", &named)), "[invalid-field]");
        for wrong in [&b"<svg onload='alert(1)'/>"[..], &PNG[..20]] {
            let parts = [file_part("image", "me.png", "image/png", wrong)];
            assert_eq!(error(amy.client.send_form("users.setAvatar", &parts)), "[error-avatar-invalid-file]");
        }
        let large = vec![0; (10 << 20) + 1];
        let parts = [file_part("image", "me.png", "image/png", &large)];
        assert_eq!(error(amy.client.send_form("users.setAvatar", &parts)), "[error-file-too-large]");
        assert_eq!(set(&desk.anyone(), &[]).status, 401);
        assert_eq!(amy.client.get("me").expect(200).get("avatarETag"), None::<&Value>);
    }
}
