-- What the texts say in closed vocabularies, the words that a funding was read from, and how complete an offer is.
-- Rows of before say nothing until their source is loaded again.
ALTER TABLE offers ADD COLUMN funding_evidence JSON DEFAULT '[]';
ALTER TABLE offers ADD COLUMN certificate_kind VARCHAR;
ALTER TABLE offers ADD COLUMN prerequisites JSON DEFAULT '[]';
ALTER TABLE offers ADD COLUMN audiences JSON DEFAULT '[]';
ALTER TABLE offers ADD COLUMN completeness INTEGER DEFAULT 0;
ALTER TABLE offers ADD COLUMN missing JSON DEFAULT '[]';
