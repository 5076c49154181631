-- Workers as they were last seen, so that a Redis which lost its data never says that none was ever started.
CREATE TABLE workers (
  prefix text NOT NULL,
  queue text NOT NULL,
  id text NOT NULL,
  last_beat_at timestamptz NOT NULL,
  heartbeat jsonb NOT NULL,
  PRIMARY KEY (prefix, queue, id)
);

CREATE INDEX workers_last_beat ON workers (prefix, queue, last_beat_at DESC);
