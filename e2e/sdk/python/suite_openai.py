"""The openai SDK: Chat Completions, Responses, embeddings, models."""

import asyncio
import base64
import json
import openai

from check import (ASBRU, CITY, CITY_ARGS, CITY_ARGS2, FAMILIES, KEY, PDF, PNG, PNG_SEEN, REFUSAL, TEXT, THOUGHT, abandoned, check,
                   model, must, raises, refuses, run, same, sent, speaks)
from openai_forms import STATUS, Forecast, Unit

C = openai.OpenAI(base_url=ASBRU + "/v1", api_key=KEY, max_retries=0, timeout=20)
HELLO = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Grüße 👋"},
         {"role": "assistant", "content": "Hello!"}, {"role": "user", "content": "And the weather?"}]
ASK = [{"role": "user", "content": "What is the weather?"}]
TOOLS = [{"type": "function", "function": {"name": "get_weather", "description": "Weather of a city", "parameters": CITY}},
         {"type": "function", "function": {"name": "get_time", "description": "Time of a city", "parameters": CITY}}]


async def a_client():
    return openai.AsyncOpenAI(base_url=ASBRU + "/v1", api_key=KEY, max_retries=0, timeout=20)


def join(chunks):
    """The completion that chunks make, as the SDK's types."""
    from openai.types.chat import ChatCompletion
    m, calls, finish, usage, first = {"role": "assistant", "content": None, "refusal": None}, {}, None, None, None
    for c in chunks:
        first = first or c
        usage = c.usage or usage
        for choice in c.choices:
            d = choice.delta
            for name, value in (("content", d.content), ("refusal", d.refusal), ("reasoning_content", getattr(d, "reasoning_content", None))):
                if value is not None:
                    m[name] = (m.get(name) or "") + value
            for r in getattr(d, "reasoning_details", None) or []:
                kept = m.setdefault("reasoning_details", [])
                old = next((k for k in kept if k["index"] == r["index"]), None)
                if old is None:
                    kept.append(dict(r))
                else:
                    for k, v in r.items():
                        old[k] = (old.get(k) or "") + v if k in ("text", "data", "summary") else v
            for t in d.tool_calls or []:
                call = calls.setdefault(t.index, {"id": None, "type": "function", "function": {"name": "", "arguments": ""}})
                call["id"] = t.id or call["id"]
                call["function"]["name"] += t.function.name or ""
                call["function"]["arguments"] += t.function.arguments or ""
                call.update({k: v for k, v in (t.model_extra or {}).items()})
            finish = choice.finish_reason or finish
    if calls:
        m["tool_calls"] = [calls[i] for i in sorted(calls)]
    return ChatCompletion.model_validate({
        "id": first.id, "object": "chat.completion", "created": first.created, "model": first.model,
        "choices": [{"index": 0, "message": m, "finish_reason": finish}], "usage": usage.model_dump() if usage else None})


def each(f):
    """Makes a function of (family, chat) a check for all modes: chat(scenario, **request) returns a completion."""
    def body(family, mode):
        stream = "stream" in mode
        if "async" not in mode:
            def chat(scenario, **more):
                r = C.chat.completions.create(**request(family, scenario, stream, more))
                return join(list(r)) if stream else r
            return f(family, chat)
        loop = asyncio.new_event_loop()
        client = loop.run_until_complete(a_client())

        async def ask(req):
            r = await client.chat.completions.create(**req)
            return join([c async for c in r]) if stream else r
        try:
            return f(family, lambda scenario, **more: loop.run_until_complete(ask(request(family, scenario, stream, more))))
        finally:
            loop.run_until_complete(client.close())
            loop.close()
    body.__name__ = f.__name__
    check(call="chat." + f.__name__)(body)
    return f


def request(family, scenario, stream, more):
    r = {"model": model(family, scenario), "messages": ASK, "stream": stream, **more}
    if stream:
        r["stream_options"] = {"include_usage": True}
    return r


def usage(r, total):
    same((r.usage.prompt_tokens + r.usage.completion_tokens, r.usage.total_tokens), (total, total), "usage")


@each
def text(family, chat):
    r = chat("text", messages=HELLO, max_completion_tokens=500, temperature=0.5, top_p=0.9)
    same(r.choices[0].message.content, TEXT)
    same(r.choices[0].finish_reason, "stop")
    usage(r, 48)
    q, = sent(family, 1)
    for words in ("Be brief.", "Hello!", "And the weather?", "500", "0.5"):
        must(words in q["body"], "%s at the provider" % words)
    must(q["body"].index("Hello!") < q["body"].index("And the weather?"), "order of turns")


def answer(m):
    """The turn to send back, with everything the SDK kept."""
    return m.model_dump(exclude_none=True)


def result(call, text):
    return {"role": "tool", "tool_call_id": call.id, "content": text}


@each
def tool(family, chat):
    r = chat("tool", tools=TOOLS)
    same(r.choices[0].finish_reason, "tool_calls")
    call, = r.choices[0].message.tool_calls
    same((call.function.name, json.loads(call.function.arguments)), ("get_weather", CITY_ARGS))
    last = chat("tool", tools=TOOLS, messages=ASK + [answer(r.choices[0].message), result(call, "21 °C")])
    same(last.choices[0].message.content, "The tools said: 21 °C")
    sent(family, 2)


@each
def tools_swapped(family, chat):
    r = chat("tools", tools=TOOLS)
    a, b = r.choices[0].message.tool_calls
    same((a.function.name, json.loads(a.function.arguments)), ("get_weather", CITY_ARGS))
    same((b.function.name, json.loads(b.function.arguments)), ("get_time", CITY_ARGS2))
    must(a.id != b.id, "two ids")
    last = chat("tools", tools=TOOLS, messages=ASK + [answer(r.choices[0].message), result(b, "noon"), result(a, "21 °C")])
    same(sorted(last.choices[0].message.content.removeprefix("The tools said: ").split("; ")), ["21 °C", "noon"])
    sent(family, 2)


@each
def tools_one(family, chat):
    r = chat("tools", tools=TOOLS, parallel_tool_calls=False)
    if family in ("gemini", "cohere", "bedrock"):
        must(r.choices[0].message.tool_calls, "a call")
    else:
        same(len(r.choices[0].message.tool_calls), 1, "calls")


@each
def choice(family, chat):
    named = {"type": "function", "function": {"name": "get_time"}}
    for scenario, want, calls in (("text", "auto", 0), ("text", "required", 1), ("tool", "none", 0), ("text", named, 1)):
        r = chat(scenario, tools=TOOLS, tool_choice=want)
        got = r.choices[0].message.tool_calls or []
        same(len(got), calls, "calls with tool_choice %s" % want)
        if want is named:
            same(got[0].function.name, "get_time")


refuses("chat.choice", "cohere", "tool_choice")


@check(call="chat.parse")
def chat_parse(family, mode):
    req = {"model": model(family, "schema"), "messages": ASK, "response_format": Forecast}
    if mode == "unary":
        r = C.chat.completions.parse(**req)
    elif mode == "stream":
        with C.chat.completions.stream(**req) as s:
            for _ in s:
                pass
            r = s.get_final_completion()
    else:
        async def ask():
            async with await a_client() as c:
                if mode == "async":
                    return await c.chat.completions.parse(**req)
                async with c.chat.completions.stream(**req) as s:
                    async for _ in s:
                        pass
                    return await s.get_final_completion()
        r = asyncio.run(ask())
    got = r.choices[0].message.parsed
    same((got.place.city, got.place.unit, got.degrees), ("Paris", Unit.C, 7))


@check(call="chat.helper", modes=("stream", "async stream"))
def chat_helper(family, mode):
    req = {"model": model(family, "tool"), "messages": ASK, "tools": [dict(TOOLS[0], function=dict(TOOLS[0]["function"], strict=True))]}
    if mode == "stream":
        with C.chat.completions.stream(**req) as s:
            kinds = {e.type for e in s}
            r = s.get_final_completion()
    else:
        async def ask():
            async with await a_client() as c:
                async with c.chat.completions.stream(**req) as s:
                    return {e.type async for e in s}, await s.get_final_completion()
        kinds, r = asyncio.run(ask())
    must("tool_calls.function.arguments.done" in kinds, kinds)
    same(json.loads(r.choices[0].message.tool_calls[0].function.arguments), CITY_ARGS)
    same(r.choices[0].message.tool_calls[0].function.parsed_arguments, CITY_ARGS)


@each
def json_mode(family, chat):
    r = chat("schema", messages=[{"role": "user", "content": "Answer in JSON."}], response_format={"type": "json_object"})
    same(json.loads(r.choices[0].message.content), {"city": "Paris", "degrees": 21})


refuses("chat.json_mode", "anthropic bedrock", "response_format")


def look(url):
    return [{"role": "user", "content": [{"type": "text", "text": "What is this?"}, {"type": "image_url", "image_url": {"url": url}}]}]


@each
def image(family, chat):
    r = chat("image", messages=look("data:image/png;base64," + PNG))
    must(r.choices[0].message.content.startswith(PNG_SEEN), r.choices[0].message.content)


@each
def image_url(family, chat):
    r = chat("image", messages=look("https://example.com/a.png"))
    must("https://example.com/a.png" in r.choices[0].message.content, r.choices[0].message.content)


refuses("chat.image_url", "bedrock", "url|URL")


@each
def pdf(family, chat):
    parts = [{"type": "text", "text": "Read."}, {"type": "file", "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64," + PDF}}]
    r = chat("image", messages=[{"role": "user", "content": parts}])
    must("pdf of %d bytes" % len(base64.b64decode(PDF)) in r.choices[0].message.content, r.choices[0].message.content)


refuses("chat.pdf", "cohere", "file")


@each
def audio(family, chat):
    parts = [{"type": "text", "text": "Listen."}, {"type": "input_audio", "input_audio": {"data": PNG, "format": "wav"}}]
    r = chat("image", messages=[{"role": "user", "content": parts}])
    must("wav of 70 bytes" in r.choices[0].message.content, r.choices[0].message.content)


refuses("chat.audio", "responses anthropic bedrock cohere", "audio")


@each
def reasoning(family, chat):
    r = chat("think-tool", tools=TOOLS, reasoning_effort="low", max_completion_tokens=4000)
    m = r.choices[0].message
    same(m.reasoning_content, THOUGHT)
    same(r.usage.completion_tokens_details.reasoning_tokens, 0 if family == "bedrock" else 10, "reasoning tokens")
    last = chat("think-tool", tools=TOOLS, reasoning_effort="low", max_completion_tokens=4000, messages=ASK + [answer(m), result(m.tool_calls[0], "21 °C")])
    same(last.choices[0].message.content, "The tools said: 21 °C")
    qs = sent(family, 2)
    if family in ("responses", "anthropic", "gemini", "bedrock"):
        sign = base64.b64encode(b"signed by the stand-in of " + speaks(family).encode() + b" \xff\xfe/+").decode()
        must(sign in qs[1]["body"].replace("\\/", "/"), "the signature comes back")


@each
def cached(family, chat):
    r = chat("usage")
    usage(r, 144)
    same(r.usage.prompt_tokens_details.cached_tokens, 80, "cached tokens")
    if family != "bedrock":
        same(r.usage.completion_tokens_details.reasoning_tokens, 10, "reasoning tokens")


@each
def ends(family, chat):
    same(chat("length", max_completion_tokens=5).choices[0].finish_reason, "length")
    same(chat("stop", stop=["END"]).choices[0].finish_reason, "stop")
    r = chat("refuse").choices[0]
    same(r.message.refusal or r.message.content, REFUSAL)
    must(r.message.refusal or r.finish_reason == "content_filter", r)


refuses("chat.ends", "responses", "stop")


@each
def seed(family, chat):
    r = chat("text", seed=7, presence_penalty=0.5, frequency_penalty=0.25)
    same(r.choices[0].message.content, TEXT)
    if family in ("openai", "gemini", "cohere"):
        b = sent(family, 1)[0]["body"]
        must("seed" in b and "0.25" in b, b)


@check(call="chat.n", modes=("unary",))
def chat_n(family, mode):
    r = C.chat.completions.create(model=model(family, "text"), messages=ASK, n=2)
    must('2' in sent(family, 1)[0]["body"], "n at the provider")
    same([c.index for c in r.choices], list(range(len(r.choices))))


refuses("chat.n", "responses anthropic bedrock cohere", "n ")


@check(call="chat.logprobs", modes=("unary",))
def chat_logprobs(family, mode):
    r = C.chat.completions.with_raw_response.create(model=model(family, "text"), messages=ASK, logprobs=True, top_logprobs=2)
    b = sent(family, 1)[0]["body"].lower()
    must("logprobs" in b or "logprobs" in r.headers.get("x-bf-dropped-params", ""), b)


refuses("chat.logprobs", "anthropic bedrock cohere", "logprobs")

@check(modes=("unary", "stream"))
def errors(family, mode):
    for status, kind in STATUS.items():
        with raises(openai.APIStatusError) as e:
            list(C.chat.completions.create(model=model(family, "error-%d" % status), messages=ASK, stream=mode == "stream"))
        want = {401: 502, 403: 502}.get(status, status)  # of the gateway's own key: no business of the client
        same(e.value.status_code, want, "status for %d" % status)
        must(want != status or isinstance(e.value, kind), type(e.value))
        must(e.value.request_id, "request id of %d" % status)
        must(e.value.body and e.value.body["message"], e.value.body)
        if status == 429:
            same(e.value.response.headers.get("retry-after"), "7", "retry-after")


@check(call="errors.retry", modes=("unary",))
def errors_retry(family, mode):
    slept = []
    c = C.with_options(max_retries=2)
    c._sleep_for_retry = lambda **k: slept.append(k["response"].headers.get("retry-after") if k.get("response") is not None else None)
    with raises(openai.RateLimitError):
        c.chat.completions.create(model=model(family, "error-429"), messages=ASK)
    same(slept, ["7", "7"], "what the SDK would wait")


@check(call="errors.stream", modes=("stream",))
def errors_stream(family, mode):
    for scenario in ("error-stream", "cut", "cut-clean"):
        with raises(openai.APIError) as e:
            list(C.chat.completions.create(model=model(family, scenario), messages=ASK, stream=True))
        must(str(e.value), "a message")


@check(call="errors.own", modes=("unary",), families=("openai",))
def errors_own(family, mode):
    with raises(openai.AuthenticationError):
        openai.OpenAI(base_url=ASBRU + "/v1", api_key="nobody", max_retries=0).models.list()
    with raises(openai.NotFoundError):
        C.chat.completions.create(model="nothing-here", messages=ASK)
    with raises(openai.BadRequestError):
        C.chat.completions.create(model=model(family, "text"), messages="no list")


@check(modes=("stream",))
def cancel(family, mode):
    s = C.chat.completions.create(model=model(family, "slow"), messages=ASK, stream=True)
    for _ in zip(range(3), s):
        pass
    s.close()
    abandoned()


@check(modes=("unary",), families=[f for f in FAMILIES if f in ("openai", "gemini", "bedrock", "cohere")])
def embeddings(family, mode):
    name = {"bedrock": "bedrock/amazon.titan-embed-text-v2:0"}.get(family, model(family, "embed"))
    for kind in ("float", None):
        if family == "bedrock":  # Titan makes one at a time
            with raises(openai.BadRequestError):
                C.embeddings.create(model=name, input=["a", "b"])
            must(C.embeddings.create(model=name, input="a", **({"encoding_format": kind} if kind else {})).data[0].embedding, "a vector")
            continue
        r = C.embeddings.create(model=name, input=["a", "b"], **({"encoding_format": kind} if kind else {}))
        same([d.index for d in r.data], [0, 1])
        must(all(isinstance(x, float) for d in r.data for x in d.embedding) and r.data[0].embedding != r.data[1].embedding, r.data)


@check(modes=("unary",), families=("openai",))
def models(family, mode):
    ids = [m.id for m in C.models.list()]
    must(isinstance(ids, list), ids)


@check(call="extra", modes=("unary", "stream"), families=("openai", "responses"))
def extra(family, mode):
    r = C.chat.completions.create(model=model(family, "text"), messages=ASK, stream=mode == "stream",
                                  extra_body={"x_mine": {"a": [1, 2]}}, extra_headers={"x-bf-passthrough-extra-params": "true"}, metadata={"k": "v"}, user="u-1")
    list(r)
    q, = sent(family, 1)
    same(q["json"].get("x_mine"), {"a": [1, 2]}, "unknown field")
    same(q["json"].get("metadata"), {"k": "v"}, "metadata")


@check(call="azure", modes=("unary", "stream"))
def azure(family, mode):
    c = openai.AzureOpenAI(azure_endpoint=ASBRU + "/openai", api_version="2024-10-21", api_key=KEY, max_retries=0)
    r = c.chat.completions.create(model=model(family, "text"), messages=ASK, stream=mode == "stream")
    same((join(list(r)) if mode == "stream" else r).choices[0].message.content, TEXT)


if __name__ == "__main__":
    run("openai", short=("chat.text", "chat.tool", "errors"))
