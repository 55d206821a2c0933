CREATE TABLE visits (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  count bigint NOT NULL DEFAULT 0
);
INSERT INTO visits DEFAULT VALUES;
