resource "google_compute_network" "main" {
  name                    = var.name
  auto_create_subnetworks = false

  depends_on = [google_project_service.api]
}

resource "google_compute_subnetwork" "main" {
  name          = var.name
  network       = google_compute_network.main.id
  ip_cidr_range = var.subnet_range
  # The machine has no public address, and reaches Secret Manager and the bucket all the same.
  private_ip_google_access = true

  log_config {
    aggregation_interval = "INTERVAL_10_MIN"
    flow_sampling        = 0.1
  }
}

# The way out for packages; nothing comes in by it.
resource "google_compute_router" "main" {
  name    = var.name
  network = google_compute_network.main.id
}

resource "google_compute_router_nat" "main" {
  name                               = var.name
  router                             = google_compute_router.main.name
  nat_ip_allocate_option             = "AUTO_ONLY"
  source_subnetwork_ip_ranges_to_nat = "LIST_OF_SUBNETWORKS"

  subnetwork {
    name                    = google_compute_subnetwork.main.id
    source_ip_ranges_to_nat = ["ALL_IP_RANGES"]
  }
}

resource "google_vpc_access_connector" "main" {
  name          = var.name
  network       = google_compute_network.main.name
  ip_cidr_range = var.connector_range
  machine_type  = "e2-micro"
  min_instances = 2
  max_instances = 3

  depends_on = [google_project_service.api]
}

resource "google_compute_firewall" "database" {
  name                    = "${var.name}-database"
  network                 = google_compute_network.main.id
  description             = "The service reaches PostgreSQL; nobody else does."
  direction               = "INGRESS"
  source_ranges           = [var.connector_range]
  target_service_accounts = [google_service_account.database.email]

  allow {
    protocol = "tcp"
    ports    = ["5432"]
  }
}

resource "google_compute_firewall" "ssh" {
  count = length(var.ssh_source_ranges) > 0 ? 1 : 0

  name                    = "${var.name}-ssh"
  network                 = google_compute_network.main.id
  description             = "Administrators reach the database's machine."
  direction               = "INGRESS"
  source_ranges           = var.ssh_source_ranges
  target_service_accounts = [google_service_account.database.email]

  allow {
    protocol = "tcp"
    ports    = ["22"]
  }
}
