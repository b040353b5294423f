-- Days on which other hours hold than those of the week, on the clocks of the business hours that they belong to.

CREATE TABLE other_day (
    business_hour_id TEXT NOT NULL REFERENCES business_hour (id) ON DELETE CASCADE,
    -- As 2026-12-24. The last one is among them.
    first_day TEXT NOT NULL,
    last_day TEXT NOT NULL,
    name TEXT NOT NULL,
    -- From when until when it is open; empty where it is closed.
    spans TEXT NOT NULL,
    PRIMARY KEY (business_hour_id, first_day)
);
CREATE INDEX other_day_by_last ON other_day (last_day);
