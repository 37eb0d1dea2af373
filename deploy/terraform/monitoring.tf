resource "google_monitoring_notification_channel" "email" {
  for_each = toset(var.alert_emails)

  display_name = "Howdah: ${each.value}"
  type         = "email"

  labels = {
    email_address = each.value
  }

  depends_on = [google_project_service.api]
}

resource "google_monitoring_uptime_check_config" "service" {
  count = var.service_ingress == "INGRESS_TRAFFIC_ALL" && contains(var.service_invokers, "allUsers") ? 1 : 0

  display_name = "${var.name} is ready"
  period       = "60s"
  timeout      = "10s"

  http_check {
    path           = "/health/ready"
    port           = 443
    use_ssl        = true
    validate_ssl   = true
    request_method = "GET"
  }

  monitored_resource {
    type = "uptime_url"

    labels = {
      project_id = var.project_id
      host       = trimprefix(google_cloud_run_v2_service.howdah.uri, "https://")
    }
  }
}

resource "google_monitoring_alert_policy" "not_ready" {
  count = length(google_monitoring_uptime_check_config.service)

  display_name          = "${var.name}: not ready"
  combiner              = "OR"
  severity              = "CRITICAL"
  notification_channels = local.channels

  conditions {
    display_name = "two places cannot reach /health/ready"

    condition_threshold {
      filter          = "metric.type = \"monitoring.googleapis.com/uptime_check/check_passed\" AND resource.type = \"uptime_url\" AND metric.labels.check_id = \"${google_monitoring_uptime_check_config.service[0].uptime_check_id}\""
      comparison      = "COMPARISON_GT"
      threshold_value = 1
      duration        = "120s"

      aggregations {
        alignment_period     = "120s"
        per_series_aligner   = "ALIGN_NEXT_OLDER"
        cross_series_reducer = "REDUCE_COUNT_FALSE"
        group_by_fields      = ["resource.label.host"]
      }
    }
  }

  documentation {
    content = "Ask https://HOST/health for the reason and its remedy; then see the log of the service and of the machine ${google_compute_instance.database.name}."
  }
}

resource "google_monitoring_alert_policy" "errors" {
  display_name          = "${var.name}: requests fail"
  combiner              = "OR"
  severity              = "ERROR"
  notification_channels = local.channels

  conditions {
    display_name = "more than one answer of 5xx in ten seconds, for five minutes"

    condition_threshold {
      filter          = "metric.type = \"run.googleapis.com/request_count\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"${google_cloud_run_v2_service.howdah.name}\" AND metric.labels.response_code_class = \"5xx\""
      comparison      = "COMPARISON_GT"
      threshold_value = 0.1
      duration        = "300s"

      aggregations {
        alignment_period     = "60s"
        per_series_aligner   = "ALIGN_RATE"
        cross_series_reducer = "REDUCE_SUM"
      }
    }
  }
}

resource "google_monitoring_alert_policy" "database_processor" {
  display_name          = "${var.name}: the database's processors are busy"
  combiner              = "OR"
  severity              = "WARNING"
  notification_channels = local.channels

  conditions {
    display_name = "above 85 % for fifteen minutes"

    condition_threshold {
      filter          = "metric.type = \"compute.googleapis.com/instance/cpu/utilization\" AND resource.type = \"gce_instance\" AND resource.labels.instance_id = \"${google_compute_instance.database.instance_id}\""
      comparison      = "COMPARISON_GT"
      threshold_value = 0.85
      duration        = "900s"

      aggregations {
        alignment_period   = "300s"
        per_series_aligner = "ALIGN_MEAN"
      }
    }
  }
}

resource "google_monitoring_alert_policy" "database_gone" {
  display_name          = "${var.name}: the database's machine is gone"
  combiner              = "OR"
  severity              = "CRITICAL"
  notification_channels = local.channels

  conditions {
    display_name = "no sign of it for five minutes"

    condition_absent {
      filter   = "metric.type = \"compute.googleapis.com/instance/uptime\" AND resource.type = \"gce_instance\" AND resource.labels.instance_id = \"${google_compute_instance.database.instance_id}\""
      duration = "300s"

      aggregations {
        alignment_period   = "60s"
        per_series_aligner = "ALIGN_RATE"
      }
    }
  }
}

# The machine writes to these logs what concerns its keepers: a backup that failed, a disk that fills.
resource "google_monitoring_alert_policy" "database_reports" {
  display_name          = "${var.name}: backup failed or disk fills"
  combiner              = "OR"
  severity              = "CRITICAL"
  notification_channels = local.channels

  conditions {
    display_name = "an error in the log howdah-database"

    condition_matched_log {
      filter = "logName = \"projects/${var.project_id}/logs/howdah-database\" AND severity >= ERROR"
    }
  }

  alert_strategy {
    notification_rate_limit {
      period = "3600s"
    }
  }

  depends_on = [google_project_service.api]
}
