terraform {
  # Write-only arguments, with which no secret gets into the state, need 1.11.
  required_version = ">= 1.11.0, < 2.0.0"

  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.30"
    }
    random = {
      source  = "hashicorp/random"
      version = "~> 3.7"
    }
  }

  # Where the state is kept is told when it is set up: terraform init -backend-config=bucket=NAME
  backend "gcs" {
    prefix = "howdah"
  }
}

provider "google" {
  project = var.project_id
  region  = var.region
  zone    = var.zone
}
