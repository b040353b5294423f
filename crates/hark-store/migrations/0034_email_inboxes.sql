-- Mailboxes whose mails are chats, how far each was read, and which mails have come and gone.

CREATE TABLE email_inbox (
    id TEXT PRIMARY KEY,
    active BOOLEAN NOT NULL,
    name TEXT NOT NULL,
    -- In lower case.
    email TEXT NOT NULL,
    description TEXT,
    sender_info TEXT,
    department_id TEXT,
    smtp TEXT NOT NULL,
    imap TEXT NOT NULL,
    -- Sealed.
    passwords BYTEA NOT NULL,
    created_by_id TEXT NOT NULL,
    created_by_username TEXT NOT NULL,
    -- By what its mails are known, and the last that was read; 0 before the first look.
    uid_validity BIGINT NOT NULL,
    last_uid BIGINT NOT NULL,
    -- Why it cannot be read, and since when.
    trouble TEXT,
    trouble_since BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX email_inbox_by_email ON email_inbox (email);

-- Mails by their Message-ID.
CREATE TABLE email_message (
    inbox_id TEXT NOT NULL,
    message_id TEXT NOT NULL,
    -- Nothing, if it is in no chat.
    room_id TEXT,
    by_visitor BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (inbox_id, message_id)
);
CREATE INDEX email_message_by_room ON email_message (room_id, created_at) WHERE room_id IS NOT NULL;
CREATE INDEX email_message_by_age ON email_message (created_at);

-- The thread that a chat is, if it is one of mails.
ALTER TABLE room ADD COLUMN email TEXT;

-- Of an answer in such a thread.
ALTER TABLE mail ADD COLUMN inbox_id TEXT;
ALTER TABLE mail ADD COLUMN account_id TEXT;
ALTER TABLE mail ADD COLUMN message_id TEXT;
ALTER TABLE mail ADD COLUMN in_reply_to TEXT;
ALTER TABLE mail ADD COLUMN mail_references TEXT;
ALTER TABLE mail ADD COLUMN upload_id TEXT;
