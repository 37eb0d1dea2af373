ALTER TABLE repositories
    ADD COLUMN problem_domain   text  NOT NULL DEFAULT '',
    ADD COLUMN primary_language text  NOT NULL DEFAULT '',
    ADD COLUMN url              text  NOT NULL DEFAULT '',
    ADD COLUMN last_analyzed    timestamptz,
    ADD COLUMN last_commit_sha  text  NOT NULL DEFAULT '',
    ADD COLUMN details          jsonb NOT NULL DEFAULT '{}'; -- what has no column: scalars of deployment, testing, security

ALTER TABLE repository_relationships
    ADD COLUMN details jsonb NOT NULL DEFAULT '{}';

CREATE TABLE patterns (
    id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    repo_id     bigint      NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    name        text        NOT NULL,
    description text        NOT NULL DEFAULT '',
    context     text        NOT NULL DEFAULT '',
    details     jsonb       NOT NULL DEFAULT '{}',
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pattern_is_unique_in_its_repository UNIQUE (repo_id, name),
    CONSTRAINT pattern_has_a_name CHECK (name <> '')
);
CREATE INDEX patterns_by_name ON patterns (lower(name));

CREATE TABLE technical_decisions (
    id           bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    repo_id      bigint      NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    what         text        NOT NULL,
    why          text        NOT NULL DEFAULT '',
    alternatives jsonb       NOT NULL DEFAULT '[]',
    details      jsonb       NOT NULL DEFAULT '{}',
    created_at   timestamptz NOT NULL DEFAULT now(),
    updated_at   timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT decision_says_what CHECK (what <> '')
);
-- By a hash, because the text may be longer than an index entry.
CREATE UNIQUE INDEX decision_is_unique_in_its_repository ON technical_decisions (repo_id, md5(what));

CREATE TABLE reusable_components (
    id                    bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    repo_id               bigint      NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    name                  text        NOT NULL,
    purpose               text        NOT NULL DEFAULT '',
    location              text        NOT NULL DEFAULT '',
    component_type        text        NOT NULL DEFAULT '',
    language              text        NOT NULL DEFAULT '',
    api_signature         text        NOT NULL DEFAULT '',
    lines_of_code         integer,
    cyclomatic_complexity integer,
    tags                  jsonb       NOT NULL DEFAULT '[]',
    details               jsonb       NOT NULL DEFAULT '{}',
    created_at            timestamptz NOT NULL DEFAULT now(),
    updated_at            timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT component_has_a_name CHECK (name <> ''),
    CONSTRAINT component_size_is_not_negative CHECK (lines_of_code >= 0 AND cyclomatic_complexity >= 0)
);
CREATE UNIQUE INDEX component_is_unique_in_its_repository ON reusable_components (repo_id, name, md5(location));

CREATE TABLE keywords (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    keyword text   NOT NULL,
    CONSTRAINT keyword_is_unique UNIQUE (keyword),
    CONSTRAINT keyword_is_in_lower_case CHECK (keyword = lower(keyword) AND keyword <> '')
);

CREATE TABLE pattern_keywords (
    pattern_id bigint NOT NULL REFERENCES patterns (id) ON DELETE CASCADE,
    keyword_id bigint NOT NULL REFERENCES keywords (id) ON DELETE CASCADE,
    PRIMARY KEY (pattern_id, keyword_id)
);
CREATE INDEX pattern_keywords_by_keyword ON pattern_keywords (keyword_id);

CREATE TABLE repository_keywords (
    repo_id    bigint NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    keyword_id bigint NOT NULL REFERENCES keywords (id) ON DELETE CASCADE,
    PRIMARY KEY (repo_id, keyword_id)
);
CREATE INDEX repository_keywords_by_keyword ON repository_keywords (keyword_id);

-- Of the outside world; repositories that depend on each other are rows of repository_relationships.
CREATE TABLE dependencies (
    id                 bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    repo_id            bigint      NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    dependency_name    text        NOT NULL,
    dependency_version text        NOT NULL DEFAULT '',
    manifest           text        NOT NULL DEFAULT '', -- the file that names it; empty if that is not known
    scope              text        NOT NULL DEFAULT '',
    details            jsonb       NOT NULL DEFAULT '{}',
    created_at         timestamptz NOT NULL DEFAULT now(),
    updated_at         timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT dependency_has_a_name CHECK (dependency_name <> '')
);
CREATE UNIQUE INDEX dependency_is_unique_in_its_manifest
    ON dependencies (repo_id, md5(dependency_name), md5(manifest));

CREATE TABLE deployment_scripts (
    id                    bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    repo_id               bigint      NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    name                  text        NOT NULL,
    description           text        NOT NULL DEFAULT '',
    script_path           text        NOT NULL DEFAULT '',
    platform              text        NOT NULL DEFAULT '',
    commands              jsonb       NOT NULL DEFAULT '[]',
    environment_variables jsonb       NOT NULL DEFAULT '{}',
    details               jsonb       NOT NULL DEFAULT '{}',
    created_at            timestamptz NOT NULL DEFAULT now(),
    updated_at            timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT deployment_script_is_unique_in_its_repository UNIQUE (repo_id, name),
    CONSTRAINT deployment_script_has_a_name CHECK (name <> '')
);

CREATE TABLE lessons_learned (
    id            uuid        PRIMARY KEY,
    repo_id       bigint      NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    category      text        NOT NULL,
    title         text        NOT NULL, -- the beginning of the lesson, for lists
    lesson        text        NOT NULL,
    description   text        NOT NULL DEFAULT '',
    impact        text        NOT NULL DEFAULT 'info',
    recorded_by   text        NOT NULL DEFAULT '',
    related_files jsonb       NOT NULL DEFAULT '[]',
    tags          jsonb       NOT NULL DEFAULT '[]',
    details       jsonb       NOT NULL DEFAULT '{}',
    recorded_at   timestamptz NOT NULL DEFAULT now(),
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT lesson_has_a_text CHECK (lesson <> '' AND title <> ''),
    CONSTRAINT lesson_has_a_category CHECK (category <> '')
);
CREATE UNIQUE INDEX lesson_is_unique_in_its_repository ON lessons_learned (repo_id, category, md5(lesson));
CREATE INDEX lessons_learned_by_time ON lessons_learned (recorded_at DESC, id DESC);

CREATE TABLE analysis_history (
    id               bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    repo_id          bigint      NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    commit_sha       text        NOT NULL DEFAULT '',
    analyzed_at      timestamptz NOT NULL,
    patterns_count   integer     NOT NULL DEFAULT 0,
    decisions_count  integer     NOT NULL DEFAULT 0,
    components_count integer     NOT NULL DEFAULT 0,
    details          jsonb       NOT NULL DEFAULT '{}', -- what was found then
    created_at       timestamptz NOT NULL DEFAULT now(),
    updated_at       timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT analysis_is_unique UNIQUE (repo_id, analyzed_at, commit_sha)
);

CREATE TABLE test_frameworks (
    id                  bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    repo_id             bigint      NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    framework_name      text        NOT NULL,
    coverage_percentage double precision,
    details             jsonb       NOT NULL DEFAULT '{}',
    created_at          timestamptz NOT NULL DEFAULT now(),
    updated_at          timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT test_framework_is_unique_in_its_repository UNIQUE (repo_id, framework_name),
    CONSTRAINT test_framework_has_a_name CHECK (framework_name <> ''),
    CONSTRAINT coverage_is_a_percentage CHECK (coverage_percentage BETWEEN 0 AND 100)
);

CREATE TABLE security_patterns (
    id                    bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    repo_id               bigint      NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    pattern_name          text        NOT NULL,
    description           text        NOT NULL DEFAULT '',
    authentication_method text        NOT NULL DEFAULT '',
    compliance_standard   text        NOT NULL DEFAULT '',
    details               jsonb       NOT NULL DEFAULT '{}',
    created_at            timestamptz NOT NULL DEFAULT now(),
    updated_at            timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT security_pattern_is_unique_in_its_repository UNIQUE (repo_id, pattern_name),
    CONSTRAINT security_pattern_has_a_name CHECK (pattern_name <> '')
);

CREATE TABLE runtime_issues (
    id                uuid        PRIMARY KEY,
    repo_id           bigint      NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    detected_at       timestamptz NOT NULL DEFAULT now(),
    service_type      text        NOT NULL,
    issue_type        text        NOT NULL,
    severity          text        NOT NULL,
    log_snippet       text        NOT NULL,
    root_cause        text        NOT NULL DEFAULT '',
    suggested_fix     text        NOT NULL DEFAULT '',
    pattern_reference text        NOT NULL DEFAULT '',
    github_issue_url  text        NOT NULL DEFAULT '',
    status            text        NOT NULL DEFAULT 'open',
    metrics           jsonb       NOT NULL DEFAULT '{}',
    resolved_at       timestamptz,
    created_at        timestamptz NOT NULL DEFAULT now(),
    updated_at        timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT service_type_is_known CHECK (service_type IN
        ('cloud_run', 'cloud_functions', 'cloud_build', 'gce', 'gke', 'app_engine', 'other')),
    CONSTRAINT issue_type_is_known CHECK (issue_type IN
        ('error', 'performance', 'crash', 'timeout', 'memory', 'security', 'other')),
    CONSTRAINT severity_is_known CHECK (severity IN ('critical', 'high', 'medium', 'low')),
    CONSTRAINT status_is_known CHECK (status IN ('open', 'investigating', 'fixed', 'false_positive')),
    CONSTRAINT settled_issue_has_resolved_at
        CHECK ((status IN ('fixed', 'false_positive')) = (resolved_at IS NOT NULL))
);
CREATE INDEX runtime_issues_by_time ON runtime_issues (detected_at DESC, id DESC);
CREATE INDEX runtime_issues_by_repository ON runtime_issues (repo_id, detected_at DESC);
CREATE INDEX runtime_issues_by_pattern ON runtime_issues (lower(pattern_reference)) WHERE pattern_reference <> '';

-- Imports by source: what the document said besides its repositories, and what became of it the last time.
CREATE TABLE knowledge_imports (
    source      text        PRIMARY KEY,
    document    jsonb       NOT NULL DEFAULT '{}',
    counters    jsonb       NOT NULL DEFAULT '{}',
    imported_at timestamptz NOT NULL DEFAULT now()
);

-- Entries that an import could not take, as they were.
CREATE TABLE quarantined_entries (
    id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source     text        NOT NULL,
    place      text        NOT NULL, -- JSON pointer into the document
    reason     text        NOT NULL,
    entry      text        NOT NULL, -- not jsonb: it may be what jsonb refuses
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX quarantined_entry_is_unique ON quarantined_entries (md5(source), md5(place), md5(entry));
