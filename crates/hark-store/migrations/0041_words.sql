-- The words of messages, by which chats are found. A row has the number of its message, and goes with it.

-- only sqlite
CREATE VIRTUAL TABLE message_words USING fts5(words, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii');
CREATE TRIGGER message_words_go AFTER DELETE ON message BEGIN
    DELETE FROM message_words WHERE rowid = old.n;
END;
-- end
-- only postgres
CREATE TABLE message_words (
    n BIGINT PRIMARY KEY REFERENCES message (n) ON DELETE CASCADE,
    words TSVECTOR NOT NULL
);
-- New words are gathered before they are put in order: a quarter of the work, for a few megabytes that a search reads besides.
CREATE INDEX message_words_by_word ON message_words USING gin (words) WITH (gin_pending_list_limit = 2048);
-- Sessions make no bitmap scans, and this index has no others. The number is no way to look here, nor to sort: a plan made while
-- the table was empty would keep to it.
CREATE FUNCTION message_words_found(wanted TSQUERY, first_n BIGINT, before_n BIGINT, most BIGINT) RETURNS SETOF BIGINT
    LANGUAGE sql STABLE SET enable_bitmapscan = on AS $$
        SELECT n FROM message_words WHERE words @@ wanted AND n + 0 >= first_n AND n + 0 < before_n ORDER BY n + 0 DESC LIMIT most
    $$;
-- end

-- How far back they are known: messages up to this number are still to be read. One row, once somebody has begun.
CREATE TABLE message_words_walk (
    id BIGINT PRIMARY KEY,
    upto BIGINT NOT NULL
);
