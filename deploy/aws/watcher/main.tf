# One instance that nobody can reach, and a volume that outlives it. Not Fargate with EFS: the state is SQLite, which wants a disk and not
# a network file system under it.

data "aws_subnet" "watcher" {
  id = var.subnet_id
}

resource "aws_security_group" "watcher" {
  name        = var.name
  description = "Nothing comes in."
  vpc_id      = var.vpc_id
  tags        = var.tags
}

resource "aws_vpc_security_group_egress_rule" "https" {
  security_group_id = aws_security_group.watcher.id
  description       = "The APIs of AWS, the pagers, the heartbeat."
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_vpc_security_group_egress_rule" "more" {
  for_each = { for rule in var.egress : "${rule.cidr} ${rule.port}" => rule }

  security_group_id = aws_security_group.watcher.id
  description       = each.value.why
  cidr_ipv4         = each.value.cidr
  ip_protocol       = "tcp"
  from_port         = each.value.port
  to_port           = each.value.port
}

resource "aws_ebs_volume" "state" {
  availability_zone = data.aws_subnet.watcher.availability_zone
  size              = var.state_size_gib
  type              = "gp3"
  encrypted         = true
  tags              = merge(var.tags, { Name = "${var.name}-state", "rollcall-state" = var.name })

  # An empty state under a manifest in use is paged: it is what somebody does who wants a loss forgotten.
  lifecycle {
    prevent_destroy = true
  }
}

locals {
  unit = templatefile("${path.module}/rollcall.service.tftpl", { image = var.image })

  fetch = templatefile("${path.module}/fetch-secrets.sh.tftpl", {
    secrets    = { for name, arn in var.secrets : name => arn if strcontains(arn, ":secretsmanager:") }
    parameters = { for name, arn in var.secrets : name => arn if strcontains(arn, ":ssm:") }
  })

  heads = templatefile("${path.module}/put-head.sh.tftpl", {
    bucket = var.ledger_bucket == null ? "" : var.ledger_bucket
    prefix = var.ledger_put_arn == null ? "" : trimsuffix(regex("^arn:[a-z-]+:s3:::[^/]+/(.*)$", var.ledger_put_arn)[0], "*")
    name   = var.name
  })

  boot = templatefile("${path.module}/boot.sh.tftpl", {
    volume   = replace(aws_ebs_volume.state.id, "-", "")
    registry = var.ecr_repository_arn == null ? "" : split("/", var.image)[0]
    image    = var.image
    heads    = var.ledger_bucket != null
    files    = { for name, content in var.files : name => base64encode(content) }
    unit     = base64encode(local.unit)
    fetch    = base64encode(local.fetch)
    put_head = base64encode(local.heads)
  })
}

resource "aws_instance" "watcher" {
  ami                         = var.ami_id
  instance_type               = var.instance_type
  subnet_id                   = var.subnet_id
  associate_public_ip_address = var.public_ip
  vpc_security_group_ids      = [aws_security_group.watcher.id]
  iam_instance_profile        = aws_iam_instance_profile.watcher.name
  # A changed file is a new instance; the state goes on on its volume.
  user_data_base64            = base64gzip(local.boot)
  user_data_replace_on_change = true
  monitoring                  = false
  tags                        = merge(var.tags, { Name = var.name })

  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }

  root_block_device {
    encrypted   = true
    volume_type = "gp3"
    volume_size = 8
  }

  maintenance_options {
    auto_recovery = "default"
  }
}

resource "aws_volume_attachment" "state" {
  device_name                    = "/dev/sdf"
  volume_id                      = aws_ebs_volume.state.id
  instance_id                    = aws_instance.watcher.id
  stop_instance_before_detaching = true
}
