-- Offers that were never accepted are looked for every few seconds, among millions of rows that were.
CREATE INDEX executions_offered ON executions (created_at) WHERE NOT accepted;
