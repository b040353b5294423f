-- What those who run Hark are told: why nothing arrives at an endpoint, and since when; and when a mail
-- about it was written last.

ALTER TABLE endpoint ADD COLUMN trouble TEXT;
ALTER TABLE endpoint ADD COLUMN trouble_class TEXT;
ALTER TABLE endpoint ADD COLUMN trouble_since BIGINT;
ALTER TABLE endpoint ADD COLUMN alerted_at BIGINT;
