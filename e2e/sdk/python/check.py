"""What the suites share: the upstream families, how a check is told, and what the
stand-in provider says.

A suite registers functions with @check and ends with run(). Each function is called for
every family and mode it names; it asserts on the SDK's own objects, and a line of JSON says
what became of it: see the runner, e2e/clients. A check of an async client has the name of
the plain one. What a family cannot express the SDK must be told in its typed error of
status 400, and the suite says with refuses() which words are in it.

GATEWAY, UPSTREAM, KEY, MODELS and SHORT are the runner's. By hand, FAMILIES and CALLS,
names separated by spaces, choose some of what there is.
"""

import asyncio
import contextlib
import inspect
import json
import os
import re
import sys
import time
import traceback
import urllib.request
import warnings

ASBRU, STANDIN, KEY = (os.environ[n].rstrip("/") for n in ("GATEWAY", "UPSTREAM", "KEY"))
PREFIX = json.loads(os.environ["MODELS"])  # what the names of a family's models begin with
SHORT = os.environ.get("SHORT", "") != ""  # some calls of the openai SDK, and streams that break
if SHORT and os.path.basename(sys.argv[0]) not in ("suite_openai.py", "suite_broken.py"):
    sys.exit(0)
SPEAKS = {"bedrock": "converse"}  # what the stand-in calls a family, where that differs
FAMILIES = os.environ.get("FAMILIES", " ".join(PREFIX)).split()
CALLS = os.environ.get("CALLS", "").split()
MODES = ("unary", "stream", "async", "async stream")

TEXT = "It is 21\u00a0°C in Paris, \"sunny\" & <mild>: ça va? Тест 😀\nBye."
THOUGHT = "The user asks for the weather; a tool knows."
REFUSAL = "I cannot help with that."
PNG = ("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
PNG_SEEN = "I see image/png of 70 bytes "
PDF = "JVBERi0xLjQKJeLjz9MKMSAwIG9iago8PD4+CmVuZG9iagp0cmFpbGVyPDw+PgolJUVPRgo="
CITY = {"type": "object", "properties": {
    "city": {"type": "string", "description": "Where"}, "unit": {"type": "string", "enum": ["celsius", "fahrenheit"]}},
    "required": ["city", "unit"], "additionalProperties": False}
CITY_ARGS = {"city": "Paris", "unit": "celsius"}  # what the stand-in makes of it
CITY_ARGS2 = {"city": "Łódź", "unit": "fahrenheit"}  # and in a second call


class Refused(Exception):
    """The SDK's typed 400 for what a family cannot express, as the suite expects it."""


class Skip(Exception):
    """This SDK cannot make the call in this mode or of this family: why."""


_checks, _refusals = [], []


def check(modes=MODES, families=None, call=None):
    """Registers a function of (family, mode), plain or async, under the name of its call."""
    def register(f):
        _checks.append((call or f.__name__, f, modes, families))
        return f
    return register


def refuses(call, families, words):
    """Says that families cannot express what call asks: the message must hold one of words."""
    _refusals.append((call, families.split(), words))


def model(family, scenario):
    return PREFIX[family] + scenario


def speaks(family):
    return SPEAKS.get(family, family)


def must(ok, what):
    if not ok:
        raise AssertionError("not as expected: %s" % (what,))


def same(got, want, what=""):
    if got != want:
        raise AssertionError("%s: got %r, want %r" % (what or "value", got, want))


def sent(family=None, requests=None):
    """What the provider received since the last time; with family, all of it must be in that format."""
    with urllib.request.urlopen(STANDIN + "/__requests", timeout=20) as r:
        got = json.load(r)
    for q in got:
        q["json"] = json.loads(q["body"]) if q["body"][:1] == "{" else None
    if family:
        same({q["family"] for q in got}, {speaks(family)}, "family at the provider")
    if requests is not None:
        same(len(got), requests, "requests at the provider")
    return got


def abandoned(seconds=20):
    """Waits until the provider saw its client go."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with urllib.request.urlopen(STANDIN + "/__requests?keep", timeout=20) as r:
            got = json.load(r)
        if got and got[-1]["gone"]:
            return sent()
        time.sleep(0.02)
    raise AssertionError("the provider did not see its client go within %d s" % seconds)


def _refused(call, family, error):
    """Whether error is the refusal the suite expects of family."""
    status = getattr(error, "status_code", None) or getattr(error, "code", None) or getattr(error, "status", None)
    response = getattr(error, "response", None)
    if isinstance(response, dict):
        status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", status)
    return status == 400 and any(
        family in families and name == call and any(w in str(error) for w in words.split("|"))
        for name, families, words in _refusals)


def _told(error):
    where = traceback.extract_tb(error.__traceback__)
    here = [f for f in where if os.path.dirname(f.filename) == os.path.dirname(os.path.abspath(__file__)) and f.name not in ("must", "same", "_one", "run")]
    text = "%s: %s" % (type(error).__name__, error)
    return re.sub(r"\s+", " ", text)[:700] + (" (line %d)" % here[-1].lineno if here else "")


def _one(call, f, family, mode, strict):
    sent()
    with warnings.catch_warnings():
        warnings.simplefilter("error" if strict else "ignore", UserWarning)  # an SDK that warns saw what it does not know
        try:
            got = f(family, mode)
            if inspect.isawaitable(got):
                asyncio.run(asyncio.wait_for(got, 60))
            return "pass", ""
        except Skip as e:
            return "skip", str(e)
        except BaseException as e:
            if isinstance(e, (KeyboardInterrupt, SystemExit)):
                raise
            if isinstance(e, Refused) or _refused(call, family, e):
                return "refused", re.sub(r"\s+", " ", str(e))[:300]
            return "error", _told(e)


def environment(name):
    """Goes on in another set of packages: those of one SDK can forbid those of another."""
    python = os.path.join(sys.prefix, "sets", name, "bin", "python")
    if os.path.exists(python):
        os.execv(python, [python] + sys.argv)


def run(sdk, short=None, strict=True):
    """Runs what is registered and prints a line for each check; short names the calls of the
    short form. Not strict: the SDK warns of itself, so its warnings say nothing."""
    for call, f, modes, families in _checks:
        if CALLS and call not in CALLS or SHORT and call not in short:
            continue
        for family in families or FAMILIES:
            for mode in modes:
                result, detail = _one(call, f, family, mode, strict)
                line = {"sdk": sdk, "call": call, "family": family, "stream": "stream" in mode}
                if result != "pass":
                    line[result] = ("async: " if "async" in mode else "") + detail
                print(json.dumps(line, ensure_ascii=False), flush=True)


@contextlib.contextmanager
def raises(kind, status=None):
    """The block must raise kind; the error is .value, its status is checked."""
    box = type("Caught", (), {"value": None})()
    try:
        yield box
    except kind as e:
        box.value = e
        if status is not None:
            same(getattr(e, "status_code", None) or getattr(e, "code", None), status, "status")
        return
    raise AssertionError("no %s was raised" % getattr(kind, "__name__", kind))


async def drain(stream):
    return [x async for x in stream]
