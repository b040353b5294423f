-- Business units: departments that belong together, and the monitors who look after them.

CREATE TABLE unit (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    visibility TEXT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE unit_monitor (
    id TEXT PRIMARY KEY,
    unit_id TEXT NOT NULL REFERENCES unit (id) ON DELETE CASCADE,
    account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX unit_monitor_once ON unit_monitor (account_id, unit_id);
CREATE INDEX unit_monitor_by_unit ON unit_monitor (unit_id);

-- The one unit to which a department belongs, if it belongs to one.
ALTER TABLE department ADD COLUMN unit_id TEXT;
CREATE INDEX department_by_unit ON department (unit_id) WHERE unit_id IS NOT NULL;
