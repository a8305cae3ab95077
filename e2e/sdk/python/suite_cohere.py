"""The cohere SDK: chat, embed and rerank of its second version."""

import asyncio
import json

import cohere
from cohere.core.api_error import ApiError

from check import (ASBRU, CITY, CITY_ARGS, CITY_ARGS2, KEY, PNG, PNG_SEEN, REFUSAL, TEXT, THOUGHT, abandoned, check, drain, model, must, raises, refuses, run,
                   same, sent)

C = cohere.ClientV2(api_key=KEY, base_url=ASBRU + "/cohere", timeout=20)
ONCE = {"max_retries": 0}
ASK = [{"role": "user", "content": "What is the weather?"}]
TOOLS = [{"type": "function", "function": {"name": n, "description": n, "parameters": CITY}} for n in ("get_weather", "get_time")]


def join(events):
    """The message, as plain JSON, that a stream makes."""
    m, finish, usage = {"role": "assistant"}, None, None
    for e in events:
        d = getattr(e, "delta", None)
        if e.type == "content-start":
            m.setdefault("content", []).append({k: v for k, v in d.message.content.dict().items() if v is not None})
        elif e.type == "content-delta":
            for k, v in d.message.content.dict().items():
                if v is not None and k in ("text", "thinking", "signature"):
                    m["content"][-1][k] = m["content"][-1].get(k, "") + v
        elif e.type == "tool-plan-delta":
            m["tool_plan"] = m.get("tool_plan", "") + d.message.tool_plan
        elif e.type == "tool-call-start":
            m.setdefault("tool_calls", []).append(json.loads(d.message.tool_calls.json()))
        elif e.type == "tool-call-delta":
            f = m["tool_calls"][-1]["function"]
            f["arguments"] = (f.get("arguments") or "") + d.message.tool_calls.function.arguments
            if getattr(d.message.tool_calls, "signature", None):
                m["tool_calls"][-1]["signature"] = d.message.tool_calls.signature
        elif e.type == "message-end":
            finish, usage = d.finish_reason, d.usage
    return cohere.V2ChatResponse.model_validate({"id": "x", "finish_reason": finish, "message": m, "usage": json.loads(usage.json()) if usage else None})


def each(f):
    def body(family, mode):
        def ask(scenario, **more):
            p = {"model": model(family, scenario), "messages": ASK, "request_options": ONCE, **more}
            if mode == "unary":
                return C.chat(**p)
            if mode == "stream":
                return join(list(C.chat_stream(**p)))
            return asyncio.run(later(p, mode))
        return f(family, ask)
    check(call=f.__name__)(body)
    return f


async def later(p, mode):
    async with cohere.AsyncClientV2(api_key=KEY, base_url=ASBRU + "/cohere", timeout=20) as c:
        if mode == "async":
            return await c.chat(**p)
        return join(await drain(c.chat_stream(**p)))


def told(r):
    return "".join(c.text for c in r.message.content or [] if c.type == "text")


def back(r):
    return {k: v for k, v in json.loads(r.message.json()).items() if v is not None}


def results(*pairs):
    return [{"role": "tool", "tool_call_id": c.id, "content": t} for c, t in pairs]


@each
def text(family, ask):
    r = ask("text", messages=[{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello!"},
                              {"role": "user", "content": "And the weather?"}], max_tokens=500, temperature=0.5)
    same((told(r), r.finish_reason), (TEXT, "COMPLETE"))
    same((r.usage.tokens.input_tokens, r.usage.tokens.output_tokens), (37, 11))
    q, = sent(family, 1)
    for words in ("Be brief.", "Hello!", "And the weather?", "500", "0.5"):
        must(words in q["body"], "%s at the provider" % words)


@each
def tool(family, ask):
    r = ask("tool", tools=TOOLS)
    call, = r.message.tool_calls
    same((call.function.name, json.loads(call.function.arguments), r.finish_reason), ("get_weather", CITY_ARGS, "TOOL_CALL"))
    same(told(ask("tool", tools=TOOLS, messages=ASK + [back(r)] + results((call, "21 °C")))), "The tools said: 21 °C")


@each
def tools_swapped(family, ask):
    r = ask("tools", tools=TOOLS)
    a, b = r.message.tool_calls
    same([json.loads(a.function.arguments), json.loads(b.function.arguments)], [CITY_ARGS, CITY_ARGS2])
    last = ask("tools", tools=TOOLS, messages=ASK + [back(r)] + results((b, "noon"), (a, "21 °C")))
    same(sorted(told(last).removeprefix("The tools said: ").split("; ")), ["21 °C", "noon"])


@each
def choice(family, ask):
    same(len(ask("text", tools=TOOLS, tool_choice="REQUIRED").message.tool_calls), 1)
    same(ask("tool", tools=TOOLS, tool_choice="NONE").message.tool_calls, None)


@each
def schema(family, ask):
    same(json.loads(told(ask("schema", response_format={"type": "json_object", "json_schema": CITY}))), CITY_ARGS)


@each
def image(family, ask):
    r = ask("image", messages=[{"role": "user", "content": [{"type": "text", "text": "What?"}, {"type": "image_url", "image_url": {"url": "data:image/png;base64," + PNG}}]}])
    must(told(r).startswith(PNG_SEEN), told(r))


@each
def reasoning(family, ask):
    more = {"tools": TOOLS, "max_tokens": 4000, "thinking": {"type": "enabled", "token_budget": 2000}}
    r = ask("think-tool", **more)
    must(THOUGHT in (r.message.tool_plan or "") + "".join(c.thinking for c in r.message.content or [] if c.type == "thinking") , r)
    last = ask("think-tool", messages=ASK + [back(r)] + results((r.message.tool_calls[0], "21 °C")), **more)
    must(told(last).endswith("The tools said: 21 °C"), told(last))


@each
def cached(family, ask):
    u = ask("usage").usage
    same((u.tokens.input_tokens, u.tokens.output_tokens, u.cached_tokens), (120, 24, 80))


@each
def ends(family, ask):
    same(ask("length", max_tokens=5).finish_reason, "MAX_TOKENS")
    same(ask("stop", stop_sequences=["END"]).finish_reason, "COMPLETE" if family in ("openai", "responses", "gemini") else "STOP_SEQUENCE")
    same(told(ask("refuse")), REFUSAL)


refuses("ends", "responses", "stop")


STATUS = {400: cohere.BadRequestError, 404: cohere.NotFoundError, 422: cohere.UnprocessableEntityError, 429: cohere.TooManyRequestsError,
          500: cohere.InternalServerError, 503: cohere.ServiceUnavailableError}


@check(modes=("unary", "stream"))
def errors(family, mode):
    for status, kind in STATUS.items():
        with raises(ApiError, status) as e:
            p = {"model": model(family, "error-%d" % status), "messages": ASK, "request_options": ONCE}
            C.chat(**p) if mode == "unary" else list(C.chat_stream(**p))
        must(isinstance(e.value, kind), type(e.value))
        must(e.value.body["message"], e.value.body)


@check(call="errors.stream", modes=("stream",))
def errors_stream(family, mode):
    for scenario in ("error-stream", "cut"):
        try:
            events = list(C.chat_stream(model=model(family, scenario), messages=ASK, request_options=ONCE))
        except Exception:
            continue
        same(events[-1].type, "message-end", scenario)
        same(events[-1].delta.finish_reason, "ERROR", scenario)


@check(modes=("stream",))
def cancel(family, mode):
    s = C.chat_stream(model=model(family, "slow"), messages=ASK, request_options=ONCE)
    for _ in zip(range(4), s):
        pass
    s.close()
    abandoned()


@check(modes=("unary",), families=("cohere", "openai", "gemini"))
def embeddings(family, mode):
    r = C.embed(model=model(family, "embed"), texts=["a", "b"], input_type="search_document", embedding_types=["float"], request_options=ONCE)
    same(len(r.embeddings.float_), 2)
    must(r.embeddings.float_[0] != r.embeddings.float_[1], "two vectors")


@check(modes=("unary",), families=("cohere",))
def rerank(family, mode):
    r = C.rerank(model=model(family, "rerank"), query="q", documents=["a", "b", "c"], top_n=2, request_options=ONCE)
    same(len(r.results), 2)
    must(r.results[0].relevance_score >= r.results[1].relevance_score, r)


if __name__ == "__main__":
    run("cohere")
