//! What reports are made of is summed up by a job, and counted anew by a command.

use hark_testkit::{Desk, Setup, eventually, on_both_engines};
use serde_json::json;

use crate::{BINARY, HARK};

on_both_engines! {
    fn closed_chats_are_summed_up_and_can_be_counted_anew(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        desk.set("Livechat_accept_chats_with_no_agents", true);
        let sums = || {
            let sums = "SELECT coalesce(sum(chats * 1000 + messages), 0) FROM figure WHERE span = 'd'";
            let number = format!("SELECT CAST(({sums}) AS BIGINT)");
            desk.database.number(&number)
        };
        for token in ["ann", "bob"] {
            let rid = desk.new_chat(token);
            desk.say(token, &rid, "hello");
            desk.anyone().post("livechat/room.close", &json!({"token": token, "rid": rid})).expect(200);
        }
        eventually("the chats to be summed up", || (sums() == 2002).then_some(()));
        desk.database.execute("UPDATE figure SET messages = 7, at = at - 86400000 WHERE span = 'd'");
        let admin = Setup::new(BINARY).on(&desk.database);
        let done = admin.command_line(&["admin", "rebuild-figures"], "");
        done.assert_done();
        assert_eq!(done.stdout, "Days that are counted anew: 1.\n");
        assert_eq!(sums(), 2002);
        assert_eq!(desk.database.number("SELECT count(*) FROM figure"), 2);
    }
}
