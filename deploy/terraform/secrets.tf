# Passwords are made anew in every run and handed on only where secret_data_wo_version says so: they are in no plan and
# in no state. To change one, raise its version.

ephemeral "random_password" "postgres" {
  length  = 40
  special = false
}

ephemeral "random_password" "api_key" {
  length  = 40
  special = false
}

resource "google_secret_manager_secret" "postgres_password" {
  secret_id = "${var.name}-postgres-password"
  labels    = local.labels

  replication {
    auto {}
  }

  depends_on = [google_project_service.api]
}

resource "google_secret_manager_secret_version" "postgres_password" {
  secret                 = google_secret_manager_secret.postgres_password.id
  secret_data_wo         = ephemeral.random_password.postgres.result
  secret_data_wo_version = 1
}

resource "google_secret_manager_secret" "api_key" {
  secret_id = "${var.name}-api-key"
  labels    = local.labels

  replication {
    auto {}
  }

  depends_on = [google_project_service.api]
}

resource "google_secret_manager_secret_version" "api_key" {
  secret                 = google_secret_manager_secret.api_key.id
  secret_data_wo         = ephemeral.random_password.api_key.result
  secret_data_wo_version = 1
}

# Filled by the database's machine.
resource "google_secret_manager_secret" "postgres_certificate" {
  secret_id = "${var.name}-postgres-certificate"
  labels    = local.labels

  replication {
    auto {}
  }

  depends_on = [google_project_service.api]
}

resource "google_secret_manager_secret" "redis_url" {
  count = var.use_postgresql ? 0 : 1

  secret_id = "${var.name}-redis-url"
  labels    = local.labels

  replication {
    auto {}
  }

  depends_on = [google_project_service.api]
}

# Redis makes its password itself, so this one is in the state, whose bucket nobody else may read.
resource "google_secret_manager_secret_version" "redis_url" {
  count = var.use_postgresql ? 0 : 1

  secret                 = google_secret_manager_secret.redis_url[0].id
  secret_data_wo         = "redis://:${google_redis_instance.queue[0].auth_string}@${google_redis_instance.queue[0].host}:${google_redis_instance.queue[0].port}"
  secret_data_wo_version = 1
}
