output "service_url" {
  description = "Where Howdah is reached."
  value       = google_cloud_run_v2_service.howdah.uri
}

output "queue_backend" {
  description = "What keeps tasks: postgresql or redis."
  value       = var.use_postgresql ? "postgresql" : "redis"
}

output "queue_host" {
  description = "Internal address of what keeps tasks."
  value       = local.queue_host
}

output "queue_port" {
  description = "Port of what keeps tasks."
  value       = local.queue_port
}

output "redis_host" {
  description = "Internal address of Redis; null while tasks are kept in PostgreSQL."
  value       = var.use_postgresql ? null : local.queue_host
}

output "database_address" {
  description = "Internal address of PostgreSQL; it has no public one."
  value       = google_compute_address.database.address
}

output "database_machine" {
  description = "Name of PostgreSQL's machine, for gcloud compute ssh."
  value       = google_compute_instance.database.name
}

output "backups_bucket" {
  description = "Bucket of the backups."
  value       = google_storage_bucket.backups.name
}

output "secrets" {
  description = "Ids of the secrets; their values are read with gcloud secrets versions access latest."
  value = merge({
    postgres_password = google_secret_manager_secret.postgres_password.secret_id
    api_key           = google_secret_manager_secret.api_key.secret_id
  }, var.use_postgresql ? {} : { redis_url = one(google_secret_manager_secret.redis_url[*].secret_id) })
}

output "next_steps" {
  description = "What to do after the first apply."
  value = join("\n", concat(
    ["Ask it: curl ${google_cloud_run_v2_service.howdah.uri}/health"],
    var.database_verify_tls ? [] : ["Then apply again with database_verify_tls = true, so that the service verifies the database's certificate."],
    var.use_postgresql ? [] : ["Tasks are kept in Redis; everything else is kept in PostgreSQL."],
  ))
}
