# One account for each, with what it needs and no more.

resource "google_service_account" "database" {
  account_id   = "${var.name}-database"
  display_name = "The machine of Howdah's PostgreSQL"

  depends_on = [google_project_service.api]
}

resource "google_service_account" "service" {
  account_id   = "${var.name}-service"
  display_name = "Howdah on Cloud Run"

  depends_on = [google_project_service.api]
}

resource "google_project_iam_member" "database" {
  for_each = toset(["roles/logging.logWriter", "roles/monitoring.metricWriter"])

  project = var.project_id
  role    = each.value
  member  = google_service_account.database.member
}

resource "google_secret_manager_secret_iam_member" "database_reads_password" {
  secret_id = google_secret_manager_secret.postgres_password.id
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.database.member
}

# The machine makes its own certificate, and publishes the public half.
resource "google_secret_manager_secret_iam_member" "database_publishes_certificate" {
  secret_id = google_secret_manager_secret.postgres_certificate.id
  role      = "roles/secretmanager.secretVersionAdder"
  member    = google_service_account.database.member
}

resource "google_secret_manager_secret_iam_member" "database_reads_certificate" {
  secret_id = google_secret_manager_secret.postgres_certificate.id
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.database.member
}

# It adds backups, and can neither read nor replace nor delete them.
resource "google_storage_bucket_iam_member" "database_adds_backups" {
  bucket = google_storage_bucket.backups.name
  role   = "roles/storage.objectCreator"
  member = google_service_account.database.member
}

resource "google_secret_manager_secret_iam_member" "service" {
  for_each = merge({
    password    = google_secret_manager_secret.postgres_password.id
    api-key     = google_secret_manager_secret.api_key.id
    certificate = google_secret_manager_secret.postgres_certificate.id
  }, var.use_postgresql ? {} : { redis-url = one(google_secret_manager_secret.redis_url[*].id) }, var.secret_settings)

  project   = var.project_id
  secret_id = each.value
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.service.member
}
