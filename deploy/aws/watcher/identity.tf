# Who the watcher is: it may become the roles it is told of, read its own secrets, pull its own image, and put ledger heads.

locals {
  secret_arns    = [for arn in values(var.secrets) : arn if strcontains(arn, ":secretsmanager:")]
  parameter_arns = [for arn in values(var.secrets) : arn if strcontains(arn, ":ssm:")]
  # What it may do anywhere is named again in a denial of everything else, so that a policy attached by mistake gives it nothing.
  allowed = [
    "sts:AssumeRole",
    "sts:GetCallerIdentity",
    "secretsmanager:GetSecretValue",
    "ssm:GetParameter",
    "kms:Decrypt",
    "ecr:GetAuthorizationToken",
    "ecr:BatchGetImage",
    "ecr:GetDownloadUrlForLayer",
    "s3:PutObject",
  ]
}

data "aws_iam_policy_document" "instance_trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "watcher" {
  statement {
    sid       = "BecomeWhoLooks"
    actions   = ["sts:AssumeRole"]
    resources = var.watched_role_arns
  }

  dynamic "statement" {
    for_each = length(local.secret_arns) > 0 ? [local.secret_arns] : []

    content {
      sid       = "OwnSecrets"
      actions   = ["secretsmanager:GetSecretValue"]
      resources = statement.value
    }
  }

  dynamic "statement" {
    for_each = length(local.parameter_arns) > 0 ? [local.parameter_arns] : []

    content {
      sid       = "OwnParameters"
      actions   = ["ssm:GetParameter"]
      resources = statement.value
    }
  }

  dynamic "statement" {
    for_each = length(var.secret_key_arns) > 0 ? [var.secret_key_arns] : []

    content {
      sid       = "KeysOfOwnSecrets"
      actions   = ["kms:Decrypt"]
      resources = statement.value
    }
  }

  dynamic "statement" {
    for_each = var.ecr_repository_arn == null ? [] : [var.ecr_repository_arn]

    content {
      sid       = "OwnImage"
      actions   = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
      resources = [statement.value]
    }
  }

  dynamic "statement" {
    for_each = var.ecr_repository_arn == null ? [] : ["*"]

    content {
      sid       = "LogInToTheRegistry"
      actions   = ["ecr:GetAuthorizationToken"]
      resources = [statement.value]
    }
  }

  dynamic "statement" {
    for_each = var.ledger_put_arn == null ? [] : [var.ledger_put_arn]

    content {
      sid       = "PutLedgerHeads"
      actions   = ["s3:PutObject"]
      resources = [statement.value]
    }
  }

  statement {
    sid         = "NothingElse"
    effect      = "Deny"
    not_actions = local.allowed
    resources   = ["*"]
  }
}

resource "aws_iam_role" "watcher" {
  name                 = var.name
  description          = "The watcher: becomes roles of other accounts that can only look."
  assume_role_policy   = data.aws_iam_policy_document.instance_trust.json
  max_session_duration = 3600
  tags                 = var.tags
}

resource "aws_iam_role_policy" "watcher" {
  name   = "watcher"
  role   = aws_iam_role.watcher.name
  policy = data.aws_iam_policy_document.watcher.json
}

resource "aws_iam_instance_profile" "watcher" {
  name = var.name
  role = aws_iam_role.watcher.name
  tags = var.tags
}
