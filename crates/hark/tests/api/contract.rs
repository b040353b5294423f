//! What Rocket.Chat's clients call, and what of it is here.

use std::collections::BTreeMap;

use hark_testkit::{Desk, Engine, Socket};
use hark_wire::{Surface, table};
use serde_json::json;

use crate::HARK;

/// The endpoints of live chat, and those of the core that its clients need: methods and path. Telephony,
/// which is not live chat, is left out. A dash stands before those that are not here yet: there are only ever fewer.
const ENDPOINTS: &str = "
    POST login
    GET POST logout
    GET me
    GET users.info
    POST users.create
    POST users.delete
    GET users.list
    POST users.setStatus
    GET users.getStatus
    GET users.getPresence
    GET users.presence
    POST users.setPreferences
    GET users.autocomplete
    POST users.setActiveStatus
    GET settings.public
    GET settings
    GET POST settings/{_id}
    GET permissions.listAll
    POST permissions.update
    GET roles.list
    GET roles.sync
    POST roles.addUserToRole
    POST roles.removeUserFromRole
    GET roles.getUsersInRole
    POST chat.sendMessage
    POST chat.postMessage
    POST chat.update
    POST chat.delete
    GET chat.getMessage
    GET chat.syncMessages
    GET chat.search
    POST chat.react
    POST chat.starMessage
    POST chat.pinMessage
    POST im.create
    GET im.history
    GET im.messages
    GET im.list
    GET rooms.get
    GET rooms.info
    GET channels.info
    GET subscriptions.get
    GET subscriptions.getOne
    POST subscriptions.read
    POST subscriptions.unread
    POST rooms.media/{rid}
    POST rooms.mediaConfirm/{rid}/{fileId}
    POST rooms.upload/{rid}
    POST method.call/{method}
    POST method.callAnon/{method}
    POST rooms.leave
    GET livechat/config
    POST livechat/visitor
    GET DELETE livechat/visitor/{token}
    GET livechat/visitor/{token}/room
    POST livechat/visitor.status
    POST livechat/visitor.callStatus
    GET livechat/room
    POST livechat/room.close
    POST livechat/room.transfer
    POST livechat/room.survey
    POST livechat/message
    GET PUT DELETE livechat/message/{_id}
    GET livechat/messages.history/{rid}
    POST livechat/messages
    POST livechat/upload/{rid}
    POST livechat/offline.message
    POST livechat/page.visited
    POST livechat/custom.field
    POST livechat/custom.fields
    POST livechat/transcript
    GET livechat/agent.info/{rid}/{token}
    GET livechat/agent.next/{token}
    POST livechat/sms-incoming/{service}
    POST livechat/agent.status
    GET livechat/inquiries.queuedForUser
    GET livechat/inquiries.queued
    GET livechat/inquiries.list
    POST livechat/inquiries.take
    GET livechat/inquiries.getOne
    GET livechat/rooms
    GET livechat/rooms/filters
    GET livechat/{rid}/messages
    POST livechat/room.closeByUser
    POST livechat/room.forward
    GET livechat/room.join
    POST livechat/room.saveInfo
    PUT livechat/room.visitor
    GET livechat/visitors.info
    GET livechat/visitors.pagesVisited/{roomId}
    GET livechat/visitors.chatHistory/room/{roomId}/visitor/{visitorId}
    GET livechat/visitors.searchChats/room/{roomId}/visitor/{visitorId}
    GET livechat/visitors.autocomplete
    GET livechat/visitors.search
    GET livechat/agents/{agentId}/departments
    GET livechat/transfer.history/{rid}
    POST DELETE livechat/transcript/{rid}
    GET livechat/queue
    POST GET omnichannel/contact
    GET omnichannel/contact.search
    POST omnichannel/contacts
    POST omnichannel/contacts.update
    GET omnichannel/contacts.get
    GET omnichannel/contacts.search
    GET omnichannel/contacts.history
    GET livechat/webrtc.call
    PUT livechat/webrtc.call/{callId}
    GET POST livechat/users/agent
    GET POST livechat/users/manager
    GET DELETE livechat/users/agent/{_id}
    GET DELETE livechat/users/manager/{_id}
    GET POST livechat/department
    GET PUT DELETE livechat/department/{_id}
    GET livechat/departments/archived
    POST livechat/department/{_id}/archive
    POST livechat/department/{_id}/unarchive
    GET livechat/department.autocomplete
    GET POST livechat/department/{_id}/agents
    GET livechat/department.listByIds
    GET livechat/department/isDepartmentCreationAvailable
    GET livechat/custom-fields
    GET livechat/custom-fields/{_id}
    GET POST livechat/triggers
    GET DELETE livechat/triggers/{_id}
    GET POST livechat/appearance
    GET livechat/integrations.settings
    POST omnichannel/integrations
    POST livechat/webhook.test
    GET livechat/business-hour
    GET email-inbox.list
    GET email-inbox.search
    POST email-inbox
    GET DELETE email-inbox/{_id}
    POST email-inbox.send-test/{_id}
    GET livechat/analytics/dashboards/conversation-totalizers
    GET livechat/analytics/dashboards/agents-productivity-totalizers
    GET livechat/analytics/dashboards/chats-totalizers
    GET livechat/analytics/dashboards/productivity-totalizers
    GET livechat/analytics/dashboards/charts/chats
    GET livechat/analytics/dashboards/charts/chats-per-agent
    GET livechat/analytics/dashboards/charts/agents-status
    GET livechat/analytics/dashboards/charts/chats-per-department
    GET livechat/analytics/dashboards/charts/timings
    GET livechat/analytics/agent-overview
    GET livechat/analytics/overview
    GET livechat/analytics/agents/average-service-time
    GET livechat/analytics/agents/total-service-time
    GET livechat/analytics/agents/available-for-service-history
    GET livechat/analytics/departments/amount-of-chats
    GET livechat/analytics/departments/average-service-time
    GET livechat/analytics/departments/average-chat-duration-time
    GET livechat/analytics/departments/total-service-time
    GET livechat/analytics/departments/average-waiting-time
    GET livechat/analytics/departments/total-transferred-chats
    GET livechat/analytics/departments/total-abandoned-chats
    GET livechat/analytics/departments/percentage-abandoned-chats
    GET livechat/analytics/dashboards/conversations-by-source
    GET livechat/analytics/dashboards/conversations-by-status
    GET livechat/analytics/dashboards/conversations-by-department
    GET livechat/analytics/dashboards/conversations-by-tags
    GET livechat/analytics/dashboards/conversations-by-agent
    GET livechat/business-hours
    PUT livechat/inquiry.setSLA
    GET livechat/monitors
    GET livechat/monitors/{username}
    GET livechat/priorities
    GET PUT livechat/priorities/{priorityId}
    POST GET livechat/priorities.reset
    GET POST livechat/sla
    GET PUT DELETE livechat/sla/{slaId}
    GET livechat/tags
    GET livechat/tags/{tagId}
    GET POST livechat/units
    GET POST DELETE livechat/units/{id}
    GET livechat/units/{unitId}/monitors
    GET livechat/units/{unitId}/departments
    GET livechat/units/{unitId}/departments/available
    POST livechat/room.onHold
    POST livechat/room.resumeOnHold
    POST DELETE livechat/room/{rid}/priority
    POST omnichannel/{rid}/request-transcript
    POST livechat/triggers/external-service/test
    POST livechat/triggers/{_id}/external-service/call
    GET canned-responses.get
    GET POST DELETE canned-responses
    GET canned-responses/{_id}
";

/// The methods of the real-time API that agents' and visitors' clients call, with a dash as well.
const METHODS: &str = "
    login sendMessage updateMessage deleteMessage loadHistory loadSurroundingMessages readMessages
    getRoomByTypeAndName rooms/get subscriptions/get permissions/get public-settings/get
    UserPresence:online UserPresence:away UserPresence:setDefaultStatus
    livechat:setUpConnection livechat:getRoutingConfig livechat:takeInquiry livechat:returnAsInquiry
    livechat:sendTranscript livechat:saveCustomField livechat:removeCustomField livechat:saveAgentInfo
    livechat:saveBusinessHour livechat:removeBusinessHour livechat:removeRoom livechat:removeAllClosedRooms
    livechat:saveDepartment livechat:getAnalyticsChartData
    livechat:registerGuest sendMessageLivechat livechat:loadHistory livechat:getAgentData livechat:closeRoom
    livechat:getInitialData
    livechat:saveTag livechat:removeTag livechat:saveUnit livechat:removeUnit
    livechat:addMonitor livechat:removeMonitor
";

/// Each line names one path, behind the verbs with which it is called. With each whether it is here.
fn endpoints() -> BTreeMap<(&'static str, &'static str), bool> {
    let lines = ENDPOINTS
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty());
    let each = lines.flat_map(|line| {
        let called = line.strip_prefix("- ");
        let (verbs, path) = called.unwrap_or(line).rsplit_once(' ').unwrap();
        verbs
            .split(' ')
            .map(move |verb| ((verb, path), called.is_none()))
    });
    each.collect()
}

fn varies(part: &str) -> bool {
    part.starts_with('{')
}

/// Whether a row serves a path, under whatever names it has for the parts that vary.
fn serves(row: &str, path: &str) -> bool {
    let (row, path): (Vec<&str>, Vec<&str>) = (row.split('/').collect(), path.split('/').collect());
    let mut parts = row.iter().zip(&path);
    row.len() == path.len() && parts.all(|(own, asked)| varies(own) || own == asked)
}

#[test]
fn every_endpoint_is_in_the_route_table_unless_it_is_marked_as_missing() {
    let table = table();
    let is_here = |verb: &str, path: &str| {
        let mut rows = table.iter();
        rows.any(|row| {
            row.surface == Surface::RocketChat
                && row.method.as_str() == verb
                && serves(row.path, path)
        })
    };
    let said = endpoints();
    assert_eq!(said.len(), 216);
    let found = said
        .keys()
        .map(|(verb, path)| ((*verb, *path), is_here(verb, path)));
    assert_eq!(found.collect::<BTreeMap<_, _>>(), said);
}

#[test]
fn every_method_is_answered_unless_it_is_marked_as_missing() {
    let desk = Desk::open(HARK, Engine::Sqlite);
    let mut socket = Socket::of(&desk.server, &desk.admin);
    for said in METHODS.split_whitespace() {
        let name = said.trim_start_matches('-');
        let answer = socket.call(name, &json!([]));
        let is_missing = answer["error"]["reason"] == format!("Method '{name}' not found");
        assert_eq!(is_missing, said.starts_with('-'), "{name}: {answer}");
    }
}
