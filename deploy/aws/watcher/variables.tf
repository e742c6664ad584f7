variable "name" {
  description = "Name of the watcher: of its role, its instance and its volume."
  type        = string
  default     = "rollcall"
}

variable "image" {
  description = "Image of rollcall, named by its digest: REGISTRY/NAME@sha256:..."
  type        = string

  validation {
    condition     = can(regex("^[a-zA-Z0-9./:_-]+@sha256:[0-9a-f]{64}$", var.image))
    error_message = "Must be named by digest (...@sha256:...): a tag can be moved by whoever may push."
  }
}

variable "ecr_repository_arn" {
  description = "ARN of the ECR repository that holds the image; null where it can be pulled without logging in."
  type        = string
  default     = null
}

variable "ami_id" {
  description = "Amazon Linux 2023 for ARM, by id: aws ssm get-parameter --name /aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"
  type        = string

  validation {
    condition     = can(regex("^ami-[0-9a-f]+$", var.ami_id))
    error_message = "Must be the id of an image."
  }
}

variable "instance_type" {
  description = "A kind of instance with an ARM processor on Nitro; rollcall itself takes some hundred MiB for ten thousand resources."
  type        = string
  default     = "t4g.small"
}

variable "vpc_id" {
  description = "A network of the watcher's account: not one that is peered with what it watches, unless databases in there are on the roll."
  type        = string
}

variable "subnet_id" {
  description = "Subnet with a way out (NAT), in the zone where the state volume is to lie."
  type        = string
}

variable "public_ip" {
  description = "Whether the instance gets a public address, for a subnet without NAT. Nothing can come in either way."
  type        = bool
  default     = false
}

variable "egress" {
  description = "Where it may go besides HTTPS: databases that are on the roll, by port and network."
  type        = list(object({ port = number, cidr = string, why = string }))
  default     = []
}

variable "watched_role_arns" {
  description = "Roles of the watched accounts (role_arn of the watched-account module). The watcher may become these, and nobody else."
  type        = list(string)

  validation {
    condition     = length(var.watched_role_arns) > 0 && alltrue([for arn in var.watched_role_arns : can(regex("^arn:[a-z-]+:iam::[0-9]{12}:role/[^*]+$", arn))])
    error_message = "Must be ARNs of roles, at least one, without a wildcard."
  }
}

variable "files" {
  description = "Files of /etc/rollcall by name: config.yaml, manifest.yaml, its signatures, allowed_signers. No secrets: they stand in the instance's user data."
  type        = map(string)

  validation {
    condition     = alltrue([for name in ["config.yaml", "manifest.yaml"] : contains(keys(var.files), name)]) && alltrue([for name in keys(var.files) : can(regex("^[a-zA-Z0-9][a-zA-Z0-9._-]*$", name))])
    error_message = "Must hold config.yaml and manifest.yaml, and plain file names."
  }
}

variable "secrets" {
  description = "Secrets by the name that config.yaml has for them ({ credential: NAME }): ARNs of Secrets Manager secrets or of SSM parameters."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for name, arn in var.secrets : can(regex("^[a-zA-Z0-9][a-zA-Z0-9._-]*$", name)) && can(regex("^arn:[a-z-]+:(secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:|ssm:[a-z0-9-]+:[0-9]{12}:parameter/)[^*]+$", arn))])
    error_message = "Must be ARNs of secrets or parameters, without a wildcard, under plain names."
  }
}

variable "secret_key_arns" {
  description = "KMS keys that the secrets are encrypted with, where these are keys of your own."
  type        = list(string)
  default     = []
}

variable "ledger_bucket" {
  description = "Bucket of the ledger-bucket module; null for none."
  type        = string
  default     = null
}

variable "ledger_put_arn" {
  description = "put_arn of the ledger-bucket module; null for none."
  type        = string
  default     = null
}

variable "state_size_gib" {
  description = "Size of the volume that holds the state and the ledger."
  type        = number
  default     = 10
}

variable "snapshots_kept" {
  description = "Daily snapshots of the state volume that are kept."
  type        = number
  default     = 14
}

variable "tags" {
  description = "Tags of everything made here."
  type        = map(string)
  default     = {}
}
