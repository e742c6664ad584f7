output "queue_url" {
  description = "For the connection in config.yaml."
  value       = aws_sqs_queue.events.url
}

output "queue_arn" {
  description = "For queue_arns of the watched-account module."
  value       = aws_sqs_queue.events.arn
}
