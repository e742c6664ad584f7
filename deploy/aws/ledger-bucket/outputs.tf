output "bucket" {
  description = "For ledger_bucket of the watcher module."
  value       = aws_s3_bucket.heads.id
}

output "put_arn" {
  description = "For ledger_put_arn of the watcher module: where the watcher may put."
  value       = "${aws_s3_bucket.heads.arn}/${var.prefix}*"
}
