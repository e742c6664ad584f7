variable "bucket" {
  description = "Name of the bucket: in an account that neither the watcher nor what it watches is in, at best."
  type        = string
}

variable "writer_role_arn" {
  description = "ARN of the role that puts ledger heads there: the watcher's. It can put, and neither read, list, delete nor overwrite."
  type        = string

  validation {
    condition     = can(regex("^arn:[a-z-]+:iam::[0-9]{12}:role/[^*]+$", var.writer_role_arn))
    error_message = "Must be the ARN of one role, without a wildcard."
  }
}

variable "retention_days" {
  description = "How long each head is kept from everybody, the account's root included (object lock, COMPLIANCE)."
  type        = number
  default     = 400

  validation {
    condition     = var.retention_days >= 1 && var.retention_days <= 36500
    error_message = "Must be 1 to 36500 days."
  }
}

variable "prefix" {
  description = "Prefix under which the heads are put."
  type        = string
  default     = "heads/"

  validation {
    condition     = can(regex("^[a-zA-Z0-9._-]+/$", var.prefix))
    error_message = "Must be one name with a slash behind it."
  }
}

variable "tags" {
  description = "Tags of everything made here."
  type        = map(string)
  default     = {}
}
