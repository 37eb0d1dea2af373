resource "google_compute_address" "database" {
  name         = "${var.name}-database"
  address_type = "INTERNAL"
  subnetwork   = google_compute_subnetwork.main.id
}

# Data and configuration of PostgreSQL; it outlives the machine.
resource "google_compute_disk" "database" {
  name   = "${var.name}-database"
  type   = "pd-ssd"
  size   = var.database_disk_gb
  labels = local.labels

  # Encrypted in any case; with a key of one's own if it is named.
  disk_encryption_key {
    kms_key_self_link = var.disk_kms_key
  }

  lifecycle {
    prevent_destroy = true
  }
}

resource "google_compute_resource_policy" "snapshots" {
  name = "${var.name}-database"

  snapshot_schedule_policy {
    schedule {
      daily_schedule {
        days_in_cycle = 1
        start_time    = "04:00"
      }
    }
    retention_policy {
      max_retention_days    = 7
      on_source_disk_delete = "KEEP_AUTO_SNAPSHOTS"
    }
  }
}

resource "google_compute_disk_resource_policy_attachment" "snapshots" {
  name = google_compute_resource_policy.snapshots.name
  disk = google_compute_disk.database.name
}

resource "google_compute_instance" "database" {
  name                      = "${var.name}-database"
  machine_type              = var.database_machine_type
  labels                    = local.labels
  deletion_protection       = var.deletion_protection
  allow_stopping_for_update = true

  boot_disk {
    kms_key_self_link = var.disk_kms_key

    initialize_params {
      image = "debian-cloud/debian-13"
      type  = "pd-balanced"
      size  = 20
    }
  }

  attached_disk {
    source            = google_compute_disk.database.id
    device_name       = "postgresql"
    kms_key_self_link = var.disk_kms_key
  }

  # Without an access_config: the machine has no public address.
  network_interface {
    subnetwork = google_compute_subnetwork.main.id
    network_ip = google_compute_address.database.address
  }

  service_account {
    email  = google_service_account.database.email
    scopes = ["cloud-platform"]
  }

  shielded_instance_config {
    enable_secure_boot          = true
    enable_vtpm                 = true
    enable_integrity_monitoring = true
  }

  metadata = {
    enable-oslogin         = "TRUE"
    block-project-ssh-keys = "TRUE"
    serial-port-enable     = "FALSE"
    startup-script = templatefile("${path.module}/startup.sh.tftpl", {
      setup_script       = base64encode(file("${path.module}/../setup-postgresql.sh"))
      postgresql_version = var.database_version
      database           = local.database
      user               = local.user
      address            = google_compute_address.database.address
      client_range       = var.connector_range
      password_secret    = google_secret_manager_secret.postgres_password.secret_id
      certificate_secret = google_secret_manager_secret.postgres_certificate.secret_id
      backups_bucket     = google_storage_bucket.backups.name
      backup_time        = var.backup_time
    })
  }

  depends_on = [
    google_compute_router_nat.main,
    google_secret_manager_secret_iam_member.database_publishes_certificate,
    google_secret_manager_secret_iam_member.database_reads_certificate,
    google_secret_manager_secret_iam_member.database_reads_password,
    google_secret_manager_secret_version.postgres_password,
  ]
}

# Tasks only, where use_postgresql is false.
resource "google_redis_instance" "queue" {
  count = var.use_postgresql ? 0 : 1

  name               = "${var.name}-queue"
  tier               = "STANDARD_HA"
  memory_size_gb     = var.redis_memory_gb
  redis_version      = "REDIS_7_2"
  region             = var.region
  authorized_network = google_compute_network.main.id
  connect_mode       = "DIRECT_PEERING"
  auth_enabled       = true
  labels             = local.labels

  redis_configs = {
    maxmemory-policy = "noeviction"
  }

  persistence_config {
    persistence_mode    = "RDB"
    rdb_snapshot_period = "ONE_HOUR"
  }

  depends_on = [google_project_service.api]
}
