variable "name" {
  description = "Name of the role in this account."
  type        = string
  default     = "rollcall"
}

variable "watcher_role_arn" {
  description = "ARN of the role that the watcher runs as, in its own account. Nobody else may become the role made here."
  type        = string

  validation {
    condition     = can(regex("^arn:[a-z-]+:iam::[0-9]{12}:role/[^*]+$", var.watcher_role_arn))
    error_message = "Must be the ARN of one role, without a wildcard."
  }
}

variable "external_id" {
  description = "What the watcher must know to become the role: the secret behind external_id of its connection. At least 16 characters, of this account alone."
  type        = string
  sensitive   = true

  validation {
    condition     = length(var.external_id) >= 16
    error_message = "Must be 16 characters or more: rollcall grants makes none up, `openssl rand -hex 16` does."
  }
}

variable "policies" {
  description = "Policy documents for your manifest: what rollcall grants --json has under documents, each as JSON."
  type        = list(string)

  validation {
    condition     = length(var.policies) > 0 && length(var.policies) <= 10 && alltrue([for document in var.policies : can(jsondecode(document).Statement)])
    error_message = "Must be one to ten policy documents in JSON."
  }
}

variable "queue_arns" {
  description = "Queues of the events module that the policies do not name already: the role may receive from them, and not delete."
  type        = list(string)
  default     = []
}

variable "tags" {
  description = "Tags of everything made here."
  type        = map(string)
  default     = {}
}
