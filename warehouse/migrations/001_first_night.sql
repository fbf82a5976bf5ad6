-- What this file is: `profile` says which profile it belongs to (stand-in, captures, live); profiles never mix.
CREATE TABLE meta (
    key   VARCHAR PRIMARY KEY,
    value VARCHAR NOT NULL
);

-- One row a night that was begun. `run_id` is a sortable UTC time ("20261122T013000Z"); `detail` keeps all that the
-- flow told about it.
CREATE TABLE runs (
    run_id      VARCHAR PRIMARY KEY,
    started_at  VARCHAR,
    finished_at VARCHAR,
    result      VARCHAR,
    detail      JSON
);

-- How each source fared in a night: what the gates compare with and what the report draws. `status` "fresh" means
-- loaded; any other word means that the older offers stand. The six counts are those of the load.
CREATE TABLE source_runs (
    run_id     VARCHAR NOT NULL,
    source     VARCHAR NOT NULL,
    status     VARCHAR NOT NULL,
    reason     VARCHAR,
    pages      BIGINT,
    listings   BIGINT,
    offers     BIGINT,
    instances  BIGINT,
    issues     BIGINT,
    seconds    DOUBLE,
    new        BIGINT NOT NULL DEFAULT 0,
    changed    BIGINT NOT NULL DEFAULT 0,
    unchanged  BIGINT NOT NULL DEFAULT 0,
    reappeared BIGINT NOT NULL DEFAULT 0,
    missed     BIGINT NOT NULL DEFAULT 0,
    withdrawn  BIGINT NOT NULL DEFAULT 0,
    detail     JSON,
    PRIMARY KEY (run_id, source)
);

-- The last listing of every offer, untouched: what normalisation can be repeated from. No history.
CREATE TABLE raw_listings (
    offer_id  VARCHAR PRIMARY KEY,
    source    VARCHAR NOT NULL,
    run_id    VARCHAR NOT NULL,
    loaded_at VARCHAR NOT NULL,
    listing   JSON NOT NULL
);

-- Every offer ever loaded, as last seen; rows are never deleted. The columns up to `match_hash` are the offer contract,
-- nested values are JSON. The rest is its history: run ids of first and last sight and of the last change of content,
-- how many complete harvests in a row it was absent from, and the run that counted the last of them.
CREATE TABLE offers (
    offer_id      VARCHAR PRIMARY KEY,
    source        VARCHAR NOT NULL,
    source_kind   VARCHAR NOT NULL,
    ref           VARCHAR NOT NULL,
    url           VARCHAR,
    fetched_at    VARCHAR,
    provider      JSON,
    course_number VARCHAR,
    title         VARCHAR,
    title_raw     VARCHAR,
    subtitle      VARCHAR,
    description   VARCHAR,
    level         VARCHAR,
    parts         JSON NOT NULL,
    topics        JSON NOT NULL,
    format        VARCHAR NOT NULL,
    schedule      VARCHAR NOT NULL,
    duration      JSON NOT NULL,
    price         JSON NOT NULL,
    funding       JSON NOT NULL,
    certificate   VARCHAR,
    requirements  VARCHAR,
    target_group  VARCHAR,
    languages     JSON NOT NULL,
    contact       JSON,
    keywords      JSON NOT NULL,
    instances     JSON NOT NULL,
    scope         JSON NOT NULL,
    issues        JSON NOT NULL,
    content_hash  VARCHAR NOT NULL,
    match_hash    VARCHAR NOT NULL,
    first_seen    VARCHAR NOT NULL,
    last_seen     VARCHAR NOT NULL,
    status        VARCHAR NOT NULL CHECK (status IN ('active', 'withdrawn')),
    missed        INTEGER NOT NULL,
    missed_in     VARCHAR,
    changed_in    VARCHAR NOT NULL
);

-- Every dated run of an offer ever loaded. `status` says whether its offer listed it when last seen; gone ones are kept,
-- so that one that comes back has its id again. `minted_from` is the key of date and place that an id was made from;
-- null where the source gave a ref.
CREATE TABLE instances (
    instance_id  VARCHAR PRIMARY KEY,
    offer_id     VARCHAR NOT NULL,
    position     INTEGER NOT NULL,
    ref          VARCHAR,
    url          VARCHAR,
    "start"      VARCHAR,
    "end"        VARCHAR,
    precision    VARCHAR NOT NULL,
    open_start   BOOLEAN NOT NULL,
    start_time   VARCHAR,
    end_time     VARCHAR,
    weekdays     JSON NOT NULL,
    deadline     VARCHAR,
    place        JSON NOT NULL,
    availability JSON NOT NULL,
    price        JSON,
    duration     JSON,
    format       VARCHAR,
    schedule     VARCHAR,
    sessions     JSON NOT NULL,
    status       VARCHAR NOT NULL CHECK (status IN ('active', 'withdrawn')),
    first_seen   VARCHAR NOT NULL,
    last_seen    VARCHAR NOT NULL,
    minted_from  VARCHAR
);

-- What could not be read of each offer as last seen, one row an issue, for counting and for the report.
CREATE TABLE issues (
    run_id   VARCHAR NOT NULL,
    source   VARCHAR NOT NULL,
    offer_id VARCHAR NOT NULL,
    field    VARCHAR NOT NULL,
    raw      VARCHAR NOT NULL,
    reason   VARCHAR NOT NULL
);

-- The pairs of the last dedupe that a steward should decide.
CREATE TABLE candidates (
    run_id               VARCHAR NOT NULL,
    left_offer           VARCHAR NOT NULL,
    right_offer          VARCHAR NOT NULL,
    probability          DOUBLE NOT NULL,
    band                 VARCHAR NOT NULL,
    reason               VARCHAR NOT NULL,
    features             JSON NOT NULL,
    changed_since_judged BOOLEAN NOT NULL,
    PRIMARY KEY (left_offer, right_offer)
);

-- Which course each offer belonged to in the last dedupe; `own_id` is the id the offer would have alone.
CREATE TABLE clusters (
    offer_id  VARCHAR PRIMARY KEY,
    course_id VARCHAR NOT NULL,
    own_id    VARCHAR NOT NULL,
    run_id    VARCHAR NOT NULL
);

-- Course ids that lead to another course since their offers were merged into it; dropped again by a split.
CREATE TABLE redirects (
    course_id VARCHAR PRIMARY KEY,
    into_id   VARCHAR NOT NULL,
    since     VARCHAR NOT NULL
);
