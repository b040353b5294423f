-- What waits for an endpoint that takes nothing now stays in the log, and its deliveries are made when
-- it can take them. A stretch of the log, with what the endpoint asked for then.

CREATE TABLE stretch (
    endpoint BIGINT NOT NULL,
    -- After this position it begins, and up to `reached` its deliveries are made.
    began BIGINT NOT NULL,
    reached BIGINT NOT NULL,
    -- Up to this position it goes. Without one: as far as the log has been read.
    ended BIGINT,
    events TEXT NOT NULL,
    -- Events that the endpoint wants, after `reached` and up to `counted`.
    waiting BIGINT NOT NULL,
    counted BIGINT NOT NULL,
    PRIMARY KEY (endpoint, began)
);
