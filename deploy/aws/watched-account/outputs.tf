output "role_arn" {
  description = "For role_arn of the connection in config.yaml, and for watched_role_arns of the watcher module."
  value       = aws_iam_role.watcher.arn
}
