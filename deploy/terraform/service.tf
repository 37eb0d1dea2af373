resource "google_cloud_run_v2_service" "howdah" {
  name                = var.name
  location            = var.region
  ingress             = var.service_ingress
  labels              = local.labels
  deletion_protection = var.deletion_protection

  template {
    service_account                  = google_service_account.service.email
    max_instance_request_concurrency = 200
    timeout                          = "3600s"

    scaling {
      min_instance_count = var.service_min_instances
      max_instance_count = var.service_max_instances
    }

    vpc_access {
      connector = google_vpc_access_connector.main.id
      egress    = "PRIVATE_RANGES_ONLY"
    }

    containers {
      image = var.image
      args  = ["up"]

      ports {
        container_port = 8080
      }

      resources {
        # Tasks run between requests as well, so the processor is never taken away.
        cpu_idle          = false
        startup_cpu_boost = true

        limits = {
          cpu    = "1"
          memory = var.service_memory
        }
      }

      dynamic "env" {
        for_each = merge(var.settings, {
          HOWDAH_SERVER_HOST       = "0.0.0.0"
          HOWDAH_DATABASE_URL      = local.database_url
          HOWDAH_DATABASE_USER     = local.user
          HOWDAH_DATABASE_POOL_MAX = tostring(var.database_pool_max)
          USE_POSTGRESQL           = tostring(var.use_postgresql)
        })

        content {
          name  = env.key
          value = env.value
        }
      }

      dynamic "env" {
        for_each = merge(var.secret_settings, {
          HOWDAH_DATABASE_PASSWORD = google_secret_manager_secret.postgres_password.secret_id
          HOWDAH_SERVER_API_KEY    = google_secret_manager_secret.api_key.secret_id
        }, var.use_postgresql ? {} : { REDIS_URL = one(google_secret_manager_secret.redis_url[*].secret_id) })

        content {
          name = env.key

          value_source {
            secret_key_ref {
              secret  = env.value
              version = "latest"
            }
          }
        }
      }

      dynamic "volume_mounts" {
        for_each = var.database_verify_tls ? ["authority"] : []

        content {
          name       = volume_mounts.value
          mount_path = "/run/howdah/authority"
        }
      }

      startup_probe {
        period_seconds    = 5
        timeout_seconds   = 3
        failure_threshold = 48

        http_get {
          path = "/health/ready"
          port = 8080
        }
      }

      liveness_probe {
        period_seconds    = 30
        timeout_seconds   = 5
        failure_threshold = 4

        http_get {
          path = "/health/live"
          port = 8080
        }
      }
    }

    dynamic "volumes" {
      for_each = var.database_verify_tls ? ["authority"] : []

      content {
        name = volumes.value

        secret {
          secret = google_secret_manager_secret.postgres_certificate.secret_id

          items {
            version = "latest"
            path    = "ca.crt"
          }
        }
      }
    }
  }

  depends_on = [
    google_compute_instance.database,
    google_secret_manager_secret_iam_member.service,
    google_secret_manager_secret_version.api_key,
    google_secret_manager_secret_version.postgres_password,
    google_secret_manager_secret_version.redis_url,
  ]
}

resource "google_cloud_run_v2_service_iam_member" "invokers" {
  for_each = toset(var.service_invokers)

  name     = google_cloud_run_v2_service.howdah.name
  location = google_cloud_run_v2_service.howdah.location
  role     = "roles/run.invoker"
  member   = each.value
}
