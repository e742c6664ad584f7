output "queue_url" {
  description = "For events of the connection in config.yaml."
  value       = aws_sqs_queue.events.url
}

output "queue_arn" {
  description = "For events of the connection in config.yaml, in place of the URL; rollcall grants then allows receiving from it."
  value       = aws_sqs_queue.events.arn
}
