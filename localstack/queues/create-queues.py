#!/usr/bin/env python3
"""Makes the queues of the local stage in LocalStack. Run as often as you like.

LocalStack itself runs it when it is ready (mounted into /etc/localstack/init/ready.d/), with Docker
and without. The source of truth is serverless.yml, resources.Resources.MeasurementsQueue and
DeadLetterQueue: this container sees neither the file nor a YAML parser's variables, so the few
values are repeated here.
"""

import json
import os

import boto3

ACCOUNT = "000000000000"
REGION = os.environ.get("AWS_REGION", "eu-central-1")
ENDPOINT = os.environ.get("SQS_ENDPOINT", "http://127.0.0.1:4566")

DEAD_LETTERS = "openstack-credits-local-measurements-dead-letters"

# In this order: a redrive policy may only name a queue that exists.
QUEUES = {
    DEAD_LETTERS: {
        "MessageRetentionPeriod": "1209600",
        "MaximumMessageSize": "1048576",
    },
    "openstack-credits-local-measurements": {
        "VisibilityTimeout": "360",
        "MessageRetentionPeriod": "604800",
        "MaximumMessageSize": "1048576",
        "RedrivePolicy": json.dumps(
            {
                "deadLetterTargetArn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{DEAD_LETTERS}",
                "maxReceiveCount": 1000,
            }
        ),
    },
}


def main():
    sqs = boto3.client(
        "sqs",
        endpoint_url=ENDPOINT,
        region_name=REGION,
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    for name, attributes in QUEUES.items():
        # Made bare and then set: creating an existing queue with other attributes is an error.
        url = sqs.create_queue(QueueName=name)["QueueUrl"]
        sqs.set_queue_attributes(QueueUrl=url, Attributes=attributes)
        print(f"queue {url}")


main()
