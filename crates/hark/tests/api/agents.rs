//! Agents and managers of the chat, seen from outside.

use hark_testkit::{Client, Desk, Response, Server, on_both_engines, text};
use serde_json::{Value, json};

use crate::HARK;
use crate::business_hours::{all_day, status_of};
use crate::methods::{MATCH_FAILED, wrong};

fn appoint(admin: &Client, username: &str) {
    admin
        .post("livechat/users/agent", &json!({"username": username}))
        .expect(200);
}

/// The user names in a list of users.
fn names(answer: &Value) -> Vec<&str> {
    let users = answer["users"].as_array().unwrap().iter();
    users
        .map(|user| user["username"].as_str().unwrap())
        .collect()
}

on_both_engines! {
    fn agents_and_managers_are_appointed_listed_and_dismissed(engine: Engine) {
        let (server, _database) = Server::fresh(HARK, engine);
        let admin = server.admin();
        let amy = admin.person("amy", &["user"]);
        let ben = admin.person("ben", &["user"]);
        let (amy_id, ben_id) = (amy.id(), ben.id());

        let user = json!({"_id": amy_id, "username": "amy"});
        for kind in ["agent", "manager", "agent"] {
            let answer = admin.post(&format!("livechat/users/{kind}"), &json!({"username": "amy"}));
            assert_eq!(answer.expect(200), json!({"user": user, "success": true}));
        }
        appoint(&admin, "ben");
        let invalid = json!({"success": false, "error": "[error-invalid-user]", "errorType": "error-invalid-user"});
        for kind in ["agent", "manager"] {
            let answer = admin.post(&format!("livechat/users/{kind}"), &json!({"username": "nobody"}));
            assert_eq!(answer.expect(400), invalid);
        }
        let missing = admin.post("livechat/users/agent", &json!({}));
        assert_eq!(missing.expect(400)["error"], "must have required property 'username' [invalid-params]");
        admin.post("livechat/users/clown", &json!({"username": "amy"})).refused(400, "Invalid type");
        admin.get("livechat/users/clown").refused(400, "Invalid type");
        admin.get(&format!("livechat/users/clown/{amy_id}")).refused(400, "Invalid type");
        admin.delete(&format!("livechat/users/clown/{amy_id}"), &json!({})).refused(400, "Invalid type");

        let in_list = json!({
            "_id": amy_id,
            "username": "amy",
            "name": "amy",
            "status": "offline",
            "emails": [{"address": "amy@example.org", "verified": false}],
            "statusLivechat": "available",
            "departments": [],
        });
        let agents = admin.get("livechat/users/agent").expect(200);
        assert_eq!(names(&agents), ["amy", "ben"]);
        assert_eq!(agents["users"][0], in_list);
        assert_eq!((&agents["count"], &agents["offset"], &agents["total"]), (&json!(2), &json!(0), &json!(2)));
        let managers = admin.get("livechat/users/manager").expect(200);
        assert_eq!(names(&managers), ["amy"]);
        assert_eq!(managers["users"][0], in_list);

        let mut alone = in_list;
        alone.as_object_mut().unwrap().remove("departments");
        for kind in ["agent", "manager"] {
            let answer = admin.get(&format!("livechat/users/{kind}/{amy_id}")).expect(200);
            assert_eq!(answer, json!({"user": alone, "success": true}));
            admin.get(&format!("livechat/users/{kind}/x")).refused(400, "User not found");
        }
        let answer = admin.get(&format!("livechat/users/manager/{ben_id}")).expect(200);
        assert_eq!(answer, json!({"user": null, "success": true}));

        for path in ["livechat/users/agent/x", "livechat/users/manager/x"] {
            assert_eq!(admin.delete(path, &json!({})).expect(400), json!({"success": false}));
        }
        for (kind, id) in [("agent", &amy_id), ("manager", &amy_id), ("manager", &ben_id)] {
            let answer = admin.delete(&format!("livechat/users/{kind}/{id}"), &json!({}));
            assert_eq!(answer.expect(200), json!({"success": true}));
        }
        assert_eq!(names(&admin.get("livechat/users/agent").expect(200)), ["ben"]);
        assert_eq!(names(&admin.get("livechat/users/manager").expect(200)), [""; 0]);
        assert_eq!(amy.get("me").expect(200).get("statusLivechat"), None);
        // agents do not see these lists of their own accord
        amy.get("livechat/users/agent").refused(403, "unauthorized");
        ben.get("livechat/users/manager").refused(403, "unauthorized");
        assert_eq!(ben.get("livechat/users/agent").expect(200)["total"], 1);
    }

    fn a_list_of_agents_is_filtered_sorted_and_cut(engine: Engine) {
        let (server, _database) = Server::fresh(HARK, engine);
        let admin = server.admin();
        for name in ["amy", "ben", "cat", "dog"] {
            admin.person(name, &["user"]);
            appoint(&admin, name);
        }
        let cat = server.client().login("cat", "secret-of-cat");
        cat.post("livechat/agent.status", &json!({"status": "not-available"})).expect(200);
        cat.post("users.setStatus", &json!({"status": "online"})).expect(200);
        admin.post("roles.addUserToRole", &json!({"roleId": "bot", "username": "dog"})).expect(200);
        let listed = |query: &str| admin.get(&format!("livechat/users/agent?{query}")).expect(200);
        assert_eq!(names(&listed("text=AMY")), ["amy"]);
        assert_eq!(names(&listed("text=ben@example")), ["ben"]);
        assert_eq!(names(&listed("text=.")), ["amy", "ben", "cat", "dog"]);
        assert_eq!(names(&listed("text=.*")), [""; 0]);
        assert_eq!(names(&listed("onlyAvailable=true")), ["amy", "ben", "dog"]);
        assert_eq!(names(&listed("onlyAvailable=false")), ["amy", "ben", "cat", "dog"]);
        assert_eq!(names(&listed("showIdleAgents=false")), ["cat", "dog"]);
        assert_eq!(names(&listed(&format!("excludeId={}", cat.id()))), ["amy", "ben", "dog"]);
        assert_eq!(names(&listed("sort={\"username\":-1}&count=2&offset=1")), ["cat", "ben"]);
        let cut = listed("count=1&offset=3&fields={\"username\":1}");
        assert_eq!((&cut["count"], &cut["offset"], &cut["total"]), (&json!(1), &json!(3), &json!(4)));
        assert_eq!(cut["users"][0].as_object().unwrap().keys().collect::<Vec<_>>(), ["_id", "username"]);
        let wrong = admin.get("livechat/users/agent?odd=1").expect(400);
        assert_eq!(wrong["error"], "must NOT have additional properties [invalid-params]");
        let wrong = admin.get("livechat/users/agent?onlyAvailable=maybe").expect(400);
        assert_eq!(wrong["error"], "must be boolean [invalid-params]");
    }

    fn agents_say_whether_they_take_chats(engine: Engine) {
        let (server, _database) = Server::fresh(HARK, engine);
        let admin = server.admin();
        let amy = admin.person("amy", &["user"]);
        let ben = admin.person("ben", &["user"]);
        appoint(&admin, "amy");
        appoint(&admin, "ben");
        let (amy_id, ben_id) = (amy.id(), ben.id());
        let path = "livechat/agent.status";
        let status = |answer: &Response| {
            let answer = answer.expect(200);
            assert_eq!(answer["success"], true);
            assert_eq!(answer.as_object().unwrap().len(), 2);
            answer["status"].as_str().unwrap().to_owned()
        };
        // without a word it is turned round
        assert_eq!(status(&amy.send("POST", path, &[], b"")), "not-available");
        assert_eq!(amy.get("me").expect(200)["statusLivechat"], "not-available");
        let login = server.client().post("login", &json!({"user": "amy", "password": "secret-of-amy"}));
        assert_eq!(login.expect(200)["data"]["me"]["statusLivechat"], "not-available");
        assert_eq!(status(&amy.post(path, &json!({"status": null}))), "available");
        assert_eq!(status(&amy.post(path, &json!({"status": "not-available"}))), "not-available");
        let wrong = amy.post(path, &json!({"status": "busy"})).expect(400);
        assert_eq!(wrong["error"], "must be equal to one of the allowed values [invalid-params]");

        // that of others is for those who manage agents, unless nothing would change
        let of_ben = |status: &str| json!({"status": status, "agentId": ben_id});
        assert_eq!(status(&amy.post(path, &of_ben("available"))), "available");
        amy.post(path, &of_ben("not-available")).refused(403, "unauthorized");
        assert_eq!(status(&admin.post(path, &of_ben("not-available"))), "not-available");
        assert_eq!(ben.get("me").expect(200)["statusLivechat"], "not-available");

        admin.post(path, &json!({})).refused(404, "Agent not found");
        admin.post(path, &json!({"agentId": "x"})).refused(404, "Agent not found");

        // outside of the hours, whatever day it is
        admin.method("livechat:saveBusinessHour", &json!([all_day(false)]));
        admin.set("Livechat_enable_business_hours", true);
        amy.post(path, &json!({"status": "available"})).refused(400, "error-business-hours-are-closed");
        assert_eq!(status(&admin.post(path, &of_ben("available"))), "not-available");
        admin.set("Livechat_enable_business_hours", false);
        assert_eq!(status(&admin.post(path, &of_ben("available"))), "available");

        let off = json!({"userId": amy_id, "activeStatus": false});
        admin.post("users.setActiveStatus", &off).expect(200);
        admin.post(path, &json!({"agentId": amy_id})).refused(400, "error-user-deactivated");
    }

    fn the_last_log_out_pauses_an_agent(engine: Engine) {
        let (server, _database) = Server::fresh(HARK, engine);
        let admin = server.admin();
        let amy = admin.person("amy", &["user"]);
        appoint(&admin, "amy");
        let id = amy.id();
        let available = || {
            let answer = admin.get(&format!("livechat/users/agent/{id}")).expect(200);
            answer["user"]["statusLivechat"].as_str().unwrap().to_owned()
        };
        assert_eq!(available(), "available");
        let second = server.client().login("amy", "secret-of-amy");
        amy.post("logout", &json!({})).expect(200);
        assert_eq!(available(), "available");
        second.post("logout", &json!({})).expect(200);
        assert_eq!(available(), "not-available");
        let again = server.client().login("amy", "secret-of-amy");
        assert_eq!(available(), "available");
        assert_eq!(again.get("me").expect(200)["statusLivechat"], "available");
    }

    fn what_is_known_of_an_agent_is_saved_by_a_method(engine: Engine) {
        let (server, _database) = Server::fresh(HARK, engine);
        let admin = server.admin();
        let amy = admin.person("amy", &["user"]);
        let ben = admin.person("ben", &["user"]);
        appoint(&admin, "amy");
        let (amy_id, ben_id) = (amy.id(), ben.id());
        let department = |name: &str, enabled: bool| {
            let department = json!({"name": name, "email": "a@example.org", "enabled": enabled, "showOnRegistration": true, "showOnOfflineForm": true});
            let answer = admin.post("livechat/department", &json!({"department": department}));
            answer.expect(200)["department"]["_id"].as_str().unwrap().to_owned()
        };
        let (sales, help) = (department("Sales", true), department("Help", false));
        let departments = |query: &str| {
            let answer = amy.get(&format!("livechat/agents/{amy_id}/departments{query}")).expect(200);
            assert_eq!(answer["success"], true);
            answer["departments"].as_array().unwrap().clone()
        };

        let save = "livechat:saveAgentInfo";
        let saved = admin.method(save, &json!([amy_id, {"maxNumberSimultaneousChat": "4"}, [sales, help, "x"]]));
        assert_eq!(saved, json!({"msg": "result", "id": "1", "result": true}));
        let links = departments("");
        let names: Vec<&Value> = links.iter().map(|link| &link["departmentName"]).collect();
        assert_eq!(names, ["Help", "Sales"]);
        let mut link = links[1].clone();
        let members = link.as_object_mut().unwrap();
        assert_eq!(members.remove("_id").unwrap().as_str().unwrap().len(), 24);
        assert!(members.remove("_updatedAt").unwrap().is_string());
        assert_eq!(link, json!({
            "agentId": amy_id,
            "departmentId": sales,
            "departmentEnabled": true,
            "departmentName": "Sales",
            "username": "amy",
            "count": 0,
            "order": 0,
        }));
        assert_eq!(departments("?enabledDepartmentsOnly=true").len(), 1);
        assert_eq!(departments("?enabledDepartmentsOnly=false").len(), 2);
        let shown = admin.get("livechat/users/agent").expect(200);
        assert_eq!(shown["users"][0]["livechat"], json!({"maxNumberSimultaneousChat": 4}));
        assert_eq!(shown["users"][0]["departments"].as_array().unwrap().len(), 2);

        admin.method(save, &json!([amy_id, {"maxNumberSimultaneousChat": ""}, [help]]));
        assert_eq!(departments("")[0]["departmentId"], json!(help));
        assert_eq!(departments("").len(), 1);
        let shown = admin.get("livechat/users/agent").expect(200);
        assert_eq!(shown["users"][0].get("livechat"), None);

        let refused = admin.method(save, &json!([ben_id, {}, []]));
        assert_eq!(refused["error"]["error"], "error-user-is-not-agent");
        let refused = amy.method(save, &json!([amy_id, {}, []]));
        assert_eq!(refused["error"]["error"], "error-not-allowed");
        // nobody's departments are none
        let none = amy.get("livechat/agents/x/departments").expect(200);
        assert_eq!(none, json!({"departments": [], "success": true}));
    }

    fn agents_say_by_a_method_whether_they_take_chats(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let (amy, ben) = (desk.agent("amy"), desk.agent("ben"));
        let change = |client: &Client, params: Value| client.method("livechat:changeLivechatStatus", &params);
        assert_eq!(change(&amy.client, json!([]))["result"], "not-available");
        assert_eq!(status_of(&desk.admin, &amy.id), "not-available");
        assert_eq!(change(&amy.client, json!([{"status": "available"}]))["result"], "available");
        assert_eq!(change(&desk.admin, json!([{"status": "not-available", "agentId": ben.id}]))["result"], "not-available");
        assert_eq!(status_of(&desk.admin, &ben.id), "not-available");
        let refused = |client: &Client, params: Value| change(client, params)["error"]["error"].clone();
        assert_eq!(wrong(&change(&amy.client, json!([{"status": "asleep"}]))), MATCH_FAILED);
        assert_eq!(refused(&amy.client, json!([{"agentId": ben.id}])), "error-not-allowed");
        assert_eq!(refused(&desk.admin, json!([{"agentId": "nobody"}])), "error-not-allowed");
        assert_eq!(refused(&desk.admin.person("uma", &["user"]), json!([])), "error-not-allowed");
        desk.admin.method("livechat:saveBusinessHour", &json!([all_day(false)]));
        desk.set("Livechat_enable_business_hours", true);
        assert_eq!(refused(&amy.client, json!([{"status": "available"}])), "error-business-hours-are-closed");
    }

    /// Anyone who asks who would be next moves nothing on.
    fn a_look_at_who_is_next_is_nobodys_turn(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let (_amy, _ben) = (desk.agent("amy"), desk.agent("ben"));
        let next = || text(&desk.anyone().get("livechat/agent.next/nobody").expect(200), "/agent/username");
        for method in ["Auto_Selection", "Load_Balancing", "Load_Rotation"] {
            desk.set("Livechat_Routing_Method", method);
            let first = next();
            assert_eq!((next(), next()), (first.clone(), first.clone()), "{method}");
            // who was named gets the chat, and only then it is another's turn
            let rid = desk.new_chat(&format!("visitor-of-{method}"));
            assert_eq!(desk.room(&rid)["servedBy"]["username"], first, "{method}");
            assert_ne!(next(), first, "{method}");
        }
    }
}
