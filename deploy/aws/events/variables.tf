variable "name" {
  description = "Name of the queue and of the rules."
  type        = string
  default     = "rollcall-events"
}

variable "retention_seconds" {
  description = "How long a message is kept. Nobody deletes one, so it is also how long a message that was received stays hidden."
  type        = number
  default     = 300

  validation {
    condition     = var.retention_seconds >= 60 && var.retention_seconds <= 43200
    error_message = "Must be 60 to 43200 seconds."
  }
}

variable "tags" {
  description = "Tags of everything made here."
  type        = map(string)
  default     = {}
}
