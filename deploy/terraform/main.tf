locals {
  database = "howdah"
  user     = "howdah"

  # What the service is told of the database. The password is not in here.
  tls_query    = var.database_verify_tls ? "sslmode=verify-full&sslrootcert=/run/howdah/authority/ca.crt" : "sslmode=require"
  database_url = "postgresql://${google_compute_address.database.address}:5432/${local.database}?${local.tls_query}"

  queue_host = var.use_postgresql ? google_compute_address.database.address : one(google_redis_instance.queue[*].host)
  queue_port = var.use_postgresql ? 5432 : one(google_redis_instance.queue[*].port)

  channels = [for channel in google_monitoring_notification_channel.email : channel.id]

  labels = {
    app        = "howdah"
    managed-by = "terraform"
  }

  apis = toset(concat([
    "compute.googleapis.com",
    "iam.googleapis.com",
    "logging.googleapis.com",
    "monitoring.googleapis.com",
    "run.googleapis.com",
    "secretmanager.googleapis.com",
    "storage.googleapis.com",
    "vpcaccess.googleapis.com",
  ], var.use_postgresql ? [] : ["redis.googleapis.com"]))
}

resource "google_project_service" "api" {
  for_each = local.apis

  service            = each.value
  disable_on_destroy = false
}
