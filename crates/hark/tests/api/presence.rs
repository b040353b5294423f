//! Whether agents are there, as their windows show: one who closes the last of them is gone a minute
//! later, however it closes, and chats no longer go to them.
//!
//! The minute passes by moving what is written down back by one.

use hark_testkit::{Agent, Desk, Engine, Setup, Socket, eventually, on_both_engines, text};
use serde_json::{Value, json};

use crate::HARK;

const LOGGED: &str = "stream-notify-logged";

/// Past Hark, on either engine.
/// A minute passes for one who has closed their last window at some node.
fn a_minute_passes(desk: &Desk, agent: &Agent) {
    let statement = format!(
        "UPDATE connection SET lost_at = lost_at - 60000 WHERE account_id = '{}' AND lost_at IS NOT NULL",
        agent.id
    );
    eventually("the end of the last window to be known", || {
        (desk.database.execute(&statement) > 0).then_some(())
    });
}

/// How someone can be reached: now, as they want to be seen, and whether they take chats.
fn presence(desk: &Desk, agent: &Agent) -> [String; 3] {
    let me = agent.client.at(desk.server.address()).get("me").expect(200);
    ["status", "statusDefault", "statusLivechat"].map(|name| text(&me, &format!("/{name}")))
}

/// Someone who hears who comes and goes.
fn watcher(desk: &Desk, agent: &Agent) -> Socket {
    let mut socket = Socket::of(&desk.server, &agent.client);
    let answer = socket.subscribe(LOGGED, "user-status", &Value::Null);
    assert_eq!(answer["msg"], "ready");
    socket
}

/// What the log says of how someone could be reached.
fn statuses_of(desk: &Desk, username: &str) -> Vec<Value> {
    let events = desk.database.events().into_iter();
    let statuses = events
        .filter(|(_, kind, body)| kind == "agent.status" && body["agent"]["username"] == username);
    statuses.map(|(_, _, body)| body).collect()
}

fn hears_of(socket: &mut Socket, agent: &Agent, number: u8) {
    socket.wait_for("how someone can be reached", |frame| {
        let status = &frame["fields"]["args"][0];
        frame["collection"] == LOGGED && status[0] == *agent.id && status[2] == number
    });
}

on_both_engines! {
    fn someone_who_closes_their_last_window_is_gone_after_a_while(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let [amy, ben, cleo] = ["amy", "ben", "cleo"].map(|name| desk.agent(name));
        let mut to_ben = watcher(&desk, &ben);
        let before = statuses_of(&desk, "amy").len();
        let (first, second) = (Socket::of(&desk.server, &amy.client), Socket::of(&desk.server, &amy.client));
        drop(first);
        drop(second);
        // the page is loaded again
        let lost = format!("UPDATE connection SET lost_at = lost_at WHERE account_id = '{}' AND lost_at > 0", amy.id);
        eventually("the end of the last window to be known", || (desk.database.execute(&lost) > 0).then_some(()));
        let again = Socket::of(&desk.server, &amy.client);
        // a row that is still lost, or was never there again, would be past its minute
        assert_eq!(desk.database.execute(&lost), 0);
        assert_eq!(presence(&desk, &amy), ["online", "online", "available"]);
        drop(again);
        a_minute_passes(&desk, &amy);
        hears_of(&mut to_ben, &amy, 0);
        // she went once, not twice with a return between
        assert_eq!(statuses_of(&desk, "amy").len(), before + 1);
        assert_eq!(presence(&desk, &amy), ["offline", "online", "available"]);
        // someone who never opened one is what they say
        assert_eq!(presence(&desk, &cleo)[0], "online");
        let statuses = statuses_of(&desk, "amy");
        let last = statuses.last().unwrap();
        assert_eq!((&last["status"], &last["was"]["status"]), (&json!("offline"), &json!("online")));

        // chats go to others
        for agent in [&ben, &cleo] {
            agent.client.post("livechat/agent.status", &json!({"status": "not-available"})).expect(200);
        }
        desk.anyone().post("livechat/visitor", &json!({"visitor": {"token": "guest"}})).expect(200);
        let room = desk.anyone().get("livechat/room?token=guest");
        assert_eq!(room.value()["errorType"], "no-agent-online", "{}", room.text());
        let mut back = Socket::of(&desk.server, &amy.client);
        hears_of(&mut to_ben, &amy, 1);
        assert_eq!(presence(&desk, &amy), ["online", "online", "available"]);
        let room = desk.anyone().get("livechat/room?token=guest").expect(200);
        assert_eq!(text(&room, "/room/servedBy/username"), "amy");

        // a log-out closes the window as well
        back.call("logout", &json!([]));
        a_minute_passes(&desk, &amy);
        hears_of(&mut to_ben, &amy, 0);
    }

    fn a_server_that_is_killed_leaves_nobody_there_for_ever(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let (amy, ben) = (desk.agent("amy"), desk.agent("ben"));
        let windows = [&amy, &ben].map(|agent| Socket::of(&desk.server, &agent.client));
        let Desk { server, admin, database } = desk;
        server.kill();
        drop(windows);
        let server = Setup::new(HARK).on(&database).start();
        let admin = admin.at(server.address());
        let desk = Desk { server, admin, database };
        // nobody has gone because the server was stopped
        let mut to_ben = watcher(&desk, &ben);
        assert_eq!([&amy, &ben].map(|agent| presence(&desk, agent)[0].clone()), ["online", "online"]);
        // the dead one, and what it held
        desk.database.execute("DELETE FROM lease WHERE name = 'presence'");
        desk.database.execute("UPDATE node SET seen_at = seen_at - 3600000 WHERE seen_at = (SELECT min(seen_at) FROM node)");
        a_minute_passes(&desk, &amy);
        hears_of(&mut to_ben, &amy, 0);
        // ben came back in time
        assert_eq!(presence(&desk, &ben), ["online", "online", "available"]);
    }

    /// As when a proxy and the server behind it stop together.
    fn someone_who_lost_their_window_just_before_the_server_stopped_has_a_minute_after_it(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let (amy, ben) = (desk.agent("amy"), desk.agent("ben"));
        drop(Socket::of(&desk.server, &amy.client));
        let of_amy = format!("UPDATE connection SET lost_at = 1 WHERE account_id = '{}' AND lost_at > 1", amy.id);
        let Desk { server, admin, database } = desk;
        eventually("the end of her window to be known", || {
            (database.execute(&of_amy.replace("= 1 ", "= lost_at ")) > 0).then_some(())
        });
        server.kill();
        // an hour and more
        database.execute(&of_amy);
        database.execute("UPDATE lease SET until = 1");
        let server = Setup::new(HARK).on(&database).start();
        let admin = admin.at(server.address());
        let desk = Desk { server, admin, database };
        let mut to_ben = watcher(&desk, &ben);
        eventually("her minute to begin again", || {
            (desk.database.execute(&of_amy.replace("= 1 ", "= lost_at ")) > 0).then_some(())
        });
        assert_eq!(presence(&desk, &amy)[0], "online");
        a_minute_passes(&desk, &amy);
        hears_of(&mut to_ben, &amy, 0);
    }
}

/// One who cannot be written off keeps nobody else.
#[test]
fn a_row_that_cannot_be_written_is_in_nobodys_way() {
    let desk = Desk::open(HARK, Engine::Sqlite);
    let [amy, ben, cleo] = ["amy", "ben", "cleo"].map(|name| desk.agent(name));
    let broken = format!(
        "CREATE TRIGGER broken BEFORE UPDATE ON account WHEN NEW.id = '{}' AND NEW.status = 'offline'
            BEGIN SELECT RAISE(ABORT, 'broken'); END",
        amy.id
    );
    desk.database.execute(&broken);
    let mut to_cleo = watcher(&desk, &cleo);
    let both = [&amy, &ben].map(|agent| Socket::of(&desk.server, &agent.client));
    drop(both);
    // amy is the first of those who are looked at
    let statement = format!(
        "UPDATE connection SET lost_at = CASE account_id WHEN '{}' THEN 1 ELSE 2 END
            WHERE lost_at > 2 AND (SELECT count(*) FROM connection WHERE lost_at > 2) = 2",
        amy.id
    );
    eventually("the end of both windows to be known", || {
        (desk.database.execute(&statement) == 2).then_some(())
    });
    hears_of(&mut to_cleo, &ben, 0);
    assert_eq!(presence(&desk, &amy)[0], "online");
}

/// A script that follows the chats at night is not its owner.
#[test]
fn a_token_for_scripts_makes_nobody_present() {
    let desk = Desk::open(HARK, Engine::Sqlite);
    let amy = desk.agent("amy");
    let made = json!({"tokenName": "script"});
    let made = amy.client.post("users.generatePersonalAccessToken", &made);
    let token = text(&made.expect(200), "/token");
    let count = || -> i64 {
        let database = desk.database.sqlite();
        let count = "SELECT count(*) FROM connection";
        database.query_row(count, [], |row| row.get(0)).unwrap()
    };
    let mut script = Socket::greeted(&desk.server);
    script.call("login", &json!([{"resume": token}]));
    assert_eq!(count(), 0);
    // a log-in is answered when it is written down
    let _window = Socket::of(&desk.server, &amy.client);
    assert_eq!(count(), 1);
}

/// What closes at one node is open at another. A node that was taken for dead says again who is there.
#[test]
fn a_window_at_any_node_counts_on_postgres() {
    let desk = Desk::open(HARK, Engine::Postgres);
    let (amy, ben) = (desk.agent("amy"), desk.agent("ben"));
    let node = desk.database.other_node();
    let two = Setup::new(HARK).on(&node).start();
    let mut to_ben = watcher(&desk, &ben);
    let here = Socket::of(&desk.server, &amy.client);
    let there = Socket::of(&two, &amy.client);
    drop(here);
    a_minute_passes(&desk, &amy);
    let open = format!(
        "SELECT count(*) FROM connection WHERE account_id = '{}'",
        amy.id
    );
    let count = || -> i64 {
        desk.database
            .postgres()
            .query_one(&open, &[])
            .unwrap()
            .get(0)
    };
    eventually("the lost one to be forgotten", || {
        (count() == 1).then_some(())
    });
    assert_eq!(presence(&desk, &amy)[0], "online");

    desk.database.execute("DELETE FROM node");
    desk.database.execute("UPDATE connection SET lost_at = 0");
    let open = format!("{open} AND lost_at IS NULL");
    let count = || -> i64 {
        desk.database
            .postgres()
            .query_one(&open, &[])
            .unwrap()
            .get(0)
    };
    eventually("the node to say again who is there", || {
        (count() == 1).then_some(())
    });
    eventually("her to be there", || {
        (presence(&desk, &amy)[0] == "online").then_some(())
    });
    drop(there);
    a_minute_passes(&desk, &amy);
    hears_of(&mut to_ben, &amy, 0);
}
