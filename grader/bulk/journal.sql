CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL);

-- One row for each key: a submission's content under given circumstances (fingerprint.py).
CREATE TABLE result (
    key       TEXT PRIMARY KEY,
    finished  TEXT NOT NULL,    -- UTC, ISO 8601
    outcome   TEXT NOT NULL,
    passed    INTEGER NOT NULL,
    score     REAL,             -- NULL where the grader was at fault
    max_score REAL NOT NULL,
    result    TEXT NOT NULL,    -- JSON, schema grade.result/1
    excerpts  TEXT NOT NULL,    -- JSON: for each finding its lines, [[number, text], ...]
    page      BLOB NOT NULL,    -- the HTML report, compressed with zlib
    digest    TEXT NOT NULL     -- SHA-256 of the row, for a file that comes back torn
);

-- Who handed in what, as found at the last start.
CREATE TABLE hand_in (
    number        INTEGER PRIMARY KEY,
    identity      TEXT NOT NULL,   -- tells a student from all others
    student_id    TEXT,
    student_name  TEXT NOT NULL,
    student_email TEXT,
    path          TEXT NOT NULL,
    late          INTEGER,
    attempt       INTEGER NOT NULL,
    members       TEXT NOT NULL,   -- JSON, for a group
    remarks       TEXT NOT NULL,   -- JSON
    counts        INTEGER NOT NULL,
    stem          TEXT NOT NULL,   -- reports/<stem>.html
    key           TEXT             -- of its result; NULL where it was not to be graded
);
CREATE INDEX hand_in_by_key ON hand_in (key);
CREATE TABLE missing (id TEXT, name TEXT NOT NULL, email TEXT);
CREATE TABLE unknown (id TEXT, name TEXT NOT NULL, email TEXT);
CREATE TABLE passed_over (path TEXT NOT NULL, why TEXT NOT NULL);
