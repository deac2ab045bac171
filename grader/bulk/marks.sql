-- When it was handed in, ISO 8601 with an offset; empty where that isn't known.
ALTER TABLE hand_in ADD COLUMN submitted TEXT NOT NULL DEFAULT '';

-- What a result was made from, so that it can be made again under another rubric.
CREATE TABLE observation (
    key     TEXT PRIMARY KEY,  -- of its result
    name    TEXT NOT NULL,     -- what the key was made of, beside the circumstances
    content TEXT NOT NULL,
    notes   TEXT NOT NULL,     -- JSON
    data    BLOB NOT NULL,     -- grade.observation/1, JSON under zlib
    again   BLOB               -- the same with the results of checks run over it under a later rubric
);

-- Marks that a person has set; they stay whatever is graded or judged again.
CREATE TABLE override (
    identity TEXT NOT NULL,    -- of the student
    "check"  TEXT NOT NULL,
    points   REAL NOT NULL,
    why      TEXT NOT NULL,
    by       TEXT NOT NULL,    -- may be empty
    at       TEXT NOT NULL,    -- UTC, ISO 8601
    PRIMARY KEY (identity, "check")
);

-- A result as it counts for one student, where a person or a due date has changed it.
CREATE TABLE adjusted (
    identity TEXT NOT NULL,
    key      TEXT NOT NULL,
    passed   INTEGER NOT NULL,
    outcome  TEXT NOT NULL,
    score    REAL,
    result   TEXT NOT NULL,    -- JSON, schema grade.result/1
    page     BLOB NOT NULL,    -- the HTML report, compressed with zlib
    PRIMARY KEY (identity, key)
);

-- Every change of a mark, and why. Rows are added and never changed.
CREATE TABLE change (
    number   INTEGER PRIMARY KEY,
    at       TEXT NOT NULL,    -- UTC, ISO 8601
    identity TEXT NOT NULL,
    student  TEXT NOT NULL,
    before   REAL,             -- NULL where there was no score
    after    REAL,
    cause    TEXT NOT NULL
);
CREATE INDEX change_of ON change (identity);

-- Which earlier hand-in was what: one row for each that was ever graded.
CREATE TABLE history (
    identity TEXT NOT NULL,
    attempt  INTEGER NOT NULL,
    sha256   TEXT NOT NULL,
    at       TEXT NOT NULL,
    score    REAL,
    rules    TEXT NOT NULL,    -- JSON: the rules that found something, notes excepted
    PRIMARY KEY (identity, sha256)
);

DROP VIEW IF EXISTS grades;
DROP VIEW IF EXISTS checks;
DROP VIEW IF EXISTS findings;
DROP VIEW IF EXISTS set_aside;

-- Each hand-in with its result as it counts.
CREATE VIEW final AS
    SELECT h.*, r.finished, r.max_score, r.excerpts,
           coalesce(a.outcome, r.outcome) AS outcome, coalesce(a.passed, r.passed) AS passed,
           CASE WHEN a.key IS NULL THEN r.score ELSE a.score END AS score,
           coalesce(a.result, r.result) AS result, coalesce(a.page, r.page) AS page
    FROM hand_in h JOIN result r USING (key)
         LEFT JOIN adjusted a ON a.key = h.key AND a.identity = h.identity;

-- How did everyone do?
CREATE VIEW grades AS
    SELECT student_name, student_id, student_email, score, max_score, outcome, passed, late,
           attempt, path, finished
    FROM final WHERE counts;

-- Which check went how, for whom?
CREATE VIEW checks AS
    SELECT h.student_name, h.student_id, json_extract(c.value, '$.id') AS "check", json_extract(c.value, '$.status') AS status,
           json_extract(c.value, '$.score') AS score, json_extract(c.value, '$.max_score') AS max_score,
           json_extract(c.value, '$.message') AS message
    FROM final h, json_each(h.result, '$.checks') c WHERE h.counts;

-- What was measured, and how far from what was asked for?
CREATE VIEW measured AS
    SELECT h.student_name, h.student_id, json_extract(c.value, '$.id') AS "check",
           json_extract(m.value, '$.label') AS label, json_extract(m.value, '$.measured') AS measured,
           json_extract(m.value, '$.relation') AS relation, json_extract(m.value, '$.threshold') AS threshold
    FROM final h, json_each(h.result, '$.checks') c, json_each(c.value, '$.compared') m WHERE h.counts;

-- What was misunderstood, by whom, and where?
CREATE VIEW findings AS
    SELECT json_extract(f.value, '$.rule') AS rule, json_extract(f.value, '$.level') AS level, h.student_name, h.student_id,
           json_extract(f.value, '$.cell') AS cell, json_extract(f.value, '$.line') AS line, json_extract(f.value, '$.what') AS what
    FROM final h, json_each(h.result, '$.findings') f WHERE h.counts;

-- What has to be looked at by a person?
CREATE VIEW set_aside AS
    SELECT h.student_name, h.student_id, h.path, json_extract(h.result, '$.run.reason') AS reason
    FROM final h WHERE h.counts AND h.outcome = 'grader_fault';

-- Whose mark was changed, when and why?
CREATE VIEW changes AS SELECT at, student, before, after, cause FROM change ORDER BY number;

-- What was set by hand?
CREATE VIEW overrides AS
    SELECT h.student_name, h.student_id, o."check", o.points, o.why, o.by, o.at
    FROM override o JOIN hand_in h USING (identity) WHERE h.counts;
