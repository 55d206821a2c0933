CREATE TABLE numbers (
  n integer PRIMARY KEY,
  value numeric NOT NULL,
  computed_at timestamptz NOT NULL DEFAULT now()
);
