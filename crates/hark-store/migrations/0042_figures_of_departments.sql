-- How many chats of a department that began on a day had a label, as `figure_label` has it of all. Chats without a department are in
-- no row.
CREATE TABLE figure_department_label (
    department TEXT NOT NULL,
    at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    label TEXT NOT NULL,
    number BIGINT NOT NULL,
    PRIMARY KEY (department, at, kind, label)
-- only sqlite
) WITHOUT ROWID, STRICT;
-- end
-- only postgres
);
-- end

-- Days that are counted anew, one after the other, while all goes on: those that were summed up before there were these rows.
CREATE TABLE figure_recount (
    day BIGINT PRIMARY KEY
);
INSERT INTO figure_recount (day) SELECT DISTINCT at FROM figure_label;
