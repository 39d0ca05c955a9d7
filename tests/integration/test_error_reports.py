"""Sentry, where somebody asks for it, is told where our code broke, and nothing of anybody."""

import json
import subprocess
import sys

from models.log_context import new_request_id
from tests.worker import ROOT

PHONE, NAME, BODY = "+15125550177", "Zoe Peña", "Lasagne at the Zanzibar, please"

# In a process of its own, since what Sentry hooks into stays hooked into.
SCRIPT = """
import json, logging, sys
import dramatiq
from actors import error_reports
from actors.broker import broker
from tests.conftest import settings
from web import create_app

error_reports.start("")
assert "sentry_sdk" not in sys.modules, "nothing is loaded that nobody asked for"
phone, name, body, request_id = sys.argv[1:]
from sentry_sdk.transport import Transport

class Keep(Transport):
    def capture_envelope(self, envelope):
        for item in envelope.items:
            print(item.get_bytes().decode())

error_reports.start("https://key@errors.example.com/1", transport=Keep)

def breaks():
    said, who = body, name
    raise ValueError(f"{who} ({phone}) said {said}")

app = create_app(settings())
app.before_request_funcs[None] = [
    look for look in app.before_request_funcs[None] if look.__module__ != "web"
]
app.view_functions["webhooks.delivery_status"] = breaks
answer = app.test_client().post(
    f"/webhooks/n8n/delivery-status?phone={phone}&who={name}",
    json={"phone": phone, "message": body},
    headers={"X-Request-ID": request_id, "Cookie": f"who={name}", "Authorization": "Bearer tok-7"},
)
assert answer.status_code == 500

@dramatiq.actor(broker=broker, queue_name="follow_up", max_retries=0)
def breaking_job(message_id):
    breaks()

message = dramatiq.broker.MessageProxy(breaking_job.message(41))
broker.emit_before("process_message", message)
try:
    breaking_job.fn(41)
except ValueError as error:
    broker.emit_after("process_message", message, exception=error)
try:
    breaks()
except ValueError:
    logging.getLogger("actors.sending.delivery").exception(
        "a text could not be prepared", extra={"message_id": 7, "who": name}
    )
logging.getLogger("somebodys.library").error(f"{name} at {phone} wrote {body}")
logging.getLogger("somebodys.library").error("%s at %s wrote %s", name, phone, body)
"""


def test_what_leaves_says_where_it_broke_and_nothing_of_anybody() -> None:
    request_id = new_request_id()
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, PHONE, NAME, BODY, request_id],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    sent = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(sent) == 5
    web, job, log, *others = sent
    for report in (web, job, log):
        [broken] = report["exception"]["values"]
        assert (broken["type"], broken["value"]) == ("ValueError", "[withheld]")
        assert broken["stacktrace"]["frames"][-1]["function"] == "breaks"
    assert web["tags"] == {"request_id": request_id}
    assert web["transaction"] == "webhooks.delivery_status"
    assert job["tags"]["message_id"] == "41"
    assert job["tags"]["actor"] == job["transaction"] == "breaking_job"
    assert log["logentry"] == {"message": "a text could not be prepared"}
    assert all("logentry" not in report for report in others)
    text = done.stdout.replace("\\u00f1", "ñ")
    for hidden in (PHONE, PHONE[-10:], "Zoe", "Peña", "Lasagne", "Zanzibar", "tok-7"):
        assert hidden not in text
