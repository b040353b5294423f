-- How it went with an endpoint, for each half hour in which something was sent there.
CREATE TABLE half_hour (
    endpoint BIGINT NOT NULL,
    begins BIGINT NOT NULL,
    delivered BIGINT NOT NULL,
    failed_attempts BIGINT NOT NULL,
    -- Of the deliveries that were first tried then: how many, and from their events to these requests, in
    -- milliseconds, all together and the longest.
    first_requests BIGINT NOT NULL,
    waited BIGINT NOT NULL,
    longest BIGINT NOT NULL,
    PRIMARY KEY (endpoint, begins)
);
CREATE INDEX half_hour_by_time ON half_hour (begins, endpoint);
