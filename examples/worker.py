#!/usr/bin/env python3
"""A worker in Python: claims tasks of type "greet" and answers with a greeting. Needs nothing but the standard library."""
import json
import os
import sys
import urllib.error
import urllib.request

SERVER = os.environ.get("HOWDAH_URL", "http://127.0.0.1:8080")
WORKER = f"python-{os.getpid()}"


def post(path, body):
    request = urllib.request.Request(SERVER + path, json.dumps(body).encode(), {"Content-Type": "application/json"})
    if "HOWDAH_API_KEY" in os.environ:
        request.add_header("X-API-Key", os.environ["HOWDAH_API_KEY"])
    with urllib.request.urlopen(request, timeout=90) as answer:
        return json.load(answer)


def greet(payload):
    return {"greeting": f"Hello, {payload['name']}!"}


def run(task):
    claim = f"/api/tasks/{task['id']}"
    try:
        ending = {"result": greet(task["payload"])}
    except Exception as error:  # whatever the handler threw is the task's error
        ending = {"error": repr(error)}
    try:
        post(f"{claim}/complete", {"attempt": task["attempt"], **ending})
    except urllib.error.HTTPError as error:
        if error.code != 409:  # 409: the lease ran out or the task was cancelled, so the result does not count
            raise


def main(limit):
    done = 0
    while done < limit:
        answer = post("/api/tasks/claim", {"worker": WORKER, "types": ["greet"], "limit": 10, "lease": "60s", "wait": "20s"})
        for task in answer["tasks"]:
            run(task)
            done += 1


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else sys.maxsize)
