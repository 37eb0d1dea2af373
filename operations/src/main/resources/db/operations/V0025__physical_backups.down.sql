-- What the previous version cannot note, it does not list either. The backups themselves stay where they are.
DELETE FROM backups WHERE engine = 'pgbackrest';
ALTER TABLE backups DROP CONSTRAINT engine_is_known;
ALTER TABLE backups ADD CONSTRAINT engine_is_known CHECK (engine IN ('logical', 'dump'));
