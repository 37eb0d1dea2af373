DROP TABLE IF EXISTS execution_deadlines;
