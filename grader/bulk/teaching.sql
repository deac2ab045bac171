-- With how many levels of hints the report of a hand-in told of each finding.
CREATE TABLE hinted (
    identity TEXT NOT NULL,
    sha256   TEXT NOT NULL,
    rule     TEXT NOT NULL,
    hints    INTEGER NOT NULL,
    PRIMARY KEY (identity, sha256, rule)
);
