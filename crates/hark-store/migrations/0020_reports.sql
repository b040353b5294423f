-- When agents were there and open for chats; one row is without an end as long as they are.

CREATE TABLE on_duty (
    account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    began_at BIGINT NOT NULL,
    ended_at BIGINT,
    PRIMARY KEY (account_id, began_at)
);
CREATE UNIQUE INDEX on_duty_now ON on_duty (account_id, began_at) WHERE ended_at IS NULL;
CREATE INDEX on_duty_by_end ON on_duty (ended_at, began_at, account_id) WHERE ended_at IS NOT NULL;
INSERT INTO on_duty (account_id, began_at)
    SELECT agent.account_id, agent.updated_at FROM agent JOIN account ON account.id = agent.account_id
    WHERE agent.available AND account.status <> 'offline';

-- Visitors of whom something was heard in a stretch of time.
CREATE INDEX visitor_by_updated ON visitor (updated_at, department_id) WHERE token IS NOT NULL;
