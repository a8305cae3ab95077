"""boto3's bedrock-runtime: Converse, InvokeModel, their streams, token counts."""

import base64
import json

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, EventStreamError

from check import (ASBRU, CITY, CITY_ARGS, CITY_ARGS2, KEY, PDF, PNG, PNG_SEEN, REFUSAL, TEXT, THOUGHT, abandoned, check, model, must, raises,
                   refuses, run, same, sent, speaks)


def made():
    """A client. It sends a bearer key over TLS only and signs what goes over plain HTTP: the
    key of the gateway goes in the header that it takes from every dialect."""
    c = boto3.client("bedrock-runtime", endpoint_url=ASBRU + "/bedrock", region_name="us-east-1", aws_access_key_id="AKIDCLIENT",
                     aws_secret_access_key="s", config=Config(retries={"total_max_attempts": 1}, read_timeout=20))
    c.meta.events.register("before-sign.bedrock-runtime", lambda request, **_: request.headers.add_header("x-bf-vk", KEY))
    return c


C = made()
ASK = [{"role": "user", "content": [{"text": "What is the weather?"}]}]
TOOLS = {"tools": [{"toolSpec": {"name": n, "description": n, "inputSchema": {"json": CITY}}} for n in ("get_weather", "get_time")]}
MODES = ("unary", "stream")


def join(events):
    """The response of Converse that a stream makes."""
    content, args, r = {}, {}, {}
    for e in events:
        if "contentBlockStart" in e:
            use = e["contentBlockStart"]["start"]["toolUse"]
            content[e["contentBlockStart"]["contentBlockIndex"]] = {"toolUse": dict(use)}
        elif "contentBlockDelta" in e:
            d, i = e["contentBlockDelta"]["delta"], e["contentBlockDelta"]["contentBlockIndex"]
            if "text" in d:
                content.setdefault(i, {"text": ""})["text"] += d["text"]
            elif "toolUse" in d:
                args[i] = args.get(i, "") + d["toolUse"]["input"]
            elif "reasoningContent" in d:
                t = content.setdefault(i, {"reasoningContent": {"reasoningText": {"text": ""}}})["reasoningContent"]["reasoningText"]
                for k, v in d["reasoningContent"].items():
                    t[k] = t.get(k, "") + v
        elif "messageStop" in e:
            r["stopReason"] = e["messageStop"]["stopReason"]
        elif "metadata" in e:
            r["usage"] = e["metadata"]["usage"]
    for i, text in args.items():
        content[i]["toolUse"]["input"] = json.loads(text or "{}")
    r["output"] = {"message": {"role": "assistant", "content": [content[i] for i in sorted(content)]}}
    return r


def each(f):
    def body(family, mode):
        def ask(scenario, messages=ASK, **more):
            p = {"modelId": model(family, scenario), "messages": messages, **more}
            return C.converse(**p) if mode == "unary" else join(C.converse_stream(**p)["stream"])
        return f(family, ask)
    check(modes=MODES, call=f.__name__)(body)
    return f


def blocks(r, kind):
    return [b[kind] for b in r["output"]["message"]["content"] if kind in b]


def told(r):
    return "".join(blocks(r, "text"))


def results(*pairs):
    return {"role": "user", "content": [{"toolResult": {"toolUseId": c["toolUseId"], "content": [{"text": t}]}} for c, t in pairs]}


@each
def text(family, ask):
    r = ask("text", [{"role": "user", "content": [{"text": "Hi"}]}, {"role": "assistant", "content": [{"text": "Hello!"}]}, {"role": "user", "content": [{"text": "And the weather?"}]}],
            system=[{"text": "Be brief."}], inferenceConfig={"maxTokens": 500, "temperature": 0.5})
    same((told(r), r["stopReason"]), (TEXT, "end_turn"))
    same((r["usage"]["inputTokens"], r["usage"]["outputTokens"], r["usage"]["totalTokens"]), (37, 11, 48))
    q, = sent(family, 1)
    for words in ("Be brief.", "Hello!", "And the weather?", "500", "0.5"):
        must(words in q["body"], "%s at the provider" % words)


@each
def tool(family, ask):
    r = ask("tool", toolConfig=TOOLS)
    call, = blocks(r, "toolUse")
    same((call["name"], call["input"], r["stopReason"]), ("get_weather", CITY_ARGS, "tool_use"))
    last = ask("tool", ASK + [r["output"]["message"], results((call, "21 °C"))], toolConfig=TOOLS)
    same(told(last), "The tools said: 21 °C")


@each
def tools_swapped(family, ask):
    r = ask("tools", toolConfig=TOOLS)
    a, b = blocks(r, "toolUse")
    same([a["input"], b["input"]], [CITY_ARGS, CITY_ARGS2])
    last = ask("tools", ASK + [r["output"]["message"], results((b, "noon"), (a, "21 °C"))], toolConfig=TOOLS)
    same(sorted(told(last).removeprefix("The tools said: ").split("; ")), ["21 °C", "noon"])


@each
def choice(family, ask):
    for want, n in (({"auto": {}}, 0), ({"any": {}}, 1), ({"tool": {"name": "get_time"}}, 1)):
        got = blocks(ask("text", toolConfig={**TOOLS, "toolChoice": want}), "toolUse")
        same(len(got), n, "calls with %s" % want)
        if "tool" in want:
            same(got[0]["name"], "get_time")


refuses("choice", "cohere", "tool")


@each
def schema(family, ask):
    r = ask("schema", outputConfig={"textFormat": {"type": "json_schema", "structure": {"jsonSchema": {"name": "place", "schema": json.dumps(CITY)}}}})
    same(json.loads(told(r)), CITY_ARGS)


@each
def image(family, ask):
    r = ask("image", [{"role": "user", "content": [{"text": "What?"}, {"image": {"format": "png", "source": {"bytes": base64.b64decode(PNG)}}}]}])
    must(told(r).startswith(PNG_SEEN), told(r))


@each
def pdf(family, ask):
    r = ask("image", [{"role": "user", "content": [{"text": "Read."}, {"document": {"format": "pdf", "name": "a", "source": {"bytes": base64.b64decode(PDF)}}}]}])
    must("pdf of %d bytes" % len(base64.b64decode(PDF)) in told(r), told(r))


refuses("pdf", "cohere", "file|document")


@each
def reasoning(family, ask):
    more = {"toolConfig": TOOLS, "inferenceConfig": {"maxTokens": 4000}, "additionalModelRequestFields": {"thinking": {"type": "enabled", "budget_tokens": 2000}}}
    r = ask("think-tool", **more)
    same(blocks(r, "reasoningContent")[0]["reasoningText"]["text"], THOUGHT)
    last = ask("think-tool", ASK + [r["output"]["message"], results((blocks(r, "toolUse")[0], "21 °C"))], **more)
    must(told(last).endswith("The tools said: 21 °C"), told(last))
    if family not in ("openai", "cohere"):
        sign = base64.b64encode(b"signed by the stand-in of " + speaks(family).encode() + b" \xff\xfe/+").decode()
        must(sign in sent(family, 2)[1]["body"], "the signature comes back")


@each
def cached(family, ask):
    u = ask("usage", system=[{"text": "Long."}, {"cachePoint": {"type": "default"}}])["usage"]
    same((u["cacheReadInputTokens"], u["outputTokens"], u["totalTokens"]), (80, 24, 144))


@each
def ends(family, ask):
    same(ask("length", inferenceConfig={"maxTokens": 5})["stopReason"], "max_tokens")
    same(ask("stop", inferenceConfig={"stopSequences": ["END"]})["stopReason"], "end_turn" if family in ("openai", "responses", "gemini") else "stop_sequence")
    r = ask("refuse")
    must(told(r) == REFUSAL and (r["stopReason"] in ("content_filtered", "refusal") or family in ("openai", "responses")), r)


refuses("ends", "responses", "stop")


KINDS = {400: "ValidationException", 404: "ResourceNotFoundException", 429: "ThrottlingException", 500: "InternalServerException", 503: "ServiceUnavailableException"}


@check(modes=MODES)
def errors(family, mode):
    for status, kind in KINDS.items():
        with raises(ClientError) as e:
            p = {"modelId": model(family, "error-%d" % status), "messages": ASK}
            C.converse(**p) if mode == "unary" else list(C.converse_stream(**p)["stream"])
        same((e.value.response["ResponseMetadata"]["HTTPStatusCode"], e.value.response["Error"]["Code"]), (status, kind))
        must(isinstance(e.value, getattr(C.exceptions, kind)), type(e.value))
        must(e.value.response["ResponseMetadata"].get("RequestId") and e.value.response["Error"]["Message"], e.value.response)


@check(call="errors.stream", modes=("stream",))
def errors_stream(family, mode):
    for scenario in ("error-stream", "cut"):
        with raises(Exception) as e:
            join(C.converse_stream(modelId=model(family, scenario), messages=ASK)["stream"])
        must(scenario == "cut" or isinstance(e.value, EventStreamError), repr(e.value))


@check(modes=("stream",))
def cancel(family, mode):
    s = C.converse_stream(modelId=model(family, "slow"), messages=ASK)["stream"]
    for _ in zip(range(3), s):
        pass
    s.close()
    abandoned()


@check(modes=MODES)
def invoke(family, mode):
    body = json.dumps({"anthropic_version": "bedrock-2023-05-31", "max_tokens": 500, "messages": [{"role": "user", "content": "Hi"}],
                       "tools": [{"name": "get_weather", "description": "d", "input_schema": CITY}]})
    if mode == "unary":
        m = json.loads(C.invoke_model(modelId=model(family, "tool"), body=body)["body"].read())
        got = [b["input"] for b in m["content"] if b["type"] == "tool_use"]
    else:
        events = [json.loads(e["chunk"]["bytes"]) for e in C.invoke_model_with_response_stream(modelId=model(family, "tool"), body=body)["body"]]
        same(events[-1]["type"], "message_stop")
        got = [json.loads("".join(e["delta"]["partial_json"] for e in events if e.get("delta", {}).get("type") == "input_json_delta"))]
    same(got, [CITY_ARGS])
    same({q["family"] for q in sent()}, {"invoke" if family == "bedrock" else family})


@check(modes=("unary",))
def count(family, mode):
    same(C.count_tokens(modelId=model(family, "text"), input={"converse": {"messages": ASK}})["inputTokens"], 42)


refuses("count", "responses cohere", "it has no counting of tokens")


if __name__ == "__main__":
    run("boto3")
