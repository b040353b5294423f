//! Departments, seen from outside.

use hark_testkit::{Client, Desk, Response, Server, each, on_both_engines};
use serde_json::{Value, json};

use crate::HARK;

/// What has to be said of a department.
fn wanted(name: &str) -> Value {
    json!({
        "name": name,
        "email": "team@example.org",
        "enabled": true,
        "showOnRegistration": true,
        "showOnOfflineForm": false,
    })
}

/// The same with more members, or with others.
fn wanted_with(name: &str, more: &Value) -> Value {
    let mut department = wanted(name);
    let members = department.as_object_mut().unwrap();
    members.extend(more.as_object().unwrap().clone());
    department
}

fn create(client: &Client, department: &Value) -> Response {
    client.post("livechat/department", &json!({"department": department}))
}

/// A new department's id.
fn created(admin: &Client, name: &str) -> String {
    let answer = create(admin, &wanted(name)).expect(200);
    answer["department"]["_id"].as_str().unwrap().to_owned()
}

fn find(client: &Client, id: &str) -> Value {
    let answer = client.get(&format!("livechat/department/{id}")).expect(200);
    answer["department"].clone()
}

/// Takes out what differs each time, after a look at it.
fn without_marks(mut document: Value) -> Value {
    let members = document.as_object_mut().unwrap();
    assert_eq!(members.remove("_id").unwrap().as_str().unwrap().len(), 24);
    assert!(
        members
            .remove("_updatedAt")
            .unwrap()
            .as_str()
            .unwrap()
            .ends_with('Z')
    );
    document
}

on_both_engines! {
    fn chats_are_forwarded_only_where_their_department_lets_them(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let (amy, ben, cat) = (desk.agent("amy"), desk.agent("ben"), desk.agent("cat"));
        let help = desk.department("Help", &[&ben], &json!({}));
        let shop = desk.department("Shop", &[&cat], &json!({}));
        let sales = desk.department("Sales", &[&amy], &json!({"departmentsAllowedToForward": [help]}));
        let chat = |token: &str| {
            desk.visitor(token, &json!({"department": sales}));
            hark_testkit::text(&desk.chat(token), "/_id")
        };
        let (first, second) = (chat("ann"), chat("bob"));
        let forward = |rid: &str, to: &str| {
            desk.admin.post("livechat/room.forward", &json!({"roomId": rid, "departmentId": to}))
        };
        let words = "error-forwarding-department-target-not-allowed";
        forward(&first, &shop).refused(400, words);
        let by_visitor = json!({"rid": first, "token": "ann", "department": shop});
        desk.anyone().post("livechat/room.transfer", &by_visitor).refused(400, words);
        assert_eq!(desk.room(&first)["departmentId"], *sales);
        forward(&first, &help).expect(200);
        // where it says nothing of it, they go anywhere; and to a person they always go
        forward(&first, &shop).expect(200);
        assert_eq!(desk.room(&first)["departmentId"], *shop);
        let to_ben = json!({"roomId": second, "userId": ben.id});
        desk.admin.post("livechat/room.forward", &to_ben).expect(200);
    }

    fn a_department_is_made_with_its_agents(engine: Engine) {
        let (server, _database) = Server::fresh(HARK, engine);
        let admin = server.admin();
        let amy = admin.person("amy", &["user", "livechat-agent"]).id();
        let ben = admin.person("ben", &["user"]).id();
        let answer = admin.post("livechat/department", &json!({
            "department": wanted("Sales"),
            "agents": [
                {"agentId": amy, "username": "amy", "count": 3, "order": 1},
                {"agentId": ben},
                {"agentId": "nobody"},
            ],
            "departmentUnit": {},
        })).expect(200);
        assert_eq!(answer.as_object().unwrap().keys().collect::<Vec<_>>(), ["department", "agents", "success"]);
        let id = answer["department"]["_id"].as_str().unwrap();
        assert_eq!(without_marks(answer["department"].clone()), json!({
            "name": "Sales",
            "description": "",
            "enabled": true,
            "email": "team@example.org",
            "showOnRegistration": true,
            "showOnOfflineForm": false,
            "requestTagBeforeClosingChat": false,
            "chatClosingTags": [],
            "departmentsAllowedToForward": [],
            "allowReceiveForwardOffline": false,
            "numAgents": 2,
        }));
        let link = |agent: &str, username: &str, count: i64, order: i64| json!({
            "agentId": agent,
            "departmentId": id,
            "departmentEnabled": true,
            "username": username,
            "count": count,
            "order": order,
        });
        let links: Vec<Value> = answer["agents"].as_array().unwrap().iter().cloned().map(without_marks).collect();
        assert_eq!(links, [link(&amy, "amy", 3, 1), link(&ben, "ben", 0, 0)]);

        // all that a department can have
        let more = json!({
            "description": "who sells",
            "requestTagBeforeClosingChat": true,
            "chatClosingTags": ["sold", "lost"],
            "fallbackForwardDepartment": id,
            "departmentsAllowedToForward": [id],
            "allowReceiveForwardOffline": true,
            "offlineMessageChannelName": "shop",
            "maxNumberSimultaneousChat": 5,
            "waitingQueueMessage": "soon",
            "numAgents": 99,
            "nothing": null,
        });
        let shop = create(&admin, &wanted_with("Shop", &more)).expect(200)["department"].clone();
        for name in ["description", "requestTagBeforeClosingChat", "chatClosingTags", "fallbackForwardDepartment",
            "departmentsAllowedToForward", "allowReceiveForwardOffline", "offlineMessageChannelName",
            "maxNumberSimultaneousChat", "waitingQueueMessage"] {
            assert_eq!(shop[name], more[name], "{name}");
        }
        assert_eq!((&shop["numAgents"], shop.get("nothing")), (&json!(0), None));
    }

    fn a_department_that_makes_no_sense_is_refused_in_the_original_words(engine: Engine) {
        let (server, _database) = Server::fresh(HARK, engine);
        let admin = server.admin();
        let id = created(&admin, "Sales");
        let path = format!("livechat/department/{id}");
        let change = |department: &Value| admin.put(&path, &json!({"department": department}));

        // by the schema when it is made
        for (body, words) in [
            (json!({}), "must have required property 'department'"),
            (json!({"department": {}}), "must have required property 'enabled'"),
            (json!({"department": wanted("x"), "odd": 1}), "must NOT have additional properties"),
            (json!({"department": wanted_with("x", &json!({"enabled": "yes"}))}), "must be boolean"),
            (json!({"department": wanted_with("x", &json!({"name": []}))}), "must be string"),
            (json!({"department": wanted("x"), "agents": "x"}), "must be array"),
            (json!({"department": wanted("x"), "agents": [{}]}), "must have required property 'agentId'"),
        ] {
            admin.post("livechat/department", &body).refused_with_code(words, "invalid-params");
        }
        // by the older checker when it is changed
        for (body, words) in [
            (json!({}), "Missing key 'department'"),
            (json!({"department": 1}), "Expected object, got number in field department"),
            (json!({"department": {}}), "Missing key 'enabled'"),
            (json!({"department": wanted_with("x", &json!({"name": 1}))}), "Expected string, got number in field name"),
            (json!({"department": wanted("x"), "agents": {}}), "Expected array, got object in field agents"),
            (json!({"department": wanted("x"), "agents": [{}]}), "Missing key 'agentId' in field upsert[0]"),
        ] {
            admin.put(&path, &body).refused(400, &format!("Match error: {words}"));
        }
        let odd = wanted_with("x", &json!({"odd": {}}));
        let words = "Match error: Failed Match.OneOf, Match.Maybe or Match.Optional validation in field odd";
        create(&admin, &odd).refused(400, words);
        change(&odd).refused(400, words);

        let no_tags = wanted_with("x", &json!({"requestTagBeforeClosingChat": true, "chatClosingTags": []}));
        let words = "At least one closing tag is required when the department requires tag(s) on closing conversations.";
        for answer in [create(&admin, &no_tags), change(&no_tags)] {
            answer.refused_with_code(words, "error-validating-department-chat-closing-tags");
        }
        let unknown = wanted_with("x", &json!({"fallbackForwardDepartment": "x"}));
        for answer in [create(&admin, &unknown), change(&unknown)] {
            answer.refused_with_code("Fallback department not found", "error-fallback-department-not-found");
        }
        let own = wanted_with("x", &json!({"fallbackForwardDepartment": id}));
        let words = "Cannot save department. Circular reference between fallback department and department";
        change(&own).refused_with_code(words, "error-fallback-department-circular");
        let answer = admin.put("livechat/department/x", &json!({"department": wanted("x")}));
        answer.refused_with_code("Department not found", "error-department-not-found");
        admin.post(&format!("{path}/archive"), &json!({})).expect(200);
        let words = "Archived departments cant be enabled";
        change(&wanted("x")).refused_with_code(words, "error-archived-department-cant-be-enabled");
        assert_eq!(find(&admin, &id)["name"], "Sales");
    }

    fn changing_a_department_needs_the_right_permission_for_each_part(engine: Engine) {
        let (server, _database) = Server::fresh(HARK, engine);
        let admin = server.admin();
        let amy = admin.person("amy", &["user", "livechat-agent"]);
        let manager = admin.person("max", &["user", "livechat-manager"]);
        let grant = |permission: &str, roles: &[&str]| {
            let grants = json!({"permissions": [{"_id": permission, "roles": roles}]});
            admin.post("permissions.update", &grants).expect(200);
        };
        let id = created(&admin, "Sales");
        let path = format!("livechat/department/{id}");
        let body = json!({"department": wanted_with("Shop", &json!({"colour": "red"})), "agents": [{"agentId": amy.id()}]});
        amy.put(&path, &body).expect(403);
        let changed = manager.put(&path, &body).expect(200);
        assert_eq!(each(&json!([changed["department"]]), "name"), ["Shop"]);
        assert_eq!(each(&changed["agents"], "username"), ["amy"]);
        // what is not named stays, and nobody is removed by not being named
        let less = json!({"department": wanted("Shop"), "agents": []});
        let changed = manager.put(&path, &less).expect(200);
        assert_eq!((&changed["department"]["colour"], &changed["department"]["numAgents"]), (&json!("red"), &json!(1)));

        // who may only add agents may not save, and who may only save adds none
        grant("add-livechat-department-agents", &["livechat-agent"]);
        amy.put(&path, &body).refused(400, "error-not-allowed");
        let with_max = json!({"department": wanted("Shop"), "agents": [{"agentId": manager.id()}]});
        assert_eq!(each(&manager.put(&path, &with_max).expect(200)["agents"], "username"), ["amy"]);
        amy.post(&format!("{path}/agents"), &json!({"upsert": [], "remove": []})).expect(200);

        // agents see departments, but not who is in them
        let shown = amy.get(&path).expect(200);
        assert_eq!((shown["department"]["name"].as_str(), shown.get("agents")), (Some("Shop"), None));
    }

    fn departments_are_found_listed_and_completed(engine: Engine) {
        let (server, _database) = Server::fresh(HARK, engine);
        let admin = server.admin();
        let nobody = admin.get("livechat/department").expect(200);
        assert_eq!(nobody, json!({"departments": [], "count": 0, "offset": 0, "total": 0, "success": true}));
        let available = "livechat/department/isDepartmentCreationAvailable";
        let yes = json!({"isDepartmentCreationAvailable": true, "success": true});
        assert_eq!(admin.get(available).expect(200), yes);
        let (zoo, alps, old) = (created(&admin, "Zoo"), created(&admin, "Alps"), created(&admin, "Old"));
        let more = json!({"enabled": false});
        create(&admin, &wanted_with("Bank", &more)).expect(200);
        assert_eq!(admin.get(available).expect(200), yes);
        admin.post(&format!("livechat/department/{old}/archive"), &json!({})).expect(200);

        let listed = |query: &str| {
            let answer = admin.get(&format!("livechat/department?{query}")).expect(200);
            answer["departments"].clone()
        };
        assert_eq!(each(&listed(""), "name"), ["Alps", "Bank", "Zoo"]);
        assert_eq!(each(&listed("text=A"), "name"), ["Alps", "Bank"]);
        assert_eq!(each(&listed("text=.*"), "name"), [""; 0]);
        assert_eq!(each(&listed("enabled=true"), "name"), ["Alps", "Zoo"]);
        assert_eq!(each(&listed("enabled=false"), "name"), ["Alps", "Bank", "Zoo"]);
        assert_eq!(each(&listed("onlyMyDepartments=true"), "name"), ["Alps", "Bank", "Zoo"]);
        assert_eq!(each(&listed("showArchived=true"), "name"), ["Alps", "Bank", "Old", "Zoo"]);
        assert_eq!(each(&listed(&format!("excludeDepartmentId={zoo}")), "name"), ["Alps", "Bank"]);
        assert_eq!(each(&listed("sort={\"name\":-1}&count=2"), "name"), ["Zoo", "Bank"]);
        assert_eq!(each(&listed("sort={\"enabled\":1,\"name\":-1}"), "name"), ["Bank", "Zoo", "Alps"]);
        let cut = admin.get("livechat/department?count=1&offset=1").expect(200);
        assert_eq!((&cut["count"], &cut["offset"], &cut["total"]), (&json!(1), &json!(1), &json!(3)));
        let wrong = admin.get("livechat/department?onlyMyDepartments=yes");
        wrong.refused_with_code("must be equal to one of the allowed values", "invalid-params");

        let archived = admin.get("livechat/departments/archived").expect(200);
        assert_eq!((each(&archived["departments"], "name"), &archived["total"]), (vec!["Old"], &json!(1)));
        assert_eq!(archived["departments"][0]["archived"], true);
        let archived = admin.get("livechat/departments/archived?text=zoo").expect(200);
        assert_eq!(archived["total"], 0);

        let unknown = admin.get("livechat/department/x").expect(200);
        assert_eq!(unknown, json!({"department": null, "agents": [], "success": true}));
        let alone = admin.get(&format!("livechat/department/{alps}?includeAgents=false")).expect(200);
        assert_eq!(alone.as_object().unwrap().keys().collect::<Vec<_>>(), ["department", "success"]);

        let complete = |selector: &Value| admin.get(&format!("livechat/department.autocomplete?selector={selector}"));
        let item = |id: &str, name: &str| json!({"_id": id, "name": name});
        let found = complete(&json!({"term": "ZO"})).expect(200);
        assert_eq!(found, json!({"items": [item(&zoo, "Zoo")], "success": true}));
        let found = complete(&json!({"term": "", "exceptions": [zoo], "conditions": {"enabled": true}})).expect(200);
        assert_eq!(found["items"], json!([item(&alps, "Alps")]));
        let found = admin.get("livechat/department.autocomplete?showArchived=true&selector={\"term\":\"ol\"}").expect(200);
        assert_eq!(each(&found["items"], "name"), ["Old"]);
        admin.get("livechat/department.autocomplete").refused(400, "The 'selector' param is required");
        admin.get("livechat/department.autocomplete?selector={").expect(400);

        let by_ids = "livechat/department.listByIds";
        let found = admin.get(&format!("{by_ids}?ids[]={zoo}&ids[]={old}&ids[]=x")).expect(200);
        assert_eq!(each(&found["departments"], "name"), ["Old", "Zoo"]);
        let found = admin.get(&format!("{by_ids}?ids[]={zoo}&fields={{\"name\":1}}")).expect(200);
        assert_eq!(found, json!({"departments": [item(&zoo, "Zoo")], "success": true}));
        admin.get(by_ids).refused(400, "The 'ids' param is required");
        admin.get(&format!("{by_ids}?ids=x")).refused(400, "The 'ids' param must be an array");
    }

    fn agents_of_a_department_are_added_changed_and_removed(engine: Engine) {
        let (server, _database) = Server::fresh(HARK, engine);
        let admin = server.admin();
        let amy = admin.person("amy", &["user", "livechat-agent"]).id();
        let ben = admin.person("ben", &["user", "livechat-agent"]).id();
        let id = created(&admin, "Sales");
        let path = format!("livechat/department/{id}/agents");
        let change = |body: Value| admin.post(&path, &body);
        let both = json!([{"agentId": ben, "username": "ben"}, {"agentId": amy, "username": "amy", "count": 2, "order": 4}]);
        assert_eq!(change(json!({"upsert": both, "remove": []})).expect(200), json!({"success": true}));
        let shown = admin.get(&path).expect(200);
        assert_eq!(each(&shown["agents"], "username"), ["amy", "ben"]);
        assert_eq!((&shown["agents"][0]["count"], &shown["agents"][0]["order"]), (&json!(2), &json!(4)));
        assert_eq!((&shown["count"], &shown["offset"], &shown["total"]), (&json!(2), &json!(0), &json!(2)));
        let cut = admin.get(&format!("{path}?sort={{\"username\":-1}}&count=1")).expect(200);
        assert_eq!((each(&cut["agents"], "username"), &cut["total"]), (vec!["ben"], &json!(2)));
        change(json!({"upsert": [{"agentId": "x", "username": "x"}], "remove": [{"agentId": amy, "username": "amy"}, {"agentId": "x"}]})).expect(200);
        assert_eq!(each(&admin.get(&path).expect(200)["agents"], "username"), ["ben"]);
        assert_eq!(find(&admin, &id)["numAgents"], 1);
        // who is no agent any more is not there either
        admin.delete(&format!("livechat/users/agent/{ben}"), &json!({})).expect(200);
        assert_eq!(find(&admin, &id)["numAgents"], 0);

        for (body, words) in [
            (json!({"remove": []}), "Missing key 'upsert'"),
            (json!({"upsert": []}), "Missing key 'remove'"),
            (json!({"upsert": {}, "remove": []}), "Expected array, got object in field upsert"),
            (json!({"upsert": [{"username": "amy"}], "remove": []}), "Missing key 'agentId' in field upsert[0]"),
            (json!({"upsert": [{"agentId": amy}], "remove": []}), "Missing key 'username' in field upsert[0]"),
            (json!({"upsert": [], "remove": [{}]}), "Missing key 'agentId' in field remove[0]"),
        ] {
            change(body).refused(400, &format!("Match error: {words}"));
        }
        let unknown = admin.post("livechat/department/x/agents", &json!({"upsert": [], "remove": []}));
        unknown.refused_with_code("Department not found", "error-department-not-found");
        let nobody = admin.get("livechat/department/x/agents").expect(200);
        assert_eq!(nobody, json!({"agents": [], "count": 0, "offset": 0, "total": 0, "success": true}));
    }

    fn a_department_is_put_away_taken_out_and_removed(engine: Engine) {
        let (server, _database) = Server::fresh(HARK, engine);
        let admin = server.admin();
        let amy = admin.person("amy", &["user", "livechat-agent"]).id();
        let body = json!({"department": wanted("Sales"), "agents": [{"agentId": amy}]});
        let id = admin.post("livechat/department", &body).expect(200)["department"]["_id"].as_str().unwrap().to_owned();
        let path = format!("livechat/department/{id}");
        let done = json!({"success": true});
        let enabled = || admin.get(&format!("{path}/agents")).expect(200)["agents"][0]["departmentEnabled"].clone();
        assert_eq!(enabled(), true);
        assert_eq!(admin.post(&format!("{path}/archive"), &json!({})).expect(200), done);
        let archived = find(&admin, &id);
        assert_eq!((&archived["archived"], &archived["enabled"]), (&json!(true), &json!(false)));
        assert_eq!(enabled(), false);
        assert_eq!(admin.post(&format!("{path}/unarchive"), &json!({})).expect(200), done);
        let out = find(&admin, &id);
        assert_eq!((out.get("archived"), &out["enabled"]), (None, &json!(false)));
        admin.post("livechat/department/x/archive", &json!({})).refused(400, "department-not-found");
        admin.post("livechat/department/x/unarchive", &json!({})).refused_with_code("", "department-not-found");

        let other = wanted_with("Help", &json!({"fallbackForwardDepartment": id, "departmentsAllowedToForward": [id]}));
        let other = create(&admin, &other).expect(200)["department"]["_id"].as_str().unwrap().to_owned();
        assert_eq!(admin.delete(&path, &json!({})).expect(200), done);
        admin.delete(&path, &json!({})).refused(400, "error-department-not-found");
        assert_eq!(find(&admin, &id), Value::Null);
        let other = find(&admin, &other);
        assert_eq!((other.get("fallbackForwardDepartment"), &other["departmentsAllowedToForward"]), (None, &json!([])));
        let links = admin.get(&format!("livechat/agents/{amy}/departments")).expect(200);
        assert_eq!(links["departments"], json!([]));
    }

    fn a_method_saves_departments_too(engine: Engine) {
        let (server, _database) = Server::fresh(HARK, engine);
        let admin = server.admin();
        let amy = admin.person("amy", &["user", "livechat-agent"]);
        let save = |client: &Client, params: Value| -> Value {
            let frame = json!({"msg": "method", "id": "1", "method": "livechat:saveDepartment", "params": params});
            let body = json!({"message": frame.to_string()});
            let answer = client.post("method.call/livechat:saveDepartment", &body).expect(200);
            serde_json::from_str(answer["message"].as_str().unwrap()).unwrap()
        };
        let made = save(&admin, json!([null, wanted("Sales"), [{"agentId": amy.id()}]]));
        let id = made["result"]["_id"].as_str().unwrap();
        assert_eq!(made["result"]["numAgents"], 1);
        let changed = save(&admin, json!([id, wanted("Shop")]));
        assert_eq!((&changed["result"]["_id"], &changed["result"]["name"]), (&json!(id), &json!("Shop")));
        let refused = save(&admin, json!(["x", wanted("Shop")]));
        assert_eq!(refused["error"]["error"], "error-department-not-found");
        let refused = save(&admin, json!([null, {"name": "Shop"}]));
        assert_eq!(refused["error"]["error"], "Match error: Missing key 'enabled'");
        let refused = save(&amy, json!([null, wanted("Mine")]));
        assert_eq!(refused["error"]["error"], "error-not-allowed");
    }

    fn who_may_not_change_a_departments_agents_is_told_before_what_is_wrong(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let sales = desk.department("Sales", &[], &json!({}));
        let path = format!("livechat/department/{sales}/agents");
        let words = "User does not have the permissions required for this action [error-unauthorized]";
        let amy = desk.agent("amy");
        for body in [json!({}), json!({"upsert": [{}], "remove": 1})] {
            amy.client.post(&path, &body).refused(403, words);
            assert_eq!(desk.anyone().post(&path, &body).status, 401);
        }
        desk.admin.post(&path, &json!({})).refused(400, "Match error: Missing key 'upsert'");
    }
}
