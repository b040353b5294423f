//! What becomes of the chats of someone whose account changes, by each command that may change it.

use hark_model::accounts::{Account, Change};
use hark_model::{Context, Refusal, roles};
use hark_staff::agents;
use hark_testkit::on_both_engines;
use serde_json::json;

use crate::world::{NOW, World};

#[derive(Debug, PartialEq)]
enum Became {
    Served,
    Queued,
    /// By the agent themselves.
    Closed,
}

type Command = fn(&mut Context<'_, '_>, &Account) -> Result<(), Refusal>;

fn changed(cx: &mut Context<'_, '_>, agent: &Account, change: &Change) -> Result<(), Refusal> {
    hark_staff::accounts::change(cx, &agent.id, change).map(drop)
}

fn with_roles(names: &[&str]) -> Change {
    Change {
        roles: Some(names.iter().map(|name| (*name).to_owned()).collect()),
        ..Change::default()
    }
}

const COMMANDS: [(&str, Command, Became); 10] = [
    (
        "switched-off",
        |cx, agent| hark_staff::accounts::set_active(cx, &agent.id, false).map(drop),
        Became::Closed,
    ),
    (
        "switched-off-by-a-change",
        |cx, agent| {
            let off = Change {
                active: Some(false),
                ..Change::default()
            };
            changed(cx, agent, &off)
        },
        Became::Closed,
    ),
    (
        "switched-off-and-no-agent",
        |cx, agent| {
            let off = Change {
                active: Some(false),
                ..with_roles(&["user"])
            };
            changed(cx, agent, &off)
        },
        Became::Closed,
    ),
    (
        "other-roles",
        |cx, agent| changed(cx, agent, &with_roles(&["user"])),
        Became::Queued,
    ),
    (
        "role-taken",
        |cx, agent| {
            let role = roles::find(cx.tx, agents::ROLE)?.unwrap();
            hark_staff::take_role(cx, agent, &role)
        },
        Became::Queued,
    ),
    (
        "dismissed",
        |cx, agent| hark_staff::dismiss(cx, agent, agents::ROLE),
        Became::Queued,
    ),
    (
        "deleted",
        |cx, agent| hark_staff::accounts::delete(cx, &agent.id),
        Became::Queued,
    ),
    (
        "more-roles",
        |cx, agent| {
            changed(
                cx,
                agent,
                &with_roles(&["user", "livechat-agent", "livechat-manager"]),
            )
        },
        Became::Served,
    ),
    (
        "no-manager",
        |cx, agent| hark_staff::dismiss(cx, agent, agents::MANAGER),
        Became::Served,
    ),
    (
        "another-name",
        |cx, agent| {
            let name = Some("Amelia".to_owned());
            changed(
                cx,
                agent,
                &Change {
                    name,
                    ..Change::default()
                },
            )
        },
        Became::Served,
    ),
];

on_both_engines! {
    fn what_becomes_of_chats_is_part_of_the_command_that_causes_it(engine: Engine) {
        let world = World::new(engine);
        world.set("Livechat_Routing_Method", json!("Manual_Selection"));
        for (name, command, expected) in COMMANDS {
            let agent = world.agent(name);
            let room = world.served(name, &agent);
            let concerned = agent.clone();
            world.command_at(NOW, move |cx| command(cx, &concerned)).unwrap();
            let room = world.room(&room.id).unwrap();
            let became = match (&room.closing, &room.served_by, world.inquiry(&room)) {
                (Some(closing), _, None) if closing.by.id == agent.id => Became::Closed,
                (None, None, Some(_)) => Became::Queued,
                (None, Some(server), Some(_)) if server.id == agent.id => Became::Served,
                other => panic!("{name}: {other:?}"),
            };
            assert_eq!(became, expected, "{name}");
            assert_eq!(room.open, expected != Became::Closed, "{name}");
        }
    }
}
