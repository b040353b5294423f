//! Custom fields, triggers, the widget's looks and the workspace's webhook, seen from outside.

use hark_testkit::{Database, Desk, Server, Setup, each, on_both_engines};
use serde_json::{Value, json};

use crate::HARK;

fn field(name: &str, regexp: &str) -> Value {
    json!({
        "field": name, "label": format!("Label of {name}"), "scope": "visitor",
        "visibility": "visible", "regexp": regexp, "searchable": true,
        "type": "select", "required": true, "defaultValue": "a", "options": "a,b", "public": true,
    })
}

fn trigger(name: &str) -> Value {
    json!({
        "name": name, "description": "", "enabled": true, "runOnce": false,
        "conditions": [{"name": "time-on-site", "value": 5}, {"name": "chat-opened-by-visitor", "value": null}],
        "actions": [{"name": "send-message", "params": {"sender": "queue", "msg": "Hello", "name": ""}}],
    })
}

/// The id and the value of each setting in a list.
fn value_of(settings: &Value, id: &str) -> Value {
    let settings = settings.as_array().unwrap();
    let found = settings.iter().find(|setting| setting["_id"] == id);
    found.unwrap()["value"].clone()
}

on_both_engines! {
    fn custom_fields_are_saved_by_methods_and_read_by_routes(engine: Engine) {
        let (server, _database) = Server::fresh(HARK, engine);
        let admin = server.admin();
        let save = "livechat:saveCustomField";
        let saved = admin.method(save, &json!([null, field("customer-no", "^K\\d+(?!x)$")]));
        assert_eq!(saved["result"]["_id"], "customer-no");
        let one = admin.get("livechat/custom-fields/customer-no").expect(200);
        let mut document = one["customField"].clone();
        assert!(document["_updatedAt"].take().is_string());
        assert_eq!(document, json!({
            "_id": "customer-no", "label": "Label of customer-no", "scope": "visitor",
            "visibility": "visible", "searchable": true, "type": "select", "required": true,
            "public": true, "_updatedAt": null, "regexp": "^K\\d+(?!x)$", "defaultValue": "a", "options": "a,b",
        }));
        assert_eq!(
            admin.get("livechat/custom-fields/none").expect(200),
            json!({"customField": null, "success": true})
        );
        let error = |params: Value| admin.method(save, &params)["error"].clone();
        for (params, code) in [
            (json!([null, field("a b", "")]), "error-invalid-custom-field-name"),
            (json!([null, field("customer-no", "")]), "error-custom-field-name-already-exists"),
            (json!(["none", field("x", "")]), "error-invalid-custom-field"),
            (json!([null, field("x", "(")]), "error-invalid-regexp"),
        ] {
            assert_eq!(error(params)["error"], code);
        }
        assert_eq!(error(json!([null, {"field": 1}]))["error"], 400);
        assert_eq!(error(json!([]))["error"], 400);
        let plain = json!({"field": "area", "label": "Area", "scope": "room", "visibility": "hidden"});
        assert_eq!(admin.method(save, &json!([null, plain]))["result"]["type"], "input");
        let renamed = json!({"field": "other", "label": "Zone", "scope": "room", "visibility": "hidden"});
        assert_eq!(admin.method(save, &json!(["area", renamed]))["result"]["_id"], "area");
        let list = admin.get("livechat/custom-fields").expect(200);
        let ids = |list: &Value| -> Vec<String> {
            let fields = list["customFields"].as_array().unwrap().iter();
            fields.map(|field| field["_id"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(ids(&list), ["customer-no", "area"]);
        assert_eq!((&list["count"], &list["offset"], &list["total"]), (&json!(2), &json!(0), &json!(2)));
        let list = admin.get("livechat/custom-fields?text=ZON").expect(200);
        assert_eq!(ids(&list), ["area"]);
        let list = admin.get("livechat/custom-fields?sort=%7B%22label%22%3A-1%7D&count=1").expect(200);
        assert_eq!((ids(&list), &list["total"]), (vec!["area".to_owned()], &json!(2)));

        let agent = admin.person("amy", &["livechat-agent"]);
        agent.get("livechat/custom-fields").expect(200);
        let refused = agent.method(save, &json!([null, field("y", "")]));
        assert_eq!(refused["error"]["error"], "error-not-allowed");
        let user = admin.person("uma", &["user"]);
        user.get("livechat/custom-fields").expect(403);

        let remove = "livechat:removeCustomField";
        assert_eq!(admin.method(remove, &json!(["area"]))["result"]["deletedCount"], 1);
        assert_eq!(admin.method(remove, &json!(["area"]))["error"]["error"], "error-invalid-custom-field");
    }

    fn triggers_are_made_changed_listed_and_removed(engine: Engine) {
        let (server, _database) = Server::fresh(HARK, engine);
        let admin = server.admin();
        let path = "/api/v1/livechat/triggers";
        for name in ["second", "first"] {
            assert_eq!(admin.post(path, &trigger(name)).expect(200), json!({"success": true}));
        }
        let list = admin.get(path).expect(200);
        assert_eq!((&list["count"], &list["offset"], &list["total"]), (&json!(2), &json!(0), &json!(2)));
        let first = &list["triggers"][0];
        let id = first["_id"].as_str().unwrap();
        assert_eq!(id.len(), 24);
        assert_eq!(first["name"], "first");
        assert_eq!(first["conditions"], json!([{"name": "time-on-site", "value": "5"}, {"name": "chat-opened-by-visitor", "value": null}]));
        assert_eq!(first["actions"], trigger("x")["actions"]);
        let mut change = trigger("renamed");
        change["_id"] = json!(id);
        change["actions"] = json!([{"name": "use-external-service", "params": {
            "sender": "custom", "name": "bot", "serviceUrl": "https://example.org/", "serviceTimeout": 5000,
            "serviceFallbackMessage": "later"}}]);
        assert_eq!(admin.post(path, &change).expect(200), json!({"success": true}));
        let one = format!("{path}/{id}");
        let shown = admin.get(&one).expect(200);
        assert_eq!(shown["trigger"]["name"], "renamed");
        assert_eq!(shown["trigger"]["actions"], change["actions"]);
        for (member, value, words) in [
            ("name", Value::Null, None),
            ("conditions", json!([]), Some("must NOT have fewer than 1 items")),
            ("actions", json!({}), Some("must be array")),
            ("enabled", json!("often"), Some("must be boolean")),
            ("more", json!(1), Some("must NOT have additional properties")),
            ("actions", json!([{"name": "use-external-service", "params": {}}]), Some("must match exactly one schema in oneOf")),
        ] {
            let mut body = trigger("x");
            body[member] = value;
            let answer = admin.post(path, &body);
            match words {
                None => drop(answer.expect(200)),
                Some(words) => assert_eq!(answer.expect(400), json!({
                    "success": false, "error": format!("{words} [invalid-params]"), "errorType": "invalid-params",
                })),
            }
        }
        assert_eq!(admin.post(path, &json!({})).expect(400)["error"], "must have required property 'name' [invalid-params]");
        for _ in 0..2 {
            assert_eq!(admin.delete(&one, &json!({})).expect(200), json!({"success": true}));
        }
        assert_eq!(admin.get(&one).expect(200), json!({"trigger": null, "success": true}));
        admin.person("amy", &["livechat-agent"]).get(path).expect(403);
    }

    fn the_widgets_looks_are_changed_together_or_not_at_all(engine: Engine) {
        let (server, _database) = Server::fresh(HARK, engine);
        let manager = server.admin().person("mia", &["livechat-manager"]);
        let path = "/api/v1/livechat/appearance";
        let shown = || manager.get(path).expect(200)["appearance"].clone();
        assert_eq!(shown().as_array().unwrap().len(), 24);
        assert_eq!(shown()[0]["i18nLabel"], "Livechat_title");
        let set = |body: Value| manager.post(path, &body);
        let refused = set(json!([{"_id": "Livechat_title", "value": "A"}, {"_id": "Site_Name", "value": "B"}]));
        assert_eq!(refused.expect(400), json!({"success": false, "error": "invalid-setting"}));
        assert_eq!(value_of(&shown(), "Livechat_title"), "");
        let done = set(json!([
            {"_id": "Livechat_title", "value": "A"},
            {"_id": "Livechat_registration_form", "value": "no"},
            {"_id": "Livechat_message_character_limit", "value": "12 or so"},
            {"_id": "Livechat_hide_system_messages", "value": ["uj", "nonsense"]},
        ]));
        assert_eq!(done.expect(200), json!({"success": true}));
        assert_eq!(value_of(&shown(), "Livechat_title"), "A");
        assert_eq!(value_of(&shown(), "Livechat_registration_form"), false);
        assert_eq!(value_of(&shown(), "Livechat_message_character_limit"), 12);
        assert_eq!(value_of(&shown(), "Livechat_hide_system_messages"), json!(["uj", "ul", "livechat-close"]));
        assert_eq!(set(json!([])).expect(400)["error"], "must NOT have fewer than 1 items [invalid-params]");
        assert_eq!(set(json!({})).expect(400)["error"], "must be array [invalid-params]");
        let refused = set(json!([{"_id": "Livechat_title", "value": "B"}, {"_id": "Livechat_title_color", "value": "red"}]));
        assert_eq!(refused.expect(400)["errorType"], "error-invalid-setting-value");
        assert_eq!(value_of(&shown(), "Livechat_title"), "A");
    }

    fn the_workspaces_webhook_is_coerced_as_the_original_does(engine: Engine) {
        let database = Database::fresh(engine);
        let server = Setup::new(HARK).on(&database)
            .env("OVERWRITE_SETTING_Livechat_webhook_on_close", "false")
            .start();
        let manager = server.admin().person("moe", &["livechat-manager"]);
        let path = "/api/v1/omnichannel/integrations";
        let shown = || manager.get("livechat/integrations.settings").expect(200)["settings"].clone();
        assert_eq!(shown().as_array().unwrap().len(), 11);
        assert_eq!(shown()[0]["enableQuery"], "{\"_id\":\"Livechat_enabled\",\"value\":true}");
        let set = |body: Value| manager.post(path, &body);
        let accepted = |body: Value| assert_eq!(set(body).expect(200), json!({"success": true}));
        accepted(json!({}));
        accepted(json!({
            "LivechatWebhookUrl": "  https://crm.example.org/h ", "LivechatSecretToken": " s3cret ",
            "LivechatHttpTimeout": " 3e3 ", "LivechatWebhookOnStart": "true", "LivechatWebhookOnClose": true,
            "LivechatWebhookOnForward": 1,
        }));
        for (id, value) in [
            ("Livechat_webhookUrl", json!("https://crm.example.org/h")),
            ("Livechat_secret_token", json!("s3cret")),
            ("Livechat_http_timeout", json!(3000)),
            ("Livechat_webhook_on_start", json!(true)),
            ("Livechat_webhook_on_close", json!(false)),
            ("Livechat_webhook_on_forward", json!(true)),
        ] {
            assert_eq!(value_of(&shown(), id), value, "{id}");
        }
        accepted(json!({"LivechatWebhookUrl": 8000, "LivechatSecretToken": null, "LivechatHttpTimeout": "", "LivechatWebhookOnStart": ""}));
        assert_eq!(value_of(&shown(), "Livechat_webhookUrl"), "8000");
        assert_eq!(value_of(&shown(), "Livechat_secret_token"), "");
        assert_eq!(value_of(&shown(), "Livechat_http_timeout"), Value::Null);
        assert_eq!(value_of(&shown(), "Livechat_webhook_on_start"), false);
        for (body, words) in [
            (json!({"Livechat_webhookUrl": ""}), "must NOT have additional properties"),
            (json!({"LivechatWebhookUrl": []}), "must be string"),
            (json!({"LivechatHttpTimeout": "abc"}), "must be number"),
            (json!({"LivechatWebhookOnStart": "yes"}), "must be boolean"),
            (json!([1]), "must be object"),
        ] {
            assert_eq!(set(body).expect(400), json!({
                "success": false, "error": format!("{words} [invalid-params]"), "errorType": "invalid-params",
            }));
        }
        for timeout in [json!(0), json!(-5), json!(60_001), json!(1.5), json!(false)] {
            assert_eq!(set(json!({"LivechatHttpTimeout": timeout})).expect(400)["errorType"], "invalid-params");
        }
        server.admin().person("amy", &["livechat-agent"]).post(path, &json!({})).expect(403);
    }

    fn a_lead_captures_pattern_that_is_none_is_refused_with_the_reason(engine: Engine) {
        let (server, _database) = Server::fresh(HARK, engine);
        let admin = server.admin();
        let path = "/api/v1/settings/Livechat_lead_phone_regex";
        let refused = admin.post(path, &json!({"value": "(\\d+"})).expect(400);
        assert_eq!(refused["errorType"], "error-invalid-setting-value");
        assert_eq!(
            refused["error"],
            "Livechat_lead_phone_regex must be a regular expression, in at most 1000 characters: \
            a parenthesis is not closed. [error-invalid-setting-value]"
        );
        admin.post(path, &json!({"value": "\\d+(?=x)"})).expect(200);
    }

    fn a_custom_fields_visibility_is_any_word(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        for word in ["public", "visible", "hidden", ""] {
            let name = format!("of-{word}");
            desk.field(&name, "visitor", &json!({"visibility": word, "public": true}));
            let shown = desk.admin.get(&format!("livechat/custom-fields/{name}")).expect(200);
            assert_eq!(shown["customField"]["visibility"], word);
        }
        let config = desk.anyone().get("livechat/config").expect(200)["config"].clone();
        assert_eq!(each(&config["customFields"], "_id"), ["of-", "of-public", "of-visible"]);
    }

    fn the_form_asks_for_fields_of_visitors_only(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        desk.field("plan", "visitor", &json!({"public": true}));
        desk.field("order", "room", &json!({"public": true}));
        let config = desk.anyone().get("livechat/config").expect(200);
        assert_eq!(each(&config["config"]["customFields"], "_id"), ["plan"]);
    }

    fn a_trigger_says_something_or_names_its_service_in_full(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let save = |action: Value| {
            let body = json!({
                "name": "t", "description": "", "enabled": true, "runOnce": false,
                "conditions": [{"name": "time-on-site", "value": "1"}], "actions": [action],
            });
            desk.admin.post("livechat/triggers", &body)
        };
        let message = json!({"sender": "custom", "name": "Ann", "msg": "hello"});
        let service = json!({"sender": "custom", "name": "Ann", "serviceUrl": "https://example.org/", "serviceTimeout": 1000, "serviceFallbackMessage": "later"});
        for (name, whole, needed) in [
            ("send-message", message, &["sender", "msg"][..]),
            ("use-external-service", service, &["serviceUrl", "serviceTimeout", "serviceFallbackMessage"]),
        ] {
            save(json!({"name": name, "params": whole})).expect(200);
            for member in needed {
                let mut params = whole.clone();
                params.as_object_mut().unwrap().remove(*member);
                save(json!({"name": name, "params": params})).refused_by_schema("must match exactly one schema in oneOf");
            }
        }
    }
}
