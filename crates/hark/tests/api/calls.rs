//! Video calls in a chat.

use hark_testkit::{Desk, on_both_engines, text};
use serde_json::{Value, json};

use crate::HARK;

on_both_engines! {
    fn a_video_call_rings_goes_on_and_ends(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let (amy, ben) = (desk.agent("amy"), desk.admin.person("uma", &["user"]));
        let room = desk.new_chat("t");
        let ring = || amy.client.get(&format!("livechat/webrtc.call?rid={room}"));
        ring().refused(400, "webRTC calling not enabled");
        desk.set("WebRTC_Enabled", true);
        ring().refused(400, "webRTC calling not enabled");
        desk.set("Omnichannel_call_provider", "WebRTC");
        amy.client.get("livechat/webrtc.call?rid=nowhere").refused(400, "invalid-room");
        assert_eq!(ben.get(&format!("livechat/webrtc.call?rid={room}")).status, 403);
        // twice is the same call
        for _ in 0..2 {
            let call = json!({"rid": room, "provider": "webrtc", "callStatus": "ringing"});
            assert_eq!(ring().expect(200), json!({"videoCall": call, "success": true}));
        }
        let calls = || -> Vec<Value> {
            let said = desk.history("t", &room).into_iter();
            said.filter(|message| message["t"] == "livechat_webrtc_video_call").collect()
        };
        assert_eq!(calls().len(), 1);
        let id = text(&calls()[0], "/_id");
        let say = |token: &str, status: &str| {
            let body = json!({"token": token, "rid": room, "callId": id, "callStatus": status});
            desk.anyone().post("livechat/visitor.callStatus", &body)
        };
        say("nobody", "inProgress").refused_with_code("", "invalid-token");
        say("t", "waving").refused(400, "invalid-data");
        assert_eq!(say("t", "inProgress").expect(200), json!({"token": "t", "callStatus": "inProgress", "success": true}));
        assert_eq!(desk.room(&room)["callStatus"], "inProgress");
        let config = desk.anyone().get("livechat/config?token=t").expect(200);
        assert_eq!(config["config"]["room"]["callStatus"], "inProgress");
        let end = |call: &str| {
            let body = json!({"rid": room, "status": "ended"});
            amy.client.put(&format!("livechat/webrtc.call/{call}"), &body)
        };
        end("nothing").refused(400, "invalid-callId");
        assert_eq!(end(&id).expect(200), json!({"status": "ended", "success": true}));
        assert_eq!(desk.room(&room)["callStatus"], "ended");
        assert!(calls()[0]["webRtcCallEndTs"].is_string(), "{:?}", calls());
        // and the next one is another
        ring().expect(200);
        assert_eq!(calls().len(), 2);
    }
}
