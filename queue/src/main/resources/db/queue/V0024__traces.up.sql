-- The step of a trace in which the task was made (W3C Trace Context); of most tasks nobody keeps one.
ALTER TABLE tasks ADD COLUMN traceparent text;
