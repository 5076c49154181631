-- The life of each queue's data, as it was last known to be whole. A Redis that lost its data cannot say so itself.
CREATE TABLE queue_incarnations (
  queue_key text PRIMARY KEY,
  sentinel text NOT NULL,
  high_water bigint NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now()
);

-- Which queue each process uses, rewritten while it runs: two that use different ones never meet in Redis.
CREATE TABLE queue_identities (
  instance_id text NOT NULL,
  queue text NOT NULL,
  service text NOT NULL,
  host text NOT NULL,
  sentinel text NOT NULL,
  address text NOT NULL,
  database_number integer NOT NULL,
  prefix text NOT NULL,
  run_id text,
  seen_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (instance_id, queue)
);

CREATE INDEX queue_identities_seen ON queue_identities (queue, seen_at DESC);
