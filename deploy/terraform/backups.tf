resource "google_storage_bucket" "backups" {
  name                        = "${var.project_id}-${var.name}-backups"
  location                    = var.region
  storage_class               = "NEARLINE"
  labels                      = local.labels
  force_destroy               = false
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"

  # A bucket has either versions or a retention policy. Versions and the missing right to delete give the same: what was
  # replaced or deleted can be brought back for as long as backups are kept.
  versioning {
    enabled = true
  }

  soft_delete_policy {
    retention_duration_seconds = var.backup_retention_days * 86400
  }

  lifecycle_rule {
    condition {
      age        = var.backup_retention_days
      with_state = "LIVE"
    }
    action {
      type = "Delete"
    }
  }

  lifecycle_rule {
    condition {
      days_since_noncurrent_time = var.backup_retention_days
      with_state                 = "ARCHIVED"
    }
    action {
      type = "Delete"
    }
  }

  dynamic "encryption" {
    for_each = var.disk_kms_key == null ? [] : [var.disk_kms_key]

    content {
      default_kms_key_name = encryption.value
    }
  }

  lifecycle {
    prevent_destroy = true
  }

  depends_on = [google_project_service.api]
}
