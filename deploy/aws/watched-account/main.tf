# The role in a watched account: it can look, its trust is for one role that knows one external id, and its boundary keeps it so
# whatever is attached to it later.

locals {
  # Every action that any kind asks for, and nothing that changes anything: `node scripts/aws-ceiling.ts` writes it, a test compares it.
  ceiling = file("${path.module}/ceiling.json")
}

data "aws_iam_policy_document" "trust" {
  statement {
    sid     = "TheWatcherAlone"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = [var.watcher_role_arn]
    }

    condition {
      test     = "StringEquals"
      variable = "sts:ExternalId"
      values   = [var.external_id]
    }
  }
}

resource "aws_iam_policy" "ceiling" {
  name        = "${var.name}-ceiling"
  description = "The most that the watcher's role may ever do here."
  policy      = local.ceiling
  tags        = var.tags
}

resource "aws_iam_policy" "look" {
  count = length(var.policies)

  name        = "${var.name}-look-${count.index + 1}"
  description = "What the watcher looks at, ${count.index + 1} of ${length(var.policies)}."
  policy      = var.policies[count.index]
  tags        = var.tags
}

resource "aws_iam_role" "watcher" {
  name                 = var.name
  description          = "The watcher of another account: looks, and changes nothing."
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  permissions_boundary = aws_iam_policy.ceiling.arn
  max_session_duration = 3600
  tags                 = var.tags
}

resource "aws_iam_role_policy_attachment" "look" {
  count = length(var.policies)

  role       = aws_iam_role.watcher.name
  policy_arn = aws_iam_policy.look[count.index].arn
}

data "aws_iam_policy_document" "events" {
  count = length(var.queue_arns) > 0 ? 1 : 0

  statement {
    sid       = "HearOfEvents"
    actions   = ["sqs:ReceiveMessage"]
    resources = var.queue_arns
  }
}

resource "aws_iam_role_policy" "events" {
  count = length(var.queue_arns) > 0 ? 1 : 0

  name   = "events"
  role   = aws_iam_role.watcher.name
  policy = data.aws_iam_policy_document.events[0].json
}
