# Ledger heads, where nobody can take them back: what was put stays as it is for retention_days.

resource "aws_s3_bucket" "heads" {
  bucket              = var.bucket
  object_lock_enabled = true
  tags                = var.tags

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_s3_bucket_versioning" "heads" {
  bucket = aws_s3_bucket.heads.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_object_lock_configuration" "heads" {
  bucket = aws_s3_bucket.heads.id

  rule {
    default_retention {
      mode = "COMPLIANCE"
      days = var.retention_days
    }
  }

  depends_on = [aws_s3_bucket_versioning.heads]
}

resource "aws_s3_bucket_server_side_encryption_configuration" "heads" {
  bucket = aws_s3_bucket.heads.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_ownership_controls" "heads" {
  bucket = aws_s3_bucket.heads.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_public_access_block" "heads" {
  bucket = aws_s3_bucket.heads.id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

data "aws_iam_policy_document" "heads" {
  statement {
    sid       = "HeadsComeIn"
    actions   = ["s3:PutObject"]
    resources = ["${aws_s3_bucket.heads.arn}/${var.prefix}*"]

    principals {
      type        = "AWS"
      identifiers = [var.writer_role_arn]
    }
  }

  statement {
    sid         = "AndNothingElseByTheWriter"
    effect      = "Deny"
    not_actions = ["s3:PutObject"]
    resources   = [aws_s3_bucket.heads.arn, "${aws_s3_bucket.heads.arn}/*"]

    principals {
      type        = "AWS"
      identifiers = [var.writer_role_arn]
    }
  }

  statement {
    sid       = "EncryptedOnTheWay"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.heads.arn, "${aws_s3_bucket.heads.arn}/*"]

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

resource "aws_s3_bucket_policy" "heads" {
  bucket = aws_s3_bucket.heads.id
  policy = data.aws_iam_policy_document.heads.json

  depends_on = [aws_s3_bucket_public_access_block.heads]
}
