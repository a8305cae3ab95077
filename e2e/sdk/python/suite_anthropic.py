"""The anthropic SDK: Messages, count_tokens, models, and its clients for Bedrock and Vertex."""

import asyncio
import base64

import anthropic
from pydantic import BaseModel

from check import (ASBRU, CITY, CITY_ARGS, CITY_ARGS2, KEY, PDF, PNG, PNG_SEEN, REFUSAL, TEXT, THOUGHT, abandoned, check, model, must, raises,
                   refuses, run, same, sent, speaks)

C = anthropic.Anthropic(base_url=ASBRU + "/anthropic", api_key=KEY, max_retries=0, timeout=20)
ASK = [{"role": "user", "content": "What is the weather?"}]
TOOLS = [{"name": "get_weather", "description": "Weather of a city", "input_schema": CITY},
         {"name": "get_time", "description": "Time of a city", "input_schema": CITY}]


def asker(family, mode, client=C, make=None):
    """ask(scenario, **request) returns a message in each mode, streams through the SDK's accumulator."""
    make = make or (lambda: anthropic.AsyncAnthropic(base_url=ASBRU + "/anthropic", api_key=KEY, max_retries=0))

    async def later(p):
        async with make() as c:
            if mode == "async":
                return await c.messages.create(**p)
            async with c.messages.stream(**p) as s:
                return await s.get_final_message()

    def ask(scenario, **more):
        p = {"model": model(family, scenario), "max_tokens": 4000, "messages": ASK, **more}
        if mode == "unary":
            return client.messages.create(**p)
        if mode == "stream":
            with client.messages.stream(**p) as s:
                for e in s:
                    pass
                return s.get_final_message()
        return asyncio.run(later(p))
    return ask


def each(f):
    check(call=f.__name__)(lambda family, mode: f(family, asker(family, mode)))
    return f


def told(m):
    return "".join(b.text for b in m.content if b.type == "text")


def calls(m):
    return [b for b in m.content if b.type == "tool_use"]


def back(m):
    return {"role": "assistant", "content": [b.model_dump(exclude_none=True, exclude={"parsed_output", "caller"}) for b in m.content]}


def results(*pairs):
    return {"role": "user", "content": [{"type": "tool_result", "tool_use_id": c.id, "content": text} for c, text in pairs]}


@each
def text(family, ask):
    m = ask("text", system="Be brief.", messages=[{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello!"},
                                                                   {"role": "user", "content": "And the weather?"}])
    same((told(m), m.stop_reason, m.usage.input_tokens, m.usage.output_tokens), (TEXT, "end_turn", 37, 11))
    q, = sent(family, 1)
    for words in ("Be brief.", "Hello!", "And the weather?", "4000"):
        must(words in q["body"], "%s at the provider" % words)


@each
def tool(family, ask):
    m = ask("tool", tools=TOOLS)
    call, = calls(m)
    same((call.name, call.input, m.stop_reason), ("get_weather", CITY_ARGS, "tool_use"))
    last = ask("tool", tools=TOOLS, messages=ASK + [back(m), results((call, "21 °C"))])
    same(told(last), "The tools said: 21 °C")


@each
def tools_swapped(family, ask):
    m = ask("tools", tools=TOOLS)
    a, b = calls(m)
    same([a.input, b.input], [CITY_ARGS, CITY_ARGS2])
    last = ask("tools", tools=TOOLS, messages=ASK + [back(m), results((b, "noon"), (a, "21 °C"))])
    same(sorted(told(last).removeprefix("The tools said: ").split("; ")), ["21 °C", "noon"])


@each
def choice(family, ask):
    for scenario, want, n in (("text", "auto", 0), ("text", "any", 1), ("tool", "none", 0), ("text", "tool", 1)):
        got = calls(ask(scenario, tools=TOOLS, tool_choice={"type": want, **({"name": "get_time"} if want == "tool" else {})}))
        same(len(got), n, "calls with tool_choice %s" % want)
        if want == "tool":
            same(got[0].name, "get_time")


refuses("choice", "cohere", "tool_choice")


class Place(BaseModel):
    city: str
    degrees: int


@check(call="parse", modes=("unary", "stream"))
def parse(family, mode):
    p = {"model": model(family, "schema"), "max_tokens": 4000, "messages": ASK, "output_format": Place}
    if mode == "unary":
        r = C.messages.parse(**p)
    else:
        with C.messages.stream(**p) as s:
            r = s.get_final_message()
    same(r.parsed_output, Place(city="Paris", degrees=7))


@each
def image(family, ask):
    m = ask("image", messages=[{"role": "user", "content": [{"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PNG}}, {"type": "text", "text": "What?"}]}])
    must(told(m).startswith(PNG_SEEN), told(m))


@each
def image_url(family, ask):
    m = ask("image", messages=[{"role": "user", "content": [{"type": "image", "source": {"type": "url", "url": "https://example.com/a.png"}}, {"type": "text", "text": "What?"}]}])
    must("https://example.com/a.png" in told(m), told(m))


refuses("image_url", "bedrock", "url|URL|image")


@each
def pdf(family, ask):
    m = ask("image", messages=[{"role": "user", "content": [{"type": "document", "source": {"type": "base64", "media_type": "application/pdf", "data": PDF}}, {"type": "text", "text": "Read."}]}])
    must("pdf of %d bytes" % len(base64.b64decode(PDF)) in told(m), told(m))


refuses("pdf", "cohere", "file|document")


@each
def reasoning(family, ask):
    more = {"tools": TOOLS, "thinking": {"type": "enabled", "budget_tokens": 2000}}
    m = ask("think-tool", **more)
    same(m.content[0].type, "thinking")
    same(m.content[0].thinking, THOUGHT)
    last = ask("think-tool", messages=ASK + [back(m), results((calls(m)[0], "21 °C"))], **more)
    must(told(last).endswith("The tools said: 21 °C"), told(last))
    if family not in ("openai", "cohere"):
        sign = base64.b64encode(b"signed by the stand-in of " + speaks(family).encode() + b" \xff\xfe/+").decode()
        must(sign in sent(family, 2)[1]["body"], "the signature comes back")


@each
def cached(family, ask):
    m = ask("usage", system=[{"type": "text", "text": "Long.", "cache_control": {"type": "ephemeral"}}])
    u = m.usage
    same((u.cache_read_input_tokens, u.input_tokens + u.cache_read_input_tokens + (u.cache_creation_input_tokens or 0), u.output_tokens), (80, 120, 24))
    b = sent(family, 1)[0]["body"]
    must({"anthropic": "cache_control", "bedrock": "cachePoint"}.get(family, "") in b, b)


@each
def ends(family, ask):
    same(ask("length", max_tokens=5).stop_reason, "max_tokens")
    m = ask("stop", stop_sequences=["END"])
    # OpenAI's formats and Gemini do not tell a stop sequence from another end
    same(m.stop_reason, "end_turn" if family in ("openai", "responses", "gemini") else "stop_sequence")
    same(m.stop_sequence, "END" if family == "anthropic" else None)
    m = ask("refuse")
    same((told(m), m.stop_reason), (REFUSAL, "refusal"))


refuses("ends", "responses", "stop")
STATUS = {400: anthropic.BadRequestError, 404: anthropic.NotFoundError, 413: anthropic.RequestTooLargeError, 422: anthropic.UnprocessableEntityError,
          429: anthropic.RateLimitError, 500: anthropic.InternalServerError, 503: anthropic.ServiceUnavailableError, 529: anthropic.OverloadedError}


@check(modes=("unary", "stream"))
def errors(family, mode):
    for status, kind in STATUS.items():
        with raises(anthropic.APIStatusError, status) as e:
            list(C.messages.create(model=model(family, "error-%d" % status), max_tokens=10, messages=ASK, stream=mode == "stream"))
        must(isinstance(e.value, kind), type(e.value))
        must(e.value.request_id, "request id of %d" % status)
        same(e.value.body["type"], "error")
        if status == 429:
            same(e.value.response.headers.get("retry-after"), "7", "retry-after")


@check(call="errors.stream", modes=("stream",))
def errors_stream(family, mode):
    for scenario in ("error-stream", "cut", "cut-clean"):
        with raises((anthropic.APIError, )) as e:
            with C.messages.stream(model=model(family, scenario), max_tokens=10, messages=ASK) as s:
                s.get_final_message()
        must(str(e.value), "a message")


@check(modes=("stream",))
def cancel(family, mode):
    s = C.messages.create(model=model(family, "slow"), max_tokens=100, messages=ASK, stream=True)
    for _ in zip(range(5), s):
        pass
    s.close()
    abandoned()


@check(modes=("unary", "async"))
def count(family, mode):
    if mode == "unary":
        r = C.messages.count_tokens(model=model(family, "text"), messages=ASK, system="s", tools=TOOLS)
    else:
        async def go():
            async with anthropic.AsyncAnthropic(base_url=ASBRU + "/anthropic", api_key=KEY, max_retries=0) as c:
                return await c.messages.count_tokens(model=model(family, "text"), messages=ASK)
        r = asyncio.run(go())
    same(r.input_tokens, 42)


refuses("count", "responses cohere", "it has no counting of tokens")


@check(modes=("unary",), families=("anthropic",))
def models(family, mode):
    must(isinstance([m.id for m in C.models.list()], list), "a page")


@check(modes=("unary", "stream"), families=("anthropic",))
def beta(family, mode):
    r = C.beta.messages.create(model=model(family, "text"), max_tokens=10, messages=ASK, betas=["context-1m-2025-08-07"], extra_body={"x_mine": 1}, stream=mode == "stream")
    list(r)
    q, = sent(family, 1)
    must("context-1m-2025-08-07" in str(q["headers"].get("Anthropic-Beta")), q["headers"])
    same(q["json"].get("x_mine"), 1)



@check(call="AnthropicBedrock")
def over_bedrock(family, mode):
    client = anthropic.AnthropicBedrock(base_url=ASBRU + "/bedrock", aws_region="us-east-1", api_key=KEY, max_retries=0)
    ask = asker(family, mode, client, lambda: anthropic.AsyncAnthropicBedrock(base_url=ASBRU + "/bedrock", aws_region="us-east-1", api_key=KEY, max_retries=0))
    m = ask("tool", tools=TOOLS)
    call, = calls(m)
    same((call.input, m.stop_reason), (CITY_ARGS, "tool_use"))
    same(told(ask("tool", tools=TOOLS, messages=ASK + [back(m), results((call, "21 °C"))])), "The tools said: 21 °C")


VERTEX = {"base_url": ASBRU + "/vertex/v1", "region": "us-east5", "project_id": "p", "access_token": KEY, "max_retries": 0}


@check(call="AnthropicVertex")
def over_vertex(family, mode):
    client = anthropic.AnthropicVertex(**VERTEX)
    ask = asker(family, mode, client, lambda: anthropic.AsyncAnthropicVertex(**VERTEX))
    m = ask("tool", tools=TOOLS, system="Be brief.")
    call, = calls(m)
    same((call.input, m.stop_reason), (CITY_ARGS, "tool_use"))
    must("anthropic_version" not in sent(family, 1)[0]["body"], "what only Vertex AI knows stays here")
    same(told(ask("tool", tools=TOOLS, messages=ASK + [back(m), results((call, "21 °C"))])), "The tools said: 21 °C")
    with raises(anthropic.RateLimitError, 429):
        ask("error-429")


@check(call="AnthropicVertex.count", modes=("unary",))
def count_over_vertex(family, mode):
    same(anthropic.AnthropicVertex(**VERTEX).messages.count_tokens(model=model(family, "text"), messages=ASK).input_tokens, 42)


refuses("AnthropicVertex.count", "responses cohere", "it has no counting of tokens")

if __name__ == "__main__":
    run("anthropic")
