-- The chat: visitors, rooms, the queue, messages, agents, departments, hours, files, mail.
-- Identifiers begin with the moment of their making, so that every index grows at its end
-- however large a table has become.

CREATE TABLE visitor (
    id TEXT PRIMARY KEY,
    token TEXT,
    username TEXT,
    name TEXT,
    status TEXT,
    department_id TEXT,
    custom TEXT NOT NULL,
    last_chat_id TEXT,
    last_chat_at BIGINT,
    last_agent TEXT,
    contact_manager TEXT,
    activity TEXT NOT NULL,
    emails TEXT NOT NULL,
    phones TEXT NOT NULL,
    ip TEXT,
    user_agent TEXT,
    host TEXT,
    removed BOOLEAN NOT NULL,
    created_at BIGINT,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX visitor_by_token ON visitor (token) WHERE token IS NOT NULL;
CREATE INDEX visitor_by_contact_manager ON visitor (contact_manager) WHERE contact_manager IS NOT NULL;
CREATE INDEX visitor_by_created ON visitor (created_at, id) WHERE token IS NOT NULL;

-- The addresses and numbers in a visitor's row, to find him by.
CREATE TABLE visitor_contact (
    kind TEXT NOT NULL,
    value_key TEXT NOT NULL,
    visitor_id TEXT NOT NULL REFERENCES visitor (id) ON DELETE CASCADE,
    PRIMARY KEY (kind, value_key, visitor_id)
);
CREATE INDEX visitor_contact_by_visitor ON visitor_contact (visitor_id);

-- Numbers that are given out once each, such as those of guests.
-- only postgres
CREATE SEQUENCE guest_number;
-- end
-- only sqlite
CREATE TABLE guest_number (
    last BIGINT NOT NULL
);
INSERT INTO guest_number (last) VALUES (0);
-- end

-- A conversation. `kind` is l for a live chat, c for a channel, d for direct messages.
CREATE TABLE room (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    topic TEXT,
    -- Of a direct room: the ids of its people, sorted, so that there is one for each company.
    people TEXT,
    visitor_id TEXT REFERENCES visitor (id),
    visitor_status TEXT,
    department_id TEXT,
    open BOOLEAN NOT NULL,
    on_hold BOOLEAN NOT NULL,
    served_by TEXT,
    served_at BIGINT,
    response_by TEXT,
    waiting_response BOOLEAN NOT NULL,
    source TEXT NOT NULL,
    tags TEXT NOT NULL,
    custom TEXT NOT NULL,
    metrics TEXT NOT NULL,
    priority_id TEXT,
    priority_weight BIGINT NOT NULL,
    sla_id TEXT,
    estimated_wait BIGINT NOT NULL,
    transcript_request TEXT,
    survey TEXT,
    crm_data TEXT,
    messages BIGINT NOT NULL,
    people_count BIGINT NOT NULL,
    last_message_at BIGINT NOT NULL,
    last_message_id TEXT,
    visitor_last_message_at BIGINT,
    -- Since when the visitor owes an answer; what an abandoned chat is measured by. It changes with
    -- every turn of a talk, so that no index speaks of it, nor of what else a message changes.
    visitor_silent_since BIGINT,
    queued_at BIGINT,
    closed_at BIGINT,
    closer TEXT,
    closed_by TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX room_open_of_visitor ON room (visitor_id) WHERE open AND visitor_id IS NOT NULL;
CREATE UNIQUE INDEX room_by_people ON room (people) WHERE people IS NOT NULL;
CREATE UNIQUE INDEX room_by_channel ON room (name) WHERE kind = 'c';
CREATE INDEX room_by_created ON room (created_at, id) WHERE kind = 'l';
CREATE INDEX room_open ON room (created_at, id) WHERE open AND kind = 'l';
CREATE INDEX room_by_closed ON room (closed_at, id) WHERE closed_at IS NOT NULL;
CREATE INDEX room_by_visitor ON room (visitor_id, created_at, id) WHERE visitor_id IS NOT NULL;
CREATE INDEX room_by_agent ON room (served_by, created_at, id) WHERE served_by IS NOT NULL;
CREATE INDEX room_by_department ON room (department_id, created_at, id) WHERE department_id IS NOT NULL;
CREATE INDEX room_open_of_agent ON room (served_by, id) WHERE open AND served_by IS NOT NULL;

-- Numbers that a list says as its total without counting: closed rooms in all, of an agent, of a
-- department; visitors. Spread over shards: two who count must not wait for each other.
CREATE TABLE tally (
    scope TEXT NOT NULL,
    shard BIGINT NOT NULL,
    number BIGINT NOT NULL,
    PRIMARY KEY (scope, shard)
);

-- The place of an open room in the queue, and where it went from there.
CREATE TABLE inquiry (
    id TEXT PRIMARY KEY,
    room_id TEXT NOT NULL REFERENCES room (id) ON DELETE CASCADE,
    status TEXT NOT NULL,
    department_id TEXT,
    first_message TEXT NOT NULL,
    default_agent_id TEXT,
    priority_weight BIGINT NOT NULL,
    estimated_wait BIGINT NOT NULL,
    queued_at BIGINT,
    taken_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX inquiry_by_room ON inquiry (room_id);
CREATE INDEX inquiry_by_time ON inquiry (status, created_at, id);
CREATE INDEX inquiry_by_department ON inquiry (status, department_id, created_at, id);
CREATE INDEX inquiry_by_default_agent ON inquiry (default_agent_id, status) WHERE default_agent_id IS NOT NULL;

-- Someone's place in a room.
CREATE TABLE subscription (
    id TEXT PRIMARY KEY,
    room_id TEXT NOT NULL REFERENCES room (id) ON DELETE CASCADE,
    account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    open BOOLEAN NOT NULL,
    alert BOOLEAN NOT NULL,
    unread BIGINT NOT NULL,
    user_mentions BIGINT NOT NULL,
    group_mentions BIGINT NOT NULL,
    last_seen BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX subscription_by_room ON subscription (room_id, account_id);
CREATE INDEX subscription_by_account ON subscription (account_id);

-- Messages in the order in which they came. `seq` is the number of the conversation's event with
-- which a message came, so that a history can be cut at any event.
CREATE TABLE message (
    -- only sqlite
    n BIGINT PRIMARY KEY,
    -- end
    -- only postgres
    n BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- end
    id TEXT NOT NULL,
    room_id TEXT,
    -- Of a page that was seen before there was a room: whose room it waits for.
    waits_for_token TEXT,
    seq BIGINT NOT NULL,
    kind TEXT,
    hidden BOOLEAN NOT NULL,
    by_visitor BOOLEAN NOT NULL,
    author_id TEXT NOT NULL,
    author_username TEXT NOT NULL,
    author_name TEXT,
    text TEXT NOT NULL,
    -- What only some messages have: files, quotes, the story of a transfer, a visited page.
    extra TEXT,
    edited_at BIGINT,
    edited_by TEXT,
    at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX message_by_id ON message (id);
CREATE INDEX message_by_room ON message (room_id, at, n) WHERE room_id IS NOT NULL;
CREATE INDEX message_waiting ON message (waits_for_token, at) WHERE room_id IS NULL;

-- What a message was before the conversation's event `until_seq` changed or removed it: the body
-- of an earlier event is written from this.
CREATE TABLE message_past (
    room_id TEXT NOT NULL,
    message_id TEXT NOT NULL,
    until_seq BIGINT NOT NULL,
    n BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    by_visitor BOOLEAN NOT NULL,
    author_id TEXT NOT NULL,
    author_username TEXT NOT NULL,
    author_name TEXT,
    text TEXT NOT NULL,
    extra TEXT,
    edited_at BIGINT,
    edited_by TEXT,
    at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (room_id, message_id, until_seq)
);

-- Which messages are gone, for clients that ask what changed since they looked.
CREATE TABLE message_removed (
    message_id TEXT PRIMARY KEY,
    room_id TEXT NOT NULL,
    removed_at BIGINT NOT NULL
);
CREATE INDEX message_removed_by_room ON message_removed (room_id, removed_at);

-- An account that answers visitors. There is one for each holder of the role livechat-agent.
CREATE TABLE agent (
    account_id TEXT PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
    available BOOLEAN NOT NULL,
    -- Made unavailable by the house, which makes him available again.
    paused_by_house BOOLEAN NOT NULL,
    assigned BIGINT NOT NULL,
    last_routed_at BIGINT,
    most_chats BIGINT,
    -- Since when he is gone, until what is to happen to his chats then has happened.
    left_at BIGINT,
    updated_at BIGINT NOT NULL
);
CREATE INDEX agent_left ON agent (left_at) WHERE left_at IS NOT NULL;
-- Who holds the role already is an agent from now on.
INSERT INTO agent (account_id, available, paused_by_house, assigned, updated_at)
    SELECT account.id, account.active AND account.status <> 'offline', account.id IS NULL, 0, account.updated_at
    FROM account JOIN account_role ON account_role.account_id = account.id
    WHERE account_role.role_id = 'livechat-agent';

CREATE TABLE department (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    email TEXT NOT NULL,
    enabled BOOLEAN NOT NULL,
    archived BOOLEAN NOT NULL,
    show_on_registration BOOLEAN NOT NULL,
    show_on_offline_form BOOLEAN NOT NULL,
    tag_before_closing BOOLEAN NOT NULL,
    closing_tags TEXT NOT NULL,
    offline_channel TEXT,
    fallback_id TEXT,
    forward_to TEXT NOT NULL,
    receive_forward_offline BOOLEAN NOT NULL,
    business_hour_id TEXT,
    -- Members that clients set and read, and that Hark does not act on.
    extra TEXT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX department_by_name ON department (name, id);
CREATE INDEX department_by_hour ON department (business_hour_id) WHERE business_hour_id IS NOT NULL;

CREATE TABLE department_agent (
    id TEXT PRIMARY KEY,
    department_id TEXT NOT NULL REFERENCES department (id) ON DELETE CASCADE,
    account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    assigned BIGINT NOT NULL,
    place BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX department_agent_once ON department_agent (department_id, account_id);
CREATE INDEX department_agent_by_account ON department_agent (account_id, department_id);

CREATE TABLE custom_field (
    id TEXT PRIMARY KEY,
    label TEXT NOT NULL,
    scope TEXT NOT NULL,
    visible BOOLEAN NOT NULL,
    pattern TEXT,
    searchable BOOLEAN NOT NULL,
    kind TEXT NOT NULL,
    required BOOLEAN NOT NULL,
    preset TEXT,
    options TEXT,
    public BOOLEAN NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE chat_trigger (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    enabled BOOLEAN NOT NULL,
    run_once BOOLEAN NOT NULL,
    conditions TEXT NOT NULL,
    actions TEXT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- Opening hours. `is_open` is what was last done about them: the worker compares and acts.
CREATE TABLE business_hour (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    active BOOLEAN NOT NULL,
    timezone TEXT NOT NULL,
    saved BOOLEAN NOT NULL,
    work_hours TEXT NOT NULL,
    is_open BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX business_hour_default ON business_hour (kind) WHERE kind = 'default';

-- Which open hours an agent is bound to at this moment.
CREATE TABLE agent_hour (
    account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    business_hour_id TEXT NOT NULL REFERENCES business_hour (id) ON DELETE CASCADE,
    PRIMARY KEY (account_id, business_hour_id)
);

-- A file. Its bytes are in the data folder or in an object store, under its id.
CREATE TABLE upload (
    id TEXT PRIMARY KEY,
    room_id TEXT NOT NULL,
    account_id TEXT,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    size BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    -- Width, height and a preview of a picture.
    picture TEXT,
    -- Until a message carries it, it may be swept away.
    attached BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX upload_by_room ON upload (room_id);
CREATE INDEX upload_unattached ON upload (created_at) WHERE NOT attached;

-- Bytes that no row speaks of any more; removed after the transaction that dropped the row.
CREATE TABLE upload_garbage (
    id TEXT PRIMARY KEY,
    since BIGINT NOT NULL
);

-- Mail on its way out, written with what causes it; gone when it was sent.
CREATE TABLE mail (
    id TEXT PRIMARY KEY,
    recipient TEXT NOT NULL,
    reply_to TEXT,
    subject TEXT NOT NULL,
    -- None of a transcript, which is written when it is sent: of which conversation, up to which
    -- of its events, and what the conversation is told then.
    html TEXT,
    plain TEXT,
    room_id TEXT,
    up_to_seq BIGINT,
    notice TEXT,
    attempts BIGINT NOT NULL,
    -- Nothing when it was given up.
    next_at BIGINT,
    last_error TEXT,
    created_at BIGINT NOT NULL
);
CREATE INDEX mail_due ON mail (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX mail_given_up ON mail (created_at) WHERE next_at IS NULL;
