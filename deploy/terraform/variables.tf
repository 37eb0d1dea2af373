variable "project_id" {
  description = "Project of Google Cloud that everything is made in."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project_id))
    error_message = "project_id is 6 to 30 lower-case letters, digits and dashes."
  }
}

variable "region" {
  description = "Region of the service, the network and the bucket."
  type        = string
  default     = "europe-west1"

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]+$", var.region))
    error_message = "region looks like europe-west1."
  }
}

variable "zone" {
  description = "Zone of the database's machine; one of the region."
  type        = string
  default     = "europe-west1-b"

  validation {
    condition     = startswith(var.zone, "${var.region}-")
    error_message = "zone is one of the region, such as europe-west1-b."
  }
}

variable "name" {
  description = "Prefix of the names of everything that is made."
  type        = string
  default     = "howdah"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,14}[a-z0-9]$", var.name))
    error_message = "name is 2 to 16 lower-case letters, digits and dashes, and begins with a letter."
  }
}

variable "use_postgresql" {
  description = "Whether tasks are kept in PostgreSQL. false keeps them in a Redis that is made for them; everything else stays in PostgreSQL, whose machine is made in any case."
  type        = bool
  default     = true
}

variable "image" {
  description = "Image of Howdah, in a registry that the service may read, by tag or digest."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9].*(:|@sha256:)[A-Za-z0-9._-]+$", var.image)) && !endswith(var.image, ":latest")
    error_message = "image names a tag other than latest, or a digest, so that it is known what runs."
  }
}

variable "service_min_instances" {
  description = "Instances of the service that always run. At least one, because tasks are run by it."
  type        = number
  default     = 1

  validation {
    condition     = var.service_min_instances >= 1 && floor(var.service_min_instances) == var.service_min_instances
    error_message = "service_min_instances is 1 or more."
  }
}

variable "service_max_instances" {
  description = "Instances of the service at most. Each takes up to database_pool_max connections of the database's 200."
  type        = number
  default     = 4

  validation {
    condition     = var.service_max_instances >= var.service_min_instances && var.service_max_instances * var.database_pool_max <= 190
    error_message = "service_max_instances is at least service_min_instances, and that times database_pool_max at most 190."
  }
}

variable "service_memory" {
  description = "Memory of an instance of the service."
  type        = string
  default     = "1Gi"

  validation {
    condition     = can(regex("^[0-9]+(Mi|Gi)$", var.service_memory))
    error_message = "service_memory looks like 1Gi."
  }
}

variable "service_ingress" {
  description = "Who reaches the service: INGRESS_TRAFFIC_ALL, INGRESS_TRAFFIC_INTERNAL_ONLY or INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER."
  type        = string
  default     = "INGRESS_TRAFFIC_ALL"

  validation {
    condition     = contains(["INGRESS_TRAFFIC_ALL", "INGRESS_TRAFFIC_INTERNAL_ONLY", "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"], var.service_ingress)
    error_message = "service_ingress is one of the three values of its description."
  }
}

variable "service_invokers" {
  description = "Who may call the service, as members of IAM. allUsers leaves it to Howdah's API key, which guards everything that changes or shows data."
  type        = list(string)
  default     = ["allUsers"]
}

variable "database_machine_type" {
  description = "Machine type of the database."
  type        = string
  default     = "e2-standard-2"
}

variable "database_disk_gb" {
  description = "Size of the database's disk in GB; it can be made larger later, never smaller."
  type        = number
  default     = 50

  validation {
    condition     = var.database_disk_gb >= 20
    error_message = "database_disk_gb is 20 or more."
  }
}

variable "database_version" {
  description = "Major version of PostgreSQL. It has to be one that the machine's Debian has."
  type        = number
  default     = 17

  validation {
    condition     = contains([17], var.database_version)
    error_message = "database_version is 17, the one of Debian 13."
  }
}

variable "database_pool_max" {
  description = "Connections that an instance of the service opens at most."
  type        = number
  default     = 25
}

variable "database_verify_tls" {
  description = "Whether the service verifies the database's certificate. Possible once the machine has published it, so from the second apply on; until then connections are encrypted, and not verified."
  type        = bool
  default     = false
}

variable "disk_kms_key" {
  description = "Key of Cloud KMS that disks and bucket are encrypted with; null for keys that Google keeps."
  type        = string
  default     = null
}

variable "subnet_range" {
  description = "Addresses of the subnet that the database is in."
  type        = string
  default     = "10.20.0.0/24"

  validation {
    condition     = can(cidrhost(var.subnet_range, 0))
    error_message = "subnet_range is a network such as 10.20.0.0/24."
  }
}

variable "connector_range" {
  description = "Addresses of the connector between the service and the network; a /28. They alone reach the database."
  type        = string
  default     = "10.20.1.0/28"

  validation {
    condition     = can(cidrhost(var.connector_range, 0)) && endswith(var.connector_range, "/28")
    error_message = "connector_range is a network of 16 addresses, such as 10.20.1.0/28."
  }
}

variable "ssh_source_ranges" {
  description = "Networks from which the database's machine is reached by SSH. The default is that of Identity-Aware Proxy, which asks who it is; an empty list closes SSH."
  type        = list(string)
  default     = ["35.235.240.0/20"]

  validation {
    condition     = alltrue([for range in var.ssh_source_ranges : can(cidrhost(range, 0)) && !endswith(range, "/0")])
    error_message = "ssh_source_ranges are networks, and not the whole internet."
  }
}

variable "redis_memory_gb" {
  description = "Memory of Redis in GB, where use_postgresql is false."
  type        = number
  default     = 1

  validation {
    condition     = var.redis_memory_gb >= 1
    error_message = "redis_memory_gb is 1 or more."
  }
}

variable "backup_retention_days" {
  description = "Days for which backups are kept, and for which a deleted or replaced one can be brought back."
  type        = number
  default     = 30

  validation {
    condition     = var.backup_retention_days >= 7
    error_message = "backup_retention_days is 7 or more."
  }
}

variable "backup_time" {
  description = "When the nightly backup begins, in UTC, as systemd's timers take it."
  type        = string
  default     = "02:00"

  validation {
    condition     = can(regex("^([01][0-9]|2[0-3]):[0-5][0-9]$", var.backup_time))
    error_message = "backup_time looks like 02:00."
  }
}

variable "alert_emails" {
  description = "Addresses that are told of alerts; an empty list leaves them to the console."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for address in var.alert_emails : can(regex("^[^@ ]+@[^@ ]+$", address))])
    error_message = "alert_emails are addresses of e-mail."
  }
}

variable "settings" {
  description = "Further settings of Howdah, by their variables as docs/settings.md lists them; no secrets."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for key in keys(var.settings) : can(regex("^[A-Z][A-Z0-9_]*$", key)) && !can(regex("(PASSWORD|SECRET|TOKEN|KEY)", key))])
    error_message = "settings have names of variables, and hold no secrets; those go to secret_settings."
  }
}

variable "secret_settings" {
  description = "Settings of Howdah whose values are secrets in Secret Manager: the variable, and the secret's id."
  type        = map(string)
  default     = {}
}

variable "deletion_protection" {
  description = "Whether the machine, its data and the service are guarded against being deleted."
  type        = bool
  default     = true
}
