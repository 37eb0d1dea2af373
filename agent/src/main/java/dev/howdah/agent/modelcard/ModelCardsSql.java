package dev.howdah.agent.modelcard;

/** The statements of {@link ModelCards}. Whatever changes a card keeps what it says then as a version, in the same statement. */
final class ModelCardsSql {
    static final String CREATE = """
        WITH made AS (
          INSERT INTO model_cards (id, workspace_id, user_id, name, slug, description, card, status, version)
          VALUES (:id, :workspace, :user, :name, :slug, :description, :card::jsonb, :status, 1)
              ON CONFLICT (workspace_id, slug) WHERE deleted_at IS NULL DO NOTHING
          RETURNING id, workspace_id, user_id, name, slug, description, card, status, version, created_at, updated_at,
                    deleted_at),
        kept AS (
          INSERT INTO model_card_versions (card_id, version, name, description, card, status, change_reason)
          SELECT id, version, name, description, card, status, ''
            FROM made)
        SELECT id, workspace_id, user_id, name, slug, description, card, status, version, created_at, updated_at,
               deleted_at
          FROM made
        """;

    static final String UPDATE = """
        WITH changed AS (
          UPDATE model_cards
             SET name = COALESCE(:name::text, name), description = COALESCE(:description::text, description),
                 card = COALESCE(:card::jsonb, card), status = COALESCE(:status::text, status),
                 version = version + 1, updated_at = now()
           WHERE id = :id AND deleted_at IS NULL
             AND (:expected::integer IS NULL OR version = :expected::integer)
          RETURNING id, workspace_id, user_id, name, slug, description, card, status, version, created_at, updated_at,
                    deleted_at),
        kept AS (
          INSERT INTO model_card_versions (card_id, version, name, description, card, status, change_reason)
          SELECT id, version, name, description, card, status, :reason
            FROM changed)
        SELECT id, workspace_id, user_id, name, slug, description, card, status, version, created_at, updated_at,
               deleted_at
          FROM changed
        """;

    /** What an older version said becomes the newest one; a card that was deleted is there again. */
    static final String RESTORE = """
        WITH changed AS (
          UPDATE model_cards
             SET name = old.name, description = old.description, card = old.card, status = old.status,
                 version = model_cards.version + 1, updated_at = now(), deleted_at = NULL
            FROM model_card_versions AS old
           WHERE id = :id AND old.card_id = id AND old.version = :version
             AND (:expected::integer IS NULL OR model_cards.version = :expected::integer)
          RETURNING id, workspace_id, user_id, model_cards.name, slug, model_cards.description, model_cards.card,
                    model_cards.status, model_cards.version, model_cards.created_at, updated_at, deleted_at),
        kept AS (
          INSERT INTO model_card_versions (card_id, version, name, description, card, status, change_reason,
                 restored_from)
          SELECT id, version, name, description, card, status, :reason, :version
            FROM changed)
        SELECT id, workspace_id, user_id, name, slug, description, card, status, version, created_at, updated_at,
               deleted_at
          FROM changed
        """;

    static final String DELETE = """
        UPDATE model_cards
           SET deleted_at = now(), updated_at = now()
         WHERE id = :id AND deleted_at IS NULL
           AND (:expected::integer IS NULL OR version = :expected::integer)
        """;

    /** With all its versions, deleted before or not. */
    static final String DELETE_FOR_EVER = """
        DELETE FROM model_cards
         WHERE id = :id
           AND (:expected::integer IS NULL OR version = :expected::integer)
        """;

    static final String FIND = """
        SELECT id, workspace_id, user_id, name, slug, description, card, status, version, created_at, updated_at,
               deleted_at
          FROM model_cards
         WHERE id = :id
        """;

    /** A row even if the page is empty: the count. */
    static final String LIST = """
        WITH matching AS MATERIALIZED (
          SELECT id, updated_at
            FROM model_cards
           WHERE (deleted_at IS NOT NULL) = :deleted
             AND (:workspace::text IS NULL OR workspace_id = :workspace::text)
             AND (:status::text IS NULL OR status = :status::text)
             AND (:text::text IS NULL
                  OR to_tsvector('simple', name || ' ' || slug || ' ' || description || ' ' || card::text)
                     @@ websearch_to_tsquery('simple', :text::text))
             AND (:capability::text IS NULL
                  OR card @> jsonb_build_object('capabilities', jsonb_build_array(:capability::text)))
             AND (:skill::text IS NULL
                  OR card @> jsonb_build_object('skills', jsonb_build_array(:skill::text))
                  OR card @> jsonb_build_object('skills', jsonb_build_array(jsonb_build_object('id', :skill::text)))
                  OR card @> jsonb_build_object('skills', jsonb_build_array(
                                                              jsonb_build_object('name', :skill::text))))),
        page AS (
          SELECT id
            FROM matching
           ORDER BY updated_at DESC, id DESC
           LIMIT :limit OFFSET :offset)
        SELECT counted.total, found.id, workspace_id, user_id, name, slug, description, card, status, version,
               created_at, found.updated_at, deleted_at
          FROM (SELECT count(*) AS total FROM matching) AS counted
          LEFT JOIN (page JOIN model_cards AS found USING (id)) ON true
         ORDER BY found.updated_at DESC, found.id DESC
        """;

    static final String VERSIONS = """
        SELECT card_id, version, name, description, card, status, change_reason, restored_from, created_at
          FROM model_card_versions
         WHERE card_id = :id AND version < COALESCE(:before::integer, 2147483647)
         ORDER BY version DESC
         LIMIT :limit
        """;

    static final String VERSION = """
        SELECT card_id, version, name, description, card, status, change_reason, restored_from, created_at
          FROM model_card_versions
         WHERE card_id = :id AND version = :version
        """;

    private ModelCardsSql() {}
}
