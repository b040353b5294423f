//! What the requests look like.

use hark_testkit::{Engine, Received, on_both_engines, text};
use serde_json::{Value, json};

use crate::crm::Crm;

/// The members of a document in their order, those of the members in brackets: `a,b{c},d[{e}]`.
fn shape(document: &Value) -> String {
    match document {
        Value::Object(members) => {
            let inside: Vec<String> = members
                .iter()
                .map(|(name, value)| format!("{name}{}", shape(value)))
                .collect();
            format!("{{{}}}", inside.join(","))
        }
        Value::Array(all) if all.iter().any(Value::is_object) => {
            let inside: Vec<String> = all.iter().map(shape).collect();
            format!("[{}]", inside.join(","))
        }
        Value::Null => "=null".to_owned(),
        _ => String::new(),
    }
}

/// Every date of a document is written as the original writes it.
#[track_caller]
fn dates_are_whole(document: &Value) {
    const DATES: [&str; 8] = [
        "createdAt",
        "lastMessageAt",
        "closedAt",
        "ts",
        "editedAt",
        "_updatedAt",
        "sentAt",
        "uploadedAt",
    ];
    match document {
        Value::Object(members) => {
            for (name, value) in members {
                if DATES.contains(&name.as_str()) {
                    let date = value.as_str().unwrap();
                    let read = hark_store::Timestamp::parse(date).unwrap();
                    assert_eq!((date.len(), date), (24, read.iso().as_str()), "{name}");
                }
                dates_are_whole(value);
            }
        }
        Value::Array(all) => all.iter().for_each(dates_are_whole),
        _ => {}
    }
}

const HEAD: &str = "_id,label,createdAt,lastMessageAt";
const FULL_HEAD: &str = "_id,label,topic,createdAt,lastMessageAt,tags,customFields{order}";
const VISITOR: &str = "visitor{_id,token,name,username,department,ip,os,browser,customFields{plan},email[{address}],phone[{phoneNumber}]}";
const AGENT: &str = "agent{_id,username,name,email}";
const SAID: &str = "{u{_id,username,name},_id,username,msg,ts,rid,_updatedAt}";
const ANSWERED: &str = "{u{_id,username,name},_id,username,msg,ts,rid,agentId,_updatedAt}";
const ANSWERED_BETTER: &str =
    "{u{_id,username,name},_id,username,msg,ts,rid,editedAt,agentId,_updatedAt}";
const LAST: &str =
    "{u{_id,username,name},_id,username,msg,ts,rid,agentId,closingMessage,_updatedAt}";
const FILE: &str = "{u{_id,username,name},_id,username,ts,rid,file{_id,name,type},attachments[{title,type,title_link,title_link_download}],fileUpload{publicFilePath,type,size},_updatedAt}";
const FILE_OF_AGENT: &str = "{u{_id,username,name},_id,username,ts,rid,agentId,file{_id,name,type,size,format},attachments[{title,type,format,title_link,title_link_download,size}],fileUpload{publicFilePath,type,size},_updatedAt}";
const PAGE: &str = "{u{_id,username,name},_id,username,msg,ts,rid,agentId,navigation{page{title,change,location{href}},token},_updatedAt}";
const SERVED: &str = "{_id,username,ts}";

/// A chat in which everything happens that there is a word for, in this order.
fn whole_life(crm: &Crm) -> String {
    crm.set("Livechat_Routing_Method", "Manual_Selection");
    crm.set(
        "Livechat_Allow_collect_and_store_HTTP_header_informations",
        true,
    );
    crm.set("Livechat_webhook_on_capture", true);
    crm.set(
        "Send_visitor_navigation_history_livechat_webhook_request",
        true,
    );
    crm.set("Livechat_Visitor_navigation_as_a_message", true);
    crm.field("plan", "visitor", &json!({}));
    crm.field("order", "room", &json!({}));
    let (amy, ben) = (crm.agent("amy"), crm.agent("ben"));
    let care = crm.department("Care", &[&amy, &ben], &json!({}));
    let sales = crm.department("Sales", &[&ben], &json!({}));
    let browser = crm.anyone().with(
        "User-Agent",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/128.0.0.0 Safari/537.36",
    );
    let visitor = json!({"visitor": {
        "token": "ana", "name": "Ana", "email": "ana@example.org", "phone": "+49 30 1234567", "department": care,
        "customFields": [{"key": "plan", "value": "gold", "overwrite": true}],
    }});
    browser.post("livechat/visitor", &visitor).expect(200);
    let rid = text(&crm.chat("ana"), "/_id");
    crm.say(
        "ana",
        &rid,
        "Hi, ana@other.example.org here \"\u{1f600}\"\n",
    );
    crm.take(&amy, &rid).expect(200);
    let answer = crm.answer(&amy, &rid, "Good mornin");
    let change = json!({"roomId": rid, "msgId": answer["_id"], "text": "Good morning"});
    amy.client.post("chat.update", &change).expect(200);
    let own = crm.anyone().with("x-visitor-token", "ana");
    crm.send_file(
        &own,
        &format!("/api/v1/livechat/upload/{rid}"),
        "my plan.pdf",
        b"%PDF-1.7 mine",
    );
    crm.send_file(
        &amy.client,
        &format!("/api/v1/rooms.upload/{rid}"),
        "q.pdf",
        b"%PDF-1.7 yours",
    );
    crm.visit("ana", Some(&rid), "shoes");
    crm.forward(&rid, &json!({"userId": ben.id}));
    crm.forward(&rid, &json!({"departmentId": sales}));
    crm.take(&ben, &rid).expect(200);
    let notes = json!({
        "guestData": {"_id": text(&crm.room(&rid), "/v/_id")},
        "roomData": {"_id": rid, "topic": "Shoes", "tags": ["vip"], "livechatData": {"order": "17"}},
    });
    crm.admin.post("livechat/room.saveInfo", &notes).expect(200);
    crm.close(&ben, &rid, "Solved");
    crm.admin.post("livechat/room.saveInfo", &notes).expect(200);
    rid
}

on_both_engines! {
    fn every_request_of_a_chat_has_its_members_in_their_order(engine: Engine) {
        let crm = Crm::open(engine);
        let rid = whole_life(&crm);
        let emails = VISITOR.replace("[{address}]", "[{address},{address}]");
        let history = [SAID, ANSWERED_BETTER, FILE, FILE_OF_AGENT, PAGE].join(",");
        let wanted = [
            ("LivechatSessionStart", format!("{HEAD},{VISITOR},type,messages,departmentId")),
            ("LivechatSessionQueued", format!("{HEAD},{VISITOR},type,messages,departmentId")),
            ("Message", format!("{HEAD},{VISITOR},type,messages[{SAID}]")),
            ("LeadCapture", format!("{HEAD},{emails},type,messages")),
            ("LivechatSessionTaken", format!("{HEAD},{emails},{AGENT},type,messages[{SAID}],departmentId,servedBy{SERVED}")),
            ("Message", format!("{HEAD},{emails},{AGENT},type,messages[{ANSWERED}]")),
            ("Message", format!("{HEAD},{emails},{AGENT},type,messages[{ANSWERED_BETTER}]")),
            ("Message", format!("{HEAD},{emails},{AGENT},type,messages[{FILE}]")),
            ("Message", format!("{HEAD},{emails},{AGENT},type,messages[{FILE_OF_AGENT}]")),
            ("Message", format!("{HEAD},{emails},{AGENT},type,messages[{PAGE}]")),
            ("LivechatSessionTaken", format!("{HEAD},{emails},{AGENT},type,messages[{history}],departmentId,servedBy{SERVED}")),
            ("LivechatSessionForwarded", format!("{HEAD},{emails},{AGENT},type,messages[{history}],departmentId,servedBy{SERVED},oldServedBy{SERVED}")),
            ("LivechatSessionForwarded", format!("{HEAD},{emails},{AGENT},type,messages[{history}],departmentId,servedBy{SERVED},oldDepartmentId")),
            ("LivechatSessionQueued", format!("{HEAD},{emails},type,messages[{history}],departmentId")),
            ("LivechatSessionTaken", format!("{HEAD},{emails},{AGENT},type,messages[{history}],departmentId,servedBy{SERVED}")),
            ("LivechatSession", format!("{FULL_HEAD},{emails},{AGENT},type,messages[{history},{LAST}],departmentId,servedBy{SERVED},closedAt,closedBy{{_id,username}},closer")),
            ("LivechatEdit", format!("{FULL_HEAD},{emails},{AGENT},type,messages[{history},{LAST}]")),
        ];
        let types: Vec<&str> = wanted.iter().map(|(kind, _)| *kind).collect();
        let received = crm.hears(&types);
        for (one, (kind, wanted)) in received.iter().zip(&wanted) {
            let body = one.json();
            assert_eq!(shape(&body), format!("{{{wanted}}}"), "{kind}: {}", one.text());
            assert_eq!(one.text(), body.to_string(), "compact, and nothing escaped that need not be");
            dates_are_whole(&body);
            assert_eq!((&body["_id"], &body["label"]), (&json!(rid), &json!("Ana")));
        }
        values_are_those_of_the_chat(&crm, &received);
    }
}

fn values_are_those_of_the_chat(crm: &Crm, received: &[Received]) {
    let bodies: Vec<Value> = received.iter().map(Received::json).collect();
    let (start, message, end, edit) = (&bodies[0], &bodies[2], &bodies[15], &bodies[16]);
    let (asked, corrected, answered) = (&bodies[5], &bodies[6], &bodies[8]);
    let visitor = &start["visitor"];
    assert_eq!(visitor["os"], "Linux x86_64");
    assert_eq!(visitor["browser"], "Chrome 128.0.0.0");
    assert_eq!(
        (&visitor["ip"], &visitor["token"]),
        (&json!("127.0.0.1"), &json!("ana"))
    );
    assert_eq!(visitor["department"], start["departmentId"]);
    assert_eq!(visitor["email"], json!([{"address": "ana@example.org"}]));
    assert_eq!(visitor["phone"], json!([{"phoneNumber": "+49 30 1234567"}]));
    assert_eq!(start["lastMessageAt"], start["createdAt"]);
    // The time before the message that is reported.
    assert_eq!(message["lastMessageAt"], start["createdAt"]);
    let said = &message["messages"][0];
    assert_eq!(
        said["msg"],
        "Hi, ana@other.example.org here \"\u{1f600}\"\n"
    );
    assert!(received[2].text().contains("\u{1f600}"));
    assert_eq!(
        (&said["username"], &said["u"]["_id"]),
        (&visitor["username"], &visitor["_id"])
    );
    assert_eq!(asked["lastMessageAt"], said["ts"]);
    assert_eq!(corrected["messages"][0]["_id"], asked["messages"][0]["_id"]);
    assert_eq!(corrected["messages"][0]["msg"], "Good morning");
    assert_eq!(asked["messages"][0]["msg"], "Good mornin");
    assert_eq!(asked["agent"]["email"], "amy@example.org");
    // A link opens the file.
    let file = &answered["messages"][0];
    let link = text(file, "/fileUpload/publicFilePath");
    let (site, path) = link.split_at(link.find("/file-upload/").unwrap());
    assert!(site.starts_with("http://"), "{link}");
    assert!(path.contains("/q.pdf?token="), "{link}");
    let got = crm.anyone().get(path);
    assert_eq!((got.status, got.text().as_str()), (200, "%PDF-1.7 yours"));
    assert_eq!(file["fileUpload"]["size"], 14);
    let own = text(&bodies[7], "/messages/0/fileUpload/publicFilePath");
    assert!(own.contains("/my%20plan.pdf?token="), "{own}");
    // The end.
    let last = end["messages"].as_array().unwrap().last().unwrap();
    assert_eq!(
        (&last["msg"], &last["closingMessage"], &last["u"]["name"]),
        (&json!("Solved"), &json!(true), &json!("ben"))
    );
    assert_eq!(end["lastMessageAt"], end["messages"][3]["ts"]);
    assert_eq!(edit["lastMessageAt"], last["ts"]);
    assert_eq!(
        (&end["closer"], &end["closedBy"]["username"]),
        (&json!("user"), &json!("ben"))
    );
    assert_eq!(
        (&end["topic"], &end["tags"]),
        (&json!("Shoes"), &json!(["vip"]))
    );
    assert_eq!(end["customFields"], json!({"order": "17"}));
}

#[test]
fn a_stranger_is_sent_as_such() {
    let crm = Crm::open(Engine::Sqlite);
    let amy = crm.agent("amy");
    let rid = crm.new_chat("nobody");
    crm.say("nobody", &rid, "Hi");
    crm.close_as_visitor("nobody", &rid);
    let types = [
        "LivechatSessionStart",
        "LivechatSessionTaken",
        "Message",
        "LivechatSession",
    ];
    let bodies: Vec<Value> = crm.hears(&types).iter().map(Received::json).collect();
    for body in &bodies {
        assert_eq!(shape(&body["visitor"]), "{_id,token,username,phone=null}");
        assert_eq!(body["label"], body["visitor"]["username"]);
        let mut others = body.clone();
        others["visitor"]["phone"] = json!([]);
        assert!(!shape(&others).contains("null"), "{others}");
    }
    assert_eq!(
        shape(&bodies[2]["messages"]),
        "[{u{_id,username},_id,username,msg,ts,rid,_updatedAt}]"
    );
    let last = &bodies[3]["messages"][1];
    assert_eq!(
        (&last["closingMessage"], last.get("agentId")),
        (&json!(true), None)
    );
    assert_eq!(
        bodies[3]["closedBy"]["username"],
        bodies[3]["visitor"]["username"]
    );

    // Someone who gets a name later is called by it.
    let notes = json!({
        "guestData": {"_id": bodies[0]["visitor"]["_id"], "name": "Ann", "email": "ann@example.org"},
        "roomData": {"_id": rid},
    });
    crm.admin.post("livechat/room.saveInfo", &notes).expect(200);
    let body = crm.hears_one("LivechatEdit");
    assert_eq!(
        (&body["label"], &body["visitor"]["name"]),
        (&json!("Ann"), &json!("Ann"))
    );
    assert_eq!(
        body["visitor"]["email"],
        json!([{"address": "ann@example.org"}])
    );

    // Of an agent's fields only those that are meant for others.
    let declared = json!({
        "crm": {"type": "text", "sendToIntegrations": true},
        "shoe": {"type": "text"},
    });
    crm.set("Accounts_CustomFields", declared.to_string());
    let fields = json!({"userId": amy.id, "data": {"customFields": {"crm": "7", "shoe": "42"}}});
    crm.admin.post("users.update", &fields).expect(200);
    let rid = crm.new_chat("somebody");
    let body = crm.hears(&["LivechatSessionStart", "LivechatSessionTaken"])[1].json();
    assert_eq!(
        shape(&body["agent"]),
        "{_id,username,name,customFields{crm},email}"
    );

    // A file goes with its words; what it was called is only a name.
    let own = crm.anyone().with("x-visitor-token", "somebody");
    crm.set("FileUpload_ProtectFiles", false);
    crm.send_file(
        &own,
        &format!("/api/v1/livechat/upload/{rid}"),
        "a.pdf",
        b"%PDF-1.7",
    );
    let body = crm.hears_one("Message")["messages"][0].clone();
    let link = text(&body, "/fileUpload/publicFilePath");
    assert!(
        link.ends_with(&format!("/file-upload/{}/a.pdf", text(&body, "/file/_id"))),
        "{link}"
    );
}
