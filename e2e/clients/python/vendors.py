"""Recorded answers of Anthropic, Gemini, Cohere and Bedrock, read by the vendor's own SDK at BASE.

A request goes out as it was recorded, as far as the SDK lets it. It names its case in a
header, which asbru sends on because of what its own name begins with. Each case is a line of
JSON with what the SDK made of the answer, or with the error it raised.
"""

import base64
import json
import os
import traceback
import urllib.parse

BASE, KEY, VENDOR = os.environ["BASE"], os.environ["KEY"], os.environ["VENDOR"]


def named(case):
    return {"X-Case": case["id"], "X-Cut": "whole", "X-Bf-Eh-X-Case": case["id"], "X-Bf-Eh-X-Cut": "whole"}


def split(body, *names):
    body = dict(body)
    return {k: body.pop(k) for k in names if k in body}, body


def anthropic():
    import anthropic
    client = anthropic.Anthropic(base_url=BASE, api_key=KEY, max_retries=0, timeout=20)

    def ask(case):
        if case["path"] == "/v1/messages/count_tokens":
            own, more = split(case["body"], "model", "messages")
            return client.messages.count_tokens(**own, extra_body=more, extra_headers=named(case))
        if case["path"] != "/v1/messages":
            return None
        own, more = split(case["body"], "model", "messages", "max_tokens", "stream")
        own.setdefault("max_tokens", 1)
        if not case["stream"]:
            return client.messages.create(**own, extra_body=more, extra_headers=named(case), timeout=20)
        own.pop("stream", None)
        with client.messages.stream(**own, extra_body=more, extra_headers=named(case)) as s:
            return [list(s), s.get_final_message()]
    return ask, anthropic.APIStatusError


def gemini():
    from google import genai
    from google.genai import errors, types
    client = genai.Client(api_key=KEY, http_options=types.HttpOptions(base_url=BASE, api_version="v1beta", timeout=20000))

    def ask(case):
        model, _, verb = case["path"].rpartition("/")[2].rpartition(":")
        if verb not in ("generateContent", "streamGenerateContent"):
            return None
        more = dict(case["body"])
        more.pop("contents", None)  # it goes out again with the rest of the body
        how = types.HttpOptions(headers=named(case), extra_body={"contents": case["body"].get("contents", []), **more})
        p = {"model": model, "contents": "stands in", "config": types.GenerateContentConfig(http_options=how)}
        if case["stream"]:
            return list(client.models.generate_content_stream(**p))
        return client.models.generate_content(**p)
    return ask, errors.APIError


def cohere():
    import cohere
    from cohere.core.api_error import ApiError
    client = cohere.ClientV2(api_key=KEY, base_url=BASE, timeout=20)

    def ask(case):
        own, more = split(case["body"], "model", "messages", "query", "documents", "texts", "input_type", "embedding_types", "stream")
        own.pop("stream", None)
        own["request_options"] = {"additional_body_parameters": more, "additional_headers": named(case), "max_retries": 0}
        call = {"/v2/chat": client.chat_stream if case["stream"] else client.chat, "/v2/rerank": client.rerank, "/v2/embed": client.embed}.get(case["path"])
        if call is None:
            return None
        return list(call(**own)) if case["stream"] else call(**own)
    return ask, ApiError


def bedrock():
    import boto3
    from botocore.config import Config
    from botocore.exceptions import ClientError
    client = boto3.client("bedrock-runtime", endpoint_url=BASE, region_name="us-east-1", aws_access_key_id="AKIDCLIENT",
                          aws_secret_access_key="s", config=Config(retries={"total_max_attempts": 1}, read_timeout=20, parameter_validation=False))
    head = {"x-bf-vk": KEY}  # over plain HTTP the SDK signs, and sends no bearer key

    def add(request, **_):
        for name, value in head.items():
            request.headers[name] = value
    client.meta.events.register("before-send.bedrock-runtime", add)

    def ask(case):
        model, _, verb = case["path"].removeprefix("/model/").rpartition("/")
        own = {"modelId": urllib.parse.unquote(model)}
        head.update(named(case))
        if verb.startswith("invoke"):
            own["body"] = json.dumps(case["body"])
            if verb == "invoke":
                return client.invoke_model(**own)["body"].read()
            return list(client.invoke_model_with_response_stream(**own)["body"])
        own.update(pointed(case["body"]))
        if verb == "converse-stream":
            return list(client.converse_stream(**own)["stream"])
        call = {"converse": client.converse, "count-tokens": client.count_tokens}.get(verb)
        return call and call(**own)
    return ask, ClientError


def pointed(value):
    """Base64 as the bytes that boto3 makes it of."""
    if isinstance(value, list):
        return [pointed(v) for v in value]
    if not isinstance(value, dict):
        return value
    return {k: base64.b64decode(v) if k in ("bytes", "redactedContent") and isinstance(v, str) else pointed(v) for k, v in value.items()}


def plain(value):
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items() if k != "ResponseMetadata"}  # the fields of the head are compared elsewhere
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if not hasattr(value, "model_dump"):
        return value
    value = value.model_dump(mode="json", warnings=False)
    value.pop("sdk_http_response", None)  # the fields of the head are compared elsewhere
    return value


def main():
    ask, failure = {"anthropic": anthropic, "gemini": gemini, "cohere": cohere, "bedrock": bedrock}[VENDOR]()
    with open(os.environ["RECORDED"], encoding="utf-8") as f:
        cases = json.load(f)
    for case in cases:
        line = {"case": case["id"]}
        try:
            value = ask(case)
            if value is None:
                continue  # no conversation
            line["value"] = plain(value)
        except failure as e:
            line["error"] = {"type": type(e).__name__, "status": getattr(e, "status_code", None) or getattr(e, "code", None),
                             "body": plain(getattr(e, "body", None) or getattr(e, "details", None) or getattr(e, "response", {}).get("Error"))}
        except Exception:  # whatever it is, the comparison shows it
            line["error"] = {"type": "unexpected", "message": traceback.format_exc()}
        print(json.dumps(line), flush=True)


main()
