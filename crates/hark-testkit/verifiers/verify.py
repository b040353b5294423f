"""Verifies deliveries as a receiver in Python would, with the published package."""

import json
import sys

from standardwebhooks import Webhook, WebhookVerificationError


def verdict(case):
    body = bytes(case["body"])
    try:
        return {"type": Webhook(case["key"]).verify(body, case["headers"])["type"]}
    except WebhookVerificationError as error:
        return {"error": str(error)}


json.dump([verdict(case) for case in json.load(sys.stdin)], sys.stdout)
