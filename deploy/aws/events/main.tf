# Events make a look due at once; what the looks see is the truth. One queue for each watched region, in the watched account:
# CloudTrail files a call under the region that served it. Calls arrive only where a trail records management events.

locals {
  # By the service that serves the call: what deletes, and what is done before the deletion. `errorCode` below leaves out what was refused.
  calls = {
    "rds.amazonaws.com" = [
      "DeleteDBInstance",
      "ModifyDBInstance",
      "DeleteDBCluster",
      "ModifyDBCluster",
      "DeleteGlobalCluster",
      "RemoveFromGlobalCluster",
      "DeleteDBSnapshot",
      "ModifyDBSnapshotAttribute",
      "DeleteDBClusterSnapshot",
      "ModifyDBClusterSnapshotAttribute",
      "DeleteDBInstanceAutomatedBackup",
      "DeleteDBClusterAutomatedBackup",
      "StopDBInstance",
      "StopDBCluster",
    ]
    "ec2.amazonaws.com" = [
      "DeleteVolume",
      "DetachVolume",
      "DeleteSnapshot",
      "ModifySnapshotAttribute",
      "UnlockSnapshot",
      "LockSnapshot",
      "DisableEbsEncryptionByDefault",
    ]
    "rbin.amazonaws.com" = ["DeleteRule", "UpdateRule", "UnlockRule"]
    "s3.amazonaws.com" = [
      "DeleteBucket",
      "PutBucketVersioning",
      "PutBucketLifecycle",
      "PutBucketLifecycleConfiguration",
      "PutObjectLockConfiguration",
      "PutBucketObjectLockConfiguration",
      "PutBucketPolicy",
      "DeleteBucketPolicy",
      "PutBucketReplication",
      "DeleteBucketReplication",
      "PutBucketEncryption",
      "DeleteBucketEncryption",
      "PutBucketPublicAccessBlock",
      "DeleteBucketPublicAccessBlock",
    ]
    "backup.amazonaws.com" = [
      "DeleteRecoveryPoint",
      "UpdateRecoveryPointLifecycle",
      "DisassociateRecoveryPoint",
      "DeleteBackupVault",
      "PutBackupVaultLockConfiguration",
      "DeleteBackupVaultLockConfiguration",
      "PutBackupVaultAccessPolicy",
      "DeleteBackupVaultAccessPolicy",
      "DeleteBackupPlan",
      "UpdateBackupPlan",
      "DeleteBackupSelection",
    ]
    "dynamodb.amazonaws.com" = [
      "DeleteTable",
      "UpdateTable",
      "UpdateContinuousBackups",
      "UpdateTimeToLive",
      "DeleteBackup",
    ]
    "elasticfilesystem.amazonaws.com" = [
      "DeleteFileSystem",
      "DeleteMountTarget",
      "PutBackupPolicy",
      "PutLifecycleConfiguration",
      "UpdateFileSystemProtection",
      "DeleteReplicationConfiguration",
      "DeleteFileSystemPolicy",
    ]
    "kms.amazonaws.com" = [
      "DisableKey",
      "ScheduleKeyDeletion",
      "DeleteImportedKeyMaterial",
      "PutKeyPolicy",
      "DisableKeyRotation",
      "DeleteCustomKeyStore",
    ]
    # Whoever wants to be unseen goes for the watch first.
    "events.amazonaws.com"        = ["DeleteRule", "DisableRule", "PutRule", "RemoveTargets"]
    "cloudtrail.amazonaws.com"    = ["StopLogging", "DeleteTrail", "UpdateTrail", "PutEventSelectors"]
    "organizations.amazonaws.com" = ["CloseAccount", "LeaveOrganization", "RemoveAccountFromOrganization"]
    "account.amazonaws.com"       = ["CloseAccount"]
  }

  rules = merge(
    {
      for source, names in local.calls : trimsuffix(source, ".amazonaws.com") => {
        # What others put on the bus themselves cannot say that it comes from there.
        source        = [{ prefix = "aws." }]
        "detail-type" = ["AWS API Call via CloudTrail"]
        detail = {
          eventSource = [source]
          eventName   = names
          # A call that was refused, or only rehearsed (DryRun), has done nothing.
          errorCode = [{ exists = false }]
        }
      }
    },
    {
      "rds-native" = {
        source = ["aws.rds"]
        "detail-type" = [
          "RDS DB Instance Event",
          "RDS DB Cluster Event",
          "RDS DB Snapshot Event",
          "RDS DB Cluster Snapshot Event",
        ]
      }
      "ebs-native" = {
        source        = ["aws.ec2"]
        "detail-type" = ["EBS Volume Notification", "EBS Snapshot Notification"]
        detail        = { event = ["deleteVolume", "deleteSnapshot", "attachVolume", "copySnapshot", "createSnapshot"] }
      }
      "backup-native" = {
        source        = ["aws.backup"]
        "detail-type" = ["Recovery Point State Change", "Backup Vault State Change"]
      }
      "health" = {
        source        = ["aws.health"]
        "detail-type" = ["AWS Health Event"]
        detail        = { service = ["RDS", "EBS", "S3", "BACKUP", "DYNAMODB", "ELASTICFILESYSTEM", "KMS"] }
      }
    },
  )
}

resource "aws_sqs_queue" "events" {
  name                      = var.name
  message_retention_seconds = var.retention_seconds
  # Received once, hidden for the rest of its life: the watcher has no right to delete, and needs none.
  visibility_timeout_seconds = var.retention_seconds
  receive_wait_time_seconds  = 20
  sqs_managed_sse_enabled    = true
  tags                       = var.tags
}

resource "aws_cloudwatch_event_rule" "each" {
  for_each = local.rules

  name          = "${var.name}-${each.key}"
  description   = "What may take away something that rollcall watches."
  event_pattern = jsonencode(each.value)
  tags          = var.tags
}

resource "aws_cloudwatch_event_target" "queue" {
  for_each = local.rules

  rule = aws_cloudwatch_event_rule.each[each.key].name
  arn  = aws_sqs_queue.events.arn
}

data "aws_iam_policy_document" "queue" {
  statement {
    sid       = "TheRulesAlone"
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.events.arn]

    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com"]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [for rule in aws_cloudwatch_event_rule.each : rule.arn]
    }
  }

  statement {
    sid       = "EncryptedOnTheWay"
    effect    = "Deny"
    actions   = ["sqs:*"]
    resources = [aws_sqs_queue.events.arn]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_sqs_queue_policy" "events" {
  queue_url = aws_sqs_queue.events.id
  policy    = data.aws_iam_policy_document.queue.json
}
