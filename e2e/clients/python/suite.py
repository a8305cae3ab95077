"""The calls an application makes with the openai SDK. Each case prints one JSON
line, {"case", "value"} or {"case", "error"}; the program that runs this compares
the lines of a direct run with those of a run through asbru.

BASES has three base URLs separated by spaces, of one provider; THROUGH is set in
the run through asbru; RECORDED names a file of recorded requests.
"""

import asyncio
import json
import os
import sys
import traceback

import openai

BASES = os.environ["BASES"].split()


def client(base, key=os.environ["KEY"]):
    return openai.OpenAI(base_url=base, api_key=key, max_retries=0, timeout=20)


C = client(BASES[0])
HELLO = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Grüße, 世界 👋"}]
TOOLS = [{"type": "function", "function": {
    "name": "get_weather", "description": "Weather of a city",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}}}]
SCHEMA = {"type": "json_schema", "json_schema": {"name": "answer", "strict": True, "schema": {
    "type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"], "additionalProperties": False}}}
PIXEL = "data:image/png;base64," + "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ" * 2000


def look(url):
    return [{"role": "user", "content": [{"type": "text", "text": "What is this?"},
                                         {"type": "image_url", "image_url": {"url": url}}]}]


def must(ok, what):
    if not ok:
        raise AssertionError("not as expected: %s" % what)


def chat(on=None, **more):
    return (on or C).chat.completions.create(**{"model": "mock-id-1", "messages": HELLO, **more})


def gather(stream):
    """Reads a stream and joins its deltas, as an application does."""
    found = {"text": "", "chunks": 0, "finish": None, "usage": None, "args": ""}
    for chunk in stream:
        found["chunks"] += 1
        if chunk.usage:
            found["usage"] = chunk.usage.model_dump()
        for choice in chunk.choices:
            found["text"] += choice.delta.content or ""
            found["finish"] = found["finish"] or choice.finish_reason
            for call in choice.delta.tool_calls or []:
                found["args"] += call.function.arguments or ""
    return found


def streamed(**more):
    found = gather(chat(stream=True, **more))
    must(found["finish"] and (found["text"] or found["args"]), found)
    return found


async def in_parallel():
    """Sixteen streams and answers at once on one pool of connections."""
    async with openai.AsyncOpenAI(base_url=BASES[0], api_key=os.environ["KEY"], max_retries=0) as c:
        async def one(i):
            r = await c.chat.completions.create(model="mock-id-1", messages=HELLO, stream=i % 2 == 0)
            if i % 2:
                return r.choices[0].message.content
            return "".join([k.choices[0].delta.content or "" async for k in r if k.choices])
        texts = await asyncio.gather(*(one(i) for i in range(16)))
    must(len(set(texts)) == 1 and texts[0], "the same text sixteen times")
    return texts[0]


def tool_call():
    r = chat(model="mock-tool+id-1", tools=TOOLS, tool_choice="auto")
    call = r.choices[0].message.tool_calls[0]
    must(call.function.name == "get_weather" and json.loads(call.function.arguments), "a call")
    return r


def response_events():
    events = list(C.responses.create(model="mock-id-1", input="Hi", stream=True))
    must(events[-1].type == "response.completed", "its end")
    return events


def helper():
    with C.chat.completions.stream(model="mock-id-1", messages=HELLO) as stream:
        return stream.get_final_completion().choices[0].message.content


def raw_headers():
    r = C.chat.completions.with_raw_response.create(model="mock-id-1", messages=HELLO)
    must(r.headers["x-request-id"], "a request id")
    return [r.status_code, r.headers["content-type"], r.text]


CASES = {
    "chat": chat,
    "stream": streamed,
    "stream with usage": lambda: streamed(stream_options={"include_usage": True}),
    "stream helper": helper,
    "long stream": lambda: streamed(model="mock-id-1+tokens-3000"),
    "tool call": tool_call,
    "tool call, streamed": lambda: streamed(model="mock-tool+id-1", tools=TOOLS),
    "image by URL": lambda: chat(messages=look("https://example.com/a.png?x=1&y=%20")),
    "image in the body": lambda: chat(messages=look(PIXEL)),
    "JSON schema": lambda: chat(response_format=SCHEMA),
    "member nobody knows": lambda: chat(extra_body={"x_future": {"a": [1, 2, None], "ключ": 1e-7}}),
    "raw answer": raw_headers,
    "completion": lambda: C.completions.create(model="mock-id-1", prompt="Once"),
    "embedding, base64": lambda: C.embeddings.create(model="mock-id-1", input=["a", "b"]),
    "embedding, float": lambda: C.embeddings.create(model="mock-id-1", input="a", encoding_format="float", dimensions=64),
    "response": lambda: C.responses.create(model="mock-id-1", input="Hi"),
    "response, streamed": response_events,
    "transcription": lambda: C.audio.transcriptions.create(
        model="mock-id-1", file=("höre.wav", b"RIFF\r\n--" * 40000)).model_extra["path"],
    "file": lambda: C.files.create(
        purpose="batch", file=("b.jsonl", b"{}\n"),
        extra_headers={"x-model-provider": "local"}).model_extra["path"],  # no model says whom it is for,
    "/openai/v1": lambda: chat(on=client(BASES[1])),
    "/openai": lambda: chat(on=client(BASES[2])),
    "400": lambda: chat(model="mock-status-400+id-1"),
    "404": lambda: chat(model="mock-status-404+id-1"),
    "422": lambda: chat(model="mock-status-422+id-1"),
    "error event": lambda: gather(chat(model="mock-error-event-3+id-1", stream=True)),
    "429": lambda: chat(model="mock-retry-after-1+id-1"),
}


def fails(kind, status, call):
    try:
        call()
    except kind as e:
        must(e.status_code == status and e.request_id and e.type, "%s with its fields: %r" % (kind.__name__, vars(e)))
        return
    must(False, kind.__name__)


# What only a gateway answers.
OWN = {
    "models": lambda: must("fast" in [m.id for m in C.models.list()], "the alias"),
    "in parallel": lambda: asyncio.run(in_parallel()),
    "alias": lambda: must(chat(model="fast").choices[0].message.content, "text"),
    "wrong key": lambda: fails(openai.AuthenticationError, 401, lambda: chat(on=client(BASES[0], "vk-wrong"))),
    "unknown model": lambda: fails(openai.NotFoundError, 404, lambda: chat(model="no-such-model")),
    "model is a number": lambda: fails(openai.BadRequestError, 400, lambda: chat(model=7)),
}


def abort():
    stream = chat(model="mock-gap-20ms+chunks-500", stream=True)
    for _ in range(3):
        next(stream)
    stream.close()
    return 3


def plain(value):
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    return value.model_dump() if hasattr(value, "model_dump") else value


def run(name, call):
    line = {"case": name}
    try:
        line["value"] = plain(call())
    except openai.APIError as e:
        response = getattr(e, "response", None)
        line["error"] = {"type": type(e).__name__, "status": getattr(e, "status_code", None), "code": e.code, "param": e.param,
                         "kind": e.type, "message": e.message,
                         "wait": response.headers.get("retry-after") if response is not None else None}
    except Exception:  # whatever it is, the comparison shows it
        line["error"] = {"type": "unexpected", "message": traceback.format_exc()}
    print(json.dumps(line), flush=True)


def recorded(case):
    on = {"/chat/completions": C.chat.completions, "/responses": C.responses}.get(case["path"], C.embeddings)
    body = dict(case["body"])
    stream = body.get("stream", False)
    # The body goes out as it was recorded; the named arguments are what the SDK insists on.
    named = {k: body.pop(k) for k in ("model", "messages", "input", "stream") if k in body}
    result = on.create(**named, extra_body=body, extra_query={"case": case["id"], "cut": "whole"})
    return list(result) if stream else result


if "RECORDED" in os.environ:
    with open(os.environ["RECORDED"], encoding="utf-8") as f:
        for case in json.load(f):
            run(case["id"], lambda: recorded(case))
else:
    for name, call in CASES.items():
        run(name, call)
    run("abort", abort)
    if os.environ.get("THROUGH"):
        for name, call in OWN.items():
            run("own: " + name, call)
sys.exit(0)
