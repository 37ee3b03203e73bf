-- A signal ledger that keeps its own position. PostgresLedger runs this once, in a schema that has no ledger yet; run it yourself
-- with psql if the follower's user may not create tables.

-- Who may write: the follower with the highest claim. One row.
CREATE TABLE ledger_claim (
    one_row    boolean PRIMARY KEY DEFAULT true CHECK (one_row),
    claim      bigint NOT NULL,
    follower   text NOT NULL,
    claimed_at timestamptz NOT NULL
);
INSERT INTO ledger_claim (claim, follower, claimed_at) VALUES (0, 'nobody yet', now());

-- What the scores mean. A half-life is an ISO 8601 duration; NULL: permanent.
CREATE TABLE ledger_signal (
    signal          smallint PRIMARY KEY CHECK (signal BETWEEN 0 AND 255),
    name            text NOT NULL,
    half_life       text,
    lambda_per_nano double precision NOT NULL
);

-- Through which event each log is in the ledger.
CREATE TABLE ledger_position (
    region   integer NOT NULL,
    shard    integer NOT NULL,
    position bigint NOT NULL CHECK (position > 0),
    PRIMARY KEY (region, shard)
);

-- What each log says of each (signal, entity) pair; a read adds the logs up. So logs write side by side, never the same row, and the
-- answer does not depend on which came first. Entity ids are unsigned: those from 2^63 on are negative here.
CREATE TABLE ledger_pair (
    signal     smallint NOT NULL,
    entity     bigint NOT NULL,
    region     integer NOT NULL,
    shard      integer NOT NULL,
    score      double precision NOT NULL, -- decayed to last_nanos
    last_nanos bigint NOT NULL,           -- the newest event's time, nanoseconds since the Unix epoch
    events     bigint NOT NULL,           -- ever applied
    PRIMARY KEY (signal, entity, region, shard)
) WITH (fillfactor = 70); -- room for updates that touch no index

-- What is left of a score; for ranking and for people, as exp() here may differ from the receiver's in the last bit. Zero where
-- PostgreSQL would fail with an underflow.
CREATE FUNCTION ledger_decayed(score double precision, exponent double precision) RETURNS double precision
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN exponent < 600 AND abs(score) > 1e-40 THEN score * exp(-exponent) ELSE 0 END;

-- The ledger as of now, for psql and your own joins.
CREATE VIEW ledger_now AS
SELECT s.name AS signal,
       CASE WHEN p.entity < 0 THEN p.entity + 18446744073709551616 ELSE p.entity::numeric END AS entity,
       sum(ledger_decayed(p.score,
               s.lambda_per_nano * greatest(0, extract(epoch FROM now()) * 1000000000 - p.last_nanos)::double precision)) AS score,
       sum(p.events) AS events
FROM ledger_pair p JOIN ledger_signal s USING (signal)
GROUP BY s.name, p.entity;
