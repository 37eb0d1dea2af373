-- Copies of collections outside this database, such as classes of Weaviate, and how far each has followed.
CREATE TABLE search_followers (
    copy          text        PRIMARY KEY,                 -- what the copy is called there; a rebuild is another copy
    follower      text        NOT NULL,                    -- whose it is, such as weaviate
    collection_id integer     NOT NULL,                    -- no foreign key: what is left there of a deleted one must go first
    settings      text        NOT NULL,                    -- what the copy was made for: dimension, metric, index
    snapshot      pg_snapshot,                             -- what it sees is in the copy; null: the copy was never whole
    abandoned     boolean     NOT NULL DEFAULT false,      -- to be removed there
    updated_at    timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX search_followers_current ON search_followers (follower, collection_id) WHERE NOT abandoned;
