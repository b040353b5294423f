//! Canned responses: who has which, who may change them, and how they are said in a chat.

use hark_testkit::{Client, Desk, Response, Socket, each, names, on_both_engines, text};
use serde_json::{Value, json};

use crate::HARK;

const CANNED: &str = "canned-responses";

fn save(client: &Client, shortcut: &str, scope: &str, more: &Value) -> Response {
    let mut body =
        json!({"shortcut": shortcut, "text": format!("About {shortcut}"), "scope": scope});
    for (name, value) in more.as_object().into_iter().flatten() {
        body[name] = value.clone();
    }
    client.post(CANNED, &body)
}

/// The shortcuts of those that somebody has ready.
fn ready(client: &Client) -> Vec<String> {
    let found = client.get("canned-responses.get").expect(200);
    let found = each(&found["responses"], "shortcut");
    found.into_iter().map(str::to_owned).collect()
}

/// The shortcuts of those that somebody may look up.
fn listed(client: &Client, query: &str) -> Vec<String> {
    let found = client.get(&format!("{CANNED}?{query}")).expect(200);
    let found = each(&found["cannedResponses"], "shortcut");
    found.into_iter().map(str::to_owned).collect()
}

fn find(client: &Client, shortcut: &str) -> Value {
    let found = client
        .get(&format!("{CANNED}?shortcut={shortcut}"))
        .expect(200);
    found["cannedResponses"][0].clone()
}

on_both_engines! {
    fn each_has_their_own_and_what_is_shared_with_them(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let (amy, ben) = (desk.agent("amy"), desk.agent("ben"));
        let mia = desk.admin.person("mia", &["user", "livechat-manager"]);
        let ursula = desk.admin.person("ursula", &["user"]);
        let sales = desk.department("Sales", &[&amy], &json!({}));
        save(&amy.client, "amys", "user", &json!({"departmentId": sales})).expect(200);
        save(&mia, "mias", "user", &json!({})).expect(200);
        let done = save(&mia, "sold", "department", &json!({"departmentId": sales, "tags": ["shop"]}));
        assert_eq!(done.expect(200), json!({"success": true}));
        save(&mia, "hello", "global", &json!({"tags": ["shop", "any"]})).expect(200);
        assert_eq!(ready(&amy.client), ["amys", "hello", "sold"]);
        assert_eq!(ready(&ben.client), ["hello"]);
        assert_eq!(ready(&mia), ["hello", "mias", "sold"]);
        let words = "User does not have the permissions required for this action [error-unauthorized]";
        ursula.get("canned-responses.get").refused(403, words);
        ursula.get(CANNED).refused(403, words);

        // what others have for themselves is looked up by managers alone
        assert_eq!(listed(&mia, ""), ["amys", "hello", "mias", "sold"]);
        assert_eq!(listed(&amy.client, ""), ["amys", "hello", "sold"]);
        let sold = find(&amy.client, "sold");
        assert_eq!(names(&sold), [
            "_createdAt", "_id", "_updatedAt", "createdBy", "departmentId", "scope", "shortcut", "tags", "text", "uses",
        ]);
        assert_eq!((&sold["departmentId"], &sold["createdBy"]["username"]), (&json!(sales), &json!("mia")));
        let amys = find(&amy.client, "amys");
        assert_eq!((&amys["userId"], amys.get("departmentId")), (&json!(amy.id), None));
        let one = |client: &Client, id: &Value| {
            client.get(&format!("{CANNED}/{}", id.as_str().unwrap())).expect(200)["cannedResponse"].clone()
        };
        assert_eq!(one(&amy.client, &sold["_id"]), sold);
        assert_eq!(one(&ben.client, &sold["_id"]), Value::Null);
        assert_eq!(one(&ben.client, &amys["_id"]), Value::Null);

        for (query, wanted) in [
            ("shortcut=SOL", vec!["sold"]), ("text=about%20h", vec!["hello"]), ("text=sol", vec!["sold"]),
            ("scope=user", vec!["amys", "mias"]), ("createdBy=amy", vec!["amys"]), ("scope=other", vec![]),
            ("tags[]=shop&tags[]=none", vec!["hello", "sold"]), ("tags[]=none", vec![]),
            ("count=1&offset=1", vec!["hello"]), ("sort={\"shortcut\":-1}&count=1", vec!["sold"]),
        ] {
            assert_eq!(listed(&mia, query), wanted, "{query}");
        }
        assert_eq!(listed(&mia, &format!("departmentId={sales}")), ["sold"]);
        assert_eq!(listed(&mia, &format!("createdBy={}", amy.id)), ["amys"]);

        // nobody has any where they are switched off
        desk.set("Canned_Responses_Enable", false);
        assert_eq!(ready(&amy.client), Vec::<String>::new());
    }

    fn those_who_may_change_them(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let (amy, ben) = (desk.agent("amy"), desk.agent("ben"));
        let mia = desk.admin.person("mia", &["user", "livechat-manager"]);
        let sales = desk.department("Sales", &[&amy], &json!({}));
        let help = desk.department("Help", &[&ben], &json!({}));
        let in_sales = json!({"departmentId": sales});
        let not_allowed = |answer: Response| answer.refused_with_code("Not allowed", "error-not-allowed");
        not_allowed(save(&amy.client, "x", "global", &json!({})));
        not_allowed(save(&amy.client, "x", "department", &in_sales));
        // with the permission for it, in their own departments
        let roles = json!({"permissions": [{"_id": "save-department-canned-responses", "roles": ["livechat-agent"]}]});
        desk.admin.post("permissions.update", &roles).expect(200);
        save(&amy.client, "sold", "department", &in_sales).expect(200);
        not_allowed(save(&amy.client, "x", "department", &json!({"departmentId": help})));
        for wrong in [json!({}), json!({"departmentId": "none"}), json!({"departmentId": ""})] {
            let answer = save(&mia, "x", "department", &wrong);
            assert!(text(&answer.expect(400), "/error").contains("error-invalid-department"), "{answer:?}");
        }
        let taken = save(&ben.client, "sold", "user", &json!({}));
        taken.refused_with_code("Another canned response has this shortcut", "error-invalid-shortcut");
        save(&amy.client, " ", "user", &json!({})).refused_with_code("The field shortcut is required", "error-the-field-is-required");
        save(&amy.client, "x", "user", &json!({"text": ""})).refused_with_code("The field text is required", "error-the-field-is-required");
        save(&amy.client, "x", "all", &json!({})).refused_by_schema("must be equal to one of the allowed values");
        for long in [json!({"shortcut": "x".repeat(101)}), json!({"text": "x".repeat(5_001)}), json!({"tags": ["x".repeat(257)]})] {
            let answer = save(&amy.client, "x", "user", &long).expect(400);
            assert!(text(&answer, "/error").contains("error-input-is-not-a-valid-field"), "{answer}");
        }

        let sold = text(&find(&amy.client, "sold"), "/_id");
        let named = json!({"_id": sold, "departmentId": sales, "text": "Thank you"});
        save(&amy.client, "sold", "department", &named).expect(200);
        assert_eq!(find(&amy.client, "sold")["text"], "Thank you");
        // one who does not see it does not find it
        let missing = |answer: Response| {
            answer.refused_with_code("Canned Response not found", "error-canned-response-not-found");
        };
        missing(save(&ben.client, "mine", "user", &json!({"_id": sold})));
        missing(ben.client.delete(CANNED, &json!({"_id": sold})));
        missing(mia.delete(CANNED, &json!({"_id": "none"})));
        // it becomes everybody's, and is managers' to change
        save(&mia, "sold", "global", &json!({"_id": sold})).expect(200);
        assert_eq!(ready(&ben.client), ["sold"]);
        not_allowed(amy.client.delete(CANNED, &json!({"_id": sold})));
        not_allowed(save(&amy.client, "sold", "user", &json!({"_id": sold})));
        mia.delete(CANNED, &json!({"_id": sold})).expect(200);
        assert_eq!(ready(&ben.client), Vec::<String>::new());
        save(&ben.client, "bens", "user", &json!({})).expect(200);
        let bens = text(&find(&ben.client, "bens"), "/_id");
        missing(amy.client.delete(CANNED, &json!({"_id": bens})));
        // a manager corrects it, and it stays theirs
        save(&mia, "bens", "user", &json!({"_id": bens, "text": "Better"})).expect(200);
        assert_eq!(find(&ben.client, "bens")["userId"], *ben.id);
        ben.client.delete(CANNED, &json!({"_id": bens})).expect(200);
        assert_eq!(listed(&mia, ""), Vec::<String>::new());
    }

    fn a_chats_own_words_stand_in_their_places(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        desk.set("Livechat_Routing_Method", "Manual_Selection");
        let (amy, ben) = (desk.agent("amy"), desk.agent("ben"));
        let sales = desk.department("Sales", &[&amy], &json!({}));
        desk.visitor("ann", &json!({"name": "Ann", "email": "ann@example.com", "department": sales}));
        let rid = text(&desk.chat("ann"), "/_id");
        let words = "Hello {{contact.name}} <{{contact.email}}>{{contact.phone}}, I am {{agent.name}} ({{agent.email}}). {{other}}";
        save(&desk.admin, "hello", "global", &json!({"text": words})).expect(200);
        save(&desk.admin, "own", "user", &json!({})).expect(200);
        let hello = text(&find(&desk.admin, "hello"), "/_id");
        let own = text(&find(&desk.admin, "own"), "/_id");
        let fill = |client: &Client, rid: &str, id: &str| {
            client.post(&format!("/api/hark/v1/conversations/{rid}/canned-responses/{id}:fill"), &json!({}))
        };
        let said = "Hello Ann <ann@example.com>, I am amy (amy@example.org). {{other}}";
        assert_eq!(fill(&amy.client, &rid, &hello).expect(200), json!({"text": said, "uses": 1}));
        assert_eq!(fill(&amy.client, &rid, &hello).expect(200)["uses"], 2);
        // of a chat or an answer that is not theirs they learn nothing, and nothing is counted
        fill(&ben.client, &rid, &hello).expect(404);
        fill(&amy.client, &rid, &own).expect(404);
        fill(&amy.client, "none", &hello).expect(404);
        desk.set("Canned_Responses_Enable", false);
        fill(&amy.client, &rid, &hello).expect(404);
        desk.set("Canned_Responses_Enable", true);
        assert_eq!(fill(&amy.client, &rid, &hello).expect(200)["uses"], 3);
        // what is said most often comes first, where that is asked for
        assert_eq!(find(&desk.admin, "hello")["uses"], 3);
        assert_eq!(listed(&desk.admin, "sort={\"uses\":-1}"), ["hello", "own"]);
        assert_eq!(listed(&desk.admin, "sort={\"uses\":1}"), ["own", "hello"]);
        let ready = amy.client.get("canned-responses.get").expect(200);
        assert_eq!(ready["responses"][0]["uses"], 3);
    }

    fn those_who_have_one_hear_what_becomes_of_it(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let (amy, ben) = (desk.agent("amy"), desk.agent("ben"));
        let sales = desk.department("Sales", &[&amy], &json!({}));
        let (stream, event) = ("stream-canned-responses", "canned-responses");
        let listen = |client: &Client| {
            let mut socket = Socket::of(&desk.server, client);
            assert_eq!(socket.subscribe(stream, event, &Value::Null)["msg"], "ready");
            socket
        };
        let (mut amys, mut bens) = (listen(&amy.client), listen(&ben.client));
        let heard = |socket: &mut Socket| -> (Value, Value) {
            let one = socket.event(stream, event)[0].clone();
            (one["type"].clone(), one["shortcut"].clone())
        };
        save(&desk.admin, "sold", "department", &json!({"departmentId": sales})).expect(200);
        save(&desk.admin, "hello", "global", &json!({})).expect(200);
        assert_eq!(heard(&mut amys), (json!("changed"), json!("sold")));
        assert_eq!(heard(&mut amys), (json!("changed"), json!("hello")));
        // the first that they hear of is the second that was made
        assert_eq!(heard(&mut bens), (json!("changed"), json!("hello")));
        let hello = find(&desk.admin, "hello");
        save(&desk.admin, "hello", "department", &json!({"_id": hello["_id"], "departmentId": sales})).expect(200);
        assert_eq!(bens.event(stream, event), json!([{"type": "removed", "_id": hello["_id"]}]));
        assert_eq!(heard(&mut amys), (json!("changed"), json!("hello")));
        desk.admin.delete(CANNED, &json!({"_id": hello["_id"]})).expect(200);
        assert_eq!(amys.event(stream, event), json!([{"type": "removed", "_id": hello["_id"]}]));
        let stranger = desk.admin.person("ursula", &["user"]);
        let mut stranger = Socket::of(&desk.server, &stranger);
        assert_eq!(stranger.subscribe(stream, event, &Value::Null)["msg"], "nosub");
    }
}
