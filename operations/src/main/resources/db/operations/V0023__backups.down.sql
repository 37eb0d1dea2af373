DROP TABLE drills;
DROP TABLE backups;
