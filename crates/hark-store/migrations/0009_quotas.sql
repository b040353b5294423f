-- How many bytes of visitors' files came on a day (counted from 1970, in UTC): of all, of a visitor, in
-- a chat. Kept here instead of summed up, and for as long as the day matters.
CREATE TABLE received (
    day BIGINT NOT NULL,
    subject TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    PRIMARY KEY (day, subject)
);
