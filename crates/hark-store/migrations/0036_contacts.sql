-- Contacts: what is known of a person, whichever visitors they are.

CREATE TABLE contact (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    -- In small letters, for the order of lists.
    name_key TEXT NOT NULL,
    emails TEXT NOT NULL,
    phones TEXT NOT NULL,
    manager_id TEXT,
    custom TEXT NOT NULL,
    -- What somebody who works here has written.
    written TEXT NOT NULL,
    conflicts TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX contact_by_name ON contact (name_key, id);
CREATE INDEX contact_by_manager ON contact (manager_id) WHERE manager_id IS NOT NULL;

-- By what contacts are found. Only those that are sure bring further visitors to a contact.
CREATE TABLE contact_address (
    kind TEXT NOT NULL,
    value_key TEXT NOT NULL,
    contact_id TEXT NOT NULL REFERENCES contact (id) ON DELETE CASCADE,
    sure BOOLEAN NOT NULL,
    PRIMARY KEY (kind, value_key, contact_id)
);
CREATE INDEX contact_address_by_contact ON contact_address (contact_id);

-- The ways by which a contact has written.
CREATE TABLE contact_channel (
    contact_id TEXT NOT NULL REFERENCES contact (id) ON DELETE CASCADE,
    visitor_id TEXT NOT NULL,
    name TEXT NOT NULL,
    details TEXT NOT NULL,
    field TEXT,
    value TEXT,
    verified_at BIGINT,
    last_chat_id TEXT NOT NULL,
    last_chat_at BIGINT NOT NULL,
    PRIMARY KEY (contact_id, visitor_id, name)
);

ALTER TABLE visitor ADD COLUMN contact_id TEXT;
CREATE INDEX visitor_by_contact ON visitor (contact_id, id) WHERE contact_id IS NOT NULL;
