-- Backups of a whole server by pgBackRest are noted, too. The table is small: it is checked in no time.
ALTER TABLE backups DROP CONSTRAINT engine_is_known;
ALTER TABLE backups ADD CONSTRAINT engine_is_known CHECK (engine IN ('logical', 'dump', 'pgbackrest'));
