output "role_arn" {
  description = "For watcher_role_arn of the watched-account module and writer_role_arn of the ledger-bucket module."
  value       = aws_iam_role.watcher.arn
}

output "instance_id" {
  description = "Its console tells how it fares: aws ec2 get-console-output --latest --instance-id ID"
  value       = aws_instance.watcher.id
}

output "state_volume_id" {
  description = "Put it on the roll of a second watcher."
  value       = aws_ebs_volume.state.id
}
